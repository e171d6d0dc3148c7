"""Files -> shards: what one process does with the files that it is given.

A shard is a segment's file that no index names yet. It lies in a folder of the run's own in the
index's folder, and goes when the run ends; where a run is killed, the next one removes it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import analyzer_for
from indexer.archive import FileRecord, Kind, read_file
from indexer.article import Article
from indexer.config import ArchiveSettings
from indexer.errors import BuildError
from indexer.indexing.entry import Candidate, FileEntry, digest_of, file_entry
from indexer.indexing.manifest import FileTable
from indexer.indexing.segment import SegmentBuilder
from indexer.indexing.tasks import Task

_FOLDER = "shards-"
_LINES = 2_000  # of the manifest, that are sent at once


@dataclass(frozen=True, slots=True)
class Shard:
    """A segment's file, and for each of its documents the number of the file that it came from."""

    path: Path
    files: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Job:
    """What all tasks of a run have in common. `folder` is where shards are written, `memory` (bytes)
    what a process may gather before it writes one."""

    root: Path
    archive: ArchiveSettings
    language: str
    folder: Path
    memory: int


@dataclass(frozen=True, slots=True)
class Done:
    """What became of some tasks: how many are done, shards that were written, and, now and then, the
    numbers of tasks that are done and what their files are."""

    tasks: int
    shards: Sequence[Shard]
    numbers: NDArray[np.int64]
    table: FileTable | None = None


class ShardMaker:
    """Reads and indexes files: `work` for some tasks at a time, then `finish`. Raises OSError, and
    BuildError where a file is not what it was."""

    def __init__(self, job: Job, name: str) -> None:
        self._job = job
        self._name = name
        self._written = 0
        self._builder = SegmentBuilder(analyzer_for(job.language), job.memory)
        self._files: list[int] = []  # of the shard's documents
        self._numbers: list[int] = []  # of `_entries`, which are still to be told
        self._entries: list[FileEntry] = []
        self._best: dict[str, tuple[int, str]] = {}

    def work(self, tasks: Sequence[Task]) -> Done:
        """Take the next tasks."""
        shards: list[Shard] = []
        for task in tasks:
            if self._builder.is_full:
                shards.append(self._write())
            record = read_file(self._job.root, task.source, self._job.archive)
            if task.wanted is None:
                self._numbers.append(task.number)
                self._entries.append(self._own(task, record))
            else:
                self._wanted(task, record)
        return self._done(len(tasks), shards, least=_LINES)

    def finish(self) -> Done:
        """Write what is left."""
        return self._done(0, [self._write()] if len(self._builder) else [], least=1)

    def _done(self, tasks: int, shards: list[Shard], *, least: int) -> Done:
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
                    cure="The index is as it was; run it again.",
                )
            self._add(task, article, stored)

    def _add(self, task: Task, article: Article, stored: tuple[str, str]) -> None:
        self._builder.add(article, task.source.path, stored)
        self._files.append(task.number)

    def _write(self) -> Shard:
        path = self._job.folder / f"{self._name}-{self._written}.arrays"
        self._builder.write(path)
        shard = Shard(path, np.array(self._files, np.uint32))
        self._files = []
        self._best = {}
        self._written += 1
        return shard


def make_folder(index: Path) -> Path:
    """Make the folder for a run's shards in the index's folder. Needs the write lock: shards that
    are there already are a dead run's, and go."""
    remove_folders(index)
    folder = index / f"{_FOLDER}{os.getpid()}"
    folder.mkdir()
    return folder


def remove_folders(index: Path) -> None:
    """Remove all shards."""
    for folder in _folders(index):
        shutil.rmtree(folder, ignore_errors=True)


def _folders(index: Path) -> Iterator[Path]:
    return (path for path in index.glob(f"{_FOLDER}*") if path.is_dir())
