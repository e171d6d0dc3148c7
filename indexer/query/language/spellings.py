"""The words of a phrase -> the terms that stand one behind the other in a text, for each way to write them.

U.S. start-up    as typed   u s start up
                 together   US startup
US start-up      letters    u s start up
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from indexer.analysis import Surface

# Letters of an acronym that may stand apart: each asks for the positions of all that have it, and longer ones
# (`COVID`) are hardly written so.
MAX_APART = 3

Terms = tuple[str, ...]


def phrase_spellings(words: Sequence[Surface], *, together: bool = True) -> list[Terms]:
    """Return the terms of `words` as they are typed, at first; where that may be written otherwise, of
    compounds as one word and of acronyms, unless not `together`, and with the letters of acronyms apart.

    A text that writes one of two words so and the other so is found by neither.
    """
    typed = tuple(part.term for word in words for part in _parts(word))
    joined = tuple(term for word in words for term in _together(word)) if together else typed
    letters = tuple(letter for word in words for part in _parts(word) for letter in _letters(part))
    return list(dict.fromkeys((typed, joined, letters)))


def _parts(word: Surface) -> Iterable[Surface]:
    return word.parts or (word,)


def _together(word: Surface) -> Iterator[str]:
    if word.acronym:
        yield word.acronym
    elif word.parts and "-" in word.exact and "-" not in word.term:
        yield word.term
    else:
        yield from (part.term for part in _parts(word))


def _letters(word: Surface) -> Terms:
    return tuple(word.acronym.casefold()) if 0 < len(word.acronym) <= MAX_APART else (word.term,)
