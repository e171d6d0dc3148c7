"""How often a client may ask: give me a request, I let it pass or raise TooManyRequests.

What is counted is counted for all processes of the server together, in a small SQLite file that nothing waits
for to reach the disk.
"""

from __future__ import annotations

import math
import re
import sqlite3
import threading
import time
import weakref
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from flask import request
from werkzeug.exceptions import TooManyRequests

from search_web.branding import STATIC_ENDPOINTS

_FREE = STATIC_ENDPOINTS | {"healthz", "readyz"}
_WITH_PORT = re.compile(r"\[(?P<six>.+)\](?::\d+)?|(?P<four>[\d.]+):\d+")  # as some proxies write an address
_SWEEP_EVERY = 60.0  # seconds


class RateLimit:
    """Counts the requests of each client; those of this machine itself are not counted.

    `per_minute` requests are let pass in a minute that begins with the first. `shared` is a file that
    several processes count in; without one each counts for itself.
    """

    def __init__(self, per_minute: int, shared: Path | None) -> None:
        self._per_minute = per_minute
        self._counts = Counts(shared)

    def check(self) -> None:
        """Count the current request. Raises TooManyRequests, which says in how many seconds to try again."""
        client = client_of(request.remote_addr or "")
        if client is None or request.endpoint in _FREE:
            return
        count, ends = self._counts.add(client)
        if count > self._per_minute:
            raise TooManyRequests(retry_after=max(1, math.ceil(ends - time.time())))


def client_of(address: str) -> str | None:
    """Return what the requests from an address are counted under; None for this machine itself.

    A client has a network of 64 bits of IPv6, and could come from another address of it each time.
    """
    found = _WITH_PORT.fullmatch(address)
    if found:
        address = found["six"] or found["four"]
    try:
        parsed = ip_address(address)
    except ValueError:
        return address or None
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return None if parsed.is_loopback else str(ip_network((int(parsed), 64), strict=False))
        parsed = parsed.ipv4_mapped
    return None if parsed.is_loopback else str(parsed)


class Counts:
    """How many requests each client has sent in its minute: in a file that processes share, or in memory."""

    def __init__(self, file: Path | None) -> None:
        self._lock = threading.Lock()
        self._swept = time.monotonic()
        self._database = sqlite3.connect(
            file or ":memory:", timeout=1, isolation_level=None, check_same_thread=False
        )
        weakref.finalize(self, self._database.close)
        for statement in (
            "PRAGMA journal_mode = MEMORY",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, count INTEGER, ends REAL)",
        ):
            self._database.execute(statement)

    def add(self, client: str, seconds: float = 60) -> tuple[int, float]:
        """Count a request; return how many there were in the `seconds` that began with the first of them, and
        when these end, in seconds since the epoch. What cannot be counted in time is 0: it is let pass."""
        now = time.time()
        try:
            with self._lock:
                if time.monotonic() > self._swept + _SWEEP_EVERY:
                    self._swept = time.monotonic()
                    self._database.execute("DELETE FROM counts WHERE ends <= ?", (now,))
                rows = self._database.execute(
                    "INSERT INTO counts VALUES (?1, 1, ?3) ON CONFLICT (key) DO UPDATE SET "
                    "count = CASE WHEN ends <= ?2 THEN 1 ELSE count + 1 END, "
                    "ends = CASE WHEN ends <= ?2 THEN ?3 ELSE ends END RETURNING count, ends",
                    (client, now, now + seconds),
                ).fetchall()
        except sqlite3.OperationalError:  # locked for longer than we wait, or no room left
            return 0, now
        count, ends = rows[0]
        return count, ends
