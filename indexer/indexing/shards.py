"""Files to read -> shards: what is read, in which order, and what one process does with it.

A shard is a segment's file that no index names yet. It lies in a folder of the run's own in the
index's folder, and goes when the run ends; where a run is killed, the next one removes it. Tasks are made
a few files at a time, for a million of them are arrays.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import analyzer_for
from indexer.archive.discover import SourceFiles
from indexer.archive.read import read_file
from indexer.archive.records import FileRecord, Kind, SourceFile
from indexer.archive.site import PLAIN_SITE, Site
from indexer.article import Article
from indexer.codec.layout import Array
from indexer.config import ArchiveSettings
from indexer.errors import BuildError
from indexer.indexing.entry import Candidate, FileEntry, digest_of, file_entry
from indexer.indexing.manifest import FileTable
from indexer.indexing.resolve import Resolution
from indexer.indexing.segment import SegmentBuilder

MEGABYTE = 1 << 20
_CHUNK = 64  # files that are given out at once
# And of their names, in bytes: a process may still be writing an answer while it is written to, so
# two chunks must fit into a pipe.
_CHUNK_NAMES = 16_000

_FOLDER = "shards-"
_LINES = 2_000  # of the manifest, that are sent at once


class Task(NamedTuple):
    """A file to read. `number` is the caller's. With `wanted` None its own article is indexed, and
    its line of the manifest returned; else those of its articles, by place and digest, are."""

    number: int
    source: SourceFile
    wanted: tuple[tuple[int, str], ...] | None = None


class Tasks(Protocol):
    """Some tasks. `name_sizes` are the sizes of their files' names, in bytes, (tasks,)."""

    name_sizes: Array

    def part(self, first: int, last: int) -> list[Task]:
        """Return the tasks from `first` up to `last`."""


class FilesToRead:
    """All of `files`; a task's number is that of its file.

    They are taken by name, whatever their folder: copies of an article, and those of one time where
    names begin with a date, are read one after another, by one process.
    """

    def __init__(self, files: SourceFiles) -> None:
        self._files = files
        names = [path.rpartition(b"/")[2] for path in files.paths]
        self._order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
        self.name_sizes: Array = np.diff(files.paths.starts)[self._order]

    def part(self, first: int, last: int) -> list[Task]:
        """Return the tasks from `first` up to `last`."""
        return [Task(number, self._files[number]) for number in self._order[first:last].tolist()]


class WinnersToRead:
    """The winners with these numbers, file by file."""

    def __init__(self, files: FileTable, resolution: Resolution, numbers: Array) -> None:
        self._files = files
        self._resolution = resolution
        self._numbers = numbers[np.lexsort((resolution.indexes[numbers], resolution.rows[numbers]))]
        rows = resolution.rows[self._numbers]
        self._starts = np.append(np.flatnonzero(np.diff(rows, prepend=-1)), len(rows))
        self.name_sizes: Array = np.diff(files.paths.starts)[rows[self._starts[:-1]]]

    def part(self, first: int, last: int) -> list[Task]:
        """Return the tasks from `first` up to `last`."""
        tasks, resolution = [], self._resolution
        for place in range(first, last):
            numbers = self._numbers[self._starts[place] : self._starts[place + 1]]
            digests = [f"{digest:016x}" for digest in resolution.digests[numbers].tolist()]
            wanted = tuple(zip(resolution.indexes[numbers].tolist(), digests, strict=True))
            tasks.append(Task(place, self._files.source(resolution.rows[numbers[0]]), wanted))
        return tasks


def chunks_of(tasks: Tasks) -> Iterator[tuple[int, int]]:
    """Cut the tasks into parts (first, last + 1) that are given out at once."""
    ends = np.cumsum(tasks.name_sizes)
    first = 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        last = int(np.searchsorted(ends, before + _CHUNK_NAMES, "right"))
        last = max(min(last, first + _CHUNK), first + 1)
        yield first, last
        first = last


