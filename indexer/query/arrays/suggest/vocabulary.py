"""Some words, found as a reader types them: by their beginning, by a part, or with one slip.

Words are folded: letter case and accents. Those with a slip are found by whole arrays, a letter's place at a
time: 32,768 words take a fifth of a millisecond, the table of `edits` half of one, and `suggest` of the
benchmarks asks for them at each letter that is typed.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.query.edits import MIN_FOR_SLIP

Rows = NDArray[np.int64]

_LETTERS = 24  # of a word that are compared for a slip; more are not typed by many
_END = "\U0010ffff"


class Vocabulary:
    """Distinct words, sorted. Give me what was typed, I return rows."""

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
        letters = self._letters
        codes = [ord(letter) for letter in typed]
        same = [letters[i] == codes[i] for i in range(size)]
        # Where a letter was left out, the rest of the word stands one further; where one is too many, before.
        further = [letters[i + 1] == codes[i] for i in range(size)]
        before = [letters[i - 1] == codes[i] for i in range(1, size)]
        rest_same, rest_further, rest_before = _rests(same), _rests(further), _rests(before)
        found = np.zeros(len(self.words), bool)
        until = np.ones(len(self.words), bool)  # whether the letters before agree
        for i in range(size):
            other = rest_same[i + 1] & (letters[i] != 0)
            other |= rest_further[i]
            other |= rest_before[i]  # from the next typed letter on
            if i + 1 < size:
                other |= further[i] & before[i] & rest_same[i + 2]
            other &= until
            found |= other
            until &= same[i]
        return np.flatnonzero(found)

    @functools.cached_property
    def _joined(self) -> tuple[str, Rows]:
        """All words, each between two ends of lines, and where each begins."""
        lengths = np.fromiter(map(len, self.words), np.int64, len(self.words)) + 1
        return "\n".join(["", *self.words, ""]), np.cumsum(lengths) - lengths

    @functools.cached_property
    def _letters(self) -> list[NDArray[np.uint16]]:
        """The words' letters by place, (words,) each, 0 behind the end."""
        table = np.array(self.words, f"U{_LETTERS}").view(np.uint32).reshape(len(self.words), _LETTERS)
        narrow = np.minimum(table, 0xFFFF).astype(np.uint16)
        return list(np.ascontiguousarray(narrow.T))


def _rests(same: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.bool_]]:
    """Return for each place whether all from there on are the same; the last is of no place."""
    rests = [np.ones(len(same[0]) if same else 0, bool)]
    for place in reversed(same):
        rests.append(rests[-1] & place)
    return rests[::-1]
