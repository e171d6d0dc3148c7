"""What the pages of timelines, overviews and comparisons are given: charts, peaks, terms, tables, each with
its searches. A timeline and its requests go in, views come out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from indexer.facets import FACETS
from indexer.messages import joined, say, say_number, templates
from indexer.query.answers.facet_values import FacetValue
from indexer.query.answers.labels import NOUNS
from indexer.query.answers.timeline import DistinctiveTerm, Peak, Period, Series, Timeline
from indexer.query.answers.wording import amount_of
from indexer.query.language.rewrite import enclosed
from indexer.query.parameters import INTERVALS, MAX_QUERIES, NONE
from indexer.query.request import SearchRequest
from search_web import formatting
from search_web.formatting import MAX_BARS
from search_web.links import FILES, MEASURES, Links, OverTime, changed, with_values
from search_web.views import charts
from search_web.views.charts import Chart, period_label, span_label
from search_web.views.search import FacetLink, TextLink, value_label, with_distinct_labels

# By what two searches may be compared, as it is called on the page.
COMPARED_LABELS = (("query", say("Query")), *((name, facet.title) for name, facet in FACETS.items()))

_INTERVALS = {"day": say("Day"), "week": say("Week"), "month": say("Month"), "year": say("Year")}
_LENGTHS = {
    "day": templates("{count} day", "{count} days"),
    "week": templates("{count} week", "{count} weeks"),
    "month": templates("{count} month", "{count} months"),
    "year": templates("{count} year", "{count} years"),
}


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
    """One query over time. `chart` is None where there is nothing to draw, or too much."""

    name: str
    url: str
    total: int
    undated: TextLink | None
    chart: Chart | None
    peaks: tuple[PeakView, ...]
    notes: tuple[str, ...]


class Cell(NamedTuple):
    """What a series has in a period, and the search for it."""

    count: int | None  # type: ignore[assignment]  # a tuple's own `count` is no use here
    share: float | None
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a period and its cells, or a run of periods without an article, `about` which it
    says why."""

    label: str
    cells: tuple[Cell, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class TimelineView:
    """All that is drawn of a timeline. `too_many` says that the periods are too many for a drawing;
    `legend` explains what is in it. `measures` are what the bars may say, `files` the charts and their
    numbers to download."""

    interval: str
    series: tuple[SeriesView, ...]
    lines: tuple[Line, ...]
    too_many: bool
    legend: str
    measure: str
    measures: tuple[TextLink, ...]
    files: tuple[TextLink, ...]

    @property
    def before(self) -> str:
        """What stands before the name of a period: most `in` June 2020."""
        return INTERVALS[self.interval].before


def timeline_view(timeline: Timeline, asked: OverTime, links: Links) -> TimelineView:
    """Return what is drawn of a timeline, whose series are of the requests that were `asked`."""
    of = dict(zip(map(id, timeline.series), asked.requests, strict=True))

    def address(one: Series, period: Period) -> str:
        return links.search(during(of[id(one)], *period))

    drawn = charts.draw(timeline, asked.measure, charts.PAGE, address)
    series = [
        SeriesView(
            name=asked.names[place],
            url=links.search(changed(request)),
            total=one.total,
            undated=_undated(one.undated, request, links),
            chart=drawn[place] if drawn else None,
            peaks=tuple(_peak(peak, timeline, request, links) for peak in one.peaks),
            notes=one.notes,
        )
        for place, (one, request) in enumerate(zip(timeline.series, asked.requests, strict=True))
    ]
    labels = dict(zip(MEASURES, (say("Articles"), say("Share of the archive")), strict=True))
    return TimelineView(
        interval=timeline.interval,
        series=tuple(series),
        lines=tuple(_lines(timeline, address)),
        too_many=len(timeline.periods) > MAX_BARS,
        legend=_legend(timeline, asked.measure) if drawn else "",
        measure=asked.measure,
        measures=tuple(
            TextLink(label, links.over_time(replace(asked, measure=name)), name == asked.measure)
            for name, label in labels.items()
        ),
        files=tuple(TextLink(form.upper(), links.over_time(asked, form)) for form in FILES),
    )


def _undated(count: int, request: SearchRequest, links: Links) -> TextLink | None:
    undated = changed(with_values(request, "date", (NONE,)), after=None, before=None)
    return TextLink(amount_of(count), links.search(undated)) if count else None


def _legend(timeline: Timeline, measure: str) -> str:
    sentences: list[str] = []
    if any(one.peaks for one in timeline.series):
        sentences.append(
            say(
                "A coloured bar is part of a numbered peak: a time with far more articles than usual, in "
                "proportion to the archive. Its words set its articles apart from the query's others."
            )
        )
    if not all(timeline.archive):
        sentences.append(
            say("Where the ground is hatched there is no data: the archive has nothing of that time.")
        )
    sentences.extend(charts.about_small(timeline, measure))
    if len(timeline.series) > 1:
        sentences.append(say("All charts have the same scale."))
    return joined(sentences, " ")


def interval_choices(timeline: Timeline, asked: OverTime, links: Links) -> tuple[TextLink, ...]:
    """Return the intervals to choose from."""
    addresses = [(name, links.over_time(replace(asked, interval=name))) for name in INTERVALS]
    return tuple(TextLink(_INTERVALS[name], url, name == timeline.interval) for name, url in addresses)


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
        FacetLink(
            value_label(facet, value.value, value.label),
            value.count,
            False,
            address((value.value,)),
            0,
            say_number(*NOUNS[False], value.count),
        )
        for value in with_distinct_labels(values)
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


def _peak(peak: Peak, timeline: Timeline, request: SearchRequest, links: Links) -> PeakView:
    within = during(request, peak.name, peak.first, peak.last)
    highest = next(period for period in timeline.periods if period.name == peak.highest)
    first, _, last = peak.name.partition("..")
    label = period_label(first, peak.first, peak.last)
    if last:
        ends: tuple[str, str] = (formatting.day_name(peak.first), formatting.day_name(peak.last))
        if timeline.interval in ("month", "year"):
            ends = (formatting.date_name(first), formatting.date_name(last))
        label = joined(ends, " – ")
    return PeakView(
        label=label,
        url=links.search(within),
        count=peak.count,
        times=peak.count / peak.expected,
        highest=period_label(*highest) if last else "",
        terms=term_links(peak.terms, within, links),
    )


def _lines(timeline: Timeline, address: charts.Address) -> Iterable[Line]:
    """Yield the lines of the table; a long run of periods in which nothing is found is one."""
    for places in timeline.lines():
        label = span_label(timeline, places)
        missing = sum(not timeline.archive[at] for at in places)
        if missing == len(places):
            yield Line(label, (), say("no data"))
        elif len(places) > 1:
            length = say_number(*_LENGTHS[timeline.interval], len(places))
            about = say("no article in {length}", length=length)
            if missing:
                about = say("{sentence}, no data for {count} of them", sentence=about, count=missing)
            yield Line(label, (), about)
        else:
            (at,), period = places, timeline.periods[places[0]]
            counted = [(one, one.counts[at], one.shares[at]) for one in timeline.series]
            cells = [
                Cell(count, share, address(one, period) if count else "") for one, count, share in counted
            ]
            yield Line(label, tuple(cells))
