"""The matches of a query under the filters of a request: hits, and what each facet counts."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from indexer.errors import RequestError
from indexer.query.columns import Docs, Mask
from indexer.query.dates import period_after, period_before
from indexer.query.execute import Matches
from indexer.query.facets import count_facet, period_mask, value_mask
from indexer.query.request import FACETS, SearchRequest
from indexer.query.results import FacetValues
from indexer.query.snapshot import Snapshot

_DATE_CURE = "Write a year, a month or a day, such as 2020, 2020-06 or 2020-06-25."


class Selection:
    """What passes the filters; a mask for each facet that is chosen from, one for all other filters.

    Raises RequestError for a date that cannot be read.
    """

    def __init__(self, request: SearchRequest, snapshot: Snapshot, matches: Matches, now: datetime) -> None:
        self._request = request
        self._columns = snapshot.columns
        self._matches = matches
        self._now = now
        self._lock = snapshot.lock
        with self._lock:
            self._own = {name: self._chosen_mask(name) for name in FACETS if request.chosen(name)}
            self._other = self._other_mask()

    def hits(self) -> tuple[Docs, NDArray[np.float64]]:
        """Return the documents that pass every filter, and their scores."""
        docs, scores = self._matches.docs, self._matches.scores
        if not self._own and self._other is None:
            return docs, scores
        keep = np.ones(len(docs), bool)
        for mask in (*self._own.values(), self._other):
            if mask is not None:
                keep &= mask[docs]
        return docs[keep], scores[keep]

    def facet(self, name: str) -> FacetValues:
        """Count one facet over what its own filter aside all others leave."""
        base = np.zeros(self._columns.size, bool)
        base[self._matches.docs] = True
        for other, mask in self._own.items():
            if other != name:
                base &= mask
        if self._other is not None:
            base &= self._other
        request = self._request
        with self._lock:
            return count_facet(self._columns, name, base, request.chosen(name), request.facet_size, self._now)

    def _chosen_mask(self, name: str) -> Mask:
        try:
            return value_mask(self._columns, name, self._request.chosen(name), self._now)
        except ValueError as error:
            raise _bad_date(name, error) from error

    def _other_mask(self) -> Mask | None:
        """Return what passes the filters that are not facets, None where there are none."""
        request, columns = self._request, self._columns
        masks: list[Mask] = []
        if request.featured is not None:
            masks.append(columns.term_mask("is", "featured") == request.featured)
        if request.origin is not None:
            masks.append(columns.term_mask("origin", request.origin))
        for name, text in (("after", request.after), ("before", request.before)):
            if text is not None:
                masks.append(self._bound_mask(name, text))
        return np.logical_and.reduce(masks) if masks else None

    def _bound_mask(self, name: str, text: str) -> Mask:
        strictly = period_after if name == "after" else period_before
        try:
            return period_mask(self._columns, strictly(text, self._now))
        except ValueError as error:
            raise _bad_date(name, error) from error


def _bad_date(name: str, error: ValueError) -> RequestError:
    told = str(error)
    return RequestError(f"'{name}': {told}", cure="" if "write a" in told else _DATE_CURE)
