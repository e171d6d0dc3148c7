"""What a query finds in a cluster under the filters of a plan; see `source.Found`."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from whoosh.query import Query

from indexer.facets import FACETS
from indexer.messages import say
from indexer.query.answers.facet_values import FacetValues
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.answers.results import Explanation, lazy
from indexer.query.cluster.counting import (
    ABOUT,
    MAX_SHARED,
    DayCounts,
    StoryCounts,
    counts_of,
    facet_counts,
    values_request,
)
from indexer.query.cluster.documents import SHARED, ClusterDocuments, by_day
from indexer.query.cluster.generation import ClusterGeneration
from indexer.query.cluster.order import Ordering, Place
from indexer.query.cluster.requests import Request, count_request
from indexer.query.cluster.translate import Clause, Translator, all_of, none_of
from indexer.query.facet_counts import NO_FILTER, date_values
from indexer.query.source import Page, Plan, SortValues

if TYPE_CHECKING:
    from indexer.query.cluster.explain import Explainer

DATE = "date"


class ClusterFound(ClusterDocuments):
    """What passes the filters, with its scores; everything else is asked for when it is first read."""

    def __init__(self, view: ClusterGeneration, tree: Query, plan: Plan) -> None:
        translator = Translator(view.words, view.facets, plan.expansion_limit, plan.deadline)
        self._tree, self._plan = tree, plan
        self._translator = translator
        self._scoring = translator.clause(tree)
        self._filters = {name: translator.filter(name, given) for name, given in plan.filters.items()}
        self._total: int | None = None
        self.view = view
        super().__init__(view, self._query(), plan.deadline)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the patterns and the names of values in the query stand for, and how stories are counted."""
        about = [Note(NoteKind.CUT, say(ABOUT, count=MAX_SHARED))] if self.is_about else []
        return (*self._translator.notes, *about)

    @property
    def is_about(self) -> bool:
        """Whether too many articles share a story to tell all of these apart."""
        return self._plan.collapse and self._stories.uncounted > 0

    @property
    def cut(self) -> frozenset[Query]:
        """The patterns that stand for more words than were searched for."""
        return frozenset(node for node, found in self._translator.patterns.items() if found.cut)

    def words(self, pattern: Query) -> frozenset[tuple[str, str]]:
        """Return the words as written that a pattern of the tree stands for."""
        found = self._translator.patterns.get(pattern)
        return found.terms if found else frozenset()

    # Queries

    def _query(self, without: str = "", *, new: bool = True) -> Clause:
        """Return what matches under all filters but one; of what is `new`, no earlier search has found it."""
        filters = [clause for name, clause in self._filters.items() if name != without]
        beyond = [known for one in self._plan.beyond for known in one.known(without)] if new else []  # type: ignore[attr-defined]
        return self.view.current(self._scoring, filters, beyond)

    def known(self, without: str) -> list[Clause]:
        """Return what later parts of an answer leave out."""
        found = [self._query(without)]
        if self._plan.collapse and (names := self._stories_without(without).names()):
            found.append({"terms": {"story": names}})
        return found

    def _stories_without(self, name: str) -> StoryCounts:
        return self._stories if not name else self._counted_stories(self._query(name))

    @lazy
    def _stories(self) -> StoryCounts:
        if self._plan.size:  # later parts of the answer ask for the stories first
            self.ask.search_all(self.requests())
        return self._counted_stories(self.filter)

    def requests(self) -> list[Request]:
        """Return the requests for what the plan says; for one without hits, for its total alone."""
        plan = self._plan
        found = self.story_requests(self.filter) if plan.collapse else [count_request(self.filter)]
        if plan.size and not self._ordering.is_far:
            found.append(self._ordering.first_request())
        if plan.size and not any(earlier.total for earlier in plan.beyond):  # facets are of one part alone
            found += [self._facet_request(*one) for one in self._groups]
            for name in plan.filters:
                query = self._query(name)
                found += self.story_requests(query) if plan.collapse else [count_request(query)]
        return found

    # Totals and facets

    @property
    def counts_stories(self) -> bool:
        """Whether totals are of stories."""
        return self._plan.collapse

    @property
    def total(self) -> int:
        """How many articles pass all filters; stories, where the plan collapses them."""
        if self._total is None:
            self._total = self._stories.total() if self._plan.collapse else self.count
        return self._total

    def set_total(self, total: int) -> None:
        """Take a total that was counted together with others."""
        self._total = total

    def without(self, name: str) -> int:
        """Return the total without the filter called `name`."""
        if name not in self._filters:
            return self.total
        if self._plan.collapse:
            return self._stories_without(name).total()
        return self.ask.count([self._query(name)])[0]

    def facet(self, name: str) -> FacetValues:
        """Return the values of a facet, counted without the facet's own filter."""
        answer, stories = self._counts[name]
        if self.deadline.has_cut:
            return FacetValues(name, (), 0, timed_out=True)
        given = self._plan.filters.get(name, NO_FILTER)
        if name == DATE:
            days = stories.days() if stories else ()
            return date_values(DayCounts.of(answer["days"], answer["none"]["doc_count"], days), given)
        counts: Mapping[str, int] = counts_of(answer["values"])
        if stories:
            counts = stories.added(name, counts)
        names = self.view.facets[name]

        def total_of(text: str) -> int:
            choice = names.choose(text)
            if choice is None:
                return 0
            clause = self._translator.chosen(name, choice)
            base = all_of([self._query(name), clause])
            if self._plan.collapse:
                return self._counted_stories(base).total()
            return self.ask.count([base])[0]

        return facet_counts(names, counts, given.values, self._plan.facet_size, total_of)

    @lazy
    def _groups(self) -> list[tuple[str, list[str]]]:
        """The facets that are counted under the same filters, behind the name of that which is left out."""
        own = [name for name in FACETS if name in self._filters]
        return [("", [name for name in FACETS if name not in own]), *((name, [name]) for name in own)]

    def _facet_request(self, without: str, names: Sequence[str]) -> Request:
        query = self._query(without)
        if self._plan.collapse:
            query = all_of([query, none_of(SHARED)])
        parts = {f"{name}/{part}": one for name in names for part, one in self._request(name).items()}
        return {"query": query, "size": 0, "track_total_hits": False, "aggs": parts}

    @lazy
    def _counts(self) -> dict[str, tuple[Mapping[str, Any], StoryCounts | None]]:
        """What the cluster counts for each facet: all of them by one request."""
        answers = self.ask.search_all([self._facet_request(*group) for group in self._groups])
        found: dict[str, tuple[Mapping[str, Any], StoryCounts | None]] = {}
        for (without, names), answer in zip(self._groups, answers, strict=True):
            stories = self._stories_without(without) if self._plan.collapse else None
            for name in names:
                parts = {part: answer["aggregations"][f"{name}/{part}"] for part in self._request(name)}
                found[name] = parts, stories
        return found

    def _request(self, name: str) -> dict[str, Any]:
        if name == DATE:
            return {"days": by_day(), "none": {"missing": {"field": "day"}}}
        return {"values": values_request(name, self.view.facets[name])}

    # Order

    @lazy
    def _ordering(self) -> Ordering:
        whole = self._query(new=False) if self._plan.beyond else None
        return Ordering(self.view, self.filter, self._plan, whole)

    @lazy
    def _places(self) -> tuple[list[Place], int]:
        """The hits of the page, and how many come before them."""
        plan = self._plan
        if not plan.size or plan.deadline.cuts():
            return [], plan.start
        self.ask.search_all(self.requests())
        places, before = self._ordered_places()
        return (places if self.view.read([place.id for place in places], self.ask) else []), before

    def _ordered_places(self) -> tuple[list[Place], int]:
        plan, ordering = self._plan, self._ordering
        after = plan.after
        if after is None and ordering.is_plain and (places := ordering.page(self.total)) is not None:
            return places, plan.start
        if after is None:
            return list(
                itertools.islice(self._stream(plan.start + plan.size), plan.start, plan.start + plan.size)
            ), plan.start
        rank = after.key, -after.published, after.id
        in_pool = ordering.is_mixed or any(place.rank >= rank for place in ordering.pool)
        if plan.collapse or in_pool:
            passed = 0
            stream = self._stream(plan.size)
            for place in stream:
                if place.rank > rank:
                    return [place, *itertools.islice(stream, plan.size - 1)], passed
                passed += 1
            return [], passed
        return ordering.after(after, plan.size), len(ordering.pool) + ordering.before(after)

    def _stream(self, first: int) -> Any:
        """Yield the hits in order: the first of each story, where these are given."""
        places = self._ordering.places(first)
        if not self._plan.collapse:
            return places
        seen: set[str] = set()
        return (place for place in places if not (place.story in seen or seen.add(place.story)))  # type: ignore[func-returns-value]

    @lazy
    def page(self) -> Page:
        """The page that the plan asks for."""
        places, before = self._places
        return Page([place.id for place in places], [place.score for place in places], before)

    def place(self, key: str) -> int | None:
        """Return how many hits come before an article in the order; None where it is no hit."""
        if not self.ask.matching([self.filter], [key])[0]:
            return None
        ordering = self._ordering
        if self._plan.collapse or ordering.is_mixed or any(place.id == key for place in ordering.pool):
            return next((at for at, place in enumerate(self._stream(1)) if place.id == key), None)
        place = ordering.values_of(key)
        return None if place is None else len(ordering.pool) + ordering.before(place.values) - 1

    def sort_values(self, place: int) -> SortValues:
        """Return the place in the order of the hit at `place` of the page."""
        return self._places[0][place].values

    def explain(self, place: int) -> Explanation:
        """Return how the score of the hit at `place` of the page is made."""
        return self._explainer.explain(self._places[0][place], self._ordering)

    @lazy
    def _explainer(self) -> Explainer:
        from indexer.query.cluster.explain import Explainer  # noqa: PLC0415 - few searches are explained

        ids = [place.id for place in self._places[0]]
        return Explainer(self.view, self._tree, self._translator, self._plan, ids)
