"""The letters of a text -> the language that it can be in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

_LETTERS = 60  # of a text, that are looked at
_LATIN = "Latin"
# Where the blocks of Unicode begin that the letters of a script stand in; what lies between has `-`.
_BLOCKS = """
    41 Latin 2B0 - 370 Greek 400 Cyrillic 530 Armenian 590 Hebrew 600 Arabic 700 Syriac 750 Arabic 780
    Thaana 7C0 - 8A0 Arabic 900 Devanagari 980 Bengali A00 Gurmukhi A80 Gujarati B00 Odia B80 Tamil C00
    Telugu C80 Kannada D00 Malayalam D80 Sinhala E00 Thai E80 Lao F00 Tibetan 1000 Burmese 10A0 Georgian
    1100 Hangul 1200 Ethiopic 13A0 - 1780 Khmer 1800 - 1C90 Georgian 1CC0 - 1E00 Latin 1F00 Greek 2000 -
    3040 Kana 3100 - 3130 Hangul 3190 - 31F0 Kana 3200 - 3400 Han A000 - AC00 Hangul D800 - F900 Han
    FB00 Latin FB13 Armenian FB1D Hebrew FB50 Arabic FF00 - FF21 Latin FF66 Kana FFA0 Hangul 10000 -
    20000 Han 40000 -
""".split()  # noqa: SIM905 - read as a table
_BEGINS = [int(begin, 16) for begin in _BLOCKS[::2]]
# The languages that are written in each script; a language that stands nowhere is written in Latin letters.
# What is in one of the first scripts is taken for the first language of it, where nobody says otherwise.
_OF_ONE = {
    "Greek": "el", "Armenian": "hy", "Hebrew": "he yi lad arc", "Thaana": "dv", "Bengali": "bn as",
    "Gurmukhi": "pa", "Gujarati": "gu", "Odia": "or", "Tamil": "ta", "Telugu": "te", "Kannada": "kn",
    "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Burmese": "my", "Georgian": "ka",
    "Khmer": "km", "Han": "zh yue ja ko", "Hangul": "ko", "Kana": "ja",
}  # fmt: skip
_OF_SEVERAL = {
    "Arabic": "ar fa ur ps sd ug ckb ks pa ku ms", "Devanagari": "hi mr ne sa mai bho", "Ethiopic": "am ti",
    "Tibetan": "bo dz", "Syriac": "syr arc",
    "Cyrillic": "ru uk be bg mk mn ky tg ba cv ce os ab sah rue sr kk uz tt az bs sh cnr",
    _LATIN: "sr kk uz tt az bs sh cnr ku ms lad",
}  # fmt: skip
_WRITTEN = {script: frozenset(codes.split()) for script, codes in (_OF_ONE | _OF_SEVERAL).items()}
# Latin letters, and what is no letter of a script: accents, punctuation, symbols.
_IS_LATIN = re.compile("[\0-\u036f\u1e00-\u1eff\u2000-\u303f]*").fullmatch
_NOT_LATIN = frozenset().union(*_WRITTEN.values()) - _WRITTEN[_LATIN]


def language_by_letters(text: str, language: str) -> str:
    """Return `language`, a code, where a text can be in it; else what its script says, nothing where that is
    not known."""
    if language not in _NOT_LATIN and (text.isascii() or _IS_LATIN(text)):  # nearly always
        return language
    scripts = _scripts(text)
    if not scripts:
        return language
    main = max(scripts, key=lambda script: scripts[script])
    if main in ("Han", "Kana") and "Kana" in scripts:
        return "ja"
    if language in _WRITTEN[main] or (main == _LATIN and language not in _NOT_LATIN):
        return language
    return _OF_ONE.get(main, "").partition(" ")[0]


def _scripts(text: str) -> Counter[str]:
    """Return how many of the first letters are of which script."""
    found: Counter[str] = Counter()
    for char in text:
        if char.isalpha():
            found[_BLOCKS[2 * bisect_right(_BEGINS, ord(char)) - 1]] += 1
            if found.total() == _LETTERS:
                break
    found.pop("-", None)
    return found
