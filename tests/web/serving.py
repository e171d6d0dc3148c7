"""An app behind a server of this process, for browsers to visit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"  # no connection outlives its answer

    def log(self, type: str, message: str, *args: object) -> None:
        """Write nothing: the app has a log of its own."""


@contextmanager
def served(app: Flask, *, close: bool = True) -> Iterator[str]:
    """Give the address that `app` answers at, while the block runs; then close its archive."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
        if close:
            app.extensions["backfile"].close()
