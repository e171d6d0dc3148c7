"""Where a term stands in the documents of its posting, read for those that are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.codec.layout import Array, smallest_dtype
from indexer.codec.tables import run_indices

# Where the positions of every document begin would take four times what its frequencies take, and push
# other things out of the cache: only every so manieth is kept, the rest is added up from there.
_STEP = 16
_WITHIN = np.arange(_STEP)
_EARLIER = np.tri(_STEP, k=-1, dtype=np.uint8)  # row i has a one for each place before i
_ASKED = 8  # of so many documents one asked for is enough to add up all


class Positions:
    """The positions of one term.

    pieces  those of each segment, document after document
    freqs   how many each document of the segments has, or None where all have one
    kept    the places among these documents of those that the posting has, or None for all
    """

    def __init__(self, pieces: Sequence[Array], freqs: Array | None, kept: Array | None) -> None:
        self._pieces = [piece for piece in pieces if len(piece)] or [np.empty(0, np.uint8)]
        self._begins = np.cumsum([0, *map(len, self._pieces[:-1])])
        self._freqs = freqs
        self._kept = kept
        self._known: Array | None = None  # where each _STEP-th document's positions begin
        if freqs is not None:
            whole = len(freqs) - len(freqs) % _STEP
            sums = freqs[:whole].reshape(-1, _STEP).sum(axis=1, dtype=np.int64)
            known = np.zeros(len(sums) + 1, np.int64)
            np.cumsum(sums, out=known[1:])
            self._known = known.astype(smallest_dtype(sum(map(len, self._pieces))))

    @property
    def nbytes(self) -> int:
        """The bytes that are held beside the pieces and the frequencies."""
        return sum(array.nbytes for array in (self._known, self._kept) if array is not None)

    def of(self, at: Array, counts: Array | None) -> Array:
        """Return the positions in the documents at the places `at` of the posting, ascending, one document's
        after another's; `counts` are their frequencies, None where all are 1."""
        starts = self._starts(at if self._kept is None else self._kept.take(at))
        return self._take(starts if counts is None else run_indices(starts, counts))

    def _starts(self, at: Array) -> Array:
        freqs, known = self._freqs, self._known
        if freqs is None or known is None:
            return at
        if len(at) * _ASKED > len(freqs):
            ends = np.cumsum(freqs, dtype=np.int64)
            starts: Array = ends.take(at) - freqs.take(at)
            return starts
        steps, rest = at // _STEP, at % _STEP
        some = freqs.take((at - rest)[:, None] + _WITHIN, mode="clip")
        some *= _EARLIER.take(rest, axis=0)
        found: Array = np.add.reduce(some, axis=1, dtype=np.int64)
        found += known.take(steps)
        return found

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
