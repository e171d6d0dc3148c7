"""The matches of a query under the filters of a request: hits, and what each facet counts."""

from __future__ import annotations

import functools
from datetime import datetime

import numpy as np

from indexer.errors import RequestError
from indexer.facets import FACETS
from indexer.query.answers.ledger import FilterCount
from indexer.query.answers.results import FacetValues
from indexer.query.arrays.facets.counted import Counted
from indexer.query.arrays.facets.facets import Wanted, count_facet, period_test, value_test
from indexer.query.arrays.match.execute import Matches
from indexer.query.arrays.store.facet_column import Mask, Test
from indexer.query.arrays.store.postings import Docs, Scores
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.language.dates import DateError, period_after, period_before
from indexer.query.request import SearchRequest


class Selection:
    """What passes the filters; a test of documents for each facet that is chosen from, and for each
    other filter.

    Raises RequestError for a date that cannot be read.
    """

    def __init__(self, request: SearchRequest, snapshot: Snapshot, matches: Matches, now: datetime) -> None:
        self._request = request
        self._columns = snapshot.columns
        self._matches = matches
        self._now = now
        self._lock = snapshot.lock
        self._stories = snapshot.stories if request.collapse else None
        self._own: dict[str, Test] = {}
        self._other: dict[str, Test] = {}
        if request.is_filtered:
            with self._lock:
                self._own = {name: self._chosen(name) for name in FACETS if request.chosen(name)}
                self._other = self._others()

    @functools.cached_property
    def hits(self) -> tuple[Docs, Scores]:
        """The documents that pass every filter, and their scores."""
        docs, scores = self._matches.docs, self._matches.scores
        if not self._own and not self._other:
            return docs, scores
        keep = self._kept(docs, [*self._own.values(), *self._other.values()])
        return docs[keep], scores[keep]

    def total(self) -> int:
        """Return how many articles, or stories, pass every filter."""
        return Counted(self.hits[0], self._stories).total()

    def facet(self, name: str) -> FacetValues:
        """Count one facet over what its own filter aside all others leave."""
        base = self._matches.docs
        tests = [test for other, test in self._own.items() if other != name]
        tests += self._other.values()
        if tests:
            base = self.hits[0] if name not in self._own else base[self._kept(base, tests)]
        request = self._request
        counted = Counted(base, self._stories)
        wanted = Wanted(name, request.chosen(name), request.facet_size)
        with self._lock:
            return count_facet(self._columns, counted, wanted, self._now)

    def filters(self) -> tuple[FilterCount, ...]:
        """Return for each filter how many are found without it, all others in force, and how many of
        these it removes."""
        tests = self._own | self._other
        passing = {name: test(self._matches.docs) for name, test in tests.items()}
        everything, total = Counted(self._matches.docs, self._stories), self.total()
        found = []
        for name in tests:
            others = [mask for other, mask in passing.items() if other != name]
            without = everything.total(np.logical_and.reduce(others) if others else None)
            found.append(FilterCount(name, self._values(name), without, without - total))
        return tuple(found)

    def _values(self, name: str) -> tuple[str, ...]:
        """Return what a filter lets through, as it was asked for."""
        if name in FACETS:
            return self._request.chosen(name)
        if name == "featured":
            return ("yes" if self._request.featured else "no",)
        return (str(getattr(self._request, name)),)

    def _kept(self, docs: Docs, tests: list[Test]) -> Mask:
        keep = tests[0](docs)
        for test in tests[1:]:
            keep = keep & test(docs)
        return keep

    def _chosen(self, name: str) -> Test:
        try:
            return value_test(self._columns, name, self._request.chosen(name), self._now)
        except DateError as error:
            raise _bad_date(name, error) from error

    def _others(self) -> dict[str, Test]:
        """Return the tests of the filters that are not facets."""
        request, columns = self._request, self._columns
        tests: dict[str, Test] = {}
        if request.featured is not None:
            featured = columns.flag_mask("is", "featured")
            tests["featured"] = (featured if request.featured else ~featured).take
        if request.origin is not None:
            tests["origin"] = columns.flag_mask("origin", request.origin).take
        for name, text in (("after", request.after), ("before", request.before)):
            if text is not None:
                tests[name] = self._bound(name, text)
        return tests

    def _bound(self, name: str, text: str) -> Test:
        strictly = period_after if name == "after" else period_before
        try:
            return period_test(self._columns, strictly(text, self._now))
        except DateError as error:
            raise _bad_date(name, error) from error


def _bad_date(name: str, error: DateError) -> RequestError:
    return RequestError(f"'{name}': {error.what}", cure=error.cure)
