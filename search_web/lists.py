"""The pages of the values of a facet: those of a search, as boxes, and those of the archive, as a directory.
A name and a request go in, HTML comes out."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as WsgiResponse

from indexer.errors import NotFoundError, did_you_mean
from indexer.facets import FACETS, VALUE_FACETS
from indexer.messages import say
from indexer.query.answers.wording import counted_line, found_line, notes_beside
from indexer.query.parameters import MAX_FACET_SIZE, NONE
from search_web import address
from search_web.links import FacetAsked, Links, changed
from search_web.opened import current_archive, useful
from search_web.pages import render
from search_web.views import directory as directory_views
from search_web.views import facets as facet_views
from search_web.views import search as search_views
from search_web.views.search import TextLink

lists = Blueprint("lists", __name__)


@lists.get("/browse")
def browse() -> WsgiResponse:
    """Lead to the first directory that has something."""
    names = [name for name in VALUE_FACETS if name in useful()]
    return redirect(url_for(f"lists.{names[0] if names else VALUE_FACETS[0]}"))


def directory(name: str) -> Response:
    """Show the values of one facet of the archive, page by page: how much each has, and when."""
    archive = current_archive()
    asked = address.read_directory()
    found = archive.directory(name, **asked)
    links = Links.of(archive.settings)
    return render(
        "directory.html",
        title=FACETS[name].plural,
        facet=FACETS[name],
        found=found,
        find=asked.get("find", ""),
        lists=[
            TextLink(FACETS[other].plural, links.directory(other, {}), other == name)
            for other in VALUE_FACETS
            if other in useful() or other == name
        ],
        view=directory_views.directory_view(found, asked, links),
        without_url=links.only(name, NONE),
        facet_url=links.facet(name, FacetAsked(links.usual)),
        json_url=links.directory(name, asked, "json"),
    )


for _name in VALUE_FACETS:
    lists.add_url_rule(f"/{FACETS[_name].plural.lower()}", _name, partial(directory, _name))


@lists.get("/facet/<name>")
def facet(name: str) -> Response:
    """Show all the values of one facet of a search, page by page, as boxes to tick."""
    if name not in FACETS:
        cure = did_you_mean(name, FACETS)
        raise NotFoundError(say("there is no list of '{name}'", name=address.clean(name)), cure=cure)
    archive = current_archive()
    asked = address.read_facet(archive.request)
    results = archive.search(replace(changed(asked.request), facet_size=MAX_FACET_SIZE))
    links = Links.of(archive.settings, compact=asked.compact)
    values = results.facets[name]
    chips = search_views.chips(asked.request, results.facets, links)
    query = str(asked.request.query)
    headline = search_views.headline(query, chips) if query or chips else say("all articles")
    return render(
        "facet.html",
        title=say("{values} of {search}", values=FACETS[name].plural, search=headline),
        name=name,
        plural=FACETS[name].plural,
        find=asked.find,
        view=facet_views.facet_page(values, asked, links),
        query=query,
        hidden=links.pairs(changed(asked.request), "q", "unfinished"),
        chips=chips,
        found=found_line(results),
        notes=(*notes_beside(results), *values.own_notes),
        counted=counted_line(values.part, collapse=asked.request.collapse),
        search_url=links.search(changed(asked.request)),
    )
