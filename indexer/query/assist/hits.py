"""The hits of a page: what they show is read for all of them when the first is looked at.

What a query looks for and an article go in; its title whole and its best passage come out, each as text
and ranges: the words that made it match, by the same analysis, phrases as phrases.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from indexer.analysis import Analyzer, Token
from indexer.article import Article
from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.parsed import Word
from indexer.query.answers.results import Explanation, Highlighted, lazy
from indexer.query.answers.story import Story
from indexer.query.assist.parts import Part
from indexer.query.language.tree import Highlightable, highlightable
from indexer.query.source import Found, Key, Plan, View

ELLIPSIS = "…"
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+|\n+")


class HitReader:
    """Reads the hits of the page of one part of an answer, by their places on it. `words` are those that its
    articles may lack, `among` gives all that is found. It holds the view open that they are read from."""

    def __init__(
        self,
        view: View,
        part: Part,
        snippet_length: int,
        words: Sequence[Word],
        among: Callable[[], Sequence[Found]],
    ) -> None:
        self.kind = part.kind
        self._view = view
        self._found = part.found
        self._tree = part.tree
        self._length = snippet_length
        self._words = words
        self._among = among
        self._deadline = part.deadline

    @lazy
    def articles(self) -> list[Article]:
        """The articles of the page."""
        return self._view.articles(self._found.page.keys)

    @lazy
    def highlights(self) -> list[tuple[Highlighted, Highlighted]]:
        """The title and the best passage of each article; those for which there is no time are not marked."""
        terms, nothing = highlightable(self._tree, self._found.words), Highlightable()
        return [
            highlight(one, nothing if self._deadline.cuts() else terms, self._view.analyzer, self._length)
            for one in self.articles
        ]

    def file(self, place: int) -> str:
        """Return the path, within the archive, of the file that an article stands in."""
        return self._view.file(self._found.page.keys[place])

    def explain(self, place: int) -> Explanation:
        """Return how the score of a hit is made; without its parts where there is no time."""
        if self._deadline.cuts():
            return Explanation(self._found.page.scores[place])
        return self._found.explain(place)

    def story(self, place: int) -> Story:
        """Return the articles that were found and are nearly this text."""
        return story_of(self.articles[place], self._view, self._found.page.keys[place], self._among)

    @lazy
    def missing(self) -> list[tuple[str, ...]]:
        """The words that each article lacks, as they were typed; none where there is no time to look."""
        keys = self._found.page.keys
        plan = Plan(deadline=self._deadline)
        has = [(word.typed, self._view.find(word.query, plan).contains(keys)) for word in self._words]
        if self._words and self._deadline.cuts():
            return [()] * len(keys)
        rows = [tuple(typed for typed, found in has if not found[place]) for place in range(len(keys))]
        return [tuple(dict.fromkeys(row)) for row in rows]


def story_of(
    article: Article, view: View, key: Key, among: Callable[[], Sequence[Found]] | None = None
) -> Story:
    """Return the story of the article `key`, of those of its members that are `among` what was found."""
    members: Sequence[Key] = view.story(key)
    if among is not None and len(members) > 1:
        found = [part.contains(members) for part in among()]
        members = [one for one, *has in zip(members, *found, strict=True) if any(has)]
    readers = [functools.partial(_read, view, member) for member in members if member != key]
    return Story(article, readers, members.index(key))


def _read(view: View, key: Key) -> Article:
    return view.articles([key])[0]


def highlight(
    article: Article, marks: Highlightable, analyzer: Analyzer, length: int
) -> tuple[Highlighted, Highlighted]:
    """Return the title of an article, and the passage of excerpt or body with most that was looked for.

    `length` is the most characters of the passage; the excerpt is taken where both are as good.
    """
    matches = _matches(article.title, "title", marks, analyzer)
    title = Highlighted(article.title, joined((m.start, m.end) for m in matches))
    best, best_score = _passage(article.excerpt, "excerpt", marks, analyzer, length)
    if article.body:
        other, score = _passage(article.body, "body", marks, analyzer, length)
        if score > best_score or not article.excerpt:
            best = other
    return title, best


class _Match(NamedTuple):
    """A marked range, and what it is a match of: two ranges with one `what` say the same thing."""

    start: int
    end: int
    what: str


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


def joined(ranges: Iterable[tuple[int, int]], apart: int = 1) -> tuple[tuple[int, int], ...]:
    """Return ranges in order; those that are less than so many characters `apart` are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1] + apart:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def _passage(
    text: str, name: str, marks: Highlightable, analyzer: Analyzer, length: int
) -> tuple[Highlighted, int]:
    """Return the best passage of `text`, and how many different things match in it."""
    matches = sorted(_matches(text, name, marks, analyzer), key=lambda m: m.start)
    if len(text) <= length:
        return Highlighted(text, joined((m.start, m.end) for m in matches)), len({m.what for m in matches})
    first, last, score = _best_window(matches, length)
    start, end = _bounds(text, first, last, length)
    passage = text[start:end]
    prefix = f"{ELLIPSIS} " if start > 0 else ""
    suffix = f" {ELLIPSIS}" if end < len(text) else ""
    shift = len(prefix) - (len(passage) - len(passage.lstrip())) - start
    inside = [(m.start + shift, m.end + shift) for m in matches if start <= m.start and m.end <= end]
    return Highlighted(prefix + passage.strip() + suffix, joined(inside)), score


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
