"""What to mark in a text: the words that made it match, by the same analysis, phrases as phrases.

What a query looks for and an article go in; its title whole and its best passage come out, each as text
and ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.analysis import Analyzer, Token
from indexer.article import Article
from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.results import Highlighted
from indexer.query.language.tree import Highlightable

ELLIPSIS = "…"
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+|\n+")


def highlight(
    articles: Iterable[Article], marks: Highlightable, analyzer: Analyzer, length: int
) -> list[tuple[Highlighted, Highlighted]]:
    """Return for each article its title, and the passage of excerpt or body with most that was looked for.

    `length` is the most characters of the passage; the excerpt is taken where both are as good.
    """
    return [_highlight(article, marks, analyzer, length) for article in articles]


def _highlight(
    article: Article, marks: Highlightable, analyzer: Analyzer, length: int
) -> tuple[Highlighted, Highlighted]:
    title = Highlighted(article.title, _ranges(article.title, "title", marks, analyzer))
    best, best_score = _passage(article.excerpt, "excerpt", marks, analyzer, length)
    if article.body:
        other, score = _passage(article.body, "body", marks, analyzer, length)
        if score > best_score or not article.excerpt:
            best = other
    return title, best


@dataclass(frozen=True, slots=True)
class _Match:
    """A marked range, and what it is a match of: two ranges with one `what` say the same thing."""

    start: int
    end: int
    what: str


def _ranges(text: str, name: str, marks: Highlightable, analyzer: Analyzer) -> tuple[tuple[int, int], ...]:
    return _merge(_matches(text, name, marks, analyzer))


def _matches(text: str, name: str, marks: Highlightable, analyzer: Analyzer) -> list[_Match]:
    if not text or not (marks.terms or marks.phrases):
        return []
    tokens = analyzer.tokens(text)
    terms = {term for field_name, term in marks.terms if field_name in (TEXT, name)}
    found = [_Match(t.start, t.end, t.term) for t in tokens if t.term in terms or EXACT + t.exact in terms]
    for field_name, words, slop in marks.phrases:
        if field_name in (TEXT, name):
            found += _phrase_matches(tokens, words, slop)
    return found


def _phrase_matches(tokens: Sequence[Token], words: tuple[str, ...], slop: int) -> list[_Match]:
    """Return the words of every place where `words` stand in order, each at most `slop` positions on."""
    at: dict[str, dict[int, Token]] = {word: {} for word in words}
    for token in tokens:
        if token.term in at:
            at[token.term].setdefault(token.position, token)
    chains = [[token] for token in at[words[0]].values()] if words else []
    for word in words[1:]:
        chains = [
            [*chain, at[word][position]]
            for chain in chains
            for position in range(chain[-1].position + 1, chain[-1].position + slop + 1)
            if position in at[word]
        ][: len(tokens)]
    what = " ".join(words)
    return [_Match(token.start, token.end, what) for chain in chains for token in chain]


def _merge(matches: Iterable[_Match]) -> tuple[tuple[int, int], ...]:
    merged: list[list[int]] = []
    for match in sorted(matches, key=lambda m: (m.start, m.end)):
        if merged and match.start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], match.end)
        else:
            merged.append([match.start, match.end])
    return tuple((start, end) for start, end in merged)


def _passage(
    text: str, name: str, marks: Highlightable, analyzer: Analyzer, length: int
) -> tuple[Highlighted, int]:
    """Return the best passage of `text`, and how many different things match in it."""
    matches = sorted(_matches(text, name, marks, analyzer), key=lambda m: m.start)
    if len(text) <= length:
        return Highlighted(text, _merge(matches)), len({m.what for m in matches})
    first, last, score = _best_window(matches, length)
    start, end = _bounds(text, first, last, length)
    inside = [
        _Match(m.start - start, m.end - start, m.what) for m in matches if start <= m.start and m.end <= end
    ]
    passage = text[start:end]
    stripped = passage.strip()
    lead = len(passage) - len(passage.lstrip())
    prefix = f"{ELLIPSIS} " if start > 0 else ""
    suffix = f" {ELLIPSIS}" if end < len(text) else ""
    shift = len(prefix) - lead
    ranges = tuple((a + shift, b + shift) for a, b in _merge(inside))
    return Highlighted(prefix + stripped + suffix, ranges), score


def _best_window(matches: list[_Match], length: int) -> tuple[int, int, int]:
    """Return where the matches of the window with most different ones begin and end, and how many.

    Two pointers over the matches in order; the earliest of equals wins.
    """
    if not matches:
        return 0, 0, 0
    counts: dict[str, int] = {}
    best = (0, 0, 0, 0)
    begin = 0
    for end, match in enumerate(matches):
        counts[match.what] = counts.get(match.what, 0) + 1
        while match.end - matches[begin].start > length and begin < end:
            gone = matches[begin].what
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            begin += 1
        key = (len(counts), end - begin + 1)
        if key > best[:2]:
            best = (*key, matches[begin].start, match.end)
    return best[2], best[3], best[0]


def _bounds(text: str, first: int, last: int, length: int) -> tuple[int, int]:
    """Widen the window [first, last) to `length`, from the start of a sentence or else of a word."""
    spare = max(0, length - (last - first))
    earliest = max(0, first - spare)
    start = earliest
    if earliest > 0:
        ends = [m.end() for m in _SENTENCE_END.finditer(text, earliest, first)]
        start = ends[0] if ends else _word_start(text, max(earliest, first - spare // 3), first)
    end = min(len(text), max(last, start + length))
    if end < len(text):
        cut = text.rfind(" ", last, end + 1)
        end = cut if cut > last else end
    return start, end


def _word_start(text: str, at: int, limit: int) -> int:
    space = text.find(" ", at, limit)
    return space + 1 if space >= 0 else limit
