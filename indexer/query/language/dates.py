"""Dates as readers write them: `2020-06` or `last 30 days` -> the first and the last day.

An article's day is that of its file's offset, or of the archive's zone. A period includes both of its ends.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from indexer.analysis import unify_punctuation
from indexer.messages import say
from indexer.query.checking import DATE_CURE
from indexer.query.periods import MONTHS, date_of, day_of, first_days, numbers_of, period_label

_FIRST_DAY, _LAST_DAY = map(day_of, (date.min, date.max))
_MONTH_NUMBERS = {name.lower(): n for n, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS |= {name[:3].lower(): n for n, name in enumerate(MONTHS, 1)} | {"sept": 9}

_WRITTEN = (
    re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?"),
    re.compile(r"(?:(?P<day>[0-9]{1,2}) )?(?P<month>[a-z]+)\.? (?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[a-z]+)\.? (?P<day>[0-9]{1,2}),? (?P<year>[0-9]{4})"),
)
_ROLLING = re.compile(r"(?:last|past) ([0-9]{1,6}) (day|week|month|year)s?")
_CALENDAR = re.compile(r"(this|last) (day|week|month|year)")
_COMPARED = re.compile(r"(>=|<=|>|<|=) ?(.+)")
_RANGE = re.compile(r" ?\.{2,} ?")

REVERSED = say("the first day is after the last one, so nothing is found")

_Days = tuple[int, int]  # the first and the last day of a period, counted from 1970


class DateError(ValueError):
    """A text names no period. `what` is wrong, a clause; `cure` a whole sentence that says how to write
    one; the text of the error has `how` alone, the same as a clause, where that is given."""

    def __init__(self, what: str, how: str = "", cure: str = DATE_CURE) -> None:
        super().__init__(f"{what}; {how}" if how else what)
        self.what = what
        self.cure = cure


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days, counted from 1970-01-01, both ends included; None is open.

    `correction` says what was put right in the text, for the reader; it is no part of the value.
    """

    first: int | None
    last: int | None
    correction: str = field(default="", compare=False)

    def __str__(self) -> str:
        if self.first is None:
            return "any date" if self.last is None else f"up to {_day_label(self.last)}"
        if self.last is None:
            return f"from {_day_label(self.first)} on"
        first, last = _day_label(self.first), _day_label(self.last)
        return first if first == last else f"from {first} to {last}"


def parse_period(text: str, now: datetime) -> DayRange:
    """Return the period that `text` names, as seen at `now`, in the zone in which that is given.

    A year, month or day (`2020`, `2020-06`, `25 June 2020`), `today`, `last 30 days`, `this week`; a
    range of two of them with `..`, where an end may be left out; or one of them after `>`, `>=`,
    `<`, `<=` or `=`. Raises DateError.
    """
    given, today = _clean(text), _today(now)
    compared = _COMPARED.fullmatch(given)
    if compared:
        return _compared(compared[1], _span(compared[2], today))
    ends = _RANGE.split(given)
    if len(ends) == 1:
        return _compared("=", _span(given, today))
    if len(ends) > 2 or not any(ends):
        raise DateError(
            say("'{text}' is not a range of dates", text=given),
            say("write one as 2020-06-01..2020-06-30"),
            say("Write one as 2020-06-01..2020-06-30."),
        )
    spans = [_span(end, today) if end else None for end in ends]
    return _between(spans[0], spans[1])


def period_before(text: str, now: datetime) -> DayRange:
    """Return all days before the first one of the period `text`. Raises DateError."""
    return _compared("<", _span(_clean(text), _today(now)))


def period_after(text: str, now: datetime) -> DayRange:
    """Return all days after the last one of the period `text`. Raises DateError."""
    return _compared(">", _span(_clean(text), _today(now)))


# By the name of a field or a filter: what its text stands for.
PERIODS: Mapping[str, Callable[[str, datetime], DayRange]] = {
    "date": parse_period,
    "before": period_before,
    "after": period_after,
}


def _clean(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unify_punctuation(text)).casefold()
    return " ".join(folded.split())


def _today(now: datetime) -> int:
    return day_of(now)


def _clamp(day: int) -> int:
    return max(_FIRST_DAY, min(day, _LAST_DAY))


def _day_label(day: int) -> str:
    return period_label(date_of(day).isoformat())


def _compared(sign: str, days: _Days) -> DayRange:
    first, last = days
    return {
        "<": DayRange(None, first - 1),
        "<=": DayRange(None, last),
        ">": DayRange(last + 1, None),
        ">=": DayRange(first, None),
        "=": DayRange(first, last),
    }[sign]


def _between(low: _Days | None, high: _Days | None) -> DayRange:
    correction = ""
    if low and high and low[0] > high[1]:
        low, high = high, low
        correction = say("the range of dates ran backwards, so its ends change places")
    return DayRange(low[0] if low else None, high[1] if high else None, correction)


def _span(text: str, today: int) -> _Days:
    """Return the days of one date or one relative period."""
    if text in ("today", "yesterday"):
        return _whole(today, "day", int(text == "yesterday"))
    rolling = _ROLLING.fullmatch(text)
    if rolling:
        return _rolling(int(rolling[1]), rolling[2], today)
    current = _CALENDAR.fullmatch(text)
    if current:
        return _whole(today, current[2], int(current[1] == "last"))
    for pattern in _WRITTEN:
        match = pattern.fullmatch(text)
        if match and ((month := match["month"]) is None or month.isdigit() or month in _MONTH_NUMBERS):
            return _date(int(match["year"]), _number(month), _number(match["day"]))
    raise DateError(
        say("'{text}' is not a date", text=text),
        say('write a year, a month or a day (2020, 2020-06, 2020-06-25), or in quotes "last 30 days"'),
        say('Write a year, a month or a day (2020, 2020-06, 2020-06-25), or in quotes "last 30 days".'),
    )


def _rolling(count: int, unit: str, today: int) -> _Days:
    """Return `count` days, weeks, months or years that end with today."""
    if not count:
        raise DateError(say("'{text}' is no time at all", text=f"last 0 {unit}s"))
    if unit in ("day", "week"):
        return _clamp(today - count * (7 if unit == "week" else 1) + 1), today
    month = numbers_of(today, "month") - count * (12 if unit == "year" else 1)
    first, next_first = first_days(month, "month"), first_days(month + 1, "month")
    # The same day of that month, or the last one of a month too short for it.
    day_before = min(first + date_of(today).day, next_first) - 1
    return min(_clamp(day_before) + 1, today), today


def _whole(day: int, interval: str, back: int = 0) -> _Days:
    """Return the day, week (from Monday), month or year that `day` lies in, or one so many `back`."""
    number = numbers_of(day, interval) - back
    return _clamp(first_days(number, interval)), _clamp(first_days(number + 1, interval) - 1)


def _number(text: str | None) -> int | None:
    return None if text is None else _MONTH_NUMBERS.get(text) or int(text)


def _date(year: int, month: int | None, day: int | None) -> _Days:
    """Return a year, a month or a day. Raises DateError where there is none."""
    if year < 1:
        raise DateError(say("there is no year 0000"))
    if month is not None and not 1 <= month <= 12:
        raise DateError(say("there is no month {month} in {year}", month=month, year=f"{year:04}"))
    if month and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise DateError(
            say(
                "there is no day {day} in {month} {year}", day=day, month=MONTHS[month - 1], year=f"{year:04}"
            )
        )
    interval = "day" if day else "month" if month else "year"
    return _whole(day_of(date(year, month or 1, day or 1)), interval)
