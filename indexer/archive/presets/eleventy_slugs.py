"""A name -> what the filters `slugify` and `slug` of Eleventy make of it, None where that is not sure.

`slugify` (@sindresorhus/slugify) spells all letters in Latin, from a long table. Here are its Latin, Greek
and Cyrillic ones; a name with another letter or symbol has no slug, for a wrong one would lead nowhere.
"""

from __future__ import annotations

import re
import unicodedata

_LATIN = {
    "ä": "ae", "æ": "ae", "ð": "d", "ö": "oe", "ø": "o", "ü": "ue", "þ": "th", "ß": "ss", "ẞ": "ss", "đ": "d",
    "ħ": "h", "ı": "i", "ĳ": "ij", "ł": "l",
}  # fmt: skip


def _table(letters: str, spellings: str) -> dict[str, str]:
    return dict(zip(letters, spellings.split(), strict=True))


_GREEK = _table(
    "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",
    "a v g d e z i th i k l m n ks o p r s s t y f x ps o a e i i o y o i y i y",
)
_CYRILLIC = _table(
    "абвгдежзийклмнопрстуфхцчшщыэюяёєіїљњќґ",
    "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh sch y e yu ya yo ye i yi lj nj kj g",
)
_SPELT = {**_LATIN, **_GREEK, **_CYRILLIC, "Β": "b", "ъ": "", "ь": "", "&": " and ", "♥": " love "}
_PAIRS = {"ъе": "ye", "ый": "iy"}
_DIACRITICS = "^`¨¯´·¸"  # those that stand alone; they leave nothing
_ENDS = re.compile(r"([a-z\d]+)'([ts])(?=\s|\Z)")  # don't, Ada's
_PLAIN = re.compile(r"[A-Za-z0-9_\s-]+")


def slugify(name: str) -> str | None:
    """Return a name as the filter `slugify` has it."""
    name = unicodedata.normalize("NFC", name)
    for pair, latin in _PAIRS.items():
        name = re.sub(pair, latin, name, flags=re.IGNORECASE)
    spelt = [_spelt(sign) for sign in name]
    if None in spelt:
        return None
    plain = _ENDS.sub(r"\1\2", "".join(filter(None, spelt)).lower())
    return re.sub(r"[^a-z\d]+", "-", plain).strip("-") or None


def slug(name: str) -> str | None:
    """Return a name as the older filter `slug` has it, which goes by another table: of plain names alone."""
    return re.sub(r"[\s-]+", "-", name.strip(" -")).lower() if _PLAIN.fullmatch(name) else None


def _spelt(sign: str) -> str | None:
    if sign in _DIACRITICS:
        return ""
    small = sign.lower()
    known = sign if sign in _SPELT else small if small.upper() == sign else ""
    if known in _SPELT:
        return _SPELT[known]
    base = "".join(c for c in unicodedata.normalize("NFD", sign) if not unicodedata.combining(c))
    if base.isascii():
        return base
    return " " if unicodedata.category(sign)[0] in "PZ" and sign != "‽" else None
