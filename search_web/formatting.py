"""How values are written and drawn on the page: the days and the name of a date as addresses have it
(2020, 2020-06, 2020-06-25), the date facet as rows of bars, any other value as HTML.

Whatever comes from an article is text of strangers: it is escaped here where Markup is made, and a
URL is a link only if it is http or https.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from flask import Flask
from markupsafe import Markup, escape

from indexer.article import format_iso, offset_name
from indexer.messages import Message, joined, say, template
from indexer.query.answers.facet_values import FacetValue
from indexer.query.answers.results import Highlighted
from indexer.query.request import SearchRequest
from search_web.languages import attributes, isolated, language_attributes
from search_web.templating import escaped, marked_up
from search_web.values import DAY, MONTH, MONTHS, YEAR, Brief, Fixed, When

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_ONE_DAY = timedelta(days=1)

# What no address has: blanks, marks of direction, what would end an attribute (an apostrophe may be in it).
_UNFIT = re.compile(r"[\\\"<>`\x00-\x20\x7f-\xa0\u061c\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")

HEIGHT = 100  # of the drawing; CSS stretches it
STEP = 10  # from one bar to the next; the bar takes 8
MIN_HEIGHT = 4  # of a bar that is not nothing
MAX_YEARS = 9  # a year's name takes a ninth of the narrowest drawing
MAX_BARS = 400  # a row with more periods than this shows only those that have articles
RECENT = template("last 30 days")  # what is chosen by name beside years, months and days


# --- dates as addresses write them ---


@lru_cache(maxsize=10_000)
def span(text: str) -> tuple[date, date] | None:
    """Return the first and the last day of a year, a month or a day; None for any other text."""
    found = _SHAPE.fullmatch(text)
    if not found:
        return None
    year, month, day = found.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    last = first.replace(month=first.month if month else 12)
    days = calendar.monthrange(last.year, last.month)[1]
    return first, last.replace(day=first.day if day else days)


def day_before(day: date) -> date | None:
    """Return the day before, or None at the beginning of time."""
    return None if day == date.min else day - _ONE_DAY


def day_after(day: date) -> date | None:
    """Return the day after, or None at the end of time."""
    return None if day == date.max else day + _ONE_DAY


def day_name(day: date) -> Message:
    """Return `25 June 2020`."""
    return say("{day}", day=When(day, DAY))


@lru_cache(maxsize=10_000)
def date_name(text: str) -> str:
    """Return `2020`, `June 2020`, `25 June 2020`, or both ends of a range; other text as it is."""
    if ".." in text:
        first, _, last = text.partition("..")
        if not first:
            return say("until {day}", day=date_name(last))
        if not last:
            return say("{day} onwards", day=date_name(first))
        return joined((date_name(first), date_name(last)), " – ")
    days = span(text)
    if days is None:
        return say(RECENT) if text == RECENT else text
    return say("{day}", day=When(days[0], len(text)))


@lru_cache(maxsize=10_000)
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


# --- the date histogram: the first row is the whole span; each period that is chosen, or that a chosen one
# lies in, opens a finer row below it; a bar chooses its period; that of a chosen one steps back out of it ---


Choose: TypeAlias = Callable[[Sequence[str]], str]  # the dates to choose -> the address of the search


class Bar(NamedTuple):
    """One period: where its bar stands and what a click on it does."""

    value: str
    label: str  # June 2020
    count: int  # type: ignore[assignment]  # a tuple's own `count` is no use here
    url: str
    x: int
    height: int
    selected: bool
    within: bool  # it lies in what the dates of the search take in


@dataclass(frozen=True, slots=True)
class Tick:
    """A name below the bars; an empty one keeps the distance."""

    text: str | Brief
    bars: int  # how many bars wide


Axis: TypeAlias = tuple[Mapping[str, int], tuple[Tick, ...]]  # the places of periods, the names below


@dataclass(frozen=True, slots=True)
class Row:
    """Bars of one length of time within one parent: of `places` periods, those that a search finds something
    in; `tallest` is the highest number, which the drawing is as high as."""

    title: str
    places: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    tallest: int

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return STEP * self.places

    @property
    def dates(self) -> str:
        """The values of the parameter `date` for the bars that are drawn, with spaces between them."""
        return " ".join([bar.value for bar in self.bars if bar.height])


def rows(values: Iterable[FacetValue], request: SearchRequest, choose: Choose) -> tuple[Row, ...]:
    """Return the rows of bars for the values of the date facet of `request`, the coarsest first."""
    groups: dict[str | None, list[FacetValue]] = {}
    for value in values:
        if span(value.value):
            groups.setdefault(value.parent, []).append(value)
    drawn = [(parent, group) for parent, group in groups.items() if any(value.count for value in group)]
    return tuple(_row(parent, group, request, choose) for parent, group in drawn)


def height_of(count: int, tallest: int) -> int:
    """Return the height of the bar of `count`, where the tallest is of `tallest`."""
    return max(MIN_HEIGHT, round(HEIGHT * count / tallest)) if count else 0


def _row(
    parent: str | None,
    group: list[FacetValue],
    request: SearchRequest,
    choose: Choose,
) -> Row:
    unit = len(group[0].value)  # a chosen year may stand among months: it marks them, and has no bar
    found = {value.value: value for value in group if len(value.value) == unit}
    names = sorted({*found, *_ends(parent, group[0].value)})
    places, below = _axis(names[0], names[-1]) or _axis_of(names)
    tallest = max(value.count for value in found.values()) or 1
    stretches = taken(request)
    bars = []
    for name in sorted(found):
        count, selected = found[name][2:4]
        target = (parent,) if selected and parent else () if selected else (name,)
        height, within = height_of(count, tallest), bool(stretches) and _within(name, stretches)
        x = places[name] * STEP
        bars.append(Bar(name, date_name(name), count, choose(target), x, height, selected, within))
    title = date_name(parent or _around(names[0], names[-1], len(places)))
    return Row(title, len(places), tuple(bars), below, tallest)


def _around(first: str, last: str, many: int) -> str:
    """Return the years, or months, in which the names below the bars of a row without a parent lie."""
    unit = _named_unit(len(first), many) - 3
    if unit < YEAR:
        return ""
    return first[:unit] if first[:unit] == last[:unit] else f"{first[:unit]}..{last[:unit]}"


def taken(request: SearchRequest) -> list[tuple[date, date]]:
    """Return the stretches of days that the dates of a search take in; none where it has no text."""
    stretches = []
    for text in request.chosen("date"):
        first, _, last = text.partition("..")
        ends = span(first), span(last if ".." in text else first)
        stretches.append((ends[0][0] if ends[0] else date.min, ends[1][1] if ends[1] else date.max))
        if not any(ends):  # "none", "last 30 days"
            stretches.pop()
    after, before = first_day_after(request.after), last_day_before(request.before)
    if not (after or before):
        return stretches
    low, high = after or date.min, before or date.max
    if not request.chosen("date"):
        return [(low, high)]
    return [(max(low, first), min(high, last)) for first, last in stretches]


def _within(name: str, stretches: list[tuple[date, date]]) -> bool:
    days = span(name)
    return days is not None and any(first <= days[0] and days[1] <= last for first, last in stretches)


def _ends(parent: str | None, like: str) -> tuple[str, ...]:
    """Return the first and the last period, as long as `like`, within a parent: its row is whole."""
    days = span(parent) if parent else None
    return tuple(day.isoformat()[: len(like)] for day in days) if days else ()


@lru_cache(maxsize=256)
def _axis(first: str, last: str) -> Axis | None:
    """Return the axis of the periods from the first to the last without a gap, None where these are too
    many."""
    names: list[str] = [first]
    while names[-1] != last:
        after = following(names[-1])
        if after is None or len(names) >= MAX_BARS:
            return None
        names.append(after)
    return _axis_of(names)


def _axis_of(names: Sequence[str]) -> Axis:
    return {name: place for place, name in enumerate(names)}, ticks(names)


def ticks(names: Sequence[str]) -> tuple[Tick, ...]:
    """Return the names below the bars: those of years below many months, of months below many days."""
    unit, many = len(names[0]), len(names)
    if (named := _named_unit(unit, many)) < unit:
        wider = Counter(name[:named] for name in names)
        return tuple(Tick(brief_name(w) if n * MAX_YEARS >= many else "", n) for w, n in wider.items())
    every = -(-many // MAX_YEARS) if unit == YEAR else 5 if unit == DAY else 1
    return tuple(Tick(brief_name(name) if at % every == 0 else "", 1) for at, name in enumerate(names))


def _named_unit(unit: int, many: int) -> int:
    """Return the unit of the names below so many bars: years of many months, months of many days."""
    return unit - 3 if many > {MONTH: 12, DAY: 31}.get(unit, many) else unit


def brief_name(name: str) -> str | Brief:
    """Return `2020`, `Jun` or `25`, of a date as addresses have it."""
    days = span(name)
    return Brief(days[0], len(name)) if days else name


# --- filters of the templates ---


def highlighted(text: Highlighted) -> Markup:
    """Return the text, escaped, with `<mark>` around what matched."""
    whole, at = text.text, 0
    parts: list[str] = []
    for start, end in text.ranges:
        parts += (escaped(whole[at:start]), "<mark>", escaped(whole[start:end]), "</mark>")
        at = end
    return marked_up("".join([*parts, escaped(whole[at:])]))


@lru_cache(maxsize=1_000)  # a page asks several times for each
def safe_url(url: str | None) -> str:
    """Return `url` if it is a plain http or https address with a host, else an empty string."""
    text = (url or "").strip()
    if not text or _UNFIT.search(text):
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    named = (
        "@" in parts.netloc
    )  # a user and a password, which pass for the host: https://bbc.com@evil.example
    return text if parts.scheme.lower() in ("http", "https") and host and not named else ""


@lru_cache(maxsize=1_000)
def host(url: str | None) -> str:
    """Return the host of a safe URL without `www.`, or an empty string."""
    return (urlsplit(safe_url(url)).hostname or "").removeprefix("www.")


def day(moment: date | None) -> str:
    """Return `25 June 2020`: a date, or that of a moment in its own offset."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}" if moment else ""


