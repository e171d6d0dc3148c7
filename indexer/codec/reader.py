"""A segment's file -> arrays. Nothing is read before it is asked for; what is returned is read-only.

Terms are looked up by binary search over their bytes. Documents are numbered from 0 in the segment,
deleted ones included; `live` tells which are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from indexer.codec.data import (
    BytesColumn,
    Column,
    DerivedField,
    FieldData,
    NumberColumn,
    OrdinalColumn,
    RawColumn,
    SegmentData,
    VectorData,
)
from indexer.codec.derived import Extents, Runs, derive_field, restrict
from indexer.codec.layout import Array, damaged
from indexer.codec.sections import Section, SectionFile, open_file
from indexer.codec.stored import StoredReader, decode_stored
from indexer.codec.tables import BytesTable, offsets_of
from indexer.codec.writer import segment_image
from indexer.errors import IndexDamagedError

CACHED_TERMS = 4096  # places of terms that are remembered for each field


class TermInfo(NamedTuple):
    """What is kept of a term: numbers of documents and postings, sum and maximum of its weights,
    shortest (at least 1; 0 for a field without lengths) and longest length, first and last document."""

    doc_frequency: int
    weight: float
    max_weight: float
    min_length: int
    max_length: int
    min_doc: int
    max_doc: int


@dataclass(frozen=True, slots=True)
class LengthInfo:
    """Sum, minimum and maximum of a field's lengths over all documents."""

    sum: int
    min: int
    max: int


class FieldArrays:
    """The terms and postings of one field. A term's ordinal is its row in the sorted dictionary."""

    def __init__(self, file: SectionFile, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind
        self._file = file
        self._term_starts = self._section("term_starts")
        self._term_bytes = self._section("terms")
        self.starts = self._section("starts")
        self.docs = self._section("docs")
        self.freqs = self._optional("freqs")
        self.weights = self._optional("weights")
        self.positions = self._optional("positions")
        self._ordinals: dict[bytes, int] = {}

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
        while low < high:
            middle = (low + high) // 2
            if self.term(middle) < term:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: bytes) -> int | None:
        """Return the ordinal of `term`, or None."""
        known = self._ordinals.get(term)
        if known is not None:
            return known
        ordinal = self.lower_bound(term)
        if ordinal == len(self) or self.term(ordinal) != term:
            return None
        if len(self._ordinals) >= CACHED_TERMS:
            self._ordinals.clear()
        self._ordinals[term] = ordinal
        return ordinal

    def prefix_range(self, prefix: bytes) -> tuple[int, int]:
        """Return the ordinals (first, last + 1) of the terms that begin with `prefix`."""
        behind = prefix.rstrip(b"\xff")
        last = self.lower_bound(behind[:-1] + bytes([behind[-1] + 1])) if behind else len(self)
        return self.lower_bound(prefix), last

    def extent(self, ordinal: int) -> tuple[int, int]:
        """Return where the postings of a term begin and end among those of the field."""
        return self.starts.at(ordinal), self.starts.at(ordinal + 1)

    def position_extent(self, ordinal: int) -> tuple[int, int]:
        """Return where the positions of a term begin and end."""
        starts = self._section("position_starts")
        return starts.at(ordinal), starts.at(ordinal + 1)

    def position_counts(self) -> Array:
        """Return how many positions each term has: int64, zeros for a field without."""
        if self.positions is None:
            return np.zeros(len(self), np.int64)
        counts: Array = np.diff(self._section("position_starts").whole().astype(np.int64))
        return counts

    def statistic(self, name: str) -> Section:
        """Return "weight", "max_weight", "min_length" or "max_length" of every term."""
        return self._section(name)

    def term_info(self, ordinal: int) -> TermInfo:
        """Return what is kept of a term; of its postings the first and the last are read."""
        start, end = self.extent(ordinal)
        return TermInfo(
            doc_frequency=end - start,
            weight=float(self.statistic("weight").at(ordinal)),
            max_weight=float(self.statistic("max_weight").at(ordinal)),
            min_length=self.statistic("min_length").at(ordinal),
            max_length=self.statistic("max_length").at(ordinal),
            min_doc=self.docs.at(start),
            max_doc=self.docs.at(end - 1),
        )

    def values(self, start: int, end: int) -> BytesTable:
        """Return the values of postings `start` up to `end`, of a field of kind "raw"."""
        starts = self._section("value_starts").part(start, end + 1).astype(np.int64)
        return BytesTable(starts - starts[0], self._section("values").part(int(starts[0]), int(starts[-1])))

    def data(self, first: int = 0, last: int | None = None) -> FieldData:
        """Return the postings of terms `first` up to `last` (all), as they were given to the writer."""
        last = len(self) if last is None else last
        starts = self.starts.part(first, last + 1).astype(np.int64)
        low, high = int(starts[0]), int(starts[-1])
        positions = None
        if self.positions is not None:
            places = self._section("position_starts")
            positions = self.positions.part(places.at(first), places.at(last))
        return FieldData(
            kind=self.kind,
            terms=self.terms(first, last),
            starts=starts - low,
            docs=self.docs.part(low, high),
            freqs=None if self.freqs is None else self.freqs.part(low, high),
            weights=None if self.weights is None else self.weights.part(low, high),
            positions=positions,
            values=self.values(low, high) if self.kind == "raw" else None,
        )

    def _section(self, part: str) -> Section:
        return self._file.section(f"field/{self.name}/{part}")

    def _optional(self, part: str) -> Section | None:
        return self._section(part) if f"field/{self.name}/{part}" in self._file else None


