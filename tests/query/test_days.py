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
from indexer.query.arrays.store.days import PeriodColumn
from indexer.query.parameters import INTERVALS
from indexer.query.periods import (
    chosen_interval,
    day_of,
    first_days,
    numbers_of,
    period_label,
    period_name,
    period_number,
    periods_of,
)

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


def column(
    drawn: list[datetime | None], live: list[bool] | None = None, interval: str = "day"
) -> PeriodColumn:
    days = [NO_DATE if moment is None else day_of(moment) for moment in drawn]
    mask = np.ones(len(drawn), bool) if live is None else np.array(live, bool)
    return PeriodColumn(np.array(days, np.int64), mask, interval)


@given(moments, st.data())
def test_documents_are_counted_by_day(drawn: list[datetime | None], data: st.DataObject) -> None:
    docs = [doc for doc in range(len(drawn)) if data.draw(st.booleans())]
    days = column(drawn)
    counts, undated = days.count(np.array(docs, np.uint32))
    expected = Counter(moment.date() for doc in docs if (moment := drawn[doc]))
    found = {
        date.fromordinal(day + _EPOCH_DAY): n
        for day, n in zip(days.periods.tolist(), counts.tolist(), strict=True)
    }
    assert {day: count for day, count in found.items() if count} == expected
    assert undated == sum(drawn[doc] is None for doc in docs)
    assert days.periods.tolist() == sorted(set(days.periods.tolist()))


@given(moments, st.sampled_from(["day", "week", "month", "year"]))
def test_documents_have_the_number_of_their_period(drawn: list[datetime | None], interval: str) -> None:
    periods = column(drawn, interval=interval)
    docs = np.arange(len(drawn), dtype=np.uint32)
    for moment, number in zip(drawn, periods.of(docs).tolist(), strict=True):
        if moment is None:
            assert number == periods.none
        else:
            assert period_name(number, interval) == named(moment.date(), interval)
            assert number // 12 != periods.none // 12
    counts, undated = periods.count(docs)
    expected = Counter(periods.of(docs).tolist())
    assert undated == expected.pop(periods.none, 0)
    assert dict(zip(periods.periods.tolist(), counts.tolist(), strict=True)) == expected


@given(moments, st.integers(1, 40), st.sampled_from(["day", "month"]))
def test_the_newest_are_whole_periods_from_the_last_one_back(
    drawn: list[datetime | None], wanted: int, interval: str
) -> None:
    found = column(drawn, interval=interval).newest(np.arange(len(drawn), dtype=np.uint32), wanted).tolist()
    keys = ["" if moment is None else named(moment.date(), interval) for moment in drawn]
    least = sorted(keys, reverse=True)[: min(wanted, len(keys))]
    assert found == [doc for doc, key in enumerate(keys) if least and key >= least[-1]]


@given(moments, st.none() | st.dates(), st.none() | st.dates(), st.tuples(st.booleans(), st.booleans()))
def test_what_lies_within_some_days(
    drawn: list[datetime | None], first: date | None, last: date | None, ends: tuple[bool, bool]
) -> None:
    docs = np.arange(len(drawn), dtype=np.uint32)
    bounds = [None if day is None else day_of(day) for day in (first, last)]
    within = [
        moment is not None
        and (first is None or first < moment.date() or (ends[0] and first == moment.date()))
        and (last is None or moment.date() < last or (ends[1] and last == moment.date()))
        for moment in drawn
    ]
    days = column(drawn)
    assert days.within(docs, *bounds, ends=ends).tolist() == within
    assert days.within(slice(None), *bounds, ends=ends).tolist() == within
    dates = [moment.date() for moment in drawn if moment]
    assert days.span(docs) == ((day_of(min(dates)), day_of(max(dates))) if dates else None)


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


@given(st.dates(), st.sampled_from(["day", "week", "month", "year"]))
def test_one_day_is_counted_as_many_are(day: date, interval: str) -> None:
    number = day.toordinal() - _EPOCH_DAY
    (period,) = numbers_of(np.array([number]), interval).tolist()
    assert numbers_of(number, interval) == period
    assert first_days(period, interval) == first_days(np.array([period]), interval)[0] <= number
    assert period_name(period, interval) == named(day, interval)
    if interval != "week":
        assert period_number(named(day, interval)) == (period, interval)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("2020", "2020"), ("2020-06", "June 2020"), ("2020-6-5", "5 June 2020"), ("0999-12-31", "31 December 0999"),
        ("2020-W26", "2020-W26"), ("2020-13", "2020-13"), ("2020-02-30", "2020-02-30"), ("0000", "0000"), ("", ""),
    ],
)  # fmt: skip
def test_a_period_is_shown_by_the_names_of_months(name: str, label: str) -> None:
    assert period_label(name) == label


@pytest.mark.parametrize(
    ("days", "interval"),
    [(0, "day"), (91, "day"), (92, "week"), (3 * 366, "month"), (16 * 366, "year"), (10**6, "year")],
)
def test_the_interval_suits_the_span(days: int, interval: str) -> None:
    assert chosen_interval(-5, days - 5) == interval
