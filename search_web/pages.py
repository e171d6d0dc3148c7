"""The pages for people: search, article, what is found over time, help, about. Give me a request, I return
HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from indexer.facets import FACETS
from indexer.query.answers.hit_place import NO_PLACE
from indexer.query.answers.labels import BOUNDS, NOUNS, SINCE, query_name
from indexer.query.answers.ledger import GenerationError
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import Results
from indexer.query.answers.wording import (
    counted_line,
    first_heading,
    found_line,
    notes_beside,
    nothing_left,
    offers_beside,
    offers_heading,
    overview_line,
    part_named,
    wider_line,
)
from indexer.query.archive import Archive
from indexer.query.language.syntax import SYNTAX
from indexer.query.parameters import PARAMETERS
from indexer.query.request import SearchRequest, check_interval
from indexer.query.wider import search_wider, widened
from search_web import address, reference
from search_web.address import Asked
from search_web.bodies import shown_body
from search_web.links import Links, changed
from search_web.opened import current_archive, cut_note, useful
from search_web.views import articles as article_views
from search_web.views import dates as date_views
from search_web.views import facets as facet_views
from search_web.views import search as search_views
from search_web.views import times as time_views
from search_web.views import tools

pages = Blueprint("pages", __name__)

MAX_LISTED = 200  # rejected files, and notices


@pages.get("/")
def home() -> str | Response | WsgiResponse:
    """Show what the archive holds: the newest articles, the facets, the totals."""
    archive = current_archive()
    if address.has_search():
        asked = address.read(archive.request, strict=False)
        return redirect(Links.of(archive.settings, asked.explain, asked.compact).search(asked.request))
    return _search_page("search.html", archive, Asked(archive.request()), front=True)


@pages.get("/search")
def search() -> str | Response | WsgiResponse:
    """Show what a search finds."""
    archive = current_archive()
    return _search_page("search.html", archive, address.read(archive.request, strict=False))


@pages.get("/search/live")
def live() -> Response:
    """Show what a search finds whose last word may be unfinished, without the page around it."""
    archive = current_archive()
    return _search_page("live.html", archive, address.read_unfinished(archive.request))


@pages.get("/article/<key:key>")
def article(key: str) -> str | Response | WsgiResponse:
    """Show an article and what goes with it; another of its names leads to its own address."""
    archive = current_archive()
    found = archive.article(key)
    asked, is_hit = address.read(archive.request, strict=False), address.has_search()
    links = Links.of(archive.settings, asked.explain, asked.compact)
    if found.id != key:
        return redirect((links.hits(asked.request) if is_hit else links.article)(found.id), 301)
    place = archive.place(found, asked.request) if is_hit else NO_PLACE
    images = archive.settings.web.images
    related = archive.related(
        found, size=min(article_views.MAX_RELATED, archive.settings.search.max_page_size)
    )
    copies = archive.story(found).others
    return render(
        "article.html",
        title=found.title,
        content_language=archive.language,
        query=str(asked.request.query),
        hidden=links.pairs(changed(asked.request), "q", "unfinished") if is_hit else [],
        trail=article_views.trail(place, asked.request, links) if is_hit else None,
        view=search_views.article_view(found, links, images=images),
        headline=place.mark("title", found.title),
        excerpt=place.mark("excerpt", found.excerpt),
        body=shown_body(found, images=images, mark=partial(place.mark, "body")),
        authors=search_views.facet_links(found, "author", links),
        facts=search_views.article_facts(found, links),
        time_place=article_views.time_place(archive, found, links),
        related=related,
        parts=article_views.related_parts(related, without={copy.id for copy in copies}),
        copies=copies,
        logo=archive.logo(found.provider) if images and found.provider else None,
        address=url_for("pages.article", key=found.id, _external=True),
        json_url=url_for("api.article", key=found.id),
    )


@pages.get("/help")
def help_page() -> Response:
    """Show the query language, the address of a search, and the API, each from its table."""
    settings = current_app.config["BACKFILE"]
    links = Links.of(settings)
    rows = [(row, links.query(row.example)) for row in SYNTAX]
    return render(
        "help.html",
        title="Help",
        syntax=rows,
        parameters=PARAMETERS.values(),
        endpoints=reference.ENDPOINTS,
        answers=reference.ANSWERS,
        errors=reference.errors(),
        search_settings=settings.search,
    )


@pages.get("/about")
def about() -> Response:
    """Show what is indexed, since when, and what was left out."""
    archive = current_archive()
    stats = archive.stats()
    return render(
        "about.html",
        title="About this archive",
        stats=stats,
        folder=PurePath(stats.archive).name,
        rejections=stats.rejections[:MAX_LISTED],
        notices=stats.notices[:MAX_LISTED],
        json_url=url_for("api.stats"),
        undated_url=Links.of(archive.settings).only("date", "none"),
    )


@pages.get("/timeline")
def timeline() -> Response:
    """Show how much several queries find over time."""
    archive = current_archive()
    requests, interval = address.read_timeline(archive.request, strict=False)
    found = archive.timeline(requests, interval=interval)
    links, first = Links.of(archive.settings), requests[0]
    some_more, more = _some_more(archive, requests)
    names = ", ".join(query_name(one.query) for one in found.series)
    return render(
        "timeline.html",
        title=f"{names} over time",
        fields=time_views.query_fields(requests),
        interval=interval or "",
        intervals=time_views.interval_choices(found, requests, links),
        view=time_views.timeline_view(found, requests, links),
        **_searched(archive, first, links),
        some_more=some_more,
        any_url=links.over_time("pages.timeline", [changed(one, **more) for one in requests], interval),
        overview_url=links.filtered("pages.overview", first) if len(requests) == 1 else "",
        compare_url=links.filtered("pages.compare", first),
        json_url=links.over_time("api.timeline", requests, interval),
    )


@pages.get("/overview")
def overview() -> Response:
    """Show what a search finds, in short."""
    archive = current_archive()
    asked = address.read_filters(archive.request, strict=False)
    found = archive.overview(asked)
    links = Links.of(archive.settings)
    searched = _searched(archive, asked, links)
    some_more, more = _some_more(archive, [asked]) if found.part is PartKind.ALL else ("", {})
    lists = (("provider", found.providers), ("topic", found.topics))
    return render(
        "overview.html",
        title=f"{search_views.headline(searched['query'], searched['chips'])} – summary",
        overview=found,
        found=overview_line(found),
        some_more=some_more,
        any_url=links.filtered("pages.overview", changed(asked, **more)),
        terms=time_views.term_links(found.terms, asked, links),
        lists=[
            (FACETS[name].plural, time_views.value_links(name, values, asked, links))
            for name, values in lists
            if values
        ],
        view=time_views.timeline_view(found.timeline, [asked], links),
        **searched,
        timeline_url=links.over_time("pages.timeline", [asked]),
        json_url=links.filtered("api.overview", asked),
    )


@pages.get("/compare")
def compare() -> Response:
    """Show two searches side by side, or ask which."""
    archive = current_archive()
    links = Links.of(archive.settings)
    asked = address.read_comparison(archive.request, strict=False)
    shown = _searched(archive, asked.base, links) | {
        "by": asked.by or "provider",
        "interval": check_interval(asked.interval) or "",
        "choices": time_views.COMPARED_LABELS,
    }
    if not asked.sides:
        return render("compare.html", title="Side by side", sides=["", ""], found=None, **shown)
    requests = [request for _, request in asked.sides]
    found = archive.compare(*asked.sides, interval=asked.interval)
    sides = [name for name, _ in asked.sides]
    some_more, more = _some_more(archive, requests)
    return render(
        "compare.html",
        title=f"{sides[0]} and {sides[1]}",
        sides=sides,
        found=found,
        view=time_views.timeline_view(found.timeline, requests, links),
        terms=[
            time_views.term_links(terms, request, links)
            for terms, request in zip(found.terms, requests, strict=True)
        ],
        some_more=some_more,
        any_url=links.compared("pages.compare", replace(asked, base=changed(asked.base, **more))),
        json_url=links.compared("api.compare", asked),
        **shown,
    )


def render(template: str, **values: Any) -> Response:
    """Return a template as a response; what UTF-8 cannot carry becomes a question mark."""
    settings, version = current_app.config["BACKFILE"], current_app.config["BACKFILE_VERSION"]
    text = render_template(
        template,
        site_title=settings.web.title,
        url_for=partial(_address, request.script_root),
        static_url=lambda name: _address(request.script_root, "static", filename=name, v=version),
        cut_note=cut_note,
        **values,
    )
    return Response(address.check_answer(text.encode("utf-8", "replace")), mimetype="text/html")


@lru_cache(maxsize=1_000)
def _address(script_root: str, endpoint: str, **values: Any) -> str:
    """Return an address within the site, below `script_root`; a page has the same ones as the last."""
    return url_for(endpoint, **values)


@pages.after_app_request
def finish(response: Response) -> Response:
    """Put on every response, of failures and files too, what keeps its reader safe."""
    headers = response.headers
    headers["Content-Security-Policy"] = current_app.config["BACKFILE_POLICY"]
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if cut_note():
        headers["Cache-Control"] = "no-store"
        headers.pop("ETag", None)
    elif request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-cache")  # stored, but checked: the index may be newer
        if response.status_code == 200 and not response.direct_passthrough:
            response.add_etag()
            response.make_conditional(request)
    return response


def _search_page(template: str, archive: Archive, asked: Asked, *, front: bool = False) -> Response:
    try:
        results = archive.search(asked.request)
    except GenerationError as error:  # a cited link outlives what is kept, not what it found
        asked = replace(asked, request=replace(asked.request, since_generation=None))
        results = archive.search(asked.request)
        note = f"{error.what}. {error.cure.rstrip('.')}"
        results = replace(results, sentences=(*results.sentences, note))
    tag = _entity_tag(archive, results.generation)
    if not results.timed_out and request.if_none_match.contains_weak(tag):
        response = Response(status=304)  # before any article is read or facet counted
    else:
        response = render(template, front=front, **_shown(archive, asked, results, front=front))
    response.set_etag(tag)
    return response


def _entity_tag(archive: Archive, generation: int) -> str:
    """Return a tag for the page at this address: it changes with the index, the day, the program."""
    parts = (
        request.full_path, request.script_root, generation, archive.stats().indexed_at, archive.today(),
        archive.settings.web, archive.settings.search, archive.settings.ranking,
        current_app.config["BACKFILE_VERSION"],
    )  # fmt: skip
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _shown(archive: Archive, given: Asked, results: Results, *, front: bool) -> dict[str, Any]:
    """Return what the templates of a page of results are given."""
    asked, explain = given.request, given.explain
    links = Links.of(archive.settings, explain, given.compact)
    active = search_views.chips(asked, results.facets, links)
    dated, stats = search_views.date_view(results.facets["date"], asked, links), archive.stats()
    query, images = str(asked.query), archive.settings.web.images
    hits = links.article if front else links.hits(replace(asked, cursor=None, page=results.page))
    return {
        "title": "" if front else search_views.headline(query, active),
        "tab_title": "" if front else search_views.tab_title(query, active, results.page),
        "stats": stats if front else None,
        "query": query,
        "hidden": links.pairs(changed(asked), "q", "unfinished"),
        "content_language": archive.language,
        "results": results,
        "found": found_line(results),
        "first_heading": first_heading(results),
        "groups": search_views.hit_groups(results, links, hits, images=images),
        "counted": counted_line(results.facet_part, collapse=asked.collapse),
        "wider": _wider(archive, asked, results, links),
        "since_labels": SINCE,
        "facets": facet_views.facet_views(results, asked, links),
        "facets_hidden": facet_views.form_pairs(results, asked, links),
        "dates": dated,
        "presets": date_views.presets(stats.first_date, stats.last_date, archive.today(), asked),
        "range": date_views.range_of(dated.rows),
        "chips": active,
        "clear_url": links.search(search_views.unfiltered(asked)),
        "sorts": tools.sort_choices(results, asked, links, useful()),
        "sizes": tools.size_choices(results, asked, links, archive.settings),
        "compact": given.compact,
        "views": tools.view_choices(asked, links),
        "noun": NOUNS[asked.collapse],
        "states": tools.state_choices(results, asked, links, useful()),
        "pager": search_views.pager(results, asked, links),
        "last_page_url": links.search(changed(asked, page=max(1, results.pages))),
        "notes": notes_beside(results),
        "forms_url": links.search(results.forms.request) if results.forms else "",
        "explain": explain,
        "explain_url": links.explained(not explain).search(asked),
        "offers": [(offer, links.search(offer.request)) for offer in offers_beside(results)],
        "offers_heading": offers_heading(results),
        "nothing_left": nothing_left(results.parsed),
        "bounds": BOUNDS,
        "cite_url": links.search(replace(asked, since_generation=results.generation)),
        "since_url": links.search(replace(asked, since_generation=None)),
        "json_url": links.api(asked),
        "timeline_url": links.over_time("pages.timeline", [search_views.counted(results, asked)]),
        "overview_url": links.filtered("pages.overview", search_views.counted(results, asked)),
    }


def _wider(
    archive: Archive, asked: SearchRequest, results: Results, links: Links
) -> search_views.TextLink | None:
    """Return the link to what an order other than relevance, or `match=all`, leaves out; None where that is
    nothing."""
    if results.match == "auto" and results.sort == "relevance":
        return None
    wider = search_wider(archive, asked)
    if wider is None:
        return None
    return search_views.TextLink(wider_line(wider), links.search(widened(archive, asked)))


def _some_more(archive: Archive, requests: Sequence[SearchRequest]) -> tuple[str, dict[str, Any]]:
    """Return what a page says that counts only what has all of the words of some requests, and what a request
    needs to count more; nothing where no article has less."""
    found = [wider for one in requests if (wider := search_wider(archive, one))]
    if not found:
        return "", {}
    has_some = any(wider.some_total for wider in found)  # what has the last word as begun is among these
    part = part_named(PartKind.SOME if has_some else PartKind.BEGUN)
    more = wider_line(found[0]) if len(requests) == 1 else f"There are more {part}"
    return f"{more}: count them too", {"match": "any"} if has_some else {"unfinished": True}


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
