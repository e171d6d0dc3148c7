"""A story as an answer gives it: articles that are nearly one text, the earliest first."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, overload

from indexer.article import ARTICLE_FIELDS, Article

_UNSAID = frozenset(ARTICLE_FIELDS) - {"id", "title", "url", "published_at", "day", "provider"}


class Story(Sequence[Article]):
    """The members of a story, the earliest first; each is read when it is asked for. `article` is the
    one that stands for them, and one of them."""

    def __init__(self, article: Article, others: Sequence[Callable[[], Article]], place: int = 0) -> None:
        self.article = article
        self._readers: list[Callable[[], Article]] = [functools.cache(read) for read in others]
        self._readers.insert(place, lambda: article)

    @overload
    def __getitem__(self, index: int) -> Article: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Article, ...]: ...
    def __getitem__(self, index: int | slice) -> Article | tuple[Article, ...]:
        if isinstance(index, slice):
            return tuple([read() for read in self._readers[index]])
        return self._readers[index]()

    def __len__(self) -> int:
        return len(self._readers)

    @functools.cached_property
    def others(self) -> tuple[Article, ...]:
        """All but the article, the earliest first."""
        return tuple(member for member in self if member is not self.article)

    @functools.cached_property
    def other_outlets(self) -> int:
        """How many providers the others have, the article's own left out."""
        own = self.article.provider.key if self.article.provider else None
        return len({other.provider.key for other in self.others if other.provider} - {own})

    def to_json(self) -> dict[str, Any]:
        """Return the story as the command line and the API print it."""
        return {
            "id": self.article.id,
            "title": self.article.title,
            "articles": len(self),
            "other_outlets": self.other_outlets,
            "members": [_member(article) for article in self],
        }


def _member(article: Article) -> dict[str, Any]:
    return article.to_json(without=_UNSAID)
