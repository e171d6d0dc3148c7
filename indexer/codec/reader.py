"""A segment's file -> arrays. Nothing is read before it is asked for; what is returned is read-only.

Terms are looked up by binary search over their bytes. Documents are numbered from 0 in the segment,
deleted ones included; `live` says which are not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from indexer.codec.data import (
    BytesColumn,
    Column,
    DerivedField,
    NumberColumn,
    OrdinalColumn,
    SegmentData,
)
from indexer.codec.derived import Extents, Runs, derive_field, restrict
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array, damaged
from indexer.codec.sections import SectionFile, open_file
from indexer.codec.stored import StoredReader, decode_stored
from indexer.codec.tables import BytesTable, offsets_of, run_indices

AnyColumn = TypeVar("AnyColumn", NumberColumn, BytesColumn, OrdinalColumn)

_KEPT_RUNS = 4  # a term's frequencies, documents and positions are asked for in turn


@dataclass(frozen=True, slots=True)
class LengthInfo:
    """Sum, minimum and maximum of a field's lengths over all documents."""

    sum: int
    min: int
    max: int


class SegmentArrays:
    """One segment: postings, lengths and columns as arrays, by field and term. Raises IndexDamagedError on
    touching what is damaged, KeyError for a field or column that the segment has not.

    `field_names` are the fields that have postings of their own, sorted; `length_fields` has the
    statistics of the lengths of each field that has them, `column_kinds` the kind of each column:
    "numbers", "bytes" or "ordinals".
    """

    def __init__(self, file: SectionFile, deleted: Array | None = None) -> None:
        self.file = file
        self._deleted = deleted
        meta: Mapping[str, Any] = file.meta
        try:
            self.doc_count = int(meta["doc_count"])
            self.field_names = sorted(map(str, meta["fields"]))
            self.length_fields = {name: LengthInfo(**info) for name, info in meta["lengths"].items()}
            self._columns: dict[str, Mapping[str, Any]] = dict(meta["columns"])
            self.column_kinds = {name: str(column["kind"]) for name, column in self._columns.items()}
            self.derived = {name: DerivedField(**info) for name, info in meta["derived"].items()}
        except (KeyError, TypeError, ValueError) as error:
            raise damaged("the file is not a segment", file.path, "table") from error
        self._fields: dict[str, FieldArrays] = {}
        self._runs: dict[tuple[str, bytes], Runs] = {}
        self._loaded: dict[str, Column] = {}

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
    def searchable_names(self) -> list[str]:
        """The fields that have terms, derived ones among them, sorted."""
        return sorted([*self.field_names, *(name for name in self.derived if self.field(name) is not None)])

    def field(self, name: str) -> FieldArrays | None:
        """Return the terms and postings of a field, or None where no document has any. All of a derived
        one is made when it is first asked for; `postings` and `positions` make those of one term."""
        found = self._fields.get(name)
        if found is None and name in self.field_names:
            found = self._fields[name] = FieldArrays(self.file, name)
        if found is None and name in self.derived:
            found = self._derive(name)
        return found

    def _derive(self, name: str) -> FieldArrays | None:
        source = self.field(self.derived[name].source)
        data = derive_field(source.data(), self._extents(name)) if source is not None else None
        if data is None or not len(data.terms):
            return None
        file = _in_memory(SegmentData(self.doc_count, [(name, data)]), self.file.path)
        found = self._fields[name] = FieldArrays(file, name)
        return found

    def _extents(self, name: str) -> Extents:
        """Return where a derived field lies."""
        derived = self.derived[name]
        start, end = (self.numbers(at) if at else None for at in (derived.start, derived.end))
        return Extents(start, end, derived.copies)

    def _derived_runs(self, name: str, term: bytes) -> Runs:
        """Return the postings of one term of a derived field; those made last are at hand."""
        found = self._runs.get((name, term))
        if found is None:
            source = self.derived[name].source
            docs, freqs = self.postings(source, term)
            found = restrict(docs, freqs, self.places(source, term), self._extents(name))
            if len(self._runs) >= _KEPT_RUNS:
                self._runs.clear()
            self._runs[name, term] = found
        return found

    def find(self, field: str, term: bytes) -> int | None:
        """Return the ordinal of a term in the field's dictionary, or None."""
        arrays = self.field(field)
        return None if arrays is None else arrays.find(term)

    def _locate(self, field: str, term: bytes) -> tuple[FieldArrays, int, int, int] | None:
        """Return a field with postings of its own, the ordinal of a term, and where its postings begin
        and end; None for an unknown one."""
        arrays = self.field(field)
        ordinal = None if arrays is None else arrays.find(term)
        return None if arrays is None or ordinal is None else (arrays, ordinal, *arrays.extent(ordinal))

    def postings(self, field: str, term: bytes) -> tuple[Array, Array | None]:
        """Return (documents, frequencies) of a term: uint32 ascending, deleted ones among them, and
        unsigned integers of some width, or None where all are 1. Empty arrays for an unknown term."""
        if field in self.derived:
            runs = self._derived_runs(field, term)
            return runs.docs, runs.freqs
        found = self._locate(field, term)
        if found is None:
            return np.zeros(0, np.uint32), None
        arrays, _, start, end = found
        freqs = None if arrays.freqs is None else arrays.freqs.part(start, end)
        return arrays.docs.part(start, end), freqs

    def derived_postings(self, field: str, ordinals: Array) -> tuple[Array, Array]:
        """Return the documents that have several terms in a derived field, one term's after another's, and
        how many each has. `ordinals` are those of the terms in the source, ascending."""
        source = self.field(self.derived[field].source)
        if source is None or source.positions is None:
            return np.zeros(0, np.uint32), np.zeros(len(ordinals), np.int64)
        df = source.doc_frequencies(ordinals)
        rows = run_indices(source.starts.whole().take(ordinals).astype(np.int64), df)
        freqs = None if source.freqs is None else source.freqs.take(rows)
        places = source.positions.take(run_indices(*source.position_runs(ordinals)))
        runs = restrict(source.docs.take(rows), freqs, places, self._extents(field))
        return runs.docs, np.diff(np.searchsorted(runs.kept, offsets_of(df)))

    def read_docs(self, out: Array, field: str, term: bytes, offset: int) -> int:
        """Write the documents of a term, each plus `offset`, to the beginning of `out`, uint32 and large
        enough; return how many they are."""
        if field in self.derived:
            docs = self._derived_runs(field, term).docs
            np.add(docs, np.uint32(offset), out=out[: len(docs)])
            return len(docs)
        found = self._locate(field, term)
        if found is None:
            return 0
        arrays, _, start, end = found
        arrays.docs.read_into(out[: end - start], start, offset)
        return end - start

    def frequencies(self, field: str, term: bytes) -> tuple[int, Array | None]:
        """Return how many documents have a term, and what `postings` gives beside their numbers."""
        if field in self.derived:
            runs = self._derived_runs(field, term)
            return len(runs.docs), runs.freqs
        found = self._locate(field, term)
        if found is None:
            return 0, None
        arrays, _, start, end = found
        return end - start, None if arrays.freqs is None else arrays.freqs.part(start, end)

    def positions(self, field: str, term: bytes) -> tuple[Array, Array]:
        """Return (starts, positions) of a term: posting i of `postings(field, term)` has
        `positions[starts[i]:starts[i + 1]]`. Raises KeyError where the field has no positions."""
        places = self.places(field, term)
        count, freqs = self.frequencies(field, term)
        return np.arange(count + 1, dtype=np.int64) if freqs is None else offsets_of(freqs), places

    def places(self, field: str, term: bytes) -> Array:
        """Return the positions of a term alone, those of one posting after those of another. Raises
        KeyError where the field has no positions."""
        if field in self.derived:
            return self._derived_runs(field, term).positions
        found = self._locate(field, term)
        if found is None:
            return np.zeros(0, np.uint8)
        arrays, ordinal, _, _ = found
        if arrays.positions is None:
            raise KeyError(f"{field} has no positions")
        return arrays.positions.part(*arrays.position_extent(ordinal))

    # Lengths, columns and stored fields

    def lengths(self, field: str) -> Array | None:
        """Return the exact length of the field in each document, or None where it has none."""
        return self.file.section(f"lengths/{field}").whole() if field in self.length_fields else None

    def column(self, name: str) -> Column:
        """Return a column whole. Raises KeyError, IndexDamagedError.

        Numbers that the file has as codes are put together each time: whoever needs them often keeps
        them in a form of their own, and memory should not have them twice.
        """
        found = self._loaded.get(name)
        if found is None:
            found = self._load_column(name)
            if f"column/{name}/codes" not in self.file:
                self._loaded[name] = found
        return found

    def numbers(self, name: str) -> Array:
        """Return a column of numbers: (doc_count,). Raises KeyError for none of that name and kind."""
        return self._column_of(name, NumberColumn, "numbers").values

    def byte_strings(self, name: str) -> BytesTable:
        """Return a column of byte strings. Raises KeyError for none of that name and kind."""
        return self._column_of(name, BytesColumn, "byte strings").values

    def ordinals(self, name: str) -> OrdinalColumn:
        """Return a facet's column. Raises KeyError for none of that name and kind."""
        return self._column_of(name, OrdinalColumn, "ordinals")

    def _column_of(self, name: str, kind: type[AnyColumn], what: str) -> AnyColumn:
        column = self.column(name)
        if not isinstance(column, kind):
            raise KeyError(f"{name} is not a column of {what}")
        return column

    @cached_property
    def stored_payloads(self) -> StoredReader:
        """The stored payloads."""
        return StoredReader(self.file)

    def stored_fields(self, doc: int) -> dict[str, Any]:
        """Return the stored fields of a document. Raises IndexError, IndexDamagedError."""
        return self._decoded(doc, self.stored_payloads.payload)

    def near_fields(self, doc: int) -> dict[str, Any]:
        """Return the stored fields but for those apart. Raises IndexError, IndexDamagedError."""
        return self._decoded(doc, self.stored_payloads.near)

    def near_texts(self, docs: Sequence[int], name: str) -> list[bytes]:
        """Return a stored text of each of some documents in UTF-8, of those that are not apart. Raises
        IndexError, IndexDamagedError, KeyError for none of that name."""
        texts = self.stored_payloads.near_texts(docs, name)
        return [
            str(self.near_fields(doc)[name]).encode() if text is None else text
            for doc, text in zip(docs, texts, strict=True)
        ]

    def apart_fields(self, doc: int) -> dict[str, Any]:
        """Return the stored fields that are apart. Raises IndexError, IndexDamagedError."""
        return self._decoded(doc, self.stored_payloads.apart)

    def _decoded(self, doc: int, read: Callable[[int], bytes]) -> dict[str, Any]:
        try:
            return decode_stored(read(doc))
        except ValueError as error:
            raise damaged(f"stored fields cannot be read: {error}", self.file.path, "stored/data") from error

    def _load_column(self, name: str) -> Column:
        info, place = self._columns[name], f"column/{name}"
        kind = info["kind"]
        if kind == "numbers":
            return NumberColumn(self._load_numbers(place), info["default"])
        if kind == "bytes":
            return BytesColumn(self.file.read_table(f"{place}/values"), bytes.fromhex(info["default"]))
        starts = f"{place}/starts"
        return OrdinalColumn(
            self.file.read_table(f"{place}/table"),
            self.file.section(f"{place}/ordinals").whole(),
            self.file.section(starts).whole() if starts in self.file else None,
        )

    def _load_numbers(self, place: str) -> Array:
        if f"{place}/codes" not in self.file:
            return self.file.section(f"{place}/values").whole()
        codes = self.file.section(f"{place}/codes").whole()
        table = self.file.section(f"{place}/table").whole()
        if len(codes) and int(codes.max()) >= len(table):
            raise damaged("a number has a code that is not in the table", self.file.path, f"{place}/codes")
        return table.take(codes)


def open_segment(path: Path, deleted: Array | None = None) -> SegmentArrays:
    """Open the file of a segment; `deleted` are numbers of deleted documents. Raises IndexDamagedError."""
    return SegmentArrays(open_file(str(path)), deleted)


def empty_segment(path: str) -> SegmentArrays:
    """Return a segment without documents, which has no file; errors call it `path`."""
    return SegmentArrays(_in_memory(SegmentData(0), path))


def _in_memory(data: SegmentData, path: str) -> SectionFile:
    from indexer.codec.writer import segment_image  # noqa: PLC0415 - readers hardly ever write

    return SectionFile(segment_image(data), path)