@dataclass(frozen=True, slots=True)
class Shard:
    """A segment's file, and for each of its documents the number of the file that it came from."""

    path: Path
    files: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Job:
    """What all tasks of a run have in common. `folder` is where shards are written, `memory` (bytes)
    what a process may gather before it writes one; `now` is the time that all files are read at."""

    root: Path
    archive: ArchiveSettings
    language: str
    folder: Path
    memory: int
    site: Site = PLAIN_SITE
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of some tasks: how many are done, shards that were written, and, now and then, the
    numbers of tasks that are done and what their files are."""

    tasks: int
    shards: Sequence[Shard]
    numbers: NDArray[np.int64]
    table: FileTable | None = None


class ShardMaker:
    """Reads and indexes files: `work` for some tasks at a time, or `take` for what was read already, then
    `finish`. Raises OSError, and BuildError where a file is not what it was."""

    def __init__(self, job: Job, name: str) -> None:
        self._job = job
        self._name = name
        self._written = 0
        self._shards: list[Shard] = []  # of `_written` ones, those still to be reported
        self._builder = SegmentBuilder(analyzer_for(job.language), job.memory)
        self._files: list[int] = []  # of the shard's documents
        self._numbers: list[int] = []  # of `_entries`, which are still to be reported
        self._entries: list[FileEntry] = []
        self._best: dict[str, tuple[int, str]] = {}

    def work(self, tasks: Sequence[Task]) -> Done:
        """Take the next tasks."""
        job = self._job
        for task in tasks:
            self.take(task, read_file(job.root, task.source, job.archive, site=job.site, now=job.now))
        return self._done(len(tasks), least=_LINES)

    def take(self, task: Task, record: FileRecord) -> None:
        """Take a file that was read."""
        if self._builder.is_full:
            self._write()
        if task.wanted is None:
            self._numbers.append(task.number)
            self._entries.append(self._own(task, record))
        else:
            self._wanted(task, record)

    def finish(self) -> Done:
        """Write what is left."""
        if len(self._builder):
            self._write()
        return self._done(0, least=1)

    def _done(self, tasks: int, *, least: int) -> Done:
        shards, self._shards = self._shards, []
        if len(self._entries) < least:
            return Done(tasks, shards, np.zeros(0, np.int64))
        numbers, entries = self._numbers, self._entries
        self._numbers, self._entries = [], []
        return Done(tasks, shards, np.array(numbers, np.int64), FileTable.of(entries))

    def _own(self, task: Task, record: FileRecord) -> FileEntry:
        if not record.found:
            return file_entry(task.source, record)
        article = record.found[0].article
        stored = article.to_stored()
        entry = file_entry(task.source, record, stored)
        if record.kind is Kind.ARTICLE and self._may_win(entry.candidates[0], entry.path):
            self._add(task, article, stored)
        return entry

    def _may_win(self, candidate: Candidate, path: str) -> bool:
        """Whether no file of this shard was met that the article loses to (see `resolve`). Copies of
        a file lie in many an archive: one in four of the real ones is not indexed for this."""
        rank = (-candidate.published, path)
        best = self._best.setdefault(candidate.id, rank)
        if best < rank:
            return False
        self._best[candidate.id] = rank
        return True

    def _wanted(self, task: Task, record: FileRecord) -> None:
        for index, digest in task.wanted or ():
            article = record.found[index].article if index < len(record.found) else None
            stored = article.to_stored() if article else ("", "")
            if article is None or digest_of(stored) != digest:
                raise BuildError(
                    "a file changed while it was being indexed",
                    where=task.source.path,
                    cure="The index is unchanged; run it again.",
                )
            self._add(task, article, stored)

    def _add(self, task: Task, article: Article, stored: tuple[str, str]) -> None:
        self._builder.add(article, task.source.path, stored)
        self._files.append(task.number)

    def _write(self) -> None:
        path = self._job.folder / f"{self._name}-{self._written}.arrays"
        self._builder.write(path)
        self._shards.append(Shard(path, np.array(self._files, np.uint32)))
        self._files = []
        self._best = {}
        self._written += 1


def make_folder(index: Path) -> Path:
    """Make the folder for a run's shards in the index's folder. Needs the write lock: shards that
    are there already are a dead run's, and go."""
    remove_folders(index)
    folder = index / f"{_FOLDER}{os.getpid()}"
    folder.mkdir()
    return folder


def remove_folders(index: Path) -> None:
    """Remove all shards."""
    for folder in index.glob(f"{_FOLDER}*"):
        shutil.rmtree(folder, ignore_errors=True)
