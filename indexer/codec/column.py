"""Columns: Whoosh's own as arrays, read and written, and `OrdinalsColumn` for several values a document."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import numpy as np
from whoosh import columns
from whoosh.filedb.structfile import BufferFile, StructFile

from indexer.codec.data import BytesColumn, Column, NumberColumn, OrdinalColumn, RawColumn, ordinal_column
from indexer.codec.tables import BytesTable

# Whoosh packs numbers big-endian in these sizes, whatever the machine's own are.
_NUMBERS = {
    "b": "i1", "B": "u1", "h": "<i2", "H": "<u2", "i": "<i4", "I": "<u4", "l": "<i4", "L": "<u4",
    "q": "<i8", "Q": "<u8", "f": "<f4", "d": "<f8",
}  # fmt: skip
_HEAD = struct.Struct("<QQQ")  # rows, values of all rows, distinct values


class OrdinalsColumn(columns.Column):
    """Any number of byte strings for each document, kept as ordinals in a sorted table of the values.

    A value is given as bytes, or as an iterable of bytes; order and repetitions are not kept. A
    document without any reads as []. Sorting by the column sorts by the first value.
    """

    _default: tuple[bytes, ...] = ()

    def stores_lists(self) -> bool:
        """Return that a document has several values."""
        return True

    def default_value(self, reverse: bool = False) -> list[bytes]:
        """Return what a document without a value reads as."""
        return []

    def writer(self, dbfile: Any) -> OrdinalsWriter:
        """Return a writer into a file of another codec."""
        return OrdinalsWriter(dbfile)

    def reader(self, dbfile: Any, basepos: int, length: int, doccount: int) -> OrdinalsReader:
        """Return a reader of what the writer wrote."""
        rows, flat, distinct = _HEAD.unpack(dbfile.get(basepos, _HEAD.size))
        at = basepos + _HEAD.size
        parts = []
        for count in (rows + 1, flat, distinct + 1):
            parts.append(np.frombuffer(dbfile.get(at, 8 * count), "<i8"))
            at += 8 * count
        data = np.frombuffer(dbfile.get(at, int(parts[2][-1])), np.uint8)
        return OrdinalsReader(OrdinalColumn(BytesTable(parts[2], data), parts[1], parts[0]), doccount)


class OrdinalsWriter(columns.ColumnWriter):
    """Writes an OrdinalsColumn into a file of another codec."""

    def __init__(self, dbfile: Any) -> None:
        self._dbfile = dbfile
        self._rows: dict[int, list[bytes]] = {}

    def add(self, docnum: int, value: bytes | Iterable[bytes]) -> None:
        """Set the values of a document."""
        self._rows[docnum] = value_list(value)

    def finish(self, doccount: int) -> None:
        """Write the column."""
        rows = [sorted(set(self._rows.get(doc, ()))) for doc in range(doccount)]
        table = BytesTable.of(sorted({value for row in rows for value in row}))
        ordinal = {value: i for i, value in enumerate(table)}
        flat = [ordinal[value] for row in rows for value in row]
        starts = np.cumsum([0, *map(len, rows)])
        self._dbfile.write(_HEAD.pack(len(rows), len(flat), len(table)))
        for part in (starts, np.array(flat, np.int64), table.starts):
            self._dbfile.write(part.astype("<i8").tobytes())
        self._dbfile.write(table.data.tobytes())


class OrdinalsReader(columns.ColumnReader):
    """Reads the values of each document as a sorted list of bytes; `column` has the arrays."""

    def __init__(self, column: OrdinalColumn, doccount: int) -> None:
        self.column = column
        self._doccount = doccount

    def __getitem__(self, docnum: int) -> list[bytes]:
        return [self.column.table[ordinal] for ordinal in self.column.of_doc(docnum)]

    def sort_key(self, docnum: int) -> bytes:
        """Return the first value, or nothing."""
        ordinals = self.column.of_doc(docnum)
        return self.column.table[ordinals[0]] if ordinals else b""


class NumbersReader(columns.ColumnReader):
    """Reads a column of numbers or of booleans; `values` is the array."""

    def __init__(self, column: NumberColumn) -> None:
        self.values = column.values
        self._doccount = len(column.values)
        self._reverse = False
        self._is_bool = column.values.dtype == np.bool_

    def __getitem__(self, docnum: int) -> Any:
        return self.values.item(docnum)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values.tolist())

    def load(self) -> Any:
        """Return all values: a list, or for booleans the reader itself, as Whoosh's does."""
        return self if self._is_bool else self.values.tolist()

    def sort_key(self, docnum: int) -> Any:
        """Return the value, or what sorts the other way round."""
        key = self.values.item(docnum)
        if self._is_bool:
            return int(key ^ self._reverse)
        return 0 - key if self._reverse else key

    def set_reverse(self) -> None:
        """Let `sort_key` sort the other way round."""
        self._reverse = True

    def id_set(self) -> Any:
        """Return which documents have True, as one of Whoosh's sets."""
        return columns.BitSet(np.flatnonzero(self.values).tolist())


