"""The page of the API, made from the tables that its addresses are checked by."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, request

from indexer.errors import BackfileError
from indexer.query.parameters import PARAMETERS, Parameter
from search_web.opened import current_archive
from search_web.pages import render
from search_web.reference.endpoints import ENDPOINTS, SHAPES, Endpoint, errors

manual = Blueprint("manual", __name__)


@dataclass(frozen=True, slots=True)
class Described:
    """An address of the API as the page shows it: those of its parameters that a search has, and its own; the
    form that tries it, whose `action` is empty where the archive has no article to try it with."""

    endpoint: Endpoint
    of_search: tuple[Parameter, ...]
    keys: tuple[tuple[str, str], ...]
    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.endpoint.operation


@manual.get("/api", strict_slashes=False)
def api_page() -> Response:
    """Show what each address of the API takes and gives, with a form that tries it."""
    some = _some_article()
    return render(
        "api.html",
        title="The API",
        described=[_described(endpoint, some) for endpoint in ENDPOINTS],
        shapes=SHAPES,
        errors=errors(),
    )


def _described(endpoint: Endpoint, some: str) -> Described:
    own = {parameter.name for parameter in endpoint.own}
    example = urlsplit(endpoint.example)
    can_be_tried = some or "{id}" not in example.path
    return Described(
        endpoint,
        tuple(PARAMETERS[name] for name in endpoint.parameters if name not in own),
        tuple((name, endpoint.about_key(name)) for name in endpoint.keys),
        request.script_root + example.path.replace("{id}", some) if can_be_tried else "",
        tuple(parse_qsl(example.query)),
    )


def _some_article() -> str:
    """Return the id of the newest article; nothing where there is none, or no index."""
    try:
        return next((hit.article.id for hit in current_archive().search(size=1)), "")
    except BackfileError:
        return ""
