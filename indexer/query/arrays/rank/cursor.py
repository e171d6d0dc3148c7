"""Orders of results, and the cursors that go on from a place in one.

Each order is total (its key, then newest, then id), so that a page neither skips nor repeats an
article. A cursor holds the key of the last hit it was given after; in a newer generation it goes
on from that key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import RequestError
from indexer.index.schema import NO_DATE
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.postings import Docs, Scores
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.arrays.store.stories import StoryColumn
from indexer.query.request import SearchRequest

_FEW = 32  # hits of which none is left out before all are put in order
_MOST_SORTED = 256  # candidates that are put in order one by one: of more, arrays are faster
_MANY = 4096  # hits of which first the newest months are picked
_CURE = "Use the `next_cursor` of a page of the same search, as it is."


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after a hit: the generation it was on, the key of the order, newest, id."""

    generation: int
    key: float
    published: int
    id: str
    rank: int  # hits before the place

    def encode(self, request: SearchRequest, sort: str) -> str:
        """Return the cursor as an opaque text that only serves the same search."""
        data = [self.generation, self.key, self.published, self.id, self.rank, _fingerprint(request, sort)]
        return (
            base64.urlsafe_b64encode(json.dumps(data, separators=(",", ":")).encode()).rstrip(b"=").decode()
        )


def decode(text: str, request: SearchRequest, sort: str) -> Cursor:
    """Return the cursor that `encode` made. Raises RequestError."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        generation, key, published, identity, rank, fingerprint = json.loads(raw)
        cursor = Cursor(int(generation), float(key), int(published), str(identity), int(rank))
        np.int64(cursor.published)
        cursor.id.encode("ascii")
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise RequestError("the cursor cannot be read", cure=_CURE) from error
    if fingerprint != _fingerprint(request, sort):
        raise RequestError("the cursor belongs to another search", cure=_CURE)
    return cursor


def _fingerprint(request: SearchRequest, sort: str) -> str:
    filters = sorted((name, sorted(values)) for name, values in request.filters.items())
    parts: list[Any] = [
        str(request.query),
        filters,
        request.after,
        request.before,
        request.featured,
        request.origin,
        sort,
        request.broaden,
        astuple(request.blend) if request.blend else None,
        *(["collapse"] if request.collapse else []),
    ]
    return hashlib.blake2b(json.dumps(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


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

    def after(self, cursor: Cursor) -> Order:
        """Return the order of the documents that come after the cursor's place."""
        key = np.zeros(len(self.docs)) if self._keys is None else self._keys
        published = self._columns.published.take(self.docs)
        ids = self._columns.ids.take(self.docs)
        same_key = key == cursor.key
        same_date = same_key & (published == cursor.published)
        later = (
            (key > cursor.key)
            | (same_key & (published < cursor.published))
            | (same_date & (ids > cursor.id.encode()))
        )
        keys = None if self._keys is None else self._keys[later]
        return Order(self._columns, self.docs[later], self.scores[later], keys)

    def first(self, count: int) -> NDArray[np.intp]:
        """Return the places in `docs` of the first `count` hits of the order, ascending."""
        places = self._candidates(count)
        if len(places) <= count:
            return places
        return np.sort(self._sorted_by_arrays(places, count))

    def collapsed(self, stories: StoryColumn) -> Order:
        """Return the order of the stories: each where the first of its documents stands."""
        kept = stories.once(self.docs, self._keys)
        keys = None if self._keys is None else self._keys[kept]
        return Order(self._columns, self.docs[kept], self.scores[kept], keys)

    def page(self, start: int, size: int) -> NDArray[np.intp]:
        """Return the places in `docs` of the hits `start` to `start + size` of the order.

        Only what may be on the page is put in order: first by key, ties with the last one of the
        page among it; of many ties the newest, and of those of one moment all.
        """
        wanted = start + size
        if start >= len(self.docs):
            return np.empty(0, np.intp)
        places = self._candidates(wanted)
        sort = self._sorted_by_arrays if len(places) > _MOST_SORTED else self._sorted
        return sort(places, wanted)[start:]

    def _candidates(self, wanted: int) -> NDArray[np.intp]:
        """Return the places of what may be among the first `wanted`."""
        places: NDArray[np.intp] = np.arange(len(self.docs))
        if len(places) <= _FEW:
            return places
        if self._keys is None:
            if len(places) > max(_MANY, wanted):
                places = self._columns.months.newest(self.docs, wanted)
        elif wanted < len(places):
            bound = np.partition(self._keys, wanted - 1)[wanted - 1]
            places = np.flatnonzero(self._keys <= bound)
        return self._newest_of_ties(places, wanted) if len(places) > max(_FEW, wanted) else places

    def _newest_of_ties(self, places: NDArray[np.intp], wanted: int) -> NDArray[np.intp]:
        """Return what of `places` may be among the first `wanted`: all before the last key, and of that
        key the newest."""
        published = self._columns.published.take(self.docs.take(places))
        kept = np.zeros(len(places), bool)
        if self._keys is not None:
            keys = self._keys.take(places)
            kept = keys < keys.max()
        tied = np.flatnonzero(~kept)
        short = wanted - (len(places) - len(tied))
        if short < len(tied):
            dates = published.take(tied)
            bound = np.partition(dates, len(dates) - short)[len(dates) - short]
            tied = tied[dates >= bound]
        kept[tied] = True
        return places[kept]

    def _sorted(self, places: NDArray[np.intp], wanted: int) -> NDArray[np.intp]:
        """Return the first `wanted` of `places` in order; ties are looked into only where there are some."""
        docs, published = self.docs.data, self._columns.published.data
        if self._keys is None:
            rows = [(-published[docs[place]], place) for place in places.tolist()]
        else:
            keys = self._keys.data
            rows = [(keys[place], place) for place in places.tolist()]
        rows.sort()
        if len({key for key, _ in rows[: wanted + 1]}) < min(len(rows), wanted + 1):
            ids = self._columns.ids
            whole = [(key, -published[doc := docs[place]], ids[doc], place) for key, place in rows]
            return np.array([row[-1] for row in sorted(whole)[:wanted]], np.intp)
        return np.array([place for _, place in rows[:wanted]], np.intp)

    def _sorted_by_arrays(self, places: NDArray[np.intp], wanted: int) -> NDArray[np.intp]:
        """As `_sorted`: for pages deep in the results, and many that are tied in all but id."""
        docs = self.docs.take(places)
        published = -self._columns.published.take(docs)
        keys = [published] if self._keys is None else [published, self._keys.take(places)]
        order = np.lexsort(keys)
        first = [key.take(order[: wanted + 1]) for key in keys]
        if np.logical_and.reduce([key[1:] == key[:-1] for key in first]).any():
            order = np.lexsort((self._columns.ids.take(docs), *keys))
        return places.take(order[:wanted])

    def cursor_after(self, place: int, generation: int, rank: int) -> Cursor:
        """Return the cursor for the place after the hit at `place` in `docs`."""
        doc = self.docs[place]
        columns = self._columns
        key = 0.0 if self._keys is None else float(self._keys[place])
        return Cursor(generation, key, int(columns.published[doc]), columns.ids[doc].decode(), rank)


