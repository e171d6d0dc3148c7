"""Sets of documents, and what a query finds under the filters of a plan: total, page, facets; see
`source.Documents` and `source.Found`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query

from indexer.codec.layout import Array
from indexer.query.answers.facet_values import FacetValues
from indexer.query.answers.parsed import Note
from indexer.query.answers.results import Explanation, lazy
from indexer.query.arrays.facets.facets import Counted, count_by_day, count_facet, filter_test
from indexer.query.arrays.match.execute import Matches
from indexer.query.arrays.rank.order import Order
from indexer.query.arrays.rank.relevance import Ranked, rank
from indexer.query.arrays.store.facet_column import Test
from indexer.query.arrays.store.postings import Docs, Mask, Places, member
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.arrays.store.stories import StoryColumn
from indexer.query.source import Documents, Page, Plan, SortValues

if TYPE_CHECKING:
    from indexer.query.arrays.rank.explain import Explainer


class DocumentSet:
    """Live documents `docs`, ascending, of one generation."""

    def __init__(self, snapshot: Snapshot, docs: Docs) -> None:
        self.snapshot = snapshot
        self.docs = docs
        self._columns = snapshot.columns

    @property
    def count(self) -> int:
        """How many articles these are."""
        return len(self.docs)

    def sample(self, size: int) -> list[str]:
        """Return title and excerpt of the `size` of them whose ids come first."""
        docs = self.docs
        ids = self._columns.ids.take(docs)
        if len(docs) > size:  # the first halves of ids, as numbers, say nearly all
            halves = _first_halves(ids)
            near = np.flatnonzero(halves <= np.partition(halves, size - 1)[size - 1]) if size else docs[:0]
            docs, ids = docs.take(near), ids.take(near)
        return self.snapshot.leads(docs.take(np.argsort(ids)[:size]).tolist())

    def days(self) -> tuple[NDArray[np.int64], int]:
        """Return how many there are on each day of the view's `days`, and how many without a date."""
        return self._columns.days.count(self.docs)

    def value_days(self, facet: str, values: Sequence[str]) -> NDArray[np.int64]:
        """Return how many of them have each of some values on each day of the view's `days`."""
        return count_by_day(self._columns, self.docs, facet, values)

    def date_span(self) -> tuple[int, int] | None:
        """Return the first and the last day, from 1970-01-01 on; None where none has a date."""
        return self._columns.days.span(self.docs)

    def within(self, first: int, last: int) -> DocumentSet:
        """Return those of the days from `first` to `last`, both included."""
        inside = self._columns.days.within(self.docs, first, last)
        return DocumentSet(self.snapshot, self.docs[inside])

    def common(self, other: Documents) -> int:
        """Return how many are in both."""
        return len(np.intersect1d(self.docs, cast("DocumentSet", other).docs, assume_unique=True))

    def stories(self) -> int | None:
        """Return how many stories these are."""
        return self.snapshot.stories.count(self.docs)

    def contains(self, keys: Sequence[int]) -> list[bool]:
        """Return which of some documents are among these."""
        found: list[bool] = member(np.array(keys, np.uint32), self.docs)[0].tolist()
        return found

    def count_ids(self, ids: Array) -> int:
        """Return how many have one of `ids`, sorted, of 16 bytes each."""
        own = self._columns.ids.take(self.docs)
        if not len(own) or not len(ids):
            return 0
        # Numbers are compared many times faster than texts: a half of each, and what agrees in that whole.
        halves, sought = _first_halves(own), _first_halves(ids)
        at = np.minimum(sought.searchsorted(halves), len(sought) - 1)
        return int(np.isin(own[sought.take(at) == halves], ids).sum())

    def largest(self, facet: str, size: int | None) -> FacetValues:
        """Return the largest values of a facet, whatever was chosen; all of them for None."""
        most = len(self._columns.facet(facet).keys) if size is None else size
        return count_facet(self._columns, Counted(self.docs), facet, None, most)


