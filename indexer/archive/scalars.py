"""What the two readers of front matter share of YAML's values: nulls, and mappings that come again."""

from __future__ import annotations

from typing import Any

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
"""The plain scalars that are null."""


class NullText(str):
    """A null of YAML that keeps its characters (`null`, `~`, nothing): a title can be "Null"."""

    __slots__ = ()


class SharedMapping(dict[str, Any]):
    """A mapping that every file gets which has the same text for it; nobody may change it.

    `reading` is for who reads it: what was made of it once may be kept there for the next time.
    """

    __slots__ = ("reading",)

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.reading: Any = None
