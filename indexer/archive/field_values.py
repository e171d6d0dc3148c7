"""The values of a mapping by our fields' names, whatever names its dialect has for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from indexer.archive.scalars import NullText
from indexer.archive.values import is_null

Fields = Mapping[str, tuple[str, ...]]
"""The names that dialects have for each of our fields: `settings.archive.fields`."""


class FieldValues:
    """The values of a mapping by our fields' names: those that are not empty, in the table's order."""

    __slots__ = ("_names", "data", "fields")

    def __init__(self, data: Mapping[str, Any], fields: Fields) -> None:
        self.data = data
        self.fields = fields
        table = _table(fields)
        self._names = table[tuple(filter(table.known.__contains__, data))]

    def candidates(self, field: str) -> list[Any]:
        """Return the values that there are for one of our fields."""
        values_of = map(self.data.__getitem__, self._names.get(field, ()))
        return [value for value in values_of if not is_null(value)]

    def first(self, field: str, reader: Callable[[Any], Any]) -> Any:
        """Return what `reader` makes of the first value that it can use, or None."""
        for name in self._names.get(field, ()):
            value = self.data[name]
            if value and type(value) is not NullText:  # is_null, without the call
                read = reader(value)
                if read is not None:
                    return read
        return None


class _Table(dict[tuple[str, ...], dict[str, tuple[str, ...]]]):
    """For the names that a mapping has, in its order: for each field those of its names that are among
    them, in the order of `fields`. Files have their names in few orders (141 in the real ones), so
    it is worked out once for each. `known` are the names that count: all but what is sealed."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        self.fields = fields
        self.known = frozenset(name for names in fields.values() for name in names) - {*fields["secured"]}

    def __missing__(self, present: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        if len(self) >= _MOST_ORDERS:
            self.clear()
        kept = {field: tuple([n for n in names if n in present]) for field, names in self.fields.items()}
        found = self[present] = {field: names for field, names in kept.items() if names}
        return found


_MOST_ORDERS = 1024
_MOST_TABLES = 8
# By the id() of the settings' fields, which each keeps, so that its id() is not given again.
_tables: dict[int, _Table] = {}


def _table(fields: Fields) -> _Table:
    table = _tables.get(id(fields))
    if table is None:
        if len(_tables) >= _MOST_TABLES:
            _tables.clear()
        table = _tables[id(fields)] = _Table(fields)
    return table
