"""Dates as readers write them. Give me `2020-06` or `last 30 days`, I return whole seconds of UTC.

A day, a month or a year is all of its seconds; every period includes both of its ends.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime

from indexer.analysis import unify_punctuation
from indexer.index.schema import DAY
from indexer.query.periods import EPOCH_DAY, MONTHS, date_of, epoch, period_label
from indexer.query.request import DATE_CURE

_LAST_DAY = date.max.toordinal()
_MONTH_NUMBERS = {name.lower(): n for n, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS |= {name[:3].lower(): n for n, name in enumerate(MONTHS, 1)} | {"sept": 9}

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_DAY_MONTH_YEAR = re.compile(r"(?:([0-9]{1,2}) )?([a-z]+)\.? ([0-9]{4})")
_MONTH_DAY_YEAR = re.compile(r"([a-z]+)\.? ([0-9]{1,2}),? ([0-9]{4})")
_ROLLING = re.compile(r"(?:last|past) ([0-9]{1,6}) (day|week|month|year)s?")
_CALENDAR = re.compile(r"(this|last) (day|week|month|year)")
_COMPARED = re.compile(r"(>=|<=|>|<|=) ?(.+)")
_RANGE = re.compile(r" ?\.{2,} ?")


class DateError(ValueError):
    """A text names no period. `what` is wrong, a clause; `cure` a whole sentence that says how to write
    one; the text of the error has `how` alone, where that is given."""

    def __init__(self, what: str, how: str = "") -> None:
        super().__init__(f"{what}; {how}" if how else what)
        self.what = what
        self.cure = f"{how[:1].upper()}{how[1:]}." if how else DATE_CURE


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A stretch of time in whole seconds since 1970 UTC, both ends included; None is open.

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


def parse_period(text: str, now: datetime) -> TimeRange:
    """Return the period that `text` names, as seen at `now`.

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
        raise DateError(f"'{given}' is no range of dates", "write one as 2020-06-01..2020-06-30")
    spans = [_span(end, today) if end else None for end in ends]
    return _between(spans[0], spans[1])


def period_before(text: str, now: datetime) -> TimeRange:
    """Return all that is strictly before the first second of the period `text`. Raises DateError."""
    return _compared("<", _span(_clean(text), _today(now)))


def period_after(text: str, now: datetime) -> TimeRange:
    """Return all that is strictly after the last second of the period `text`. Raises DateError."""
    return _compared(">", _span(_clean(text), _today(now)))


def _clean(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unify_punctuation(text)).casefold()
    return " ".join(folded.split())


def _today(now: datetime) -> int:
    return _clamp(EPOCH_DAY + epoch(now) // DAY)


def _clamp(ordinal: int) -> int:
    return max(1, min(ordinal, _LAST_DAY))


def _day_label(second: int) -> str:
    return period_label(date_of(second // DAY).isoformat())


def _first_second(ordinal: int) -> int:
    return (ordinal - EPOCH_DAY) * DAY


def _last_second(ordinal: int) -> int:
    return _first_second(ordinal + 1) - 1


def _compared(sign: str, span: tuple[int, int]) -> TimeRange:
    first, last = _first_second(span[0]), _last_second(span[1])
    return {
        "<": TimeRange(None, first - 1),
        "<=": TimeRange(None, last),
        ">": TimeRange(last + 1, None),
        ">=": TimeRange(first, None),
        "=": TimeRange(first, last),
    }[sign]


def _between(low: tuple[int, int] | None, high: tuple[int, int] | None) -> TimeRange:
    if low and high and low[0] > high[1]:
        low, high = high, low
        correction = "the range of dates ran backwards, so its ends change places"
    else:
        correction = ""
    first = _first_second(low[0]) if low else None
    last = _last_second(high[1]) if high else None
    return TimeRange(first, last, correction)


def _span(text: str, today: int) -> tuple[int, int]:
    """Return the first and the last day, as ordinals, of one date or one relative period."""
    if text in ("today", "yesterday"):
        day = _clamp(today - (text == "yesterday"))
        return day, day
    rolling = _ROLLING.fullmatch(text)
    if rolling:
        return _rolling(int(rolling[1]), rolling[2], today)
    current = _CALENDAR.fullmatch(text)
    if current:
        return _calendar(current[2], 1 if current[1] == "last" else 0, today)
    return _named_span(text)


def _rolling(count: int, unit: str, today: int) -> tuple[int, int]:
    """Return `count` days, weeks, months or years that end with today."""
    if not count:
        raise DateError(f"'last 0 {unit}s' is no time at all")
    if unit in ("day", "week"):
        return _clamp(today - count * (7 if unit == "week" else 1) + 1), today
    day_before = _months_back(today, count * (12 if unit == "year" else 1)).toordinal()
    return min(day_before + 1, today), today


def _calendar(unit: str, back: int, today: int) -> tuple[int, int]:
    """Return the day, week (from Monday), month or year of today, or the one before."""
    if unit == "day":
        return _clamp(today - back), _clamp(today - back)
    if unit == "week":
        monday = today - date.fromordinal(today).weekday() - 7 * back
        return _clamp(monday), _clamp(monday + 6)
    day = _months_back(today, back * (12 if unit == "year" else 1))
    return _whole(day.year, day.month if unit == "month" else None, None)


def _months_back(today: int, months: int) -> date:
    """Return the same day `months` earlier, or the last one of a month too short for it."""
    day = date.fromordinal(today)
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _named_span(text: str) -> tuple[int, int]:
    worded = _DAY_MONTH_YEAR.fullmatch(text)
    if worded and worded[2] in _MONTH_NUMBERS:
        return _whole(int(worded[3]), _MONTH_NUMBERS[worded[2]], int(worded[1]) if worded[1] else None)
    worded = _MONTH_DAY_YEAR.fullmatch(text)
    if worded and worded[1] in _MONTH_NUMBERS:
        return _whole(int(worded[3]), _MONTH_NUMBERS[worded[1]], int(worded[2]))
    return _iso_span(text)


def _iso_span(text: str) -> tuple[int, int]:
    match = _ISO.fullmatch(text)
    if not match:
        raise DateError(
            f"'{text}' is no date",
            'write a year, a month or a day (2020, 2020-06, 2020-06-25), or in quotes "last 30 days"',
        )
    year, month, day = (int(part) if part else None for part in match.groups())
    return _whole(year or 0, month, day)


def _whole(year: int, month: int | None, day: int | None) -> tuple[int, int]:
    """Return the first and last day of a year, or of a month, or the one day."""
    if year < 1:
        raise DateError("there is no year 0000")
    if month is None:
        return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    if not 1 <= month <= 12:
        raise DateError(f"there is no month {month} in {year:04}")
    days = calendar.monthrange(year, month)[1]
    if day is None:
        first = date(year, month, 1).toordinal()
        return first, first + days - 1
    if not 1 <= day <= days:
        raise DateError(f"there is no day {day} in {MONTHS[month - 1]} {year:04}")
    ordinal = date(year, month, day).toordinal()
    return ordinal, ordinal
