"""Where a term stands in the documents of its posting, read for those that are needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.tables import run_indices


class Positions:
    """The positions of one term.

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
