"""One writer at a time in a cluster: whoever writes holds a lease, and renews it while at work.

A writer that is killed stops renewing: when its lease has run out, the next one takes it, and knows that the
work was left. On the same machine it takes it at once, for there it sees that the process is gone. Machines
whose clocks differ by more than a lease is long may write at once; the commit of the second is refused then,
for the state is another one than it began with.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from opensearchpy import ConflictError

from indexer.cluster.store import ClusterStore, Stamp
from indexer.errors import BackfileError, IndexLockedError

LENGTH = 60.0  # seconds
_WRITER = "writer"
_held: set[str] = set()  # the keys of the leases of this process


class Lease:
    """Use it as a context: `was_left` says whether the last writer stopped in the midst of its work."""

    def __init__(self, store: ClusterStore, length: float = LENGTH) -> None:
        self._store = store
        self._length = length
        self._holder = f"{socket.gethostname()}, process {os.getpid()}"
        self._key = uuid.uuid4().hex
        self._stamp: Stamp | None = None
        self._renewed = 0.0
        self.was_left = False

    def __enter__(self) -> Self:
        found, stamp = self._store.read(_WRITER)
        if found and found["until"] > time.time() and not _is_gone(found):
            raise self._taken(found["holder"])
        self.was_left = bool(found and not found["done"])
        self._stamp = stamp
        self._write(time.time() + self._length, done=False)
        _held.add(self._key)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _held.discard(self._key)
        # What ended the work says more than that its end cannot be written; the next writer finds it left.
        with contextlib.suppress(BackfileError) if error else contextlib.nullcontext():
            self._write(0.0, done=kind is None)

    def renew(self) -> None:
        """Keep the lease for its whole length from now on. Raises IndexLockedError where another has it."""
        if time.monotonic() - self._renewed > self._length / 4:
            self._write(time.time() + self._length, done=False)

    def _write(self, until: float, *, done: bool) -> None:
        value = {
            "holder": self._holder,
            "machine": _machine(),
            "process": os.getpid(),
            "key": self._key,
            "until": until,
            "done": done,
        }
        try:
            self._stamp = self._store.write(_WRITER, value, self._stamp)
        except ConflictError:
            found, _ = self._store.read(_WRITER)
            raise self._taken(found["holder"] if found else "another machine") from None
        self._renewed = time.monotonic()

    def _taken(self, holder: str) -> IndexLockedError:
        return IndexLockedError(
            f"another run is writing to the cluster ({holder})",
            where=self._store.alias,
            cure=f"Wait until it has ended; one that was killed holds it for {self._length:.0f} seconds.",
        )


def _machine() -> str:
    """Return what tells this machine, since it was started, and its container from all others; empty where
    the system does not say."""
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{started} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _is_gone(holder: Mapping[str, Any]) -> bool:
    """Whether the holder of a lease was a process of this machine that has ended, or a run of this one."""
    if not holder["machine"] or holder["machine"] != _machine():
        return False
    if holder["process"] == os.getpid():
        return holder["key"] not in _held
    try:
        status = Path(f"/proc/{holder['process']}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return status.rpartition(") ")[2][:1] in "ZX"  # ended, but nobody has looked at how
