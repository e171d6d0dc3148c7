"""The values of a facet and their counts, made and put in order when they are looked at."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from indexer.analysis.folding import fold_key
from indexer.messages import say
from indexer.query.answers.ledger import TotalRelation
from indexer.query.answers.parts import PartKind


class FacetValue(NamedTuple):
    """A value of a facet. `count` is the total of choosing it alone in its facet, all else as it is.

    `depth` and `parent` place it in a tree (of topics, or of dates: a month within its year)."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # a tuple's own `count` is no use here
    selected: bool
    depth: int = 0
    parent: str | None = None

    def is_called(self, text: str) -> bool:
        """Return whether `text`, in whatever spelling, chooses this value."""
        return fold_key(text) in (fold_key(self.value), fold_key(self.label))

    def is_below(self, text: str) -> bool:
        """Return whether `text` is the value above this one in the tree."""
        return self.parent is not None and fold_key(text) == fold_key(self.parent)

    def has(self, text: str) -> bool:
        """Return whether what it is called has `text` in it, in whatever spelling."""
        return fold_key(text) in fold_key(self.label)

    def sort_key(self) -> tuple[str, str]:
        """Return what values are put in the order of their names by."""
        return fold_key(self.label), self.label

    def to_json(self) -> dict[str, Any]:
        """Return the value as the API prints it."""
        return {"value": self.value, "label": self.label, "count": self.count, "selected": self.selected}


# Makes a value of a tuple of all its parts, in a third of the time that FacetValue(…) takes: a page
# shows a hundred of them.
new_value: Callable[[tuple[Any, ...]], FacetValue] = functools.partial(tuple.__new__, FacetValue)


class FacetValues(tuple[FacetValue, ...]):
    """The values of one facet: the largest first (dates in their order), the chosen ones always. `part` is
    what of a search they count; `notes`, where a facet is asked for alone, is what is to be said of how the
    query was read. `timed_out`: there was no time to count them, and there are none. `is_cut`: the source
    counts no more values than `distinct`, and there are others, which fewer articles have."""

    name: str
    distinct: int  # how many values have an article, in all; `none` is no value
    timed_out: bool
    is_cut: bool = False
    part: PartKind = PartKind.ALL
    notes: tuple[str, ...] = ()

    def __new__(cls, name: str, values: Iterable[FacetValue], distinct: int, timed_out: bool = False) -> Self:
        """Make the facet `name` of its values."""
        found = super().__new__(cls, values)
        found.name, found.distinct, found.timed_out = name, distinct, timed_out
        return found

    @property
    def distinct_relation(self) -> TotalRelation:
        """How the true number of values stands to `distinct`."""
        return TotalRelation.AT_LEAST if self.is_cut else TotalRelation.EXACT

    @property
    def own_notes(self) -> tuple[str, ...]:
        """What is to be said of how they were counted, without a full stop."""
        if not self.is_cut:
            return ()
        return (say("of all values, the {count} that most articles have are counted", count=self.distinct),)

    def of(self, part: PartKind, notes: tuple[str, ...] = ()) -> FacetValues:
        """Return the same values as those of a part of a search, with notes on its query."""
        if part is self.part and notes == self.notes:
            return self
        values = FacetValues(self.name, self, self.distinct, self.timed_out)
        values.part, values.notes, values.is_cut = part, notes, self.is_cut
        return values

    @property
    def selected(self) -> tuple[FacetValue, ...]:
        """The values that are chosen."""
        return tuple(value for value in self if value.selected)

    def to_json(self) -> dict[str, Any]:
        """Return the facet as the command line and the API print it."""
        return {
            "name": self.name,
            "distinct": self.distinct,
            "distinct_relation": str(self.distinct_relation),
            "part": str(self.part),
            "values": [value.to_json() for value in self],
            "notes": list(self.notes),
            "timed_out": self.timed_out,
        }


class LazyFacets(Mapping[str, FacetValues]):
    """The facets by name; each is counted when it is first looked at."""

    def __init__(self, names: Iterable[str], count: Callable[[str], FacetValues]) -> None:
        self._names = tuple(names)
        self._count = count
        self._counted: dict[str, FacetValues] = {}

    def __getitem__(self, name: str) -> FacetValues:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._counted:
            self._counted[name] = self._count(name)
        return self._counted[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
