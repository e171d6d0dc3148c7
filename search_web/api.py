"""The JSON API. Give me a request, I return JSON; `reference.ENDPOINTS` documents each address."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask import Blueprint, url_for

from indexer.errors import NotFoundError, did_you_mean
from indexer.query.answers.suggestions import Suggestion
from indexer.query.request import FACETS, MAX_SUGGESTIONS
from search_web import params
from search_web.holder import current_archive
from search_web.links import Links

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/search")
def search() -> dict[str, Any]:
    """Return a page of results."""
    archive = current_archive()
    asked = params.read(archive.request, strict=True)
    results = archive.answer(asked.request)
    answer = results.to_json(explain=asked.explain)
    if answer["offers"]:
        links = Links.of(archive.settings)
        for written, offer in zip(answer["offers"], results.offers, strict=True):
            written["url"] = links.api(offer.request)
    return answer


@api.get("/article/<key:key>")
def article(key: str) -> dict[str, Any]:
    """Return an article."""
    params.read_nothing()
    return current_archive().article(key).to_json()


@api.get("/related/<key:key>")
def related(key: str) -> dict[str, Any]:
    """Return what goes with an article."""
    archive = current_archive()
    size = params.read_size(archive.settings.search.max_page_size)
    return archive.related(key, size=size).to_json()


@api.get("/related")
def related_to() -> dict[str, Any]:
    """Return what goes with an article that the index need not have."""
    archive = current_archive()
    return archive.related_to(**params.read_described(archive.settings.search.max_page_size)).to_json()


@api.get("/story/<key:key>")
def story(key: str) -> dict[str, Any]:
    """Return the copies and versions of an article."""
    params.read_nothing()
    return current_archive().story(key).to_json()


@api.get("/suggest")
def suggest() -> dict[str, Any]:
    """Return what may be meant by what is typed so far, each with the address of what it gives."""
    archive = current_archive()
    asked = params.read_typed(MAX_SUGGESTIONS)
    found = archive.suggest(asked.text, size=asked.size, kinds=asked.kinds or None)
    links = Links.of(archive.settings)
    data = found.to_json()
    for item, suggestion in zip(found, data["suggestions"], strict=True):
        suggestion["url"] = _address(item, links)
    return data


def _address(item: Suggestion, links: Links) -> str:
    if item.kind == "title":
        return url_for("pages.article", key=item.value)
    if item.kind == "phrase":
        return links.search(links.typed(item.value))
    return links.only(item.kind, item.value)


@api.get("/facets/<name>")
def facets(name: str) -> dict[str, Any]:
    """Return the values of one facet of a search."""
    if name not in FACETS:
        raise NotFoundError(f"there is no facet '{params.clean(name)}'", cure=did_you_mean(name, FACETS))
    archive = current_archive()
    values = archive.facet(name, params.read(archive.request, strict=True).request)
    return {"name": name, "distinct": values.distinct, "values": [value.to_json() for value in values]}


@api.get("/timeline")
def timeline() -> dict[str, Any]:
    """Return what several queries find over time."""
    archive = current_archive()
    asked = params.read_timeline(archive.request, strict=True)
    return archive.timeline_of(asked.requests, asked.interval).to_json()


@api.get("/overview")
def overview() -> dict[str, Any]:
    """Return what a search finds, in short."""
    archive = current_archive()
    return archive.overview_of(params.read_filters(archive.request, strict=True)).to_json()


@api.get("/compare")
def compare() -> dict[str, Any]:
    """Return two searches side by side."""
    archive = current_archive()
    asked = params.read_comparison(archive.request, strict=True)
    return archive.compare_of(asked.sides, asked.interval).to_json()


@api.get("/stats")
def stats() -> dict[str, Any]:
    """Return what is indexed."""
    params.read_nothing()
    numbers = current_archive().stats().to_json()
    # Where the folder lies on the server is nobody's business.
    return numbers | {"archive": PurePath(numbers["archive"]).name}
