"""Which segments are merged when a run commits: a pure function of their sizes.

A segment that is left alone costs each query a little; one that is merged is written anew, whole.
Segments grow in steps: one is merged with the smaller ones when they have come to a fair part of
it. So sizes fall by steps, their number grows with the logarithm of the archive's, and an article
is rewritten about once a step however many runs there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_SEGMENTS = 10
SMALL = 1_000  # documents; writing fewer takes no time worth saving
# A segment is merged with the smaller ones when it is less than so many times as large as they are
# together. So the n-th from the end has at least 3**n times SMALL: seven hold a million articles.
_STEP = 2
# The share of deleted documents at which a segment is rewritten. Scores count them until then, and
# for a rare word in a middling archive a few percent change an order; in a large one, a fifth of the
# documents changes a word's weight by less than the logarithm of 1.25, and rewriting takes minutes.
_MOST_DELETED = 0.02
_MANY = 100_000  # documents
_MOST_DELETED_OF_MANY = 0.2


@dataclass(frozen=True, slots=True)
class Size:
    """How many documents a segment has, deleted ones among them, and how many are deleted."""

    documents: int
    deleted: int = 0

    @property
    def live(self) -> int:
        """How many are left."""
        return self.documents - self.deleted


def to_merge(segments: Sequence[Size], added: int) -> list[int]:
    """Return which of `segments` (their places, ascending) are merged with each other and with the
    `added` documents of this run. One alone is returned only if something of it is deleted, or
    added to it."""
    asked = {i for i, size in enumerate(segments) if _asks(size)}
    total = added + sum(segments[i].live for i in asked)
    by_size = sorted(set(range(len(segments))) - asked, key=lambda i: (segments[i].live, i))
    for place in by_size:
        kept = len(by_size) - sum(i in asked for i in by_size)
        too_many = kept + bool(total) > MOST_SEGMENTS
        if total and (too_many or segments[place].live < _STEP * total):
            asked.add(place)
            total += segments[place].live
    if len(asked) == 1 and not added and not any(segments[i].deleted for i in asked):
        return []
    return sorted(asked)


def _asks(size: Size) -> bool:
    """Whether a segment is merged whatever the others are."""
    if size.documents <= SMALL:
        return True
    share = _MOST_DELETED_OF_MANY if size.documents > _MANY else _MOST_DELETED
    return size.deleted >= share * size.documents
