"""Which articles are one story, for answers: each story once, its members, counts by story.

stories.once(docs, keys)        # which of these hits stand for their stories
stories.count(docs)             # how many stories they are
stories.members(doc)            # the article's story, the earliest first
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.index.derived import Stories
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.postings import Docs, Mask


class StoryColumn:
    """The story of each document of a generation; one that has no near copy is a story by itself."""

    def __init__(self, stories: Stories, columns: Columns) -> None:
        self._stories = stories
        self._columns = columns
        self._numbers = np.full(columns.size, len(stories), np.int32)
        self._numbers[stories.members] = np.repeat(
            np.arange(len(stories), dtype=np.int32), np.diff(stories.starts)
        )

    def shared(self, docs: Docs) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """Return the places in `docs` of those that share their story, and the numbers of these."""
        numbers = self._numbers.take(docs)
        places = np.flatnonzero(numbers < len(self._stories))
        return places, numbers.take(places)

    def members(self, doc: int) -> list[int]:
        """Return the documents of a document's story, the earliest first: itself, if no other."""
        number = int(self._numbers[doc])
        if number == len(self._stories):
            return [doc]
        first, last = self._stories.starts[number : number + 2]
        found: list[int] = self._stories.members[first:last].tolist()
        return found

    def shared_by(self) -> Iterator[list[int]]:
        """Yield the documents of each story that several share, the earliest first."""
        starts = self._stories.starts.tolist()
        for first, last in itertools.pairwise(starts):
            yield self._stories.members[first:last].tolist()

    def count(self, docs: Docs) -> int:
        """Return how many stories these documents are."""
        places, numbers = self.shared(docs)
        return len(docs) - len(places) + len(np.unique(numbers))

    def beyond(self, docs: Docs, known: Sequence[Docs]) -> Mask:
        """Return which of `docs` are of no story that any of some sets of documents has."""
        is_known = np.zeros(self._columns.size, bool)
        has_known = np.zeros(len(self._stories) + 1, bool)  # the last: those that are stories by themselves
        for one in known:
            is_known[one] = True
            has_known[self._numbers.take(one)] = True
        has_known[-1] = False
        return ~(is_known.take(docs) | has_known.take(self._numbers.take(docs)))

    def once(self, docs: Docs, keys: NDArray[Any] | None) -> Mask:
        """Return which of `docs` stand for their stories: of each the first in the order of `keys`, then
        the newest first, then by id. Without keys, (documents,), the newest."""
        kept = np.ones(len(docs), bool)
        places, numbers = self.shared(docs)
        if not len(places):
            return kept
        kept[places] = False
        if keys is not None:
            own = keys.take(places)
            least = np.full(len(self._stories), np.inf)
            np.minimum.at(least, numbers, own)
            first = own == least.take(numbers)
            places, numbers = places[first], numbers[first]
        ranks = self._ranks.take(docs.take(places))
        newest = np.full(len(self._stories), np.iinfo(np.int32).max, np.int32)
        np.minimum.at(newest, numbers, ranks)
        kept[places[ranks == newest.take(numbers)]] = True
        return kept

    @functools.cached_property
    def _ranks(self) -> NDArray[np.int32]:
        """The place of each member among those of its story, the newest first, then by id: as those of
        one moment are kept already."""
        members, columns = self._stories.members, self._columns
        order = np.argsort(-columns.published.take(members), kind="stable")
        ranks = np.zeros(columns.size, np.int32)
        ranks[members[order]] = np.arange(len(order), dtype=np.int32)
        return ranks
