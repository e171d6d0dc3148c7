"""The pages for people: search, article, help, about. Give me a request, I return HTML."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WsgiResponse

from indexer.query.answers.results import Results
from indexer.query.archive import Archive
from indexer.query.assist.since import GenerationError
from indexer.query.language.syntax import SYNTAX
from indexer.query.request import SearchRequest
from search_web import choices, contexts, params, reference
from search_web.holder import current_archive
from search_web.links import Links
from search_web.params import changed

pages = Blueprint("pages", __name__)

MOST_LISTED = 200  # rejected files, and notices


@pages.get("/")
def home() -> str | Response | WsgiResponse:
    """Show what the archive holds: the newest articles, the facets, the totals."""
    archive = current_archive()
    if params.has_search():
        asked = params.read(archive.request, strict=False)
        return redirect(links_of(archive, asked.explain).search(asked.request))
    return _search_page(archive, archive.request(), front=True, explain=False)


@pages.get("/search")
def search() -> str | Response | WsgiResponse:
    """Show what a search finds."""
    archive = current_archive()
    asked = params.read(archive.request, strict=False)
    return _search_page(archive, asked.request, front=False, explain=asked.explain)


@pages.get("/article/<key:key>")
def article(key: str) -> str | Response | WsgiResponse:
    """Show an article and what goes with it; another of its names leads to its own address."""
    archive = current_archive()
    found = archive.article(key)
    if found.id != key:
        return redirect(url_for("pages.article", key=found.id), 301)
    links = links_of(archive)
    images = archive.settings.web.images
    related = archive.related(found)
    copies = archive.story(found).others
    return render(
        "article.html",
        title=found.title,
        view=contexts.article_view(found, links, images=images),
        category=_only(links, "category", found.category),
        type=_only(links, "type", found.type),
        parts=contexts.related_views(related, without={copy.id for copy in copies}),
        copies=copies,
        logo=archive.logo(found.provider) if images and found.provider else None,
        json_url=url_for("api.article", key=found.id),
    )


@pages.get("/help")
def help_page() -> Response:
    """Show the query language, the address of a search, and the API, each from its table."""
    settings = current_app.config["BACKFILE"]
    links = Links.of(settings)
    rows = [(row, links.search(links.typed(row.example))) for row in SYNTAX]
    return render(
        "help.html",
        title="Help",
        syntax=rows,
        parameters=params.PARAMETERS,
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
        rejections=stats.rejections[:MOST_LISTED],
        notices=stats.notices[:MOST_LISTED],
        json_url=url_for("api.stats"),
        undated_url=links_of(archive).only("date", "none"),
    )


def render(template: str, **values: Any) -> Response:
    """Return a template as a response; what UTF-8 cannot carry becomes a question mark."""
    text = render_template(template, **values)
    return Response(text.encode("utf-8", "replace"), mimetype="text/html")


def links_of(archive: Archive, explain: bool = False) -> Links:
    """Return a builder of links for the settings in force."""
    return Links.of(archive.settings, explain)


def _only(links: Links, facet: str, value: str | None) -> contexts.TextLink | None:
    return contexts.TextLink(value, links.only(facet, value)) if value else None


def _search_page(archive: Archive, asked: SearchRequest, *, front: bool, explain: bool) -> Response:
    try:
        results = archive.answer(asked)
    except GenerationError as error:  # a cited link outlives what is kept, not what it found
        asked = replace(asked, since_generation=None)
        results = archive.answer(asked)
        told = f"{error.what}. {error.cure.rstrip('.')}"
        results = replace(results, notes=(*results.notes, told))
    tag = _entity_tag(archive, results.generation)
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)  # before any article is read or facet counted
    else:
        response = _results_page(archive, asked, results, front=front, explain=explain)
    response.set_etag(tag)
    return response


def _entity_tag(archive: Archive, generation: int) -> str:
    """Return a tag for the page at this address: it changes with the index, the day, the program."""
    today = datetime.now(UTC).date()
    parts = (
        request.full_path, request.script_root, generation, archive.stats().indexed_at, today,
        archive.settings.web, archive.settings.search, archive.settings.ranking,
        current_app.config["BACKFILE_VERSION"],
    )  # fmt: skip
    return hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _results_page(
    archive: Archive, asked: SearchRequest, results: Results, *, front: bool, explain: bool
) -> Response:
    links = links_of(archive, explain)
    active = contexts.chips(asked, results.facets, links)
    query = str(asked.query)
    return render(
        "search.html",
        title="" if front else contexts.headline(query, active),
        front=front,
        stats=archive.stats() if front else None,
        query=query,
        hidden=links.pairs(changed(asked), "q"),
        results=results,
        hits=contexts.hit_views(results, links, images=archive.settings.web.images, explain=explain),
        facets=contexts.facet_views(results, asked, links),
        dates=contexts.date_view(results.facets["date"], asked, links),
        chips=active,
        clear_url=links.search(contexts.unfiltered(asked)),
        sorts=choices.sort_choices(results, asked, links),
        featured=choices.state_choices("featured", asked, links),
        stories=choices.state_choices("collapse", asked, links),
        noun=choices.nouns(asked),
        origins=choices.state_choices("origin", asked, links),
        broadens=choices.state_choices("broaden", asked, links) if query else (),
        pager=contexts.pager(results, asked, links),
        last_page_url=links.search(changed(asked, page=max(1, results.pages))),
        notes=contexts.told(results),
        explain=explain,
        explain_url=links.explained(not explain).search(asked),
        offers=() if results.total else contexts.offer_views(results, links),
        bound=contexts.BOUNDS[results.total_relation],
        cite_url=links.search(replace(asked, since_generation=results.generation)),
        since_url=links.search(replace(asked, since_generation=None)),
        json_url=links.api(asked),
        timeline_url=links.over_time("times.timeline", [asked]),
        overview_url=links.filtered("times.overview", asked),
    )
