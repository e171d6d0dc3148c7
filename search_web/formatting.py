"""How values are written on the page: give me a date as addresses have it (2020, 2020-06, 2020-06-25), I
return its days or its name; give me another value, I return what may stand in HTML.

Whatever comes from an article is text of strangers: it is escaped here where Markup is made, and a
URL is a link only if it is http or https.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup, escape

from indexer.article import format_iso
from indexer.query.answers.results import Highlighted

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_ONE_DAY = timedelta(days=1)

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_UNFIT = re.compile(r"[\x00-\x20\x7f\\\"<>`]")  # an apostrophe may stand in an address (RFC 3986)
_BLANK_LINES = re.compile(r"\n\s*\n")


# --- dates as addresses write them ---


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


def date_name(text: str) -> str:
    """Return `2020`, `June 2020`, `25 June 2020`, or both ends of a range; other text as it is."""
    if ".." in text:
        first, _, last = text.partition("..")
        if not first or not last:
            return f"until {date_name(last)}" if last else f"{date_name(first)} onwards"
        return f"{date_name(first)} – {date_name(last)}"
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


# --- filters of the templates ---


def highlighted(text: Highlighted) -> Markup:
    """Return the text, escaped, with `<mark>` around what matched."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(p) if hit else escape(p) for p, hit in text.pieces()
    )


def safe_url(url: str | None) -> str:
    """Return `url` if it is a plain http or https address with a host, else an empty string."""
    text = (url or "").strip()
    if not text or _UNFIT.search(text):
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return ""
    return text if parts.scheme.lower() in ("http", "https") and host else ""


def host(url: str | None) -> str:
    """Return the host of a safe URL without `www.`, or an empty string."""
    return (urlsplit(safe_url(url)).hostname or "").removeprefix("www.")


def day(moment: datetime | None) -> str:
    """Return `25 June 2020`, in UTC."""
    return day_name(moment.astimezone(UTC).date()) if moment else ""


def moment_name(moment: datetime | None) -> str:
    """Return `25 June 2020, 10:31 UTC`."""
    return f"{day(moment)}, {moment.astimezone(UTC):%H:%M} UTC" if moment else ""


def number(value: float, digits: int = 2) -> str:
    """Return `14,412`; a fraction keeps at most `digits` digits."""
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def plural(count: int, one: str, many: str = "") -> str:
    """Return `1 article`, `132 articles`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text: what blank lines part."""
    return [part.strip() for part in _BLANK_LINES.split(text) if part.strip()]


def initial(text: str | None) -> str:
    """Return the first letter or digit of a name, in upper case: it stands where a picture is missing."""
    name = re.sub(r"(?i)^the\s+", "", text or "")
    return next((c.upper() for c in name if c.isalnum()), "¶")


def code(text: str) -> Markup:
    """Return a sentence of our own tables, escaped, with `<code>` for what stands between backticks."""
    pieces = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(pieces)
    )


def register(app: Flask) -> None:
    """Give the templates of `app` these filters."""
    filters = (highlighted, safe_url, host, day, moment_name, number, plural, paragraphs, initial, code)
    for function in filters:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["iso"] = format_iso
