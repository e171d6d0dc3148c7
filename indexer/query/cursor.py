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
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import RequestError
from indexer.query.columns import Columns, Docs
from indexer.query.request import SearchRequest
from indexer.query.snapshot import Snapshot

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
    """One order over a set of documents: `keys` ascend, ties go newest first, then by id."""

    def __init__(
        self, columns: Columns, docs: Docs, scores: NDArray[np.float64], keys: NDArray[np.float64]
    ) -> None:
        self._columns = columns
        self.docs = docs
        self.scores = scores
        self._keys = keys

    @classmethod
    def of(cls, sort: str, columns: Columns, docs: Docs, scores: NDArray[np.float64]) -> Order:
        """Return the order called `sort` over `docs`."""
        if sort == "relevance":
            keys = -scores
        elif sort == "newest":
            keys = np.zeros(len(docs))
        elif sort == "oldest":
            keys = np.where(columns.dated, columns.published, np.inf)[docs]
        else:  # quality or heat, highest first, those without one last
            values = getattr(columns, sort)[docs]
            keys = np.where(np.isnan(values), np.inf, -values)
        return cls(columns, docs, scores, keys)

    def after(self, cursor: Cursor) -> Order:
        """Return the order of the documents that come after the cursor's place."""
        key = self._keys
        published = self._columns.published[self.docs]
        ids = self._columns.ids[self.docs]
        same_key = key == cursor.key
        same_date = same_key & (published == cursor.published)
        later = (
            (key > cursor.key)
            | (same_key & (published < cursor.published))
            | (same_date & (ids > cursor.id.encode()))
        )
        return Order(self._columns, self.docs[later], self.scores[later], key[later])

    def page(self, start: int, size: int) -> NDArray[np.intp]:
        """Return the places in `docs` of the hits `start` to `start + size` of the order."""
        wanted = start + size
        if start >= len(self.docs):
            return np.empty(0, np.intp)
        candidates: NDArray[np.intp] = np.arange(len(self.docs))
        if wanted < len(self.docs):
            bound = np.partition(self._keys, wanted - 1)[wanted - 1]
            candidates = np.flatnonzero(self._keys <= bound)  # ties with the last one take part
        ranks = self._columns.newest_rank[self.docs[candidates]]
        return candidates[np.lexsort((ranks, self._keys[candidates]))[start:wanted]]

    def cursor_after(self, place: int, generation: int, rank: int) -> Cursor:
        """Return the cursor for the place after the hit at `place` in `docs`."""
        doc = self.docs[place]
        columns = self._columns
        return Cursor(
            generation, float(self._keys[place]), int(columns.published[doc]), columns.ids[doc].decode(), rank
        )


@dataclass(frozen=True, slots=True)
class Page:
    """The hits of one page in order; `before` counts the hits of the pages before it."""

    docs: Docs
    scores: NDArray[np.float64]
    total: int
    before: int
    next_cursor: str | None
    notes: tuple[str, ...] = ()


def place_page(
    request: SearchRequest, sort: str, snapshot: Snapshot, docs: Docs, scores: NDArray[np.float64]
) -> Page:
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
    next_cursor = None
    if len(places) and start + len(places) < len(order.docs):
        after = order.cursor_after(int(places[-1]), snapshot.number, before + len(places))
        next_cursor = after.encode(request, sort)
    return Page(order.docs[places], order.scores[places], len(docs), before, next_cursor, notes)