class SegmentArrays:
    """One segment: give me a field and a term, I return arrays. Raises IndexDamagedError on touching
    what is damaged, KeyError for a field or column that the segment has not.

    `column_kinds` has the kind of each column: "numbers", "bytes", "ordinals" or "raw".
    """

    def __init__(self, file: SectionFile, deleted: Array | None = None) -> None:
        self.file = file
        self._deleted = deleted
        meta: Mapping[str, Any] = file.meta
        try:
            self.doc_count = int(meta["doc_count"])
            self._kinds: dict[str, str] = dict(meta["fields"])
            self._lengths = {name: LengthInfo(**info) for name, info in meta["lengths"].items()}
            self._columns: dict[str, Mapping[str, Any]] = dict(meta["columns"])
            self.column_kinds = {name: str(column["kind"]) for name, column in self._columns.items()}
            self._vectors = frozenset(meta["vectors"])
            self.derived = {name: DerivedField(**info) for name, info in meta["derived"].items()}
        except (KeyError, TypeError, ValueError) as error:
            raise damaged("the file is no segment", file.path, "table") from error
        self._fields: dict[str, FieldArrays] = {}
        self._loaded: dict[str, Column] = {}
        self._loaded_vectors: dict[str, VectorData] = {}

    @cached_property
    def live(self) -> Array:
        """Which documents are not deleted: bool, (doc_count,)."""
        live = np.ones(self.doc_count, bool)
        if self._deleted is not None:
            live[self._deleted] = False
        live.flags.writeable = False
        return live

    @property
    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return self._deleted is not None and len(self._deleted) > 0

    # Terms and postings

    @property
    def field_names(self) -> list[str]:
        """The fields that have postings of their own, sorted."""
        return sorted(self._kinds)

    @property
    def searchable_names(self) -> list[str]:
        """The fields that have terms, derived ones among them, sorted."""
        return sorted([*self._kinds, *(name for name in self.derived if self.field(name) is not None)])

    def field(self, name: str) -> FieldArrays | None:
        """Return the terms and postings of a field, or None where no document has any. All of a derived
        one is made when it is first asked for; `postings` and `positions` make those of one term."""
        found = self._fields.get(name)
        if found is None and name in self._kinds:
            found = self._fields[name] = FieldArrays(self.file, name, self._kinds[name])
        if found is None and name in self.derived:
            found = self._derive(name)
        return found

    def _derive(self, name: str) -> FieldArrays | None:
        source = self.field(self.derived[name].source)
        data = derive_field(source.data(), self._extents(name)) if source is not None else None
        if data is None or not len(data.terms):
            return None
        lengths = self.lengths(name)
        given = {} if lengths is None else {name: lengths}
        image = segment_image(SegmentData(self.doc_count, [(name, data)], given))
        found = self._fields[name] = FieldArrays(SectionFile(image, self.file.path), name, data.kind)
        return found

    def _extents(self, name: str) -> Extents:
        """Return where a derived field lies."""
        derived = self.derived[name]
        start, end = (self.numbers(at) if at else None for at in (derived.start, derived.end))
        return Extents(start, end, derived.copies)

    def _derived_runs(self, name: str, term: bytes) -> Runs:
        """Return the postings of one term of a derived field."""
        source = self.derived[name].source
        docs, freqs = self.postings(source, term)
        return restrict(docs, freqs, self.positions(source, term)[1], self._extents(name))

    def find(self, field: str, term: bytes) -> int | None:
        """Return the ordinal of a term in the field's dictionary, or None."""
        arrays = self.field(field)
        return None if arrays is None else arrays.find(term)

    def postings(self, field: str, term: bytes) -> tuple[Array, Array | None]:
        """Return (documents, frequencies) of a term: uint32 ascending, deleted ones among them, and
        unsigned integers of some width, or None where all are 1. Empty arrays for an unknown term."""
        if field in self.derived:
            runs = self._derived_runs(field, term)
            return runs.docs, runs.freqs
        arrays, ordinal = self.field(field), self.find(field, term)
        if arrays is None or ordinal is None:
            return np.zeros(0, np.uint32), None
        start, end = arrays.extent(ordinal)
        freqs = None if arrays.freqs is None else arrays.freqs.part(start, end)
        return arrays.docs.part(start, end), freqs

    def positions(self, field: str, term: bytes) -> tuple[Array, Array]:
        """Return (starts, positions) of a term: posting i of `postings(field, term)` has
        `positions[starts[i]:starts[i + 1]]`. Raises KeyError where the field has no positions."""
        if field in self.derived:
            runs = self._derived_runs(field, term)
            return offsets_of(runs.freqs), runs.positions
        arrays, ordinal = self.field(field), self.find(field, term)
        if arrays is None or ordinal is None:
            return np.zeros(1, np.int64), np.zeros(0, np.uint8)
        if arrays.positions is None:
            raise KeyError(f"{field} has no positions")
        start, end = arrays.extent(ordinal)
        if arrays.freqs is None:
            starts = np.arange(end - start + 1, dtype=np.int64)
        else:
            starts = offsets_of(arrays.freqs.part(start, end))
        return starts, arrays.positions.part(*arrays.position_extent(ordinal))

    # What is kept of each document

    @property
    def length_fields(self) -> Mapping[str, LengthInfo]:
        """Sum, minimum and maximum of the lengths of each field that has them."""
        return self._lengths

    def lengths(self, field: str) -> Array | None:
        """Return the exact length of the field in each document, or None where it has none."""
        return self.file.section(f"lengths/{field}").whole() if field in self._lengths else None

    def column(self, name: str) -> Column:
        """Return a column whole. Raises KeyError."""
        found = self._loaded.get(name)
        if found is None:
            found = self._loaded[name] = self._load_column(name)
        return found

    def numbers(self, name: str) -> Array:
        """Return a column of numbers: (doc_count,). Raises KeyError for none of that name and kind."""
        column = self.column(name)
        if not isinstance(column, NumberColumn):
            raise KeyError(f"{name} is no column of numbers")
        return column.values

    def ordinals(self, name: str) -> OrdinalColumn:
        """Return a facet's column. Raises KeyError for none of that name and kind."""
        column = self.column(name)
        if not isinstance(column, OrdinalColumn):
            raise KeyError(f"{name} is no column of ordinals")
        return column

    @cached_property
    def stored_payloads(self) -> StoredReader:
        """The stored payloads."""
        return StoredReader(self.file)

    def stored(self, doc: int) -> bytes:
        """Return the stored payload of a document. Raises IndexError."""
        return self.stored_payloads.payload(doc)

    def stored_fields(self, doc: int) -> dict[str, Any]:
        """Return the stored fields of a document. Raises IndexError, IndexDamagedError."""
        try:
            return decode_stored(self.stored(doc))
        except (IndexError, IndexDamagedError):
            raise
        except Exception as error:  # a pickle can fail in any way
            raise damaged(f"stored fields cannot be read: {error}", self.file.path, "stored/data") from error

    @property
    def vector_fields(self) -> frozenset[str]:
        """The fields that have term vectors."""
        return self._vectors

    def vectors(self, field: str) -> VectorData:
        """Return the term vectors of a field. Raises KeyError."""
        if field not in self._vectors:
            raise KeyError(f"{field} has no vectors")
        found = self._loaded_vectors.get(field)
        if found is None:
            place = f"vector/{field}"
            weights = self.file.section(f"{place}/weights").whole()
            starts = self.file.section(f"{place}/starts").whole()
            terms, values = self._table(f"{place}/terms"), self._table(f"{place}/values")
            found = self._loaded_vectors[field] = VectorData(starts, terms, weights, values)
        return found

    def _load_column(self, name: str) -> Column:
        info, place = self._columns[name], f"column/{name}"
        kind = info["kind"]
        if kind == "numbers":
            return NumberColumn(self.file.section(f"{place}/values").whole(), info["default"])
        if kind == "bytes":
            return BytesColumn(self._table(f"{place}/values"), bytes.fromhex(info["default"]))
        if kind == "raw":
            return RawColumn(self.file.section(f"{place}/raw").whole())
        starts = f"{place}/starts"
        return OrdinalColumn(
            self._table(f"{place}/table"),
            self.file.section(f"{place}/ordinals").whole(),
            self.file.section(starts).whole() if starts in self.file else None,
        )

    def _table(self, name: str) -> BytesTable:
        return BytesTable(
            self.file.section(f"{name}/starts").whole(), self.file.section(f"{name}/data").whole()
        )


def open_segment(path: Path, deleted: Array | None = None) -> SegmentArrays:
    """Open the file of a segment; `deleted` are numbers of deleted documents. Raises IndexDamagedError."""
    return SegmentArrays(open_file(str(path)), deleted)
