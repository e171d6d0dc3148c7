"""The JSON API. Give me a request, I return JSON; `reference.ENDPOINTS` documents each address."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from flask import Blueprint

from indexer.errors import NotFoundError, did_you_mean
from indexer.query.request import FACETS
from search_web import params
from search_web.holder import current_archive

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/search")
def search() -> dict[str, Any]:
    """Return a page of results."""
    archive = current_archive()
    asked = params.read(archive.request, strict=True)
    return archive.answer(asked.request).to_json(explain=asked.explain)


@api.get("/article/<key>")
def article(key: str) -> dict[str, Any]:
    """Return an article."""
    params.read_nothing()
    return current_archive().article(key).to_json()


@api.get("/related/<key>")
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


@api.get("/facets/<name>")
def facets(name: str) -> dict[str, Any]:
    """Return the values of one facet of a search."""
    if name not in FACETS:
        raise NotFoundError(f"there is no facet '{params.clean(name)}'", cure=did_you_mean(name, FACETS))
    archive = current_archive()
    values = archive.facet(name, params.read(archive.request, strict=True).request)
    return {"name": name, "distinct": values.distinct, "values": [value.to_json() for value in values]}


@api.get("/stats")
def stats() -> dict[str, Any]:
    """Return what is indexed."""
    params.read_nothing()
    numbers = current_archive().stats().to_json()
    # Where the folder lies on the server is nobody's business.
    return numbers | {"archive": PurePath(numbers["archive"]).name}
