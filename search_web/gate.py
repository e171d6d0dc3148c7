"""What every request passes before the app sees it, whatever serves it: the proxy's word for the client, the
log, the prefix, the turns, the refusal of bodies and the limit; and what every answer has: safe headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge, RequestURITooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer.config import Settings
from search_web.logs import RequestLog
from search_web.rates import RateLimit
from search_web.turns import Turns

_SAFE = (  # headers of every answer
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
)
_ASCII = bytes(range(128)).decode()
MAX_REQUEST = 60_000  # characters of an address; granian answers those of more than 65,534 itself


def guard(app: Flask, settings: Settings, counts: Path | None) -> None:
    """Put the gate around `app`; `counts` is the file in which several processes count requests."""
    web = settings.web
    app.before_request(_refuse_body)
    app.before_request(_refuse_length)
    if web.requests_per_minute:
        app.before_request(RateLimit(web.requests_per_minute, counts).check)
    inner: Any = _Safe(_Quoted(app.wsgi_app))
    if settings.source.kind == "embedded":  # over a cluster, an answer waits most of its time
        inner = Turns(inner)
    if web.prefix:
        inner = _Below(inner, web.prefix)
    inner = RequestLog(inner, queries=web.log_queries, trusted=web.trusted_hops > 0)
    if web.trusted_hops:
        # Neither the host nor the prefix: a proxy that does not set them passes on what a stranger says.
        hops = web.trusted_hops
        inner = ProxyFix(inner, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0)
    app.wsgi_app = inner  # type: ignore[method-assign]  # as Flask's documentation has it


def _refuse_body() -> None:
    """Refuse a request with a body, before any of it is read: nothing here takes one."""
    if request.content_length or "chunked" in request.environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        raise RequestEntityTooLarge


def _refuse_length() -> None:
    """Refuse an address that is nearly as long as servers take; they refuse longer ones without a word."""
    if len(request.path) + len(request.query_string) > MAX_REQUEST:
        raise RequestURITooLarge


class _Quoted:
    """WSGI: quotes what a query has that is not ASCII, where the server passes it on as it is. Werkzeug fails
    on bytes that are no UTF-8, and leaves them quoted where they are."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        query = environ.get("QUERY_STRING", "")
        if not query.isascii():
            environ["QUERY_STRING"] = quote(query.encode("latin-1"), safe=_ASCII)  # as WSGI has bytes
        return self._app(environ, start_response)


class _Safe:
    """WSGI: puts on every answer, of failures and files too, what keeps its reader safe."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        return self._app(
            environ, lambda status, headers, *more: start_response(status, [*headers, *_SAFE], *more)
        )


class _Below:
    """WSGI: an app below a prefix, whether or not the proxy has taken that off the path."""

    def __init__(self, app: Callable[..., Iterable[bytes]], prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix
        return self._app(environ, start_response)
