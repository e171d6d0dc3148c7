"""What stands along the edges of a chart: the numbers of its scale, the names of its periods."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from indexer.query.answers.timeline import Period
from search_web.formatting import MAX_YEARS, brief_name, date_name, ticks
from search_web.values import MONTH, YEAR, Brief

_MAX_STEPS = 4  # of the scale
_MAX_NAMED_WEEKS = 40  # of more, years are named in the place of months
_MAX_NUMBERED_DAYS = 31  # of more, months are named in the place of days

Tick: TypeAlias = "tuple[str | Brief, int]"  # a name, and how many periods it stands for


class Mark(NamedTuple):
    """A text at the edge of a chart: of the scale at the height `at`, of a period at `at` per cent."""

    at: float
    text: str | Brief
    anchor: str = "start"


def scale_to(highest: float, least: float) -> tuple[float, ...]:
    """Return round numbers at equal steps of `least` or more, from 0 to the first that is not below
    `highest`: at most five, and two at the least."""
    rough = max(highest / _MAX_STEPS, least)
    power = 10.0 ** math.floor(math.log10(rough) + 1e-9)
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))
    steps = max(1, math.ceil(highest / step - 1e-9))
    return tuple(step * number for number in range(steps + 1))


def names_of(periods: Sequence[Period], interval: str, letter: float) -> tuple[tuple[Mark, ...], ...]:
    """Return the lines of names below the ground: those of periods, and below these, where no year is among
    them, those of their years or months. `letter` is the width of one, in per cent of the drawing."""
    step = 100 / len(periods)
    own = tuple(
        Mark(round(at + step / 2, 2), text, "middle") if many == 1 else Mark(at, text)
        for at, (text, many) in _begun(_ticks(periods, interval), step)
    )
    unit = _unit_below(len(periods), interval)
    if not unit:
        return (own,)
    groups = Counter(period.first.isoformat()[:unit] for period in periods)
    named = [
        (date_name(group) if unit == MONTH else brief_name(group), many) for group, many in groups.items()
    ]
    fits = [len(named) == 1 or many * step >= (len(str(text)) + 1) * letter for text, many in named]
    below = [(text if fit else "", many) for (text, many), fit in zip(named, fits, strict=True)]
    return own, tuple(Mark(at, text) for at, (text, _) in _begun(below, step))


def _unit_below(many: int, interval: str) -> int:
    """Return the length of the dates that stand below the names of so many periods; 0 for none."""
    if interval == "day":
        return MONTH if many <= _MAX_NUMBERED_DAYS else YEAR
    most = {"week": _MAX_NAMED_WEEKS, "month": 12}.get(interval, 0)
    return YEAR if many <= most else 0


def _begun(ticks: Iterable[Tick], step: float) -> Iterator[tuple[float, Tick]]:
    """Yield each tick that has a name, with the place where it begins."""
    place = 0
    for tick in ticks:
        if tick[0]:
            yield round(place * step, 2), tick
        place += tick[1]


def _ticks(periods: Sequence[Period], interval: str) -> Iterator[Tick]:
    """Yield the names below the bars. Weeks are named by their months, many of them by their years."""
    if interval != "week":
        yield from ((tick.text, tick.bars) for tick in ticks([period.name for period in periods]))
        return
    few = len(periods) <= _MAX_NAMED_WEEKS
    groups = Counter(period.first.isoformat()[: MONTH if few else YEAR] for period in periods)
    for group, many in groups.items():
        yield brief_name(group) if few or many * MAX_YEARS >= len(periods) else "", many
