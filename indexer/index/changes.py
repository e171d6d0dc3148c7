"""What changed from one generation of an index to the next.

A run writes the file for the last generations together: of each generation the number and the time, and
the ids that were added, changed and removed; of a removed article its title and its URL as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable, concatenate, offsets_of
from indexer.index.files import CHANGES, GenerationFile, save_generation_file

ID = "S16"
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

    def append(self, change: Change, max_changes: int, max_ids: int) -> History:
        """Return the history with one more change, without its oldest ones where it is too long."""
        changes = [*self.changes, change]
        first, made = self.first, self.first_made
        while changes and (len(changes) > max_changes or sum(map(len, changes)) > max_ids):
            first, made = changes[0].generation, changes[0].made
            del changes[0]
        return History(first, made, tuple(changes))

    def made(self, generation: int) -> int:
        """Return when a generation was made, in epoch seconds; for the number of a run that failed, when
        the one before it was."""
        times = [(self.first, self.first_made), *((run.generation, run.made) for run in self.changes)]
        return max(time for time in times if time[0] <= generation)[1]


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

    The first change of an article says whether it was there before, the last whether it is there now. One
    that was removed and came back counts as changed.
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


def save_history(folder: Path, generation: int, history: History) -> None:
    """Write the history up to a generation, and return when it is on the disk."""
    changes = history.changes
    parts = [part for c in changes for part in (c.added, c.changed, c.removed)]
    titles, urls = concatenate(c.titles for c in changes), concatenate(c.urls for c in changes)
    arrays = {
        "generations": np.array([c.generation for c in changes], np.int64),
        "made": np.array([c.made for c in changes], np.int64),
        "starts": offsets_of(np.array([len(part) for part in parts], np.int64)),
        "ids": np.concatenate([np.zeros(0, ID), *parts]),
        "titles/starts": titles.starts,
        "titles": titles.data,
        "urls/starts": urls.starts,
        "urls": urls.data,
    }
    meta = {"first": history.first, "first_made": history.first_made}
    save_generation_file(folder, CHANGES, generation, meta, arrays)


def history_in(file: GenerationFile) -> History:
    """Return the history of an open file. Raises IndexDamagedError where it does not belong together."""
    generations, made, starts, ids = file["generations"], file["made"], file["starts"], file["ids"]
    titles, urls = (BytesTable(file[f"{name}/starts"], file[name]) for name in ("titles", "urls"))
    if len(starts) != _KINDS * len(generations) + 1 or starts[-1] != len(ids) or len(titles) != len(urls):
        raise file.damage("starts")
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
    return History(file.meta["first"], file.meta["first_made"], tuple(changes))
