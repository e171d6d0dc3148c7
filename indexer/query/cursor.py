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
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import RequestError
from indexer.query.columns import Columns
from indexer.query.postings import Docs, Scores
from indexer.query.request import SearchRequest
from indexer.query.snapshot import Snapshot
from indexer.schema import NO_DATE

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

    def page(self, start: int, size: int) -> NDArray[np.intp]:
        """Return the places in `docs` of the hits `start` to `start + size` of the order.

        Only what may be on the page is put in order: first by key, ties with the last one of the
        page among it; of many ties the newest, and of those of one moment all.
        """
        wanted = start + size
        if start >= len(self.docs):
            return np.empty(0, np.intp)
        places: NDArray[np.intp] = np.arange(len(self.docs))
        tied = 0  # from here on in `places` all keys are alike
        if self._keys is not None and wanted < len(places):
            bound = np.partition(self._keys, wanted - 1)[wanted - 1]
            before = np.flatnonzero(self._keys < bound)
            places = np.concatenate([before, np.flatnonzero(self._keys == bound)])
            tied = len(before)
        published = -self._columns.published.take(self.docs.take(places))
        if wanted < len(places):
            bound = np.partition(published[tied:], wanted - tied - 1)[wanted - tied - 1]
            kept = np.concatenate([np.arange(tied), np.flatnonzero(published[tied:] <= bound) + tied])
            places, published = places[kept], published[kept]
        keys = [published] if self._keys is None else [published, self._keys.take(places)]
        order = np.lexsort(keys)
        if _has_ties([key.take(order[: wanted + 1]) for key in keys]):
            order = np.lexsort((self._columns.ids.take(self.docs.take(places)), *keys))
        return places.take(order[start:wanted])

    def cursor_after(self, place: int, generation: int, rank: int) -> Cursor:
        """Return the cursor for the place after the hit at `place` in `docs`."""
        doc = self.docs[place]
        columns = self._columns
        key = 0.0 if self._keys is None else float(self._keys[place])
        return Cursor(generation, key, int(columns.published[doc]), columns.ids[doc].decode(), rank)


def _has_ties(keys: list[NDArray[Any]]) -> bool:
    """Whether two neighbours are alike in all keys."""
    same = keys[0][1:] == keys[0][:-1]
    for key in keys[1:]:
        same &= key[1:] == key[:-1]
    return bool(same.any())


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


def place_page(request: SearchRequest, sort: str, snapshot: Snapshot, docs: Docs, scores: Scores) -> Page:
    """Put the hits in order and cut out the page that `request` asks for. Raises RequestError."""
    order = Order.of(sort, snapshot.columns, docs, scores)
    start = (request.page - 1) * request.size
    notes: tuple[str, ...] = ()
    if request.cursor:
        cursor = decode(request.cursor, request, sort)
        order, start = order.after(cursor), 0
        if cursor.generation != snapshot.number:
            notes = (
                "the archive was indexed anew since the last page: this one goes on from the same place",
            )
    before = len(docs) - len(order.docs) + start
    places = order.page(start, request.size)

    def next_cursor() -> str | None:
        if not len(places) or start + len(places) >= len(order.docs):
            return None
        after = order.cursor_after(int(places[-1]), snapshot.number, before + len(places))
        return after.encode(request, sort)

    return Page(order.docs.take(places), order.scores.take(places), len(docs), before, next_cursor, notes)
