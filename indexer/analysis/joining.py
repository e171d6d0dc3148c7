"""Words that are written together or not: `start-up` and `startup`, `O'Leary` and `OLeary`, `Hawaiʻi`.

>>> joined("start-up", "english"), joined("covid-19", "english"), joined("2019-2020", "english")
('startup', 'covid19', '2019-2020')
>>> joined("hawai'i", "english"), joined("don't", "english"), joined("l'arte", "italian")
('hawaii', "don't", "l'arte")
"""

from __future__ import annotations

import re

# What loses its vowel before another word, which is the word that counts.
_ELIDED = {
    "french": frozenset(
        [
            "c", "d", "j", "l", "m", "n", "s", "t", "qu", "entr", "jusqu", "lorsqu", "presqu", "puisqu",
            "quelqu", "quoiqu",
        ]
    ),
    "italian": frozenset(
        [
            "c", "d", "l", "m", "n", "s", "t", "v", "un", "all", "bell", "coll", "dall", "dell", "gl", "nell",
            "quell", "quest", "sant", "sull", "tutt",
        ]
    ),
}  # fmt: skip
_NAMES = re.compile(r"[^\W\d_]{1,2}")  # O'Brien, L'Oréal, d'Artagnan: what follows is a name of its own
_MIN_REST = 3  # letters of what follows

_HYPHENATED = re.compile(r"[^\W_]+(?:'[^\W_]+)*(?:-[^\W_]+(?:'[^\W_]+)*)+")
_BESIDE_LETTERS = re.compile(r"(?<=[^\W\d_])-|-(?=[^\W\d_])")
_CONTRACTED = re.compile(r"(?:[b-df-hj-np-tv-xz]+|re|ve)")  # don't, I'll, we've, zo'n


def joined(word: str, language: str) -> str:
    """Return a folded word without the hyphens that stand beside a letter, and without the apostrophes
    between letters that are part of a name or a word: not those of `don't`, nor of French `d'une`."""
    if "-" in word and _HYPHENATED.fullmatch(word):
        word = _BESIDE_LETTERS.sub("", word)
    if "'" in word:
        together = word.replace("'", "")
        first, *_, last = word.split("'")
        is_elided = first in _ELIDED.get(language, ())
        if together.isalpha() and not is_elided and not _CONTRACTED.fullmatch(last):
            return together
    return word


def rest_of_elision(word: str, language: str) -> str:
    """Return what follows the apostrophe in a folded word such as `o'brien`; nothing where that is no word
    of its own."""
    first, apostrophe, rest = word.partition("'")
    if not apostrophe or len(rest) < _MIN_REST or not rest.isalnum():
        return ""
    return rest if _NAMES.fullmatch(first) or first in _ELIDED.get(language, ()) else ""
