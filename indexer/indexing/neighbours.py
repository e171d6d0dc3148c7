"""Words in their order -> which stand side by side, and how often: pairs and triples, counted exactly.

Most pairs of an archive occur once, and are the larger part of all. So a first way through counts
them by a hash alone, and only those whose hash is frequent are counted by name (Park, Chen and Yu,
An Effective Hash-Based Algorithm for Mining Association Rules, SIGMOD 1995): counts stay exact, and
memory bounded. Triples are made of two pairs that are frequent (no triple is more frequent than they).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array
from indexer.codec.tables import run_begins
from indexer.indexing.lists import MIXER
from indexer.indexing.word_streams import Piece, WordStreams

Keys = NDArray[np.uint64]
Counts = NDArray[np.int64]

_WORD_BITS = np.uint64(20)
_DOC_BITS = np.uint64(20)
_MAX_PAIRS = 1 << 23  # of 23 bits: with a word and a document they are 63
_MIN_BITS, _MAX_BITS = 16, 24  # of the hash; counts of 4 bytes
_ROOM = 8  # places of a look-up for each key
_JOINED_AT = 1 << 21  # rows of counts that wait to be added up


@dataclass(frozen=True)
class Counted:
    """Distinct keys, ascending, with the places where each occurs and the documents that have it."""

    keys: Keys
    occurrences: Counts
    documents: Counts

    def take(self, kept: Array) -> Counted:
        """Return some rows."""
        return Counted(self.keys[kept], self.occurrences[kept], self.documents[kept])

    @functools.cached_property
    def lookup(self) -> _Lookup:
        """What finds rows by their keys."""
        return _Lookup(self.keys)


class _Lookup:
    """Finds keys by a hash: a binary search of millions of keys takes five times as long."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        bits = int(np.clip((_ROOM * len(keys)).bit_length(), _MIN_BITS, _MAX_BITS))
        self._shift = np.uint64(64 - bits)
        self._rows = np.full(1 << bits, -1, np.int32)
        hashes = _hash(keys, self._shift)
        self._rows[hashes] = np.arange(len(keys), dtype=np.int32)
        self._others = np.flatnonzero(self._rows[hashes] != np.arange(len(keys)))  # another took the place
        self._shared = np.zeros(1 << bits, bool)
        self._shared[hashes[self._others]] = True

    def find(self, keys: Keys) -> tuple[Array, Array]:
        """Return the row of each of `keys`, and whether it has one."""
        if not len(self._keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        hashes = _hash(keys, self._shift)
        rows = self._rows[hashes]
        known = (rows >= 0) & (self._keys[rows] == keys)
        if len(self._others):
            rest = np.flatnonzero(self._shared[hashes] & ~known)
            at = self._keys[self._others].searchsorted(keys[rest])
            at = self._others[np.minimum(at, len(self._others) - 1)]
            rows[rest], known[rest] = at, self._keys[at] == keys[rest]
        return rows, known


def pair_key(first: Array, second: Array) -> Keys:
    """Return the key of two words, or of a pair's row and a word."""
    keys: Keys = (first.astype(np.uint64) << _WORD_BITS) | second.astype(np.uint64)
    return keys


def parts_of(keys: Keys) -> tuple[Counts, Counts]:
    """The inverse of `pair_key`."""
    mask = (np.uint64(1) << _WORD_BITS) - np.uint64(1)
    return (keys >> _WORD_BITS).astype(np.int64), (keys & mask).astype(np.int64)


class Neighbours:
    """Finds the neighbours of a stream of words: `pairs`, then `triples`, of which those that fewer
    than `least` documents have are left out."""

    def __init__(self, streams: WordStreams, least: int) -> None:
        self._streams = streams
        self._least = least
        self._bits = int(np.clip(streams.total.bit_length(), _MIN_BITS, _MAX_BITS))
        self._shift = np.uint64(64 - self._bits)
        self._frequent = self._hashed()

    def words(self) -> Counts:
        """Return how often each word occurs: (words + 1,), by their numbers."""
        size = len(self._streams.terms) + 1
        counts = np.zeros(size, np.int64)
        for piece in self._streams.pieces():
            counts += np.bincount(piece.terms, minlength=size)
        return counts

    def pairs(self) -> Counted:
        """Return the pairs, by `pair_key` of their words."""

        def keys_of(piece: Piece) -> tuple[Keys, Array]:
            at, keys = self._candidates(piece)
            return keys, at

        found = self._counted(keys_of)
        if len(found.keys) > _MAX_PAIRS:  # the commonest
            kept = np.argpartition(-found.documents, _MAX_PAIRS)[:_MAX_PAIRS]
            found = found.take(np.sort(kept))
        return found

    def triples(self, pairs: Counted, may_begin: Array, may_end: Array) -> Counted:
        """Return the triples, by `pair_key` of the row of their first pair among `pairs` and their last
        word; of those whose first word `may_begin` and whose last `may_end`, each (words + 1,)."""

        def keys_of(piece: Piece) -> tuple[Keys, Array]:
            at, keys = triples_of(piece, *self.located(piece, pairs))
            ends = may_begin[piece.terms[at]] & may_end[piece.terms[at + 2]]
            return keys[ends], at[ends]

        return self._counted(keys_of)

    def located(self, piece: Piece, pairs: Counted) -> tuple[Array, Array]:
        """Return where `pairs` begin in a piece, ascending, and their rows."""
        at, keys = self._candidates(piece)
        rows, known = pairs.lookup.find(keys)
        return at[known], rows[known]

    def _candidates(self, piece: Piece) -> tuple[Array, Keys]:
        """Return where pairs begin that may be frequent, and their keys."""
        at, keys = _neighbours(piece)
        kept = np.flatnonzero(self._frequent[_hash(keys, self._shift)])
        return at[kept], keys[kept]

    def _hashed(self) -> NDArray[np.bool_]:
        buckets = np.zeros(1 << self._bits, np.uint32)
        for piece in self._streams.pieces():
            np.add.at(buckets, _hash(_neighbours(piece)[1], self._shift), np.uint32(1))
        frequent: NDArray[np.bool_] = buckets >= self._least
        return frequent

    def _counted(self, keys_of: Callable[[Piece], tuple[Keys, Array]]) -> Counted:
        found = added_up(_count(piece, *keys_of(piece)) for piece in self._streams.pieces())
        return found.take(np.flatnonzero(found.documents >= self._least))


def triples_of(piece: Piece, at: Array, rows: Array) -> tuple[Array, Keys]:
    """Return where two pairs follow one another that begin at the places `at`, and the triples' keys."""
    followed = np.flatnonzero(np.diff(at) == 1)
    at = at[followed]
    return at, pair_key(rows[followed], piece.terms[at + 2])


def _hash(keys: Keys, shift: np.uint64) -> Array:
    return ((keys * MIXER) >> shift).astype(np.int64)


def _neighbours(piece: Piece) -> tuple[Array, Keys]:
    """Return where two words follow one another, and the pairs' keys. No pair reaches from one document
    into the next: the last place of each has no word."""
    terms = piece.terms
    at = np.flatnonzero((terms[:-1] > 0) & (terms[1:] > 0))
    return at, pair_key(terms[at], terms[at + 1])


def _count(piece: Piece, keys: Keys, at: Array) -> Counted:
    """Return how often each of `keys` is there; they stand at the places `at` of a piece."""
    docs = piece.docs[at]
    local = np.cumsum(np.diff(docs, prepend=docs[:1]) > 0).astype(np.uint64)
    keys = (keys << _DOC_BITS) | local
    keys.sort()
    of_docs = run_begins(keys)
    keys >>= _DOC_BITS
    firsts = np.flatnonzero(run_begins(keys))
    documents = np.add.reduceat(of_docs, firsts, dtype=np.int64) if len(firsts) else firsts
    return Counted(keys[firsts], np.diff(firsts, append=len(keys)), documents)


def added_up(parts: Iterable[Counted]) -> Counted:
    """Return the sums of counts, a part at a time."""
    total = Counted(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    waiting: list[Counted] = []
    for part in parts:
        waiting.append(part)
        if sum(len(each.keys) for each in waiting) > _JOINED_AT:
            total, waiting = _sum([total, *waiting]), []
    return _sum([total, *waiting])


def _sum(parts: list[Counted]) -> Counted:
    keys = np.concatenate([part.keys for part in parts])
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    firsts = np.flatnonzero(run_begins(keys))
    if not len(firsts):
        return parts[0]
    occurrences, documents = (
        np.add.reduceat(np.concatenate(values)[order], firsts, dtype=np.int64)
        for values in ([p.occurrences for p in parts], [p.documents for p in parts])
    )
    return Counted(keys[firsts], occurrences, documents)
