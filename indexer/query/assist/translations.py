"""An article -> the same in other languages: those that have its `translation` in common with it.

Articles of one language that have it in common are no translations of each other. An article that names no
language is in the archive's.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.article import Article
from indexer.languages import code_of
from indexer.query.answers.translations import Translation
from indexer.query.source import Key, View


def translated_keys(article: Article, view: View) -> dict[Key, Translation]:
    """Return the translations of an article, all of them, in the order of their languages."""
    if not article.translation:
        return {}
    own = language_of(article, view)
    keys = view.translated(article.translation)
    found = {
        key: Translation(language_of(other, view), other)
        for key, other in zip(keys, view.articles(keys), strict=True)
        if other.id != article.id
    }
    found = {key: one for key, one in found.items() if one.language != own}
    return dict(sorted(found.items(), key=lambda item: (item[1].language, item[1].article.id)))


def translations_of(article: Article, view: View) -> tuple[Translation, ...]:
    """Return the translations of an article, one for each language, in their order."""
    if not article.translation:
        return ()
    by_language: dict[str, Translation] = {}
    for one in translated_keys(article, view).values():
        by_language.setdefault(one.language, one)
    return tuple(by_language.values())


def language_of(article: Article, view: View) -> str:
    """Return the tag of an article's language."""
    return article.language or code_of(view.analyzer.language)


def once_each(articles: Sequence[Article], language: str, view: View) -> list[bool]:
    """Return which of some articles stand for themselves and their translations among them: of each the one
    in `language`, else the first."""
    best: dict[str, int] = {}
    for at, article in enumerate(articles):
        shared = article.translation
        if shared and (
            shared not in best
            or language_of(article, view) == language != language_of(articles[best[shared]], view)
        ):
            best[shared] = at
    return [not a.translation or best[a.translation] == at for at, a in enumerate(articles)]
