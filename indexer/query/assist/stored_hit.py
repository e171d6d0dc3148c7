"""Hits whose articles are read from the generation that they were found in, when they are looked at."""

from __future__ import annotations

import functools
from typing import NamedTuple

from indexer.article import Article
from indexer.query.answers.results import Explanation, Hit
from indexer.query.answers.story import Story
from indexer.query.arrays.rank.explain import Explainer
from indexer.query.arrays.store.postings import Docs, holds
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.assist.highlight import Marker


class Answer(NamedTuple):
    """What the hits of one answer have in common; `found` are all documents that were found, ascending."""

    snapshot: Snapshot
    mark: Marker
    explainer: Explainer
    found: Docs


class StoredHit(Hit):
    """A hit that keeps the generation open which it is read from. `since` is what became of the article
    since an earlier one, where that was asked for."""

    def __init__(self, doc: int, score: float, since: str, answer: Answer) -> None:
        self.score = score
        self.since = since
        self._article = None
        self._doc = doc
        self._answer = answer
        self._highlight = answer.mark

    def explain(self) -> Explanation:
        """Return how the score is made."""
        return self._answer.explainer.explain(self._doc, self.score)

    def _read(self) -> Article:
        return self._answer.snapshot.article(self._doc)

    def _file(self) -> str:
        return self._answer.snapshot.file_of(self._doc)

    def _story(self) -> Story:
        return story_of(self.article, self._answer.snapshot, self._doc, self._answer.found)


def story_of(article: Article, snapshot: Snapshot, doc: int, among: Docs | None) -> Story:
    """Return the story of the article `doc`, of those of its members that are `among` these, ascending."""
    members = snapshot.stories.members(doc)
    if among is not None and len(members) > 1:
        members = [member for member in members if holds(among, member)]
    readers = [functools.partial(snapshot.article, member) for member in members if member != doc]
    return Story(article, readers, members.index(doc))
