"""The pages of time: a timeline of several queries, the overview of a search, two searches side by side."""

from __future__ import annotations

from flask import Blueprint, Response

from indexer.query.archive import Archive
from indexer.query.asked import check_interval
from indexer.query.request import SearchRequest
from search_web import contexts, params, timelines
from search_web.holder import current_archive
from search_web.links import Links
from search_web.pages import links_of, render

times = Blueprint("times", __name__)


@times.get("/timeline")
def timeline() -> Response:
    """Show how much several queries find over time."""
    archive = current_archive()
    asked = params.read_timeline(archive.request, strict=False)
    found = archive.timeline_of(asked.requests, asked.interval)
    links, first = links_of(archive), asked.requests[0]
    names = ", ".join(timelines.query_name(one.query) for one in found.series)
    return render(
        "timeline.html",
        title=f"{names} over time",
        query=str(first.query),
        hidden=links.of_filters(first, "q"),
        chips=_chips(archive, first, links),
        fields=timelines.query_fields(asked.requests),
        interval=asked.interval or "",
        intervals=timelines.interval_choices(found, asked.requests, links),
        view=timelines.timeline_view(found, asked.requests, links),
        search_url=links.search(first),
        overview_url=links.filtered("times.overview", first) if len(asked.requests) == 1 else "",
        compare_url=links.filtered("times.compare", first),
        json_url=links.over_time("api.timeline", asked.requests, asked.interval),
    )


@times.get("/overview")
def overview() -> Response:
    """Show what a search finds, in short."""
    archive = current_archive()
    asked = params.read_filters(archive.request, strict=False)
    found = archive.overview_of(asked)
    links = links_of(archive)
    chips = _chips(archive, asked, links)
    lists = (("Providers", "provider", found.providers), ("Topics", "topic", found.topics))
    return render(
        "overview.html",
        title=f"{contexts.headline(str(asked.query), chips)} in short",
        query=str(asked.query),
        hidden=links.of_filters(asked, "q"),
        chips=chips,
        overview=found,
        terms=timelines.term_links(found.terms, asked, links),
        lists=[
            (title, timelines.value_links(name, values, asked, links))
            for title, name, values in lists
            if values
        ],
        view=timelines.timeline_view(found.timeline, [asked], links),
        search_url=links.search(asked),
        timeline_url=links.over_time("times.timeline", [asked]),
        json_url=links.filtered("api.overview", asked),
    )


@times.get("/compare")
def compare() -> Response:
    """Show two searches side by side, or ask which."""
    archive = current_archive()
    links = links_of(archive)
    asked = params.read_comparison(archive.request, strict=False) if params.has_comparison() else None
    if asked is None:
        return _comparison_form(archive, links)
    requests = [request for _, request in asked.sides]
    found = archive.compare_of(asked.sides, asked.interval)
    sides = [name for name, _ in asked.sides]
    return render(
        "compare.html",
        title=f"{sides[0]} and {sides[1]}",
        query=str(asked.base.query),
        hidden=links.of_filters(asked.base, "q"),
        chips=_chips(archive, asked.base, links),
        by=asked.by,
        interval=asked.interval or "",
        choices=timelines.COMPARED_LABELS,
        sides=sides,
        found=found,
        view=timelines.timeline_view(found.timeline, requests, links),
        terms=[
            timelines.term_links(terms, request, links)
            for terms, request in zip(found.terms, requests, strict=True)
        ],
        search_url=links.search(asked.base),
        json_url=links.compared("api.compare", asked),
    )


def _comparison_form(archive: Archive, links: Links) -> Response:
    begun = params.read_comparison_begun(archive.request)
    base = begun.base
    return render(
        "compare.html",
        title="Side by side",
        query=str(base.query),
        hidden=links.of_filters(base, "q"),
        chips=_chips(archive, base, links),
        by=begun.by or "provider",
        interval=check_interval(begun.interval) or "",
        choices=timelines.COMPARED_LABELS,
        sides=["", ""],
        found=None,
        search_url=links.search(base),
    )


def _chips(archive: Archive, request: SearchRequest, links: Links) -> tuple[contexts.Chip, ...]:
    """Return the filters in force, with their names as facets show them."""
    return contexts.chips(request, archive.answer(request).facets, links) if request.is_filtered else ()
