"""What is to be read, in which order: made a few files at a time, for a million of them are arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from indexer.archive import SourceFile, SourceFiles
from indexer.codec import BytesTable
from indexer.codec.layout import Array
from indexer.indexing.manifest import FileTable
from indexer.indexing.resolve import Resolution

_CHUNK = 64  # files that are given out at once
# And of their names, in bytes: a process may still be writing an answer while it is written to, so
# two chunks must fit into a pipe.
_CHUNK_NAMES = 16_000


@dataclass(frozen=True, slots=True)
class Task:
    """A file to read. `number` is the caller's. With `wanted` None its own article is indexed, and
    its line of the manifest returned; else those of its articles, by place and digest, are."""

    number: int
    source: SourceFile
    wanted: tuple[tuple[int, str], ...] | None = None

    def __reduce__(self) -> tuple[type[Task], tuple[Any, ...]]:
        return Task, (self.number, self.source, self.wanted)  # as SourceFile, and for its reason


class Tasks(Protocol):
    """Some tasks. `name_sizes` are the sizes of their files' names, in bytes, (tasks,)."""

    @property
    def name_sizes(self) -> Array:
        """The sizes of the names."""

    def part(self, first: int, last: int) -> list[Task]:
        """Return the tasks from `first` up to `last`."""


class FilesToRead:
    """All of `files`; a task's number is that of its file.

    They are taken by name, whatever their folder: copies of an article, and those of one time where
    names begin with a date, are read one after another, by one process.
    """

    def __init__(self, files: SourceFiles) -> None:
        self._files = files
        paths = BytesTable(files.path_starts, files.path_data)
        names = [path.rpartition(b"/")[2] for path in paths]
        self._order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)

    @property
    def name_sizes(self) -> Array:
        """The sizes of the names."""
        sizes: Array = np.diff(self._files.path_starts)[self._order]
        return sizes

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

    @property
    def name_sizes(self) -> Array:
        """The sizes of the names."""
        rows = self._resolution.rows[self._numbers[self._starts[:-1]]]
        sizes: Array = np.diff(self._files.paths.starts)[rows]
        return sizes

    def part(self, first: int, last: int) -> list[Task]:
        """Return the tasks from `first` up to `last`."""
        tasks = []
        for place in range(first, last):
            numbers = self._numbers[self._starts[place] : self._starts[place + 1]].tolist()
            winners = [self._resolution.winner(number) for number in numbers]
            wanted = tuple((winner.index, winner.digest) for winner in winners)
            tasks.append(Task(place, self._files.source(winners[0].row), wanted))
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
