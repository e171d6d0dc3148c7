"""The pages of what is found over time (timeline, summary, comparison), their charts and their numbers as
files. A request goes in; HTML, SVG or CSV comes out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from indexer.facets import FACETS, VALUE_FACETS
from indexer.formats.xml import fit
from indexer.messages import joined, say
from indexer.query.answers.labels import listed
from indexer.query.answers.parts import PartKind
from indexer.query.answers.timeline import Timeline
from indexer.query.answers.wording import overview_line, part_named, wider_line
from indexer.query.archive import Archive
from indexer.query.request import SearchRequest, check_interval
from indexer.query.wider import search_wider
from search_web import address
from search_web.branding import accents
from search_web.links import FILES, Links, OverTime
from search_web.opened import current_archive
from search_web.pages import render
from search_web.templating import spoken
from search_web.views import drawings
from search_web.views import search as search_views
from search_web.views import times as time_views

times = Blueprint("times", __name__)


@times.get("/timeline")
def timeline() -> Response:
    """Show how much several queries find over time."""
    archive = current_archive()
    asked = address.read_timeline(archive.request)
    found = archive.timeline(asked.requests, interval=asked.interval)
    links, first = Links.of(archive.settings), asked.requests[0]
    some_more, more = _some_more(archive, asked.requests)
    return render(
        "timeline.html",
        title=say("{queries} over time", queries=joined(asked.names)),
        fields=time_views.query_fields(asked.requests),
        interval=asked.interval or "",
        intervals=time_views.interval_choices(found, asked, links),
        view=time_views.timeline_view(found, asked, links),
        **_searched(archive, first, links),
        some_more=some_more,
        any_url=links.over_time(asked.changed(**more)),
        overview_url=links.filtered("times.overview", first) if len(asked.requests) == 1 else "",
        compare_url=links.filtered("times.compare", first),
        json_url=links.over_time(asked, "json"),
    )


@times.get("/overview")
def overview() -> Response:
    """Show what a search finds, in short."""
    archive = current_archive()
    asked = address.read_overview(archive.request)
    (request,) = asked.requests
    found = archive.overview(request)
    links = Links.of(archive.settings)
    searched = _searched(archive, request, links)
    some_more, more = _some_more(archive, [request]) if found.part is PartKind.ALL else ("", {})
    lists = (("provider", found.providers), ("topic", found.topics))
    return render(
        "overview.html",
        title=say("{search} – summary", search=search_views.headline(searched["query"], searched["chips"])),
        overview=found,
        found=overview_line(found),
        some_more=some_more,
        any_url=links.over_time(asked.changed(**more)),
        terms=time_views.term_links(found.terms, request, links),
        lists=[
            (FACETS[name].plural, time_views.value_links(name, values, request, links))
            for name, values in lists
            if values
        ],
        view=time_views.timeline_view(found.timeline, asked, links),
        **searched,
        timeline_url=links.over_time(replace(asked, page="timeline")),
        json_url=links.over_time(asked, "json"),
    )


@times.get("/compare")
def compare() -> Response:
    """Show two searches side by side, or ask which."""
    archive = current_archive()
    links = Links.of(archive.settings)
    asked = address.read_comparison(archive.request, begun=True)
    by = asked.by or "provider"
    shown = _searched(archive, asked.base, links) | {
        "by": by,
        "interval": check_interval(asked.interval) or "",
        "measure": asked.measure,
        "choices": time_views.COMPARED_LABELS,
        "values": {name: links.directory(name, {}, "json") for name in VALUE_FACETS}
        | {"query": url_for("api.suggest")},
        "suggested": archive.directory(by).values if by in VALUE_FACETS else (),
    }
    if not asked.sides:
        return render("compare.html", title=say("Side by side"), sides=["", ""], found=None, **shown)
    found = archive.compare(*asked.named, interval=asked.interval)
    some_more, more = _some_more(archive, asked.requests)
    return render(
        "compare.html",
        title=listed(asked.sides),
        sides=asked.sides,
        found=found,
        view=time_views.timeline_view(found.timeline, asked, links),
        terms=[
            time_views.term_links(terms, request, links)
            for terms, request in zip(found.terms, asked.requests, strict=True)
        ],
        some_more=some_more,
        any_url=links.over_time(asked.changed(**more)),
        json_url=links.over_time(asked, "json"),
        **shown,
    )


def _timeline(archive: Archive) -> tuple[OverTime, Timeline]:
    asked = address.read_timeline(archive.request)
    return asked, archive.timeline(asked.requests, interval=asked.interval)


def _overview(archive: Archive) -> tuple[OverTime, Timeline]:
    asked = address.read_overview(archive.request)
    return asked, archive.overview(asked.base).timeline


def _comparison(archive: Archive) -> tuple[OverTime, Timeline]:
    asked = address.read_comparison(archive.request, begun=False)
    return asked, archive.compare(*asked.named, interval=asked.interval).timeline


def _svg(asked: OverTime, found: Timeline, archive: Archive) -> Response:
    links = Links.of(archive.settings)
    facets = archive.search(asked.base).facets if asked.base.is_filtered else {}
    about = drawings.About(
        title=archive.settings.web.title,
        articles=archive.stats().articles,
        today=archive.today(),
        filters=tuple((chip.kind, chip.label) for chip in search_views.chips(asked.base, facets, links)),
    )
    sheet = drawings.sheet(found, asked, about, spoken)
    style = drawings.style(accents(archive.settings.web))
    response = Response(fit(render_template("chart.svg", sheet=sheet, style=style)), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = drawings.policy(style)
    return response


def _csv(_: OverTime, found: Timeline, __: Archive) -> Response:
    return Response(drawings.numbers(found), mimetype="text/csv")


_READERS: Mapping[str, Callable[[Archive], tuple[OverTime, Timeline]]] = {
    "timeline": _timeline,
    "overview": _overview,
    "compare": _comparison,
}
_WRITERS: Mapping[str, Callable[[OverTime, Timeline, Archive], Response]] = {"svg": _svg, "csv": _csv}


def _respond(page: str, form: str) -> Response:
    """Return the charts of a page, or their numbers, as a file."""
    archive = current_archive()
    response = _WRITERS[form](*_READERS[page](archive), archive)
    response.headers["Content-Disposition"] = f"inline; filename={page}.{form}"
    return response


for _page, _form in itertools.product(_READERS, FILES):
    times.add_url_rule(f"/{_page}.{_form}", f"{_page}_{_form}", partial(_respond, _page, _form))


def _some_more(archive: Archive, requests: Sequence[SearchRequest]) -> tuple[str, dict[str, Any]]:
    """Return what a page says that counts only what has all of the words of some requests, and what a request
    needs to count more; nothing where no article has less."""
    found = [wider for one in requests if (wider := search_wider(archive, one))]
    if not found:
        return "", {}
    has_some = any(wider.some_total for wider in found)  # what has the last word as begun is among these
    part = part_named(PartKind.SOME if has_some else PartKind.BEGUN)
    more = wider_line(found[0]) if len(requests) == 1 else say("There are more {which}", which=part)
    return say("{more}: count them too", more=more), {"match": "any"} if has_some else {"unfinished": True}


def _searched(archive: Archive, request: SearchRequest, links: Links) -> dict[str, Any]:
    """Return what a page about all that `request` finds says of it: the query, and the filters in force with
    their names as facets show them."""
    facets = archive.search(request).facets if request.is_filtered else {}
    return {
        "query": str(request.query),
        "hidden": links.of_filters(request, "q"),
        "chips": search_views.chips(request, facets, links),
        "search_url": links.search(request),
    }
