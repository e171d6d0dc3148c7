"""How much was written when: counts and shares of the archive by day, week, month or year, and peaks.

A period for which the archive has nothing at all is no data, which is None and not zero. Counts and
shares are of the articles that the queries and filters find; the archive is all that is indexed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query

from indexer.analysis import Analyzer
from indexer.errors import RequestError
from indexer.index.schema import DAY, EXACT, WORD_FIELDS
from indexer.query.arrays.store.days import (
    DayColumn,
    Period,
    chosen_interval,
    first_days,
    numbers_of,
    periods_of,
)
from indexer.query.arrays.store.postings import Docs
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.assist.broadening import BroadTerm
from indexer.query.assist.bursts import Burst, base_rate, find_bursts
from indexer.query.assist.distinctive import DistinctiveTerm, Whole

MOST_PERIODS = 10_000
MOST_PEAKS = 5
_EPOCH = date(1970, 1, 1).toordinal()

Counts = NDArray[np.int64]


class Matched(NamedTuple):
    """What one question finds: live documents, ascending; `left_out` are terms that it asks for."""

    query: str
    docs: Docs
    left_out: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Peak:
    """A stretch of periods in which a query is found far more often: see `indexer.query.assist.bursts`.

    `name` is a period's, or two with `..` between; `expected` is how many articles there would be at the
    rate of the whole series; `highest` the period with the most. `weight` is what ranks peaks.
    """

    name: str
    first: date
    last: date
    highest: str
    count: int
    archive: int
    expected: float
    weight: float
    _terms: Callable[[], tuple[DistinctiveTerm, ...]] = field(repr=False, compare=False)

    @property
    def share(self) -> float:
        """The part of the archive's articles of that time."""
        return self.count / self.archive

    @functools.cached_property
    def terms(self) -> tuple[DistinctiveTerm, ...]:
        """The terms that set the peak's articles apart from the query's other ones; found when they are
        first looked at, which takes longer than all the rest."""
        return self._terms()

    def to_json(self) -> dict[str, Any]:
        """Return the peak as the API prints it."""
        return {
            "name": self.name,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "highest": self.highest,
            "count": self.count,
            "archive": self.archive,
            "share": self.share,
            "expected": round(self.expected, 2),
            "weight": round(self.weight, 2),
            "terms": [term.to_json() for term in self.terms],
        }


