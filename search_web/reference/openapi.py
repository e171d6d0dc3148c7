"""The API as an OpenAPI 3.1 document, made from the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from indexer.config import Settings
from indexer.query.parameters import MAX_CHOSEN, MAX_NUMBER, MAX_QUERIES, NONE, Kind, Parameter
from search_web.address import MAX_TEXT
from search_web.reference.endpoints import ENDPOINTS, JSON, SHAPES, Endpoint, errors
from search_web.reference.shapes import object_schema

VERSION = "1"  # of the API: a client of an older document can use the newer one
_NOT_MODIFIED = {"304": {"description": "The answer is the one with the `ETag` that the request names."}}
_CHOICES: Mapping[Kind, tuple[str, ...]] = {Kind.FLAG: ("1", "0"), Kind.EITHER: ("yes", "no")}

# What is read as a date. Months may have names as well, which are left to readers.
_DAY = "(?!0000)[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_TIME = "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?"
_UNIT = "(day|week|month|year)"
_PERIOD = f"({_DAY}|today|yesterday|(last|past) [1-9][0-9]{{0,3}} {_UNIT}s?|(this|last) {_UNIT})"
_PATTERNS: Mapping[tuple[str, Kind], str] = {
    ("after", Kind.DATE): _PERIOD,
    ("before", Kind.DATE): _PERIOD,
    ("from", Kind.DATE): _DAY,
    ("to", Kind.DATE): _DAY,
    ("date", Kind.VALUES): f"{NONE}|(>=|<=|>|<|=)?{_PERIOD}|{_PERIOD}\\.\\.{_PERIOD}?|\\.\\.{_PERIOD}",
    ("date", Kind.TEXT): f"{_DAY}|[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]){_TIME}",
    ("a", Kind.TEXT): "[\\s\\S]*[!-~][\\s\\S]*",
    ("b", Kind.TEXT): "[\\s\\S]*[!-~][\\s\\S]*",
}


def document(settings: Settings, root: str = "") -> dict[str, Any]:
    """Return the document of the API below the path `root`, with the limits that the settings have."""
    failures = _failures()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.web.title,
            "summary": "Full-text search over an archive of articles.",
            "description": "GET alone; nothing to sign in to. An unknown parameter is refused; an empty "
            f"one is as if it were not there. A search takes at most {MAX_CHOSEN} values of all facets.",
            "version": VERSION,
        },
        "servers": [{"url": root or "/"}],
        "paths": {endpoint.path: {"get": _operation(endpoint, settings, failures)} for endpoint in ENDPOINTS},
        "components": {
            "schemas": {name: object_schema(shape) for name, shape in SHAPES.items()},
            "responses": failures,
        },
    }


def _operation(endpoint: Endpoint, settings: Settings, failures: Iterable[str]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{endpoint.answer}"} if endpoint.answer else {"type": "object"}
    own = {media: {"schema": schema} if media == JSON else {} for media in endpoint.media_types}
    found = {
        "200": {
            "description": endpoint.gives,
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": own,
        }
    }
    refused = {status: {"$ref": f"#/components/responses/{status}"} for status in failures}
    return {
        "operationId": endpoint.operation,
        "summary": endpoint.gives,
        **({"description": endpoint.note} if endpoint.note else {}),
        "parameters": [
            *(_key(endpoint, name) for name in endpoint.keys),
            *(
                _parameter(one, settings) | ({"required": True} if name in endpoint.needs else {})
                for name, one in endpoint.parameters.items()
            ),
        ],
        "responses": found | _NOT_MODIFIED | refused,
    }


def _failures() -> dict[str, Any]:
    """Return a response for each status that a failure may have."""
    codes: dict[int, list[str]] = {}
    for status, code, meaning in errors():
        codes.setdefault(status, []).append(f"`{code}`: {meaning}")
    schema = {"$ref": "#/components/schemas/Failed"}
    return {
        str(status): {
            "description": f"{HTTPStatus(status).phrase}. {' '.join(meanings)}",
            "content": {JSON: {"schema": schema}},
        }
        for status, meanings in codes.items()
    }


def _key(endpoint: Endpoint, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"enum": list(endpoint.facets)} if name == "name" else {"minLength": 1}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": endpoint.about_key(name),
        "schema": {"type": "string"} | schema,
    }


def _parameter(parameter: Parameter, settings: Settings) -> dict[str, Any]:
    described = {"name": parameter.name, "in": "query", "description": parameter.meaning}
    if parameter.kind in (Kind.VALUES, Kind.NAMES):
        schema: dict[str, Any] = {"type": "array", "items": _text(parameter)}
        if parameter.kind is Kind.VALUES:
            schema["maxItems"] = MAX_QUERIES if parameter.name == "q" else MAX_CHOSEN
        return described | {"schema": schema, "style": "form", "explode": parameter.kind is Kind.VALUES}
    return described | {"schema": _plain(parameter, settings)}


def _plain(parameter: Parameter, settings: Settings) -> dict[str, Any]:
    if parameter.kind in (Kind.WHOLE, Kind.DECIMAL):
        high = parameter.high
        if parameter.name == "size" and high == MAX_NUMBER:
            high = settings.search.max_page_size
        kind = "integer" if parameter.kind is Kind.WHOLE else "number"
        return {"type": kind, "minimum": parameter.low, "maximum": high}
    return _text(parameter)


def _text(parameter: Parameter) -> dict[str, Any]:
    choices = _CHOICES.get(parameter.kind, parameter.choices)
    if choices:
        return {"type": "string", "enum": list(choices)}
    pattern = _PATTERNS.get((parameter.name, parameter.kind))
    return {"type": "string", "maxLength": MAX_TEXT} | ({"pattern": f"^({pattern})$"} if pattern else {})
