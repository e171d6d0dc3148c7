"""The usual choices of dates, and the range over the bars: what the archive holds and a request -> views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from indexer.messages import say
from indexer.query.request import SearchRequest
from search_web.formatting import RECENT, STEP, Row, span
from search_web.values import YEAR

SHOWN = 6  # the others are behind "Earlier years"
MAX_YEARS = 100


class Preset(NamedTuple):
    """A choice of dates: what it is called, the value of the parameter `date`, whether it is in force."""

    label: str
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Presets:
    """The choices that are shown at once, and the earlier years."""

    shown: tuple[Preset, ...]
    earlier: tuple[Preset, ...]


class Range(NamedTuple):
    """The range over a row of bars: the numbers of the first and the last bar that it has, of the first and
    the last that it may have, and what its periods are called."""

    low: int
    high: int
    first: int
    last: int
    low_label: str
    high_label: str


def presets(rows: Sequence[Row], today: date, request: SearchRequest) -> Presets:
    """Return the choices by which the search whose dates are drawn in `rows` finds something, and those in
    force."""
    chosen = request.chosen("date")
    found = [bar.value for bar in (rows[0].bars if rows else ()) if bar.count]
    days = (today - timedelta(days=30)).isoformat(), today.isoformat()
    is_recent = any(days[0][: len(value)] <= value <= days[1][: len(value)] for value in found)
    named: list[tuple[str, str]] = [(say("Last 30 days"), RECENT)] if is_recent or RECENT in chosen else []
    years = {value[:YEAR] for value in (*found, *filter(span, chosen))}
    this_year = days[1][:YEAR]
    latest = sorted(years, reverse=True)[:MAX_YEARS]
    named += [(say("This year") if year == this_year else year, year) for year in latest]
    choices = [Preset(label, value, value in chosen) for label, value in named]
    return Presets(tuple(choices[:SHOWN]), tuple(choices[SHOWN:]))


def range_of(rows: Sequence[Row]) -> Range | None:
    """Return the range over the first row of bars: what the search takes in, else all; None where but
    one has articles."""
    bars = {bar.x // STEP: bar for bar in rows[0].bars if bar.count} if rows else {}
    if len(bars) < 2:
        return None
    places = list(bars)
    taken = [at for at, bar in bars.items() if bar.within or bar.selected] or places
    low, high = taken[0], taken[-1]
    return Range(low, high, places[0], places[-1], bars[low].label, bars[high].label)
