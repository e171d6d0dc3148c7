"""Timelines, overviews and comparisons, written for a person: bars, peaks, terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.text import Text

from indexer.console.page import DIM, MATCH, TITLE, Page, styled
from indexer.console.text import amount, day
from indexer.query.answers.facet_values import FacetValue
from indexer.query.answers.labels import query_name
from indexer.query.answers.overview import Comparison, Overview
from indexer.query.answers.timeline import DistinctiveTerm, Peak, Series, Timeline
from indexer.query.answers.wording import overview_line

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"
_MIN_BAR = 8  # columns
_MAX_GAP = 3  # periods without data that have a line each; more share one
_LABEL = 16  # as wide as `Sets it apart: `
_RIGHT = frozenset(range(1, 100))


def write_timeline(page: Page, timeline: Timeline) -> None:
    """Write each query's total, the bars of all side by side, and the peaks with their terms."""
    for series in timeline.series:
        page.wrapped(_headline(series), style=TITLE)
        for note in series.notes:
            page.wrapped(f"Note: {note.rstrip('.')}.", style=DIM)
    if timeline.periods:
        page.line()
        _write_bars(page, timeline)
        for series in timeline.series:
            _write_peaks(page, series, timeline.interval, named=len(timeline.series) > 1)


def write_overview(page: Page, overview: Overview) -> None:
    """Write what a search finds, in short."""
    dates = f", {day(overview.first_date)} to {day(overview.last_date)}" if overview.first_date else ""
    undated = f", {overview.undated:,} without a date" if overview.undated else ""
    page.wrapped(f"{query_name(overview.query)}: {overview_line(overview)}{dates}{undated}", style=TITLE)
    if overview.stories is not None:
        page.line(amount(overview.stories, "story", "stories"))
    rows = [
        ("Sets it apart", _terms(overview.terms)),
        ("Providers", _values(overview.providers)),
        ("Topics", _values(overview.topics)),
    ]
    _write_labelled(page, rows)
    if overview.timeline.periods:
        page.line()
        _write_bars(page, overview.timeline)
        _write_peaks(page, overview.timeline.series[0], overview.timeline.interval, named=False)


def write_comparison(page: Page, comparison: Comparison) -> None:
    """Write two searches side by side."""
    for side in comparison.sides:
        page.wrapped(_headline(side), style=TITLE)
    if comparison.both is not None:
        page.line(f"{amount(comparison.both, 'article')} in both", style=DIM)
    for side, terms in zip(comparison.sides, comparison.terms, strict=True):
        page.line()
        page.wrapped(f"Sets {query_name(side.query)} apart", style=TITLE)
        page.wrapped(_terms(terms, "to") if terms else styled("no term that sets it apart", DIM), indent=2)
    if comparison.topics:
        page.line()
        page.line("Topics of both, and their part of each", style=TITLE)
        page.table(
            [
                (topic.label, *(f"{share:.1%}" for share in topic.shares), *(f"{n:,}" for n in topic.counts))
                for topic in comparison.topics
            ],
            right=_RIGHT,
            indent=2,
        )
    if comparison.timeline.periods:
        page.line()
        _write_bars(page, comparison.timeline)


def _headline(series: Series) -> str:
    undated = f", {series.undated:,} of them without a date" if series.undated else ""
    return f"{query_name(series.query)}: {amount(series.total, 'article')}{undated}"


def _write_bars(page: Page, timeline: Timeline) -> None:
    """Write a line for each period: of each query the count, the share of the archive and a bar."""
    series = timeline.series
    page.line(f"Articles by {timeline.interval}, and their share of the archive", style=DIM)
    if len(series) > 1:
        marks = " · ".join(f"{number} {query_name(one.query)}" for number, one in enumerate(series, 1))
        page.wrapped(styled(marks, DIM))
    widest = max([count for one in series for count in one.counts if count], default=1)
    width = max(len(f"{widest:,}"), 1)
    names = max(len(period.name) for period in timeline.periods)
    room = max(_MIN_BAR, (page.width - names) // len(series) - width - len("  100.0%    "))
    in_peaks = [_within_peaks(one, timeline) for one in series]
    for first, last in _lines(timeline):
        line = styled(f"{timeline.periods[first].name:<{names}}", DIM)
        if last > first:
            line += styled(f"  no data up to {timeline.periods[last].name}", DIM)
        elif not timeline.archive[first]:
            line += styled("  no data", DIM)
        else:
            for one, peaks in zip(series, in_peaks, strict=True):
                count, share = one.counts[first] or 0, one.shares[first] or 0.0
                line += _numbers(count, share, width) + _drawn(count / widest, room, peaks[first])
        page.line(line)


def _numbers(count: int, share: float, width: int) -> Text:
    return Text(f"  {count:>{width},} ") + Text(f"{share:>6.1%} ", style=DIM)


def _drawn(part: float, room: int, peak: bool) -> Text:
    """Return a bar that fills `part` of the room, to an eighth of a column; something is never nothing."""
    eighths = max(round(part * room * 8), int(part > 0))
    bar = _FULL * (eighths // 8) + _EIGHTHS[eighths % 8]
    return Text(f"{bar.rstrip():<{room}}", style=MATCH if peak else "")


def _lines(timeline: Timeline) -> Iterator[tuple[int, int]]:
    """Yield the first and last place of what stands on each line: a period, or a long gap."""
    for with_data, run in groupby(range(len(timeline.periods)), lambda at: bool(timeline.archive[at])):
        places = list(run)
        if with_data or len(places) <= _MAX_GAP:
            yield from zip(places, places, strict=True)
        else:
            yield places[0], places[-1]


def _within_peaks(series: Series, timeline: Timeline) -> list[bool]:
    return [
        any(peak.first <= period.first and period.last <= peak.last for peak in series.peaks)
        for period in timeline.periods
    ]


def _write_peaks(page: Page, series: Series, interval: str, *, named: bool) -> None:
    if not series.peaks:
        return
    page.line()
    page.wrapped(f"Peaks of {query_name(series.query)}" if named else "Peaks", style=TITLE)
    for peak in series.peaks:
        page.wrapped(_peak(peak, interval), indent=2)
        if peak.terms:
            page.wrapped(_terms(peak.terms), indent=4)


def _peak(peak: Peak, interval: str) -> Text:
    times = peak.count / peak.expected
    most = "on" if interval == "day" else f"in the {interval}"
    highest = f", most {most} {peak.highest}" if peak.name != peak.highest else ""
    return Text(peak.name, style=MATCH) + Text(
        f"  {amount(peak.count, 'article')}, {times:.1f} times what is usual{highest}"
    )


def _terms(terms: Sequence[DistinctiveTerm], between: str = "of") -> Text:
    return _list((term.word, f"{term.documents:,} {between} {term.of_all:,}") for term in terms)


def _values(values: Sequence[FacetValue]) -> Text:
    return _list((value.label, f"{value.count:,}") for value in values)


def _list(items: Iterable[tuple[str, str]]) -> Text:
    line = Text()
    for at, (name, number) in enumerate(items):
        line += Text(" · " if at else "", style=DIM) + styled(name) + styled(f" {number}", DIM)
    return line


def _write_labelled(page: Page, rows: Iterable[tuple[str, Text]]) -> None:
    for at, (label, text) in enumerate((label, text) for label, text in rows if text.plain):
        if not at:
            page.line()
        first = Text(f"{label + ':':<{_LABEL - 1}}", style=DIM)
        page.wrapped(text, indent=_LABEL, first=first)
