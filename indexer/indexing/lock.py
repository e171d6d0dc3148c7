"""One writer at a time: the second run waits, then says who holds the lock."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.errors import IndexLockedError

_LOCK = "write.lock"
_HOLDER = "write.holder.json"


@contextlib.contextmanager
def write_lock(folder: Path, timeout: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the index's write lock, waiting for it at most `timeout` seconds.

    `waiting` is told who holds it, where one has to wait. The lock is the operating system's: it
    goes with the process, however that ends. Raises IndexLockedError.
    """
    holder = folder / _HOLDER
    lock = FileLock(folder / _LOCK)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting:
                waiting(_describe(holder))
            lock.acquire(timeout=timeout)
    except Timeout:
        raise IndexLockedError(
            f"another run is writing this index: {_describe(holder)}",
            where=str(folder),
            cure="Wait for it to end, or raise `index.lock_timeout_seconds`.",
        ) from None
    try:
        me = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        holder.write_text(json.dumps(me), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _describe(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {who['pid']} on {who['host']}, since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not said which"
