"""Days add up to the periods that the calendar has, whatever the documents."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.schema import NO_DATE
from indexer.query.arrays.store.days import (
    DayColumn,
    chosen_interval,
    first_days,
    numbers_of,
    periods_of,
)
from indexer.query.parameters import INTERVALS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
moments = st.lists(
    st.none() | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC)), max_size=20
)


def named(day: date, interval: str) -> str:
    """The name of the period that a day lies in, by Python's own calendar."""
    year, week, _ = day.isocalendar()
    return {
        "day": day.isoformat(),
        "week": f"{year:04}-W{week:02}",
        "month": day.isoformat()[:7],
        "year": day.isoformat()[:4],
    }[interval]


def column(drawn: list[datetime | None], live: list[bool] | None = None) -> DayColumn:
    seconds = [NO_DATE if moment is None else (moment - _EPOCH) // timedelta(seconds=1) for moment in drawn]
    mask = np.ones(len(drawn), bool) if live is None else np.array(live, bool)
    return DayColumn(np.array(seconds, np.int64), mask)


@given(moments, st.data())
def test_documents_are_counted_by_day(drawn: list[datetime | None], data: st.DataObject) -> None:
    docs = [doc for doc in range(len(drawn)) if data.draw(st.booleans())]
    days = column(drawn)
    counts, undated = days.count(np.array(docs, np.uint32))
    expected = Counter(moment.date() for doc in docs if (moment := drawn[doc]))
    found = {
        date.fromordinal(day + _EPOCH_DAY): n
        for day, n in zip(days.days.tolist(), counts.tolist(), strict=True)
    }
    assert {day: count for day, count in found.items() if count} == expected
    assert undated == sum(drawn[doc] is None for doc in docs)
    assert days.days.tolist() == sorted(set(days.days.tolist()))


@given(moments)
def test_the_archive_is_what_is_live(drawn: list[datetime | None]) -> None:
    live = [at % 3 != 1 for at in range(len(drawn))]
    assert column(drawn, live).archive.sum() == sum(
        moment is not None and alive for moment, alive in zip(drawn, live, strict=True)
    )


@pytest.mark.parametrize("interval", INTERVALS)
@given(first=st.dates(date(1, 1, 8), date(9999, 12, 1)), length=st.integers(0, 800))
def test_periods_are_those_of_the_calendar(interval: str, first: date, length: int) -> None:
    days = (
        np.arange(first.toordinal(), min(first.toordinal() + length, date.max.toordinal()) + 1) - _EPOCH_DAY
    )
    numbers = numbers_of(days, interval)
    periods = periods_of(int(numbers[0]), int(numbers[-1]), interval)
    assert (first_days(numbers, interval) <= days).all()
    for day, number in zip(days[::37].tolist(), numbers[::37].tolist(), strict=True):
        period = periods[number - int(numbers[0])]
        there = date.fromordinal(day + _EPOCH_DAY)
        assert period.name == named(there, interval)
        assert period.first <= there <= period.last
        assert {named(period.first, interval), named(period.last, interval)} == {period.name}
    for one, following in itertools.pairwise(periods):
        assert following.first - one.last == timedelta(days=1)


def test_the_weeks_at_the_ends_of_time_have_days_that_exist() -> None:
    number = int(numbers_of(np.array([date.max.toordinal() - _EPOCH_DAY]), "week")[0])
    (last,) = periods_of(number, number, "week")
    assert (last.first.weekday(), last.last) == (0, date.max)


@pytest.mark.parametrize(
    ("days", "interval"),
    [(0, "day"), (91, "day"), (92, "week"), (3 * 366, "month"), (16 * 366, "year"), (10**6, "year")],
)
def test_the_interval_suits_the_span(days: int, interval: str) -> None:
    assert chosen_interval(-5, days - 5) == interval
