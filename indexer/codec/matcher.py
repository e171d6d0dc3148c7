"""Whoosh's matcher over posting arrays, for queries that are evaluated a document at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from whoosh.formats import Positions
from whoosh.matching import LeafMatcher, NullMatcher, ReadTooFar
from whoosh.query.spans import Span
from whoosh.reading import TermInfo

from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.tables import offsets_of

BLOCK = 128  # postings to a block: what is turned into Python numbers at once, and skipped by quality


@dataclass(frozen=True, slots=True)
class Bounds:
    """The highest frequency, shortest and longest length of each block of postings."""

    max_weights: list[float]
    min_lengths: list[int]
    max_lengths: list[int]


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
    def bounds(self) -> Bounds:
        """The bounds of the blocks."""
        starts = np.arange(0, len(self.docs), BLOCK)
        highest = np.maximum.reduceat(self.freqs, starts)
        if self._lengths is None:
            shortest = longest = np.zeros(len(starts), np.uint8)
        else:
            lengths = self._lengths[self.docs]
            shortest = np.maximum(np.minimum.reduceat(lengths, starts), 1)  # scorers divide by it
            longest = np.maximum.reduceat(lengths, starts)
        return Bounds(highest.astype(float).tolist(), shortest.tolist(), longest.tolist())

    def info(self) -> TermInfo:
        """Return the statistics of the term."""
        bounds = self.bounds
        return TermInfo(
            weight=float(self.freqs.sum(dtype=np.int64)),
            df=len(self.docs),
            minlength=min(bounds.min_lengths),
            maxlength=max(bounds.max_lengths),
            maxweight=max(bounds.max_weights),
            minid=int(self.docs[0]),
            maxid=int(self.docs[-1]),
        )


class ArrayMatcher(LeafMatcher):
    """Goes through the postings of a term in order of documents."""

    def __init__(
        self,
        postings: TermPostings,
        format_: Any,
        term: tuple[str, bytes] | None = None,
        scorer: Any = None,
        place: int = 0,
    ) -> None:
        self.format = format_
        self.scorer = scorer
        self._term = term
        self._postings = postings
        self._docs = postings.docs
        self._count = len(postings.docs)
        self._i = place
        self._base = -1  # of the block that is at hand as Python numbers
        self._block_docs: list[int] = []
        self._block_weights: list[float] | None = None
        self._end = 0
        self._load()

    def _load(self) -> None:
        """Bring the block of the current posting at hand."""
        base = self._i - self._i % BLOCK
        if base != self._base:
            self._base = base
            self._end = min(base + BLOCK, self._count)
            self._block_docs = self._docs[base : self._end].tolist()
            self._block_weights = None

    # Whoosh's matcher

    def is_active(self) -> bool:
        """Whether there is a current posting."""
        return self._i < self._count

    def reset(self) -> None:
        """Go back to the first posting."""
        self._i = 0
        self._load()

    def copy(self) -> ArrayMatcher:
        """Return a matcher at the same posting."""
        return ArrayMatcher(self._postings, self.format, self._term, self.scorer, self._i)

    def replace(self, minquality: float = 0) -> Any:
        """Return a matcher that finds the same, or none where nothing can reach `minquality`."""
        if not self.is_active():
            return NullMatcher()
        if minquality and self.supports_block_quality() and self.max_quality() < minquality:
            return NullMatcher()
        return self

    def id(self) -> int:
        """The current document."""
        return self._block_docs[self._i - self._base]

    def all_ids(self) -> Iterator[int]:
        """The documents from the current one on."""
        return iter(self._docs[self._i :].tolist())

    def all_items(self) -> Iterator[tuple[int, bytes]]:
        """Documents and values from the current one on."""
        while self.is_active():
            yield self.id(), self.value()
            self.next()

    def next(self) -> bool:
        """Go to the next posting; return whether it begins another block."""
        self._i += 1
        if self._i < self._end:
            return False
        self._load()
        return True

    def skip_to(self, id: int) -> None:
        """Go to the first document that is not before `id`."""
        if not self.is_active():
            raise ReadTooFar
        if id <= self.id():
            return
        self._i += int(np.searchsorted(self._docs[self._i :], id))
        self._load()

    def skip_to_quality(self, minquality: float) -> int:
        """Pass over blocks whose best score is not above `minquality`; return how many."""
        skipped = 0
        while self.is_active() and self.block_quality() <= minquality:
            self._i = self._end
            self._load()
            skipped += 1
        return skipped

    def weight(self) -> float:
        """The weight of the current posting."""
        if self._block_weights is None:
            freqs = self._postings.freqs[self._base : self._end]
            self._block_weights = freqs.astype(float).tolist()
        return self._block_weights[self._i - self._base]

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
        return self.format.decoder(astype)(self.value())

    def spans(self) -> list[Any]:
        """The positions of the current posting, as spans."""
        return [Span(position) for position in self._postings.positions(self._i)]

    def supports_block_quality(self) -> bool:
        """Whether the scorer can bound the scores of a block."""
        return self.scorer is not None and bool(self.scorer.supports_block_quality())

    def block_min_id(self) -> int:
        """The first document of the block."""
        return self._block_docs[0]

    def block_max_id(self) -> int:
        """The last document of the block."""
        return self._block_docs[-1]

    def block_min_length(self) -> int:
        """The shortest length in the block, at least 1; 0 where the field has no lengths."""
        return self._postings.bounds.min_lengths[self._i // BLOCK]

    def block_max_length(self) -> int:
        """The longest length in the block."""
        return self._postings.bounds.max_lengths[self._i // BLOCK]

    def block_max_weight(self) -> float:
        """The largest weight in the block."""
        return self._postings.bounds.max_weights[self._i // BLOCK]
