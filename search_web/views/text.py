"""Jinja filters: give me a value of the index, I return what may stand on the page.

Whatever comes from an article is text of strangers: it is escaped here where Markup is made, and a
URL is a link only if it is http or https.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup, escape

from indexer.article import format_iso
from indexer.query.answers.results import Highlighted
from search_web import dates

_UNFIT = re.compile(r"[\x00-\x20\x7f\\\"<>`]")  # an apostrophe may stand in an address (RFC 3986)
_BLANK_LINES = re.compile(r"\n\s*\n")


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
    return dates.day_name(moment.astimezone(UTC).date()) if moment else ""


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
