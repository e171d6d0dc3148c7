"""A facet -> a page of its values, with how their articles lie in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.query.answers.directory import Directory, DirectoryValue
from indexer.query.answers.facet_values import FacetValue, FacetValues
from indexer.query.assist.reading import Moment
from indexer.query.assist.timeline import Frame
from indexer.query.parameters import MAX_DIRECTORY, NONE
from indexer.query.periods import date_of, first_days, numbers_of
from indexer.query.request import DirectoryRequest
from indexer.query.source import Counts

MAX_PERIODS = 60  # of a small chart
_LONGEST = {"day": 1, "week": 7, "month": 31}  # days of a period


def build_directory(request: DirectoryRequest, at: Moment) -> Directory:
    """Return the page that is asked for; beyond the last one there is no value."""
    view = at.view
    documents = view.everything()
    uncounted = FacetValues(request.facet, (), 0, timed_out=True)
    known = at.deadline.whole(lambda: documents.largest(request.facet, MAX_DIRECTORY), uncounted)
    values = [value for value in known if value.value != NONE and value.has(request.find)]
    values.sort(key=FacetValue.sort_key if request.order == "name" else lambda value: -value.count)
    start = (request.page - 1) * request.size
    shown = values[start : start + request.size]
    frame = _frame(at)
    by_day: Sequence[Counts] | Counts = (
        [] if at.deadline.cuts() else documents.value_days(request.facet, [value.value for value in shown])
    )
    days = view.days().days
    return Directory(
        facet=request.facet,
        distinct=known.distinct,
        distinct_relation=known.distinct_relation,
        found=len(values),
        without=next((value.count for value in known if value.value == NONE), 0),
        order=request.order,
        page=request.page,
        size=request.size,
        interval=frame.interval,
        periods=frame.periods,
        values=tuple(
            _value(value, counts, days, frame) for value, counts in zip(shown, by_day, strict=False)
        ),
        generation=view.number,
        deadline=at.deadline,
    )


def _frame(at: Moment) -> Frame:
    """Return the finest periods of which the archive's span has no more than MAX_PERIODS; of very many years
    the last ones."""
    archive = at.view.days()
    if not len(archive.days):
        return Frame(archive, "year", None)
    first, last = archive.days[[0, -1]].tolist()
    interval = next((name for name, days in _LONGEST.items() if last - first < MAX_PERIODS * days), "year")
    earliest = numbers_of(last, interval) - MAX_PERIODS + 1
    return Frame(archive, interval, [max(first, first_days(earliest, interval)), last])


def _value(value: FacetValue, by_day: Counts, days: Sequence[int] | Counts, frame: Frame) -> DirectoryValue:
    dated = np.flatnonzero(by_day)
    ends = [date_of(int(days[at])) for at in dated[[0, -1]].tolist()] if len(dated) else [None, None]
    return DirectoryValue(
        value=value.value,
        label=value.label,
        parent=value.parent,
        count=value.count,
        first_date=ends[0],
        last_date=ends[1],
        undated=value.count - int(by_day.sum()),
        counts=tuple(frame.by_period(by_day).tolist()),
    )
