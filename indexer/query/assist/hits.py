"""The hits of a page: what they show is read for all of them when the first is looked at."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from whoosh.query import Query

from indexer.article import Article
from indexer.query.answers.results import Explanation, Highlighted
from indexer.query.answers.story import Story
from indexer.query.assist.highlight import highlight
from indexer.query.language.tree import highlightable
from indexer.query.source import Found, Key, View


class HitReader:
    """Reads the hits of the page of one answer, by their places on it. It holds the view open that they
    are read from."""

    def __init__(self, view: View, found: Found, tree: Query, snippet_length: int) -> None:
        self._view = view
        self._found = found
        self._tree = tree
        self._length = snippet_length

    @functools.cached_property
    def articles(self) -> list[Article]:
        """The articles of the page."""
        return self._view.articles(self._found.page.keys)

    @functools.cached_property
    def highlights(self) -> list[tuple[Highlighted, Highlighted]]:
        """The title and the best passage of each article."""
        terms = highlightable(self._tree, self._found.words)
        return highlight(self.articles, terms, self._view.analyzer, self._length)

    def file(self, place: int) -> str:
        """Return the path, within the archive, of the file that an article stands in."""
        return self._view.file(self._found.page.keys[place])

    def explain(self, place: int) -> Explanation:
        """Return how the score of a hit is made."""
        return self._found.explain(place)

    def story(self, place: int) -> Story:
        """Return the articles that were found and are nearly this text."""
        return story_of(self.articles[place], self._view, self._found.page.keys[place], self._found)


def story_of(article: Article, view: View, key: Key, among: Found | None = None) -> Story:
    """Return the story of the article `key`, of those of its members that are `among` what was found."""
    members: Sequence[Key] = view.story(key)
    if among is not None and len(members) > 1:
        members = [one for one, found in zip(members, among.contains(members), strict=True) if found]
    readers = [functools.partial(_read, view, member) for member in members if member != key]
    return Story(article, readers, members.index(key))


def _read(view: View, key: Key) -> Article:
    return view.articles([key])[0]
