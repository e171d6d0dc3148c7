"""The translations of an article, as answers give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from indexer.article import Article
from indexer.languages import language_name
from indexer.query.answers.answer import Answer


class Translation(NamedTuple):
    """An article in another language; `language` is its tag, the archive's where it names none."""

    language: str
    article: Article

    @property
    def name(self) -> str:
        """What its language is called in English."""
        return language_name(self.language)

    def to_json(self) -> dict[str, Any]:
        """Return what names it."""
        article = self.article
        return {"language": self.language, "id": article.id, "title": article.title, "url": article.url}


def also_in(translations: Sequence[Translation]) -> str:
    """Return which languages there are, in a line: `Also in French, German`; nothing for none."""
    return "Also in " + ", ".join(one.name for one in translations) if translations else ""


@dataclass(frozen=True, slots=True)
class ShownArticle(Answer):
    """An article with its translations, as `show` and the API give it."""

    article: Article
    translations: tuple[Translation, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the article's own JSON, and its translations."""
        return self.article.to_json() | {"translations": [one.to_json() for one in self.translations]}
