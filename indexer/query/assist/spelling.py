"""A word that is spelt wrong -> the words of the archive that may have been meant.

The dictionary is that of words as written. Those of nearly the same length and letters are compared in
whole arrays (`edits`), and ranked as a noisy channel has it (Kernighan, Church and Gale, "A spelling
correction program based on a noisy channel model", 1990): by how likely the mistake is, and by how
common the word is. One word written as two, and two written as one, are found as well.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold_accents, fold_case
from indexer.codec.layout import Array
from indexer.index.schema import EXACT, TEXT
from indexer.query.arrays.store.kept import Kept
from indexer.query.arrays.store.lexicon import MARK, Lexicon
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.arrays.suggest.edits import Costs, Words, distances, signature, signatures

MOST_SPELLINGS = 50  # that may be asked for
_LONGEST = 64  # letters, as of a word in the index
_SHORT = 4  # letters; so short a word is another one after two edits
_LEAST_PART = 3  # letters of each of two words that were written as one
_BLANK = 1.0  # cost of a blank too few or too many
_TRIED = 40  # candidates of a segment that are ranked by what the others know of them

# `python -m benchmarks.spelling` measures these. Of 500 words of four letters and more, misspelt at
# random, the right one comes first for 92% of ../shared/archives; without `wrong` for 84%, because a
# letter that was left out, or two that were swapped, explain a word better than one of 25 wrong letters.
# A larger weight of frequency pulls rare words to common ones: .2 costs 6%, .3 some 15%. Random mistakes
# tell nothing of first letters; people get them wrong the least (Pollock and Zamora, "Automatic spelling
# correction in scientific and scholarly text", 1984).
_COSTS = Costs(first=0.2, wrong=0.5, twin=0.8)
_FREQUENCY = 0.1  # edits that a word gains for being e times as common


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word of the archive, or two of them, that may have been meant. `documents` have it (both, of
    two); `edits` of a letter or a blank lie between; the lower the `cost`, the likelier it is."""

    text: str
    documents: int
    edits: int
    cost: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"text": self.text, "documents": self.documents, "edits": self.edits}


def spellings(text: str, snapshot: Snapshot, size: int) -> list[Spelling]:
    """Return at most `size` spellings that may have been meant by `text`, the likeliest first.

    `text` is a word, or two words that should perhaps be one. Only what is in live documents is
    returned, and never `text` itself. Numbers are no words: each is a neighbour of another one.
    """
    words = [fold_accents(fold_case(word))[:_LONGEST] for word in text.split()]
    if len(words) == 2:
        found = list(_joined("".join(words), snapshot))
    elif len(words) == 1 and any(map(str.isalpha, words[0])):
        found = [*_near(words[0], snapshot), *_parted(words[0], snapshot)]
    else:
        return []
    found.sort(key=lambda spelling: (spelling.cost, spelling.text))
    given = fold_case(text)
    living = (_counted(spelling, snapshot) for spelling in found if spelling.text != given)
    return list(_first_of(living, size))


def word_documents(word: str, snapshot: Snapshot) -> int:
    """Return how many documents have `word` as it is written, deleted ones among them."""
    return snapshot.document_frequency(TEXT, EXACT + fold_case(word))


def _near(word: str, snapshot: Snapshot) -> Iterator[Spelling]:
    """Yield the words at one or two edits."""
    letters = _numbers(word)
    most = 1 if len(letters) <= _SHORT else 2
    found: dict[str, tuple[int, float]] = {}
    for segment in _DICTIONARIES.of(snapshot):
        for part in segment.parts:
            found |= part.near(letters, most)
    for other, (edits, cost) in found.items():
        yield Spelling(other, 0, edits, _ranked(cost, word_documents(other, snapshot)))


def _parted(word: str, snapshot: Snapshot) -> Iterator[Spelling]:
    """Yield the two words that stand together in `word`."""
    for at in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
        two = word[:at], word[at:]
        fewest = min(word_documents(part, snapshot) for part in two)
        if fewest:
            yield Spelling(" ".join(two), 0, 1, _ranked(_BLANK, fewest))


def _joined(word: str, snapshot: Snapshot) -> Iterator[Spelling]:
    """Yield the one word that two words give."""
    documents = word_documents(word, snapshot)
    if documents:
        yield Spelling(word, 0, 1, _ranked(_BLANK, documents))


def _ranked(cost: float, documents: int) -> float:
    return cost - _FREQUENCY * math.log(max(documents, 1))


def _counted(spelling: Spelling, snapshot: Snapshot) -> Spelling:
    """Return the spelling with the number of live documents that have it."""
    words = [(TEXT, MARK + word.encode()) for word in spelling.text.split()]
    with snapshot.lock:
        documents = len(snapshot.postings.together(words).docs)
    return Spelling(spelling.text, documents, spelling.edits, spelling.cost)


def _first_of(spellings: Iterator[Spelling], size: int) -> Iterator[Spelling]:
    """Yield the first `size` that are in documents, each accent-free form once."""
    seen: set[str] = set()
    for spelling in spellings:
        if len(seen) == size:
            return
        form = fold_accents(spelling.text)
        if spelling.documents and form not in seen:
            seen.add(form)
            yield spelling


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


# The words of each segment.
_DICTIONARIES = Kept(lambda snapshot: tuple(_Dictionary(lexicon) for lexicon in snapshot.lexicons))
