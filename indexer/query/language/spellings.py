"""The words of a phrase -> the terms that stand one behind the other in a text, for each way to write them.

U.S. start-up    as typed       u s start up
                 together       US startup
US start-up      letters        u s start up
Müller           plain letters  mueller (in a German archive)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from indexer.analysis import Analyzer, Surface

# Letters of an acronym that may stand apart: each asks for the positions of all that have it, and longer ones
# (`COVID`) are hardly written so.
MAX_APART = 3
MAX_SPELLINGS = 4  # of a phrase: each is a phrase of its own to look for

Terms = tuple[str, ...]


def phrase_spellings(words: Sequence[Surface], analyzer: Analyzer, *, together: bool = True) -> list[Terms]:
    """Return the terms of `words` as they are typed, at first; where that may be written otherwise, of
    compounds as one word and of acronyms, unless not `together`, and with the letters of acronyms apart;
    each way in the plain letters of the language as well.

    A text that writes one of two words so and the other so is found by neither, but for letters: one that has
    Müller counts as one that has Mueller.
    """
    if all(word.exact.isascii() and not (word.parts or word.acronym) for word in words):
        return [tuple(word.term for word in words)]  # as most are, in a fourth of the time

    def own(word: Surface) -> str:
        return word.term

    def plain(word: Surface) -> str:
        return analyzer.spelt_out_term(word) or word.term

    ways = zip(*(_ways(words, term_of, together=together) for term_of in (own, plain)), strict=True)
    return list(dict.fromkeys(terms for way in ways for terms in way))[:MAX_SPELLINGS]


def _ways(words: Sequence[Surface], term_of: Callable[[Surface], str], *, together: bool) -> list[Terms]:
    parts = [part for word in words for part in _parts(word)]
    typed = tuple(map(term_of, parts))
    joined = tuple(term for word in words for term in _together(word, term_of)) if together else typed
    letters = tuple(letter for part in parts for letter in _letters(part, term_of))
    return [typed, joined, letters]


def _parts(word: Surface) -> Iterable[Surface]:
    return word.parts or (word,)


def _together(word: Surface, term_of: Callable[[Surface], str]) -> Iterator[str]:
    if word.acronym:
        yield word.acronym
    elif word.parts and "-" in word.exact and "-" not in word.term:
        yield term_of(word)
    else:
        yield from map(term_of, _parts(word))


def _letters(word: Surface, term_of: Callable[[Surface], str]) -> Terms:
    return tuple(word.acronym.casefold()) if 0 < len(word.acronym) <= MAX_APART else (term_of(word),)
