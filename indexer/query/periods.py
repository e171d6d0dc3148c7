"""From moments to days, weeks, months and years, and back, for one and for whole arrays.

Moments are seconds (UTC), days and periods whole numbers, all from 1970 on. A week is ISO 8601's: it
begins on a Monday, and belongs to the year that its Thursday lies in.
"""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from indexer.index.schema import EPOCH_DAY
from indexer.query.answers.timeline import Period
from indexer.query.parameters import INTERVALS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = TypeVar("Numbers", int, NDArray[np.int64])  # one, or an array of them
else:
    Numbers = TypeVar("Numbers")

# Not calendar.month_name: that follows the process's locale.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_MONDAY = 3  # 1970 began on a Thursday, three days after one
_NAME = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


def moment_at(second: int) -> datetime:
    """Return the moment of a number of seconds."""
    return datetime.fromtimestamp(second, UTC)


def date_of(day: int) -> date:
    """Return the date of a day; the first or the last that there is for one beyond."""
    return date.fromordinal(max(1, min(day + EPOCH_DAY, date.max.toordinal())))


def day_of(date: date) -> int:
    """Return the number of a date's day."""
    return date.toordinal() - EPOCH_DAY


def numbers_of(days: Numbers, interval: str) -> Numbers:
    """Return the number of the period that each day lies in."""
    if interval == "day":
        return days
    if interval == "week":
        return (days + _MONDAY) // 7
    # The calendar repeats after 400 years, or 146,097 days, from a first of March on (H. Hinnant,
    # "chrono-compatible low-level date algorithms", civil_from_days).
    day = days + 719_468
    era = day // 146_097
    day = day - era * 146_097
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    month = (5 * (day - (365 * year + year // 4 - year // 100)) + 2) // 153  # from March
    months = (year + era * 400 - 1970) * 12 + month + 2
    number: Numbers = months if interval == "month" else months // 12
    return number


def first_days(numbers: Numbers, interval: str) -> Numbers:
    """Return the first day of each period."""
    if interval == "day":
        return numbers
    if interval == "week":
        return numbers * 7 - _MONDAY
    months = (numbers if interval == "month" else numbers * 12) + 1970 * 12 - 2  # from March
    year = months // 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (months % 12) + 2) // 5 - 719_468


def chosen_interval(first: int, last: int) -> str:
    """Return the interval that shows the days from `first` to `last` in a sensible number of periods."""
    return next(name for name, interval in INTERVALS.items() if last - first < interval.longest)


def period_name(number: int, interval: str) -> str:
    """Return the name of a period: `2020-06-25`, `2020-W26`, `2020-06` or `2020`."""
    begin = date_of(first_days(number, interval))
    if interval == "week":
        year, week, _ = begin.isocalendar()
        return f"{year:04}-W{week:02}"
    return begin.isoformat()[: {"day": 10, "month": 7, "year": 4}[interval]]


def period_number(name: str) -> tuple[int, str] | None:
    """Return the number and the interval of the year, month or day that is so named; else None."""
    match = _NAME.fullmatch(name)
    if not match:
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        number = date(year, month, day).toordinal() - EPOCH_DAY
    except ValueError:
        return None
    interval = "day" if match[3] else "month" if match[2] else "year"
    return numbers_of(number, interval), interval


def period_label(name: str) -> str:
    """Return how a year, month or day is shown: `2020-06` is "June 2020"; other text as it is."""
    known = period_number(name)
    if known is None:
        return name
    begin = date_of(first_days(*known))
    parts = {"day": [str(begin.day), MONTHS[begin.month - 1]], "month": [MONTHS[begin.month - 1]], "year": []}
    return " ".join([*parts[known[1]], f"{begin.year:04}"])


def periods_of(first: int, last: int, interval: str) -> tuple[Period, ...]:
    """Return the periods numbered `first` to `last`."""
    return tuple([_period(number, interval) for number in range(first, last + 1)])


@functools.lru_cache(maxsize=10_000)  # of a timeline, a fifth of the time
def _period(number: int, interval: str) -> Period:
    begin, next_begin = (first_days(n, interval) for n in (number, number + 1))
    return Period(period_name(number, interval), date_of(begin), date_of(next_begin - 1))
