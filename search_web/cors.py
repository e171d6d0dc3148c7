"""Which other sites' pages may read the API in a reader's browser: those that `web.cors_origins` names. No
cookie, no password and no page takes part. Flask-CORS would read an origin with brackets (IPv6) as a pattern.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from flask import Flask, Response, request

_READABLE = "ETag, Retry-After, Content-Disposition, Backfile-Generation, Backfile-Count"
_DAY = 86_400  # seconds; browsers remember less


def register(app: Flask, origins: Collection[str]) -> None:
    """Let the pages of `origins` read the API of `app`; of none, its answers are as they were."""
    if origins:
        app.after_request(partial(_allow, frozenset(origins)))


def _allow(origins: Collection[str], response: Response) -> Response:
    if not request.path.startswith("/api/"):
        return response
    response.vary.add("Origin")  # a cache must not give one site's answer to another
    if request.origin not in origins:
        return response
    response.headers["Access-Control-Allow-Origin"] = request.origin
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "*"
        response.headers["Access-Control-Max-Age"] = str(_DAY)
    else:
        response.headers["Access-Control-Expose-Headers"] = _READABLE
    return response
