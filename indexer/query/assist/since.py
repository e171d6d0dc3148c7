"""What became of an answer since it was made on an earlier generation: which of its articles are new,
which were touched, and which articles have left the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from indexer.codec.layout import Array
from indexer.errors import RequestError
from indexer.index.changes import Difference, History
from indexer.query.answers.ledger import ADDED, CHANGED, Departed, Since
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.arrays.store.snapshot import Snapshot

MOST_DEPARTED = 100  # removed articles that are told of one by one


class GenerationError(RequestError):
    """What changed since a generation cannot be told: it is still to come, or too long ago."""


@dataclass(frozen=True)
class Told:
    """What is told of the results as a whole, and of each document; nothing where nothing is asked."""

    told: Since | None = None
    snapshot: Snapshot | None = None
    difference: Difference | None = None

    def of_docs(self, docs: Docs) -> list[str]:
        """Return what became of each of some documents: ADDED, CHANGED or nothing."""
        if self.snapshot is None or self.difference is None:
            return [""] * len(docs)
        ids = self.snapshot.columns.ids.take(docs)
        added, changed = _among(ids, self.difference.added), _among(ids, self.difference.changed)
        became = np.where(added, ADDED, np.where(changed, CHANGED, ""))
        return [str(word) for word in became.tolist()]


_NOTHING = Told()


def told_since(generation: int | None, snapshot: Snapshot, docs: Docs) -> Told:
    """Return what became of the results of a search, `docs`, since `generation`.

    Raises GenerationError for a generation that is still to come, or from before what is kept.
    """
    if generation is None:
        return _NOTHING
    history = snapshot.history
    _check(generation, snapshot.number, history)
    changes = snapshot.difference(generation)
    ids = snapshot.columns.ids.take(docs)
    changed = int(_among(ids, changes.changed).sum())
    since = Since(
        generation=generation,
        made=_moment(history.made(generation)),
        added=int(_among(ids, changes.added).sum()),
        changed=changed,
        changed_elsewhere=len(changes.changed) - changed,
        removed=len(changes.removed),
        departed=tuple(_departed(changes)),
    )
    return Told(since, snapshot, changes)


def _check(generation: int, current: int, history: History) -> None:
    if generation > current:
        raise GenerationError(
            f"there is no generation {generation} yet", cure=f"The index is at generation {current}."
        )
    if generation < history.first:
        kept = f"{_moment(history.first_made):%Y-%m-%d %H:%M} UTC"
        raise GenerationError(
            f"what changed since generation {generation} is no longer kept",
            cure=f"It is kept since generation {history.first} ({kept}): ask since that one or a later one. "
            "index.kept_generations says how many are kept at most; an index built anew begins anew.",
        )


def _departed(changes: Difference) -> list[Departed]:
    """Return the first removed articles: those with a title in its order, then the others."""
    rows = range(len(changes.removed))
    told = [
        Departed(changes.removed[row].decode(), changes.titles[row].decode(), changes.urls[row].decode())
        for row in rows
    ]
    return sorted(told, key=lambda gone: (not gone.title, gone.title, gone.id))[:MOST_DEPARTED]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _among(ids: Array, wanted: Array) -> Mask:
    """Return which of `ids` are among the sorted `wanted`, both S16.

    Their first halves are compared as numbers, and only what agrees in that as a whole.
    """
    found: Mask = np.zeros(len(ids), bool)
    if not len(ids) or not len(wanted):
        return found
    heads, sought = _heads(ids), _heads(wanted)
    at = np.minimum(sought.searchsorted(heads), len(sought) - 1)
    likely = np.flatnonzero(sought.take(at) == heads)
    found[likely] = np.isin(ids[likely], wanted)
    return found


def _heads(ids: Array) -> Array:
    return np.ascontiguousarray(ids).view(">u8")[::2].astype(np.uint64)
