"""Reads files, in this process or in several: most of a run's time is spent parsing front matter."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType

from indexer.archive import SourceFile, read_file
from indexer.article import Article
from indexer.build.entry import FileEntry, file_entry
from indexer.config import ArchiveSettings
from indexer.errors import BuildError

_FEW = 400  # starting processes takes longer than reading these
_CHUNK = 64


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its line of the manifest, and its articles by their place in it.

    Of related articles only those that this process has not sent before: most are named over and
    over, few are indexed from where they are nested, and those few can be read again.
    """

    entry: FileEntry
    articles: Mapping[int, Article]


_sent: set[str] = set()  # ids of nested articles; of a worker process, or cleared for a run in this one


def read_files(
    root: Path, files: Sequence[SourceFile], settings: ArchiveSettings, workers: int
) -> Iterator[ReadFile]:
    """Yield each file, read, in order. `workers` 0 takes a process for each core.

    Raises BuildError where a worker process dies.
    """
    count = workers or os.cpu_count() or 1
    read = partial(_read, root, settings)
    if count == 1 or len(files) < _FEW:
        _sent.clear()
        yield from map(read, files)
        return
    # Not fork: the caller may have threads (a progress bar has one), and a forked lock stays held.
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    pool = ProcessPoolExecutor(count, mp_context=context)
    try:
        with _processes_of_their_own():
            records = pool.map(read, files, chunksize=_CHUNK)
        yield from records
    except BrokenProcessPool as error:
        raise BuildError(
            "a process that was reading files died",
            where=str(root),
            cure="The index is as it was: run it again, with fewer `index.workers` if memory was short.",
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _read(root: Path, settings: ArchiveSettings, source: SourceFile) -> ReadFile:
    record = read_file(root, source, settings)
    articles: dict[int, Article] = {}
    for index, found in enumerate(record.found):
        key = found.article.id
        if index == 0 or key not in _sent:
            articles[index] = found.article
            if index:
                _sent.add(key)
    return ReadFile(file_entry(source, record), articles)


@contextlib.contextmanager
def _processes_of_their_own() -> Iterator[None]:
    """Start processes that neither Ctrl-C nor the caller's script reaches.

    A terminal sends Ctrl-C to every process of its group; one that dies of it with a queue's lock
    in hand leaves the others waiting for ever, and the caller's process answers it for all. The
    mask is inherited from a process's first moment on. And a new process imports the main module:
    a script without `if __name__ == "__main__":` would start its run again in each of them.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    masked = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masked else None
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
