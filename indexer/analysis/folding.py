"""Spellings that are one: letter case, accents, quotes, dashes, apostrophes, full-width forms."""

from __future__ import annotations

import functools
import re
import unicodedata

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

_WORD = re.compile(r"\w+(?:'\w+)*")
_POSSESSIVE = re.compile(r"'s\b")


def unify_punctuation(text: str) -> str:
    """Return `text` with straight quotes and apostrophes and plain hyphens; the length is kept."""
    return text.translate(_UNIFY)


def fold_case(word: str) -> str:
    """Return the word as written but for letter case, width and the shape of its punctuation."""
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", unify_punctuation(word)).casefold())


def fold_accents(word: str) -> str:
    """Return a case-folded word without its accents.

    Only accents on Latin and Greek letters go: in other scripts the marks are letters of the word
    (the Cyrillic й is no и, a Devanagari vowel sign no ornament).
    """
    if word.isascii():
        return word
    kept: list[str] = []
    base_is_foldable = False
    for char in unicodedata.normalize("NFD", word):
        if "\u0300" <= char <= "\u036f":
            if base_is_foldable:
                continue
        else:
            base_is_foldable = char < "\u0400" or "\u1e00" <= char <= "\u1fff"
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS)


@functools.lru_cache(maxsize=100_000)
def fold_key(text: str) -> str:
    """Return what the spellings of one facet value have in common: letter case, accents, blanks."""
    return " ".join(fold_accents(fold_case(text)).split())


def label_words(text: str) -> list[str]:
    """Return the words of a label, or of what was typed: folded, without a possessive."""
    folded = fold_accents(fold_case(text))
    return _WORD.findall(_POSSESSIVE.sub("", folded) if "'" in folded else folded)
