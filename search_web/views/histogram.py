"""The date histogram. Give me the date facet, I return rows of bars with their links, ready to be drawn.

The first row is the whole span; each period that is chosen, or that a chosen one lies in, opens a
finer row below it. A bar chooses its period; the bar of a chosen period steps back out of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from indexer.query.answers.labels import NOUNS
from indexer.query.answers.results import FacetValue
from indexer.query.parameters import NONE
from indexer.query.request import SearchRequest
from search_web import formatting
from search_web.address import Links, with_values
from search_web.formatting import plural

HEIGHT = 100  # of the drawing; CSS stretches it
STEP = 10  # from one bar to the next; the bar takes 8
LEAST = 4  # the height of the smallest bar that is not nothing
ROOM = 9  # a year's name takes a ninth of the narrowest drawing
YEAR, MONTH, DAY = 4, 7, 10  # the lengths of 2020, 2020-06, 2020-06-25
MOST_BARS = 400  # a row with more periods than this shows only those that have articles


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: where its bar stands and what a click on it does; an empty one has no link."""

    value: str
    label: str  # June 2020
    says: str  # June 2020: 132 articles
    count: int
    url: str
    selected: bool
    within: bool  # it lies in what the dates of the search take in
    x: int
    y: int
    height: int
    missing: bool = False  # the archive has nothing of that time


@dataclass(frozen=True, slots=True)
class Tick:
    """A name below the bars; an empty one keeps the distance."""

    text: str
    bars: int  # how many bars wide


@dataclass(frozen=True, slots=True)
class Row:
    """Bars of one length of time within one parent."""

    title: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]

    @property
    def width(self) -> int:
        """The width of the drawing."""
        return STEP * len(self.bars)


def rows(values: Iterable[FacetValue], request: SearchRequest, links: Links) -> tuple[Row, ...]:
    """Return the rows of bars for the values of the date facet, the coarsest first."""
    groups: dict[str | None, list[FacetValue]] = {}
    for value in values:
        if formatting.span(value.value):
            groups.setdefault(value.parent, []).append(value)
    drawn = [(parent, group) for parent, group in groups.items() if any(value.count for value in group)]
    return tuple(_row(parent, group, request, links) for parent, group in drawn)


def _row(parent: str | None, group: list[FacetValue], request: SearchRequest, links: Links) -> Row:
    unit = len(group[0].value)  # a chosen year may stand among months: it marks them, and has no bar
    found = {value.value: value for value in group if len(value.value) == unit}
    names = _filled(sorted({*found, *_ends(parent, group[0].value)}))
    tallest = max(value.count for value in found.values()) or 1
    taken = _taken(request)
    bars = []
    for place, name in enumerate(names):
        value = found.get(name)
        count, selected = (value.count, value.selected) if value else (0, False)
        target = (parent,) if selected and parent else () if selected else (name,)
        height = max(LEAST, round(HEIGHT * count / tallest)) if count else 0
        label = formatting.date_name(name)
        bars.append(
            Bar(
                value=name,
                label=label,
                says=f"{label}: {plural(count, *NOUNS[request.collapse])}",
                count=count,
                url=links.search(with_values(request, "date", target)) if value else "",
                selected=selected,
                within=_within(name, taken),
                x=place * STEP,
                y=HEIGHT - height,
                height=height,
            )
        )
    return Row(formatting.date_name(parent) if parent else "", tuple(bars), ticks(names))


def _taken(request: SearchRequest) -> list[tuple[date, date]]:
    """Return the stretches of days that the dates of a search take in; none where it has no text."""
    stretches = []
    for text in request.chosen("date"):
        first, _, last = text.partition("..")
        ends = formatting.span(first), formatting.span(last if ".." in text else first)
        stretches.append((ends[0][0] if ends[0] else date.min, ends[1][1] if ends[1] else date.max))
        if not any(ends):  # "none", "last 30 days"
            stretches.pop()
    after, before = formatting.first_day_after(request.after), formatting.last_day_before(request.before)
    if not (after or before):
        return stretches
    low, high = after or date.min, before or date.max
    if not request.chosen("date"):
        return [(low, high)]
    return [(max(low, first), min(high, last)) for first, last in stretches]


def _within(name: str, taken: list[tuple[date, date]]) -> bool:
    days = formatting.span(name)
    return days is not None and any(first <= days[0] and days[1] <= last for first, last in taken)


def _ends(parent: str | None, like: str) -> tuple[str, ...]:
    """Return the first and the last period, as long as `like`, within a parent: its row is whole."""
    days = formatting.span(parent) if parent else None
    return tuple(day.isoformat()[: len(like)] for day in days) if days else ()


def _filled(names: list[str]) -> list[str]:
    """Return the periods from the first to the last without a gap, if they are not too many."""
    filled = names[:1]
    while filled and filled[-1] != names[-1]:
        after = formatting.following(filled[-1])
        if after is None or len(filled) >= MOST_BARS:
            return names
        filled.append(after)
    return filled


def ticks(names: list[str]) -> tuple[Tick, ...]:
    """Return the names below the bars: those of years below many months, of months below many days."""
    unit, many = len(names[0]), len(names)
    if (unit == MONTH and many > 12) or (unit == DAY and many > 31):
        wider: dict[str, int] = {}
        for name in names:
            wider[name[: unit - 3]] = wider.get(name[: unit - 3], 0) + 1
        return tuple(Tick(_short(w) if n * ROOM >= many else "", n) for w, n in wider.items())
    every = -(-many // ROOM) if unit == YEAR else 5 if unit == DAY else 1
    return tuple(Tick(_short(name) if at % every == 0 else "", 1) for at, name in enumerate(names))


def _short(name: str) -> str:
    """Return `2020`, `Jun` or `25`."""
    return {YEAR: name, MONTH: formatting.date_name(name)[:3], DAY: name[8:].removeprefix("0")}[len(name)]


def without_date(values: Iterable[FacetValue]) -> FacetValue | None:
    """Return the value of the articles that have no date, where there are any."""
    return next((value for value in values if value.value == NONE and (value.count or value.selected)), None)
