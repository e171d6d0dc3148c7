"""How often a client may ask: a request passes, or TooManyRequests is raised.

What is counted is counted for all processes of the server together, in a small SQLite file that nothing waits
for to reach the disk.
"""

from __future__ import annotations

import functools
import math
import re
import sqlite3
import threading
import time
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from flask import request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter
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
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = FixedWindowRateLimiter(MemoryStorage() if shared is None else SharedCounts(shared))

    def check(self) -> None:
        """Count the current request. Raises TooManyRequests, which says in how many seconds to try again."""
        client = client_of(request.remote_addr or "")
        if client is None or request.endpoint in _FREE or self._limiter.hit(self._item, client):
            return
        ends = self._limiter.get_window_stats(self._item, client).reset_time
        raise TooManyRequests(retry_after=max(1, math.ceil(ends - time.time())))


@functools.lru_cache(maxsize=256)
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


class SharedCounts(Storage):
    """Counters in a file, shared by processes and threads. A count that cannot be had in time is 0: who asks
    is let pass."""

    STORAGE_SCHEME = None

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._swept = time.monotonic()
        self._database = sqlite3.connect(file, timeout=1, isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode = MEMORY",
            "PRAGMA synchronous = OFF",
            "CREATE TABLE IF NOT EXISTS counts (key TEXT PRIMARY KEY, count INTEGER, ends REAL)",
        ):
            self._database.execute(statement)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the storage itself raises."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter, which ends `expiry` seconds after its first; return what it is then."""
        now = time.time()
        self._sweep(now)
        return int(
            self._one(
                "INSERT INTO counts VALUES (?1, ?2, ?3 + ?4) ON CONFLICT (key) DO UPDATE SET "
                "count = CASE WHEN ends <= ?3 THEN ?2 ELSE count + ?2 END, "
                "ends = CASE WHEN ends <= ?3 THEN ?3 + ?4 ELSE ends END RETURNING count",
                (key, amount, now, expiry),
            )
        )

    def get(self, key: str) -> int:
        """Return a counter."""
        return int(self._one("SELECT count FROM counts WHERE key = ? AND ends > ?", (key, time.time())))

    def get_expiry(self, key: str) -> float:
        """Return when a counter ends, in seconds since the epoch."""
        return self._one("SELECT ends FROM counts WHERE key = ?", (key,)) or time.time()

    def check(self) -> bool:
        """Return whether there are counts to be had."""
        return self._one("SELECT 1", ()) == 1

    def reset(self) -> int | None:
        """Forget all counters."""
        self._one("DELETE FROM counts", ())
        return None

    def clear(self, key: str) -> None:
        """Forget a counter."""
        self._one("DELETE FROM counts WHERE key = ?", (key,))

    def _one(self, statement: str, values: tuple[str | float, ...]) -> float:
        """Return the first value of the first row, 0 where there is none."""
        try:
            with self._lock:
                rows = self._database.execute(statement, values).fetchall()
        except sqlite3.OperationalError:  # locked for longer than we wait, or no room left
            return 0
        return rows[0][0] if rows else 0

    def _sweep(self, now: float) -> None:
        """Forget the counters that have ended, now and then."""
        if time.monotonic() > self._swept + _SWEEP_EVERY:
            self._swept = time.monotonic()
            self._one("DELETE FROM counts WHERE ends <= ?", (now,))
