"""How much was written when: counts and shares of the archive by day, week, month or year, and peaks.

A period for which the archive has nothing at all is no data, which is None and not zero. Counts and
shares are of the articles that the queries and filters find; the archive is all that is indexed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, ClassVar, NamedTuple

from indexer.query.answers.answer import Answer, Limited
from indexer.query.deadline import NO_DEADLINE, Deadline

_MAX_EMPTY = 3  # periods without an article that have a line each; more share one


class Period(NamedTuple):
    """A stretch of days, both ends included: `name` is `2020-06-25`, `2020-W26`, `2020-06` or `2020`."""

    name: str
    first: date
    last: date


class DistinctiveTerm(NamedTuple):
    """A term that sets some documents apart: `word` as it is mostly written, `documents` of the set that
    have it and `of_all` of what it is compared with, `score` in standard deviations."""

    term: str
    word: str
    documents: int
    of_all: int
    score: float

    def to_json(self) -> dict[str, Any]:
        """Return it as the API prints it."""
        return self._asdict() | {"score": round(self.score, 2)}


@dataclass(frozen=True)
class Peak(Answer):
    """A stretch of periods in which a query is found far more often: see `indexer.query.assist.bursts`.

    `name` is a period's, or two with `..` between; `expected` is how many articles there would be at the
    rate of the whole series; `highest` the period with the most. `weight` is what ranks peaks.
    """

    _WRITTEN: ClassVar = (
        "name", "first", "last", "highest", "count", "archive", "share", "expected", "weight", "terms",
    )  # fmt: skip

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
        return super().to_json() | {"expected": round(self.expected, 2), "weight": round(self.weight, 2)}


@dataclass(frozen=True)
class Series(Answer):
    """One query over time. `counts` and `shares` have a value for each period, None for no data;
    the counts and `undated` add up to `total`. Where the request met its limit before the query was answered
    whole, `total` is at least so many, and nothing is counted: there is no data and no peak."""

    _WRITTEN: ClassVar = ("query", "total", "undated", "counts", "shares", "peaks", "notes")

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

    def in_peak(self, period: Period) -> bool:
        """Return whether a period is part of a peak."""
        return any(peak.first <= period.first and period.last <= peak.last for peak in self.peaks)


@dataclass(frozen=True)
class Timeline(Limited, Answer):
    """One or several queries over the same periods, from the first that any of them is found in to the
    last. `archive` has how many articles the archive has in each."""

    _WRITTEN: ClassVar = ("interval", "periods", "series", "generation", "timed_out")

    interval: str
    periods: tuple[Period, ...]
    archive: tuple[int, ...]
    series: tuple[Series, ...]
    generation: int
    deadline: Deadline = field(default=NO_DEADLINE, repr=False, compare=False)

    def lines(self) -> Iterator[range]:
        """Yield the places of the periods that share a line of a table: one, or a long run in which no query
        finds anything."""
        counts = zip(*(one.counts for one in self.series), strict=True)
        empty = [not has or set(own) == {0} for has, own in zip(self.archive, counts, strict=True)]
        for is_empty, run in groupby(range(len(self.periods)), empty.__getitem__):
            places = list(run)
            if is_empty and len(places) > _MAX_EMPTY:
                yield range(places[0], places[-1] + 1)
            else:
                yield from (range(at, at + 1) for at in places)

    def to_json(self) -> dict[str, Any]:
        """Return the timeline as the command line and the API print it."""
        periods = [
            {"period": name, "first": first.isoformat(), "last": last.isoformat(), "archive": count}
            for (name, first, last), count in zip(self.periods, self.archive, strict=True)
        ]
        return super().to_json() | {"periods": periods}
