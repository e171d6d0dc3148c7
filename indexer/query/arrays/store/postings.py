"""Postings of a generation as arrays, over all its segments: what the engine computes with.

What costs time to make again is kept, within bounds: unpacked documents, scores, joined postings of
several segments, and for words that many articles have the bits in which any document is looked up at
once.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import run_indices
from indexer.query.arrays.store.ranked_bits import RankedBits
from indexer.query.ranking import K1, B, idf

Docs = NDArray[np.uint32]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

_MAX_BYTES = 32 << 20  # of arrays that are kept
_ENTRY_BYTES = 500  # what an entry takes beside its arrays
_BITS_SHARE = 32  # as many documents of the index cost as much as one posting where bits are made

PLACE_BITS = 40  # bits of a position and any slop

Key = tuple[str, bytes]


class Posting(NamedTuple):
    """How often a term stands in each live document that has it, or None where all are 1; and how many
    documents have it, deleted ones among them. Which they are, `Postings.docs` tells."""

    key: Key
    freqs: Array | None
    df: int


class Together(NamedTuple):
    """Documents that have all of several terms, ascending; and for each term its posting and where in
    that the documents are."""

    docs: Docs
    terms: tuple[tuple[Posting, Array], ...]

    def only(self, kept: Places) -> Together:
        """Return what is at the places `kept` in `docs`, alone."""
        return Together(self.docs.take(kept), tuple((posting, at.take(kept)) for posting, at in self.terms))


class Positions:
    """Where one term stands, read for the documents that are needed.

    pieces  those of each segment, document after document
    starts  where those of each document of the posting begin, None where all documents of the segments have
            one each
    """

    def __init__(self, pieces: Sequence[Array], starts: Array | None) -> None:
        self._pieces = [piece for piece in pieces if len(piece)] or [np.empty(0, np.uint8)]
        self._begins = np.cumsum([0, *map(len, self._pieces[:-1])])
        self._starts = starts

    def of(self, at: Array, counts: Array | None) -> Array:
        """Return the positions in the documents at the places `at` of the posting, ascending, one document's
        after another's; `counts` are their frequencies, None where all are 1."""
        starts = at if self._starts is None else self._starts.take(at)
        return self._take(starts if counts is None else run_indices(starts, counts))

    def _take(self, at: Array) -> Array:
        if len(self._pieces) == 1:
            return self._pieces[0].take(at)
        ends = [*at.searchsorted(self._begins[1:]).tolist(), len(at)]
        parts = [self._pieces[0][:0]]
        first = 0
        for piece, begin, end in zip(self._pieces, self._begins.tolist(), ends, strict=True):
            if end > first:
                parts.append(piece.take(at[first:end] - begin))
                first = end
        return np.concatenate(parts)


