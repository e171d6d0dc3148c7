"""The geometry of charts of time: a timeline goes in, numbers and texts come out, which the page and the file
to download draw alike.

Across, numbers are per cent of the drawing, so that it fits any width and no letter is stretched; down, they
are pixels from its top. All charts of a timeline have one scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple, TypeAlias

from indexer.messages import joined, say, template
from indexer.query.answers.timeline import Peak, Period, Series, Timeline
from indexer.query.answers.wording import amount_of
from search_web.formatting import MAX_BARS, date_name, day_name, percent
from search_web.links import MEASURES
from search_web.values import Fixed
from search_web.views.axis import Mark, names_of, scale_to
from search_web.views.flags import placed

MIN_HEIGHT = 2  # pixels of a bar that is not nothing
GAP_HEIGHT = 8  # of the hatch that stands for no data
MAX_STOPS = 40  # bars of all charts that the Tab key stops at; of more, the table alone has links for it
_LETTER = 6.5  # pixels, of a text in the drawing
_LINE = 16
NAME_LINE = 15  # pixels, of the names of periods below the ground
MIN_FOR_SHARE = 10  # articles of the archive in a period whose share sets the scale
_MAX_LABEL = 22  # letters of a peak's label
_PEAK = template("{period}: {amount}, a peak")
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
    is_small: bool  # of a time of which the archive has few articles


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


@dataclass(frozen=True, slots=True)
class Chart:
    """A series as it is drawn: `ground` and `height` in pixels. `is_stop` says whether the Tab key stops at
    its bars; `highest` says in words which is the tallest, or is empty."""

    bars: tuple[Bar, ...]
    gaps: tuple[Gap, ...]
    flags: tuple[Flag, ...]
    scale: tuple[Mark, ...]
    names: tuple[tuple[Mark, ...], ...]  # in lines
    ground: int
    height: int
    highest: str
    is_stop: bool = False


def draw(timeline: Timeline, measure: str, layout: Layout, address: Address) -> tuple[Chart, ...]:
    """Return the charts of a timeline, one for each series; none where it has no period, or too many."""
    if not 0 < len(timeline.periods) <= MAX_BARS:
        return ()
    small = small_places(timeline, measure)
    highest = max(
        (value for one in timeline.series for value in _values(one, measure, small) if value), default=0
    )
    scale = scale_to(highest, 1 if measure == MEASURES[0] else 0.0001)
    drawn = [_Drawing(timeline, one, measure, layout).chart(scale, address) for one in timeline.series]
    is_stop = sum(len(chart.bars) for chart in drawn) <= MAX_STOPS
    return tuple(replace(chart, is_stop=is_stop) for chart in drawn)


def period_label(name: str, first: date, _last: date | None = None) -> str:
    """Return how a period is called: `2020`, `June 2020`, `25 June 2020`; a week by its first day."""
    return say("week of {day}", day=day_name(first)) if "W" in name else date_name(name)


def span_label(timeline: Timeline, places: range) -> str:
    """Return how a run of periods is called, by its first and its last."""
    ends = dict.fromkeys(period_label(*timeline.periods[at]) for at in (places[0], places[-1]))
    return joined(ends, " – ")


def says(count: int | None, share: float | None) -> str:
    """Return a count and a share in words."""
    if count is None or share is None:
        return say("not counted")
    return say("{amount}, {share}% of the archive", amount=amount_of(count), share=Fixed(share * 100, 1))


def small_places(timeline: Timeline, measure: str) -> frozenset[int]:
    """Return the places of the periods of which the archive has fewer than MIN_FOR_SHARE articles, where
    shares are drawn and other periods have some: three articles of three would make all else a line on the
    ground."""
    if measure == MEASURES[0]:
        return frozenset()
    small = frozenset(at for at, number in enumerate(timeline.archive) if number < MIN_FOR_SHARE)
    is_found = any(any(_values(one, measure, small)) for one in timeline.series)
    return small if is_found else frozenset()


def about_small(timeline: Timeline, measure: str) -> list[str]:
    """Return what the legend says of outlined bars; nothing where there are none."""
    small, shown = small_places(timeline, measure), [_values(one, measure) for one in timeline.series]
    if not any(values[at] for values in shown for at in small):
        return []
    return [
        say(
            "An outlined bar is of a time of which the archive has fewer than {count} articles: its share "
            "says little, and does not set the scale.",
            count=MIN_FOR_SHARE,
        )
    ]


def _values(series: Series, measure: str, without: Collection[int] = ()) -> tuple[float | None, ...]:
    values = series.counts if measure == MEASURES[0] else series.shares
    return tuple(None if at in without else value for at, value in enumerate(values)) if without else values


class _Drawing:
    """Draws a series of a timeline."""

    def __init__(self, timeline: Timeline, series: Series, measure: str, layout: Layout) -> None:
        self._timeline = timeline
        self._series = series
        self._measure = measure
        self._values = _values(series, measure)
        self._small = small_places(timeline, measure)
        self._layout = layout
        self._step = 100 / len(timeline.periods)

    def chart(self, scale: Sequence[float], address: Address) -> Chart:
        """Return what is drawn over a scale."""
        top = max(scale)
        letter = 100 * _LETTER / self._layout.width
        peaks = self._series.peaks
        places = [self._top_of(peak) for peak in peaks]
        labels = placed(
            [
                (self._middle(at), _label(number, peak))
                for number, (at, peak) in enumerate(zip(places, peaks, strict=True), 1)
            ],
            letter,
        )
        ceiling = _LINE * (
            2 + max((label.lane for label in labels), default=-1)
        )  # above it the flags, and a number
        ground = ceiling + self._layout.plot
        bars = tuple(self._bars(ground, top, address))
        tops = {bar.period: bar.y for bar in bars}
        flags = [
            Flag(
                label.text,
                label.x,
                ceiling - _LINE * (1 + label.lane) - 4,
                label.anchor,
                tops[self._timeline.periods[at].name] - _LINE,
            )
            for at, label in zip(places, labels, strict=True)
        ]
        names = names_of(self._timeline.periods, self._timeline.interval, letter)
        return Chart(
            bars=bars,
            gaps=tuple(self._gaps()),
            flags=tuple(flags),
            scale=tuple(
                Mark(round(ground - self._layout.plot * value / top, 1), self._written(value, scale[1]))
                for value in scale
            ),
            names=names,
            ground=ground,
            height=ground + 5 + NAME_LINE * len(names),
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
            height = max(MIN_HEIGHT, round(self._layout.plot * min(1, value / top), 1))
            peak = self._series.in_peak(period)
            counted = says(self._series.counts[place], self._series.shares[place])
            line = _PEAK if peak else "{period}: {amount}"
            yield Bar(
                period=period.name,
                says=say(line, period=period_label(*period), amount=counted),
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
                is_small=place in self._small,
            )

    def _highest_place(self) -> int | None:
        known = [
            (value, -place) for place, value in enumerate(self._values) if value and place not in self._small
        ]
        return -max(known)[1] if known else None

    def _highest(self) -> str:
        place = self._highest_place()
        if place is None:
            return ""
        label = period_label(*self._timeline.periods[place])
        counted = says(self._series.counts[place], self._series.shares[place])
        return say("{period}: {amount}", period=label, amount=counted)

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
                    say("{period}: no data", period=label),
                )

    def _top_of(self, peak: Peak) -> int:
        """Return the place of the highest bar of a peak, by what is drawn."""
        within = [
            place
            for place, period in enumerate(self._timeline.periods)
            if peak.first <= period.first and period.last <= peak.last
        ]
        return max(within, key=lambda place: self._values[place] or 0)

    def _written(self, value: float, step: float = 0) -> str:
        if self._measure == MEASURES[0]:
            return say("{count}", count=round(value))
        digits = max(0, -math.floor(math.log10(step * 100) + 1e-9)) if step else 1
        return percent(value, digits)


def _label(number: int, peak: Peak) -> str:
    words = [term.word for term in peak.terms[:2]]
    while words and len(", ".join(words)) > _MAX_LABEL - 2:
        words.pop()
    return f"{number} {', '.join(words)}".rstrip()


def _anchor_of(x: float) -> str:
    return "start" if x < 50 else "end"


def _edge_anchor(x: float) -> str:
    """Return how a text over a bar is placed so that it stays in the drawing."""
    return "middle" if _EDGE <= x <= 100 - _EDGE else _anchor_of(x)
