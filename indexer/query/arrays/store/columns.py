"""What is known of every document of a generation, as arrays: numbers, identities, facet values.

Document numbers count over all segments, deleted documents included; `live` says which are not.
Each is put together when it is first asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.codec.tables import fixed
from indexer.index.schema import NO_DATE
from indexer.query.arrays.store.days import PeriodColumn
from indexer.query.arrays.store.facet_builder import Names, gather_facet
from indexer.query.arrays.store.facet_column import FacetColumn
from indexer.query.arrays.store.postings import Docs, Mask, segments_of, term_bytes

_ID_BYTES = 16  # hexadecimal digits of an identity
_SIGN = np.uint64(1 << 63)
_REST = np.int64((1 << 63) - 1)
_MAX_FLAGS = 16
_AT_ONCE = 1 << 16  # numbers that are put into another form at once


class Columns:
    """All columns of a generation."""

    def __init__(self, reader: Any, names: Names) -> None:
        self._reader = reader
        self._segments = list(segments_of(reader))
        self.size = int(reader.doc_count_all())
        self.live = np.ones(self.size, bool)
        for arrays, offset in self._segments:
            if arrays.has_deletions:
                self.live[offset : offset + arrays.doc_count] = arrays.live
        self.all_live = bool(self.live.all())
        self._flags: dict[tuple[str, str], Mask] = {}
        # The column of one of VALUE_FACETS, gathered when it is first asked for.
        self.facet: Callable[[str], FacetColumn] = functools.cache(
            functools.partial(gather_facet, segments=self._segments, live=self.live, names=names)
        )

    @functools.cached_property
    def live_docs(self) -> Docs:
        """All documents that are not deleted."""
        docs = np.flatnonzero(self.live).astype(np.uint32)
        docs.flags.writeable = False
        return docs

    @functools.cached_property
    def published(self) -> NDArray[np.int64]:
        """When each document was published, in epoch seconds; NO_DATE for what has no date."""
        return self._numbers("published", NO_DATE, np.int64)

    @functools.cached_property
    def quality(self) -> NDArray[np.float64]:
        """Each document's quality, NaN for none."""
        return self._numbers("quality", np.nan, np.float64)

    @functools.cached_property
    def heat(self) -> NDArray[np.float64]:
        """Each document's heat, NaN for none."""
        return self._numbers("heat", np.nan, np.float64)

    @functools.cached_property
    def quality_shares(self) -> NDArray[np.float64]:
        """Which share of the live documents' qualities is no larger than each document's; 0 for none."""
        return _shares(self.quality, self.live)

    @functools.cached_property
    def heat_shares(self) -> NDArray[np.float64]:
        """The same of their heat."""
        return _shares(self.heat, self.live)

    @functools.cached_property
    def ids(self) -> NDArray[np.bytes_]:
        """Each document's identity."""
        parts = [fixed(arrays.byte_strings("id"), _ID_BYTES) for arrays, _ in self._segments] or [
            np.empty(0, f"S{_ID_BYTES}")
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    @functools.cached_property
    def dated(self) -> Mask:
        """Which documents have a date."""
        found: Mask = self.published != NO_DATE
        return found

    @functools.cached_property
    def by_date(self) -> Docs:
        """The live documents that have a date, the oldest first."""
        docs = np.flatnonzero(self.dated & self.live).astype(np.uint32)
        docs = docs[np.argsort(self.published.take(docs), kind="stable")]
        docs.flags.writeable = False
        return docs

    @functools.cached_property
    def days(self) -> PeriodColumn:
        """The day of each document."""
        return PeriodColumn(self._day, self.live, "day")

    @functools.cached_property
    def months(self) -> PeriodColumn:
        """The month of each document."""
        return PeriodColumn(self._day, self.live, "month")

    @property
    def _day(self) -> NDArray[np.int64]:
        return self._numbers("day", NO_DATE, np.int64)

    def term_docs(self, field: str, term: str | bytes) -> Docs:
        """Return the documents that have `term` in `field`, sorted."""
        key = term_bytes(term)
        parts = [arrays.postings(field, key)[0] + np.uint32(offset) for arrays, offset in self._segments]
        return np.concatenate(parts) if parts else np.empty(0, np.uint32)

    def flag_mask(self, field: str, term: str) -> Mask:
        """Return which live documents have `term` in `field`: one of a few, each kept once asked for."""
        known = self._flags.get((field, term))
        if known is None:
            known = np.zeros(self.size, bool)
            known[self.term_docs(field, term)] = True
            known &= self.live
            known.flags.writeable = False
            if len(self._flags) < _MAX_FLAGS:
                self._flags[field, term] = known
        return known

    def _numbers(self, name: str, missing: float, dtype: Any) -> NDArray[Any]:
        values = np.full(self.size, missing, dtype)
        for arrays, offset in self._segments:
            if name in arrays.column_kinds:
                kept = arrays.numbers(name)
                for at in range(0, len(kept), _AT_ONCE):  # or more is taken meanwhile than is kept
                    part = _from_sortable(kept[at : at + _AT_ONCE], dtype)
                    values[offset + at : offset + at + len(part)] = part
        values.flags.writeable = False
        return values


def _shares(values: NDArray[np.float64], live: Mask) -> NDArray[np.float64]:
    known = np.sort(values[live & ~np.isnan(values)])
    shares: NDArray[np.float64] = known.searchsorted(values, "right") / max(len(known), 1)
    shares[np.isnan(values)] = 0.0
    shares.flags.writeable = False
    return shares


def _from_sortable(values: NDArray[np.uint64], dtype: Any) -> NDArray[Any]:
    """Return numbers from the form in which Whoosh keeps them, which sorts as unsigned (see
    `whoosh.util.numeric.from_sortable`)."""
    signed = (values ^ _SIGN).view(np.int64)
    if dtype is np.int64:
        return signed
    return np.where(signed < 0, signed ^ _REST, signed).view(np.float64)