class ArrayFound(DocumentSet):
    """What passes the filters, with its scores; everything else is computed when it is first read."""

    def __init__(self, snapshot: Snapshot, matches: Matches, plan: Plan) -> None:
        self._matches = matches
        self._plan = plan
        self._tests: Mapping[str, Test] = {}
        docs = matches.docs
        self._passing: Mask | None = None
        if plan.filters:
            self._tests = {
                name: filter_test(snapshot.columns, name, given) for name, given in plan.filters.items()
            }
            self._passing = _passing(docs, list(self._tests.values()))
            docs = docs[self._passing]
        super().__init__(snapshot, docs)
        self._ordered = docs
        if plan.beyond:
            self.docs = docs[self._is_new(docs)]

    @lazy
    def total(self) -> int:
        """How many articles pass all filters; stories, where the plan collapses them."""
        return self._counted(self.docs).total()

    is_about = False

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the patterns and the names of values in the query stand for."""
        return self._matches.notes

    @property
    def cut(self) -> frozenset[Query]:
        """The patterns that stand for more words than were searched for."""
        return frozenset(pattern for pattern, found in self._matches.patterns.items() if found.is_cut)

    def words(self, pattern: Query) -> frozenset[tuple[str, str]]:
        """Return the words as written that a pattern of the tree stands for."""
        patterns = self._matches.patterns
        return patterns[pattern].words if pattern in patterns else frozenset()

    def facet(self, name: str) -> FacetValues:
        """Return the values of a facet, counted without the facet's own filter."""
        plan, docs = self._plan, self.docs
        if name in self._tests:
            docs = self._without(name)
        given = plan.filters.get(name)
        return count_facet(self._columns, self._counted(docs), name, given, plan.facet_size)

    def without(self, name: str) -> int:
        """Return the total without the filter called `name`."""
        return self._counted(self._without(name)).total()

    def _without(self, name: str) -> Docs:
        docs = self._matches.docs
        tests = [test for other, test in self._tests.items() if other != name]
        if tests:
            docs = docs[_passing(docs, tests)]
        return docs[self._is_new(docs, name)] if self._plan.beyond else docs

    def _is_new(self, docs: Docs, without: str = "") -> Mask:
        """Return which of `docs` no earlier search found, under all filters or without one of them."""
        earlier = [cast("ArrayFound", found) for found in self._plan.beyond]
        known = [one._without(without) if without else one.docs for one in earlier]
        if self._stories:
            return self._stories.beyond(docs, known)
        seen = np.zeros(self._columns.size, bool)  # to sort them took .1 ms of a page of `benchmarks.pages`
        for one in known:
            seen[one] = True
        return ~seen.take(docs)

    def _counted(self, docs: Docs) -> Counted:
        return Counted(docs, self._stories)

    @property
    def _stories(self) -> StoryColumn | None:
        """The stories, where these are counted."""
        return self.snapshot.stories if self._plan.collapse else None

    @lazy
    def _ranked(self) -> Ranked:
        """What passes with its final scores."""
        scores = self._matches.scores
        if self._passing is not None:
            scores = scores[self._passing]
        if self._plan.sort != "relevance":
            return Ranked(self._ordered, scores)
        return rank(self._ordered, scores, self._plan, self.snapshot)

    def _order(self, wanted: int | None) -> Order:
        """Return the order of what may be among the first `wanted` hits; None is all of them."""
        plan = self._plan
        docs, scores = self._ranked.within(None if plan.collapse or plan.beyond else wanted)
        order = Order.of(plan.sort, self._columns, docs, scores)
        if plan.beyond:
            order = order.only(member(docs, self.docs)[0])
        return order.collapsed(self._stories) if self._stories else order

    @lazy
    def _page(self) -> tuple[Order, Places, int]:
        """The order, the places in it of the hits of the page, and how many hits come before the page."""
        plan = self._plan
        if plan.after is None:
            order = self._order(plan.start + plan.size)
            return order, order.page(plan.start, plan.size), plan.start
        order = self._order(None)
        rest = order.after(plan.after)
        return rest, rest.page(0, plan.size), len(order.docs) - len(rest.docs)

    @lazy
    def page(self) -> Page:
        """The page that the plan asks for."""
        order, places, before = self._page
        return Page(order.docs.take(places).tolist(), order.scores.take(places).tolist(), before)

    def place(self, key: int) -> int | None:
        """Return how many hits come before a document in the order; None where it is no hit."""
        if not self.contains([key])[0]:
            return None
        return self._order(None).before(key)

    def sort_values(self, place: int) -> SortValues:
        """Return the place in the order of the hit at `place` of the page."""
        order, places, _ = self._page
        return order.values_at(int(places[place]))

    def explain(self, place: int) -> Explanation:
        """Return how the score of the hit at `place` of the page is made."""
        return self._explainer.explain(self.page.keys[place], self.page.scores[place])

    @lazy
    def _explainer(self) -> Explainer:
        from indexer.query.arrays.rank.explain import Explainer  # noqa: PLC0415 - few searches are explained

        docs = np.sort(np.array(self.page.keys, np.uint32))
        return Explainer(self._matches.bound, self.snapshot, self._ranked, docs, self._plan.deadline)


def _first_halves(ids: Array) -> Array:
    """Return the first 8 of the 16 bytes of ids, as numbers of the same order."""
    return np.ascontiguousarray(ids).view(">u8")[::2].astype(np.uint64)


def _passing(docs: Docs, tests: list[Test]) -> Mask:
    passing = tests[0](docs)
    for test in tests[1:]:
        passing = passing & test(docs)
    return passing
