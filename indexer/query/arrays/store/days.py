"""The day of each document: what it is counted by, and put in order by."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array, smallest_dtype
from indexer.codec.tables import run_begins
from indexer.index.schema import DAY, NO_DATE
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.periods import numbers_of

Days = NDArray[np.int64]
Counts = NDArray[np.int64]


class MonthCounts(NamedTuple):
    """The months that some documents have, ascending, and how many have each; how many have no date; the
    first day and the last."""

    months: list[int]
    counts: list[int]
    undated: int
    first: int
    last: int


class DayColumn:
    """The day of every document, as its place among the days that some document has.

    From these, two bytes a document for most archives, every longer period follows by addition, and a
    lone article of the year 1 costs nothing. `published`: (documents,), epoch seconds; `live`: which of
    them are not deleted.
    """

    def __init__(self, published: NDArray[np.int64], live: Mask) -> None:
        dated = published != NO_DATE
        known = np.floor_divide(published[dated], DAY)
        first = int(known.min()) if len(known) else 0
        present = np.flatnonzero(np.bincount(known - first)) if len(known) else np.empty(0, np.int64)
        self.days: Days = present + first
        self._places: Array = np.zeros(len(published), smallest_dtype(len(present) + 1))  # 0 for no date
        self._places[dated] = self.days.searchsorted(known) + 1
        self._live = live
        self._tables: dict[str, NDArray[np.int64]] = {}

    def count(self, docs: Docs) -> tuple[Counts, int]:
        """Return how many of `docs` were published on each of `days`, and how many have no date."""
        counts = np.bincount(self._places.take(docs), minlength=len(self.days) + 1)
        return counts[1:], int(counts[0])

    def count_months(self, docs: Docs) -> MonthCounts:
        """Return how many of `docs` were published in each month."""
        counts, undated = self.count(docs)
        present = counts.nonzero()[0]
        if not len(present):
            return MonthCounts([], [], undated, 0, 0)
        months = self._numbers("month").take(present + 1)
        begins = np.flatnonzero(run_begins(months))
        sums = np.add.reduceat(counts.take(present), begins)
        first, last = self.days.take(present[[0, -1]]).tolist()
        return MonthCounts(months.take(begins).tolist(), sums.tolist(), undated, first, last)

    def numbers(self, docs: Docs, interval: str) -> NDArray[np.int64]:
        """Return the number of the period that each of `docs` was published in, `none_of` it for no date."""
        return self._numbers(interval).take(self._places.take(docs))

    def none_of(self, interval: str) -> int:
        """Return the number that stands for no date: one before the first."""
        return int(self._numbers(interval)[0])

    def newest(self, docs: Docs, wanted: int) -> NDArray[np.intp]:
        """Return the places in `docs` of those of the latest days: at least `wanted`, or all."""
        places = self._places.take(docs)
        later = np.cumsum(np.bincount(places, minlength=len(self.days) + 1)[::-1])  # how many are that late
        days_before = int(later.searchsorted(min(wanted, len(docs))))
        return np.flatnonzero(places >= len(self.days) - days_before)

    @functools.cached_property
    def archive(self) -> Counts:
        """How many live documents each of `days` has."""
        return np.bincount(self._places[self._live], minlength=len(self.days) + 1)[1:]

    def _numbers(self, interval: str) -> NDArray[np.int64]:
        """Return the period of each of `days`, behind what stands for no date."""
        if interval not in self._tables:
            numbers = numbers_of(self.days, interval)
            none = numbers[:1] - 1 if len(numbers) else np.zeros(1, np.int64)
            self._tables[interval] = np.concatenate([none, numbers])
        return self._tables[interval]
