"""Timelines, overviews and comparisons, written for a person: bars, peaks, terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
_LABEL = 16  # as wide as `Sets it apart: `
_RIGHT = frozenset(range(1, 100))


def write_timeline(page: Page, timeline: Timeline) -> None:
    """Write each query's total, the bars of all side by side, and the peaks with their terms."""
    for series in timeline.series:
        page.wrapped(_headline(series), style=TITLE)
        page.notes(series.notes)
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
    page.notes(overview.notes)
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
        page.notes(side.notes)
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
    in_peaks = [[one.in_peak(period) for period in timeline.periods] for one in series]
    for places in timeline.lines():
        first = places[0]
        line = styled(f"{timeline.periods[first].name:<{names}}", DIM)
        if len(places) > 1:
            line += styled(f"  {_run(timeline, places)}", DIM)
        elif not timeline.archive[first]:
            line += styled("  no data", DIM)
        else:
            for one, peaks in zip(series, in_peaks, strict=True):
                count, share = one.counts[first], one.shares[first]
                if count is None or share is None:  # there was no time to find all of it
                    line += styled(f"  {'not counted':<{width + room + len(' 100.0% ')}}", DIM)
                else:
                    line += _numbers(count, share, width) + _drawn(count / widest, room, peaks[first])
        page.line(line)


def _run(timeline: Timeline, places: range) -> str:
    """Return what a run of periods without an article is: how many, up to which, how many without data."""
    missing = sum(not timeline.archive[at] for at in places)
    many = f"{amount(len(places), timeline.interval)}, up to {timeline.periods[places[-1]].name}"
    if missing == len(places):
        return f"no data for {many}"
    return f"nothing in {many}" + (f"; no data for {missing:,} of them" if missing else "")


def _numbers(count: int, share: float, width: int) -> Text:
    return Text(f"  {count:>{width},} ") + Text(f"{share:>6.1%} ", style=DIM)


def _drawn(part: float, room: int, peak: bool) -> Text:
    """Return a bar that fills `part` of the room, to an eighth of a column; something is never nothing."""
    eighths = max(round(part * room * 8), int(part > 0))
    bar = _FULL * (eighths // 8) + _EIGHTHS[eighths % 8]
    return Text(f"{bar.rstrip():<{room}}", style=MATCH if peak else "")


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
