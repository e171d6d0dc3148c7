"""Some articles of a generation, as an ascending array of document numbers; see `source.Documents`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array
from indexer.index.schema import NO_DATE
from indexer.query.answers.results import FacetValues
from indexer.query.arrays.facets.counted import Counted
from indexer.query.arrays.facets.facets import Wanted, count_facet
from indexer.query.arrays.store.postings import Docs, Mask, member
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.source import Documents


class DocumentSet:
    """Live documents `docs`, ascending, of one generation."""

    def __init__(self, snapshot: Snapshot, docs: Docs) -> None:
        self.snapshot = snapshot
        self.docs = docs

    @property
    def count(self) -> int:
        """How many articles these are."""
        return len(self.docs)

    def sample(self, size: int) -> list[str]:
        """Return title and excerpt of at most `size` of them, evenly spread."""
        docs = self.docs
        if len(docs) > size:
            docs = docs.take(np.arange(size) * len(docs) // size)
        return [self.snapshot.near_text(doc) for doc in docs.tolist()]

    def days(self) -> tuple[NDArray[np.int64], int]:
        """Return how many there are on each day of the view's `days`, and how many without a date."""
        return self.snapshot.columns.days.count(self.docs)

    def date_span(self) -> tuple[int, int] | None:
        """Return the first and the last date, in epoch seconds; None where none has a date."""
        published = self.snapshot.columns.published.take(self.docs)
        dates = published[published != NO_DATE]
        return (int(dates.min()), int(dates.max())) if len(dates) else None

    def within(self, first: int, last: int) -> DocumentSet:
        """Return those that were published from `first` to `last`, epoch seconds, both included."""
        published = self.snapshot.columns.published.take(self.docs)
        return DocumentSet(self.snapshot, self.docs[(published >= first) & (published <= last)])

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
        return int(ids_among(self.snapshot.columns.ids.take(self.docs), ids).sum())

    def largest(self, facet: str, size: int | None) -> FacetValues:
        """Return the largest values of a facet, whatever was chosen; all of them for None."""
        columns = self.snapshot.columns
        most = len(columns.facet(facet).keys) if size is None else size
        return count_facet(columns, Counted(self.docs), Wanted(facet, None, most))


def ids_among(ids: Array, wanted: Array) -> Mask:
    """Return which of `ids` are among the sorted `wanted`, both S16.

    Their first halves are compared as numbers, and only what agrees in that as a whole.
    """
    found: Mask = np.zeros(len(ids), bool)
    if not len(ids) or not len(wanted):
        return found
    heads, sought = _heads(ids), _heads(wanted)
    at = np.minimum(sought.searchsorted(heads), len(sought) - 1)
    likely = np.flatnonzero(sought.take(at) == heads)
    found[likely] = np.isin(ids[likely], wanted)
    return found


def _heads(ids: Array) -> Array:
    return np.ascontiguousarray(ids).view(">u8")[::2].astype(np.uint64)
