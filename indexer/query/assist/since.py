"""What became of an answer since it was made on an earlier generation: which of its articles are new,
which were touched, and which articles have left the archive."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.index.changes import Difference, History
from indexer.messages import say
from indexer.query.answers.ledger import ADDED, CHANGED, Departed, GenerationError, Since
from indexer.query.periods import moment_at
from indexer.query.source import Found, Key, View

MAX_DEPARTED = 100  # removed articles that are named


def changes_since(generation: int, view: View, found: Found, keys: Sequence[Key]) -> tuple[Since, list[str]]:
    """Return what became of the results of a search since `generation`, and of each of some articles: ADDED,
    CHANGED or nothing.

    Raises GenerationError for a generation that is still to come, or from before what is kept.
    """
    history = view.history()
    _check(generation, view.number, history)
    changes = view.changes(generation)
    changed = found.count_ids(changes.changed)
    since = Since(
        generation=generation,
        made=moment_at(history.made(generation)),
        added=found.count_ids(changes.added),
        changed=changed,
        changed_elsewhere=len(changes.changed) - changed,
        removed=len(changes.removed),
        departed=tuple(_departed(changes)),
    )
    ids = np.array(view.ids(keys), changes.added.dtype)
    added, touched = np.isin(ids, changes.added), np.isin(ids, changes.changed)
    became: list[str] = np.where(added, ADDED, np.where(touched, CHANGED, "")).tolist()
    return since, became


def _check(generation: int, current: int, history: History) -> None:
    if generation > current:
        raise GenerationError(
            say("there is no generation {generation} yet", generation=str(generation)),
            cure=say("The index is at generation {generation}.", generation=str(current)),
        )
    if generation < history.first:
        kept = f"{moment_at(history.first_made):%Y-%m-%d %H:%M} UTC"
        raise GenerationError(
            say("what changed since generation {generation} is no longer known", generation=str(generation)),
            cure=say(
                "Changes are known since generation {generation} ({made}): name that one or a later one. "
                "index.kept_generations sets how many are known at most; a new index starts again.",
                generation=str(history.first),
                made=kept,
            ),
        )


def _departed(changes: Difference) -> list[Departed]:
    """Return the first removed articles: those with a title in its order, then the others."""
    rows = range(len(changes.removed))
    articles = [
        Departed(changes.removed[row].decode(), changes.titles[row].decode(), changes.urls[row].decode())
        for row in rows
    ]
    return sorted(articles, key=lambda gone: (not gone.title, gone.title, gone.id))[:MAX_DEPARTED]
