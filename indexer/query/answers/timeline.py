"""How much was written when: counts and shares of the archive by day, week, month or year, and peaks.

A period for which the archive has nothing at all is no data, which is None and not zero. Counts and
shares are of the articles that the queries and filters find; the archive is all that is indexed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple


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
        return {
            "term": self.term,
            "word": self.word,
            "documents": self.documents,
            "of_all": self.of_all,
            "score": round(self.score, 2),
        }


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
