"""What a facet counts: articles, or stories, each of which counts once for a value however many of its
articles have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.query.arrays.store.facet_column import FacetColumn, Mask
from indexer.query.arrays.store.postings import Docs
from indexer.query.arrays.store.stories import StoryColumn


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The documents that a facet is counted over, and by which stories; None counts articles."""

    docs: Docs
    stories: StoryColumn | None = None

    def by_value(self, column: FacetColumn) -> NDArray[np.int64]:
        """Return for each ordinal of a facet how many have it."""
        counts = column.counts(self.docs)
        if self.stories is None:
            return counts
        places, stories = self.stories.shared(self.docs)
        owners, ordinals = column.pairs(self.docs.take(places))
        return counts - np.bincount(_again(stories.take(owners), ordinals), minlength=len(counts))

    def total(self, mask: Mask | None = None) -> int:
        """Return how many there are, or how many of those that `mask`, (documents,), says."""
        if self.stories is None:
            return len(self.docs) if mask is None else int(np.count_nonzero(mask))
        return self.stories.count(self.docs if mask is None else self.docs[mask])

    def kept(self, mask: Mask) -> Counted:
        """Return those that `mask`, (documents,), says."""
        return Counted(self.docs[mask], self.stories)

    def surplus(self, numbers: Callable[[Docs], NDArray[np.int64]]) -> dict[int, int]:
        """Return how many more documents than stories have each number; `numbers` gives that of documents."""
        if self.stories is None:
            return {}
        places, stories = self.stories.shared(self.docs)
        values = numbers(self.docs.take(places))
        least = int(values.min(initial=0))
        found, counts = np.unique(_again(stories, values - least), return_counts=True)
        return dict(zip((found + least).tolist(), counts.tolist(), strict=True))

    def by_bucket(self, buckets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the buckets that occur, ascending, and how many are in each; `buckets` are those of the
        documents, (documents,)."""
        found, counts = np.unique(buckets, return_counts=True)
        if self.stories is not None and len(found):
            places, stories = self.stories.shared(self.docs)
            numbers = np.searchsorted(found, buckets.take(places))
            counts = counts - np.bincount(_again(stories, numbers), minlength=len(found))
        return found, counts


def _again(stories: NDArray[np.int32], values: NDArray[Any]) -> NDArray[np.int64]:
    """Return the value of each pair of a story and a value, but for the first of those that are alike."""
    width = int(values.max(initial=0)) + 1
    pairs = np.sort(stories.astype(np.int64) * width + values)
    again: NDArray[np.int64] = pairs[1:][pairs[1:] == pairs[:-1]] % width
    return again
