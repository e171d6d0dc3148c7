"""Fields without postings of their own, read from the positions of another (see `DerivedField`).

The postings of a term, or of many, and where the field begins and ends in each document give the postings
of the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from indexer.codec.data import FieldData
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable, offsets_of


@dataclass(frozen=True, slots=True)
class Extents:
    """Where a field lies among its source's positions: from `start[doc]` up to `end[doc]`, each
    (documents,), or None for from the first and to the last. See `DerivedField` for `copies`."""

    start: Array | None
    end: Array | None
    copies: int


class Runs(NamedTuple):
    """Postings in a row, of one term or of several: documents, the frequency of each, and the positions
    of all, posting after posting. `kept` are the places of the postings in the source's row."""

    docs: Array
    freqs: Array
    positions: Array
    kept: Array


def restrict(docs: Array, freqs: Array | None, positions: Array, extents: Extents) -> Runs:
    """Return what of postings lies in the field: (postings,) documents, frequencies (None: all 1),
    (sum of frequencies,) positions, ascending within a posting."""
    counts = np.ones(len(docs), np.int64) if freqs is None else freqs.astype(np.int64)
    owners = np.repeat(docs, counts)
    inside = np.ones(len(positions), bool)
    if extents.start is not None:
        inside &= positions >= extents.start[owners]
    if extents.end is not None:
        inside &= positions < extents.end[owners]
    if not len(docs):
        return Runs(docs, counts, positions, np.zeros(0, np.intp))
    within = np.add.reduceat(inside, offsets_of(counts)[:-1], dtype=np.int64) // extents.copies
    kept = np.flatnonzero(within)
    return Runs(docs[kept], within[kept], positions[inside][:: extents.copies], kept)


def derive_field(source: FieldData, extents: Extents) -> FieldData:
    """Return the whole field, of the terms that occur in it."""
    if source.positions is None:
        raise ValueError("a field is derived from one with positions")
    runs = restrict(source.docs, source.freqs, source.positions, extents)
    of_terms = np.searchsorted(runs.kept, source.starts.astype(np.int64))
    df = np.diff(of_terms)
    terms: BytesTable = source.terms.take(np.flatnonzero(df))
    return FieldData(
        terms=terms,
        starts=offsets_of(df[df > 0]),
        docs=runs.docs,
        freqs=None if bool(np.all(runs.freqs == 1)) else runs.freqs,
        positions=runs.positions,
    )
