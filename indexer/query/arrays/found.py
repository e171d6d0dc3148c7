"""The matches of a query under the filters of a plan: total, page, facets; see `source.Found`."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np
from whoosh.query import Query

from indexer.query.answers.parsed import Note
from indexer.query.answers.results import Explanation, FacetValues
from indexer.query.arrays.documents import DocumentSet
from indexer.query.arrays.facets.counted import Counted
from indexer.query.arrays.facets.facets import Wanted, count_facet, filter_test
from indexer.query.arrays.match.execute import Matches
from indexer.query.arrays.rank.explain import Explainer
from indexer.query.arrays.rank.order import Order
from indexer.query.arrays.rank.relevance import Ranked, rank
from indexer.query.arrays.store.facet_column import Mask, Test
from indexer.query.arrays.store.postings import Docs, Places
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.source import Page, Plan, SortValues


class ArrayFound(DocumentSet):
    """What passes the filters, with its scores; everything else is computed when it is first read."""

    def __init__(self, snapshot: Snapshot, matches: Matches, plan: Plan) -> None:
        self._matches = matches
        self._plan = plan
        self._tests: Mapping[str, Test] = {}
        docs, self._scores = matches.docs, matches.scores
        if plan.filters:
            self._tests = {
                name: filter_test(snapshot.columns, name, given) for name, given in plan.filters.items()
            }
            passing = _passing(docs, list(self._tests.values()))
            docs, self._scores = docs[passing], self._scores[passing]
        super().__init__(snapshot, docs)

    @functools.cached_property
    def total(self) -> int:
        """How many articles pass all filters; stories, where the plan collapses them."""
        return self._counted(self.docs).total()

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the patterns and the names of values in the query stand for."""
        return self._matches.notes

    @property
    def cut(self) -> frozenset[Query]:
        """The patterns that stand for more words than were searched for."""
        return self._matches.cut

    def words(self, pattern: Query) -> frozenset[tuple[str, str]]:
        """Return the words as written that a pattern of the tree stands for."""
        return self._matches.expand(pattern)

    def facet(self, name: str) -> FacetValues:
        """Return the values of a facet, counted without the facet's own filter."""
        plan, docs = self._plan, self.docs
        if name in self._tests:
            docs = self._without(name)
        wanted = Wanted(name, plan.filters.get(name), plan.facet_size)
        return count_facet(self.snapshot.columns, self._counted(docs), wanted)

    def without(self, name: str) -> int:
        """Return the total without the filter called `name`."""
        return self._counted(self._without(name)).total()

    def _without(self, name: str) -> Docs:
        docs = self._matches.docs
        tests = [test for other, test in self._tests.items() if other != name]
        return docs[_passing(docs, tests)] if tests else docs

    def _counted(self, docs: Docs) -> Counted:
        return Counted(docs, self.snapshot.stories if self._plan.collapse else None)

    @functools.cached_property
    def _ranked(self) -> Ranked:
        plan = self._plan
        if plan.sort != "relevance":
            return Ranked(self.docs, self._scores)
        return rank(self.docs, self._scores, plan, self.snapshot)

    @functools.cached_property
    def _page(self) -> tuple[Order, Places, int]:
        """The order, the places in it of the hits of the page, and how many hits come before the page."""
        plan = self._plan
        every = plan.after is not None or plan.collapse
        docs, scores = self._ranked.within(None if every else plan.start + plan.size)
        order = Order.of(plan.sort, self.snapshot.columns, docs, scores)
        if plan.collapse:
            order = order.collapsed(self.snapshot.stories)
        if plan.after is None:
            return order, order.page(plan.start, plan.size), plan.start
        rest = order.after(plan.after)
        return rest, rest.page(0, plan.size), len(order.docs) - len(rest.docs)

    @functools.cached_property
    def page(self) -> Page:
        """The page that the plan asks for."""
        order, places, before = self._page
        return Page(order.docs.take(places).tolist(), order.scores.take(places).tolist(), before)

    def sort_values(self, place: int) -> SortValues:
        """Return the place in the order of the hit at `place` of the page."""
        order, places, _ = self._page
        return order.values_at(int(places[place]))

    def explain(self, place: int) -> Explanation:
        """Return how the score of the hit at `place` of the page is made."""
        return self._explainer.explain(self.page.keys[place], self.page.scores[place])

    @functools.cached_property
    def _explainer(self) -> Explainer:
        docs = np.sort(np.array(self.page.keys, np.uint32))
        return Explainer(self._matches.bound, self.snapshot, self._ranked, docs)


def _passing(docs: Docs, tests: list[Test]) -> Mask:
    passing = tests[0](docs)
    for test in tests[1:]:
        passing = passing & test(docs)
    return passing
