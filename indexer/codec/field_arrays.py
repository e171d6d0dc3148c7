"""The terms and postings of one field of a segment, as arrays. See `reader`."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from indexer.codec.data import EXACT_MARK, FieldData
from indexer.codec.layout import Array
from indexer.codec.packed import read_docs, read_positions
from indexer.codec.sections import Section, SectionFile
from indexer.codec.tables import BytesTable

CACHED_TERMS = 4096  # places of terms that are remembered for each field
_FROM_FILE = 8  # ordinals, among which a binary search reads terms; those that it came by, it keeps
_ABSENT = -1


class FieldArrays:
    """The terms and postings of one field. A term's ordinal is its row in the sorted dictionary."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self.name = name
        self._file = file
        self._term_starts = self._section("term_starts")
        self._term_bytes = self._section("terms")
        self.starts = self._section("starts")
        self.docs = read_docs(file, f"field/{name}/docs")
        self.freqs = self._optional("freqs")
        self.positions = read_positions(file, f"field/{name}/positions") if self._has("positions") else None
        self.stems = self._optional("stems")
        self._ordinals: dict[bytes, int] = {}
        self._pivots: dict[int, bytes] = {}

    def __len__(self) -> int:
        """The number of terms."""
        return len(self.starts) - 1

    def term(self, ordinal: int) -> bytes:
        """Return the term of that ordinal."""
        return self._term_bytes.raw(self._term_starts.at(ordinal), self._term_starts.at(ordinal + 1))

    def terms(self, first: int = 0, last: int | None = None) -> BytesTable:
        """Return the terms of ordinals `first` up to `last` (all): the first start need not be 0."""
        last = len(self) if last is None else last
        starts = self._term_starts.part(first, last + 1)
        low, high = int(starts[0]), int(starts[-1])
        return BytesTable(starts.astype(np.int64) - low, self._term_bytes.part(low, high))

    def lower_bound(self, term: bytes) -> int:
        """Return the ordinal of the first term that is not before `term`."""
        low, high = 0, len(self)
        pivots = self._pivots
        while low < high:
            middle = (low + high) // 2
            found = pivots.get(middle)
            if found is None:
                found = self.term(middle)
                if high - low > _FROM_FILE and len(pivots) < CACHED_TERMS:
                    pivots[middle] = found
            if found < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: bytes) -> int | None:
        """Return the ordinal of `term`, or None."""
        known = self._ordinals.get(term)
        if known is None:
            known = self.lower_bound(term)
            if known == len(self) or self.term(known) != term:
                known = _ABSENT
            if len(self._ordinals) >= CACHED_TERMS:
                self._ordinals.clear()
            self._ordinals[term] = known
        return None if known == _ABSENT else known

    def prefix_range(self, prefix: bytes) -> tuple[int, int]:
        """Return the ordinals (first, last + 1) of the terms that begin with `prefix`."""
        behind = prefix.rstrip(b"\xff")
        last = self.lower_bound(behind[:-1] + bytes([behind[-1] + 1])) if behind else len(self)
        return self.lower_bound(prefix), last

    @cached_property
    def exact_range(self) -> tuple[int, int]:
        """The ordinals (first, last + 1) of the words as written."""
        return self.prefix_range(EXACT_MARK)

    def stem_of(self, word: str) -> str | None:
        """Return the term that a word as written (case folded) is searched by, None where the field has
        not this word, or its form alone does not say. Raises IndexDamagedError."""
        ordinal = self.find(EXACT_MARK + word.encode("utf-8", "replace"))
        if ordinal is None or self.stems is None:
            return None
        stem = self.stems.at(ordinal - self.exact_range[0])
        return self.term(stem).decode() if stem < len(self) else None

    def extent(self, ordinal: int) -> tuple[int, int]:
        """Return where the postings of a term begin and end among those of the field."""
        return self.starts.at(ordinal), self.starts.at(ordinal + 1)

    def doc_frequencies(self, ordinals: Array) -> Array:
        """Return how many documents have each term, deleted ones among them: int64."""
        if not len(ordinals):
            return np.zeros(0, np.int64)
        first = int(ordinals.min())
        starts, at = self.starts.part(first, int(ordinals.max()) + 2), ordinals - first
        counts: Array = (starts.take(at + 1) - starts.take(at)).astype(np.int64)
        return counts

    def position_extent(self, ordinal: int) -> tuple[int, int]:
        """Return where the positions of a term begin and end."""
        starts = self._section("position_starts")
        return starts.at(ordinal), starts.at(ordinal + 1)

    def position_runs(self, ordinals: Array) -> tuple[Array, Array]:
        """Return where the positions of each term begin, and how many there are: int64, both."""
        starts = self._section("position_starts").whole().astype(np.int64)
        begins = starts.take(ordinals)
        return begins, starts.take(ordinals + 1) - begins

    def position_counts(self) -> Array:
        """Return how many positions each term has: int64, zeros for a field without."""
        if self.positions is None:
            return np.zeros(len(self), np.int64)
        counts: Array = np.diff(self._section("position_starts").whole().astype(np.int64))
        return counts

    def data(self, first: int = 0, last: int | None = None) -> FieldData:
        """Return the postings of terms `first` up to `last` (all), as they were given to the writer,
        without stems."""
        last = len(self) if last is None else last
        starts = self.starts.part(first, last + 1).astype(np.int64)
        low, high = int(starts[0]), int(starts[-1])
        positions = None
        if self.positions is not None:
            places = self._section("position_starts")
            positions = self.positions.part(places.at(first), places.at(last))
        return FieldData(
            terms=self.terms(first, last),
            starts=starts - low,
            docs=self.docs.part(low, high),
            freqs=None if self.freqs is None else self.freqs.part(low, high),
            positions=positions,
        )

    def _section(self, part: str) -> Section:
        return self._file.section(f"field/{self.name}/{part}")

    def _optional(self, part: str) -> Section | None:
        return self._section(part) if self._has(part) else None

    def _has(self, part: str) -> bool:
        return f"field/{self.name}/{part}" in self._file
