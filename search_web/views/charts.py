"""The geometry of charts of time: a timeline goes in, numbers and texts come out, which the page and the file
to download draw alike.

Across, numbers are per cent of the drawing, so that it fits any width and no letter is stretched; down, they
are pixels from its top. All charts of a timeline have one scale.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeAlias

from indexer.query.answers.timeline import Peak, Period, Series, Timeline
from search_web import formatting
from search_web.formatting import MAX_BARS, date_name, day_name, plural, ticks
from search_web.links import MEASURES

MIN_HEIGHT = 2  # pixels of a bar that is not nothing
GAP_HEIGHT = 8  # of the hatch that stands for no data
MAX_STOPS = 40  # bars of all charts that the Tab key stops at; of more, the table alone has links for it
_LETTER = 6.5  # pixels, of a text in the drawing
_LINE = 16
_NAMES = 20  # below the ground, for the names of periods
_MAX_LABEL = 22  # letters of a peak's label
_MAX_STEPS = 4  # of the scale
_EDGE = 6  # per cent of the drawing, within which a text does not stand over the middle of its bar


class Layout(NamedTuple):
    """The size of a chart: `plot` pixels from the ground to the top of its scale; `width` pixels across at
    the least, for which its texts are placed."""

    plot: int
    width: int


PAGE = Layout(140, 290)
FILE = Layout(200, 850)

Address: TypeAlias = Callable[[Series, Period], str]  # of the search for a series in a period


class Bar(NamedTuple):
    """A period that has articles: where its bar stands, and `number`, the text over its middle, which is
    `shown` always or when the bar is looked at."""

    period: str
    says: str  # June 2020: 132 articles, 3.1% of the archive
    url: str
    x: float
    width: float
    y: float
    height: float
    number: str
    middle: float
    anchor: str
    shown: bool
    peak: bool


class Gap(NamedTuple):
    """Periods of which the archive has nothing."""

    x: float
    width: float
    says: str


class Flag(NamedTuple):
    """The label of a peak: its number in the list of peaks and its words, and the line down to `foot`, just
    above its highest bar."""

    text: str
    x: float
    y: float
    anchor: str
    foot: float


class Mark(NamedTuple):
    """A text at the edge of a chart: of the scale at the height `at`, of a period at `at` per cent."""

    at: float
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Chart:
    """A series as it is drawn: `ground` and `height` in pixels. `is_stop` says whether the Tab key stops at
    its bars; `highest` says in words which is the tallest, or is empty."""

    bars: tuple[Bar, ...]
    gaps: tuple[Gap, ...]
    flags: tuple[Flag, ...]
    scale: tuple[Mark, ...]
    names: tuple[Mark, ...]
    ground: int
    height: int
    highest: str
    is_stop: bool = False


def draw(timeline: Timeline, measure: str, layout: Layout, address: Address) -> tuple[Chart, ...]:
    """Return the charts of a timeline, one for each series; none where it has no period, or too many."""
    if not 0 < len(timeline.periods) <= MAX_BARS:
        return ()
    values = [_values(one, measure) for one in timeline.series]
    highest = max((value for own in values for value in own if value), default=0)
    scale = scale_to(highest, 1 if measure == MEASURES[0] else 0.0001)
    drawn = [_Drawing(timeline, one, measure, layout).chart(scale, address) for one in timeline.series]
    is_stop = sum(len(chart.bars) for chart in drawn) <= MAX_STOPS
    return tuple(replace(chart, is_stop=is_stop) for chart in drawn)


def scale_to(highest: float, least: float) -> tuple[float, ...]:
    """Return round numbers at equal steps of `least` or more, from 0 to the first that is not below
    `highest`: at most five, and two at the least."""
    rough = max(highest / _MAX_STEPS, least)
    power = 10.0 ** math.floor(math.log10(rough) + 1e-9)
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))
    steps = max(1, math.ceil(highest / step - 1e-9))
    return tuple(step * number for number in range(steps + 1))


def period_label(name: str, first: date, _last: date | None = None) -> str:
    """Return how a period is called: `2020`, `June 2020`, `25 June 2020`; a week by its first day."""
    return f"week of {day_name(first)}" if "W" in name else date_name(name)


def span_label(timeline: Timeline, places: range) -> str:
    """Return how a run of periods is called, by its first and its last."""
    ends = dict.fromkeys(period_label(*timeline.periods[at]) for at in (places[0], places[-1]))
    return " – ".join(ends)


def says(count: int | None, share: float | None) -> str:
    """Return a count and a share in words."""
    if count is None or share is None:
        return "not counted"
    return f"{plural(count, 'article')}, {share:.1%} of the archive"


def _values(series: Series, measure: str) -> tuple[float | None, ...]:
    return series.counts if measure == MEASURES[0] else series.shares


class _Drawing:
    """Draws a series of a timeline."""

    def __init__(self, timeline: Timeline, series: Series, measure: str, layout: Layout) -> None:
        self._timeline = timeline
        self._series = series
        self._measure = measure
        self._values = _values(series, measure)
        self._layout = layout
        self._step = 100 / len(timeline.periods)

    def chart(self, scale: Sequence[float], address: Address) -> Chart:
        """Return what is drawn over a scale."""
        top = max(scale)
        lanes = self._lanes()
        ceiling = _LINE * (2 + max(lanes.values(), default=-1))  # above it the flags, and a number
        ground = ceiling + self._layout.plot
        bars = tuple(self._bars(ground, top, address))
        tops = {bar.period: bar.y for bar in bars}
        flags = []
        for (number, place), lane in lanes.items():
            foot = tops[self._timeline.periods[place].name] - _LINE
            x = self._middle(place)
            y = ceiling - _LINE * (1 + lane) - 4
            flags.append(Flag(self._label(number), x, y, _anchor_of(x), foot))
        return Chart(
            bars=bars,
            gaps=tuple(self._gaps()),
            flags=tuple(flags),
            scale=tuple(
                Mark(round(ground - self._layout.plot * value / top, 1), self._written(value, scale[1]))
                for value in scale
            ),
            names=tuple(_names(self._timeline)),
            ground=ground,
            height=ground + _NAMES,
            highest=self._highest(),
        )

    def _middle(self, place: int) -> float:
        return round((place + 0.5) * self._step, 2)

    def _bars(self, ground: int, top: float, address: Address) -> Iterator[Bar]:
        written = [self._written(value) if value else "" for value in self._values]
        longest = max(map(len, written))
        fits = len(written) * (longest + 1) * _LETTER <= self._layout.width
        highest = self._highest_place()
        for place, period in enumerate(self._timeline.periods):
            value, middle = self._values[place], self._middle(place)
            if not value:
                continue
            height = max(MIN_HEIGHT, round(self._layout.plot * value / top, 1))
            peak = self._series.in_peak(period)
            counted = says(self._series.counts[place], self._series.shares[place])
            yield Bar(
                period=period.name,
                says=f"{period_label(*period)}: {counted}{', a peak' if peak else ''}",
                url=address(self._series, period),
                x=round((place + 0.1) * self._step, 2),
                width=round(0.8 * self._step, 2),
                y=round(ground - height, 1),
                height=height,
                number=written[place],
                middle=middle,
                anchor="middle" if fits else _edge_anchor(middle),
                shown=fits or place == highest,
                peak=peak,
            )

    def _highest_place(self) -> int | None:
        known = [(value, -place) for place, value in enumerate(self._values) if value]
        return -max(known)[1] if known else None

    def _highest(self) -> str:
        place = self._highest_place()
        if place is None:
            return ""
        label = period_label(*self._timeline.periods[place])
        return f"{label}: {says(self._series.counts[place], self._series.shares[place])}"

    def _gaps(self) -> Iterator[Gap]:
        archive = self._timeline.archive
        for with_data, run in groupby(range(len(archive)), lambda at: bool(archive[at])):
            places = list(run)
            if not with_data:
                span = range(places[0], places[-1] + 1)
                label = span_label(self._timeline, span)
                yield Gap(
                    round(places[0] * self._step, 2),
                    round(len(places) * self._step, 2),
                    f"{label}: no data",
                )

    def _top_of(self, peak: Peak) -> int:
        """Return the place of the highest bar of a peak, by what is drawn."""
        within = [
            place
            for place, period in enumerate(self._timeline.periods)
            if peak.first <= period.first and period.last <= peak.last
        ]
        return max(within, key=lambda place: self._values[place] or 0)

    def _lanes(self) -> dict[tuple[int, int], int]:
        """Return for each peak, by its number and the place of its highest bar, the lane of its label:
        the lowest in which it overlaps no other, from the ground up."""
        peaks = [(number, self._top_of(peak)) for number, peak in enumerate(self._series.peaks, 1)]
        lanes: dict[tuple[int, int], int] = {}
        taken: list[list[tuple[float, float]]] = []
        # Those at the edges first, whose labels lead to the middle: so the others' lines end below them.
        for number, place in sorted(peaks, key=lambda one: -abs(self._middle(one[1]) - 50)):
            x = self._middle(place)
            width = 100 * (len(self._label(number)) + 2) * _LETTER / self._layout.width
            own = (x, x + width) if _anchor_of(x) == "start" else (x - width, x)
            free = (
                lane
                for lane, others in enumerate(taken)
                if all(own[1] < low or high < own[0] for low, high in others)
            )
            lane = next(free, len(taken))
            if lane == len(taken):
                taken.append([])
            taken[lane].append(own)
            lanes[number, place] = lane
        return lanes

    def _label(self, number: int) -> str:
        words = [term.word for term in self._series.peaks[number - 1].terms[:2]]
        while words and len(", ".join(words)) > _MAX_LABEL - 2:
            words.pop()
        return f"{number} {', '.join(words)}".rstrip()

    def _written(self, value: float, step: float = 0) -> str:
        if self._measure == MEASURES[0]:
            return formatting.number(round(value))
        digits = max(0, -math.floor(math.log10(step * 100) + 1e-9)) if step else 1
        return f"{value * 100:.{digits}f} %"


def _anchor_of(x: float) -> str:
    return "start" if x < 50 else "end"


def _edge_anchor(x: float) -> str:
    """Return how a text over a bar is placed so that it stays in the drawing."""
    return "middle" if _EDGE <= x <= 100 - _EDGE else _anchor_of(x)


def _names(timeline: Timeline) -> Iterator[Mark]:
    """Yield the names of periods below the ground."""
    step, place = 100 / len(timeline.periods), 0
    for text, bars in _ticks(timeline.periods, timeline.interval):
        if text:
            middle = round((place + 0.5) * step, 2)
            yield Mark(middle, text, "middle") if bars == 1 else Mark(round(place * step, 2), text)
        place += bars


def _ticks(periods: Sequence[Period], interval: str) -> Iterator[tuple[str, int]]:
    """Yield the names below the bars. Weeks are named by their months, of many the Januaries alone."""
    if interval != "week":
        yield from ((tick.text, tick.bars) for tick in ticks([period.name for period in periods]))
        return
    months = Counter(period.first.isoformat()[:7] for period in periods)
    few = len(periods) <= MAX_STOPS
    for month, many in months.items():
        yield (date_name(month)[:3] if few else month[:4] if month.endswith("-01") else ""), many
