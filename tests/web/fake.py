"""Archives of a few articles in memory, for what an index cannot be brought to give."""

from __future__ import annotations

from whoosh.query import AndMaybe, Every, NullQuery, Query

from indexer import Archive, Article, Settings
from indexer.query.engine import SearchEngine
from indexer.query.source import Plan, Source
from tests.sources.articles import generation_of
from tests.sources.failing import FailingSource
from tests.sources.plain import PlainSource, PlainView
from tests.sources.plain_found import PlainFound


def fake_archive(settings: Settings, *articles: Article, **given: object) -> Archive:
    """Return an archive of these articles; `given` are fields of its generation."""
    return archive_over(settings, PlainSource(settings, generation_of(articles, **given)))


def failing_archive(settings: Settings, failure: Exception, method: str = "open") -> Archive:
    """Return an archive whose source raises `failure`."""
    source = PlainSource(settings, generation_of([Article("a", "A title")]))
    return archive_over(settings, FailingSource(source, method, failure))


def archive_over(settings: Settings, source: Source) -> Archive:
    return Archive(settings, SearchEngine(settings, source))


class FindsAll(PlainSource):
    """Finds all of its articles, whatever is searched for and filtered by."""

    def open(self) -> PlainView:
        if self._view is None:
            self._view = _FindsAll(self._generations)
        return self._view


class _FindsAll(PlainView):
    def find(self, tree: Query, plan: Plan) -> PlainFound:
        wanted = Every() if tree is NullQuery else AndMaybe(Every(), tree)
        found = super().find(wanted, plan)
        if not plan.beyond:  # else all of it was found before
            found.keys = found._ordered = list(range(self.size))
        return found
