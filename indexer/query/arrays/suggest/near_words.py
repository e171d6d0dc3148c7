"""The words of the archive that are nearly a given one, with how likely each is to have been misspelt so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from indexer.codec.layout import Array
from indexer.query.arrays.store.lexicon import Lexicon
from indexer.query.edits import Costs, distances, letters_of
from indexer.query.source import NearWord

_MAX_CANDIDATES = 40  # of a segment, the cheapest

# `python -m benchmarks.spelling` measures these. Of 500 words of four letters and more, misspelt at
# random, the right one comes first for 92% of ../shared/archives; without `wrong` for 84%, because a
# letter that was left out, or two that were swapped, explain a word better than one of 25 wrong letters.
# Random mistakes tell nothing of first letters; people get them wrong the least (Pollock and Zamora,
# "Automatic spelling correction in scientific and scholarly text", 1984).
_COSTS = Costs(first=0.2, wrong=0.5, twin=0.8)


def near_words(word: str, edits: int, lexicons: Sequence[Lexicon]) -> list[NearWord]:
    """Return the words at one edit or up to `edits` from `word`, folded, each once."""
    letters = letters_of(word)
    found = (near for lexicon in lexicons for near in _near(letters, edits, lexicon))
    return list({near.word: near for near in found}.values())


def _near(word: Array, edits: int, lexicon: Lexicon) -> Iterator[NearWord]:
    for table, ordinals in lexicon.tables:
        places, distance = table.near(word, edits)
        places, distance = places[distance > 0], distance[distance > 0]
        costs = distances(word, table.words.take(places), edits, _COSTS)
        best = np.argsort(costs, kind="stable")[:_MAX_CANDIDATES]
        best = best[np.argsort(ordinals[places[best]])]  # words are read in the order of the dictionary
        texts = lexicon.words(ordinals[places[best]].tolist())
        yield from map(NearWord, texts, distance[best].astype(int).tolist(), costs[best].tolist())
