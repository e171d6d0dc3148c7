"""The words of the archive that are nearly a given one, compared in whole arrays (`edits`)."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array
from indexer.query.arrays.store.lexicon import MARK, Lexicon
from indexer.query.arrays.suggest.edits import Costs, Words, distances, signature, signatures
from indexer.query.source import NearWord

_TRIED = 40  # candidates of a segment that are returned, the cheapest

# `python -m benchmarks.spelling` measures these. Of 500 words of four letters and more, misspelt at
# random, the right one comes first for 92% of ../shared/archives; without `wrong` for 84%, because a
# letter that was left out, or two that were swapped, explain a word better than one of 25 wrong letters.
# Random mistakes tell nothing of first letters; people get them wrong the least (Pollock and Zamora,
# "Automatic spelling correction in scientific and scholarly text", 1984).
_COSTS = Costs(first=0.2, wrong=0.5, twin=0.8)


class WordList:
    """The words as written of all segments."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._dictionaries = [_Dictionary(lexicon) for lexicon in lexicons]

    def near(self, word: str, edits: int) -> list[NearWord]:
        """Return the words at one edit or up to `edits` from `word`, folded, each once."""
        letters = _numbers(word)
        found: dict[str, tuple[int, float]] = {}
        for segment in self._dictionaries:
            for part in segment.parts:
                found |= part.near(letters, edits)
        return [NearWord(other, *told) for other, told in found.items()]


@dataclass(frozen=True)
class _Part:
    """Words of one segment with what is compared first: lengths and signatures."""

    lexicon: Lexicon
    words: Words
    ordinals: Array

    @functools.cached_property
    def _lengths(self) -> NDArray[np.int16]:
        return np.minimum(self.words.lengths, 1000).astype(np.int16)

    @functools.cached_property
    def _signatures(self) -> NDArray[np.uint32]:
        return signatures(self.words)

    def near(self, word: Array, most: int) -> dict[str, tuple[int, float]]:
        """Return the words at up to `most` edits (not 0) from `word`: the edits and their cost."""
        alike = np.abs(self._lengths - np.int16(len(word))) <= most
        alike &= np.bitwise_count(self._signatures ^ signature(word)) <= 2 * most
        places = np.flatnonzero(alike)
        edits = distances(word, self.words.take(places), most)
        near = np.flatnonzero((edits <= most) & (edits > 0))
        costs = distances(word, self.words.take(places[near]), most, _COSTS)
        best = np.argsort(costs, kind="stable")[:_TRIED]
        chosen = near[best]
        ordinals = self.ordinals[places[chosen]]
        order = np.argsort(ordinals)  # words are read in the order of the dictionary
        chosen, costs = chosen[order], costs[best][order]
        texts = self.lexicon.words(ordinals[order].tolist())
        told = zip(edits[chosen].astype(int).tolist(), costs.tolist(), strict=True)
        return dict(zip(texts, told, strict=True))


@dataclass(frozen=True)
class _Dictionary:
    """The words as written of one segment."""

    lexicon: Lexicon

    @functools.cached_property
    def parts(self) -> tuple[_Part, ...]:
        """The words in plain letters, and the others by their forms without accents."""
        ordinals, table = self.lexicon.plain()
        rows = ordinals - self.lexicon.first
        begins = table.starts[:-1].take(rows) + len(MARK)
        plain = Words(table.data, begins, table.starts[1:].take(rows) - begins)
        forms, others = self.lexicon.accented()
        lengths = np.fromiter(map(len, forms), np.int64, len(forms))
        accented = Words(_numbers("".join(forms)), np.cumsum(lengths) - lengths, lengths)
        parts = ((plain, ordinals), (accented, np.array(others, np.int64)))
        return tuple(_Part(self.lexicon, words, its) for words, its in parts if len(its))


def _numbers(text: str) -> Array:
    """Return the letters of a text as numbers, halves of surrogate pairs too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