@dataclass(frozen=True)
class Series:
    """One query over time. `counts` and `shares` have a value for each period, None for no data;
    the counts and `undated` add up to `total`."""

    query: str
    total: int
    undated: int
    counts: tuple[int | None, ...]
    shares: tuple[float | None, ...]
    notes: tuple[str, ...]
    _peaks: Callable[[], tuple[Peak, ...]] = field(repr=False, compare=False)

    @functools.cached_property
    def peaks(self) -> tuple[Peak, ...]:
        """The peaks, the heaviest first; found when they are first looked at."""
        return self._peaks()

    def to_json(self) -> dict[str, Any]:
        """Return the series as the API prints it."""
        return {
            "query": self.query,
            "total": self.total,
            "undated": self.undated,
            "counts": list(self.counts),
            "shares": list(self.shares),
            "peaks": [peak.to_json() for peak in self.peaks],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Timeline:
    """One or several queries over the same periods, from the first that any of them is found in to the
    last. `archive` has how many articles the archive has in each."""

    interval: str
    periods: tuple[Period, ...]
    archive: tuple[int, ...]
    series: tuple[Series, ...]
    generation: int

    def to_json(self) -> dict[str, Any]:
        """Return the timeline as the command line and the API print it."""
        return {
            "interval": self.interval,
            "periods": [
                {
                    "period": period.name,
                    "first": period.first.isoformat(),
                    "last": period.last.isoformat(),
                    "archive": count,
                }
                for period, count in zip(self.periods, self.archive, strict=True)
            ],
            "series": [series.to_json() for series in self.series],
            "generation": self.generation,
        }


def asked_terms(tree: Query, analyzer: Analyzer) -> frozenset[str]:
    """Return the terms of the text that a query asks for by name: that they are found tells nothing. What
    it was broadened by was not asked for, and tells much."""
    terms = set()
    leaves = [leaf for leaf in tree.leaves() if type(leaf) is not BroadTerm]
    for name, text in (term for leaf in leaves for term in leaf.iter_all_terms()):
        if name in WORD_FIELDS:
            term = text.decode() if isinstance(text, bytes) else str(text)
            exact = term.startswith(EXACT)
            terms |= {t.term for t in analyzer.tokens(term[1:])} if exact else {term}
    return frozenset(terms)


def build_timeline(found: Sequence[Matched], snapshot: Snapshot, interval: str | None) -> Timeline:
    """Return what was found over time, by `interval` or, if that is None, by the one that suits its span.

    Raises RequestError where there would be more than MOST_PERIODS.
    """
    column = snapshot.columns.days
    counted = [column.count(one.docs) for one in found]
    written = np.flatnonzero(np.logical_or.reduce([counts > 0 for counts, _ in counted]))
    ends = column.days[written[[0, -1]]].tolist() if len(written) else None
    frame = _Frame(column, interval or (chosen_interval(*ends) if ends else "day"), ends)
    series = tuple(
        _series(one, frame.added_up(counts), undated, frame, snapshot)
        for one, (counts, undated) in zip(found, counted, strict=True)
    )
    return Timeline(frame.interval, frame.periods, tuple(frame.archive.tolist()), series, snapshot.number)


class _Frame:
    """The periods from the first to the last of two days, and what the archive has in each: (periods,)."""

    def __init__(self, column: DayColumn, interval: str, ends: list[int] | None) -> None:
        self.interval = interval
        self._places: NDArray[np.int64] = np.empty(0, np.int64)
        self._days = slice(0, 0)
        self.periods: tuple[Period, ...] = ()
        if ends:
            first, last = numbers_of(np.array(ends, np.int64), interval).tolist()
            many = last - first + 1
            if many > MOST_PERIODS:
                raise RequestError(
                    f"there are {many:,} periods of a {interval}, more than {MOST_PERIODS:,}",
                    cure="Ask for a longer interval, or for fewer years with 'after' and 'before'.",
                )
            begin, end = first_days(np.array([first, last + 1], np.int64), interval)
            self._days = slice(*column.days.searchsorted([begin, end]).tolist())
            self._places = numbers_of(column.days[self._days], interval) - first
            self.periods = periods_of(first, last, interval)
        self.archive = self.added_up(column.archive)

    def added_up(self, by_day: Counts) -> Counts:
        """Return counts of the column's days by period."""
        found = np.bincount(self._places, weights=by_day[self._days], minlength=len(self.periods))
        return found.astype(np.int64)


def _series(found: Matched, counts: Counts, undated: int, frame: _Frame, snapshot: Snapshot) -> Series:
    known = [bool(number) for number in frame.archive.tolist()]
    shares = counts / np.maximum(frame.archive, 1)
    return Series(
        query=found.query,
        total=len(found.docs),
        undated=undated,
        counts=tuple([count if has else None for count, has in zip(counts.tolist(), known, strict=True)]),
        shares=tuple([share if has else None for share, has in zip(shares.tolist(), known, strict=True)]),
        notes=found.notes,
        _peaks=functools.partial(_peaks, found, counts, frame, snapshot),
    )


def _peaks(found: Matched, counts: Counts, frame: _Frame, snapshot: Snapshot) -> tuple[Peak, ...]:
    whole = Whole(snapshot, found.docs, found.left_out)
    rate = base_rate(counts, frame.archive)
    return tuple(
        _peak(burst, counts, rate, frame, functools.partial(_terms_of, found.docs, whole, snapshot))
        for burst in find_bursts(counts, frame.archive)[:MOST_PEAKS]
    )


def _peak(
    burst: Burst,
    counts: Counts,
    rate: float,
    frame: _Frame,
    terms: Callable[..., tuple[DistinctiveTerm, ...]],
) -> Peak:
    within = slice(burst.first, burst.last + 1)
    first, last = frame.periods[burst.first], frame.periods[burst.last]
    archive = int(frame.archive[within].sum())
    return Peak(
        name=first.name if burst.first == burst.last else f"{first.name}..{last.name}",
        first=first.first,
        last=last.last,
        highest=frame.periods[burst.first + int(counts[within].argmax())].name,
        count=int(counts[within].sum()),
        archive=archive,
        expected=rate * archive,
        weight=burst.weight,
        _terms=functools.partial(terms, first.first, last.last),
    )


def _terms_of(
    docs: Docs, whole: Whole, snapshot: Snapshot, first: date, last: date
) -> tuple[DistinctiveTerm, ...]:
    published = snapshot.columns.published.take(docs)
    begin, end = ((day.toordinal() - _EPOCH) * DAY for day in (first, last))
    return whole.terms(docs[(published >= begin) & (published < end + DAY)])
