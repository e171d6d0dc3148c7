"""The search engine: request -> parse -> find -> order -> answer, over any source.

What not every search needs is imported where it is used: a command that searches once starts in half the
time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from indexer.article import Article, Provider
from indexer.config import Settings
from indexer.errors import NotFoundError, RequestError, did_you_mean
from indexer.facets import FACETS
from indexer.identity import url_identity
from indexer.languages import code_of
from indexer.messages import say
from indexer.query.answers.facet_values import FacetValues, LazyFacets
from indexer.query.answers.ledger import Since
from indexer.query.answers.parsed import shown_notes
from indexer.query.answers.parts import PartKind
from indexer.query.answers.related import Related
from indexer.query.answers.results import ARTICLES, STORIES, Hit, Results, hits_of
from indexer.query.answers.story import Story
from indexer.query.answers.translations import Translation
from indexer.query.assist.details import AnswerDetails, Reading, notes_of
from indexer.query.assist.hits import HitReader, story_of
from indexer.query.assist.parts import Part, Parts
from indexer.query.assist.reading import Moment, QueryReader, ReadQuery
from indexer.query.assist.translations import translations_of
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.filters import read_filters, remarks
from indexer.query.language.grammar import parse
from indexer.query.language.tree import total_relation
from indexer.query.request import DirectoryRequest, SearchRequest, query_text
from indexer.query.source import HeldView, Plan, Source, View

if TYPE_CHECKING:
    from whoosh.query import Query

    from indexer.query.answers.directory import Directory
    from indexer.query.answers.hit_place import HitPlace
    from indexer.query.answers.overview import Comparison, Overview
    from indexer.query.answers.stats import ArchiveStats
    from indexer.query.answers.suggestions import Spelling, Suggestions
    from indexer.query.answers.timeline import Timeline
    from indexer.query.assist.cursor import Cursor
    from indexer.query.assist.timeline import Search

_REINDEXED = say("the archive was indexed anew since the last page: this one goes on from the same place")


class SearchEngine:
    """Answers requests from the newest generation of a source. Safe to share between threads.

    The `deadline` is that of the whole request, of which a question may be a part."""

    def __init__(self, settings: Settings, source: Source, reader: QueryReader | None = None) -> None:
        self._settings = settings
        self._source = source
        self._reader = reader or QueryReader(settings.search.expansion_limit)

    def search(self, request: SearchRequest, deadline: Deadline = NO_DEADLINE) -> Results:
        """Return the page of results that `request` asks for. Raises RequestError."""
        at = self._at(deadline)
        view, query = at.view, self._reader.read(request, at)
        sort = _sort(request, query)
        cursor = _decoded(request, sort) if request.cursor else None
        parts = self._parts(request, query, at, sort=sort, cursor=cursor)
        shown, before = parts.page(cursor)
        first = parts.asked.found
        since: Since | None = None
        became: Sequence[str] = ()
        if request.since_generation is not None:
            from indexer.query.assist.since import changes_since

            keys = [key for part in shown for key in part.found.page.keys]
            since, became = changes_since(request.since_generation, view, first, keys)
        hits: list[Hit] = []
        for part in shown:
            words = query.parsed.words if part.kind in (PartKind.SOME, PartKind.ANY) else ()
            page = HitReader(
                view,
                part,
                self._settings.search.snippet_length,
                words,
                lambda: [p.found for p in parts.ordered],
            )
            hits += hits_of(page, part.found.page.scores, became[len(hits) :])
        sentences: list[str] = [_REINDEXED] if cursor and cursor.generation != view.number else []
        if request.is_filtered:
            sentences += remarks(parts.plan.filters)
        return Results(
            total=first.total,
            hits=tuple(hits),
            facets=LazyFacets(FACETS, parts.facet),
            sort=sort,
            page=before // request.size + 1 if cursor else request.page,
            size=request.size,
            generation=view.number,
            details=AnswerDetails(request, query, parts, shown, view, self._reading(request, query, at)),
            sentences=tuple(sentences),
            relation=total_relation(parts.asked.tree, first.cut, first.is_about),
            deadline=deadline,
            since=since,
            counts=STORIES if request.collapse else ARTICLES,
            match=self._match(request),
        )

    def facet(self, name: str, request: SearchRequest, deadline: Deadline = NO_DEADLINE) -> FacetValues:
        """Return the values of one facet for `request`. Raises RequestError, for an unknown one too."""
        if name not in FACETS:
            raise RequestError(say("there is no facet '{name}'", name=name), cure=did_you_mean(name, FACETS))
        at = self._at(deadline)
        query, parts = self._shown(request, at)
        values = parts.facet(name)
        notes = shown_notes(notes_of(query, [parts.asked, parts.counted()], at.view))
        return values.of(values.part, (*notes, *values.own_notes))

    def place(self, article: Article, request: SearchRequest, deadline: Deadline = NO_DEADLINE) -> HitPlace:
        """Return where `article` stands among the hits of `request`. Raises RequestError."""
        from indexer.query.assist.hit_place import find_place

        at = self._at(deadline)
        query = self._reader.read(request, at)
        plan = self._plan(request, query, at, sort=_sort(request, query))._replace(start=0, size=0)

        def parts_of(plan: Plan) -> Parts:
            return Parts(query, at.view, plan, match=self._match(request), unfinished=request.unfinished)

        return find_place(article, at.view, plan, parts_of)

    # Reading and finding

    def _match(self, request: SearchRequest) -> str:
        return request.match or self._settings.search.match

    def _at(self, deadline: Deadline) -> Moment:
        view = self._source.open()
        return Moment(view, datetime.now(view.zone), deadline)

    def _plan(
        self,
        request: SearchRequest,
        query: ReadQuery,
        at: Moment,
        *,
        sort: str = "newest",
        cursor: Cursor | None = None,
    ) -> Plan:
        """Return what the answer to `request` will need. Raises RequestError for a date that is none."""
        return Plan(
            filters=read_filters(request, at.now) if request.is_filtered else {},
            sort=sort,
            blend=request.blend,
            pairs=query.parsed.pairs,
            start=(request.page - 1) * request.size,
            size=request.size,
            after=cursor.after if cursor else None,
            collapse=request.collapse,
            facet_size=request.facet_size,
            expansion_limit=self._settings.search.expansion_limit,
            reusable=query.reusable,
            deadline=at.deadline,
        )

    def _parts(
        self,
        request: SearchRequest,
        query: ReadQuery,
        at: Moment,
        *,
        sort: str = "newest",
        cursor: Cursor | None = None,
    ) -> Parts:
        plan = self._plan(request, query, at, sort=sort, cursor=cursor)
        return Parts(query, at.view, plan, match=self._match(request), unfinished=request.unfinished)

    def _shown(self, request: SearchRequest, at: Moment) -> tuple[ReadQuery, Parts]:
        """Return the query of a request as it was read, and the parts of what it finds."""
        query = self._reader.read(request, at)
        return query, self._parts(request, query, at, sort=_sort(request, query))

    def _reading(self, request: SearchRequest, query: ReadQuery, at: Moment) -> Reading:
        """Return what reads requests that differ from `request` in something."""

        def read(asked: SearchRequest) -> tuple[Query, Plan]:
            own = query
            if asked.query != request.query or asked.broaden != request.broaden:
                own = self._reader.read(asked, at, keep=False)
            tree = own.asked(self._match(asked), unfinished=asked.unfinished, ranked=False)
            return tree, self._plan(asked, own, at)

        return Reading(read, lambda text: parse(text, at.view.analyzer, at.now).query)

    # Articles

    def article(self, key: str) -> Article:
        """Return the article whose id, URL, AMP variant or file is `key`; raise NotFoundError."""
        view = self._source.open()
        named = [found for found in view.resolve([key, url_identity(key)]) if found is not None]
        found = named[0] if named else view.at_path(key)
        if found is not None:
            return view.articles([found])[0]
        raise NotFoundError(
            say("there is no article '{key}'", key=key),
            cure=say("Give an id, a URL or a file's path in the archive, as `search` and `check` show them."),
        )

    def file(self, article: Article) -> str:
        """Return the path, within the archive, of the file that `article` stands in."""
        view = self._source.open()
        (key,) = view.resolve([article.id])
        return view.file(key) if key is not None else ""

    def logo(self, provider: Provider) -> str | None:
        """Return the URL of a provider's logo, where the archive has one."""
        return self._source.open().logo(provider.key)

    def related(self, article: Article, size: int, deadline: Deadline = NO_DEADLINE) -> Related:
        """Return what goes with `article`, at most `size` of them."""
        from indexer.query.assist.related import find_related

        return find_related(article, self._source.open(), size, deadline)

    def translations(self, article: Article) -> tuple[Translation, ...]:
        """Return the article in other languages, in their order."""
        return translations_of(article, self._source.open())

    def story(self, article: Article) -> Story:
        """Return the articles that are nearly this one's text, the earliest first; itself among them."""
        view = self._source.open()
        (key,) = view.resolve([article.id])
        return Story(article, ()) if key is None else story_of(article, view, key)

    # Sets of articles

    def timeline(
        self, requests: Sequence[SearchRequest], interval: str | None, deadline: Deadline = NO_DEADLINE
    ) -> Timeline:
        """Return how much each of `requests` finds over time. Raises RequestError."""
        from indexer.query.assist.timeline import build_timeline

        at = self._at(deadline)
        searches = [self._asked(query_text(request.query), request, at) for request in requests]
        return build_timeline(searches, at, interval)

    def overview(self, request: SearchRequest, deadline: Deadline = NO_DEADLINE) -> Overview:
        """Return what `request` finds, in short. Raises RequestError."""
        from indexer.query.assist.overview import build_overview

        at = self._at(deadline)
        query, parts = self._shown(request, at)
        part = parts.counted()
        search = self._search(query_text(request.query), query, [parts.asked, part], at.view)
        return build_overview(search, at, part.kind)

    def compare(
        self,
        sides: Sequence[tuple[str, SearchRequest]],
        interval: str | None,
        deadline: Deadline = NO_DEADLINE,
    ) -> Comparison:
        """Return two named requests side by side. Raises RequestError."""
        from indexer.query.assist.overview import build_comparison

        at = self._at(deadline)
        one, other = (self._asked(name, request, at) for name, request in sides)
        return build_comparison((one, other), at, interval)

    def directory(self, request: DirectoryRequest, deadline: Deadline = NO_DEADLINE) -> Directory:
        """Return a page of the values of a facet, of all articles."""
        from indexer.query.assist.directory import build_directory

        return build_directory(request, self._at(deadline))

    def _asked(self, name: str, request: SearchRequest, at: Moment) -> Search:
        """Return what has all that a request asks for."""
        query = self._reader.read(request, at)
        return self._search(name, query, [self._parts(request, query, at).asked], at.view)

    def _search(self, name: str, query: ReadQuery, parts: Sequence[Part], view: View) -> Search:
        """Return what the last of some parts has, with notes on all of them."""
        from indexer.query.assist.timeline import Search

        part = parts[-1]
        shown = shown_notes(notes_of(query, parts, view))
        return Search(name, part.found, query.tree, shown, part.deadline.has_cut)

    # Words

    def spelling(self, text: str, size: int) -> list[Spelling]:
        """Return the words of the archive that `text` may mean, at most `size`, the likeliest first."""
        from indexer.query.assist.spelling import spellings

        return spellings(text, self._source.open(), size)

    def suggest(
        self, text: str, *, size: int, kinds: Sequence[str], deadline: Deadline = NO_DEADLINE
    ) -> Suggestions:
        """Return at most `size` suggestions of some kinds for what was typed so far."""
        from indexer.query.assist.suggest import find_suggestions

        return find_suggestions(text, self._source.open(), deadline, size=size, kinds=kinds)

    def language(self) -> str:
        """Return the code of the language that the archive is analysed in."""
        return code_of(self._source.open().analyzer.language)

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""
        return self._source.open().stats()

    def warnings(self) -> tuple[str, ...]:
        """Return what is wrong with where the archive lies, though it answers."""
        return self._source.open().warnings()

    def held(self) -> SearchEngine:
        """Return this engine over the view that is the newest now, and stays."""
        return SearchEngine(self._settings, HeldView(self._source.open()), self._reader)

    def close(self) -> None:
        """Release the source; answers already given keep what they need."""
        self._source.close()


def _sort(request: SearchRequest, query: ReadQuery) -> str:
    return request.sort or ("relevance" if query.by_relevance else "newest")


def _decoded(request: SearchRequest, sort: str) -> Cursor:
    from indexer.query.assist.cursor import decode

    return decode(request.cursor or "", request, sort)
