"""What the server writes to its log: a line of JSON for each request, and for each thing that it reports.

A line of a request has time, method, path, query, status, ms, bytes, client and request_id. What a reader
typed stands in `query` alone, and `web.log_queries = false` leaves that out.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import has_request_context, request
from werkzeug.wsgi import ClosingIterator

REQUEST_ID = "backfile.request_id"  # where the environment of a request has its id
_HEADER = "X-Request-ID"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
# Characters of a path and of a query. A line of less than 4,096 bytes is written to a pipe in one piece, also
# where several processes write.
_MAX_PATH, _MAX_QUERY = 800, 2000
_PLAIN = "/:@!$&'()*+,;=~"  # beside letters and digits, what may stand in an address as it is
_LOGGER = logging.getLogger("search_web.requests")


class RequestLog:
    """WSGI: gives each request an id, which its answer has in a header, and writes its line when it is
    answered. An id that a proxy has given is kept where `trusted`."""

    def __init__(self, app: Callable[..., Iterable[bytes]], *, queries: bool, trusted: bool) -> None:
        self._app = app
        self._queries = queries
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        started = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID", "") if self._trusted else ""
        own = environ[REQUEST_ID] = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        line = self._described(environ)
        sent = 0

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            line["status"] = int(status.split(" ", 1)[0])
            return start_response(status, [*headers, (_HEADER, own)], *more)

        def counted(body: Iterable[bytes]) -> Iterator[bytes]:
            nonlocal sent
            for part in body:
                sent += len(part)
                yield part

        def write() -> None:
            line["ms"] = round((time.perf_counter() - started) * 1000, 2)
            line["bytes"] = sent
            _LOGGER.info("%(method)s %(path)s %(status)s", line, extra={"fields": line | {"request_id": own}})

        body = self._app(environ, start)
        return ClosingIterator(counted(body), [getattr(body, "close", _nothing), write])

    def _described(self, environ: dict[str, Any]) -> dict[str, Any]:
        """Return what is known of a request before it is answered. All of it is plain ASCII."""
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        query = environ.get("QUERY_STRING", "")
        line = {
            "method": environ["REQUEST_METHOD"][:20],
            "path": quote(path.encode("latin-1", "replace"), safe=_PLAIN)[:_MAX_PATH],
            "query": quote(query.encode("latin-1", "replace"), safe=_PLAIN + "?%")[:_MAX_QUERY],
            "client": environ.get("REMOTE_ADDR", ""),
            "status": 500,
        }
        if not self._queries:
            del line["query"]
        return line


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON, ASCII throughout: no stranger's text can end it or colour it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment.replace("+00:00", "Z"), "level": record.levelname.lower()}
        line |= getattr(record, "fields", None) or {"message": record.getMessage()}
        if "request_id" not in line and has_request_context():
            line["request_id"] = request.environ.get(REQUEST_ID, "")
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def write_lines() -> None:
    """Let this process write its log to standard error, a line of JSON each; to a terminal warnings alone."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("search_web").setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)


def _nothing() -> None:
    """Close nothing."""
