"""Searches -> how much each finds by day, week, month or year, and the peaks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query

from indexer.analysis import Analyzer
from indexer.errors import RequestError
from indexer.messages import say
from indexer.query.answers.timeline import DistinctiveTerm, Peak, Period, Series, Timeline
from indexer.query.assist.bursts import base_rate, find_bursts
from indexer.query.assist.distinctive import Whole
from indexer.query.assist.reading import Moment
from indexer.query.deadline import Deadline
from indexer.query.language.tree import named_terms
from indexer.query.parameters import MAX_PERIODS
from indexer.query.periods import chosen_interval, day_of, first_days, numbers_of, periods_of
from indexer.query.source import Counts, DayCounts, Documents

_MAX_PEAKS = 5


@dataclass(frozen=True)
class Search:
    """What one query finds, by `tree`. `is_cut`: there was no time to find all of it, and nothing is
    counted."""

    query: str
    documents: Documents
    tree: Query
    notes: tuple[str, ...] = ()
    is_cut: bool = False

    def excluded(self, analyzer: Analyzer) -> frozenset[str]:
        """Return the terms that the query names, which tell nothing of what is found."""
        return named_terms(self.tree, analyzer)


def build_timeline(searches: Sequence[Search], at: Moment, interval: str | None) -> Timeline:
    """Return what was found over time, by `interval` or, if that is None, by the one that suits its span.

    Raises RequestError where there would be more than MAX_PERIODS.
    """
    archive = at.view.days()
    counted = [None if search.is_cut else search.documents.days() for search in searches]
    has_some = np.zeros(len(archive.days), bool)
    for found in counted:
        if found is not None:
            has_some |= found[0] > 0
    written = has_some.nonzero()[0]
    ends = archive.days[written[[0, -1]]].tolist() if len(written) else None
    frame = Frame(archive, interval or (chosen_interval(*ends) if ends else "day"), ends)
    series = tuple(
        _uncounted(search, frame) if found is None else _series(search, found, frame, at)
        for search, found in zip(searches, counted, strict=True)
    )
    return Timeline(
        frame.interval, frame.periods, tuple(frame.archive.tolist()), series, at.view.number, at.deadline
    )


class Frame:
    """The periods from the first to the last of two days, and what the archive has in each: (periods,).

    Raises RequestError for more than MAX_PERIODS."""

    def __init__(self, archive: DayCounts, interval: str, ends: list[int] | None) -> None:
        self.interval = interval
        self._begins: NDArray[np.intp] = np.zeros(1, np.intp)  # of each period, and the end of the last
        self.periods: tuple[Period, ...] = ()
        if ends:
            first, last = numbers_of(np.array(ends, np.int64), interval).tolist()
            count = last - first + 1
            if count > MAX_PERIODS:
                raise RequestError(
                    say(
                        "there are {count} periods of a {interval}, more than {most}",
                        count=count,
                        interval=say(interval),
                        most=MAX_PERIODS,
                    ),
                    cure=say("Ask for a longer interval, or for fewer years with 'after' and 'before'."),
                )
            self._begins = archive.days.searchsorted(first_days(np.arange(first, last + 2), interval))
            self.periods = periods_of(first, last, interval)
        self.archive = self.by_period(archive.counts)

    def by_period(self, by_day: Counts) -> Counts:
        """Return counts of the archive's days by period."""
        begins, ends = self._begins[:-1], self._begins[1:]
        found: Counts = np.add.reduceat(by_day[: ends[-1]], begins) if len(begins) else np.zeros(0, np.int64)
        found[begins == ends] = 0  # periods without a day of the archive
        return found


def _uncounted(search: Search, frame: Frame) -> Series:
    nothing = (None,) * len(frame.periods)
    return Series(search.query, search.documents.count, 0, nothing, nothing, search.notes, tuple)


def _series(search: Search, found: tuple[Counts, int], frame: Frame, at: Moment) -> Series:
    by_day, undated = found
    counts, archive = frame.by_period(by_day), frame.archive.tolist()
    shares = counts / np.maximum(frame.archive, 1)
    return Series(
        query=search.query,
        total=search.documents.count,
        undated=undated,
        counts=tuple([count if has else None for count, has in zip(counts.tolist(), archive, strict=True)]),
        shares=tuple([share if has else None for share, has in zip(shares.tolist(), archive, strict=True)]),
        notes=search.notes,
        _peaks=functools.partial(_peaks, search, counts, frame, at),
    )


def _peaks(search: Search, counts: Counts, frame: Frame, at: Moment) -> tuple[Peak, ...]:
    if at.deadline.cuts():
        return ()
    whole = functools.cache(lambda: Whole(at.view, search.documents, search.excluded(at.view.analyzer)))
    rate = base_rate(counts, frame.archive)
    peaks: list[Peak] = []
    for burst in find_bursts(counts, frame.archive)[:_MAX_PEAKS]:
        within = slice(burst.first, burst.last + 1)
        first, last = frame.periods[burst.first], frame.periods[burst.last]
        archive = int(frame.archive[within].sum())
        peaks.append(
            Peak(
                name=first.name if burst.first == burst.last else f"{first.name}..{last.name}",
                first=first.first,
                last=last.last,
                highest=frame.periods[burst.first + int(counts[within].argmax())].name,
                count=int(counts[within].sum()),
                archive=archive,
                expected=rate * archive,
                weight=burst.weight,
                _terms=functools.partial(_terms, search.documents, whole, (first, last), at.deadline),
            )
        )
    return tuple(peaks)


def _terms(
    documents: Documents, whole: Callable[[], Whole], ends: tuple[Period, Period], deadline: Deadline
) -> tuple[DistinctiveTerm, ...]:
    first, last = ends
    return deadline.whole(lambda: whole().terms(documents.within(day_of(first.first), day_of(last.last))), ())
