"""What made an article match. What a query looks for and an article go in; its title whole and its best
passage come out, each as text and ranges: the words that made it match, by the same analysis, phrases as
phrases.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import islice
from operator import itemgetter

from indexer.analysis import Analyzer, Token
from indexer.article import Article
from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.results import Highlighted
from indexer.query.language.tree import Highlightable

ELLIPSIS = "…"
MAX_READ = 100_000  # characters
_FIELDS = ("title", "excerpt", "body")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+|\n+")


class Highlighter:
    """Highlights what `marks` look for in one article after another; `length` is the most characters of a
    passage."""

    def __init__(self, marks: Highlightable, analyzer: Analyzer, length: int) -> None:
        named = {name for name, *_ in (*marks.terms, *marks.phrases)}
        if named.isdisjoint(_FIELDS):  # as in most queries: a word is looked at once for all three
            self._title = self._excerpt = self._body = _FieldMarks(TEXT, marks, analyzer)
        else:
            self._title, self._excerpt, self._body = (_FieldMarks(name, marks, analyzer) for name in _FIELDS)
        self._length = length

    def highlight(self, article: Article) -> tuple[Highlighted, Highlighted]:
        """Return the title of an article, and the passage of excerpt or body with most that was looked for:
        of the excerpt where both are as good."""
        matches = self._title.matches(article.title)
        title = Highlighted(article.title, _ranges(matches))
        best, best_score = self._passage(article.excerpt, self._excerpt)
        # No body has more than all that is looked for; it is not even read then.
        if (best_score < self._body.most or not article.excerpt) and article.body:
            other, score = self._passage(article.body, self._body)
            if score > best_score or not article.excerpt:
                best = other
        return title, best

    def mark(self, name: str, text: str) -> Highlighted:
        """Return the whole of a text of the field `name`, with all that matches in it."""
        marks = {"title": self._title, "excerpt": self._excerpt, "body": self._body}[name]
        ranges: list[tuple[int, int]] = []
        at = 0
        while at < len(text):
            end = text.rfind("\n", at, at + MAX_READ) + 1 if len(text) - at > MAX_READ else len(text)
            end = end or at + MAX_READ
            ranges += [(at + first, at + last) for first, last, _ in marks.matches(text[at:end])]
            at = end
        return Highlighted(text, joined(ranges))

    def _passage(self, text: str, marks: _FieldMarks) -> tuple[Highlighted, int]:
        """Return the best passage of `text`, and how many different things match in it."""
        matches, length = marks.matches(text), self._length
        if len(text) <= length:
            return Highlighted(text, _ranges(matches)), len({what for _, _, what in matches})
        matches.sort(key=itemgetter(0))
        first, last, score = _best_window(matches, length)
        start, end = _bounds(text, first, last, length)
        passage = text[start:end]
        prefix = f"{ELLIPSIS} " if start > 0 else ""
        suffix = f" {ELLIPSIS}" if end < len(text) else ""
        shift = len(prefix) - (len(passage) - len(passage.lstrip())) - start
        inside = [(m[0] + shift, m[1] + shift) for m in matches if start <= m[0] and m[1] <= end]
        return Highlighted(prefix + passage.strip() + suffix, joined(inside)), score


# A marked range, start and end, and what it is a match of: two ranges that match the same say the same.
_Match = tuple[int, int, str]


class _FieldMarks:
    """What is looked for in the texts of one field: its terms, and phrases with the most positions from one
    word to the next."""

    def __init__(self, name: str, marks: Highlightable, analyzer: Analyzer) -> None:
        terms = {term for field_name, term in marks.terms if field_name in (TEXT, name)}
        self._exacts = {term.removeprefix(EXACT) for term in terms if term.startswith(EXACT)}
        self._terms = terms
        self._phrases = [
            (words, slop) for field_name, words, slop in marks.phrases if field_name in (TEXT, name)
        ]
        self.most = len(terms) + len(self._phrases)  # different things that can match in a text
        wanted = terms.union(*(words for words, _ in self._phrases))
        self._finder = analyzer.finder(wanted, self._exacts)

    def matches(self, text: str) -> list[_Match]:
        """Return what matches in a text: terms, then phrases."""
        if not text or not (self._terms or self._phrases):
            return []
        tokens, count = self._finder.find(text[:MAX_READ])
        terms, exacts = self._terms, self._exacts
        found = [
            (start, end, term) for term, exact, _, start, end, _ in tokens if term in terms or exact in exacts
        ]
        places = _by_term(tokens) if self._phrases else {}
        for words, slop in self._phrases:
            found += _phrase_matches(places, words, slop, count)
        return found


def _by_term(tokens: Iterable[Token]) -> dict[str, dict[int, Token]]:
    """Return where each term stands: its tokens by their positions."""
    places: dict[str, dict[int, Token]] = {}
    for token in tokens:
        places.setdefault(token.term, {}).setdefault(token.position, token)
    return places


def _phrase_matches(
    places: Mapping[str, Mapping[int, Token]], words: tuple[str, ...], slop: int, most: int
) -> list[_Match]:
    """Return the words of every place where `words` stand in order, each at most `slop` positions on;
    of the ways to go on no more than `most` are followed."""
    if not words or not all(word in places for word in words):
        return []
    chains = [[token] for token in places[words[0]].values()]
    for word in words[1:]:
        at = places[word]
        order = sorted(at)
        longer = (
            [*chain, at[position]]
            for chain in chains
            for last in (chain[-1].position,)
            for position in order[bisect_right(order, last) : bisect_right(order, last + slop)]
        )
        chains = list(islice(longer, most))
    what = " ".join(words)
    return [(token.start, token.end, what) for chain in chains for token in chain]


def _ranges(matches: Iterable[_Match]) -> tuple[tuple[int, int], ...]:
    return joined([(start, end) for start, end, _ in matches])


def joined(ranges: Iterable[tuple[int, int]], apart: int = 1) -> tuple[tuple[int, int], ...]:
    """Return ranges in order; those that are less than so many characters `apart` are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1] + apart:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def _best_window(matches: list[_Match], length: int) -> tuple[int, int, int]:
    """Return where the matches of the window with most different ones begin and end, and how many.

    Two pointers over the matches in order; the earliest of equals wins.
    """
    if not matches:
        return 0, 0, 0
    counts: dict[str, int] = {}
    best = (0, 0, 0, 0)
    begin = 0
    for end, (_, match_end, what) in enumerate(matches):
        counts[what] = counts.get(what, 0) + 1
        while match_end - matches[begin][0] > length and begin < end:
            gone = matches[begin][2]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            begin += 1
        key = (len(counts), end - begin + 1)
        if key > best[:2]:
            best = (*key, matches[begin][0], match_end)
    return best[2], best[3], best[0]


def _bounds(text: str, first: int, last: int, length: int) -> tuple[int, int]:
    """Widen the window [first, last) to `length`, from the start of a sentence or else of a word."""
    spare = max(0, length - (last - first))
    earliest = max(0, first - spare)
    start = earliest
    if earliest > 0:
        sentence = _SENTENCE_END.search(text, earliest, first)
        start = sentence.end() if sentence else _word_start(text, max(earliest, first - spare // 3), first)
    end = min(len(text), max(last, start + length))
    if end < len(text):
        cut = text.rfind(" ", last, end + 1)
        end = cut if cut > last else end
    return start, end


def _word_start(text: str, at: int, limit: int) -> int:
    space = text.find(" ", at, limit)
    return space + 1 if space >= 0 else limit