class Postings:
    """Reads postings, field lengths and positions. Safe to share between threads: the lock guards the
    cache, which is all that changes."""

    def __init__(self, reader: Any, live: Mask) -> None:
        self._schema = reader.schema
        self._taken_whole = {name for name, kind in reader.schema.items() if not kind.scorable}
        self._lock = threading.Lock()
        self._live = live
        self._all_live = bool(live.all())
        self.size = len(live)  # documents, deleted ones among them
        self._segments = list(segments_of(reader))
        self._norms: dict[str, Scores] = {}
        self._least_norms: dict[str, float] = {}
        self._kept: OrderedDict[tuple[str, Any], Any] = OrderedDict()
        self._kept_bytes = 0

    def posting(self, field: str, term: str | bytes) -> Posting:
        """Return the postings of a term; empty ones where no document has it."""
        key = (field, term_bytes(term))
        found: Posting | None = self._known("posting", key)
        if found is None:
            found = self._read(key)
            self._keep("posting", key, found, _size_of(found.freqs))
        return found

    def docs(self, posting: Posting) -> Docs:
        """Return the live documents of a posting, ascending."""
        found: Docs | None = self._known("docs", posting.key)
        if found is None:
            found = self._read_docs(posting)
            self._keep("docs", posting.key, found, _size_of(found))
        return found

    def _read_docs(self, posting: Posting) -> Docs:
        docs = self._all_docs(posting.key, posting.df)
        return docs if self._all_live else docs[self._live.take(docs)]

    def idf(self, posting: Posting) -> float:
        """Return the term's weight; of the whole index, deleted documents included, as Whoosh has it."""
        return idf(self.size, posting.df)

    def scored(self, field: str, term: str | bytes) -> tuple[Docs, Scores]:
        """Return the live documents that have `term` in `field`, ascending, and their BM25 scores."""
        posting = self.posting(field, term)
        docs = self.docs(posting)
        scores: Scores | None = self._known("scored", posting.key)
        if scores is None:
            scores = self.weigh(field, docs, posting.freqs, self.idf(posting))
            scores.flags.writeable = False
            self._keep("scored", posting.key, scores, scores.nbytes)
        return docs, scores

    def scores_among(self, field: str, term: str | bytes, docs: Docs) -> tuple[Places, Scores]:
        """Return the places in `docs` (live, ascending) of those that have a term, and the scores that
        `scored` gives them."""
        posting = self.posting(field, term)
        places, at = self._look_up(posting, docs)
        return places, self.weigh(field, docs.take(places), _freqs_at(posting, at), self.idf(posting))

    def places_of(self, field: str, term: str, docs: Docs) -> Places:
        """Return the places in `docs` (live, ascending) of those that have a term."""
        return self._look_up(self.posting(field, term), docs)[0]

    def most_score(self, field: str, term: str | bytes) -> float:
        """Return what no document's score for a term exceeds, but by how single precision rounds."""
        posting = self.posting(field, term)
        if not posting.df:
            return 0.0
        if field not in self._least_norms:
            self._least_norms[field] = float(self._field_norms(field).min())
        tf = 1.0 if posting.freqs is None else float(posting.freqs.max(initial=1))
        return self.idf(posting) * tf * (K1 + 1) / (tf + self._least_norms[field])

    def together(self, terms: Sequence[Key]) -> Together:
        """Return the live documents that have all `terms`. They are found rarest term first."""
        postings = [self.posting(*key) for key in terms]
        order = sorted(range(len(terms)), key=lambda i: postings[i].df)
        docs = self.docs(postings[order[0]])
        at: dict[int, Array] = {order[0]: np.arange(len(docs))}
        for i in order[1:]:
            if not len(docs):
                return Together(docs, tuple((posting, docs) for posting in postings))
            found, places = self._look_up(postings[i], docs)
            docs = docs.take(found)
            at = {i: places, **{other: known.take(found) for other, known in at.items()}}
        return Together(docs, tuple((posting, at[i]) for i, posting in enumerate(postings)))

    def scored_together(self, found: Together, boosts: Sequence[float]) -> tuple[Docs, Scores]:
        """Return the documents and the sums of their scores for each of the terms."""
        if not len(found.docs):
            return found.docs, np.empty(0, np.float32)
        parts = []
        for (posting, at), boost in zip(found.terms, boosts, strict=True):
            part = self.weigh(posting.key[0], found.docs, _freqs_at(posting, at), self.idf(posting))
            parts.append(part if boost == 1.0 else part * np.float32(boost))
        return found.docs, functools.reduce(np.add, parts)

    def _look_up(self, posting: Posting, docs: Docs) -> tuple[Places, Array]:
        """Return the places in `docs` (ascending) of those that have a posting, and where in that they
        are."""
        bits: RankedBits | None = self._known("bits", posting.key)
        # A search costs the logarithm for each document, bits a little for all; after that, they are there.
        if bits is None and len(docs) * posting.df.bit_length() > posting.df + self.size // _BITS_SHARE:
            members = self._known("docs", posting.key)
            bits = RankedBits(self._read_docs(posting) if members is None else members, self.size)
            self._keep("bits", posting.key, bits, bits.nbytes)
        if bits is not None:
            return bits.find(docs)
        has, at = member(docs, self.docs(posting))
        found = has.nonzero()[0]
        return found, at.take(found)

    def average_length(self, field: str) -> float:
        """Return the average length of `field`, over all documents."""
        total = sum(
            arrays.length_fields[field].sum for arrays, _ in self._segments if field in arrays.length_fields
        )
        return float(total) / self.size if self.size and total else 1.0

    def has_positions(self, field: str) -> bool:
        """Whether phrases can be told in `field`."""
        return field in self._schema and self._schema[field].format.supports("positions")

    def positions(self, posting: Posting) -> Positions:
        """Return where a term stands in the documents of its posting."""
        found: Positions | None = self._known("positions", posting.key)
        if found is None:
            freqs = posting.freqs if self._all_live else self._all_freqs(posting.key)[1]
            starts: Array | None = None if freqs is None else np.cumsum(freqs, dtype=np.uint32) - freqs
            if not self._all_live:
                live = np.flatnonzero(self._live.take(self._all_docs(posting.key, posting.df)))
                starts = live if starts is None else starts.take(live)
            pieces = [arrays.places(*posting.key) for arrays, _ in self._segments]
            found = Positions(pieces, starts)
            self._keep("positions", posting.key, found, sum(map(_size_of, [starts, *pieces])))
        return found

    def occurrences(self, posting: Posting, docs: Docs) -> tuple[Places, NDArray[np.int64]]:
        """Return the places in `docs` (ascending) of those that have a term, and where it stands in them, as
        `places` has it."""
        found, at = self._look_up(posting, docs)
        return found, self.places(posting, at, found)

    def places(self, posting: Posting, at: Array, ranks: Places) -> NDArray[np.int64]:
        """Return where a term stands in some documents, by their ranks and where in its posting they are:
        ascending.

        A place is the document's rank, shifted by PLACE_BITS, plus the position. A title's words stand
        twice at theirs.
        """
        positions = self.positions(posting)
        if posting.freqs is None:
            return (ranks << PLACE_BITS) + positions.of(at, None)
        counts = posting.freqs.take(at)
        places: NDArray[np.int64] = (ranks << PLACE_BITS).repeat(counts)
        places += positions.of(at, counts)
        return places

    def length(self, field: str, doc: int) -> int:
        """Return the length of `field` in one document, in words that count."""
        for arrays, offset in self._segments:
            if offset <= doc < offset + arrays.doc_count:
                lengths = arrays.lengths(field)
                return 0 if lengths is None else int(lengths[doc - offset])
        return 0

    def frequency(self, posting: Posting, doc: int) -> int:
        """Return how often a term stands in one document that has it, 0 in any other."""
        docs = self.docs(posting)
        at = int(docs.searchsorted(doc))
        if at == len(docs) or docs[at] != doc:
            return 0
        return 1 if posting.freqs is None else int(posting.freqs[at])

    def weigh(self, field: str, docs: Docs, freqs: Array | None, weight: float) -> Scores:
        """Return weight * tf (k1 + 1) / (tf + k1 (1 - b + b length / average)), as float32; 1 each in a
        field of values taken whole."""
        if field in self._taken_whole:
            return np.ones(len(docs), np.float32)
        norms = self._field_norms(field).take(docs)
        factor = np.float32(weight * (K1 + 1))
        if freqs is None:
            norms += np.float32(1)
            return np.divide(factor, norms, out=norms)
        tf: Scores = freqs.astype(np.float32)
        norms += tf
        tf *= factor
        return np.divide(tf, norms, out=tf)

    def _field_norms(self, field: str) -> Scores:
        """Return k1 (1 - b + b length / average) of each document."""
        norms = self._norms.get(field)
        if norms is None:
            norms = np.zeros(self.size, np.float32)
            for arrays, offset in self._segments:
                lengths = arrays.lengths(field)
                if lengths is not None:
                    norms[offset : offset + len(lengths)] = lengths
            norms *= np.float32(K1 * B / self.average_length(field))
            norms += np.float32(K1 * (1 - B))
            self._norms[field] = norms
        return norms

    def _read(self, key: Key) -> Posting:
        df, freqs = self._all_freqs(key)
        if freqs is not None and not self._all_live:
            freqs = freqs[self._live.take(self._all_docs(key, df))]
        return Posting(key, freqs, df)

    def _all_freqs(self, key: Key) -> tuple[int, Array | None]:
        """Return how many documents have a term, deleted ones among them, and how often each has it."""
        found = [arrays.frequencies(*key) for arrays, _ in self._segments]
        parts = [part for part in found if part[0]]
        df = sum(count for count, _ in parts)
        if all(freqs is None for _, freqs in parts):
            return df, None
        if len(parts) == 1:
            return df, parts[0][1]
        return df, np.concatenate(
            [np.ones(count, np.uint8) if freqs is None else freqs for count, freqs in parts]
        )

    def _all_docs(self, key: Key, df: int) -> Docs:
        """Return the `df` documents that have a term, deleted ones among them."""
        if len(self._segments) == 1:
            return self._segments[0][0].postings(*key)[0]
        docs = np.empty(df, np.uint32)
        found = 0
        for arrays, offset in self._segments:
            found += arrays.read_docs(docs[found:], *key, offset)
        docs.flags.writeable = False
        return docs

    def _known(self, kind: str, key: Any) -> Any:
        with self._lock:
            found = self._kept.get((kind, key))
            if found is None:
                return None
            self._kept.move_to_end((kind, key))
            return found[0]

    def _keep(self, kind: str, key: Any, value: Any, size: int) -> None:
        """Keep a value of `size` bytes, and release what was not used for longest."""
        size += _ENTRY_BYTES
        with self._lock:
            if (kind, key) in self._kept:  # another thread was faster
                return
            self._kept[kind, key] = (value, size)
            self._kept_bytes += size
            while self._kept_bytes > _MAX_BYTES and len(self._kept) > 1:
                _, (_, released) = self._kept.popitem(last=False)
                self._kept_bytes -= released


def segments_of(reader: Any) -> Iterator[tuple[SegmentArrays, int]]:
    """Yield the arrays of each segment of one of Whoosh's readers, and its first document's number."""
    if reader.doc_count_all():
        for leaf, offset in reader.leaf_readers():
            yield leaf.segment().open_arrays(leaf.storage()), offset


def member(docs: Docs, among: Docs) -> tuple[Mask, NDArray[np.intp]]:
    """Return which of `docs` are in `among` (both ascending), and where they would stand in it."""
    at = among.searchsorted(docs)
    if not len(among):
        return np.zeros(len(docs), bool), at
    return among.take(np.minimum(at, len(among) - 1)) == docs, at


def _size_of(values: Array | None) -> int:
    """Return the bytes that an array keeps in memory, none for a view of a file."""
    while values is not None and isinstance(values.base, np.ndarray):
        values = values.base
    return 0 if values is None or values.base is not None else values.nbytes


def _freqs_at(posting: Posting, at: Array) -> Array | None:
    return None if posting.freqs is None else posting.freqs.take(at)


def term_bytes(term: str | bytes) -> bytes:
    """Return a term as the dictionary has it."""
    return term if isinstance(term, bytes) else term.encode("utf-8", "replace")
