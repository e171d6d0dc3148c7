"""A text of an article -> the attributes that say its language and direction to a browser."""

from __future__ import annotations

import functools
import re

from markupsafe import Markup

from indexer.alphabets import language_by_letters
from indexer.languages import is_right_to_left

# Of a text: what turns the direction of what follows, and what begins and ends a part apart.
_DIRECTED = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOTHING = Markup()
_APART, _END = "\u2068", "\u2069"


def attributes(text: str, own: str | None, archive: str, around: str = "") -> Markup:
    """Return `lang` and `dir` of a text: of the article's `own` language (a tag), where it names one; else
    of the archive's, unless the text is in a script that it is not written in. A block in the language of
    what is `around` it needs neither."""
    tag = own or language_by_letters(text, archive)
    return _NOTHING if tag and tag == around else _marked(tag)


def language_attributes(tag: str) -> Markup:
    """Return `lang` and `dir` of a page in a language."""
    return _marked(tag)


@functools.lru_cache(maxsize=256)
def _marked(tag: str) -> Markup:
    direction = ("rtl" if is_right_to_left(tag) else "ltr") if tag else "auto"
    return Markup('lang="{}" dir="{}"').format(tag, direction)


def isolated(text: str) -> str:
    """Return `text` so that what turns its direction turns nothing that stands beside it, where no element of
    HTML keeps it apart."""
    if text.isascii() or not _DIRECTED.search(text):
        return text
    depth, kept = 1, [_APART]
    for character in text:
        if character == _END:
            if depth == 1:  # it would end our own
                continue
            depth -= 1
        elif "\u2066" <= character <= _APART:
            depth += 1
        kept.append(character)
    return "".join(kept) + _END * depth
