"""What the pages of timelines, overviews and comparisons are given: bars, peaks, terms, each with its
search. Give me a timeline and its requests, I return views."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from indexer.facets import FACETS
from indexer.query.answers.facet_values import FacetValue
from indexer.query.answers.labels import NOUNS, query_name
from indexer.query.answers.timeline import DistinctiveTerm, Peak, Period, Series, Timeline
from indexer.query.language.rewrite import enclosed
from indexer.query.parameters import INTERVALS, MAX_QUERIES, NONE
from indexer.query.request import SearchRequest
from search_web import formatting
from search_web.formatting import MAX_BARS, STEP, Bar, Row, Tick, height_of, plural, ticks
from search_web.links import Links, changed, with_values
from search_web.views.search import FacetLink, TextLink

# By what two searches may be compared, as it is called on the page.
COMPARED_LABELS = (("query", "Query"), *((name, facet.title) for name, facet in FACETS.items()))


@dataclass(frozen=True, slots=True)
class TermLink:
    """A term, how many articles have it, and the search for it among them."""

    word: str
    documents: int
    of_all: int
    url: str


@dataclass(frozen=True, slots=True)
class PeakView:
    """A peak: when, how much, and the terms that set it apart."""

    label: str
    url: str
    count: int
    times: float
    highest: str  # empty where it is the peak itself
    terms: tuple[TermLink, ...]


@dataclass(frozen=True, slots=True)
class SeriesView:
    """One query over time. `row` is None where there is nothing to draw, or too much."""

    name: str
    url: str
    total: int
    undated: TextLink | None
    row: Row | None
    peaks: tuple[PeakView, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a period, and of each series the count and the share, or None for no data."""

    label: str
    cells: tuple[tuple[int, float] | None, ...]


@dataclass(frozen=True, slots=True)
class TimelineView:
    """All that is drawn of a timeline. `too_many` says that the periods are too many for a drawing;
    `legend` explains what is in it."""

    interval: str
    series: tuple[SeriesView, ...]
    lines: tuple[Line, ...]
    too_many: bool
    legend: str

    @property
    def before(self) -> str:
        """What stands before the name of a period: most `in` June 2020."""
        return INTERVALS[self.interval].before


def timeline_view(timeline: Timeline, requests: Sequence[SearchRequest], links: Links) -> TimelineView:
    """Return what is drawn of a timeline, whose series are of `requests`. All bars have one scale."""
    tallest = max((count for one in timeline.series for count in one.counts if count), default=1)
    too_many = len(timeline.periods) > MAX_BARS
    series = []
    for one, request in zip(timeline.series, requests, strict=True):
        drawn = timeline.periods and not too_many
        series.append(
            SeriesView(
                name=query_name(one.query),
                url=links.search(changed(request)),
                total=one.total,
                undated=_undated(one.undated, request, links),
                row=_row(one, timeline, request, links, tallest) if drawn else None,
                peaks=tuple(_peak(peak, timeline, request, links) for peak in one.peaks),
                notes=one.notes,
            )
        )
    return TimelineView(
        interval=timeline.interval,
        series=tuple(series),
        lines=tuple(_lines(timeline)),
        too_many=too_many,
        legend=_legend(timeline) if timeline.periods and not too_many else "",
    )


def _undated(count: int, request: SearchRequest, links: Links) -> TextLink | None:
    undated = changed(with_values(request, "date", (NONE,)), after=None, before=None)
    return TextLink(plural(count, "article"), links.search(undated)) if count else None


def _legend(timeline: Timeline) -> str:
    sentences = []
    if any(one.peaks for one in timeline.series):
        sentences.append(
            "A coloured bar is part of a peak: a stretch with far more articles, for how many the archive "
            "then has, than else. The words below it set its articles apart from the query's others."
        )
    if not all(timeline.archive):
        sentences.append("Where the ground is shaded there is no data: the archive has nothing of that time.")
    return " ".join(sentences)


def interval_choices(
    timeline: Timeline, requests: Sequence[SearchRequest], links: Links
) -> tuple[TextLink, ...]:
    """Return the intervals to choose from."""
    addresses = [(name, links.over_time("pages.timeline", requests, name)) for name in INTERVALS]
    return tuple(TextLink(name.capitalize(), url, name == timeline.interval) for name, url in addresses)


def query_fields(requests: Sequence[SearchRequest]) -> tuple[str, ...]:
    """Return what the fields of the form hold: the queries, and an empty one where there may be more."""
    queries = [str(request.query) for request in requests if str(request.query).strip()]
    return (*queries, "") if len(queries) < MAX_QUERIES else tuple(queries)


