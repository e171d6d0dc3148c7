"""The day, or the month, of each document: what it is counted by, and put in order by."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array, smallest_dtype
from indexer.codec.tables import run_begins
from indexer.index.schema import NO_DATE
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.periods import numbers_of

Numbers = NDArray[np.int64]
_MONTHS = 12


class PeriodColumn:
    """The period of every document, as its place among the periods that some document has: so a lone
    article of the year 1 costs nothing.

    Longer periods follow from days by addition. Months have a column of their own all the same: to add
    up days took 12 to 40 microseconds longer for the date facet, which each search page has, of 8 to 100
    (25,000 articles of 6 and 20 years). `days`: (documents,), NO_DATE for none; `live`: which of them are
    not deleted.
    """

    def __init__(self, days: Numbers, live: Mask, interval: str) -> None:
        dated = days != NO_DATE
        days = days[dated]
        first = int(days.min()) if len(days) else 0
        days -= first
        present = np.flatnonzero(np.bincount(days))
        numbers = numbers_of(present + first, interval)
        begins = run_begins(numbers)
        self.periods: Numbers = numbers[begins]  # ascending
        self.none = int(numbers[0]) - _MONTHS if len(numbers) else 0  # what `of` gives for no date
        places = np.zeros(int(present[-1]) + 1 if len(present) else 0, smallest_dtype(len(self.periods) + 1))
        places[present] = np.cumsum(begins)
        self._places: Array = np.zeros(len(dated), places.dtype)  # 0 for no date
        self._places[dated] = places.take(days)
        self._live = live

    def count(self, docs: Docs) -> tuple[Numbers, int]:
        """Return how many of `docs` were published in each of `periods`, and how many have no date."""
        counts = np.bincount(self._places.take(docs), minlength=len(self.periods) + 1)
        return counts[1:], int(counts[0])

    def places(self, docs: Docs) -> Array:
        """Return the place of the period of each of `docs` among `periods`, from 1; 0 for no date."""
        return self._places.take(docs)

    def of(self, docs: Docs) -> Numbers:
        """Return the number of the period of each of `docs`, `none` for what has no date."""
        return self._numbers.take(self._places.take(docs))

    @functools.cached_property
    def _numbers(self) -> Numbers:
        """The number of the period at each place, `none` first."""
        return np.append(self.none, self.periods)

    def span(self, docs: Docs) -> tuple[int, int] | None:
        """Return the first and the last period of `docs`; None where none has a date."""
        found = self.count(docs)[0].nonzero()[0]
        return (int(self.periods[found[0]]), int(self.periods[found[-1]])) if len(found) else None

    def within(
        self,
        docs: Docs | slice,
        first: float | None,
        last: float | None,
        *,
        ends: tuple[bool, bool] = (True, True),
    ) -> Mask:
        """Return which of `docs` lie in the periods from `first` to `last`, None for open; `ends` says
        whether each of these is among them."""
        places = self._places[docs]
        before = 0 if first is None else self.periods.searchsorted(first, "left" if ends[0] else "right")
        found: Mask = places > before
        if last is not None:
            found &= places <= self.periods.searchsorted(last, "right" if ends[1] else "left")
        return found

    def newest(self, docs: Docs, wanted: int) -> NDArray[np.intp]:
        """Return the places in `docs` of those of the latest periods: at least `wanted`, or all."""
        places = self._places.take(docs)
        size = len(self.periods) + 1
        later = np.cumsum(np.bincount(places, minlength=size)[::-1])  # how many are that late
        periods_ago = int(later.searchsorted(min(wanted, len(docs))))
        return np.flatnonzero(places >= size - 1 - periods_ago)

    @functools.cached_property
    def archive(self) -> Numbers:
        """How many live documents each of `periods` has."""
        return np.bincount(self._places[self._live], minlength=len(self.periods) + 1)[1:]
