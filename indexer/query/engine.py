"""The search engine: request -> parse -> find -> order -> answer, over any source.

What not every search needs is imported where it is used: a command that searches once starts in half the
time.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from indexer.article import Article, Provider
from indexer.config import Settings
from indexer.errors import NotFoundError, RequestError, did_you_mean
from indexer.facets import FACETS
from indexer.identity import url_identity
from indexer.query.answers.facet_values import FacetValues, LazyFacets
from indexer.query.answers.ledger import Forms, Offer, Since, TotalRelation
from indexer.query.answers.parsed import LazyTerms, Note, NoteKind
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import ARTICLES, STORIES, Hit, Related, Results
from indexer.query.answers.story import Story
from indexer.query.assist.hits import HitReader, story_of
from indexer.query.assist.parts import Part, begun_note, first_with_hits, page_of
from indexer.query.assist.reading import Moment, QueryReader, ReadQuery, find_in
from indexer.query.assist.terms import count_terms
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.filters import filter_counts, read_filters
from indexer.query.language.grammar import parse
from indexer.query.language.tree import named_terms, total_relation
from indexer.query.request import SearchRequest, query_text
from indexer.query.source import Found, Plan, Source, View

if TYPE_CHECKING:
    from whoosh.query import Query

    from indexer.query.answers.overview import Comparison, Overview
    from indexer.query.answers.stats import ArchiveStats
    from indexer.query.answers.suggestions import Spelling, Suggestions
    from indexer.query.answers.timeline import Timeline
    from indexer.query.assist.cursor import Cursor
    from indexer.query.assist.offers import Asker
    from indexer.query.assist.timeline import Search

_Parts: TypeAlias = "tuple[Part, list[Part]]"  # what the total counts, and what the hits are of

_REINDEXED = "the archive was indexed anew since the last page: this one goes on from the same place"
_SHOWN_NOTES = (NoteKind.ADDRESS, NoteKind.IGNORED, NoteKind.BEGUN, NoteKind.CUT, NoteKind.BROADENED)


class SearchEngine:
    """Answers requests from the newest generation of a source. Safe to share between threads.

    The `deadline` is that of the whole request, of which a question may be a part."""

    def __init__(self, settings: Settings, source: Source) -> None:
        self._settings = settings
        self._source = source
        self._reader = QueryReader(settings.search.expansion_limit)

    def search(self, request: SearchRequest, deadline: Deadline = NO_DEADLINE) -> Results:
        """Return the page of results that `request` asks for. Raises RequestError."""
        at = self._at(deadline)
        view = at.view
        query = self._reader.read(request, at)
        sort = _sort(request, query)
        cursor = _decoded(request, sort) if request.cursor else None
        plan = self._plan(request, query, at, sort=sort, cursor=cursor)
        asked, parts = self._parts(request, query, view, plan)
        shown, before = page_of(parts, plan, cursor)
        first = asked.found
        notes = self._notes(query, [asked, *(part for part in shown if part is not asked)], view)
        sentences = [note.text for note in notes if note.kind in _SHOWN_NOTES]
        if cursor and cursor.generation != view.number:
            sentences.append(_REINDEXED)
        since: Since | None = None
        became: Sequence[str] = ()
        if request.since_generation is not None:
            from indexer.query.assist.since import changes_since

            keys = [key for part in shown for key in part.found.page.keys]
            since, became = changes_since(request.since_generation, view, first, keys)

        def facet(name: str) -> FacetValues:
            return _facet(name, first_with_hits(asked, parts), deadline)

        hits: list[Hit] = []
        for part in shown:
            words = query.parsed.words if part.kind in (PartKind.SOME, PartKind.ANY) else ()
            page = HitReader(
                view, part, self._settings.search.snippet_length, words, lambda: [one.found for one in parts]
            )
            for place, score in enumerate(part.found.page.scores):
                hits.append(Hit(page, place, score, became[len(hits)] if became else ""))
        return Results(
            total=first.total,
            hits=tuple(hits),
            facets=LazyFacets(FACETS, facet),
            parsed=replace(
                query.parsed,
                notes=notes,
                terms=LazyTerms(functools.partial(count_terms, query.parsed, view)),
            ),
            sort=sort,
            page=before // request.size + 1 if cursor else request.page,
            size=request.size,
            generation=view.number,
            cursor_made=functools.partial(_next_cursor, parts, shown, view.number, request, sort),
            sentences=tuple(sentences),
            relation=total_relation(asked.tree, first.cut),
            deadline=deadline,
            since=since,
            offers_made=functools.partial(self._offers, request, query, (asked, parts), at),
            variants_made=functools.partial(self._variants, request, query, (asked, parts), at),
            filters_counted=lambda: (
                () if deadline.cuts() else filter_counts(plan.filters, first_with_hits(asked, parts).found)
            ),
            counts=STORIES if request.collapse else ARTICLES,
            match=self._match(request),
            totals=lambda kind: sum(part.found.total for part in parts if part.kind is kind),
            forms_found=functools.partial(self._forms, request, query, first, plan, view),
            facet_part_found=lambda: first_with_hits(asked, parts).kind,
        )

    def facet(self, name: str, request: SearchRequest, deadline: Deadline = NO_DEADLINE) -> FacetValues:
        """Return the values of one facet for `request`. Raises RequestError, for an unknown one too."""
        if name not in FACETS:
            raise RequestError(f"there is no facet '{name}'", cure=did_you_mean(name, FACETS))
        return _facet(name, self._shown(request, self._at(deadline))[1], deadline)

    # Reading and finding

    def _match(self, request: SearchRequest) -> str:
        return request.match or self._settings.search.match

    def _parts(self, request: SearchRequest, query: ReadQuery, view: View, plan: Plan) -> _Parts:
        """Return what the total of `request` counts, and the parts that its hits are of, in their order."""
        part = functools.partial(Part, find_in(view, query.is_text), plan)
        match, unfinished = self._match(request), request.unfinished
        kind = PartKind.ANY if match == "any" else PartKind.ALL
        asked = part(kind, lambda: query.asked(match, unfinished=unfinished))
        if match == "any" or plan.sort != "relevance" or not query.is_text:
            return asked, [asked]
        whole = part(PartKind.ALL, lambda: query.tree) if unfinished else asked
        begun = part(kind if unfinished else PartKind.BEGUN, lambda: query.begun, [whole])
        if match == "all":
            return asked, [whole, begun] if unfinished else [whole]
        return asked, [whole, begun, part(PartKind.SOME, lambda: query.some_of(unfinished), [whole, begun])]

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

    def _shown(self, request: SearchRequest, at: Moment) -> tuple[ReadQuery, Part]:
        """Return the query of a request as it was read, and the first part that has an article."""
        query = self._reader.read(request, at)
        plan = self._plan(request, query, at, sort=_sort(request, query))
        return query, first_with_hits(*self._parts(request, query, at.view, plan))

    def _notes(self, query: ReadQuery, parts: Sequence[Part], view: View) -> tuple[Note, ...]:
        """Return what is to be said of a query, and of what it stands for in each of some parts."""
        begun = [part for part in parts if part.kind is PartKind.BEGUN]
        found = [note for part in parts for note in part.found.notes]
        if begun:  # whose pattern nobody typed
            found = [
                note for note in found if note.kind is not NoteKind.EXPANDED or note in parts[0].found.notes
            ]
        notes = [*query.parsed.notes, *found, *query.notes]
        if begun and query.beginning is not None:
            words = begun[0].found.words(query.beginning)
            notes.append(begun_note(query.beginning.text, words, view))
        return tuple(dict.fromkeys(notes))

    def _forms(
        self, request: SearchRequest, query: ReadQuery, found: Found, plan: Plan, view: View
    ) -> Forms | None:
        form = query.parsed.form
        if form is None or query.tree is query.parsed.query or request.broaden or plan.deadline.cuts():
            return None
        from indexer.query.assist.forms import other_forms

        return other_forms(request, form, found, plan, view)

    def _offers(
        self, request: SearchRequest, query: ReadQuery, found: _Parts, at: Moment
    ) -> tuple[Offer, ...]:
        """Return the searches near `request` that find more than it does."""
        from indexer.query.assist.answered import answered
        from indexer.query.assist.offers import make_offers

        if at.deadline.cuts():
            return ()
        asker = self._asker(request, query, found, at)
        return make_offers(request, answered(query, *found, at.view), at.view, asker)

    def _variants(
        self, request: SearchRequest, query: ReadQuery, found: _Parts, at: Moment
    ) -> tuple[Offer, ...]:
        """Return the search with words written apart or together."""
        from indexer.query.assist.offers import make_compounds

        if at.deadline.cuts():
            return ()
        return make_compounds(request, query.parsed, at.view, self._asker(request, query, found, at))

    def _asker(self, request: SearchRequest, query: ReadQuery, found: _Parts, at: Moment) -> Asker:
        from indexer.query.assist.offers import Asker, Total

        view, now, deadline = at

        def read(asked: SearchRequest) -> tuple[Query, Plan]:
            own = query
            if asked.query != request.query or asked.broaden != request.broaden:
                own = self._reader.read(asked, at, keep=False)
            tree = own.asked(self._match(asked), unfinished=asked.unfinished)
            return tree, self._plan(asked, own, at)

        def count(asked: SearchRequest) -> Total:
            if deadline.cuts():
                return Total(0, TotalRelation.AT_LEAST)
            tree, plan = read(asked)
            (other,) = view.totals([(tree, plan)])
            if deadline.has_cut:  # not all of it was found
                return Total(0, TotalRelation.AT_LEAST)
            return Total(other.total, total_relation(tree, other.cut))

        def adds(asked: SearchRequest) -> bool:
            if deadline.cuts():
                return False
            tree, plan = read(asked)
            whole = [part.found for part in (found[0], *found[1]) if part.kind is not PartKind.SOME]
            return view.find(tree, replace(plan, size=0, beyond=tuple(whole))).total > 0

        return Asker(count, adds, lambda text: parse(text, view.analyzer, now).query, deadline)

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

    def related(self, article: Article, size: int, deadline: Deadline = NO_DEADLINE) -> Related:
        """Return what goes with `article`, at most `size` of them."""
        from indexer.query.assist.related import find_related

        return find_related(article, self._source.open(), size, deadline)

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
        query, part = self._shown(request, at)
        return build_overview(self._search(query_text(request.query), query, part, at.view), at, part.kind)

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

    def _asked(self, name: str, request: SearchRequest, at: Moment) -> Search:
        """Return what has all that a request asks for."""
        query = self._reader.read(request, at)
        asked, _ = self._parts(request, query, at.view, self._plan(request, query, at))
        return self._search(name, query, asked, at.view)

    def _search(self, name: str, query: ReadQuery, part: Part, view: View) -> Search:
        from indexer.query.assist.timeline import Search

        shown = tuple(note.text for note in self._notes(query, [part], view) if note.kind in _SHOWN_NOTES)
        excluded = named_terms(query.tree, view.analyzer)
        return Search(name, part.found, excluded, shown, part.deadline.has_cut)

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

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""
        return self._source.open().stats()

    def close(self) -> None:
        """Release the source; answers already given keep what they need."""
        self._source.close()


def _facet(name: str, part: Part, deadline: Deadline) -> FacetValues:
    """Return the values of a facet of a part: none where there is no time, or not all of it was found."""
    return FacetValues(name, (), 0, timed_out=True) if deadline.cuts() else part.found.facet(name)


def _sort(request: SearchRequest, query: ReadQuery) -> str:
    return request.sort or ("relevance" if query.by_relevance else "newest")


def _decoded(request: SearchRequest, sort: str) -> Cursor:
    from indexer.query.assist.cursor import decode

    return decode(request.cursor or "", request, sort)


def _next_cursor(
    parts: Sequence[Part], shown: Sequence[Part], generation: int, request: SearchRequest, sort: str
) -> str | None:
    if not shown:
        return None
    last, number = shown[-1].found, parts.index(shown[-1])
    page = last.page
    if page.before + len(page.keys) >= last.total and not any(p.found.total for p in parts[number + 1 :]):
        return None
    from indexer.query.assist.cursor import Cursor

    return Cursor(generation, number, last.sort_values(len(page.keys) - 1)).encode(request, sort)