def term_links(
    terms: Sequence[DistinctiveTerm], request: SearchRequest, links: Links
) -> tuple[TermLink, ...]:
    """Return terms, each with the search for it among what `request` finds."""
    query = str(request.query).strip()
    before = f"{enclosed(query)} " if query else ""
    urls = (links.search(changed(request, query=before + term.word)) for term in terms)
    return tuple(
        TermLink(term.word, term.documents, term.of_all, url) for term, url in zip(terms, urls, strict=True)
    )


def value_links(
    facet: str, values: Iterable[FacetValue], request: SearchRequest, links: Links
) -> tuple[FacetLink, ...]:
    """Return values of a facet, each with the search for it among what `request` finds."""
    address = links.varying(request, facet)
    return tuple(
        FacetLink(value.label, value.count, False, address((value.value,)), 0, NOUNS[False][value.count != 1])
        for value in values
    )


def during(request: SearchRequest, name: str, first: date, last: date) -> SearchRequest:
    """Return a request for one period or several, named as the timeline has them, and its days.

    What the request says of dates holds as well. Where it has dates chosen, which are alternatives, the
    period becomes a bound.
    """
    if not request.chosen("date"):
        text = f"{first.isoformat()}..{last.isoformat()}" if "W" in name else name
        return changed(with_values(request, "date", (text,)))
    first = max(first, formatting.first_day_after(request.after) or date.min)
    last = min(last, formatting.last_day_before(request.before) or date.max)
    before, after = formatting.day_before(first), formatting.day_after(last)
    return changed(
        request,
        after=before.isoformat() if before else None,
        before=after.isoformat() if after else None,
    )


def period_label(name: str, first: date, last: date) -> str:
    """Return how a period is called: `2020`, `June 2020`, `25 June 2020`; a week by its first day."""
    if "W" in name:
        return f"week of {formatting.day_name(first)}"
    return formatting.date_name(name)


def _row(one: Series, timeline: Timeline, request: SearchRequest, links: Links, tallest: int) -> Row:
    bars = []
    for place, (period, count, share) in enumerate(
        zip(timeline.periods, one.counts, one.shares, strict=True)
    ):
        peak = any(p.first <= period.first and period.last <= p.last for p in one.peaks)
        label = period_label(*period)
        bars.append(
            Bar(
                value=period.name,
                label=label,
                says=f"{label}: {_says(count, share)}{', a peak' if peak else ''}",
                count=count or 0,
                url=links.search(during(request, *period)) if count else "",
                x=place * STEP,
                height=height_of(count or 0, tallest),
                within=peak,
                missing=count is None,
            )
        )
    return Row("", tuple(bars), _ticks(timeline.periods, timeline.interval))


def _says(count: int | None, share: float | None) -> str:
    if count is None or share is None:
        return "no data"
    return f"{plural(count, 'article')}, {share:.1%} of the archive"


def _ticks(periods: Sequence[Period], interval: str) -> tuple[Tick, ...]:
    """Return the names below the bars. Weeks are named by their months, of many the Januaries alone."""
    if interval != "week":
        return ticks([period.name for period in periods])
    months = Counter(period.first.isoformat()[:7] for period in periods)
    few = len(periods) <= 40
    return tuple(
        Tick(formatting.date_name(month)[:3] if few else month[:4] if month.endswith("-01") else "", many)
        for month, many in months.items()
    )


def _peak(peak: Peak, timeline: Timeline, request: SearchRequest, links: Links) -> PeakView:
    within = during(request, peak.name, peak.first, peak.last)
    highest = next(period for period in timeline.periods if period.name == peak.highest)
    first, _, last = peak.name.partition("..")
    label = period_label(first, peak.first, peak.last)
    if last:
        label = f"{formatting.day_name(peak.first)} – {formatting.day_name(peak.last)}"
        if timeline.interval in ("month", "year"):
            label = f"{formatting.date_name(first)} – {formatting.date_name(last)}"
    return PeakView(
        label=label[0].upper() + label[1:],
        url=links.search(within),
        count=peak.count,
        times=peak.count / peak.expected,
        highest=period_label(*highest) if last else "",
        terms=term_links(peak.terms, within, links),
    )


def _lines(timeline: Timeline) -> Iterable[Line]:
    """Yield the lines of the table; a run of periods without data is one."""
    labels = [period_label(*period) for period in timeline.periods]
    for with_data, run in groupby(range(len(labels)), lambda at: bool(timeline.archive[at])):
        places = list(run)
        if with_data:
            for at in places:
                cells = [(one.counts[at] or 0, one.shares[at] or 0.0) for one in timeline.series]
                yield Line(labels[at], tuple(cells))
        else:
            ends = dict.fromkeys((labels[places[0]], labels[places[-1]]))
            yield Line(" – ".join(ends), (None,) * len(timeline.series))
