"""What Whoosh's SegmentWriter says, gathered until the segment is written: its writers of documents
and of fields. The file is written when the field writer is closed, for then all is known."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import UnsupportedOperation
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.formats import Existence, Frequency, Positions

from indexer.codec.column import build_column, check_value
from indexer.codec.data import FieldData, SegmentData, VectorData
from indexer.codec.layout import Array, shrink
from indexer.codec.stored import encode_stored
from indexer.codec.tables import BytesTable, offsets_of
from indexer.codec.writer import write_segment_to

VectorItem = tuple[str, float, bytes]


class GatheredDocuments:
    """What the documents of a segment in the making have, but for postings."""

    def __init__(self) -> None:
        self.count = 0
        self.stored: list[bytes] = []
        self.lengths: dict[str, dict[int, int]] = {}
        self.columns: dict[str, tuple[Any, dict[int, Any]]] = {}
        self.vectors: dict[str, dict[int, list[VectorItem]]] = {}

    def segment_data(self, fields: Iterable[tuple[str, FieldData]] = ()) -> SegmentData:
        """Return the segment of these documents and of the postings `fields`."""
        return SegmentData(
            doc_count=self.count,
            fields=fields,
            lengths={name: self._lengths(rows) for name, rows in self.lengths.items()},
            columns={n: build_column(column, rows, self.count) for n, (column, rows) in self.columns.items()},
            stored=self.stored,
            vectors={name: self._vectors(rows) for name, rows in self.vectors.items()},
        )

    def _lengths(self, rows: dict[int, int]) -> Array:
        lengths = np.zeros(self.count, np.int64)
        lengths[list(rows)] = list(rows.values())
        return shrink(lengths)

    def _vectors(self, rows: dict[int, list[VectorItem]]) -> VectorData:
        items = [item for doc in sorted(rows) for item in rows[doc]]
        counts = np.fromiter((len(rows.get(doc, ())) for doc in range(self.count)), np.int64, self.count)
        return VectorData(
            starts=offsets_of(counts),
            terms=BytesTable.of(text.encode("utf-8") for text, _, _ in items),
            weights=np.array([weight for _, weight, _ in items], np.float32),
            values=BytesTable.of(value for _, _, value in items),
        )


class ArrayPerDocumentWriter(base.PerDocumentWriter):
    """Call `start_doc`, any of the `add_` methods, then `finish_doc` or `cancel_doc`, for each
    document in order; then `close`."""

    def __init__(self, segment: Any) -> None:
        self._gathered = segment.gathered = GatheredDocuments()
        self._in_doc = False
        self.is_closed = False
        self._forget()

    def start_doc(self, docnum: int) -> None:
        """Begin the next document."""
        if self._in_doc:
            raise ValueError("start_doc was called within a document")
        if docnum != self._gathered.count:
            raise ValueError(f"document {docnum} was begun where {self._gathered.count} is next")
        self._in_doc = True

    def add_field(self, fieldname: str, fieldobj: Any, value: Any, length: int | None) -> None:
        """Set the stored value and the length of a field. Raises ValueError: see `encode_stored`."""
        if value is not None:
            encode_stored({fieldname: value})
            self._stored[fieldname] = value
        if length:
            self._lengths[fieldname] = length

    def add_column_value(self, fieldname: str, columnobj: Any, value: Any) -> None:
        """Set the value of a column."""
        check_value(columnobj, value)
        self._columns[fieldname] = (columnobj, value)

    def add_vector_items(self, fieldname: str, fieldobj: Any, items: Iterable[VectorItem]) -> None:
        """Set the term vector of a field."""
        vector = list(items)
        if vector:
            self._vectors[fieldname] = vector

    def finish_doc(self) -> None:
        """Keep the document."""
        gathered, doc = self._gathered, self._gathered.count
        gathered.stored.append(encode_stored(self._stored))
        for name, length in self._lengths.items():
            gathered.lengths.setdefault(name, {})[doc] = length
        for name, (column, value) in self._columns.items():
            gathered.columns.setdefault(name, (column, {}))[1][doc] = value
        for name, vector in self._vectors.items():
            gathered.vectors.setdefault(name, {})[doc] = vector
        gathered.count += 1
        self._forget()

    def cancel_doc(self) -> None:
        """Forget the document that was begun."""
        self._forget()

    def close(self) -> None:
        """End the last document, where that was not done."""
        if self._in_doc:
            self.finish_doc()
        self.is_closed = True

    def _forget(self) -> None:
        self._in_doc = False
        self._stored: dict[str, Any] = {}
        self._lengths: dict[str, int] = {}
        self._columns: dict[str, tuple[Any, Any]] = {}
        self._vectors: dict[str, list[VectorItem]] = {}


class GatheredField:
    """The postings of a field, in the order in which they are written."""

    def __init__(self, format_: Any) -> None:
        self.format = format_
        self.terms: list[bytes] = []
        self.df: list[int] = []
        self.docs = array("I")
        self.weights = array("f")
        self.lengths = array("I")
        self.values: list[bytes] = []

    def field_data(self, doc_count: int) -> FieldData | None:
        """Return the postings as arrays, without those of documents that were cancelled."""
        starts = offsets_of(np.array(self.df, np.int64))
        docs = np.array(self.docs, np.uint32)
        weights = np.array(self.weights, np.float32)
        terms, values = self.terms, self.values
        if len(docs) and docs.max() >= doc_count:
            kept = docs < doc_count
            df = np.add.reduceat(kept, starts[:-1], dtype=np.int64)
            terms = [term for term, count in zip(terms, df.tolist(), strict=True) if count]
            values = [value for value, keep in zip(values, kept.tolist(), strict=True) if keep]
            starts, docs, weights = offsets_of(df[df > 0]), docs[kept], weights[kept]
        if not len(docs):
            return None
        kind, freqs, positions = _interpret(self.format, values)
        frequencies = np.ones(len(docs)) if freqs is None else freqs
        return FieldData(
            kind=kind,
            terms=BytesTable.of(terms),
            starts=starts,
            docs=docs,
            freqs=None if freqs is None or bool(np.all(freqs == 1)) else shrink(freqs),
            weights=None if np.array_equal(weights, frequencies) else weights,
            positions=positions,
            values=BytesTable.of(values) if kind == "raw" else None,
        )


def _interpret(format_: Any, values: list[bytes]) -> tuple[str, Array | None, Array | None]:
    """Return (kind, frequencies, positions) of posting values. Only what encodes to the same bytes
    again is taken apart; what any other format wrote stays as it is."""
    if type(format_) is Existence and not any(values):
        return "existence", None, None
    if type(format_) is Positions and all(values):
        lists = _positions(format_, values)
        if lists is not None:
            freqs = np.fromiter(map(len, lists), np.int64, len(lists))
            flat = np.fromiter((p for at in lists for p in at), np.int64, int(freqs.sum()))
            return "positions", freqs, shrink(flat)
    if type(format_) is Frequency and all(len(value) == 4 for value in values):
        return "frequency", np.frombuffer(b"".join(values), ">u4"), None
    if not any(values):
        return "existence", None, None
    return "raw", _frequencies(format_, values), None


def _positions(format_: Any, values: list[bytes]) -> list[list[int]] | None:
    """Return the positions of each value, or None where one is not what the format would encode."""
    try:
        lists = [format_.decode_positions(value) for value in values]
        same = all(format_.encode(p) == v and min(p) >= 0 for p, v in zip(lists, values, strict=True))
    except Exception:  # bytes that are no positions can fail in any way
        return None
    return lists if same else None


def _frequencies(format_: Any, values: list[bytes]) -> Array | None:
    if not format_.supports("frequency"):
        return None
    decode = format_.decode_frequency
    try:
        return np.fromiter((decode(value) for value in values), np.int64, len(values))
    except Exception:  # Whoosh writes values of another field's format among terms for spelling
        return None


class ArrayFieldWriter(base.FieldWriter):
    """Takes the postings, by field, term and document in ascending order; `close` writes the segment."""

    def __init__(self, storage: Any, segment: Any) -> None:
        self._storage = storage
        self._segment = segment
        self._fields: dict[str, GatheredField] = {}
        self._field: GatheredField | None = None
        self.is_closed = False

    def start_field(self, fieldname: str, fieldobj: Any) -> None:
        """Begin a field."""
        self._field = self._fields.setdefault(fieldname, GatheredField(fieldobj.format))

    def start_term(self, text: bytes) -> None:
        """Begin a term. Raises ValueError outside of a field."""
        if self._field is None:
            raise ValueError("start_term was called before start_field")
        self._field.terms.append(text)
        self._field.df.append(0)

    def add(self, docnum: int, weight: float, vbytes: bytes, length: int | None) -> None:
        """Add a posting; the length is known from the documents."""
        field = self._field
        if field is None:
            raise ValueError("a posting was added before start_field")
        field.df[-1] += 1
        field.docs.append(docnum)
        field.weights.append(weight)
        field.lengths.append(length or 0)
        field.values.append(vbytes)

    def finish_term(self) -> None:
        """End a term."""

    def finish_field(self) -> None:
        """End a field. Raises ValueError outside of one."""
        if self._field is None:
            raise ValueError("finish_field was called before start_field")
        self._field = None

    def close(self) -> None:
        """Write the segment's file and sync it; nothing where there are no documents."""
        self.is_closed = True
        gathered = self._segment.gathered or self._from_postings()
        if not gathered.count:
            return
        write_to_storage(
            self._storage, self._segment.file_name(), gathered.segment_data(self._data(gathered))
        )
        self._segment.gathered = None

    def _from_postings(self) -> GatheredDocuments:
        """Return documents with the lengths that postings came with, where no others were gathered."""
        gathered = GatheredDocuments()
        gathered.count = max(
            (max(field.docs) + 1 for field in self._fields.values() if field.docs), default=0
        )
        for name, field in self._fields.items():
            rows = {doc: n for doc, n in zip(field.docs, field.lengths, strict=True) if n}
            if rows:
                gathered.lengths[name] = rows
        if not self._segment.doc_count_all():
            self._segment.set_doc_count(gathered.count)
        return gathered

    def _data(self, gathered: GatheredDocuments) -> Iterator[tuple[str, FieldData]]:
        for name in sorted(self._fields):
            data = self._fields[name].field_data(gathered.count)
            if data is not None:
                yield name, data


def write_to_storage(storage: Any, name: str, data: SegmentData) -> None:
    """Write a segment under `name` into one of Whoosh's storages; on a disk it is synced."""
    with synced_file(storage, name) as stream:
        write_segment_to(stream, data)


@contextmanager
def synced_file(storage: Any, name: str) -> Iterator[Any]:
    """Create a file in one of Whoosh's storages; on a disk it is synced when the block ends."""
    with storage.create_file(name) as file:
        stream = file.raw_file()
        yield stream
        stream.flush()
        with suppress(UnsupportedOperation):  # a file in memory
            os.fsync(stream.fileno())
