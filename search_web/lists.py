"""The page of all the values of a facet, dates among them. Give me its name and a request, I return HTML."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response

from indexer.errors import NotFoundError, did_you_mean
from indexer.facets import FACETS
from indexer.query.answers.wording import counted_line, found_line, notes_beside
from indexer.query.parameters import MAX_FACET_SIZE
from search_web import address
from search_web.links import Links, changed
from search_web.opened import current_archive
from search_web.pages import render
from search_web.views import facets as facet_views
from search_web.views import search as search_views

lists = Blueprint("lists", __name__)


@lists.get("/facet/<name>")
def facet(name: str) -> Response:
    """Show all the values of one facet of a search, page by page, as boxes to tick."""
    if name not in FACETS:
        cure = did_you_mean(name, FACETS)
        raise NotFoundError(f"there is no list of '{address.clean(name)}'", cure=cure)
    archive = current_archive()
    asked = address.read_facet(archive.request)
    results = archive.search(replace(changed(asked.request), facet_size=MAX_FACET_SIZE))
    links = Links.of(archive.settings, compact=asked.compact)
    values = results.facets[name]
    chips = search_views.chips(asked.request, results.facets, links)
    headline = search_views.headline(str(asked.request.query), chips)
    return render(
        "facet.html",
        title=f"{FACETS[name].plural} of {headline[0].lower() + headline[1:]}",
        name=name,
        plural=FACETS[name].plural,
        find=asked.find,
        view=facet_views.facet_page(values, asked, links),
        query=str(asked.request.query),
        hidden=links.pairs(changed(asked.request), "q"),
        chips=chips,
        found=found_line(results),
        notes=notes_beside(results),
        counted=counted_line(values.part, collapse=asked.request.collapse),
        search_url=links.search(changed(asked.request)),
    )
