"""Requests that take turns. Python runs one thread at a time, and where its lock changes hands again and
again within two answers, each takes half as long again (`benchmarks.pages`). So one request is let in after
another, and those behind a slow one beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

WAIT_SECONDS = 0.05  # for a turn; a page takes a tenth of it, and a search up to its limit of time


class Turns:
    """WSGI: lets requests into an app one after another. One that has waited `wait` seconds goes in beside
    the others. What an app answers piece by piece is sent without a turn."""

    def __init__(self, app: Callable[..., Iterable[bytes]], wait: float = WAIT_SECONDS) -> None:
        self._app = app
        self._wait = wait
        self._turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        has_turn = self._turn.acquire(timeout=self._wait)
        try:
            return self._app(environ, start_response)
        finally:
            if has_turn:
                self._turn.release()
