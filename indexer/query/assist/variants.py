"""The text of a query -> the same text with one word written as two, or two as one: `healthcare` and
`"health care"`. Both are in the archive; which articles each finds, the caller finds out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import pairwise

from indexer.analysis import Token
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.assist.corrections import MAX_WORDS, text_words
from indexer.query.assist.spelling import side_by_side, word_documents
from indexer.query.language.rewrite import Edit, QueryText, replaced
from indexer.query.source import View

_Pair = tuple[str, str]
_MAX_SPLITS = 3  # of a word, that are looked for side by side
_MIN_PART = 2  # letters: `openai`
_MIN_SHARE = 0.04  # of the articles with the spelling that was typed, that have the other one
_AROUND = re.compile(r"[\w*?~=-]")  # what makes a word a part of something else


def variants(text: QueryText, parsed: ParsedQuery, view: View) -> Iterator[str]:
    """Yield a query's text with words written apart or together, each in a text of its own."""
    words = text_words(text, parsed, view)[:MAX_WORDS]
    stops = view.analyzer.query_stops
    typed = text.simple
    beside = [
        (one, two)
        for one, two in pairwise(words)
        if typed[one.end : two.start].isspace() and not {one.exact, two.exact} & stops
    ]
    whole = [word for word in words if not _is_part(typed, word)]
    halves = {word.exact: _halves(word.exact, stops) for word in whole}
    sought = {one.exact + two.exact for one, two in beside} | halves.keys()
    sought |= {half for pairs in halves.values() for pair in pairs for half in pair}
    counts = dict(zip(sought, word_documents(list(sought), view), strict=True))
    for one, two in beside:
        joined = one.exact + two.exact
        (apart,) = side_by_side([(one.exact, two.exact)], view) if counts[joined] else (0,)
        if apart and counts[joined] >= _MIN_SHARE * apart:
            yield replaced(text.typed, [Edit(one.start, two.end, joined)])
    for word in whole:
        for first, second in _apart(counts[word.exact], halves[word.exact], counts, view):
            both = f"{first} {second}" if text.is_quoted(word.start) else f'"{first} {second}"'
            yield replaced(text.typed, [Edit(word.start, word.end, both)])


def _halves(word: str, stops: Container[str]) -> list[_Pair]:
    """Return the two words that a word may be."""
    pairs = ((word[:at], word[at:]) for at in range(_MIN_PART, len(word) - _MIN_PART + 1))
    return [(one, two) for one, two in pairs if one not in stops and two not in stops]


def _apart(together: int, pairs: Sequence[_Pair], counts: Mapping[str, int], view: View) -> Iterator[_Pair]:
    """Yield those of the `pairs` that a word, which `together` articles have, is written as elsewhere."""
    rarer = [(min(counts[one], counts[two]), (one, two)) for one, two in pairs]
    known = [(both, pair) for both, pair in rarer if together and both and both >= _MIN_SHARE * together]
    likely = [pair for _, pair in sorted(known, reverse=True)[:_MAX_SPLITS]]
    for pair, apart in zip(likely, side_by_side(likely, view), strict=True):
        if apart and apart >= _MIN_SHARE * together:
            yield pair


def _is_part(text: str, word: Token) -> bool:
    """Whether a word stands in something longer: a compound, a pattern, a word as written."""
    before, behind = text[max(word.start - 1, 0) : word.start], text[word.end : word.end + 1]
    return bool(_AROUND.match(before) or _AROUND.match(behind))
