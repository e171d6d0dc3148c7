"""The parts of what a search finds: each is found when it is needed, without what the parts before it have.

A page runs through the parts one behind the other, and so does a cursor: there is no gap between them, and
no article twice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from whoosh.query import Query

from indexer.query.answers.facet_values import FacetValues
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import lazy
from indexer.query.assist.cursor import Cursor
from indexer.query.assist.reading import Find, ReadQuery
from indexer.query.deadline import Deadline
from indexer.query.source import Found, Plan, View


class Part:
    """One part of an answer: `find` searches for `tree` under `plan`, which holds for all parts. `on_page` is
    the plan of the page, where it needs hits of this part; where it needs none, `unranked` is searched for,
    which finds the same.

    It does not know the whole answer: as a cycle, what was found would wait for the garbage collector."""

    def __init__(
        self, kind: PartKind, tree: Callable[[], Query], find: Find, plan: Plan, earlier: Sequence[Part] = ()
    ) -> None:
        self.kind = kind
        self.on_page: Plan | None = None
        self.unranked = tree
        self._ranked = tree
        self._find = find
        self._plan = plan
        self._earlier = earlier

    def search(self, plan: Plan, earlier: Sequence[Found]) -> Found:
        """Return what is found by a plan, without the articles of `earlier`."""
        tree = self._ranked() if plan.size else self.tree
        return self._find(tree, plan._replace(beyond=tuple(earlier)) if earlier else plan)

    @property
    def deadline(self) -> Deadline:
        """The deadline of the request."""
        return self._plan.deadline

    @property
    def tree(self) -> Query:
        """What is searched for."""
        return self._ranked() if self.on_page else self.unranked()

    @lazy
    def found(self) -> Found:
        """What is found, without the articles of the earlier parts."""
        plan = self.on_page or self._plan._replace(size=0, after=None)
        return self.search(plan, [part.found for part in self._earlier])


class Parts:
    """What a query finds in a view, under a plan. `asked` is what the total counts, `ordered` are the parts
    that the hits are of, `begun` is what has the last word as the beginning of a longer one, whether or not
    its hits are shown.

    There are several by relevance alone.
    """

    def __init__(self, query: ReadQuery, view: View, plan: Plan, *, match: str, unfinished: bool) -> None:
        self.plan = plan
        self._prefetch = view.prefetch
        find = query.find_in(view)
        # Of one word, a phrase, a script's tree, any of the words are all of them.
        lacks = match == "any" and query.some is not None
        kind = PartKind.ANY if match == "any" else PartKind.ALL
        self.asked = whole = Part(kind, lambda: query.asked(match, unfinished=unfinished), find, plan)
        if unfinished and not lacks:
            whole = Part(PartKind.ALL, lambda: query.tree, find, plan)
        begun_kind = PartKind.ALL if unfinished else PartKind.BEGUN
        self.begun = begun = Part(begun_kind, lambda: query.begun, find, plan, [whole])
        begun.unranked = lambda: query.begun_unranked
        if whole is not self.asked:  # which is united from the two, each as it was searched for
            self.asked.unranked = lambda: query.asked(match, unfinished=True, ranked=bool(begun.on_page))
        if plan.sort != "relevance" or not query.is_text or lacks:
            self.ordered = [self.asked]
        elif match == "all" and not unfinished:
            self.ordered = [whole]
        else:
            earlier = [whole, self.begun]
            some = Part(PartKind.SOME, lambda: query.some_of(unfinished), find, plan, earlier)
            self.ordered = [whole, self.begun, *([some] if match == "auto" else [])]

    def page(self, cursor: Cursor | None) -> tuple[list[Part], int]:
        """Return the parts that have a hit on the page of the plan, and how many hits come before that page.
        What lies behind the page is not searched for."""
        plan = self.plan
        shown: list[Part] = []
        first = cursor.part if cursor else 0
        before = 0 if cursor else plan.start
        passed, wanted = 0, plan.size
        for number, part in enumerate(self.ordered):
            if number >= first:
                part.on_page = plan if number == first else plan._replace(after=None, size=wanted)
                if number:
                    part.on_page = part.on_page._replace(start=0 if cursor else max(plan.start - passed, 0))
                if number - first < 2:  # what is on the page of the second is seldom enough, or all there is
                    self._prefetch(functools.partial(self._likely, number, whole=number == first))
                page = part.found.page
                if number == first and cursor:
                    before = passed + page.before
                if page.keys:
                    shown.append(part)
                wanted -= len(page.keys)
                if not wanted:
                    break
            passed += part.found.total
        return shown, before

    def _likely(self, number: int, *, whole: bool) -> list[Found]:
        """Return the searches that the page needs from a part on: of the later parts the hits, or behind the
        `whole` one, which may fill it, the totals."""
        found = [part.found for part in self.ordered[:number]]
        plan = self.ordered[number].on_page or self.plan
        for part in self.ordered[number:]:
            found.append(part.search(plan, found))
            plan = plan._replace(start=0, size=0 if whole else plan.size, after=None)
        return found[number:] if self.asked in self.ordered else [self.asked.found, *found[number:]]

    def counted(self) -> Part:
        """Return what is counted and charted: what was asked for, or where that is nothing, the first part
        that has an article."""
        if self.asked.found.total:
            return self.asked
        return next((part for part in self.ordered if part.found.total), self.asked)

    def facet(self, name: str) -> FacetValues:
        """Return the values of a facet in what is counted: none where there is no time, or not all of it was
        found."""
        part = self.counted()
        found = self.plan.deadline.whole(lambda: part.found.facet(name), None)
        if found is None:
            found = FacetValues(name, (), 0, timed_out=True)
        return found.of(part.kind)

    def total(self, kind: PartKind) -> int:
        """Return how many articles, or stories, a part of the hits has."""
        return sum(part.found.total for part in self.ordered if part.kind is kind)
