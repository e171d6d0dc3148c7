"""Whoosh's matcher over posting arrays, for queries that are evaluated a document at a time."""

from __future__ import annotations

import copy
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from whoosh.formats import Positions
from whoosh.matching import LeafMatcher, ListMatcher, ReadTooFar
from whoosh.query.spans import Span
from whoosh.reading import TermInfo

from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.tables import offsets_of


class TermPostings:
    """The postings of one term, with what is derived from them when it is first needed. Copies of a
    matcher share it.

    `lengths` are those of the field in all documents, or None for a field without.
    """

    def __init__(self, field: FieldArrays, ordinal: int, lengths: Array | None) -> None:
        start, end = field.extent(ordinal)
        self.docs = field.docs.part(start, end)
        freqs = np.ones(end - start, np.uint8) if field.freqs is None else field.freqs.part(start, end)
        self.freqs: Array = freqs
        self.has_positions = field.positions is not None
        self._field = field
        self._ordinal = ordinal
        self._lengths = lengths

    @cached_property
    def _positions(self) -> tuple[Array, Array]:
        """Where the positions of each posting begin, and those of all."""
        if self._field.positions is None:
            return np.zeros(len(self.docs) + 1, np.int64), np.zeros(0, np.uint8)
        extent = self._field.position_extent(self._ordinal)
        return offsets_of(self.freqs), self._field.positions.part(*extent)

    def positions(self, posting: int) -> list[int]:
        """Return the positions of a posting."""
        starts, positions = self._positions
        found: list[int] = positions[starts[posting] : starts[posting + 1]].tolist()
        return found

    @cached_property
    def info(self) -> TermInfo:
        """The statistics of the term. The shortest length is at least 1, for scorers divide by it, and 0
        where the field has no lengths."""
        lengths = None if self._lengths is None else self._lengths[self.docs]
        return TermInfo(
            weight=float(self.freqs.sum(dtype=np.int64)),
            df=len(self.docs),
            minlength=0 if lengths is None else max(int(lengths.min()), 1),
            maxlength=0 if lengths is None else int(lengths.max()),
            maxweight=float(self.freqs.max()),
            minid=int(self.docs[0]),
            maxid=int(self.docs[-1]),
        )


class ArrayMatcher(ListMatcher):
    """Goes through the postings of a term in order of documents: one block of Whoosh's in all."""

    all_items = LeafMatcher.all_items
    copy = copy.copy
    _i: int

    def __init__(self, postings: TermPostings, format_: Any, term: tuple[str, bytes], scorer: Any) -> None:
        # Of the arrays' memory one element is read in half the time that NumPy takes.
        super().__init__(postings.docs.data, postings.freqs.data, None, format_, scorer, term=term)
        self._postings = postings

    def all_ids(self) -> Iterator[int]:
        """The documents from the current one on."""
        return iter(self._ids[self._i :])

    def skip_to(self, id: int) -> None:
        """Go to the first document that is not before `id`."""
        if not self.is_active():
            raise ReadTooFar
        self._i = bisect_left(self._ids, id, self._i)

    def skip_to_quality(self, minquality: float) -> int:
        """Go behind the last posting where the best score is not above `minquality`; return how many
        blocks were passed over."""
        if not self.is_active() or self.block_quality() > minquality:
            return 0
        self._i = len(self._ids)
        return 1

    def weight(self) -> float:
        """The weight of the current posting."""
        return float(self._weights[self._i])

    def block_max_weight(self) -> float:
        """The largest weight of all postings."""
        largest: float = self._postings.info.max_weight()
        return largest

    def block_min_length(self) -> int:
        """The shortest length of all, at least 1; 0 where the field has no lengths."""
        shortest: int = self._postings.info.min_length()
        return shortest

    def block_max_length(self) -> int:
        """The longest length of all."""
        longest: int = self._postings.info.max_length()
        return longest

    def value(self) -> bytes:
        """The value of the current posting, encoded as its format encodes it."""
        if not self._postings.has_positions:
            return b""
        encoded: bytes = Positions().encode(self._postings.positions(self._i))
        return encoded

    def value_as(self, astype: str) -> Any:
        """The value of the current posting as "frequency", "positions" or what else its format can."""
        if astype == "positions" and self._postings.has_positions:
            return self._postings.positions(self._i)
        if astype == "frequency":
            return int(self._postings.freqs[self._i])
        return self._format.decoder(astype)(self.value())

    def spans(self) -> list[Any]:
        """The positions of the current posting, as spans."""
        return [Span(position) for position in self._postings.positions(self._i)]
