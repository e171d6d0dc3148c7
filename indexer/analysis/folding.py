"""Spellings that are one: letter case, accents, quotes, dashes, apostrophes, full-width forms, and what
nobody sees. What is own to a script is in `scripts`."""

from __future__ import annotations

import functools
import re
import unicodedata

from indexer.analysis.scripts import fold_script, join_atoms
from indexer.invisible import has_invisible, without_invisible

APOSTROPHES = "'’‘ʼʻʽʾʿ´`＇"
DASHES = "-‐‑‒–—―−－"  # the hyphen first: the others fold to it
DOUBLE_QUOTES = '"“”„‟«»＂'

_UNIFY = str.maketrans(
    {**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(DASHES, "-"), **dict.fromkeys(DOUBLE_QUOTES, '"')}
)
# Letters that Unicode does not take apart into a base and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ŧ": "t"}
)

# An accent on a Latin or Greek letter.
_ACCENTS = re.compile("(?<=[\0-\u02ff\u0370-\u03ff\u1e00-\u1fff])[\u0300-\u036f]+")

_WORD = re.compile(r"\w+(?:'\w+)*")
_POSSESSIVE = re.compile(r"'s\b")


def unify_punctuation(text: str) -> str:
    """Return `text` with straight quotes and apostrophes and plain hyphens; the length is kept."""
    return text.translate(_UNIFY)


def fold_case(word: str) -> str:
    """Return the word as written but for letter case, width, the shape of its punctuation, and what nobody
    sees."""
    if word.isascii():
        return word.lower()
    if has_invisible(word):
        word = join_atoms(without_invisible(word))
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", unify_punctuation(word)).casefold())


def fold_accents(word: str) -> str:
    """Return a case-folded word without its accents, and without marks that writers may leave out.

    Accents on Latin and Greek letters go, points of Hebrew and Arabic, stress in Cyrillic. Other marks are
    letters of the word (the Cyrillic й is no и, a Devanagari vowel sign no ornament).
    """
    if word.isascii():
        return word
    kept = _ACCENTS.sub("", unicodedata.normalize("NFD", word))
    return kept if kept.isascii() else unicodedata.normalize("NFC", fold_script(kept)).translate(_LETTERS)


@functools.lru_cache(maxsize=100_000)
def fold_key(text: str) -> str:
    """Return what the spellings of one facet value have in common: letter case, accents, blanks."""
    return " ".join(fold_accents(fold_case(text)).split())


def label_words(text: str) -> list[str]:
    """Return the words of a label, or of what was typed: folded, without a possessive."""
    folded = fold_accents(fold_case(text))
    return _WORD.findall(_POSSESSIVE.sub("", folded) if "'" in folded else folded)
