"""Which hosts answer while one hangs: a node that accepts connections, and says nothing. The cluster itself
finds that out in half a minute or later, and lets searches wait for such a node until then."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock, Thread
from typing import Any

from opensearchpy import Connection, TransportError
from opensearchpy.exceptions import ConnectionError as LostConnection

_SECONDS = 1.0  # in which a host that does not hang says who it is
_FRESH = 1.0  # seconds in which they are not asked again, for all searches that were late together
_KNOWN = 10.0  # seconds after which they are asked again where one hangs
_PATIENCE = 30.0  # seconds in which a search may take its time, since asking the hosts found nothing new
_FIRST = 0.3  # of the time for an answer, after which hosts are asked


class ResponsiveHosts:
    """The hosts of a client. Until `look` has found one that hangs, all are taken to answer. Safe to share
    between threads."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._connections = connections
        self._nodes: Mapping[Connection, str] = {}  # those that answer, where others do not; with their nodes
        self._looked = self._patient_until = float("-inf")
        self._turn = itertools.count()
        self._lock = Lock()

    @property
    def first(self) -> float:
        """The share of the time for an answer that a read is first given."""
        waits = len(self._connections) < 2 or time.monotonic() < self._patient_until
        return 1.0 if waits else _FIRST

    def connection(self) -> Connection | None:
        """Return the next one that answers; None where none hangs."""
        answering = list(self._nodes)
        if not answering:
            return None
        if time.monotonic() >= self._looked + _KNOWN:
            self.look_aside()
        return answering[next(self._turn) % len(answering)]

    def look(self) -> None:
        """Ask all hosts at once who they are. Takes a second where one hangs."""
        with self._lock:
            if len(self._connections) < 2 or time.monotonic() < self._looked + _FRESH:
                return
            with ThreadPoolExecutor(len(self._connections)) as pool:
                nodes = dict(zip(self._connections, pool.map(_node_of, self._connections), strict=True))
            answering = {connection: node for connection, node in nodes.items() if node is not None}
            known, self._nodes = self._nodes, answering if len(answering) < len(nodes) else {}
            self._looked = time.monotonic()
            if self._nodes == known:
                self._patient_until = self._looked + _PATIENCE

    def look_aside(self) -> None:
        """The same, for requests to come."""
        if not self._lock.locked():
            Thread(target=self.look, daemon=True).start()

    def directed(self, url: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return parameters and body of a read so that the nodes that answer are asked for what they have."""
        known = self._nodes
        if not known:
            return dict(options)
        nodes = ",".join(filter(None, known.values()))
        preference = {"preference": f"_prefer_nodes:{nodes}" if nodes else "_local"}
        if not url.endswith("/_msearch"):
            return {**options, "params": {**preference, **options["params"]}}
        lines = options["body"].split("\n")
        lines[:-1:2] = [json.dumps({**preference, **json.loads(line)}) for line in lines[:-1:2]]
        return {**options, "body": "\n".join(lines)}


def is_read(method: str, url: str) -> bool:
    """Whether a request reads what several nodes may have."""
    parts = url.strip("/").split("/")
    return len(parts) > 1 and (
        parts[-1] in ("_search", "_msearch") or (method == "GET" and parts[-2] == "_doc")
    )


def _node_of(connection: Connection) -> str | None:
    """Return the id of the node at a host; nothing where the user may not ask, None without an answer."""
    given = {"filter_path": "nodes.*.name"}
    try:
        _, _, text = connection.perform_request("GET", "/_nodes/_local", given, timeout=_SECONDS)
        return str(next(iter(json.loads(text)["nodes"])))
    except LostConnection:
        return None
    except (TransportError, ValueError, LookupError, TypeError, StopIteration):
        return ""
