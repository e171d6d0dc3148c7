"""The day of each document, and periods of days: give me documents, I count them by day, week, month or
year. Days count from 1970-01-01, in UTC; a period is a whole number that counts from there as well.

A week is ISO 8601's: it begins on a Monday, and belongs to the year that its Thursday lies in.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from datetime import date

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array, smallest_dtype
from indexer.index.schema import DAY, NO_DATE
from indexer.query.answers.timeline import Period
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.parameters import INTERVALS

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = 1 - _EPOCH, date.max.toordinal() - _EPOCH
_MONDAY = 3  # 1970 began on a Thursday, three days after one
_UNITS = {"month": "M", "year": "Y"}

Days = NDArray[np.int64]
Counts = NDArray[np.int64]


class DayColumn:
    """The day of every document, as its place among the days that some document has.

    From these, two bytes a document for most archives, every longer period follows by addition, and a
    lone article of the year 1 costs nothing. `published`: (documents,), epoch seconds; `live`: which of
    them are not deleted.
    """

    def __init__(self, published: NDArray[np.int64], live: Mask) -> None:
        dated = published != NO_DATE
        days = np.floor_divide(published, DAY)
        known = days[dated]
        first = int(known.min()) if len(known) else 0
        present = np.flatnonzero(np.bincount(known - first)) if len(known) else np.empty(0, np.int64)
        self.days: Days = present + first
        places = np.zeros(len(published), np.int64)  # 0 for no date
        places[dated] = self.days.searchsorted(known) + 1
        self._places: Array = places.astype(smallest_dtype(len(present) + 1))
        self._live = live

    def count(self, docs: Docs) -> tuple[Counts, int]:
        """Return how many of `docs` were published on each of `days`, and how many have no date."""
        counts = np.bincount(self._places.take(docs), minlength=len(self.days) + 1)
        return counts[1:], int(counts[0])

    @functools.cached_property
    def archive(self) -> Counts:
        """How many live documents each of `days` has."""
        return np.bincount(self._places[self._live], minlength=len(self.days) + 1)[1:]


def day_number(day: date) -> int:
    """Return the number of a day."""
    return day.toordinal() - _EPOCH


def chosen_interval(first: int, last: int) -> str:
    """Return the interval that shows the days from `first` to `last` in a sensible number of periods."""
    return next(name for name, interval in INTERVALS.items() if last - first < interval.longest)


def numbers_of(days: Days, interval: str) -> NDArray[np.int64]:
    """Return the number of the period that each day lies in."""
    if interval == "day":
        return days
    if interval == "week":
        return (days + _MONDAY) // 7
    unit = _UNITS[interval]
    return days.astype("M8[D]").astype(f"M8[{unit}]").astype(np.int64)


def first_days(numbers: NDArray[np.int64], interval: str) -> Days:
    """Return the first day of each period."""
    if interval == "day":
        return numbers
    if interval == "week":
        return numbers * 7 - _MONDAY
    return numbers.astype(f"M8[{_UNITS[interval]}]").astype("M8[D]").astype(np.int64)


def periods_of(first: int, last: int, interval: str) -> tuple[Period, ...]:
    """Return the periods numbered `first` to `last`."""
    firsts = first_days(np.arange(first, last + 2, dtype=np.int64), interval).tolist()
    name = _NAMES[interval]
    found = []
    for begins, next_begins in itertools.pairwise(firsts):
        begin, end = _date(begins), _date(next_begins - 1)
        found.append(Period(name(begin), begin, end))
    return tuple(found)


def _date(day: int) -> date:
    return date.fromordinal(max(_FIRST, min(day, _LAST)) + _EPOCH)


def _week(begin: date) -> str:
    year, week, _ = begin.isocalendar()
    return f"{year:04}-W{week:02}"


_NAMES: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": _week,
    "month": lambda begin: begin.isoformat()[:7],
    "year": lambda begin: begin.isoformat()[:4],
}
