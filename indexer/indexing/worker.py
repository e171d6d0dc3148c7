"""Files to read -> shards and lines of the manifest, made in this process or in several of their own.

What goes to and fro is small: some files' names there, their lines of the manifest back. The
postings stay where they are made, until they are written.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import shutil
import signal
import sys
import traceback
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

import numpy as np

from indexer.archive.discover import SourceFiles
from indexer.archive.site import Site
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.config import Settings
from indexer.errors import BackfileError, BuildError
from indexer.indexing.lists import same_rows
from indexer.indexing.manifest import FileTable, combine
from indexer.indexing.report import Progress, ProgressHook
from indexer.indexing.resolve import Resolution
from indexer.indexing.shards import (
    MEGABYTE,
    Done,
    FilesToRead,
    Job,
    Shard,
    ShardMaker,
    Tasks,
    WinnersToRead,
    chunks_of,
    make_folder,
)

_MIN_FILES = 400  # starting processes takes longer than reading these
_MIN_MEMORY = 8 << 20  # bytes of a process: less makes many small shards, and saves nothing
_AHEAD = 2  # chunks that a process has, so that it need not wait for the next
_FORKSERVER = "forkserver"
# Objects that come between two looks for cycles. What reading keeps has none, and there is much of it:
# looking through it again and again took a process a twentieth of its time.
_RARELY = 100_000


def process_count(workers: int, files: int) -> int:
    """Return how many processes read `files` files; `workers` 0 takes one for each core."""
    return 1 if files < _MIN_FILES else workers or os.cpu_count() or 1


def index_files(job: Job, tasks: Tasks, processes: int, name: str = "shard") -> Iterator[Done]:
    """Read and index files; yield what became of them, as it does. Shards are called `name`.

    `job.memory` is for all processes together. In one process the order is that of `tasks`. Raises
    OSError, and BuildError where a process dies or a file is not what it was.
    """
    job = replace(job, memory=max(job.memory // processes, _MIN_MEMORY))
    if processes > 1:
        yield from _Processes(job, tasks, processes, name).run()
        return
    maker = ShardMaker(job, name)
    for first, last in chunks_of(tasks):
        yield maker.work(tasks.part(first, last))
    yield maker.finish()


@contextlib.contextmanager
def cycles_rarely() -> Iterator[None]:
    """Let Python look for cycles rarely, in the caller's process, while a run goes on."""
    before = gc.get_threshold()
    if before[0]:  # it looks for none where that is 0
        gc.set_threshold(max(before[0], _RARELY), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def prepare(root: Path) -> None:
    """Let the server of processes start, where there are many files under `root`: its imports are
    done by the time that all are found."""
    names = (name for _, _, names in os.walk(root) for name in names)
    many = len(list(islice(names, _MIN_FILES))) == _MIN_FILES
    if many and _context().get_start_method() == _FORKSERVER:
        with _processes_of_their_own():
            forkserver.ensure_running()


def _context() -> Any:
    # Not fork: the caller may have threads (a progress bar has one), and a forked lock stays held.
    context = multiprocessing.get_context(_FORKSERVER if os.name == "posix" else "spawn")
    if os.name == "posix":
        context.set_forkserver_preload([__name__])
    return context


class _Processes:
    """Several processes, and the chunks of tasks that each has still to be given.

    Each begins in a part of its own, for neighbours have much in common: what they name as related
    is read once, and copies of one article are met by one process. Who has done his part takes from
    the end of the longest.
    """

    def __init__(self, job: Job, tasks: Tasks, count: int, name: str) -> None:
        self._root = job.root
        self._tasks = tasks
        chunks = list(chunks_of(tasks))
        bounds = [len(chunks) * i // count for i in range(count + 1)]
        self._parts = [deque(chunks[bounds[i] : bounds[i + 1]]) for i in range(count)]
        self._processes: list[Any] = []
        self._connections: dict[Connection, int] = {}
        self._finished: set[Connection] = set()  # those that have all their tasks
        context = _context()
        with _processes_of_their_own():
            for number in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(theirs, job, f"{name}-{number}"), daemon=True)
                process.start()
                theirs.close()
                self._processes.append(process)
                self._connections[ours] = number

    def run(self) -> Iterator[Done]:
        """Give out the tasks; yield what comes back until all processes have ended."""
        try:
            for connection in self._connections:
                for _ in range(_AHEAD):
                    self._give(connection)
            while self._connections:
                for ready in wait(list(self._connections)):
                    yield from self._take(ready)
            for process in self._processes:
                process.join()
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            raise BuildError(
                "a process that was reading files died",
                where=str(self._root),
                cure="The index is unchanged: run it again, with fewer `index.workers` if memory was short.",
            ) from error
        finally:
            self._end()

    def _give(self, connection: Connection) -> None:
        """Send the next tasks, or, once, that there are no more."""
        if connection in self._finished:
            return
        own = self._parts[self._connections[connection]]
        longest = max(self._parts, key=len)
        chunk = own.popleft() if own else longest.pop() if longest else None
        connection.send(self._tasks.part(*chunk) if chunk else None)
        if not chunk:
            self._finished.add(connection)

    def _take(self, connection: Any) -> Iterator[Done]:
        done = connection.recv()
        if isinstance(done, Exception):
            raise done
        if done.tasks:
            self._give(connection)
        else:  # its last word
            del self._connections[connection]
            connection.close()
        yield done

    def _end(self) -> None:
        for connection in self._connections:
            connection.close()
        for process in self._processes:
            process.kill()
            process.join()


def _work(connection: Connection, job: Job, name: str) -> None:
    """Do as one of the processes does: take tasks until there are no more, then write what is left."""
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # nobody waits for it
        try:
            maker = ShardMaker(job, name)
            gc.freeze()
            gc.set_threshold(_RARELY)
            while (tasks := connection.recv()) is not None:
                connection.send(maker.work(tasks))
            connection.send(maker.finish())
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except (BackfileError, OSError) as error:
            connection.send(error)
        except Exception:  # one that may not be what it was on the other side
            what = f"a process that was reading files failed\n{traceback.format_exc()}"
            connection.send(RuntimeError(what))


@contextlib.contextmanager
def _processes_of_their_own() -> Iterator[None]:
    """Start processes that neither Ctrl-C nor the caller's script reaches.

    A terminal sends Ctrl-C to every process of its group; one that dies of it in the middle of an
    answer would be taken for one that failed, and the caller's process answers it for all. The mask
    is inherited from a process's first moment on. And a new process imports the main module: a
    script without `if __name__ == "__main__":` would start its run again in each of them.
    """
    if os.name == "posix":
        resource_tracker.ensure_running()  # it comes with the first process, and undoes the mask
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


class ShardReader:
    """Call `read` once, then `shards_of` once; the shards are gone when the block ends. Needs the
    write lock. Raises OSError, BuildError."""

    def __init__(self, settings: Settings, root: Path, hook: ProgressHook, site: Site, now: datetime) -> None:
        self._settings = settings
        self._site = site
        self._now = now
        self._root = root
        self._hook = hook
        self._folder: Path | None = None
        self._files = BytesTable.of(())  # those that were read
        self._shards: list[Shard] = []

    def read(self, files: SourceFiles) -> FileTable:
        """Read `files`, and index their own articles; return what they are, in the same order."""
        self._files = files.paths
        numbers, tables = self._index(FilesToRead(files), "own", "reading")
        place = np.empty(len(files), np.int64)
        place[np.concatenate([np.zeros(0, np.int64), *numbers])] = np.arange(len(files))
        return combine(tables, place)

    def shards_of(
        self, winners: Array, resolution: Resolution, files: FileTable
    ) -> Iterator[tuple[Path, Array]]:
        """Give the shards' files, and which of their documents (bool, (documents,)) are among those
        of `resolution` with the numbers `winners`. Articles that were not indexed when their file
        was read (they are nested in another's, or had lost before) are read again from `files`."""
        rows, own = resolution.rows[winners], resolution.indexes[winners] == 0
        wanted = np.zeros(len(files), bool)
        wanted[rows[own]] = True
        first, self._shards = self._shards, []
        _, row_of = same_rows(self._files, files.paths)
        for shard in first:
            in_files = row_of[shard.files]
            live = wanted[in_files]
            wanted[in_files] = False
            yield shard.path, live
        again = winners[~own | wanted[rows]]
        self._index(WinnersToRead(files, resolution, again), "other", "writing")
        for shard in self._shards:
            yield shard.path, np.ones(len(shard.files), bool)

    def _index(self, tasks: Tasks, name: str, stage: str) -> tuple[list[Array], list[FileTable]]:
        settings, total = self._settings, len(tasks.name_sizes)
        numbers: list[Array] = []
        tables: list[FileTable] = []
        if not total:
            return numbers, tables
        if self._folder is None:
            self._folder = make_folder(settings.index.path)
        memory = settings.index.memory_mb * MEGABYTE
        language = settings.analysis.language
        job = Job(self._root, settings.archive, language, self._folder, memory, self._site, self._now)
        done = 0
        for part in index_files(job, tasks, process_count(settings.index.workers, total), name):
            if part.table is not None:
                numbers.append(part.numbers)
                tables.append(part.table)
            self._shards += part.shards
            done += part.tasks
            if part.tasks:
                self._hook(Progress(stage, done, total))
        return numbers, tables

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
