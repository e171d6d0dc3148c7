"""Dates as readers write them: days, both ends included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.language.dates import (
    DateError,
    DayRange,
    parse_period,
    period_after,
    period_before,
)
from indexer.query.periods import day_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday


def days(first: str | None, last: str | None) -> DayRange:
    """Return the period of whole days from `first` to `last`."""
    start, end = (day_of(date.fromisoformat(day)) if day else None for day in (first, last))
    return DayRange(start, end)


PERIODS = [
    ("2020", "2020-01-01", "2020-12-31"),
    ("2020-06", "2020-06-01", "2020-06-30"),
    ("2020-02", "2020-02-01", "2020-02-29"),
    ("2020-6-5", "2020-06-05", "2020-06-05"),
    ("2020-06-25", "2020-06-25", "2020-06-25"),
    ("2020–06–25", "2020-06-25", "2020-06-25"),
    ("２０２０", "2020-01-01", "2020-12-31"),
    ("0001", "0001-01-01", "0001-12-31"),
    ("9999", "9999-01-01", "9999-12-31"),
    ("9999-12", "9999-12-01", "9999-12-31"),
    ("June 2020", "2020-06-01", "2020-06-30"),
    ("jun. 2020", "2020-06-01", "2020-06-30"),
    ("Sept 2020", "2020-09-01", "2020-09-30"),
    ("25  June 2020", "2020-06-25", "2020-06-25"),
    ("June 25, 2020", "2020-06-25", "2020-06-25"),
    ("=2020", "2020-01-01", "2020-12-31"),
    (">2020", "2021-01-01", None),
    (">= 2020", "2020-01-01", None),
    ("<2020", None, "2019-12-31"),
    ("<=2020", None, "2020-12-31"),
    ("2020-06..2021", "2020-06-01", "2021-12-31"),
    ("2020 .. June 2021", "2020-01-01", "2021-06-30"),
    ("2020…2021", "2020-01-01", "2021-12-31"),
    ("2020..", "2020-01-01", None),
    ("..2020", None, "2020-12-31"),
    ("yesterday..today", "2026-11-22", "2026-11-23"),
    ("today", "2026-11-23", "2026-11-23"),
    ("Yesterday", "2026-11-22", "2026-11-22"),
    ("last 1 day", "2026-11-23", "2026-11-23"),
    ("last 30 days", "2026-10-25", "2026-11-23"),
    ("past 7 days", "2026-11-17", "2026-11-23"),
    ("last 2 weeks", "2026-11-10", "2026-11-23"),
    ("last 2 months", "2026-09-24", "2026-11-23"),
    ("last 1 year", "2025-11-24", "2026-11-23"),
    ("last 999999 days", "0001-01-01", "2026-11-23"),
    ("last 999999 years", "0001-01-02", "2026-11-23"),
    ("this week", "2026-11-23", "2026-11-29"),
    ("last week", "2026-11-16", "2026-11-22"),
    ("this month", "2026-11-01", "2026-11-30"),
    ("last month", "2026-10-01", "2026-10-31"),
    ("this year", "2026-01-01", "2026-12-31"),
    ("last year", "2025-01-01", "2025-12-31"),
    ("last day", "2026-11-22", "2026-11-22"),
]


@pytest.mark.parametrize(("text", "first", "last"), PERIODS)
def test_the_period_of(text: str, first: str | None, last: str | None) -> None:
    assert parse_period(text, NOW) == days(first, last)


FAULTS = [
    ("", "is not a date"),
    ("banana", "'banana' is not a date; write a year, a month or a day"),
    ("06/2020", "is not a date"),
    ("2020-13", "there is no month 13 in 2020"),
    ("2020-00", "there is no month 0 in 2020"),
    ("2021-02-29", "there is no day 29 in February 2021"),
    ("31 June 2020", "there is no day 31 in June 2020"),
    ("0000", "there is no year 0000"),
    ("20201", "is not a date"),
    ("Brumaire 1799", "is not a date"),
    ("last 0 days", "no time at all"),
    ("..", "is not a range of dates"),
    ("2019..2020..2021", "is not a range of dates"),
    ("2020..banana", "'banana' is not a date"),
    ("> 2020..2021", "is not a date"),
]


@pytest.mark.parametrize(("text", "reason"), FAULTS)
def test_what_is_no_date_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason.replace(".", r"\.")):
        parse_period(text, NOW)


def test_the_error_tells_how_a_date_is_written() -> None:
    cures = {}
    for text in ("banana", "..", "2020-13"):
        with pytest.raises(DateError) as caught:
            parse_period(text, NOW)
        cures[caught.value.what] = caught.value.cure
    assert cures == {
        "'banana' is not a date": 'Write a year, a month or a day (2020, 2020-06, 2020-06-25), or in quotes "last 30 days".',
        "'..' is not a range of dates": "Write one as 2020-06-01..2020-06-30.",
        "there is no month 13 in 2020": "Write a year, a month or a day, such as 2020, 2020-06 or 2020-06-25.",
    }


def test_before_and_after_leave_out_the_period_itself() -> None:
    june = parse_period("2020-06", NOW)
    assert june.first is not None
    assert june.last is not None
    assert period_before("2020-06", NOW) == DayRange(None, june.first - 1)
    assert period_after("2020-06", NOW) == DayRange(june.last + 1, None)
    with pytest.raises(ValueError, match="is not a date"):
        period_before("..2020", NOW)
    with pytest.raises(ValueError, match="no month 13"):
        period_after("2020-13", NOW)


def test_a_range_that_runs_backwards_is_mended_and_says_so() -> None:
    correction = parse_period("2021..2020", NOW)
    assert correction == parse_period("2020..2021", NOW)
    assert "backwards" in correction.correction
    assert parse_period("2020..2021", NOW).correction == ""
    assert parse_period("2020-06..2020", NOW).correction == ""  # they overlap: from June to December


def test_today_is_that_of_the_zone_of_now() -> None:
    late_in_new_york = datetime(2026, 11, 23, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert parse_period("today", late_in_new_york) == days("2026-11-23", "2026-11-23")
    assert parse_period("today", datetime(2026, 11, 23, 22)) == days("2026-11-23", "2026-11-23")


@pytest.mark.parametrize(
    "now", [datetime.min, datetime.max, datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))]
)
@pytest.mark.parametrize(
    "text", ["today", "yesterday", "this week", "last week", "last month", "last 2 years", "last year"]
)
def test_the_ends_of_time_do_not_overflow(text: str, now: datetime) -> None:
    period = parse_period(text, now)
    assert period.first is not None
    assert period.last is not None
    assert period.first <= period.last
    assert str(period)


def test_a_month_that_is_too_short_gives_its_last_day() -> None:
    assert parse_period("last 1 month", datetime(2021, 3, 31, tzinfo=UTC)) == days("2021-03-01", "2021-03-31")


def test_periods_print() -> None:
    shown = {text: str(parse_period(text, NOW)) for text in ("2020-06-25", "2020-06", ">=2020", "<2020")}
    assert shown == {
        "2020-06-25": "25 June 2020",
        "2020-06": "from 1 June 2020 to 30 June 2020",
        ">=2020": "from 1 January 2020 on",
        "<2020": "up to 31 December 2019",
    }
    assert str(DayRange(None, None)) == "any date"


@given(st.dates())
def test_every_day_is_itself(day: date) -> None:
    period = parse_period(day.isoformat(), NOW)
    assert period.first is not None
    assert period.first == period.last == day.toordinal() - date(1970, 1, 1).toordinal()
    month = parse_period(day.isoformat()[:7], NOW)
    assert month.first is not None
    assert month.last is not None
    assert month.first <= period.first <= month.last


@given(st.text(max_size=30) | st.sampled_from([text for text, *_ in PERIODS]).map(lambda text: text + "x"))
def test_any_text_is_a_period_or_a_sentence(text: str) -> None:
    try:
        told = str(parse_period(text, NOW))
    except ValueError as error:
        told = str(error)
    assert told
    assert not told.endswith(".")
