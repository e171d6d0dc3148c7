"""What changed from one generation of an index to the next: `MAIN_<generation>.changes`.

A run writes the file beside the segments, for the last generations together, and it goes with its
generation. Its sections are compressed, each by itself: of each generation the number and the time,
and the ids that were added, changed and removed; of a removed article its title and its URL as well.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.codec import BytesTable
from indexer.codec.layout import Array, damaged
from indexer.codec.sections import SectionFile, SectionFileWriter, open_file
from indexer.codec.tables import concatenate, offsets_of
from indexer.index.toc import INDEX_NAME

ID = "S16"
_CONTENT = "changes"
_KINDS = 3  # added, changed, removed


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What one run did: `added`, `changed` and `removed` are ids, S16. `titles` and `urls` are of the
    removed ones, empty where they are not known; `made` is when, in epoch seconds."""

    generation: int
    made: int
    added: Array
    changed: Array
    removed: Array
    titles: BytesTable
    urls: BytesTable

    def __len__(self) -> int:
        """How many ids are named."""
        return len(self.added) + len(self.changed) + len(self.removed)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The changes of successive generations, the oldest first; `first` is the generation before them all,
    made at `first_made`. So changes since it, and since any later one, can be told."""

    first: int
    first_made: int
    changes: tuple[Change, ...] = ()

    def and_then(self, change: Change, most_changes: int, most_ids: int) -> History:
        """Return the history with one more change, without its oldest ones where it is too long."""
        kept = [*self.changes, change]
        first, made = self.first, self.first_made
        while kept and (len(kept) > most_changes or sum(map(len, kept)) > most_ids):
            first, made = kept[0].generation, kept[0].made
            del kept[0]
        return History(first, made, tuple(kept))

    def made(self, generation: int) -> int:
        """Return when a generation of the history was made, in epoch seconds."""
        times = {change.generation: change.made for change in self.changes}
        return {self.first: self.first_made, **times}[generation]


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What several changes come to. `added` are ids of articles that are there now and were not, sorted,
    `changed` of those that are and were, and were touched; `removed` of those that were there."""

    added: Array
    changed: Array
    removed: Array
    titles: BytesTable
    urls: BytesTable


def difference(changes: Sequence[Change]) -> Difference:
    """Return what successive changes come to.

    Whether an article was there before is told by the first change of it, whether it is there now by
    the last. One that was removed and came back counts as changed.
    """
    ids = np.concatenate(
        [np.zeros(0, ID), *(part for c in changes for part in (c.added, c.changed, c.removed))]
    )
    kinds = np.concatenate(
        [np.zeros(0, np.int8)]
        + [
            np.repeat(np.arange(_KINDS, dtype=np.int8), [len(c.added), len(c.changed), len(c.removed)])
            for c in changes
        ]
    )
    distinct, first = np.unique(ids, return_index=True)
    last = len(ids) - 1 - np.unique(ids[::-1], return_index=True)[1]
    was, is_there = kinds[first] != 0, kinds[last] != 2
    gone = was & ~is_there
    # Where the last change of a removed article stands among the removed ones of all changes.
    rows = (np.cumsum(kinds == 2) - 1)[last[gone]]
    return Difference(
        added=distinct[~was & is_there],
        changed=distinct[was & is_there],
        removed=distinct[gone],
        titles=concatenate(change.titles for change in changes).take(rows),
        urls=concatenate(change.urls for change in changes).take(rows),
    )


def changes_path(folder: Path, generation: int) -> Path:
    """Return where the changes up to `generation` are kept: it is named like a segment, so that
    it is cleaned up like one."""
    return folder / f"{INDEX_NAME}_{generation}.changes"


def save_history(path: Path, history: History) -> None:
    """Write a history, and return when it is on the disk."""
    changes = history.changes
    parts = [part for c in changes for part in (c.added, c.changed, c.removed)]
    with path.open("wb") as stream:
        writer = SectionFileWriter(stream)
        _add(writer, "generations", [c.generation for c in changes])
        _add(writer, "made", [c.made for c in changes])
        _add(writer, "starts", offsets_of(np.array([len(part) for part in parts], np.int64)))
        ids = np.concatenate([np.zeros(0, ID), *parts])
        writer.add_compressed("ids", ids.view(np.uint8))
        for name, tables in (("titles", [c.titles for c in changes]), ("urls", [c.urls for c in changes])):
            table = concatenate(tables)
            _add(writer, f"{name}/starts", table.starts)
            writer.add_compressed(name, table.data)
        writer.close({"content": _CONTENT, "first": history.first, "first_made": history.first_made})
        stream.flush()
        os.fsync(stream.fileno())


def open_changes(path: Path) -> SectionFile:
    """Open the file of a history, without reading it. Raises IndexDamagedError."""
    file = open_file(str(path))
    if file.meta.get("content") != _CONTENT:
        raise damaged("the file holds no changes", file.path, "table")
    return file


def read_history(file: SectionFile) -> History:
    """Return the history that a file holds. Raises IndexDamagedError."""
    generations, made, starts = (_numbers(file, name) for name in ("generations", "made", "starts"))
    ids = file.decompressed("ids").view(ID)
    titles, urls = _table(file, "titles"), _table(file, "urls")
    if len(starts) != _KINDS * len(generations) + 1 or starts[-1] != len(ids) or len(titles) != len(urls):
        raise damaged("what it refers to is not there", file.path, "starts")
    changes, row = [], 0
    for number, generation in enumerate(generations.tolist()):
        added, changed, removed = (
            ids[starts[at] : starts[at + 1]] for at in range(_KINDS * number, _KINDS * (number + 1))
        )
        rows = np.arange(row, row + len(removed))
        row += len(removed)
        changes.append(
            Change(generation, int(made[number]), added, changed, removed, titles.take(rows), urls.take(rows))
        )
    return History(int(file.meta["first"]), int(file.meta["first_made"]), tuple(changes))


def _add(writer: SectionFileWriter, name: str, values: Array | list[int]) -> None:
    writer.add_compressed(name, np.asarray(values, "<i8"))


def _numbers(file: SectionFile, name: str) -> Array:
    return file.decompressed(name).view("<i8")


def _table(file: SectionFile, name: str) -> BytesTable:
    return BytesTable(_numbers(file, f"{name}/starts"), file.decompressed(name))
