"""A server of pages in a process of its own, for `benchmarks.pages`: ours, a bare Flask view on the same
server, or Datasette; and a client that asks them as fast as they answer.

    python -m benchmarks.page_server backfile INDEX PROCESSES THREADS
    python -m benchmarks.page_server bare FILE PROCESSES THREADS
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, Response

from indexer import load_settings
from search_web import create_app

CONNECTIONS = 4  # that ask at once
_READY_SECONDS = 60
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)\r\n")


def make_app(kind: str, path: str) -> Any:
    """Return our app over the index at `path`, or one that does nothing but answer with the file there."""
    if kind == "backfile":
        return create_app(load_settings(index=path))
    app, data = Flask("bare"), Path(path).read_bytes()
    app.add_url_rule("/search", "search", lambda: Response(data, mimetype="text/html"))
    return app


def serve(make: Callable[[], Any], listener: socket.socket, processes: int, threads: int) -> None:
    """Answer until told to end, as `backfile serve` does."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    for _ in range(processes - 1):
        if not os.fork():
            break
    waitress.serve(make(), sockets=[listener], threads=threads, ident=None, _quiet=True)


@contextlib.contextmanager
def served(kind: str, path: Path, processes: int, threads: int, first: str) -> Iterator[int]:
    """Run a server while the block runs; give its port. `first` is the address that tells that it answers."""
    command = [sys.executable, "-m", "benchmarks.page_server", kind, str(path), str(processes), str(threads)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        try:
            port = int(process.stdout.readline())
            wait_for(port, first)
            yield port
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


@contextlib.contextmanager
def datasette(database: Path, first: str) -> Iterator[int]:
    """Run Datasette on its own server while the block runs; give its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    command = [sys.executable, "-m", "datasette", "serve", str(database), "--port", str(port)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, start_new_session=True, **quiet) as process:  # type: ignore[call-overload]  # streams
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
        with Asking(port) as asking:
            while time.perf_counter() < until and not faults:
                path = paths[next(numbers) % len(paths)]
                status, _ = asking.ask(path)
                answered[place] += 1
                if status != 200:
                    faults.append(f"{path}: {status}")

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
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listener.getsockname()[1], flush=True)
    serve(functools.partial(make_app, kind, path), listener, int(processes), int(threads))


if __name__ == "__main__":
    main(sys.argv[1:])
