"""Postings of a generation as arrays, over all its segments: what the engine computes with.

Stock Whoosh's codec gives them a posting at a time; what was read is kept, up to a bound, because
the words of queries repeat.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.query.ranking import bm25_weight, idf

Docs = NDArray[np.int32]
Numbers = NDArray[np.float64]

_MOST_KEPT = 4_000_000  # postings in memory, of about 24 bytes each


class Postings:
    """Reads postings, field lengths and positions. Hold the snapshot's lock."""

    def __init__(self, reader: Any, live: NDArray[np.bool_]) -> None:
        self._reader = reader
        self._live = live
        self._size = len(live)
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
        weight = idf(self._size, self._reader.doc_frequency(*key)) if len(docs) else 0.0
        scores = weight * bm25_weight(frequencies, lengths[docs], average)
        self._keep(key, (docs, scores))
        return docs, scores

    def lengths(self, field: str) -> tuple[Numbers, float]:
        """Return the length of `field` in each document, and the average length."""
        if field not in self._lengths:
            lengths = np.zeros(self._size)
            for leaf, offset in self._leaves():
                count = leaf.doc_count_all()
                # Whoosh's codec gives None for a length of nought.
                lengths[offset : offset + count] = [
                    leaf.doc_field_length(n, field, 0) or 0 for n in range(count)
                ]
            average = self._reader.field_length(field) / self._size if self._size else 0.0
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
        key = _bytes(term)
        for leaf, offset in self._leaves():
            first, last = np.searchsorted(docs, (offset, offset + leaf.doc_count_all()))
            if first == last or (field, key) not in leaf:
                continue
            matcher = leaf.postings(field, key)
            for rank in range(first, last):
                matcher.skip_to(int(docs[rank]) - offset)
                positions = np.array(matcher.value_as("positions"), np.int64)
                found.append(np.unique(positions) + rank * stride)
        return (np.concatenate(found) if found else np.empty(0, np.int64)), stride

    def _read(self, field: str, term: bytes) -> tuple[Docs, Numbers]:
        docs: list[int] = []
        frequencies: list[float] = []
        for leaf, offset in self._leaves():
            if (field, term) in leaf:
                matcher = leaf.postings(field, term)
                while matcher.is_active():
                    docs.append(matcher.id() + offset)
                    frequencies.append(matcher.weight())
                    matcher.next()
        return np.array(docs, np.int32), np.array(frequencies)

    def _leaves(self) -> list[tuple[Any, int]]:
        return list(self._reader.leaf_readers()) if self._size else []

    def _keep(self, key: tuple[str, bytes], found: tuple[Docs, Numbers]) -> None:
        self._scored[key] = found
        self._kept += len(found[0])
        while self._kept > _MOST_KEPT and len(self._scored) > 1:
            _, (gone, _) = self._scored.popitem(last=False)
            self._kept -= len(gone)


def _bytes(term: str | bytes) -> bytes:
    return term if isinstance(term, bytes) else term.encode("utf-8", "replace")
