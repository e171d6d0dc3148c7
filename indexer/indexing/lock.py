"""Settings -> the right to write an index, for one run at a time; a failure says which index is in force."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.config import IndexSettings
from indexer.errors import BuildError, IndexLockedError
from indexer.index.toc import latest_generation

_LOCK = "write.lock"
_HOLDER = "write.holder.json"


class InterruptedRun(KeyboardInterrupt):
    """Ctrl-C in a run. `committed` says whether the new index is in force already."""

    def __init__(self, *, committed: bool) -> None:
        super().__init__()
        self.committed = committed


@contextlib.contextmanager
def writing(settings: IndexSettings, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the write lock of an index, whose folder is made where there is none.

    `waiting` is called with who holds the lock, where one has to wait. Raises IndexLockedError; BuildError
    where the system refuses something; InterruptedRun.
    """
    folder, before = settings.path, None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with write_lock(folder, settings.lock_timeout_seconds, waiting):
            before = latest_generation(folder)
            yield
    except OSError as error:
        raise _failure(error, folder, committed=_is_newer(folder, before)) from error
    except KeyboardInterrupt as interruption:
        raise InterruptedRun(committed=_is_newer(folder, before)) from interruption


def _is_newer(folder: Path, before: int | None) -> bool:
    """Whether a generation was committed; `before` is the one before it, None where no lock was taken."""
    return before is not None and latest_generation(folder) > before


def _failure(error: OSError, folder: Path, *, committed: bool) -> BuildError:
    reason = error.strerror or str(error)
    cure = "Make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "Check the folder"
    if committed:
        return BuildError(
            f"the new index is in place, but the end of the run failed: {reason}",
            where=str(folder),
            cure=f"It may be lost if the machine fails now. {cure}.",
        )
    return BuildError(
        f"the index could not be written: {reason}",
        where=str(folder),
        cure=f"It is unchanged. {cure} and run it again.",
    )


@contextlib.contextmanager
def write_lock(folder: Path, timeout: float, waiting: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the index's write lock, waiting for it at most `timeout` seconds.

    `waiting` is called with who holds it, where one has to wait. The lock is the operating system's: it
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
        with contextlib.suppress(OSError):  # it says nothing where the lock is free
            holder.unlink(missing_ok=True)
        lock.release()


def _describe(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {who['pid']} on {who['host']}, since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not said which"
