"""Names in front matter, whatever their letter case, with `-`, `_`, a space or neither: `Publish-Date`
is `publishDate` is `publish_date`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

_JOINERS = str.maketrans("", "", "-_ ")
_MAX_NAMES = 10_000  # that are remembered; an archive has some hundred


class _Folded(dict[str, str]):
    """What each name is folded to, from the last ones that were met."""

    def __missing__(self, name: str) -> str:
        if len(self) >= _MAX_NAMES:
            self.clear()
        folded = self[name] = name.casefold().translate(_JOINERS)
        return folded


_folded = _Folded()
fold = _folded.__getitem__
"""Returns what all spellings of a name have in common."""


def fold_keys(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` by folded names; of several with one name, the last that has a value."""
    found = {_folded[name]: value for name, value in data.items()}
    if len(found) != len(data):
        found.update((_folded[name], value) for name, value in data.items() if value)
    return found


class SealedKeys(dict[str, bool]):
    """The names whose values must not be built: `sealed[name]` says whether `name` is one of them.

    `spelled` are the names as the settings have them.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.spelled = tuple(names)
        self._names = frozenset(map(fold, self.spelled)) - {""}
        spellings = ("[-_ ]?".join(map(re.escape, name)) for name in sorted(self._names))
        any_name = "|".join(spellings) or "(?!)"
        self._key = re.compile(
            rf"(?:^\s*(?:-\s+|\.\.\s+|:)*|[{{,]\s*)[\"']?(?:{any_name})[\"']?\s*[:=]", re.IGNORECASE
        )

    def __missing__(self, name: str) -> bool:
        if len(self) >= _MAX_NAMES:
            self.clear()
        is_sealed = self[name] = _folded[name] in self._names
        return is_sealed

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def strip(self, body: str) -> tuple[str, int]:
        """Drop from a body the lines of a sealed key; a stray `---` in a front matter puts them there.
        Return it, and how many there were.

        With a key goes all that may be its value: what is indented further, items of a list, and blank
        lines between. Rather a line of the text too many than one of the ciphertext.
        """
        if not self._may_be_in(body):
            return body, 0
        kept: list[str] = []
        count = 0
        inside: int | None = None  # how far the key whose value is being dropped is indented
        for line in body.split("\n"):
            indent = len(line) - len(line.lstrip())
            if self._key.search(line):
                count += 1
                inside = indent
            elif inside is None or (line.strip() and indent <= inside and not line.lstrip().startswith("-")):
                inside = None
                kept.append(line)
        return "\n".join(kept), count

    def _may_be_in(self, text: str) -> bool:
        folded = text.lower()
        if any(name in folded for name in self._names):
            return True
        return any(name in folded.translate(_JOINERS) for name in self._names)


@lru_cache(maxsize=16)
def sealed_keys(names: tuple[str, ...]) -> SealedKeys:
    """Return the same for the same names."""
    return SealedKeys(names)
