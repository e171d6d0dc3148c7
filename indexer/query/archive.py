"""`open_archive`: the way in for scripts, the command line and the page alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from whoosh.query import Query

from indexer.article import Article, Provider
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.errors import NotFoundError, RequestError
from indexer.query.answers.export import PAGE, Export, whole
from indexer.query.answers.facet_values import FacetValues
from indexer.query.answers.related import Related
from indexer.query.answers.results import Results
from indexer.query.answers.story import Story
from indexer.query.answers.suggestions import MAX_SPELLINGS, Spelling, Suggestions
from indexer.query.answers.translations import Translation
from indexer.query.checking import check_number
from indexer.query.deadline import Deadline
from indexer.query.engine import SearchEngine
from indexer.query.parameters import (
    DEFAULT_LISTED,
    MAX_NUMBER,
    MAX_SUGGESTIONS,
    FilterOptions,
    SearchOptions,
)
from indexer.query.request import (
    DirectoryRequest,
    SearchRequest,
    Side,
    build_request,
    check_directory,
    check_interval,
    check_kinds,
    check_queries,
    named_side,
    only_filters,
    usual_request,
)
from indexer.query.source import Source
from indexer.zones import zone_of

if TYPE_CHECKING:
    from indexer.query.answers.directory import Directory
    from indexer.query.answers.hit_place import HitPlace
    from indexer.query.answers.overview import Comparison, Overview
    from indexer.query.answers.stats import ArchiveStats
    from indexer.query.answers.timeline import Timeline
    from indexer.query.assist.related_question import Day


def _embedded(settings: Settings) -> Source:
    from indexer.query.arrays.source import ArraySource  # other kinds do without NumPy

    return ArraySource(settings.index.path)


def _opensearch(settings: Settings) -> Source:
    from indexer.cluster.connection import connect
    from indexer.query.cluster.source import ClusterSource

    return ClusterSource(connect(settings.source), settings.source.alias)


# By `source.kind`, whose values `config` lists.
SOURCES: Mapping[str, Callable[[Settings], Source]] = {"embedded": _embedded, "opensearch": _opensearch}
_WORD_CURE = "For example spelling('recogniton', n=5)."


class Archive:
    """An indexed archive, open for questions. Safe to share between threads.

    It answers from the newest generation of its index: a reindex is seen without opening it again. `deadline`
    is that of all questions together; without one, each may take as long as it needs, and as much work as
    `search.work_limit` says.
    """

    def __init__(self, settings: Settings, engine: SearchEngine) -> None:
        self.settings = settings
        self._engine = engine
        self.deadline: Deadline | None = None
        self._usual = usual_request(settings)

    def limited(self, time_limit_ms: int) -> Archive:
        """Return this archive for one request: all that is asked of it together may take so many
        milliseconds, from now on. What is not ready by then is left out of the answer, which says so
        (`timed_out`); 0 is no limit. Raises RequestError."""
        limit = check_number("time_limit_ms", time_limit_ms, 0, MAX_NUMBER)
        return self._changed(deadline=self._deadline_after(limit))

    @property
    def timed_out(self) -> bool:
        """Whether the limit was met: something was left out of an answer."""
        return self.deadline is not None and self.deadline.has_cut

    def _deadline(self) -> Deadline:
        return self.deadline or self._deadline_after(0)

    def _deadline_after(self, milliseconds: int) -> Deadline:
        return Deadline(milliseconds, self.settings.search.work_limit)

    def search(self, query: str | Query | SearchRequest = "", **options: Unpack[SearchOptions]) -> Results:
        """Return a page of the articles that match `query`: text, a `whoosh.query` tree or a request.

        An empty query matches everything. The facets (`topic` to `author`) take one value or several;
        values of one facet are alternatives, facets narrow each other, `none` is what lacks one.
        `after` and `before` leave out the named day, month or year itself; days are as `Article.day`.
        `cursor` is a page's `next_cursor`. With `broaden` any of the words will do, and words of the best
        articles are looked for as well. The weights, and what an age halves, take the place of the
        settings' `[ranking]`. With `collapse`, near-identical articles are one hit, and the total and the
        facets count stories. `since_generation`, the `generation` of an answer made earlier, asks what
        became of it since (`Results.since`). Raises RequestError for what cannot be used.
        """
        return self._engine.search(self.request(query, **options), self._deadline())

    def request(
        self, query: str | Query | SearchRequest = "", **options: Unpack[SearchOptions]
    ) -> SearchRequest:
        """Return the checked request for the arguments of `search`, with the settings' page size."""
        given = {name: value for name, value in options.items() if value is not None}
        if isinstance(query, SearchRequest):
            if given:
                raise RequestError(
                    "a checked request takes no options beside it",
                    where=", ".join(given),
                    cure="Give them to `request`, which makes it.",
                )
            return query
        return build_request(query, self._usual, max_size=self.settings.search.max_page_size, **given)

    def export(
        self,
        query: str | Query | SearchRequest = "",
        *,
        most: int | None = None,
        **options: Unpack[SearchOptions],
    ) -> Export:
        """Return all that `search` finds, however many pages, or the first `most` of it; all of it is of one
        generation. Each page that is read has the time and the work of a request. Raises RequestError where
        that is not enough: an export has all of it or nothing."""
        held = self.held()
        request = replace(held.request(query, **options), page=1, size=PAGE, since_generation=None)
        if most is not None:
            request = replace(request, size=min(PAGE, check_number("most", most, 1, MAX_NUMBER)))

        def read(cursor: str) -> Results:
            page = held._changed(deadline=held.deadline and held.deadline.renewed())
            return page.search(replace(request, cursor=cursor))

        first = whole(held.search(request))
        return Export(request, held.stats().indexed_at, self._usual.blend, first, read, most)

    def facet(self, name: str, request: SearchRequest | None = None) -> FacetValues:
        """Return the values of one facet, of everything or of what `request` finds."""
        return self._engine.facet(name, request or self.request(), self._deadline())

    def directory(
        self, facet: str, find: str = "", *, order: str = "count", page: int = 1, size: int = DEFAULT_LISTED
    ) -> Directory:
        """Return a page of the values of one facet, of all articles: how many each has, from when to when,
        and how they lie in time; those that have `find` in their names, the largest first or by `name`.
        Raises RequestError."""
        request = DirectoryRequest(facet, find, order, page, size)
        return self._engine.directory(check_directory(request), self._deadline())

    def place(self, article: Article | str, request: SearchRequest) -> HitPlace:
        """Return where an article (or that with this id or URL) stands among the hits of `request`, with the
        hits beside it, and what the query marks in its texts. Raises RequestError, NotFoundError."""
        return self._engine.place(self._article("place", article), request, self._deadline())

    def article(self, key: str) -> Article:
        """Return the article whose id, URL, AMP variant or file is `key`; raise NotFoundError."""
        return self._engine.article(key)

    def file(self, article: Article) -> str:
        """Return the path, within the archive, of the file that `article` stands in."""
        return self._engine.file(article)

    def logo(self, provider: Provider) -> str | None:
        """Return the URL of a provider's logo, where the archive has one."""
        return self._engine.logo(provider)

    def related(self, article: Article | str, *, size: int | None = None) -> Related:
        """Return what goes with an article (or the id or URL of one): the editors' choice, then computed.

        `parts()` of the answer has it as earlier, of the same story, later. Raises RequestError for a
        size beyond the settings' `max_page_size`, NotFoundError."""
        search = self.settings.search
        most = search.related_size if size is None else check_number("size", size, 1, search.max_page_size)
        return self._engine.related(self._article("related", article), most, self._deadline())

    def related_to(  # noqa: PLR0913 - a keyword for each thing that may be known of an article
        self,
        *,
        title: str = "",
        excerpt: str = "",
        text: str = "",
        url: str | None = None,
        date: Day = None,
        size: int | None = None,
    ) -> Related:
        """Return what goes with an article that need not be in the index; one that is there by its `url`
        is asked for as it is there.

        Title and excerpt are the question; without an excerpt the beginning of the `text`. `date` is a
        day, a moment, or text for either; without one, no article is nearer than another and none is
        before or after. Raises RequestError.
        """
        if url:
            try:
                return self.related(self._engine.article(url), size=size)
            except NotFoundError:
                pass  # it is described by the rest
        from indexer.query.assist.related_question import article_from

        return self.related(article_from(title, (excerpt, text), url, date, self._now()), size=size)

    def spelling(self, text: str, n: int = 5) -> list[Spelling]:
        """Return the words of the archive that `text` may mean, at most `n`, the likeliest first.

        `text` is a word, or two that should perhaps be one; one written as one may come back as two.
        Raises RequestError.
        """
        if not isinstance(text, str):
            raise RequestError("'spelling' takes a word, a text", where=repr(text), cure=_WORD_CURE)
        return self._engine.spelling(text, check_number("n", n, 1, MAX_SPELLINGS))

    def timeline(
        self,
        queries: str | Query | SearchRequest | Iterable[str | Query | SearchRequest] = "",
        *,
        interval: str | None = None,
        **filters: Unpack[FilterOptions],
    ) -> Timeline:
        """Return how much up to five queries find per `day`, `week`, `month` or `year`, and their peaks.

        Without `interval` the one that suits the span is taken. `filters` are those of `search`; they
        hold for every query. Raises RequestError.
        """
        given = [queries] if isinstance(queries, str | Query | SearchRequest) else list(queries)
        requests = [self.request(query, **only_filters(filters)) for query in given]
        return self._engine.timeline(check_queries(requests), check_interval(interval), self._deadline())

    def overview(self, query: str | Query | SearchRequest = "", **filters: Unpack[FilterOptions]) -> Overview:
        """Return what a query finds, in short: how much, from when to when, what about, from whom."""
        return self._engine.overview(self.request(query, **only_filters(filters)), self._deadline())

    def compare(
        self,
        one: Side | tuple[str, SearchRequest],
        other: Side | tuple[str, SearchRequest],
        *,
        query: str | Query = "",
        interval: str | None = None,
        **filters: Unpack[FilterOptions],
    ) -> Comparison:
        """Return two searches side by side: over time, in topics, and by the terms that set them apart.

        A side is a query, or filters as keywords of `search`, `{"provider": "bbc.com"}`, which may have a
        `query` of its own, or a name and a request; `query` and `filters` hold for both otherwise.
        Raises RequestError.
        """
        sides = [self._side(side, query, only_filters(filters)) for side in (one, other)]
        return self._engine.compare(sides, check_interval(interval), self._deadline())

    def _side(
        self, side: Side | tuple[str, SearchRequest], query: str | Query, filters: dict[str, Any]
    ) -> tuple[str, SearchRequest]:
        match side:
            case (str() as name, SearchRequest() as request):
                return name, request
        name, text, given = named_side(side, query, filters)
        return name, self.request(text, **only_filters(given))

    def translations(self, article: Article | str) -> tuple[Translation, ...]:
        """Return an article (or that with this id or URL) in other languages, each once, in their order.

        They have the article's `translationKey` in common with it, or its path but for a language's folder
        or ending."""
        return self._engine.translations(self._article("translations", article))

    def story(self, article: Article | str) -> Story:
        """Return the articles that are nearly this one's text (or that of the one with this id or URL):
        copies and versions, the earliest first, itself among them."""
        return self._engine.story(self._article("story", article))

    def _article(self, method: str, article: Article | str) -> Article:
        if not isinstance(article, Article | str):
            raise RequestError(f"'{method}' takes an article, or the id or URL of one", where=repr(article))
        return article if isinstance(article, Article) else self._engine.article(article)

    def suggest(self, text: str, *, size: int = 10, kinds: str | Iterable[str] | None = None) -> Suggestions:
        """Return what a reader may mean who has typed `text` so far: topics, providers, frequent phrases
        and titles, the best first; of `kinds` alone, where given. Raises RequestError."""
        if not isinstance(text, str):
            raise RequestError("'suggest' takes what was typed, a text", where=repr(text))
        check_number("size", size, 1, MAX_SUGGESTIONS)
        asked = check_kinds(kinds if kinds is None or isinstance(kinds, str) else tuple(kinds))
        return self._engine.suggest(text, size=size, kinds=asked, deadline=self._deadline())

    @property
    def language(self) -> str:
        """The code of the language that the archive is analysed in."""
        return self._engine.language()

    def stats(self, *, check: bool = False) -> ArchiveStats:
        """Return what is indexed, since when, and what was left out; with `check` also what is wrong with a
        cluster that it lies in, for which that is asked."""
        stats = self._engine.stats()
        return replace(stats, warnings=self._engine.warnings()) if check else stats

    def held(self) -> Archive:
        """Return this archive as it is now: all that it answers is of one generation, also where a reindex
        ends meanwhile."""
        return self._changed(_engine=self._engine.held())

    def _changed(self, **changes: Any) -> Archive:
        """Return the same but for some attributes; `copy.copy` takes ten times as long, with each request."""
        changed = object.__new__(Archive)
        vars(changed).update(vars(self) | changes)
        return changed

    def today(self) -> date:
        """Return the day that it is where the archive is: in its zone, else in UTC."""
        return self._now().date()

    def _now(self) -> datetime:
        return datetime.now(zone_of(self.stats().timezone))

    def close(self) -> None:
        """Let the index go."""
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_archive(config: str | Path | Settings | None = None, *, index: str | Path | None = None) -> Archive:
    """Open the index that a settings file (or loaded settings) names, or the one in the folder `index`.

    Without either, `config.toml` of the current folder is asked; its `source.kind` says what answers.
    Raises ConfigError, IndexMissingError, IndexOutdatedError, IndexDamagedError, IndexUnreadableError or
    SourceUnavailableError.
    """
    settings = config if isinstance(config, Settings) else load_settings(config, index=index)
    return Archive(settings, SearchEngine(settings, SOURCES[settings.source.kind](settings)))
