"""The date histogram. Give me the date facet, I return rows of bars with their links, ready to be drawn.

The first row is the whole span; each period that is chosen, or that a chosen one lies in, opens a
finer row below it. A bar chooses its period; the bar of a chosen period steps back out of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.query.request import NONE, SearchRequest
from indexer.query.results import FacetValue
from search_web import dates
from search_web.filters import plural
from search_web.params import Links, with_values

HEIGHT = 100  # of the drawing; CSS stretches it
STEP = 10  # from one bar to the next
GAP = 2
LEAST = 4  # the height of the smallest bar that is not nothing
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
    around: bool  # a chosen period lies in it
    x: int
    y: int
    height: int


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
    inside: set[str | None] = set()
    for value in values:
        if dates.span(value.value):
            groups.setdefault(value.parent, []).append(value)
            if value.selected:
                inside.add(value.parent)
    for parent in sorted(filter(None, inside), key=len, reverse=True):  # days, then months
        inside.update(v.parent for group in groups.values() for v in group if v.value == parent)
    return tuple(_row(parent, group, inside, request, links) for parent, group in groups.items() if group)


def _row(
    parent: str | None, group: list[FacetValue], inside: set[str | None], request: SearchRequest, links: Links
) -> Row:
    found = {value.value: value for value in group if len(value.value) == len(group[0].value)}
    names = _filled(sorted(found))
    tallest = max((value.count for value in found.values()), default=0) or 1
    bars = []
    for place, name in enumerate(names):
        value = found.get(name)
        count = value.count if value else 0
        height = max(LEAST, round(HEIGHT * count / tallest)) if count else 0
        selected = value is not None and value.selected
        back = (parent,) if parent else ()
        label = dates.name(name)
        url = links.search(with_values(request, "date", back if selected else (name,))) if value else ""
        says = f"{label}: {plural(count, 'article')}"
        bars.append(
            Bar(
                name, label, says, count, url, selected, name in inside, place * STEP, HEIGHT - height, height
            )
        )
    return Row(dates.name(parent) if parent else "", tuple(bars), _ticks(names))


def _filled(names: list[str]) -> list[str]:
    """Return the periods from the first to the last without a gap, if they are not too many."""
    filled = names[:1]
    while filled and filled[-1] != names[-1]:
        after = dates.following(filled[-1])
        if after is None or len(filled) >= MOST_BARS:
            return names
        filled.append(after)
    return filled


def _ticks(names: list[str]) -> tuple[Tick, ...]:
    """Return the names below the bars: years below months of several years, else what fits."""
    if not names:
        return ()
    if len(names[0]) == 7 and len(names) > 12:
        years: dict[str, int] = {}
        for name in names:
            years[name[:4]] = years.get(name[:4], 0) + 1
        return tuple(Tick(year if bars >= 4 else "", bars) for year, bars in years.items())
    if len(names[0]) == 7:
        return tuple(Tick(dates.name(name)[:3], 1) for name in names)
    if len(names[0]) == 10 and len(names) <= 31:
        return tuple(Tick(str(int(n[8:])) if i % 5 == 0 else "", 1) for i, n in enumerate(names))
    if len(names) <= 10:
        return tuple(Tick(dates.name(name), 1) for name in names)
    return (Tick(dates.name(names[0]), len(names) // 2), Tick(dates.name(names[-1]), -(-len(names) // 2)))


def without_date(values: Iterable[FacetValue]) -> FacetValue | None:
    """Return the value of the articles that have no date, where there are any."""
    return next((value for value in values if value.value == NONE and (value.count or value.selected)), None)
