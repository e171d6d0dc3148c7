"""Some words, found as a reader types them: by their beginning, by a part, or with one slip.

Words are folded: letter case and accents. Those with a slip are found a letter at a time, by sets of words
that are bits of one integer: suggestions for three words take .18 ms less so than by arrays
(`benchmarks.pages`).
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.query.edits import MIN_FOR_SLIP

Rows = NDArray[np.int64]

_LETTERS = 24  # of a word that are compared for a slip; more are not typed by many
_KEPT = 1024  # sets of words with a letter at a place; 24 letters at 24 places are 576
_NONE = "\0"  # the letter behind a word's end
_END = "\U0010ffff"


class Vocabulary:
    """Distinct words, sorted, and the rows of those that begin with, or are near to, what was typed."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)

    def beginning(self, typed: str) -> tuple[int, int]:
        """Return the rows (first, last + 1) of the words that begin with `typed`."""
        return bisect.bisect_left(self.words, typed), bisect.bisect_left(self.words, typed + _END)

    def containing(self, typed: str) -> Rows:
        """Return the rows of the words that have `typed` in them, ascending."""
        joined, starts = self._joined
        places: list[int] = []
        at = joined.find(typed)
        while at >= 0:
            places.append(at)
            at = joined.find(typed, joined.find("\n", at))  # in the words behind it
        rows: Rows = starts.searchsorted(np.array(places, np.int64), "right") - 1
        return rows

    def near(self, typed: str) -> Rows:
        """Return the rows of the words with a beginning that differs from `typed` by one letter too many,
        too few or another, or by two neighbours that changed places, as `nearness.is_near` has
        it. None where it is too short, or longer than anyone types."""
        size = len(typed)
        if not MIN_FOR_SLIP <= size < _LETTERS - 1 or not self.words or max(typed) > "\uffff":
            return np.zeros(0, np.int64)
        having, every = self._having, (1 << len(self.words)) - 1
        # The words that have all letters so far; with another letter in the place of one, or two swapped;
        # with one more, and with one less; and those whose next letter may complete a swap.
        exact, other, longer, shorter, swapping = every, 0, 0, 0, 0
        for place, letter in enumerate(typed):
            same, further = having(place, letter), having(place + 1, letter)
            before = having(place - 1, letter) if place else 0
            other = other & same | swapping & before | exact & ~having(place, _NONE)
            longer = (longer | exact) & further
            shorter = shorter & before | exact
            swapping = exact & further
            exact &= same
        found = (other | longer | shorter).to_bytes(-(-len(self.words) // 8), "little")
        return np.flatnonzero(np.unpackbits(np.frombuffer(found, np.uint8), bitorder="little"))

    @functools.cached_property
    def _joined(self) -> tuple[str, Rows]:
        """All words, each between two ends of lines, and where each begins."""
        lengths = np.fromiter(map(len, self.words), np.int64, len(self.words)) + 1
        return "\n".join(["", *self.words, ""]), np.cumsum(lengths) - lengths

    @functools.cached_property
    def _having(self) -> Callable[[int, str], int]:
        """Return which words have a letter at a place: a bit for each, in their order."""
        table = np.array(self.words, f"U{_LETTERS}").view(np.uint32).reshape(len(self.words), _LETTERS)
        letters = np.ascontiguousarray(np.minimum(table, 0xFFFF).astype(np.uint16).T)

        @functools.lru_cache(maxsize=_KEPT)
        def having(place: int, letter: str) -> int:
            return int.from_bytes(np.packbits(letters[place] == ord(letter), bitorder="little"), "little")

        return having
