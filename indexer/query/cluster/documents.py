"""Some articles of a generation, as a filter of the cluster: counts of them, by day, by value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold_key
from indexer.query.answers.facet_values import FacetValues
from indexer.query.cluster.counting import MAX_SHARED, StoryCounts, facet_counts, values_request
from indexer.query.cluster.generation import ClusterGeneration
from indexer.query.cluster.requests import Request, count_request
from indexer.query.cluster.translate import Clause, all_of, days, none_of
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.language.dates import DayRange
from indexer.query.source import Documents

_IDS_AT_ONCE = 10_000  # that a filter names
SHARED: Clause = {"exists": {"field": "shared"}}


class ClusterDocuments:
    """The articles of a view that pass `filter`. What the deadline leaves no time for, counts nothing."""

    def __init__(self, view: ClusterGeneration, filter: Clause, deadline: Deadline = NO_DEADLINE) -> None:
        self.view = view
        self.filter = filter
        self.deadline = deadline
        self.ask = view.ask.until(deadline)

    def _count(self, *clauses: Clause) -> int:
        return self.ask.count([all_of([self.filter, *clauses])])[0]

    @property
    def count(self) -> int:
        """How many articles these are."""
        return self._count()

    def sample(self, size: int) -> list[str]:
        """Return title and excerpt of the `size` of them whose ids come first."""
        body = {
            "query": self.filter,
            "size": size,
            "sort": [{"id": "asc"}],
            "_source": ["article.title", "article.excerpt"],
            "track_total_hits": False,
        }
        found = [hit["_source"]["article"] for hit in self.ask.search(body)["hits"]["hits"]]
        return [f"{one['title']}\n{one.get('excerpt') or ''}" for one in found]

    def days(self) -> tuple[NDArray[np.int64], int] | None:
        """Return how many there are on each day of the view's `days`, and how many without a date."""
        aggregations = {"days": by_day(), "none": {"missing": {"field": "day"}}}
        found = self.ask.aggregate(self.filter, aggregations)
        if self.deadline.has_cut:
            return None
        return self.view.on_days(found["days"]), int(found["none"]["doc_count"])

    def value_days(self, facet: str, values: Sequence[str]) -> NDArray[np.int64]:
        """Return how many of them have each of some values on each day of the view's `days`."""
        names = self.view.facets[facet]
        chosen = [fold_key(names.keys[names.find(value)[0]].value) for value in values]
        filters = {str(row): {"term": {facet: value}} for row, value in enumerate(chosen)}
        aggregations = {"values": {"filters": {"filters": filters}, "aggs": {"days": by_day()}}}
        buckets = self.ask.aggregate(self.filter, aggregations)["values"]["buckets"] if values else {}
        rows = [self.view.on_days(buckets[str(row)]["days"]) for row in range(len(values))]
        return np.array(rows, np.int64).reshape(len(values), len(self.view.tables.days[0]))

    def date_span(self) -> tuple[int, int] | None:
        """Return the first and the last day, from 1970-01-01 on; None where none has a date."""
        ends = {name: {name: {"field": "day"}} for name in ("min", "max")}
        found = self.ask.aggregate(self.filter, ends)
        first, last = found["min"]["value"], found["max"]["value"]
        return None if first is None else (int(first), int(last))

    def within(self, first: int, last: int) -> ClusterDocuments:
        """Return those of the days from `first` to `last`, both included."""
        within = all_of([self.filter, days(DayRange(first, last))])
        return ClusterDocuments(self.view, within, self.deadline)

    def common(self, other: Documents) -> int:
        """Return how many are in both."""
        return self._count(other.filter)  # type: ignore[attr-defined]

    def stories(self) -> int | None:
        """Return how many stories these are; None beyond what is counted exactly."""
        found = self._counted_stories(self.filter)
        return None if self.deadline.has_cut or found.uncounted else found.total()

    def _counted_stories(self, filter: Clause) -> StoryCounts:
        """Return the articles that share a story one by one, and the number of those that share none."""
        lone, shared = self.ask.search_all(self.story_requests(filter))
        return StoryCounts.of(
            lone["hits"]["total"]["value"],
            [hit.get("fields", {}) for hit in shared["hits"]["hits"]],
            shared["hits"]["total"]["value"],
        )

    def story_requests(self, filter: Clause) -> list[Request]:
        """Return the requests for how many articles share no story, and for those that do."""
        return [
            count_request(all_of([filter, none_of(SHARED)])),
            {
                "query": all_of([filter, SHARED]),
                "size": MAX_SHARED,
                "_source": False,
                "docvalue_fields": ["shared", "day", *self.view.facets],
                "track_total_hits": True,
                "sort": ["_doc"],
            },
        ]

    def count_ids(self, ids: NDArray[np.bytes_]) -> int:
        """Return how many have one of `ids`, sorted, of 16 bytes each."""
        texts = [one.decode() for one in ids.tolist()]
        parts = [texts[at : at + _IDS_AT_ONCE] for at in range(0, len(texts), _IDS_AT_ONCE)]
        return sum(self.ask.count([all_of([self.filter, {"terms": {"id": part}}]) for part in parts]))

    def largest(self, facet: str, size: int | None) -> FacetValues:
        """Return the largest values of a facet, whatever was chosen; all of them for None."""
        names = self.view.facets[facet]
        found = self.ask.aggregate(self.filter, {"values": values_request(facet, names)})
        most = len(names.keys) if size is None else size
        return facet_counts(names, found["values"], (), most, lambda text: 0)


def by_day() -> dict[str, Any]:
    """Return the request for the days that have an article, with how many each has."""
    return {"histogram": {"field": "day", "interval": 1, "min_doc_count": 1}}