def moment_name(moment: datetime | None) -> str:
    """Return `25 June 2020, 10:31 UTC`, or with the offset that it is given in."""
    if moment is None:
        return ""
    return f"{day(moment)}, {moment.hour:02}:{moment.minute:02} {offset_name(moment)}"


def number(value: float, digits: int = 2) -> str:
    """Return `14,412`; a fraction keeps at most `digits` digits."""
    if type(value) is int and value >= 0:  # as nearly all are
        return f"{value:,}"
    text = f"{value:,}" if type(value) is int else f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def percent(share: float, digits: int = 1) -> Message:
    """Return `3.1 %` of a share of 1; no line ends before the sign."""
    return say("{share}\u00a0%", share=Fixed(share * 100, digits))


def capital(text: str) -> str:
    """Return a sentence with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """Return a sentence as it stands by itself, with a full stop."""
    return capital(text if text.endswith(".") else f"{text}.")


def plural(count: int, one: str, many: str = "") -> str:
    """Return `1 article`, `132 articles`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


@lru_cache(maxsize=1_000)
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
    filters = (
        highlighted,
        safe_url,
        host,
        day,
        moment_name,
        number,
        percent,
        capital,
        sentence,
        plural,
        initial,
        code,
        attributes,
        isolated,
        language_attributes,
    )
    for function in filters:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["iso"] = format_iso
