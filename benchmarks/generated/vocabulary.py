"""Invented words: a rank -> a word that looks like one, its endings, and what goes with it.

A stemmer takes -s, -ing and -ed off again and leaves the rest alone: the endings are chosen so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.generated.curves import COMMON_COMPANIONS, COMPANIONS, FORMS, Floats, Ints, draw_words, pick

_ONSETS = (
    "b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "br", "cl", "dr",
    "fl", "gr", "kr", "pl", "pr", "sk", "sl", "sp", "st", "tr",
)  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u")
_ENDS = tuple(v + c for v in ("a", "o", "u", "i") for c in ("k", "m", "p", "b", "g", "d"))
_LAST = 2**64 - 1


def mix(*numbers: Ints | int) -> Floats:
    """Return a number from 0 to 1 for each combination of `numbers`, always the same one (splitmix64)."""
    state: NDArray[np.uint64] = np.zeros((), np.uint64)
    with np.errstate(over="ignore"):
        for number in numbers:
            state = (state + np.asarray(number).astype(np.uint64) + np.uint64(1)) * np.uint64(
                0x9E3779B97F4A7C15
            )
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return np.asarray(state, np.float64) / float(_LAST)


def companions(words: Ints, chance: Floats) -> Ints:
    """Return for each word one of those that often stand right after it."""
    return draw_words(mix(words, pick(COMPANIONS, chance), 7) ** COMMON_COMPANIONS)


def spell(rank: int, form: int = 0) -> str:
    """Return the word of a rank, in one of `FORMS`. Each rank has its own; commoner ones are shorter."""
    syllables = len(_ONSETS) * len(_VOWELS)
    rest, end = divmod(rank * _STRIDE % _FIRST if rank < _FIRST else rank, len(_ENDS))
    rest, onset = divmod(rest, len(_ONSETS))
    word = _ONSETS[onset] + _ENDS[end]
    while rest or len(word) < _SHORTEST:
        rest, place = divmod(rest, syllables)
        word = _ONSETS[place % len(_ONSETS)] + _VOWELS[place // len(_ONSETS)] + word
    return word + FORMS[form]


def name(number: int) -> str:
    """Return an invented name, of a provider or a topic."""
    return spell(_FIRST + number * _NAME_STRIDE % _NAMES).capitalize()


_SHORTEST = 5
_FIRST = len(_ENDS) * len(_ONSETS) * len(_ONSETS) * len(_VOWELS)  # words of two syllables: 108,000
_STRIDE = 61_657  # without a divisor of the number of words: neighbours in rank look nothing alike
_NAMES, _NAME_STRIDE = 3_000_000, 104_729
