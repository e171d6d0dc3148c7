"""The search engine: request -> parse -> find -> order -> answer, over any source.

What not every search needs is imported where it is used: a command that searches once starts in half the
time.
"""

from __future__ import annotations

import functools
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from whoosh.query import Query

from indexer.article import Article, Provider
from indexer.config import Settings
from indexer.errors import BackfileError, NotFoundError, RequestError, did_you_mean
from indexer.facets import FACETS
from indexer.identity import url_identity
from indexer.index.schema import EXACT, WORD_FIELDS
from indexer.invisible import without_invisible
from indexer.query.answers.ledger import Offer, Since
from indexer.query.answers.parsed import LazyTerms, Note, NoteKind, ParsedQuery, TermCount
from indexer.query.answers.results import (
    ARTICLES,
    STORIES,
    FacetValues,
    Hit,
    LazyFacets,
    Related,
    Results,
)
from indexer.query.answers.story import Story
from indexer.query.assist.hits import HitReader, story_of
from indexer.query.filters import filter_counts, read_filters
from indexer.query.language.grammar import parse
from indexer.query.language.tree import asks_for_text, named_terms, total_relation
from indexer.query.request import SearchRequest, query_text
from indexer.query.source import Found, Plan, Source, View

if TYPE_CHECKING:
    from indexer.query.answers.overview import Comparison, Overview
    from indexer.query.answers.stats import ArchiveStats
    from indexer.query.answers.suggestions import Spelling, Suggestions
    from indexer.query.answers.timeline import Timeline
    from indexer.query.assist.cursor import Cursor
    from indexer.query.assist.offers import Total
    from indexer.query.assist.timeline import Search

_MAX_READ = 64  # queries that are kept as they were read
_MAX_TERM_COUNTS = 50
_REINDEXED = "the archive was indexed anew since the last page: this one goes on from the same place"


@dataclass(frozen=True, slots=True)
class _ReadQuery:
    """A query as it was read: `tree` is what is searched for, `notes` come beside the parser's. `is_text`:
    no tree of a script's; `reusable`: it is kept for the next search."""

    parsed: ParsedQuery
    tree: Query
    by_relevance: bool
    is_text: bool
    reusable: bool
    notes: tuple[Note, ...] = ()


