"""The text of a query -> the same text in other spellings: words that no article has are replaced, and
words written apart are put together. Whether that finds anything, the caller finds out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import islice, pairwise

from indexer.analysis import Token
from indexer.index.schema import EXACT, TEXT
from indexer.nearness import nearest
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.assist.spelling import spellings
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.language.rewrite import Edit, QueryText, replaced
from indexer.query.language.syntax import FIELD_KINDS
from indexer.query.language.tree import required_terms
from indexer.query.source import View

MAX_TEXT = 1_000  # characters of a query in which mistakes are looked for: a longer one is a text
MAX_WORDS = 6  # words of a query that other spellings are looked for
MAX_TEXTS = 12
_SPELLINGS = 3  # of each word
# A word that articles have is replaced only by one at a single edit that so many times as many have:
# where no word is missing, and where one is.
_COMMONER, _FAR_COMMONER = 5, 50
_BEFORE_VALUE = re.compile(r":(?=\S)")


class LastWord(Enum):
    """What the last word of a query may be."""

    WHOLE = "finished"
    BEGINNING = "finished, or the beginning of another word, and so not two words"
    BEGUN = "the beginning of another word, with which articles are found, and so no mistake"


def corrections(
    text: QueryText,
    parsed: ParsedQuery,
    view: View,
    last: LastWord = LastWord.WHOLE,
    deadline: Deadline = NO_DEADLINE,
) -> list[str]:
    """Return other spellings of a query, the likeliest first; none where all seems right.

    Words that no article has are replaced together, with those that look like a mistake which some
    article shares. Where all words are known, rare ones are replaced, one at a time.
    Where `deadline` cuts, no more are looked for.
    """
    found: dict[str, None] = {}
    if fields := _fields(text, view):
        found[replaced(text.typed, fields)] = None
    for edits in _Speller(text.typed, text_words(text, parsed, view), view, last, deadline).edits():
        other = replaced(text.typed, edits)
        if other != text.typed:
            found[other] = None
        if len(found) == MAX_TEXTS:
            break
    return list(found)


def text_words(text: QueryText, parsed: ParsedQuery, view: View) -> list[Token]:
    """Return the words of a query that decide what it finds, as they stand in its text; none of a long one,
    nor what looks like the name of a field: another word would be none, too."""
    if len(text.typed) > MAX_TEXT:
        return []
    required = required_terms(parsed.query)
    words = [word for word in text.words(view.analyzer) if not _names_field(text, word)]
    return [word for word in words if word.term in required or EXACT + word.exact in required]


def _names_field(text: QueryText, word: Token) -> bool:
    return _BEFORE_VALUE.match(text.simple, word.end) is not None


def _fields(text: QueryText, view: View) -> list[Edit]:
    """Return the names of fields in the place of those that are nearly one."""
    if len(text.typed) > MAX_TEXT or ":" not in text.simple:
        return []
    named = [word for word in text.words(view.analyzer) if _names_field(text, word)]
    near = [(word, nearest(word.exact, FIELD_KINDS)) for word in named]
    return [Edit(word.start, word.end, field) for word, field in near if field]


class _Speller:
    """Replaces words of a query's text."""

    def __init__(
        self, text: str, words: Sequence[Token], view: View, last: LastWord, deadline: Deadline
    ) -> None:
        self._text = text
        self._words = words
        self._view = view
        self._last = last
        self._deadline = deadline
        terms = list({word.term for word in words})
        counts = view.frequency([(TEXT, term) for term in terms])
        self._documents = dict(zip(terms, counts, strict=True))

    def edits(self) -> Iterator[list[Edit]]:
        """Yield what is to be replaced together, the likeliest first; it may be nothing."""
        words = self._words[:-1] if self._last is LastWord.BEGUN else self._words
        documents = self._documents
        missing = [word for word in words if not documents[word.term]]
        if missing:
            spelt = self._respelt(missing, 0)
            doubtful = self._respelt((word for word in words if documents[word.term]), _FAR_COMMONER)
            yield [edits[0] for edits in spelt + doubtful]
            yield [edits[0] for edits in spelt]
            yield from _one_otherwise(spelt)
        else:
            rare = sorted(words, key=lambda word: documents[word.term])
            yield from (edits[:1] for edits in self._respelt(rare, _COMMONER))
        for one, two in pairwise(words):
            if self._deadline.cuts():
                return
            if self._text[one.end : two.start].isspace():
                joined = spellings(f"{one.exact} {two.exact}", self._view, 1)
                yield [Edit(one.start, two.end, spelling.text) for spelling in joined]

    def _respelt(self, words: Iterable[Token], times: int) -> list[list[Edit]]:
        """Return the other spellings of each of some words; where a number of `times` is given, those at one
        edit that at least so many times as many articles have and that are not too common to be searched."""
        stops = self._view.analyzer.query_stops
        found: list[list[Edit]] = []
        for word in islice(words, MAX_WORDS):
            if self._deadline.cuts():
                break
            parted = self._last is LastWord.WHOLE or word != self._words[-1]
            documents = times * self._documents[word.term]
            found.append(
                [
                    Edit(word.start, word.end, spelling.text)
                    for spelling in spellings(word.exact, self._view, _SPELLINGS, parted=parted)
                    if not documents
                    or (
                        spelling.edits == 1 and spelling.documents >= documents and spelling.text not in stops
                    )
                ]
            )
        return [edits for edits in found if edits]


def _one_otherwise(spelt: Sequence[Sequence[Edit]]) -> Iterator[list[Edit]]:
    """Yield one of the words in its second, third... spelling, all others in the first."""
    for rank in range(1, _SPELLINGS):
        for place, edits in enumerate(spelt):
            if rank < len(edits):
                yield [other[rank if i == place else 0] for i, other in enumerate(spelt)]
