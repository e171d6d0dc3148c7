"""The text of a query -> the same text with one word written as two, or two as one: `healthcare` and
`"health care"`. Both are in the archive; which articles each finds, the caller finds out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from indexer.analysis import Token
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.assist.corrections import MAX_WORDS, text_words
from indexer.query.assist.spelling import side_by_side, word_documents
from indexer.query.language.rewrite import Edit, QueryText, replaced
from indexer.query.source import View

_MAX_SPLITS = 3  # of a word, that are looked for side by side
_MIN_PART = 2  # letters: `openai`
_MIN_SHARE = 0.04  # of the articles with the spelling that was typed, that have the other one
_AROUND = re.compile(r"[\w*?~=-]")  # what makes a word a part of something else


def variants(text: QueryText, parsed: ParsedQuery, view: View) -> Iterator[str]:
    """Yield a query's text with words written apart or together, each in a text of its own."""
    words = text_words(text, parsed, view)[:MAX_WORDS]
    stops = view.analyzer.query_stops
    typed = text.simple
    yield from (
        replaced(text.typed, [Edit(one.start, two.end, joined)])
        for one, two in pairwise(words)
        if typed[one.end : two.start].isspace() and not {one.exact, two.exact} & stops
        if (joined := _joined(one, two, view))
    )
    whole = [word for word in words if not _is_part(typed, word)]
    for word, (one, two) in _splits(whole, view):
        both = f"{one} {two}" if text.is_quoted(word.start) else f'"{one} {two}"'
        yield replaced(text.typed, [Edit(word.start, word.end, both)])


def _joined(one: Token, two: Token, view: View) -> str:
    """Return two words as one, where articles have both spellings."""
    word = one.exact + two.exact
    (together,) = word_documents([word], view)
    if not together:
        return ""
    (apart,) = side_by_side([(one.exact, two.exact)], view)
    return word if apart and together >= _MIN_SHARE * apart else ""


def _splits(words: Sequence[Token], view: View) -> Iterator[tuple[Token, tuple[str, str]]]:
    """Yield each word with two that it is written as elsewhere."""
    stops = view.analyzer.query_stops
    for word in words:
        exact = word.exact
        pairs = [(exact[:at], exact[at:]) for at in range(_MIN_PART, len(exact) - _MIN_PART + 1)]
        counts = word_documents([exact, *(part for pair in pairs for part in pair)], view)
        together = counts[0]
        rarer = zip(counts[1::2], counts[2::2], strict=True)
        known = [
            (min(both), pair)
            for pair, both in zip(pairs, rarer, strict=True)
            if together and min(both) and min(both) >= _MIN_SHARE * together and not stops & set(pair)
        ]
        likely = [pair for _, pair in sorted(known, reverse=True)[:_MAX_SPLITS]]
        for pair, apart in zip(likely, side_by_side(likely, view), strict=True):
            if apart and apart >= _MIN_SHARE * together:
                yield word, pair


def _is_part(text: str, word: Token) -> bool:
    """Whether a word stands in something longer: a compound, a pattern, a word as written."""
    before, behind = text[max(word.start - 1, 0) : word.start], text[word.end : word.end + 1]
    return bool(_AROUND.match(before) or _AROUND.match(behind))
