"""The JSON API: answers each request in one of FORMATS. `reference` has the table of its addresses and of the
parameters that each takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, TypeAlias

from flask import Blueprint, Response, current_app, request

from indexer.errors import NotFoundError, did_you_mean
from indexer.facets import FACETS, VALUE_FACETS
from indexer.formats import ANSWERS, FORMATS
from indexer.query.answers.suggestions import Suggestion
from indexer.query.answers.translations import ShownArticle
from indexer.query.answers.wording import offers_beside
from search_web import address
from search_web.bodies import shown_body
from search_web.cache import CachedAnswer
from search_web.links import Links
from search_web.opened import current_archive
from search_web.reference.endpoints import ENDPOINT_OF, ENDPOINTS
from search_web.reference.openapi import document
from search_web.state import State

api = Blueprint("api", __name__)
View: TypeAlias = Callable[..., dict[str, Any]]
_RULES = {endpoint.below: endpoint.rule for endpoint in ENDPOINTS}


@api.before_app_request
def check_parameters() -> None:
    """Refuse what an address of the API does not take, whichever module answers there."""
    rule = request.url_rule
    endpoint = ENDPOINT_OF.get(rule.rule) if rule else None
    if endpoint and request.method != "OPTIONS":
        address.refuse_unknown(endpoint.parameters)


def _get(below: str, *, by_state: bool = True) -> Callable[[View], View]:
    """Return what lets a view answer at an address of the table, written in the format that is asked for;
    `by_state` says whether the answer depends on the state of the archive alone."""

    def register(view: View) -> View:
        def respond(**given: Any) -> Response:
            form = FORMATS[address.read_format(ANSWERS)]

            def make() -> CachedAnswer:
                body = address.check_answer(form.answer(view(**given), readable=False))
                return CachedAnswer(body, form.media_type)

            if by_state:
                return State.of(current_archive()).answer(make)
            body, media_type = make()
            return Response(body, mimetype=media_type)

        api.add_url_rule(_RULES[below], view.__name__, respond, methods=["GET"])
        return view

    return register


@_get("/search")
def search() -> dict[str, Any]:
    """Return a page of results."""
    archive = current_archive()
    asked = address.read(archive.request)
    results = archive.search(asked.request)
    answer = results.to_json(explain=asked.explain, fields=address.read_fields())
    if answer["offers"]:
        links = Links.of(archive.settings)
        for written, offer in zip(answer["offers"], offers_beside(results), strict=True):
            written["url"] = links.api(offer.request)
    return answer


@_get("/article/{id}")
def article(key: str) -> dict[str, Any]:
    """Return an article."""
    archive = current_archive()
    found = archive.article(key)
    html = str(shown_body(found, images=archive.settings.web.images))
    return ShownArticle(found, archive.translations(found)).to_json() | {"html": html}


@_get("/related/{id}")
def related(key: str) -> dict[str, Any]:
    """Return what goes with an article."""
    archive = current_archive()
    size = address.read_size(archive.settings.search.max_page_size)
    return archive.related(key, size=size).to_json(fields=address.read_fields())


@_get("/related")
def related_to() -> dict[str, Any]:
    """Return what goes with an article that the index need not have."""
    archive = current_archive()
    described = address.read_described(archive.settings.search.max_page_size)
    return archive.related_to(**described).to_json(fields=address.read_fields())


@_get("/story/{id}")
def story(key: str) -> dict[str, Any]:
    """Return the copies and versions of an article."""
    return current_archive().story(key).to_json()


@_get("/suggest")
def suggest() -> dict[str, Any]:
    """Return what may be meant by what is typed so far, each with the address of what it gives."""
    archive = current_archive()
    found = archive.suggest(**address.read_typed())
    links = Links.of(archive.settings)
    data = found.to_json()
    for item, suggestion in zip(found, data["suggestions"], strict=True):
        suggestion["url"] = _address(item, links)
    return data


def _address(item: Suggestion, links: Links) -> str:
    if item.kind == "title":
        return links.article(item.value)
    if item.kind == "phrase":
        return links.query(item.value)
    return links.only(item.kind, item.value, item.before)


@_get("/facets/{name}")
def facets(name: str) -> dict[str, Any]:
    """Return the values of one facet of a search."""
    if name not in FACETS:
        raise NotFoundError(f"there is no facet '{address.clean(name)}'", cure=did_you_mean(name, FACETS))
    archive = current_archive()
    return archive.facet(name, address.read(archive.request).request).to_json()


@_get("/directory/{name}")
def directory(name: str) -> dict[str, Any]:
    """Return a page of the values of one facet, of all articles."""
    if name not in VALUE_FACETS:
        cure = did_you_mean(name, VALUE_FACETS)
        raise NotFoundError(f"there is no directory of '{address.clean(name)}'", cure=cure)
    return current_archive().directory(name, **address.read_directory()).to_json()


@_get("/timeline")
def timeline() -> dict[str, Any]:
    """Return what several queries find over time."""
    archive = current_archive()
    asked = address.read_timeline(archive.request)
    return archive.timeline(asked.requests, interval=asked.interval).to_json()


@_get("/overview")
def overview() -> dict[str, Any]:
    """Return what a search finds, in short."""
    archive = current_archive()
    return archive.overview(address.read_overview(archive.request).base).to_json()


@_get("/compare")
def compare() -> dict[str, Any]:
    """Return two searches side by side."""
    archive = current_archive()
    asked = address.read_comparison(archive.request, begun=False)
    return archive.compare(*asked.named, interval=asked.interval).to_json()


@_get("/stats", by_state=False)  # it says what is wrong with a cluster
def stats() -> dict[str, Any]:
    """Return what is indexed."""
    numbers = current_archive().stats(check=True).to_json()
    # Where the folder lies on the server is nobody's business.
    return numbers | {"archive": PurePath(numbers["archive"]).name}


@api.get(_RULES["/openapi.json"])
def openapi() -> Response:
    """Return what the API takes and gives, for programs; no index is needed for it."""
    form = FORMATS[address.read_format(ANSWERS)]
    data = document(current_app.config["BACKFILE"], request.script_root)
    return Response(form.answer(data, readable=False), mimetype=form.media_type)
