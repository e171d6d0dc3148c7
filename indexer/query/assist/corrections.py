"""The text of a query -> the same text in other spellings: words that no article has are replaced, and
words written apart are put together. Whether that finds anything, the caller finds out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from indexer.analysis import Token
from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.assist.spelling import spellings
from indexer.query.language.rewrite import Edit, QueryText, replaced
from indexer.query.language.tree import required_terms
from indexer.query.source import View

MAX_WORDS = 6  # words of a query that other spellings are looked for
MAX_TEXTS = 12
_SPELLINGS = 3  # of each word
# A word that articles have is replaced only by one at a single edit that so many times as many have:
# where no word is missing, and where one is.
_COMMONER, _FAR_COMMONER = 5, 50


def corrections(text: QueryText, parsed: ParsedQuery, view: View) -> list[str]:
    """Return other spellings of a query, the likeliest first; none where all seems right.

    Words that no article has are replaced together, with those that look like a mistake which some
    article shares. Where all words are known, rare ones are replaced, one at a time.
    """
    required = required_terms(parsed.query)
    words = [
        word for word in text.words(view.analyzer) if word.term in required or EXACT + word.exact in required
    ]
    found: dict[str, None] = {}
    for edits in _edits(text.typed, words, view):
        other = replaced(text.typed, edits)
        if other != text.typed:
            found[other] = None
        if len(found) == MAX_TEXTS:
            break
    return list(found)


def _edits(text: str, words: Sequence[Token], view: View) -> Iterator[list[Edit]]:
    """Yield what is to be replaced together, the likeliest first; it may be nothing."""
    terms = list({word.term for word in words})
    documents = dict(zip(terms, view.frequency([(TEXT, term) for term in terms]), strict=True))

    def respelt(words: Iterable[Token], times: int) -> list[list[Edit]]:
        found = (_respelt(word, times * documents[word.term], view) for word in islice(words, MAX_WORDS))
        return [edits for edits in found if edits]

    missing = [word for word in words if not documents[word.term]]
    if missing:
        spelt = respelt(missing, 0)
        doubtful = respelt((word for word in words if documents[word.term]), _FAR_COMMONER)
        yield [edits[0] for edits in spelt + doubtful]
        yield [edits[0] for edits in spelt]
        yield from _one_otherwise(spelt)
    else:
        rare = sorted(words, key=lambda word: documents[word.term])
        yield from (edits[:1] for edits in respelt(rare, _COMMONER))
    for one, two in pairwise(words):
        if text[one.end : two.start].isspace():
            joined = spellings(f"{one.exact} {two.exact}", view, 1)
            yield [Edit(one.start, two.end, spelling.text) for spelling in joined]


def _respelt(word: Token, documents: int, view: View) -> list[Edit]:
    """Return the other spellings of a word; where a number of `documents` is given, those at one edit
    that at least so many have."""
    return [
        Edit(word.start, word.end, spelling.text)
        for spelling in spellings(word.exact, view, _SPELLINGS)
        if not documents or (spelling.edits == 1 and spelling.documents >= documents)
    ]


def _one_otherwise(spelt: Sequence[Sequence[Edit]]) -> Iterator[list[Edit]]:
    """Yield one of the words in its second, third... spelling, all others in the first."""
    for rank in range(1, _SPELLINGS):
        for place, edits in enumerate(spelt):
            if rank < len(edits):
                yield [other[rank if i == place else 0] for i, other in enumerate(spelt)]