class BytesReader(columns.ColumnReader):
    """Reads a byte string for each document; `values` is the table."""

    def __init__(self, column: BytesColumn) -> None:
        self.values = column.values
        self._doccount = len(column.values)

    def __getitem__(self, docnum: int) -> bytes:
        if not 0 <= docnum < self._doccount:
            raise IndexError(docnum)
        return self.values[docnum]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.values)


class SingleReader(columns.ColumnReader):
    """Reads a column with one reference a document (Whoosh's RefBytesColumn)."""

    def __init__(self, column: OrdinalColumn, default: bytes) -> None:
        self.column = column
        self._default = default
        self._doccount = len(column.ordinals)

    def __getitem__(self, docnum: int) -> bytes:
        ordinal = self.column.ordinals.item(docnum)
        return self.column.table[ordinal] if ordinal < len(self.column.table) else self._default

    def __iter__(self) -> Iterator[bytes]:
        table = [*self.column.table, self._default]
        return (table[ordinal] for ordinal in self.column.ordinals.tolist())


def column_reader(stored: Column, column: Any, doc_count: int) -> Any:
    """Return Whoosh's reader of a column of a segment; `column` is the schema's."""
    match stored:
        case NumberColumn():
            return NumbersReader(stored)
        case BytesColumn():
            return BytesReader(stored)
        case OrdinalColumn() if isinstance(column, columns.RefBytesColumn):
            return SingleReader(stored, column.default_value())
        case OrdinalColumn():
            return OrdinalsReader(stored, doc_count)
        case RawColumn(data):
            return column.reader(BufferFile(data.data), 0, len(data), doc_count)


def build_column(column: Any, values: dict[int, Any], doc_count: int) -> Column:
    """Return the arrays of a column of one of Whoosh's types, or of ours, from the values that
    documents were given; the others have the column's default."""
    build = _BUILDERS.get(type(column), _build_raw)
    return build(column, values, doc_count)


def check_value(column: Any, value: Any) -> None:
    """Raise as Whoosh's own writer would where `value` does not fit into the column."""
    if type(column) is columns.NumericColumn:
        struct.pack("!" + column._typecode, value)
    elif type(column) is columns.FixedBytesColumn:
        assert len(value) == column._fixedlen  # noqa: S101 - as Whoosh does


def value_list(value: bytes | Iterable[bytes]) -> list[bytes]:
    """Return the values that a document was given."""
    return [value] if isinstance(value, bytes) else list(value)


def _build_numbers(column: Any, values: dict[int, Any], doc_count: int) -> Column:
    array = np.full(doc_count, column.default_value(), np.dtype(_NUMBERS[column._typecode]))
    if values:
        array[list(values)] = list(values.values())
    return NumberColumn(array, column.default_value())


def _build_bits(column: Any, values: dict[int, Any], doc_count: int) -> Column:
    array = np.zeros(doc_count, bool)
    array[[doc for doc, value in values.items() if value]] = True
    return NumberColumn(array, False)


def _build_bytes(column: Any, values: dict[int, Any], doc_count: int) -> Column:
    default = column.default_value()
    return BytesColumn(BytesTable.of(values.get(doc, default) for doc in range(doc_count)), default)


def _build_single(column: Any, values: dict[int, Any], doc_count: int) -> Column:
    return ordinal_column([values[doc]] if doc in values else [] for doc in range(doc_count))


def _build_ordinals(column: Any, values: dict[int, Any], doc_count: int) -> Column:
    return ordinal_column(value_list(values.get(doc, ())) for doc in range(doc_count))


def _build_raw(column: Any, values: dict[int, Any], doc_count: int) -> Column:
    """Let Whoosh's column write into memory, and keep what it wrote."""
    memory = BytesIO()
    file = StructFile(memory)
    writer = column.writer(file)
    for doc, value in values.items():
        writer.add(doc, value)
    writer.finish(doc_count)
    return RawColumn(np.frombuffer(memory.getvalue(), np.uint8))


_BUILDERS = {
    columns.NumericColumn: _build_numbers,
    columns.BitColumn: _build_bits,
    columns.VarBytesColumn: _build_bytes,
    columns.FixedBytesColumn: _build_bytes,
    columns.RefBytesColumn: _build_single,
    OrdinalsColumn: _build_ordinals,
}
