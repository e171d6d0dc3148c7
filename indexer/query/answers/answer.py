"""What answers have in common: how they are written as plain values, and how a list among them is read."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar, overload

from indexer.article import format_iso
from indexer.query.deadline import Deadline

Item = TypeVar("Item")


class Answer:
    """A dataclass that the command line and the API print.

    `_WRITTEN` names the attributes that are written, in their order, where these are not its fields (but
    for those with an underscore); `_KEYS` has the keys that are not called as their attribute is.
    """

    __slots__ = ()
    _WRITTEN: ClassVar[tuple[str, ...]] = ()
    _KEYS: ClassVar[dict[str, str]] = {}

    def to_json(self) -> dict[str, Any]:
        """Return it as the command line and the API print it."""
        values = ((key, getattr(self, name)) for key, name in _written(type(self)))  # type: ignore[arg-type]  # hashed is the class
        return {key: value if type(value) in _PLAIN else plain(value) for key, value in values}


class Limited:
    """An answer under the deadline of its request. What is made when it is looked at is left out, too, when
    that comes too late: the two are right when all else was looked at."""

    __slots__ = ()
    deadline: Deadline

    @property
    def timed_out(self) -> bool:
        """Whether the request met its limit, of time or of work: what was found until then is there, totals
        are at least so many, and what could not be counted whole is left out."""
        return self.deadline.has_cut

    @property
    def cut_note(self) -> str:
        """The same as a sentence without a full stop, or nothing."""
        return self.deadline.note


class Listing(Sequence[Item]):
    """A sequence of what `_items` returns."""

    __slots__ = ()

    def _items(self) -> Sequence[Item]:
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        return self._items()[index]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items())

    def __len__(self) -> int:
        return len(self._items())


_PLAIN = frozenset({str, int, float, bool, type(None)})  # what most values are


def plain(value: Any) -> Any:
    """Return a value as JSON has it: a moment as `format_iso` writes it, a sequence as a list."""
    if type(value) in _PLAIN:
        return value
    if type(value) is tuple:  # and has no `to_json`
        return [one if type(one) in _PLAIN else plain(one) for one in value]
    if hasattr(value, "to_json"):
        return value.to_json()
    if isinstance(value, date):
        return format_iso(value) if isinstance(value, datetime) else value.isoformat()
    if is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in _field_names(value)}
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return [plain(one) for one in value] if is_list else str(value) if isinstance(value, str) else value


@functools.cache
def _written(kind: type[Answer]) -> tuple[tuple[str, str], ...]:
    """Return the keys of what is written of such an answer, each with the name of its attribute."""
    return tuple((kind._KEYS.get(name, name), name) for name in kind._WRITTEN or _field_names(kind))


def _field_names(value: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(value) if not one.name.startswith("_"))
