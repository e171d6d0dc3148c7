"""The pages for people: search, article, help, about. A request -> HTML."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from indexer.formats import CITATIONS, FORMATS
from indexer.messages import joined, say
from indexer.query.answers.hit_place import NO_PLACE
from indexer.query.answers.labels import BOUNDS, NOUNS, SINCE
from indexer.query.answers.ledger import GenerationError
from indexer.query.answers.results import Results
from indexer.query.answers.wording import (
    counted_line,
    first_heading,
    found_line,
    notes_beside,
    nothing_left,
    offers_beside,
    offers_heading,
    wider_line,
)
from indexer.query.archive import Archive
from indexer.query.language.syntax import SYNTAX
from indexer.query.parameters import PARAMETERS
from indexer.query.request import SearchRequest
from indexer.query.wider import search_wider, widened
from search_web import address
from search_web.address import Asked
from search_web.bodies import shown_body
from search_web.branding import STATIC_ENDPOINTS
from search_web.cache import CachedAnswer
from search_web.links import Links, OverTime, changed, paths
from search_web.opened import current_archive, cut_note, useful
from search_web.reference.endpoints import ENDPOINTS
from search_web.site import absolute
from search_web.state import State
from search_web.views import articles as article_views
from search_web.views import dates as date_views
from search_web.views import facets as facet_views
from search_web.views import meta, tools
from search_web.views import search as search_views
from search_web.views.taking import taking

pages = Blueprint("pages", __name__)

MAX_LISTED = 200  # rejected files, and notices
# In the environment of a request that may be answered without a body. To look at no others takes 2% off
# suggestions of `benchmarks.pages`.
_CONDITIONS = frozenset(
    ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")
)


@pages.get("/")
def home() -> str | Response | WsgiResponse:
    """Show what the archive holds: the newest articles, the facets, the totals."""
    archive = current_archive()
    if address.has_search():
        asked = address.read_page(archive.request)
        return redirect(Links.of(archive.settings, asked.explain, asked.compact).search(asked.request))
    return _search_page("search.html", archive, Asked(archive.request()), front=True)


@pages.get("/search")
def search() -> str | Response | WsgiResponse:
    """Show what a search finds."""
    archive = current_archive()
    return _search_page("search.html", archive, address.read_page(archive.request))


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
    asked, is_hit = address.read_page(archive.request), address.has_search()
    links = Links.of(archive.settings, asked.explain, asked.compact)
    if found.id != key:
        return redirect((links.hits(asked.request) if is_hit else links.article)(found.id), 301)
    place = archive.place(found, asked.request) if is_hit else NO_PLACE
    images = archive.settings.web.images
    view = search_views.article_view(found, links, images=images)
    related = archive.related(
        found, size=min(article_views.MAX_RELATED, archive.settings.search.max_page_size)
    )
    copies = archive.story(found).others
    return render(
        "article.html",
        meta=meta.of_article(found, view.image.url if view.image else ""),
        title=found.title,
        content_language=archive.language,
        query=str(asked.request.query),
        hidden=links.pairs(changed(asked.request), "q", "unfinished") if is_hit else [],
        trail=article_views.trail(place, asked.request, links) if is_hit else None,
        view=view,
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
        address=absolute(links.article(found.id)),
        citations=[
            (FORMATS[name].label, url_for("exports.cite_article", key=found.id, format=name))
            for name in CITATIONS
        ],
        json_url=url_for("api.article", key=found.id),
    )


@pages.get("/help")
def help_page() -> Response:
    """Show the query language, the address of a search, each from its table."""
    settings = current_app.config["BACKFILE"]
    links = Links.of(settings)
    rows = [(row, links.query(row.example)) for row in SYNTAX]
    return render(
        "help.html",
        title=say("Help"),
        syntax=rows,
        parameters=PARAMETERS.values(),
        search_settings=settings.search,
        api_example=ENDPOINTS[0].example,
    )


@pages.get("/about")
def about() -> Response:
    """Show what is indexed, since when, and what was left out."""
    archive = current_archive()
    stats = archive.stats(check=True)
    return render(
        "about.html",
        title=say("About this archive"),
        stats=stats,
        folder=PurePath(stats.archive).name,
        rejections=stats.rejections[:MAX_LISTED],
        notices=stats.notices[:MAX_LISTED],
        json_url=url_for("api.stats"),
        undated_url=Links.of(archive.settings).only("date", "none"),
    )


def render(template: str, **values: Any) -> Response:
    """Return a template as a response; what UTF-8 cannot carry becomes a question mark."""
    return Response(_rendered(template, **values), mimetype="text/html")


def _rendered(template: str, **values: Any) -> bytes:
    app, path = current_app, paths()
    settings, version = app.config["BACKFILE"], app.config["BACKFILE_VERSION"]
    context = {
        "site_title": settings.web.title,
        "static_url": lambda name: path("static", filename=name, v=version),
        "own_url": lambda what, **named: path(what, **named, v=version),
        "footer_links": settings.web.footer_links.items(),
        "cut_note": cut_note,
        **values,
    }
    app.update_template_context(context)  # with what whoever has this app adds to it
    # Flask's own `render_template` also asks who would hear of it.
    text = app.jinja_env.get_template(template).render(context)
    return address.check_answer(text.encode("utf-8", "replace"))


@pages.after_app_request
def finish(response: Response) -> Response:
    """Put on every response, of failures and files too, what it may load and how long it may be stored."""
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        headers.add("Content-Security-Policy", current_app.config["BACKFILE_POLICY"])
    if cut_note():
        headers["Cache-Control"] = "no-store"
        headers.pop("ETag", None)
    elif request.endpoint not in STATIC_ENDPOINTS:
        if "Cache-Control" not in headers:
            headers.add("Cache-Control", "no-cache")  # stored, but checked: the index may be newer
        if response.status_code == 200 and not response.is_streamed:
            response.add_etag()
            if not _CONDITIONS.isdisjoint(request.environ):
                response.make_conditional(request)
    return response


def _search_page(template: str, archive: Archive, asked: Asked, *, front: bool = False) -> Response:
    return State.of(archive).answer(
        lambda: CachedAnswer(_results_page(template, archive, asked, front=front), "text/html")
    )


def _results_page(template: str, archive: Archive, asked: Asked, *, front: bool) -> bytes:
    try:
        results = archive.search(asked.request)
    except GenerationError as error:  # a cited link outlives what is kept, not what it found
        asked = replace(asked, request=asked.request.changed(since_generation=None))
        results = archive.search(asked.request)
        note = joined((error.what, error.cure), ". ")
        results = replace(results, sentences=(*results.sentences, note))
    shown = _shown(archive, asked, results, front=front)
    if template != "live.html":
        shown |= _around(archive, asked, shown, front=front)
    return _rendered(template, front=front, **shown)


def _around(archive: Archive, given: Asked, shown: dict[str, Any], *, front: bool) -> dict[str, Any]:
    """Return what the template of a page is given beside what it shows of the results."""
    plain = Links.of(archive.settings)
    links = plain.explained(given.explain).viewed(given.compact)
    return {
        "stats": archive.stats() if front else None,
        "hidden": links.pairs(changed(given.request), "q", "unfinished"),
        "meta": meta.of_front(archive.settings.web.title, archive.stats())
        if front
        else meta.of_results(shown["title"], shown["found"], plain.search(given.request)),
    }


def _shown(archive: Archive, given: Asked, results: Results, *, front: bool) -> dict[str, Any]:
    """Return what the templates of a page of results are given."""
    asked, explain = given.request, given.explain
    links = Links.of(archive.settings, explain, given.compact)
    active = search_views.chips(asked, results.facets, links)
    dated = search_views.date_view(results.facets["date"], asked, links)
    query, images = str(asked.query), archive.settings.web.images
    counted, found = search_views.counted(results, asked), found_line(results)
    title = "" if front else search_views.headline(query, active)
    helpful = useful()
    hits = links.article if front else links.hits(changed(asked, page=results.page))
    return {
        "title": title,
        "tab_title": "" if front else search_views.tab_title(query, active, results.page),
        "query": query,
        "content_language": archive.language,
        "results": results,
        "found": found,
        "first_heading": first_heading(results),
        "groups": search_views.hit_groups(results, links, hits, images=images),
        "counted": counted_line(results.facet_part, collapse=asked.collapse),
        "wider": _wider(archive, asked, results, links),
        "since_labels": SINCE,
        "facets": facet_views.facet_views(results, asked, links),
        "facets_hidden": facet_views.form_pairs(results, asked, links),
        "dates": dated,
        "presets": date_views.presets(dated.rows, archive.today(), asked),
        "range": date_views.range_of(dated.rows),
        "chips": active,
        "clear_url": links.search(search_views.unfiltered(asked)) if len(active) > 1 else "",
        "sorts": tools.sort_choices(results, asked, links, helpful),
        "sizes": tools.size_choices(results, asked, links, archive.settings),
        "compact": given.compact,
        "views": tools.view_choices(asked, links),
        "noun": NOUNS[asked.collapse],
        "is_collapsed": asked.collapse,
        "states": tools.state_choices(results, asked, links, helpful),
        "pager": search_views.pager(results, asked, links),
        "last_page_url": links.search(changed(asked, page=results.pages)) if results.is_past_end else "",
        "notes": notes_beside(results),
        "forms_url": links.search(results.forms.request) if results.forms else "",
        "explain": explain,
        "explain_url": links.explained(not explain).search(asked),
        "offers": [(offer, links.search(offer.request)) for offer in offers_beside(results)],
        "offers_heading": offers_heading(results),
        "nothing_left": nothing_left(results.parsed),
        "bounds": BOUNDS,
        "cite_url": links.search(asked.changed(since_generation=results.generation)),
        "since_url": links.search(asked.changed(since_generation=None)) if results.since else "",
        "json_url": links.api(asked),
        "taking": taking(asked, links),
        "timeline_url": links.over_time(OverTime("timeline", counted, (counted,))),
        "overview_url": links.filtered("times.overview", counted),
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
