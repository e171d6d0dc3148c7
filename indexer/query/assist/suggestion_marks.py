"""Where the words that were typed stand in a text."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from indexer.analysis import fold_accents, fold_case
from indexer.nearness import is_near
from indexer.query.assist.hits import joined
from indexer.query.edits import MIN_FOR_SLIP

_WORD = re.compile(r"\w+(?:['’]\w+)*")

Ranges = tuple[tuple[int, int], ...]


def mark(text: str, typed: Sequence[str], *, slip: bool) -> tuple[Ranges, bool]:
    """Return what of `text` matches the words `typed` (folded), and whether all of them do.

    Beginnings of words go before their insides, and these before words with a slip, which are marked
    whole, as is a word whose letters are folded to another number of them.
    """
    plain = text.lower() if text.isascii() else ""  # most titles are, and their letters stay in place
    words: list[tuple[int, int, str]] = []
    ranges: set[tuple[int, int]] = set()
    complete = True
    for word in typed:
        found = {match.span() for match in _beginning(word).finditer(plain)}
        if not found:
            words = words or _words(text)
            found = _places(words, word) or (_slips(words, word) if slip else set())
        complete &= bool(found)
        ranges |= found
    return joined(ranges, apart=0), complete


@functools.lru_cache(maxsize=256)
def _beginning(typed: str) -> re.Pattern[str]:
    """Return what finds `typed` where a word of `_WORD` begins, in ASCII."""
    return re.compile(rf"(?<!\w)(?<!\w'){re.escape(typed)}")


def _words(text: str) -> list[tuple[int, int, str]]:
    """Return where each word begins and ends, and the word folded."""
    return [(*match.span(), _folded(match.group())) for match in _WORD.finditer(text)]


def _folded(word: str) -> str:
    return fold_accents(fold_case(word))


def _places(words: Sequence[tuple[int, int, str]], typed: str) -> set[tuple[int, int]]:
    begins = {_range(*word, 0, len(typed)) for word in words if word[2].startswith(typed)}
    if begins:
        return begins
    return {_range(*word, at, len(typed)) for word in words if (at := word[2].find(typed)) >= 0}


def _slips(words: Sequence[tuple[int, int, str]], typed: str) -> set[tuple[int, int]]:
    if len(typed) < MIN_FOR_SLIP:
        return set()
    return {(start, end) for start, end, folded in words if is_near(typed, folded, 1, beginning=True)}


def _range(start: int, end: int, folded: str, at: int, length: int) -> tuple[int, int]:
    return (start + at, start + at + length) if len(folded) == end - start else (start, end)
