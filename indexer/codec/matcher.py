"""Whoosh's matcher over posting arrays, for queries that are evaluated a document at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from whoosh.formats import Positions
from whoosh.matching import LeafMatcher, NullMatcher, ReadTooFar
from whoosh.query.spans import Span
from whoosh.system import pack_uint

from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable, offsets_of

BLOCK = 128  # postings to a block: what is turned into Python numbers at once, and skipped by quality


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest weight, shortest and longest length of each block of postings."""

    max_weights: list[float]
    min_lengths: list[int]
    max_lengths: list[int]


class TermPostings:
    """The postings of one term, with what is derived from them when it is first asked for.
    Copies of a matcher share it."""

    def __init__(self, field: FieldArrays, ordinal: int, lengths: Array | None) -> None:
        self.field = field
        self.ordinal = ordinal
        self.start, self.end = field.extent(ordinal)
        self.docs = field.docs.part(self.start, self.end)
        self._lengths = lengths
        self._weights: Array | None = None
        self._position_starts: Array | None = None
        self._positions: Array | None = None
        self._values: BytesTable | None = None
        self._bounds: Bounds | None = None

    @property
    def freqs(self) -> Array | None:
        """The frequencies, or None where all are 1."""
        freqs = self.field.freqs
        return None if freqs is None else freqs.part(self.start, self.end)

    def weights(self) -> Array:
        """Return the weight of each posting."""
        if self._weights is None:
            kept = self.field.weights
            freqs = self.freqs if kept is None else kept.part(self.start, self.end)
            self._weights = np.ones(len(self.docs), np.uint8) if freqs is None else freqs
        return self._weights

    def positions(self, posting: int) -> list[int]:
        """Return the positions of a posting."""
        if self._position_starts is None or self._positions is None:
            freqs = self.freqs
            self._positions = (
                self.field.positions.part(*self.field.position_extent(self.ordinal))
                if self.field.positions
                else np.zeros(0, np.uint8)
            )
            self._position_starts = np.arange(len(self.docs) + 1) if freqs is None else offsets_of(freqs)
        start, end = self._position_starts[posting], self._position_starts[posting + 1]
        found: list[int] = self._positions[start:end].tolist()
        return found

    def raw_value(self, posting: int) -> bytes:
        """Return the value of a posting of a field of kind "raw"."""
        if self._values is None:
            self._values = self.field.values(self.start, self.end)
        return self._values[posting]

    def bounds(self) -> Bounds:
        """Return the bounds of the blocks."""
        if self._bounds is None:
            starts = np.arange(0, len(self.docs), BLOCK)
            most = np.maximum.reduceat(self.weights(), starts)
            if self._lengths is None:
                shortest = longest = np.zeros(len(starts), np.uint8)
            else:
                lengths = self._lengths[self.docs]
                shortest = np.maximum(np.minimum.reduceat(lengths, starts), 1)
                longest = np.maximum.reduceat(lengths, starts)
            self._bounds = Bounds(most.astype(float).tolist(), shortest.tolist(), longest.tolist())
        return self._bounds


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
            weights = self._postings.weights()[self._base : self._end]
            self._block_weights = weights.astype(float).tolist()
        return self._block_weights[self._i - self._base]

    def value(self) -> bytes:
        """The value of the current posting, encoded as its format encodes it."""
        kind = self._postings.field.kind
        if kind == "positions":
            encoded: bytes = Positions().encode(self._postings.positions(self._i))
            return encoded
        if kind == "frequency":
            packed: bytes = pack_uint(self._frequency())
            return packed
        return self._postings.raw_value(self._i) if kind == "raw" else b""

    def value_as(self, astype: str) -> Any:
        """The value of the current posting as "frequency", "positions" or what else its format can."""
        if self._postings.field.kind == "positions" and type(self.format) is Positions:
            if astype == "positions":
                return self._postings.positions(self._i)
            if astype == "frequency":
                return self._frequency()
        return self.format.decoder(astype)(self.value())

    def spans(self) -> list[Any]:
        """The positions of the current posting, as spans."""
        if self._postings.field.kind == "positions" and type(self.format) is Positions:
            return [Span(position) for position in self._postings.positions(self._i)]
        found: list[Any] = super().spans()
        return found

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
        return self._postings.bounds().min_lengths[self._i // BLOCK]

    def block_max_length(self) -> int:
        """The longest length in the block."""
        return self._postings.bounds().max_lengths[self._i // BLOCK]

    def block_max_weight(self) -> float:
        """The largest weight in the block."""
        return self._postings.bounds().max_weights[self._i // BLOCK]

    def _frequency(self) -> int:
        freqs = self._postings.freqs
        return 1 if freqs is None else int(freqs[self._i])
