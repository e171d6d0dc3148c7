"""Dates as addresses write them (2020, 2020-06, 2020-06-25): give me one, I return its days or its name."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_ONE_DAY = timedelta(days=1)

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def span(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a year, a month or a day; None for any other text."""
    found = _SHAPE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if month is None:
            return date(year or 0, 1, 1), date(year or 0, 12, 31)
        if day is None:
            return date(year or 0, month, 1), date(year or 0, month, calendar.monthrange(year or 0, month)[1])
        return date(year or 0, month, day), date(year or 0, month, day)
    except ValueError:
        return None


def day_before(day: date) -> date | None:
    """Return the day before, or None at the beginning of time."""
    return None if day == date.min else day - _ONE_DAY


def day_after(day: date) -> date | None:
    """Return the day after, or None at the end of time."""
    return None if day == date.max else day + _ONE_DAY


def day_name(day: date) -> str:
    """Return `25 June 2020`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def name(text: str) -> str:
    """Return `2020`, `June 2020`, `25 June 2020`, or both ends of a range; other text as it is."""
    if ".." in text:
        first, _, last = text.partition("..")
        if not first or not last:
            return f"until {name(last)}" if last else f"{name(first)} onwards"
        return f"{name(first)} – {name(last)}"
    days = span(text)
    if days is None:
        return text
    if len(text) == 4:
        return text
    return day_name(days[0]) if len(text) == 10 else f"{MONTHS[days[0].month - 1]} {days[0].year}"


def following(bucket: str) -> str | None:
    """Return the next year, month or day, written as `bucket` is; None after the last of all."""
    days = span(bucket)
    after = day_after(days[1]) if days else None
    return None if after is None else after.isoformat()[: len(bucket)]


def first_day_after(text: str | None) -> date | None:
    """Return the first day that `after=text` lets in."""
    days = span(text or "")
    return day_after(days[1]) if days else None


def last_day_before(text: str | None) -> date | None:
    """Return the last day that `before=text` lets in."""
    days = span(text or "")
    return day_before(days[0]) if days else None
