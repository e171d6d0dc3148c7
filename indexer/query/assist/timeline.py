"""Searches -> how much each finds by day, week, month or year, and the peaks."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.errors import RequestError
from indexer.messages import say
from indexer.query.answers.timeline import DistinctiveTerm, Peak, Period, Series, Timeline
from indexer.query.assist.bursts import base_rate, find_bursts
from indexer.query.assist.distinctive import Whole
from indexer.query.assist.reading import Moment
from indexer.query.deadline import Deadline
from indexer.query.parameters import MAX_PERIODS
from indexer.query.periods import chosen_interval, day_of, first_days, numbers_of, periods_of
from indexer.query.source import DayCounts, Documents

_MAX_PEAKS = 5

Counts = NDArray[np.int64]


class Search(NamedTuple):
    """What one query finds; `excluded` are the terms that it names, which tell nothing of what is found.
    `is_cut`: there was no time to find all of it, and nothing is counted."""

    query: str
    documents: Documents
    excluded: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    is_cut: bool = False


def build_timeline(searches: Sequence[Search], at: Moment, interval: str | None) -> Timeline:
    """Return what was found over time, by `interval` or, if that is None, by the one that suits its span.

    Raises RequestError where there would be more than MAX_PERIODS.
    """
    archive = at.view.days()
    nothing = np.zeros_like(archive.counts), 0
    counted = [nothing if search.is_cut else search.documents.days() for search in searches]
    written = np.flatnonzero(np.logical_or.reduce([counts > 0 for counts, _ in counted]))
    ends = archive.days[written[[0, -1]]].tolist() if len(written) else None
    frame = Frame(archive, interval or (chosen_interval(*ends) if ends else "day"), ends)
    series = tuple(
        _uncounted(search, frame)
        if search.is_cut
        else _series(search, frame.by_period(counts), undated, frame, at)
        for search, (counts, undated) in zip(searches, counted, strict=True)
    )
    return Timeline(
        frame.interval, frame.periods, tuple(frame.archive.tolist()), series, at.view.number, at.deadline
    )


class Frame:
    """The periods from the first to the last of two days, and what the archive has in each: (periods,).

    Raises RequestError for more than MAX_PERIODS."""

    def __init__(self, archive: DayCounts, interval: str, ends: list[int] | None) -> None:
        self.interval = interval
        self._places: NDArray[np.int64] = np.empty(0, np.int64)
        self._days = slice(0, 0)
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
            begin, end = first_days(np.array([first, last + 1], np.int64), interval)
            self._days = slice(*archive.days.searchsorted([begin, end]).tolist())
            self._places = numbers_of(archive.days[self._days], interval) - first
            self.periods = periods_of(first, last, interval)
        self.archive = self.by_period(archive.counts)

    def by_period(self, by_day: Counts) -> Counts:
        """Return counts of the archive's days by period."""
        found = np.bincount(self._places, weights=by_day[self._days], minlength=len(self.periods))
        return found.astype(np.int64)


def _uncounted(search: Search, frame: Frame) -> Series:
    nothing = (None,) * len(frame.periods)
    return Series(search.query, search.documents.count, 0, nothing, nothing, search.notes, tuple)


def _series(search: Search, counts: Counts, undated: int, frame: Frame, at: Moment) -> Series:
    known = [bool(number) for number in frame.archive.tolist()]
    shares = counts / np.maximum(frame.archive, 1)
    return Series(
        query=search.query,
        total=search.documents.count,
        undated=undated,
        counts=tuple([count if has else None for count, has in zip(counts.tolist(), known, strict=True)]),
        shares=tuple([share if has else None for share, has in zip(shares.tolist(), known, strict=True)]),
        notes=search.notes,
        _peaks=functools.partial(_peaks, search, counts, frame, at),
    )


def _peaks(search: Search, counts: Counts, frame: Frame, at: Moment) -> tuple[Peak, ...]:
    if at.deadline.cuts():
        return ()
    whole = Whole(at.view, search.documents, search.excluded)
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
    documents: Documents, whole: Whole, ends: tuple[Period, Period], deadline: Deadline
) -> tuple[DistinctiveTerm, ...]:
    if deadline.cuts():
        return ()
    first, last = ends
    return whole.terms(documents.within(day_of(first.first), day_of(last.last)))
