"""A server of pages in a process of its own, for `benchmarks.pages`: ours, a bare Flask view on the same
server, or Datasette; and a client that asks them as fast as they answer.
"""

from __future__ import annotations

import contextlib
import functools
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask, Response

from benchmarks.saved import HERE
from indexer import load_settings
from search_web import create_app
from search_web.workers import Workers

CONNECTIONS = 8  # that ask at once
_RENEWED = 50  # answers on a connection, so that several processes share them
_READY_SECONDS = 60
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)\r\n")


def make_app(kind: str, path: str) -> Any:
    """Return our app over the index at `path`, which makes each answer anew (`backfile`) or caches some
    (`cached`), or one that does nothing but answer with the file there (`bare`)."""
    if kind in ("backfile", "cached"):
        settings = load_settings(index=path)
        web = replace(settings.web, cache_megabytes=0) if kind == "backfile" else settings.web
        return create_app(replace(settings, web=web))
    app, data = Flask("bare"), Path(path).read_bytes()
    app.add_url_rule("/search", "search", lambda: Response(data, mimetype="text/html"))
    return app


@contextlib.contextmanager
def served(kind: str, path: Path, processes: int, threads: int, first: str) -> Iterator[int]:
    """Run a server while the block runs; give its port. `first` is the address that tells that it answers."""
    code = "import sys; from benchmarks.page_server import main; main(sys.argv[1:])"  # its names are imported
    command = [sys.executable, "-c", code, kind, str(path), str(processes), str(threads)]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, cwd=HERE.parent, **streams) as process:  # type: ignore[call-overload]  # streams are keywords
        assert process.stdout
        try:
            port = int(process.stdout.readline())
            wait_for(port, first)
            yield port
        finally:
            process.terminate()  # and those that it started, when they have answered


@contextlib.contextmanager
def datasette(database: Path, first: str) -> Iterator[int]:
    """Run Datasette on its own server while the block runs; give its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    command = [sys.executable, "-m", "datasette", "serve", str(database), "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, start_new_session=True, **quiet) as process:  # type: ignore[call-overload]  # streams are keywords
        try:
            wait_for(port, first)
            yield port
        finally:
            process.terminate()


def wait_for(port: int, path: str) -> None:
    """Return when the server answers with a page. Raises RuntimeError where it does not in a minute."""
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), Asking(port) as asking:
            if asking.ask(path)[0] == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server does not answer {path}")


class Asking:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket:
            self._socket.close()

    def ask(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head, body = self._receive()
        if b"\r\nconnection: close" in head.lower():
            self._socket.close()
            self._socket = None
        return int(head[9:12]), body

    def _receive(self) -> tuple[bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        pieces, size = [body], len(body)
        while size < int(length[1]) if length else not pieces[-1].endswith(b"0\r\n\r\n"):
            pieces.append(self._more())
            size += len(pieces[-1])
        return head, b"".join(pieces)

    def _more(self) -> bytes:
        assert self._socket
        data = self._socket.recv(1 << 17)
        if not data:
            raise ConnectionError("the server ended the connection")
        return data


def pages_a_second(port: int, paths: Sequence[str], seconds: float, connections: int = CONNECTIONS) -> float:
    """Return how many of `paths`, again and again, a server answers a second on several connections. Raises
    RuntimeError for an answer that is no page."""
    numbers, faults = count(), []
    until = time.perf_counter() + seconds
    answered = [0] * connections

    def ask(place: int) -> None:
        while time.perf_counter() < until and not faults:
            with Asking(port) as asking:
                for _ in range(_RENEWED):
                    path = paths[next(numbers) % len(paths)]
                    status, _ = asking.ask(path)
                    answered[place] += 1
                    if status != 200:
                        faults.append(f"{path}: {status}")
                    if faults or time.perf_counter() > until:
                        break

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return sum(answered) / (time.perf_counter() - began)


def main(arguments: Sequence[str]) -> None:
    """Serve on a free port, and print it."""
    kind, path, processes, threads = arguments
    make = functools.partial(make_app, kind, path)
    with (
        socket.create_server(("127.0.0.1", 0), backlog=1024) as listener,
        Workers(make, listener, int(processes), int(threads)) as workers,
    ):
        print(listener.getsockname()[1], flush=True)
        workers.run()
