"""The articles of a run, as shards: first each file's own, then what else turns out to be needed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from indexer.archive import SourceFiles
from indexer.codec import BytesTable
from indexer.codec.layout import Array
from indexer.config import Settings
from indexer.indexing.lists import same_rows
from indexer.indexing.manifest import FileTable, combine
from indexer.indexing.report import Progress, ProgressHook
from indexer.indexing.resolve import Resolution
from indexer.indexing.shards import Job, Shard, make_folder
from indexer.indexing.tasks import FilesToRead, Tasks, WinnersToRead
from indexer.indexing.worker import index_files, process_count

_MEGABYTE = 1 << 20


class Gathering:
    """Call `read` once, then `shards_of` once; the shards are gone when the block ends. Needs the
    write lock. Raises OSError, BuildError."""

    def __init__(self, settings: Settings, root: Path, hook: ProgressHook) -> None:
        self._settings = settings
        self._root = root
        self._hook = hook
        self._folder: Path | None = None
        self._files: BytesTable | None = None
        self._shards: list[Shard] = []

    def read(self, files: SourceFiles) -> FileTable:
        """Read `files`, and index their own articles; return what they are, in the same order."""
        self._files = BytesTable(files.path_starts, files.path_data)
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
        row_of = self._rows_in(files)
        for shard in first:
            in_files = row_of[shard.files]
            live = wanted[in_files]
            wanted[in_files] = False
            yield shard.path, live
        again = winners[~own | wanted[rows]]
        self._index(WinnersToRead(files, resolution, again), "other", "writing")
        for shard in self._shards:
            yield shard.path, np.ones(len(shard.files), bool)

    def _rows_in(self, files: FileTable) -> Array:
        """Return the row of `files` for each file that was read."""
        if self._files is None:
            return np.zeros(0, np.int64)
        _, rows = same_rows(self._files, files.paths)
        return rows

    def _index(self, tasks: Tasks, name: str, stage: str) -> tuple[list[Array], list[FileTable]]:
        settings, total = self._settings, len(tasks.name_sizes)
        numbers: list[Array] = []
        tables: list[FileTable] = []
        if not total:
            return numbers, tables
        if self._folder is None:
            self._folder = make_folder(settings.index.path)
        memory = settings.index.memory_mb * _MEGABYTE
        job = Job(self._root, settings.archive, settings.analysis.language, self._folder, memory)
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
