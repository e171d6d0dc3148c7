"""Postings of a generation as arrays, over all its segments: what the engine computes with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.codec import SegmentArrays
from indexer.query.ranking import bm25_weight, idf

Docs = NDArray[np.int32]
Numbers = NDArray[np.float64]

_MOST_KEPT = 2_000_000  # scores in memory, of 12 bytes each with their documents


class Postings:
    """Reads postings, field lengths and positions. Hold the snapshot's lock."""

    def __init__(self, reader: Any, live: NDArray[np.bool_]) -> None:
        self._reader = reader
        self._live = live
        self._all_live = bool(live.all())
        self._size = len(live)
        self._segments = list(segments_of(reader))
        self._lengths: dict[str, tuple[Numbers, float]] = {}
        self._scored: OrderedDict[tuple[str, bytes], tuple[Docs, Numbers]] = OrderedDict()
        self._kept = 0

    def scored(self, field: str, term: str | bytes) -> tuple[Docs, Numbers]:
        """Return the live documents that have `term` in `field`, ascending, and their BM25 scores.

        Statistics are of the whole index, deleted documents included, as Whoosh has them.
        """
        key = (field, _bytes(term))
        found = self._scored.get(key)
        if found is not None:
            self._scored.move_to_end(key)
            return found
        docs, frequencies = self._read(*key)
        lengths, average = self.lengths(field)
        scores = bm25_weight(frequencies, lengths[docs], average) * idf(self._size, len(docs))
        if not self._all_live:
            live = self._live[docs]
            docs, scores = docs[live], scores[live]
        self._keep(key, (docs, scores))
        return docs, scores

    def lengths(self, field: str) -> tuple[Numbers, float]:
        """Return the length of `field` in each document, and the average length."""
        if field not in self._lengths:
            lengths = np.zeros(self._size)
            for arrays, offset in self._segments:
                values = arrays.lengths(field)
                if values is not None:
                    lengths[offset : offset + len(values)] = values
            average = float(lengths.sum()) / self._size if self._size else 0.0
            self._lengths[field] = lengths, average or 1.0
        return self._lengths[field]

    def has_positions(self, field: str) -> bool:
        """Whether phrases can be told in `field`."""
        return field in self._reader.schema and self._reader.schema[field].format.supports("positions")

    def places(self, field: str, term: str | bytes, docs: Docs) -> tuple[NDArray[np.int64], int]:
        """Return where `term` stands in `docs` (ascending), and the stride of a document.

        A place is the document's rank in `docs` times the stride, plus the position; ascending and
        distinct. The stride is above any position and any slop.
        """
        stride = 1 << 40
        found: list[NDArray[np.int64]] = []
        for arrays, offset in self._segments:
            first, last = np.searchsorted(docs, (offset, offset + arrays.doc_count))
            postings, _ = arrays.postings(field, _bytes(term))
            if first == last or not len(postings):
                continue
            starts, positions = arrays.positions(field, _bytes(term))
            at = np.searchsorted(postings, docs[first:last] - offset)
            counts = starts[at + 1] - starts[at]
            ranks = np.repeat(np.arange(first, last, dtype=np.int64), counts)
            # Each posting's positions in a row: its start, then one after another.
            steps = np.arange(len(ranks)) - np.repeat(np.cumsum(counts) - counts, counts)
            places = ranks * stride + positions[np.repeat(starts[at], counts) + steps].astype(np.int64)
            found.append(np.unique(places))  # a title's words stand twice at a position
        return (np.concatenate(found) if found else np.empty(0, np.int64)), stride

    def _read(self, field: str, term: bytes) -> tuple[Docs, Numbers]:
        docs: list[NDArray[Any]] = []
        frequencies: list[Numbers] = []
        for arrays, offset in self._segments:
            ids, counts = arrays.postings(field, term)
            docs.append(ids + offset)
            frequencies.append(np.ones(len(ids)) if counts is None else counts.astype(np.float64))
        return _joined(docs), np.concatenate(frequencies) if frequencies else np.empty(0)

    def _keep(self, key: tuple[str, bytes], found: tuple[Docs, Numbers]) -> None:
        self._scored[key] = found
        self._kept += len(found[0])
        while self._kept > _MOST_KEPT and len(self._scored) > 1:
            _, (gone, _) = self._scored.popitem(last=False)
            self._kept -= len(gone)


def segments_of(reader: Any) -> Iterator[tuple[SegmentArrays, int]]:
    """Yield the arrays of each segment of one of Whoosh's readers, and its first document's number."""
    if reader.doc_count_all():
        for leaf, offset in reader.leaf_readers():
            yield leaf.segment().open_arrays(leaf.storage()), offset


def _joined(parts: list[NDArray[Any]]) -> Docs:
    return np.concatenate(parts).astype(np.int32) if parts else np.empty(0, np.int32)


def _bytes(term: str | bytes) -> bytes:
    return term if isinstance(term, bytes) else term.encode("utf-8", "replace")
