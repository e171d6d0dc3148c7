"""Orders of hits. Each is total (its key, then newest, then id), so that a page neither skips nor repeats an
article, and a cursor goes on from the same place in a newer generation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.index.schema import NO_DATE
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.postings import Docs, Mask, Scores
from indexer.query.arrays.store.stories import StoryColumn
from indexer.query.source import SortValues

_SMALL = 32  # hits of which none is left out before all are put in order
_MANY = 4096  # hits of which first the newest months are picked


class Order:
    """One order over a set of documents: `keys` ascend, ties go newest first, then by id. No keys
    are those of the order `newest`: all alike."""

    def __init__(self, columns: Columns, docs: Docs, scores: Scores, keys: NDArray[Any] | None) -> None:
        self._columns = columns
        self.docs = docs
        self.scores = scores
        self._keys = keys

    @classmethod
    def of(cls, sort: str, columns: Columns, docs: Docs, scores: Scores) -> Order:
        """Return the order called `sort` over `docs`."""
        keys: NDArray[Any] | None = None
        if sort == "relevance":
            keys = -scores
        elif sort == "oldest":
            published = columns.published.take(docs)
            keys = np.where(published == NO_DATE, np.inf, published)
        elif sort != "newest":  # quality or heat, highest first, those without one last
            values = getattr(columns, sort).take(docs)
            keys = np.where(np.isnan(values), np.inf, -values)
        return cls(columns, docs, scores, keys)

    def after(self, place: SortValues) -> Order:
        """Return the order of the documents that come after a place."""
        return self.only(self._are_after(place))

    def before(self, doc: int) -> int | None:
        """Return how many documents come before one of them; None for another one."""
        place = int(self.docs.searchsorted(doc))
        if place == len(self.docs) or self.docs[place] != doc:
            return None
        return len(self.docs) - 1 - int(np.count_nonzero(self._are_after(self.values_at(place))))

    def _are_after(self, place: SortValues) -> Mask:
        """Return which documents come after a place, (documents,)."""
        key = np.zeros(len(self.docs)) if self._keys is None else self._keys
        published = self._columns.published.take(self.docs)
        ids = self._columns.ids.take(self.docs)
        same_key = key == place.key
        same_date = same_key & (published == place.published)
        later: Mask = (
            (key > place.key)
            | (same_key & (published < place.published))
            | (same_date & (ids > place.id.encode()))
        )
        return later

    def first(self, count: int) -> NDArray[np.intp]:
        """Return the places in `docs` of the first `count` hits of the order, ascending."""
        places = self._candidates(count)
        if len(places) <= count:
            return places
        return np.sort(self._sorted(places, count))

    def collapsed(self, stories: StoryColumn) -> Order:
        """Return the order of the stories: each where the first of its documents stands."""
        return self.only(stories.once(self.docs, self._keys))

    def only(self, mask: Mask) -> Order:
        """Return the order of some of the documents, (documents,)."""
        keys = None if self._keys is None else self._keys[mask]
        return Order(self._columns, self.docs[mask], self.scores[mask], keys)

    def page(self, start: int, size: int) -> NDArray[np.intp]:
        """Return the places in `docs` of the hits `start` to `start + size` of the order.

        Only what may be on the page is put in order: first by key, ties with the last one of the
        page among it; of many ties the newest, and of those of one moment all.
        """
        wanted = start + size
        if start >= len(self.docs):
            return np.empty(0, np.intp)
        return self._sorted(self._candidates(wanted), wanted)[start:]

    def _candidates(self, wanted: int) -> NDArray[np.intp]:
        """Return the places of what may be among the first `wanted`."""
        places: NDArray[np.intp] = np.arange(len(self.docs))
        if len(places) <= _SMALL:
            return places
        if self._keys is None:
            if len(places) > max(_MANY, wanted):
                places = self._columns.months.newest(self.docs, wanted)
        elif wanted < len(places):
            bound = np.partition(self._keys, wanted - 1)[wanted - 1]
            places = (self._keys <= bound).nonzero()[0]
        return self._newest_of_ties(places, wanted) if len(places) > max(_SMALL, wanted) else places

    def _newest_of_ties(self, places: NDArray[np.intp], wanted: int) -> NDArray[np.intp]:
        """Return what of `places` may be among the first `wanted`: all before the last key, and of that
        key the newest."""
        published = self._columns.published.take(self.docs.take(places))
        if self._keys is None:
            return places[_are_newest(published, wanted)]
        keys = self._keys.take(places)
        kept: Mask = keys < keys.max()
        tied = (~kept).nonzero()[0]
        short = wanted - (len(places) - len(tied))
        if short < len(tied):
            tied = tied[_are_newest(published.take(tied), short)]
        kept[tied] = True
        return places[kept]

    def _sorted(self, places: NDArray[np.intp], wanted: int) -> NDArray[np.intp]:
        """Return the first `wanted` of `places` in order; more than the keys is looked at only for ties."""
        docs = self.docs.take(places)
        keys = -self._columns.published.take(docs) if self._keys is None else self._keys.take(places)
        order = keys.argsort()
        first = keys.take(order[: wanted + 1])
        if (first[1:] == first[:-1]).any():
            published = -self._columns.published.take(docs)
            order = np.lexsort((self._columns.ids.take(docs), published, keys))
        return places.take(order[:wanted])

    def values_at(self, place: int) -> SortValues:
        """Return what the hit at `place` in `docs` is sorted by."""
        doc = self.docs[place]
        columns = self._columns
        key = 0.0 if self._keys is None else float(self._keys[place])
        return SortValues(key, int(columns.published[doc]), columns.ids[doc].decode())


def _are_newest(dates: NDArray[np.int64], count: int) -> Mask:
    """Return which of more than `count` dates are among the `count` newest, ties with the last included."""
    newest: Mask = dates >= np.partition(dates, len(dates) - count)[len(dates) - count]
    return newest
