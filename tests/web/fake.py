"""An engine of a few articles in memory, for what an index cannot be brought to give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from whoosh.query import Every

from indexer import (
    Archive,
    Article,
    Highlighted,
    Hit,
    Related,
    RelatedArticle,
    Results,
    SearchRequest,
    Settings,
    Story,
    Suggestion,
    Suggestions,
)
from indexer.article import Provider
from indexer.errors import NotFoundError
from indexer.facets import FACETS
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.answers.results import FacetValue, FacetValues, LazyFacets
from indexer.query.answers.stats import ArchiveStats


class FakeEngine:
    """Finds all of its articles whatever is asked, or raises `failure`."""

    def __init__(
        self,
        articles: Sequence[Article] = (),
        *,
        parsed: ParsedQuery | None = None,
        failure: Exception | None = None,
        total: int | None = None,
        distinct: int = 0,
    ) -> None:
        self.articles = list(articles)
        self.parsed = parsed or ParsedQuery("", Every())
        self.failure = failure
        self.total = len(self.articles) if total is None else total
        self.distinct = distinct
        self.generation = 1
        self.closed = False

    def _check(self) -> None:
        if self.failure:
            raise self.failure

    def search(self, request: SearchRequest) -> Results:
        self._check()
        hits = tuple(
            Hit(
                1.0,
                lambda a=a: a,
                lambda a: (Highlighted(a.title, ((0, 1),)), Highlighted(a.excerpt, ((0, 1),))),
            )
            for a in self.articles
        )
        return Results(
            total=self.total,
            hits=hits,
            facets=LazyFacets(FACETS, lambda name: self.facet(name, request)),
            parsed=self.parsed,
            sort=request.sort or "newest",
            page=request.page,
            size=request.size,
            generation=self.generation,
        )

    def facet(self, name: str, request: SearchRequest) -> FacetValues:
        self._check()
        found: dict[str, FacetValue] = {}
        for article in self.articles:
            for value, label in _values(article, name):
                found[value] = FacetValue(value, label, 1, value in request.chosen(name))
        return FacetValues(name, tuple(found.values()), max(self.distinct, len(found)))

    def article(self, key: str) -> Article:
        self._check()
        for article in self.articles:
            if key in (article.id, article.url):
                return article
        raise NotFoundError(f"there is no article '{key}'")

    def file(self, article: Article) -> str:
        return ""

    def logo(self, provider: Provider) -> str | None:
        return None

    def related(self, article: Article, size: int) -> Related:
        self._check()
        items = [RelatedArticle(a, "computed", f"shares “{a.title}”", 1.0) for a in self.articles]
        return Related(article, tuple(items[:size]), tuple(items[:size]))

    def story(self, article: Article) -> Story:
        self._check()
        return Story(article, [lambda a=a: a for a in self.articles if a is not article])

    def suggest(self, text: str, *, size: int, kinds: Sequence[str]) -> Suggestions:
        self._check()
        items = [Suggestion(a.title, "title", 1, ((0, 1),), a.id) for a in self.articles]
        return Suggestions(text, tuple(items[:size]))

    def stats(self) -> ArchiveStats:
        self._check()
        now = datetime(2026, 1, 1, tzinfo=UTC)
        numbers = dict.fromkeys(
            ("files", "articles", "related", "duplicates", "withdrawn", "rejected", "topics", "organizations",
             "secured", "undated"), 0,
        )  # fmt: skip
        return ArchiveStats(
            archive="/srv/news", generation=self.generation, indexed_at=now, first_date=None, last_date=None,
            language="english", **numbers,
        )  # fmt: skip

    def close(self) -> None:
        self.closed = True


def _values(article: Article, name: str) -> list[tuple[str, str]]:
    if name == "provider":
        return [(article.provider.key, article.provider.name)] if article.provider else []
    if name == "date":
        return [(f"{article.published_at:%Y}", f"{article.published_at:%Y}")] if article.published_at else []
    one = {"category": article.category, "type": article.type}
    if name in one:
        return [(str(one[name]), str(one[name]))] if one[name] else []
    return [
        (value, value)
        for value in {"topic": article.topics, "tag": article.tags, "author": article.authors}[name]
    ]


def fake_archive(settings: Settings, *articles: Article, **given: object) -> Archive:
    return Archive(settings, FakeEngine(articles, **given))  # type: ignore[arg-type]