@dataclass(frozen=True, slots=True)
class Page:
    """The hits of one page in order; `before` counts the hits of the pages before it. The next page's
    cursor is made when it is asked for."""

    docs: Docs
    scores: Scores
    total: int
    before: int
    next_cursor: Callable[[], str | None]
    notes: tuple[str, ...] = ()


def place_page(
    request: SearchRequest, sort: str, snapshot: Snapshot, hits: tuple[Docs, Scores], total: int
) -> Page:
    """Put the hits in order and cut out the page that `request` asks for. Raises RequestError.

    `hits` are documents and their scores: of `total` all, or for a page by its number those that it is
    among.
    """
    order = Order.of(sort, snapshot.columns, *hits)
    if request.collapse:
        order = order.collapsed(snapshot.stories)
        total = len(order.docs)
    held = len(order.docs)
    start = (request.page - 1) * request.size
    notes: tuple[str, ...] = ()
    if request.cursor:
        cursor = decode(request.cursor, request, sort)
        order, start = order.after(cursor), 0
        if cursor.generation != snapshot.number:
            notes = (
                "the archive was indexed anew since the last page: this one goes on from the same place",
            )
    before = held - len(order.docs) + start
    places = order.page(start, request.size)

    def next_cursor() -> str | None:
        if not len(places) or before + len(places) >= total:
            return None
        after = order.cursor_after(int(places[-1]), snapshot.number, before + len(places))
        return after.encode(request, sort)

    return Page(order.docs.take(places), order.scores.take(places), total, before, next_cursor, notes)
