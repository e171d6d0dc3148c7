"""How far one word is from many others: edit distances, whole arrays of words at a time.

An edit takes a letter in, leaves one out, replaces one, or swaps two neighbours: the distance is
Damerau's, restricted (no letter is edited twice: "optimal string alignment", see Boytsov, "Indexing
methods for approximate dictionary searching", 2011, section 2), or where a swap costs two edits,
Levenshtein's. It is filled in by the usual table, of which only the cells near the diagonal can matter,
and each cell is an array over all the words. `indexer.nearness` is the same for one pair.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array

_BITS = 32
_LONGEST = 10_000  # letters; that a word is longer makes no difference
MIN_FOR_SLIP = 4  # letters of a beginning that is typed, from which one may be wrong


class Costs(NamedTuple):
    """What an edit costs beside 1: `first` where it touches the first letter of either word, `wrong`
    where `word` has a letter that the other has not there (any of many, while one that is missing or
    two that are swapped can be so in one way alone); but a letter twice instead of once or once instead
    of twice costs `twin` in all, and two swapped letters `swap`."""

    first: float = 0.0
    wrong: float = 0.0
    twin: float = 1.0
    swap: float = 1.0


COUNTED = Costs()  # each edit is one
LEVENSHTEIN = Costs(swap=2.0)


class Words(NamedTuple):
    """Words as numbers of letters: word i is `letters[begins[i]:begins[i] + lengths[i]]`."""

    letters: Array
    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]

    def letters_at(self, place: int, words: Array) -> Array:
        """Return the letter at one place of each of some words, 0 behind the end."""
        at = np.minimum(self.begins.take(words) + place, max(len(self.letters) - 1, 0))
        return np.where(self.lengths.take(words) > place, self.letters.take(at), 0)

    def take(self, places: Array) -> Words:
        """Return the words at some places."""
        return Words(self.letters, self.begins.take(places), self.lengths.take(places))


def letters_of(text: str) -> Array:
    """Return the letters of a text as numbers, halves of surrogate pairs too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def words_of(texts: Sequence[str]) -> Words:
    """Return some words as numbers."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    return Words(letters_of("".join(texts)), np.cumsum(lengths) - lengths, lengths)


class WordTable:
    """Words that are compared with one again and again."""

    def __init__(self, words: Words) -> None:
        self.words = words

    @functools.cached_property
    def _lengths(self) -> NDArray[np.int16]:
        return np.minimum(self.words.lengths, _LONGEST).astype(np.int16)

    @functools.cached_property
    def _signatures(self) -> NDArray[np.uint32]:
        return signatures(self.words)

    def near(self, word: Array, most: int, costs: Costs = COUNTED) -> tuple[Array, NDArray[np.float32]]:
        """Return the places of the words at up to `most` edits from `word`, ascending, and the edits."""
        alike = np.abs(self._lengths - np.int16(min(len(word), _LONGEST))) <= most
        alike &= np.bitwise_count(self._signatures ^ signature(word)) <= 2 * most
        places = np.flatnonzero(alike)
        edits = distances(word, self.words.take(places), most, costs)
        near = np.flatnonzero(edits <= most)
        return places.take(near), edits.take(near)


def signatures(words: Words) -> NDArray[np.uint32]:
    """Return for each word which letters it has, as bits. One edit changes at most two of them."""
    if not len(words.begins):
        return np.zeros(0, np.uint32)
    bits = np.left_shift(np.uint32(1), (words.letters % _BITS).astype(np.uint32))
    edges = np.column_stack((words.begins, words.begins + words.lengths)).reshape(-1)
    if edges[-1] == len(bits):
        bits = np.append(bits, np.uint32(0))
    found: NDArray[np.uint32] = np.bitwise_or.reduceat(bits, edges)[::2]
    return found


def signature(word: Array) -> np.uint32:
    """Return the same of one word, given as numbers of letters."""
    return np.uint32(np.bitwise_or.reduce(np.left_shift(np.uint32(1), (word % _BITS).astype(np.uint32))))


def distances(word: Array, words: Words, most: int, costs: Costs = COUNTED) -> NDArray[np.float32]:
    """Return what it costs to make `word` (numbers of letters) out of each of `words`: (words,).

    At most `most` letters may be taken in beyond those that are left out, or the other way round: where
    that does not do, and for words without letters, the cost is infinite.
    """
    return _Table(word, words, most, costs).fill()


class _Table:
    """The rows of the table: row i is about the first i letters of `word`, its cell j, an array over the
    words, about their first j letters."""

    def __init__(self, word: Array, words: Words, most: int, costs: Costs) -> None:
        self._word = word.tolist()
        self._lengths = words.lengths
        self._most = most
        self._costs = costs
        self._width = min(int(words.lengths.max(initial=0)), len(self._word) + most)
        last = np.maximum(words.begins + words.lengths - 1, 0)
        self._letters = [words.letters.take(np.minimum(words.begins + j, last)) for j in range(self._width)]
        self._twins = [None, *(a == b for a, b in zip(self._letters, self._letters[1:], strict=False))]
        self._never = np.full(len(words.begins), np.inf, np.float32)

    def fill(self) -> NDArray[np.float32]:
        """Return the last cell of each word."""
        before: list[Array] = []
        row = [self._never] * (self._width + 1)
        row[0] = np.zeros_like(self._never)
        for j in range(1, min(self._width, self._most) + 1):
            row[j] = row[j - 1] + self._taken_in(j)
        for i in range(1, len(self._word) + 1):
            before, row = row, self._row(i, row, before)
        cost = self._never.copy()
        for j in range(1, self._width + 1):
            np.copyto(cost, row[j], where=self._lengths == j)
        return cost

    def _row(self, i: int, above: list[Array], above_that: list[Array]) -> list[Array]:
        row = [self._never] * (self._width + 1)
        letter, left_out = self._word[i - 1], self._left_out(i)
        if i <= self._most:
            row[0] = above[0] + left_out
        for j in range(max(1, i - self._most), min(self._width, i + self._most) + 1):
            replaced = np.float32(1 + self._costs.wrong + self._first(i, j))
            best = above[j - 1] + (self._letters[j - 1] != letter) * replaced
            np.minimum(best, above[j] + left_out, out=best)
            np.minimum(best, row[j - 1] + self._taken_in(j), out=best)
            if i > 1 and j > 1 and self._costs.swap < 2:
                other = self._word[i - 2]
                swapped = (self._letters[j - 1] == other) & (self._letters[j - 2] == letter)
                cost = above_that[j - 2] + np.float32(self._costs.swap + self._first(i - 1, j - 1))
                np.minimum(best, cost, out=best, where=swapped)
            row[j] = best
        return row

    def _first(self, i: int, j: int) -> float:
        return self._costs.first if i == 1 or j == 1 else 0.0

    def _left_out(self, i: int) -> np.float32:
        """Return the cost of letter i of `word`, that the other word has not."""
        twin = i > 1 and self._word[i - 1] == self._word[i - 2]
        return np.float32((self._costs.twin if twin else 1 + self._costs.wrong) + self._first(i, 0))

    def _taken_in(self, j: int) -> Array | np.float32:
        """Return the cost of letter j of the other words, that `word` has not."""
        twins = self._twins[j - 1]
        if twins is None:
            return np.float32(1 + self._costs.first)
        return np.where(twins, np.float32(self._costs.twin), np.float32(1))