class SearchEngine:
    """Answers requests from the newest generation of a source. Safe to share between threads."""

    def __init__(self, settings: Settings, source: Source) -> None:
        self._settings = settings
        self._source = source
        self._lock = threading.Lock()
        self._read_queries: OrderedDict[tuple[object, ...], _ReadQuery] = OrderedDict()
        self._read_for: Callable[[], View | None] = lambda: None  # the view that these are of

    def search(self, request: SearchRequest) -> Results:
        """Return the page of results that `request` asks for. Raises RequestError."""
        view, now = self._source.open(), datetime.now(UTC)
        query = self._read(request, view, now)
        sort = request.sort or ("relevance" if query.by_relevance else "newest")
        cursor = _decoded(request, sort) if request.cursor else None
        plan = self._plan(request, query, now, sort=sort, cursor=cursor)
        found = self._find(query, view, plan)
        notes = query.parsed.notes + found.notes + query.notes
        shown = [note.text for note in notes if note.kind in (NoteKind.CUT, NoteKind.BROADENED)]
        if cursor and cursor.generation != view.number:
            shown.append(_REINDEXED)
        since: Since | None = None
        became: Sequence[str] = ()
        if request.since_generation is not None:
            from indexer.query.assist.since import changes_since

            since, became = changes_since(request.since_generation, view, found)
        page = HitReader(view, found, query.tree, self._settings.search.snippet_length)
        return Results(
            total=found.total,
            hits=tuple(
                [
                    Hit(page, place, score, became[place] if became else "")
                    for place, score in enumerate(found.page.scores)
                ]
            ),
            facets=LazyFacets(FACETS, found.facet),
            parsed=replace(
                query.parsed,
                notes=notes,
                terms=LazyTerms(functools.partial(_term_counts, query.parsed, view)),
            ),
            sort=sort,
            page=found.page.before // request.size + 1 if cursor else request.page,
            size=request.size,
            generation=view.number,
            cursor_made=functools.partial(_next_cursor, found, view.number, request, sort),
            notes=tuple(shown),
            total_relation=total_relation(query.tree, found.cut),
            since=since,
            offers_made=functools.partial(self._offers, request, query, found, view, now),
            filters_counted=functools.partial(filter_counts, plan.filters, found),
            counts=STORIES if request.collapse else ARTICLES,
        )

    def facet(self, name: str, request: SearchRequest) -> FacetValues:
        """Return the values of one facet for `request`. Raises RequestError, for an unknown one too."""
        if name not in FACETS:
            raise RequestError(f"there is no facet '{name}'", cure=did_you_mean(name, FACETS))
        return self._matched(request, self._source.open())[1].facet(name)

    # Reading and finding

    def _read(self, request: SearchRequest, view: View, now: datetime, *, keep: bool = True) -> _ReadQuery:
        """Read the query of `request`, or take what was read a moment ago."""
        text = request.query
        if not isinstance(text, str):
            return self._broadened(ParsedQuery(text=repr(text), query=text), request, view, reusable=False)
        key = (text, now.date(), request.broaden)  # relative dates move with the day
        with self._lock:
            if self._read_for() is not view:  # what a query is broadened by moves with the generation
                self._read_queries.clear()
                self._read_for = weakref.ref(view)
            known = self._read_queries.get(key)
            if known is not None:
                self._read_queries.move_to_end(key)
                return known
        parsed = parse(text, view.analyzer, now)
        query = self._broadened(parsed, request, view, reusable=keep)
        if keep:
            with self._lock:
                if self._read_for() is not view:  # nobody will ask for it again
                    return query
                query = self._read_queries.setdefault(key, query)  # another thread may have been faster
                if len(self._read_queries) > _MAX_READ:
                    self._read_queries.popitem(last=False)
        return query

    def _broadened(
        self, parsed: ParsedQuery, request: SearchRequest, view: View, *, reusable: bool
    ) -> _ReadQuery:
        """Return a query, with words of the best articles where `request` broadens it. Its filters play no
        part in that: counts must not change the words."""
        by_relevance = asks_for_text(parsed.query)
        is_text = isinstance(request.query, str)
        query = _ReadQuery(parsed, parsed.query, by_relevance, is_text, reusable)
        if not request.broaden or not by_relevance:
            return query
        from indexer.query.assist.broadening import DOCUMENTS, broaden, feedback

        limit = self._settings.search.expansion_limit
        page = self._find(query, view, Plan(size=DOCUMENTS, expansion_limit=limit)).page
        words = feedback(view.articles(page.keys), page.scores, view)
        if not words.weights:
            return query
        return replace(query, tree=broaden(parsed.query, words), notes=(words.note,))

    def _plan(
        self,
        request: SearchRequest,
        query: _ReadQuery,
        now: datetime,
        *,
        sort: str = "newest",
        cursor: Cursor | None = None,
    ) -> Plan:
        """Return what the answer to `request` will need. Raises RequestError for a date that is none."""
        return Plan(
            filters=read_filters(request, now) if request.is_filtered else {},
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
        )

    def _find(self, query: _ReadQuery, view: View, plan: Plan) -> Found:
        """Search; a script's own tree may ask for anything."""
        try:
            return view.find(query.tree, plan)
        except Exception as error:  # Whoosh has no common base for what it cannot do
            if query.is_text or isinstance(error, BackfileError):
                raise  # the index is damaged, or worse: no fault of the tree's
            raise RequestError(
                f"the query tree cannot be evaluated: {type(error).__name__}: {error}",
                where=repr(query.tree),
                cure="Use the fields that `indexer.index.schema` has, and terms as `--explain` shows them.",
            ) from error

    def _matched(self, request: SearchRequest, view: View) -> tuple[_ReadQuery, Found]:
        """Return all that a request finds, and its query as it was read."""
        now = datetime.now(UTC)
        query = self._read(request, view, now)
        return query, self._find(query, view, self._plan(request, query, now))

    def _offers(
        self, request: SearchRequest, query: _ReadQuery, found: Found, view: View, now: datetime
    ) -> tuple[Offer, ...]:
        """Return the searches near `request` that find more than it does."""
        from indexer.query.assist.offers import Asker, Total, make_offers

        def count(asked: SearchRequest) -> Total:
            own = query
            if asked.query != request.query or asked.broaden != request.broaden:
                own = self._read(asked, view, now, keep=False)
            (other,) = view.totals([(own.tree, self._plan(asked, own, now))])
            return Total(other.total, total_relation(own.tree, other.cut))

        asker = Asker(count, lambda text: parse(text, view.analyzer, now).query)
        return make_offers(request, found.total, query.parsed, view, asker)

    # Articles

    def article(self, key: str) -> Article:
        """Return the article whose id, URL, AMP variant or file is `key`; raise NotFoundError."""
        view = self._source.open()
        named = [found for found in view.resolve([key, url_identity(key)]) if found is not None]
        found = named[0] if named else view.at_path(key)
        if found is not None:
            return view.articles([found])[0]
        raise NotFoundError(
            f"there is no article '{key}'",
            cure="Give an id, a URL or a file's path in the archive, as `search` and `check` show them.",
        )

    def file(self, article: Article) -> str:
        """Return the path, within the archive, of the file that `article` stands in."""
        view = self._source.open()
        (key,) = view.resolve([article.id])
        return view.file(key) if key is not None else ""

    def logo(self, provider: Provider) -> str | None:
        """Return the URL of a provider's logo, where the archive has one."""
        return self._source.open().logo(provider.key)

    def related(self, article: Article, size: int) -> Related:
        """Return what goes with `article`, at most `size` of them."""
        from indexer.query.assist.related import find_related

        return find_related(article, self._source.open(), size)

    def story(self, article: Article) -> Story:
        """Return the articles that are nearly this one's text, the earliest first; itself among them."""
        view = self._source.open()
        (key,) = view.resolve([article.id])
        return Story(article, ()) if key is None else story_of(article, view, key)

    # Sets of articles

    def timeline(self, requests: Sequence[SearchRequest], interval: str | None) -> Timeline:
        """Return how much each of `requests` finds over time. Raises RequestError."""
        from indexer.query.assist.timeline import build_timeline

        view = self._source.open()
        searches = [self._search(query_text(request.query), request, view) for request in requests]
        return build_timeline(searches, view, interval)

    def overview(self, request: SearchRequest) -> Overview:
        """Return what `request` finds, in short. Raises RequestError."""
        from indexer.query.assist.overview import build_overview

        view = self._source.open()
        return build_overview(self._search(query_text(request.query), request, view), view)

    def compare(self, sides: Sequence[tuple[str, SearchRequest]], interval: str | None) -> Comparison:
        """Return two named requests side by side. Raises RequestError."""
        from indexer.query.assist.overview import build_comparison

        view = self._source.open()
        one, other = (self._search(name, request, view) for name, request in sides)
        return build_comparison(one, other, view, interval)

    def _search(self, name: str, request: SearchRequest, view: View) -> Search:
        from indexer.query.assist.timeline import Search

        query, found = self._matched(request, view)
        notes = (*query.parsed.notes, *found.notes, *query.notes)
        shown = tuple(n.text for n in notes if n.kind in (NoteKind.CUT, NoteKind.BROADENED))
        return Search(name, found, named_terms(query.tree, view.analyzer), shown)

    # Words

    def spelling(self, text: str, size: int) -> list[Spelling]:
        """Return the words of the archive that `text` may mean, at most `size`, the likeliest first."""
        from indexer.query.assist.spelling import spellings

        return spellings(text, self._source.open(), size)

    def suggest(self, text: str, *, size: int, kinds: Sequence[str]) -> Suggestions:
        """Return at most `size` suggestions of some kinds for what was typed so far."""
        from indexer.query.assist.suggest import find_suggestions

        return find_suggestions(text, self._source.open(), size=size, kinds=kinds)

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""
        return self._source.open().stats()

    def close(self) -> None:
        """Release the source; answers already given keep what they need."""
        self._source.close()


def _decoded(request: SearchRequest, sort: str) -> Cursor:
    from indexer.query.assist.cursor import decode

    return decode(request.cursor or "", request, sort)


def _next_cursor(found: Found, generation: int, request: SearchRequest, sort: str) -> str | None:
    page = found.page
    rank = page.before + len(page.keys)
    if not page.keys or rank >= found.total:
        return None
    from indexer.query.assist.cursor import Cursor

    return Cursor(generation, found.sort_values(len(page.keys) - 1), rank).encode(request, sort)


def _term_counts(parsed: ParsedQuery, view: View) -> list[TermCount]:
    terms = sorted(
        (f, t.decode() if isinstance(t, bytes) else str(t))
        for f, t in set(parsed.query.iter_all_terms())
        if f in WORD_FIELDS
    )[:_MAX_TERM_COUNTS]
    typed: dict[str, str] = {}
    for token in view.analyzer.tokens(parsed.text):
        word = without_invisible(parsed.text[token.start : token.end])
        typed.setdefault(token.term, word)
        typed.setdefault(EXACT + token.exact, word)
    return [
        TermCount(field, term, count, typed.get(term, term))
        for (field, term), count in zip(terms, view.frequency(terms), strict=True)
    ]
