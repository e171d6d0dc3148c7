"""The month of each document, small enough to be counted in one pass over an array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array, smallest_dtype
from indexer.index.schema import NO_DATE
from indexer.query.arrays.store.postings import Docs

_AT_ONCE = 1 << 16  # documents


class Months:
    """Give me documents, I return how many were published in each month, and how many have no date.

    Months are counted from January 1970. `published`: (documents,), epoch seconds.
    """

    def __init__(self, published: NDArray[np.int64]) -> None:
        dated = published != NO_DATE
        self._first, span = 0, 0
        if dated.any():
            earliest = published.min(where=dated, initial=np.iinfo(np.int64).max)
            ends = _months(np.array([earliest, published.max()]))
            self._first, span = int(ends[0]), int(ends[1] - ends[0]) + 1
        # 0 for no date, else from 1 on
        self._places: Array = np.zeros(len(published), smallest_dtype(span + 1))
        for at in range(0, len(published), _AT_ONCE):  # or far more is taken meanwhile than is kept
            part = slice(at, at + _AT_ONCE)
            months = _months(published[part]) - (self._first - 1)
            np.copyto(self._places[part], months, casting="unsafe", where=dated[part])
        self._size = span + 1
        self.none = self._first - 13  # the number of what has no date: of another year than all others
        firsts = np.arange(self._first, self._first + span + 1).astype("M8[M]")
        self._days: list[int] = firsts.astype("M8[D]").astype(np.int64).tolist()

    def count(self, docs: Docs) -> tuple[list[int], list[int], int]:
        """Return the months that some of `docs` have, ascending, how many have each, and how many have
        no date."""
        counts = np.bincount(self._places.take(docs), minlength=self._size)
        undated = int(counts[0])
        counts[0] = 0
        present = counts.nonzero()[0]
        months: list[int] = (present + (self._first - 1)).tolist()
        return months, counts.take(present).tolist(), undated

    def numbers(self, docs: Docs) -> NDArray[np.int64]:
        """Return the month of each of `docs`, `none` for what has no date."""
        places = self._places.take(docs).astype(np.int64)
        return np.where(places == 0, self.none, places + (self._first - 1))

    def newest(self, docs: Docs, wanted: int) -> NDArray[np.intp]:
        """Return the places in `docs` of those of the latest months: at least `wanted`, or all."""
        places = self._places.take(docs)
        later = np.cumsum(np.bincount(places, minlength=self._size)[::-1])  # how many are that late
        months_ago = int(later.searchsorted(min(wanted, len(docs))))
        return np.flatnonzero(places >= self._size - 1 - months_ago)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the least and the most whole days that may lie between moments in two of the months."""
        days = self._days
        least = days[last - self._first] - days[first - self._first + 1]
        return max(least, 0), days[last - self._first + 1] - days[first - self._first] - 1


def _months(published: NDArray[np.int64]) -> NDArray[np.int64]:
    return published.astype("M8[s]").astype("M8[M]").astype(np.int64)
