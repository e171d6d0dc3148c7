"""The text of a query -> the same text in other spellings: words that no article has are replaced, and
words written apart are put together. Whether that finds anything, whoever asks finds out."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from whoosh import query as q

from indexer.analysis import Token, unify_punctuation
from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.assist.spelling import spellings
from indexer.query.language.leaves import PATTERN
from indexer.query.language.tree import required_terms
from indexer.query.source import View

_MOST_WORDS = 6  # words of a query that other spellings are looked for
_SPELLINGS = 3  # of each
# A word that articles have is replaced only by one at a single edit that so many times as many have:
# where no word is missing, and where one is.
_COMMONER, _FAR_COMMONER = 5, 50
_MOST_TEXTS = 12
_PIECE = re.compile(r'[^:;,!=<>|\[\]{}\s()"~^]+')  # what is a pattern or none, as the grammar cuts the text


class _Span(NamedTuple):
    """A piece of the query, and what it may be replaced by, the likeliest first."""

    start: int
    end: int
    others: tuple[str, ...]


def corrections(parsed: ParsedQuery, view: View) -> list[str]:
    """Return other spellings of the query, the likeliest first; none where all seems right.

    Words that no article has are replaced together, with those that look like a mistake which some
    article shares. Where all words are known, rare ones are replaced, one at a time.
    """
    text = unicodedata.normalize("NFC", parsed.text)
    words = list(_words(text, parsed.query, view))
    missing = [word for word in words if not _documents(word, view)]
    if missing:
        spans = _spans(missing, lambda word: _others(word, view))
        known = [word for word in words if word not in missing]
        doubtful = _spans(known, lambda word: _commoner(word, view, _FAR_COMMONER))
        texts = [_replaced(text, both, (0,) * len(both)) for both in (spans + doubtful, spans) if both]
        texts += _one_otherwise(text, spans)
    else:
        rare = sorted(words, key=lambda word: _documents(word, view))[:_MOST_WORDS]
        spans = _spans(rare, lambda word: _commoner(word, view, _COMMONER))
        texts = [_replaced(text, [span], (0,)) for span in spans]
    texts += _joined(text, words, view)
    return [other for other in dict.fromkeys(texts) if other != text][:_MOST_TEXTS]


def _words(text: str, tree: q.Query, view: View) -> Iterator[Token]:
    """Yield the words of the text that the tree asks for, in order: parts, of a compound."""
    required = required_terms(tree)
    tokens = view.analyzer.tokens(unify_punctuation(text))
    ends = {(token.start, token.end) for token in tokens}
    patterns = [piece.span() for piece in _PIECE.finditer(text) if PATTERN.search(piece[0])]
    for token in {(token.start, token.end): token for token in tokens}.values():
        is_whole = any(token.start <= a and b <= token.end and (a, b) != token[3:5] for a, b in ends)
        in_pattern = any(a <= token.start and token.end <= b for a, b in patterns)
        is_fuzzy = "~" in text[max(0, token.start - 1) : token.start] + text[token.end : token.end + 1]
        if is_whole or in_pattern or is_fuzzy:
            continue
        if token.term in required or EXACT + token.exact in required:
            yield token


def _spans(words: Sequence[Token], others: Callable[[Token], tuple[str, ...]]) -> list[_Span]:
    """Return where words stand that have other spellings, and these."""
    found = [_Span(word.start, word.end, others(word)) for word in words[:_MOST_WORDS]]
    return [span for span in found if span.others]


def _documents(word: Token, view: View) -> int:
    """Return how many live articles have a word in any of its forms."""
    return view.frequency([(TEXT, word.term)])[0]


def _others(word: Token, view: View) -> tuple[str, ...]:
    return tuple(spelling.text for spelling in spellings(word.exact, view, _SPELLINGS))


def _commoner(word: Token, view: View, times: int) -> tuple[str, ...]:
    least = times * _documents(word, view)
    found = spellings(word.exact, view, _SPELLINGS)
    return tuple(spelling.text for spelling in found if spelling.edits == 1 and spelling.documents >= least)


def _one_otherwise(text: str, spans: list[_Span]) -> Iterator[str]:
    """Yield the text with one of the words in its second, third... spelling, all others in the first."""
    for rank in range(1, _SPELLINGS):
        for place, span in enumerate(spans):
            if rank < len(span.others):
                yield _replaced(text, spans, tuple(rank if i == place else 0 for i in range(len(spans))))


def _joined(text: str, words: list[Token], view: View) -> Iterator[str]:
    """Yield the text with two words that stand side by side put together."""
    for one, two in itertools.pairwise(words):
        if text[one.end : two.start].isspace():
            found = spellings(f"{one.exact} {two.exact}", view, 1)
            if found:
                yield _replaced(text, [_Span(one.start, two.end, (found[0].text,))], (0,))


def _replaced(text: str, spans: Iterable[_Span], ranks: tuple[int, ...]) -> str:
    """Return the text with each span replaced by its spelling of that rank."""
    pieces, at = [], 0
    for span, rank in sorted(zip(spans, ranks, strict=True)):
        pieces += [text[at : span.start], span.others[rank]]
        at = span.end
    return "".join([*pieces, text[at:]])
