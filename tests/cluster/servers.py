"""Small servers on this machine: one that answers what it is given, and one that speaks TLS before another."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

AUTHORITY = trustme.CA()  # of the hosts of these tests


@dataclass(frozen=True)
class Reply:
    """What is answered: after `seconds`; status 0 is a connection that is closed without a word."""

    status: int = 200
    body: Any = field(default_factory=dict)
    seconds: float = 0
    kind: str = "application/json"


@dataclass(frozen=True)
class Request:
    """What came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Server(ThreadingHTTPServer):
    """A server on a free port. `replies` are given in turn, the last one again and again."""

    daemon_threads = True

    def __init__(self, *replies: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies = list(replies) or [Reply()]
        self.requests: list[Request] = []
        self.scheme = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that leave are what is tested."""

    def reply_to(self, request: Request) -> Reply:
        self.requests.append(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class TlsProxy(Server):
    """Speaks TLS as `context` has it, wants `authorization` where it is given, and passes on to `target`."""

    def __init__(self, target: str, context: ssl.SSLContext, authorization: str = "") -> None:
        super().__init__()
        self.target = target.removeprefix("http://")
        self.context = context
        self.authorization = authorization
        self.scheme = "https"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the thread of the connection, so that one that fails holds up no other."""
        with self.context.wrap_socket(request, server_side=True) as safe:
            self.RequestHandlerClass(safe, client_address, self)

    def reply_to(self, request: Request) -> Reply:
        self.requests.append(request)
        if self.authorization and request.headers.get("authorization") != self.authorization:
            return Reply(401, b"Unauthorized", kind="text/plain")
        connection = http.client.HTTPConnection(self.target)
        with contextlib.closing(connection):
            connection.request(request.method, request.path, request.body, dict(request.headers))
            answer = connection.getresponse()
            return Reply(answer.status, answer.read(), kind=answer.headers.get("content-type", ""))


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def handle_request(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.reply_to(Request(self.command, self.path, headers, body))
        time.sleep(reply.seconds)
        if not reply.status:
            self.close_connection = True
            return
        data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        self.send_header("content-type", reply.kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_request  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def host_context(*names: str) -> ssl.SSLContext:
    """Return what a host with a certificate for `names` speaks TLS with."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert(*names).configure_cert(context)
    return context


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """Serve in a thread, until the block ends."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
