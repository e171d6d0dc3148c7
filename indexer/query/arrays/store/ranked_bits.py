"""A set of document numbers in which members, and their places, are looked up without a search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Docs = NDArray[np.uint32]

_ONE = np.uint64(1)
_WORD = np.uint32(6)  # documents of a word: 2 ** 6
_IN_WORD = np.uint32(63)


class RankedBits:
    """One bit a document, and of each word of 64 how many members come before it (Jacobson, "Space-efficient
    static trees and graphs", FOCS 1989): a bit and a half a document, where a byte for each takes 8.

    `docs`: the members, ascending; `size`: how many documents there are.
    """

    def __init__(self, docs: Docs, size: int) -> None:
        has = np.zeros(-(-size // 64) * 64, bool)
        has[docs] = True
        self._words = np.packbits(has, bitorder="little").view("<u8")
        self._before = np.zeros(len(self._words), np.uint32)
        np.cumsum(np.bitwise_count(self._words[:-1]), out=self._before[1:])

    @property
    def nbytes(self) -> int:
        """The bytes that it takes."""
        return self._words.nbytes + self._before.nbytes

    def find(self, docs: Docs) -> tuple[NDArray[np.intp], NDArray[np.uint32]]:
        """Return the places in `docs` of those that are members, and their places among the members."""
        at = docs >> _WORD
        words = self._words.take(at)
        bits = _ONE << (docs & _IN_WORD).astype(np.uint64)
        found = ((words & bits) != 0).nonzero()[0]  # of truth values in a quarter of the time
        below = words.take(found) & (bits.take(found) - _ONE)
        return found, self._before.take(at.take(found)) + np.bitwise_count(below)
