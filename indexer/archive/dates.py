"""The characters of a date -> a `datetime`, in the forms that people, generators and exports write.

    read_date("2020-06-25T10:31:00+02:00")     with the offset that the text has
    read_date("June 25, 2020 10:00 PM")        without one where it has none
    read_date("2020-06"), read_date("2020")    the first day of the month, of the year

Also `25 June 2020`, `25.06.2020`, `20200625`, `2020年6月25日`, RFC 2822's form, seconds and milliseconds
since 1970. What can be read in two ways (`06/07/2020`) is no date.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

# Not calendar.month_name: that follows the process's locale.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})"
_YEAR = r"(?P<year>[0-9]{4})"
_NUMBERED = r"(?P<month>[0-9]{1,2})"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_TIME = (
    r"(?:(?:\s*t\s*|\s*,?\s+(?:at\s+)?)(?P<hour>[0-9]{1,2})"
    r"(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"|\s*(?P<hour_half>[ap]\.?m\.?))"
    r"\s*(?P<zone>z|utc|gmt|[a-z]{2,5}(?=\s*\Z)|[a-z]+/[a-z_/]+)?"
    r"\s*(?:(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?(?:\s+[a-z]{2,5})?)?"
    r"(?:\s*\([^()]*\))?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        rf"{_YEAR}[-/.]{_NUMBERED}[-/.]{_DAY}",
        rf"{_WEEKDAY}{_DAY}(?:st|nd|rd|th)?[\s-](?:of\s+)?{_MONTH},?[\s-]{_YEAR}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_DAY}\.\s?{_NUMBERED}\.\s?{_YEAR}",
        rf"{_YEAR}年\s?{_NUMBERED}月\s?{_DAY}日",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
    )
)
_SHORT_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (rf"{_YEAR}[-/.]{_NUMBERED}", rf"{_MONTH},?\s+{_YEAR}", rf"{_YEAR}")
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T?([0-9]{2})([0-9]{2})([0-9]{2})?(Z?)")
_EPOCH = re.compile(r"-?[0-9]{9,10}(?:\.[0-9]+)?|[0-9]{12,13}")
# All times in the real files are like this, and need no taking apart.
_USUAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z")
_MINUTE, _NOTHING = timedelta(minutes=1), timedelta()
_MAX_LENGTH = 80  # characters of a date
_MILLISECONDS = 100_000_000_000  # a number of seconds from here on would be after the year 5138
# Hours from UTC; those that mean different things in different countries (IST, BST) are in none.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3,
    "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cdt": -5,
    "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip


def read_date(text: str) -> datetime | None:
    """Return the time that `text` is, to the second; None where it is none.

    With the offset that stands in it, without one where it has none; a date alone is its midnight.
    """
    if _USUAL_TIME.fullmatch(text):
        try:  # (`suppress` takes half as long as what is in it)
            return datetime.fromisoformat(text)
        except ValueError:  # a leap second, or no time: below
            pass
    if len(text) > _MAX_LENGTH:
        return None
    text = text.strip()
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _moment(match)
    for form in _SHORT_FORMS:
        match = form.fullmatch(text)
        if match:
            return _date(match)
    return _of_numbers(text) or _mail_time(text)


def _date(match: re.Match[str]) -> datetime | None:
    parts = match.groupdict()
    month = _month(parts)
    try:
        return datetime(int(parts["year"]), month, int(parts.get("day") or 1))
    except ValueError:  # 2020-02-30
        return None


def _month(parts: dict[str, str | None]) -> int:
    name = parts.get("name")
    return _MONTHS.index(name[:3].lower()) + 1 if name else int(parts.get("month") or 1)


def _moment(match: re.Match[str]) -> datetime | None:
    """Return the date and the time of a match, with its zone."""
    day, parts = _date(match), match.groupdict(default="")
    if day is None or not parts["hour"]:
        return day
    hour, minute = int(parts["hour"]), int(parts["minute"] or 0)
    half = (parts["half"] or parts["hour_half"])[:1].lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (half == "p")
    second = min(int(parts["second"] or 0), 59)  # a leap second is read as the second before it
    try:
        zone = _zone(parts)
        if hour == 24 and not minute and not second:  # ISO 8601: the end of the day
            return (day + timedelta(days=1)).replace(tzinfo=zone)
        return day.replace(hour=hour, minute=minute, second=second, tzinfo=zone)
    except (ValueError, OverflowError, OSError):  # 10:61, +99:00, an unknown zone
        return None


def _zone(parts: dict[str, str]) -> tzinfo | None:
    """Return the zone; None where there is none. Raises ValueError for one that is unknown."""
    name = parts["zone"]
    if parts["sign"]:
        offset = timedelta(hours=int(parts["hours"]), minutes=int(parts["minutes"] or 0))
        return timezone(-offset if parts["sign"] == "-" else offset)
    if not name:
        return None
    if name.lower() in ("z", "utc", "gmt"):
        return UTC
    if name.lower() in _ZONES:
        return timezone(timedelta(hours=_ZONES[name.lower()]))
    try:
        return ZoneInfo(name)
    except KeyError:  # ZoneInfoNotFoundError
        raise ValueError(name) from None


def _of_numbers(text: str) -> datetime | None:
    """Read `20200625103100`, and seconds or milliseconds since 1970."""
    match = _COMPACT.fullmatch(text)
    with suppress(ValueError):
        if match:
            *parts, zone = match.groups(default="0")
            return datetime(*map(int, parts), tzinfo=UTC if zone else None)  # type: ignore[misc, arg-type]
    if not _EPOCH.fullmatch(text):
        return None
    seconds = float(text)
    if abs(seconds) >= _MILLISECONDS:
        seconds /= 1000
    return datetime.fromtimestamp(int(seconds), UTC)


def _mail_time(text: str) -> datetime | None:
    """Read RFC 2822's form: `Thu, 25 Jun 2020 10:31:00 +0200`."""
    if len(text) <= 8 or ":" not in text:
        return None
    try:
        return parsedate_to_datetime(text).replace(microsecond=0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def in_zone(moment: datetime, zone: tzinfo | None, local: tzinfo | None = None) -> datetime | None:
    """Return a moment in `zone`, or without one in its own offset, in whole minutes as JSON has them; None
    where it lies outside of the years 1 to 9999 there or in UTC. One without an offset is read in `zone`,
    else in `local`, else in UTC."""
    try:
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone or local or UTC)
        elif zone:
            moment = moment.astimezone(zone)
        if moment.tzinfo is UTC:
            return moment
        minutes = round((moment.utcoffset() or _NOTHING) / _MINUTE)
        found = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)) if minutes else UTC)
        found.astimezone(UTC)
        return found
    except OverflowError:
        return None
