"""Facet counts over the hits of a query: one pass over whole arrays a facet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.facets import VALUE_FACETS
from indexer.query.answers.facet_values import FacetValue, FacetValues, new_value
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.facet_column import FacetColumn, Test
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.arrays.store.stories import StoryColumn
from indexer.query.facet_counts import (
    NO_FILTER,
    date_values,
    facet_values,
    interval_of,
    intervals_of,
    named_period,
    with_undated,
)
from indexer.query.language.dates import DayRange
from indexer.query.source import Filter


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The documents that a facet is counted over, and by which stories; None counts articles."""

    docs: Docs
    stories: StoryColumn | None = None

    def by_value(self, column: FacetColumn) -> NDArray[np.int64]:
        """Return for each ordinal of a facet how many have it."""
        if len(column.keys) == 1:  # "none" of a facet that no file names, one language: all have it
            return np.array([self.total()], np.int64)
        counts = column.counts(self.docs)
        if self.stories is None:
            return counts
        places, stories = self.stories.shared(self.docs)
        owners, ordinals = column.pairs(self.docs.take(places))
        return counts - np.bincount(_again(stories.take(owners), ordinals), minlength=len(counts))

    def total(self, mask: Mask | None = None) -> int:
        """Return how many there are, or how many of those that `mask`, (documents,), says."""
        if self.stories is None:
            return len(self.docs) if mask is None else int(np.count_nonzero(mask))
        return self.stories.count(self.docs if mask is None else self.docs[mask])

    def kept(self, mask: Mask) -> Counted:
        """Return those that `mask`, (documents,), says."""
        return Counted(self.docs[mask], self.stories)

    def by_bucket(self, buckets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the buckets that occur, ascending, and how many are in each; `buckets` are those of the
        documents, (documents,)."""
        found, counts = np.unique(buckets, return_counts=True)
        if self.stories is not None and len(found):
            places, stories = self.stories.shared(self.docs)
            numbers = np.searchsorted(found, buckets.take(places))
            counts = counts - np.bincount(_again(stories, numbers), minlength=len(found))
        return found, counts


def _again(stories: NDArray[np.int32], values: NDArray[Any]) -> NDArray[np.int64]:
    """Return the value of each pair of a story and a value, but for the first of those that are alike."""
    width = int(values.max(initial=0)) + 1
    pairs = np.sort(stories.astype(np.int64) * width + values)
    again: NDArray[np.int64] = pairs[1:][pairs[1:] == pairs[:-1]] % width
    return again


def filter_test(columns: Columns, name: str, given: Filter) -> Test:
    """Return the test of which documents pass a filter."""
    if name in VALUE_FACETS:
        return columns.facet(name).test(given.values)
    if name == "featured":
        featured = columns.flag_mask("is", "featured")
        return (featured if given.values == ("yes",) else ~featured).take
    if name == "origin":
        return columns.flag_mask("origin", given.values[0]).take
    tests = [period_test(columns, period) for period in given.periods]
    return tests[0] if len(tests) == 1 else lambda docs: np.logical_or.reduce([test(docs) for test in tests])


def period_test(columns: Columns, period: DayRange | None) -> Test:
    """Return the test of which documents were published in `period`, or for None have no date."""
    if period is None:
        return lambda docs: ~columns.dated.take(docs)
    return lambda docs: columns.days.within(docs, period.first, period.last)


def count_facet(columns: Columns, base: Counted, facet: str, given: Filter | None, size: int) -> FacetValues:
    """Return the values of a facet over `base`, those that the filter `given` chooses marked: at most `size`
    beside these and their ancestors."""
    if facet == "date":
        found = None if given or base.stories else _count_months(columns, base.docs)
        return date_values(_Dates(columns, base), given or NO_FILTER) if found is None else found
    return _count_values(columns.facet(facet), base, given.values if given else (), size)


def count_by_day(columns: Columns, docs: Docs, facet: str, values: Sequence[str]) -> NDArray[np.int64]:
    """Return how many of `docs` have each of `values` on each day of `columns.days`, (values, days)."""
    column, size = columns.facet(facet), len(columns.days.periods) + 1
    rows = np.full(len(column.keys), len(values))  # of what is not asked for
    ordinals = [column.find(value)[0] for value in values]
    rows[ordinals] = np.arange(len(values))
    docs = docs[column.mask(ordinals).take(docs)]
    places, found = column.pairs(docs)
    cells = rows.take(found) * size + columns.days.places(docs).take(places)
    counts = np.bincount(cells, minlength=(len(values) + 1) * size).reshape(-1, size)
    return counts[:-1, 1:]


def _count_values(column: FacetColumn, base: Counted, chosen: Sequence[str], size: int) -> FacetValues:
    def total_of(text: str) -> int:
        mask = column.mask_of(column.choose(text))
        return 0 if mask is None else base.total(mask.take(base.docs))

    return facet_values(column, base.by_value(column), chosen, size, total_of)


def _count_months(columns: Columns, base: Docs) -> FacetValues | None:
    """Return the date facet of `base` by month or year, or None where it is counted by day."""
    by_month, undated = columns.months.count(base)
    present = by_month.nonzero()[0]
    months, counts = columns.months.periods.take(present).tolist(), by_month.take(present).tolist()
    values: list[FacetValue] = []
    if months:
        interval, longest = intervals_of(months[0], months[-1])
        if interval != longest:
            first, last = columns.days.span(base) or (0, 0)
            interval = interval_of(last - first)
        if interval == "day":
            return None
        if interval == "year":
            by_year: Counter[int] = Counter()
            for month, count in zip(months, counts, strict=True):
                by_year[month // 12] += count
            months, counts = list(by_year), list(by_year.values())
        values = [
            new_value((*named_period(number, interval), count, False, 0, None))
            for number, count in zip(months, counts, strict=True)
        ]
    return with_undated(values, undated)


@dataclass(frozen=True, slots=True, eq=False)
class _Dates:
    """Documents by their days: a `facet_counts.Dated`."""

    columns: Columns
    base: Counted

    def undated(self) -> int:
        return self.base.total(~self.columns.dated.take(self.base.docs))

    def span(self) -> tuple[int, int] | None:
        return self.columns.days.span(self.base.docs)

    def _periods(self, docs: Docs, interval: str) -> NDArray[np.int64]:
        if interval == "day":
            return self.columns.days.of(docs)
        months = self.columns.months.of(docs)
        return months // 12 if interval == "year" else months

    def by_period(self, interval: str) -> Iterator[tuple[int, int]]:
        dated = self.base.kept(self.columns.dated.take(self.base.docs))
        numbers, counts = dated.by_bucket(self._periods(dated.docs, interval))
        return zip(numbers.tolist(), counts.tolist(), strict=True)

    def inside(self, number: int, interval: str) -> _Dates:
        docs = self.base.docs
        mask = self.columns.dated.take(docs) & (self._periods(docs, interval) == number)
        return _Dates(self.columns, self.base.kept(mask))

    def count(self, period: DayRange | None) -> int:
        return self.base.total(period_test(self.columns, period)(self.base.docs))
