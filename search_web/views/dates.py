"""The usual choices of dates, and the range over the bars: what the archive holds and a request -> views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from indexer.query.request import SearchRequest
from search_web.formatting import Row

SHOWN_YEARS = 4  # the others are behind "Earlier"
MAX_YEARS = 100
RECENT = "last 30 days"


class Preset(NamedTuple):
    """A choice of dates: what it is called, the value of the parameter `date`, whether it is in force,
    and whether the archive has anything of that time."""

    label: str
    value: str
    chosen: bool
    useful: bool


@dataclass(frozen=True, slots=True)
class Presets:
    """The choices that are shown at once, and the earlier years."""

    shown: tuple[Preset, ...]
    earlier: tuple[Preset, ...]


class Range(NamedTuple):
    """The range over a row of bars that have articles: the number of the first and of the last bar in it, the
    number of the last of all, and what these periods are called."""

    low: int
    high: int
    last: int
    low_label: str
    high_label: str


def presets(first: date | None, last: date | None, today: date, request: SearchRequest) -> Presets:
    """Return the choices for an archive whose days are from `first` to `last`."""
    chosen = request.chosen("date")

    def preset(label: str, value: str, useful: bool) -> Preset:
        return Preset(label, value, value in chosen, useful)

    if first is None or last is None:
        return Presets((), ())
    recent = preset("Last 30 days", RECENT, last > today - timedelta(days=30))
    this_year = preset("This year", str(today.year), last.year >= today.year)
    years = [year for year in range(last.year, first.year - 1, -1) if year != today.year][:MAX_YEARS]
    named = [preset(f"{year}", f"{year:04}", True) for year in years]
    return Presets((recent, this_year, *named[:SHOWN_YEARS]), tuple(named[SHOWN_YEARS:]))


def range_of(rows: Sequence[Row]) -> Range | None:
    """Return the range over the first row of bars: what the search takes in, else all; None where but
    one has articles."""
    bars = [bar for bar in rows[0].bars if bar.count] if rows else []
    if len(bars) < 2:
        return None
    taken = [at for at, bar in enumerate(bars) if bar.within or bar.selected] or [0, len(bars) - 1]
    low, high = taken[0], taken[-1]
    return Range(low, high, len(bars) - 1, bars[low].label, bars[high].label)
