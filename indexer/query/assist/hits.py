"""The hits of a page: what they show is read for all of them when the first is looked at."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from indexer.article import Article
from indexer.query.answers.parsed import Word
from indexer.query.answers.results import Explanation, Highlighted, lazy
from indexer.query.answers.story import Story
from indexer.query.answers.translations import Translation
from indexer.query.assist.highlighting import Highlighter
from indexer.query.assist.parts import Part
from indexer.query.assist.translations import translations_of
from indexer.query.language.tree import Highlightable, highlightable
from indexer.query.source import Found, Key, Plan, View

MAX_MEMBERS = 500  # of a story that are given and counted; each is read


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
    def ids(self) -> list[str]:
        """The ids of the articles."""
        return self._view.ids(self._found.page.keys)

    @lazy
    def articles(self) -> list[Article]:
        """The articles of the page."""
        return self._view.articles(self._found.page.keys)

    @lazy
    def highlights(self) -> list[tuple[Highlighted, Highlighted]]:
        """The title and the best passage of each article; where there is no time, nothing is marked."""
        marking = self._highlighter(highlightable(self._tree, self._found.words))
        return [
            (self._highlighter(Highlightable()) if self._deadline.cuts() else marking).highlight(article)
            for article in self.articles
        ]

    def _highlighter(self, marks: Highlightable) -> Highlighter:
        return Highlighter(marks, self._view.analyzer, self._length)

    def file(self, place: int) -> str:
        """Return the path, within the archive, of the file that an article stands in."""
        return self._view.file(self._found.page.keys[place])

    def explain(self, place: int) -> Explanation:
        """Return how the score of a hit is made; without its parts where there is no time."""
        without = Explanation(self._found.page.scores[place])
        return self._deadline.whole(lambda: self._found.explain(place), without)

    def translations(self, place: int) -> tuple[Translation, ...]:
        """Return the article in other languages."""
        return translations_of(self.articles[place], self._view)

    def story(self, place: int) -> Story:
        """Return the articles that were found and are nearly this text; this one where there is no time."""
        if self._deadline.cuts():
            return Story(self.articles[place], ())
        return story_of(self.articles[place], self._view, self._found.page.keys[place], self._among)

    @lazy
    def missing(self) -> list[tuple[str, ...]]:
        """The words that each article lacks, as they were typed; none where there is no time to look."""
        keys = self._found.page.keys
        plan = Plan(deadline=self._deadline)
        has = self._view.contains([self._view.find(word.query, plan) for word in self._words], keys)
        if self._words and self._deadline.cuts():
            return [()] * len(keys)
        typed = [word.typed for word in self._words]
        rows = [
            [word for word, found in zip(typed, has, strict=True) if not found[at]] for at in range(len(keys))
        ]
        return [tuple(dict.fromkeys(row)) for row in rows]


def story_of(
    article: Article, view: View, key: Key, among: Callable[[], Sequence[Found]] | None = None
) -> Story:
    """Return the story of the article `key`, of those of its members that are `among` what was found."""
    members: Sequence[Key] = view.story(key)
    if among is not None and len(members) > 1:
        found = view.contains(among(), members)
        members = [one for one, *has in zip(members, *found, strict=True) if any(has)]
    members = _nearest(members, key)
    readers = [functools.partial(_read, view, member) for member in members if member != key]
    return Story(article, readers, members.index(key))


def _nearest(members: Sequence[Key], key: Key) -> Sequence[Key]:
    """Return the articles of a story, of a large one MAX_MEMBERS around `key`."""
    first = max(0, min(members.index(key) - MAX_MEMBERS // 2, len(members) - MAX_MEMBERS))
    return members[first : first + MAX_MEMBERS]


def _read(view: View, key: Key) -> Article:
    return view.articles([key])[0]
