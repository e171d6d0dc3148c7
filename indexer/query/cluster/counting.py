"""What the cluster counts -> facets: exact ones, for each value is asked for.

Where stories are counted, the articles that share one are read one by one, and counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold_key
from indexer.messages import template
from indexer.query.answers.facet_values import FacetValues
from indexer.query.facet_counts import facet_values
from indexer.query.facet_names import FacetNames
from indexer.query.language.dates import DayRange
from indexer.query.periods import numbers_of

MAX_SHARED = 10_000  # articles that share a story, of a search: as many are read, and counted by story
ABOUT = template(
    "stories are distinguished among {count} of the articles that share one; each of the others counts as one"
)
MAX_VALUES = 50_000  # of a facet: a cluster refuses answers of more than 65,535 buckets

Counts = Mapping[str, int]  # by value, folded


def values_request(facet: str, names: FacetNames) -> dict[str, Any]:
    """Return the request for all values of a facet: no shard leaves one out, so all counts are exact."""
    size = min(len(names.keys), MAX_VALUES)
    return {"terms": {"field": facet, "size": size, "shard_size": size}}


def counts_of(answer: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts by value of an answer to `values_request`."""
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["buckets"]}


def facet_counts(
    names: FacetNames,
    answer: Mapping[str, Any] | Counts,
    chosen: Sequence[str],
    size: int,
    total_of: Callable[[str], int],
) -> FacetValues:
    """Return a facet of the counts by value. `total_of` counts what another name chooses, and what is beyond
    MAX_VALUES."""
    found = counts_of(answer) if "buckets" in answer else answer
    counts = np.zeros(len(names.keys), np.int64)
    for value, count in found.items():
        counts[names.find(value)[0]] = count
    is_cut = len(found) >= MAX_VALUES < len(names.keys)
    if is_cut:
        for text in chosen:
            for ordinal in names.find(text):
                counts[ordinal] = counts[ordinal] or total_of(names.keys[ordinal].value)
    values = facet_values(names, counts, chosen, size, total_of)
    values.is_cut, values.distinct = is_cut, min(values.distinct, MAX_VALUES)
    return values


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Articles by their days: a `facet_counts.Dated`. `days` ascend; `counts` are of these."""

    days: NDArray[np.int64]
    counts: NDArray[np.int64]
    none: int
    stories: Sequence[
        tuple[int | None, str]
    ] = ()  # of what shares a story, and is not counted: day and story

    @classmethod
    def of(
        cls, answer: Mapping[str, Any], none: int, stories: Sequence[tuple[int | None, str]] = ()
    ) -> DayCounts:
        """Return what the cluster has counted by day."""
        found = [(int(bucket["key"]), bucket["doc_count"]) for bucket in answer["buckets"]]
        days, counts = np.array(found, np.int64).reshape(-1, 2).T
        return cls(days, counts, none, stories)

    def undated(self) -> int:
        """Return how many have no date."""
        return self.none + len({story for day, story in self.stories if day is None})

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last day; None where none has a date."""
        every = [*self.days[:1].tolist(), *self.days[-1:].tolist()]
        every += [day for day, _ in self.stories if day is not None]
        return (min(every), max(every)) if every else None

    def by_period(self, interval: str) -> Iterable[tuple[int, int]]:
        """Return the periods that occur, ascending, and how many are in each."""
        found: Counter[int] = Counter()
        numbers = numbers_of(self.days, interval)
        for number, count in zip(numbers.tolist(), self.counts.tolist(), strict=True):
            found[number] += count
        found.update(
            number
            for number, _ in {
                (numbers_of(day, interval), story) for day, story in self.stories if day is not None
            }
        )
        return sorted(found.items())

    def inside(self, number: int, interval: str) -> DayCounts:
        """Return those of one period."""
        kept = numbers_of(self.days, interval) == number
        stories = [(d, s) for d, s in self.stories if d is not None and numbers_of(d, interval) == number]
        return DayCounts(self.days[kept], self.counts[kept], 0, stories)

    def count(self, period: DayRange | None) -> int:
        """Return how many are of a range of days, or for None have no date."""
        if period is None:
            return self.undated()
        first = -(2**62) if period.first is None else period.first
        last = 2**62 if period.last is None else period.last
        inside = (self.days >= first) & (self.days <= last)
        own = {story for day, story in self.stories if day is not None and first <= day <= last}
        return int(self.counts[inside].sum()) + len(own)


@dataclass(frozen=True, slots=True)
class StoryCounts:
    """What a search finds, by story: `lone` articles share none; the others, one by one, have their story,
    their day and their values by facet. Beyond MAX_SHARED of these, the rest is counted as articles."""

    lone: int
    shared: Sequence[tuple[str, int | None, Mapping[str, Sequence[str]]]]
    uncounted: int

    @classmethod
    def of(cls, lone: int, fields: Sequence[Mapping[str, Any]], found: int) -> StoryCounts:
        """Return it of the fields of the hits that share a story, of which so many were `found`."""
        rows = [(one["shared"][0], int(one["day"][0]) if "day" in one else None, one) for one in fields]
        return cls(lone, rows, found - len(rows))

    def total(self) -> int:
        """Return how many stories these are."""
        return self.lone + len({story for story, _, _ in self.shared}) + self.uncounted

    def names(self) -> list[str]:
        """Return the stories that several articles share."""
        return sorted({story for story, _, _ in self.shared})

    def days(self) -> list[tuple[int | None, str]]:
        """Return the day and the story of each that shares one."""
        return [(day, story) for story, day, _ in self.shared]

    def added(self, facet: str, counts: Counts) -> dict[str, int]:
        """Return counts by value of what shares no story, the stories counted as well."""
        pairs = {(value, story) for story, _, fields in self.shared for value in fields.get(facet, ())}
        found = Counter(counts)
        found.update(value for value, _ in pairs)
        return found

    def having(self, facet: str, values: Iterable[str]) -> int:
        """Return how many of the shared stories have one of some values."""
        wanted = {fold_key(value) for value in values}
        return len({story for story, _, fields in self.shared if wanted & set(fields.get(facet, ()))})
