"""Arrays -> a segment's file. `write_segment` writes a whole segment, `FieldSections` a field in pieces."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from indexer.codec.data import (
    BytesColumn,
    Column,
    FieldData,
    NumberColumn,
    OrdinalColumn,
    SegmentData,
)
from indexer.codec.layout import Array, shrink, smallest_dtype
from indexer.codec.packed import (
    HighRunsWriter,
    PackedWriter,
    WideFewWriter,
    code_numbers,
    saves_high,
    saves_wide,
    wide_places,
)
from indexer.codec.sections import SectionFileWriter, SectionWriter
from indexer.codec.stored import write_stored
from indexer.codec.tables import BytesTable, concatenate, offsets_of


def write_segment(path: Path, data: SegmentData, *, durable: bool = True) -> int:
    """Write the file of a segment, and return its size in bytes when it is on the disk.

    The folder's entry is not synced: that belongs to the commit. A file that no commit will name
    need not be `durable`. Raises ValueError where the arrays do not fit together.
    """
    with synced(path) if durable else path.open("wb") as stream:
        return write_segment_to(stream, data)


@contextmanager
def synced(path: Path) -> Iterator[BinaryIO]:
    """Open a new file to write; it is on the disk when the block ends."""
    with path.open("wb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def write_segment_to(stream: BinaryIO, data: SegmentData) -> int:
    """Write a segment to a stream that can seek; return its size in bytes."""
    file = SectionFileWriter(stream)
    names = []
    for name, field in data.fields:
        write_field(file, name, field, data.doc_count)
        names.append(name)
    return write_documents(file, data, names)


def segment_image(data: SegmentData) -> bytes:
    """Return a segment's file in memory."""
    memory = BytesIO()
    write_segment_to(memory, data)
    return memory.getvalue()


def write_documents(file: SectionFileWriter, data: SegmentData, fields: Sequence[str]) -> int:
    """Write all but the postings, which are those of `fields`, and close the file; return its size."""
    meta = {
        "doc_count": data.doc_count,
        "fields": list(fields),
        "lengths": {name: _write_lengths(file, name, data) for name in sorted(data.lengths)},
        "columns": {name: _write_column(file, name, data) for name in sorted(data.columns)},
        "derived": {name: asdict(data.derived[name]) for name in sorted(data.derived)},
    }
    count = write_stored(file, data.stored)
    if count not in (0, data.doc_count):
        raise ValueError(f"{count} documents have stored fields of {data.doc_count}")
    return file.close(meta)


@dataclass(frozen=True, slots=True)
class FieldShape:
    """How large the sections of a field will be, and of which dtypes; None for a section it has not.
    `high_runs` and `wide_few`: whether documents and positions are written as `packed` has it."""

    postings: int
    high_runs: bool = False
    freqs: str | None = None
    positions: tuple[str, int] | None = None  # dtype and count
    wide_few: bool = False


class FieldSections:
    """Writes the postings of a field in pieces: `append` for each range of terms in ascending order,
    then `finish`."""

    def __init__(self, file: SectionFileWriter, name: str, shape: FieldShape) -> None:
        self._file = file
        self._name = name
        self._docs: SectionWriter | HighRunsWriter = (
            HighRunsWriter(file, f"field/{name}/docs", shape.postings)
            if shape.high_runs
            else self._reserve("docs", "<u4", shape.postings)
        )
        self._freqs = self._reserve("freqs", shape.freqs, shape.postings) if shape.freqs else None
        self._positions: SectionWriter | WideFewWriter | None = None
        if shape.positions:
            self._positions = (
                WideFewWriter(file, f"field/{name}/positions", shape.positions[1])
                if shape.wide_few
                else self._reserve("positions", *shape.positions)
            )
        self._terms: list[BytesTable] = []
        self._df: list[Array] = [np.zeros(0, np.int64)]
        self._position_counts: list[Array] = [np.zeros(0, np.int64)]

    def append(self, piece: FieldData) -> None:
        """Write the postings of the next terms."""
        starts = piece.starts.astype(np.int64)
        self._terms.append(piece.terms)
        self._df.append(np.diff(starts))
        self._docs.append(piece.docs)
        if self._freqs:
            self._freqs.append(piece.frequencies())
        if self._positions and piece.positions is not None:
            self._positions.append(piece.positions)
            self._position_counts.append(position_counts(piece))

    def finish(self, stems: Array | None) -> None:
        """Write the dictionary; `stems` as `FieldData` has them."""
        for packed in (self._docs, self._positions):
            if isinstance(packed, PackedWriter):
                packed.finish()
        terms = concatenate(self._terms)
        self._add("terms", terms.data)
        self._add("term_starts", shrink(terms.starts))
        self._add("starts", shrink(offsets_of(np.concatenate(self._df))))
        if self._positions:
            self._add("position_starts", shrink(offsets_of(np.concatenate(self._position_counts))))
        if stems is not None:
            self._add("stems", shrink(stems))

    def _reserve(self, part: str, dtype: str, count: int) -> SectionWriter:
        return self._file.reserve(f"field/{self._name}/{part}", dtype, count)

    def _add(self, part: str, values: Array) -> None:
        self._file.add(f"field/{self._name}/{part}", values)


def position_counts(data: FieldData) -> Array:
    """Return how many positions each term has: the sum of its frequencies, int64."""
    starts = data.starts.astype(np.int64)
    if data.freqs is None or len(starts) == 1:
        return np.diff(starts)
    counts: Array = np.add.reduceat(data.freqs, starts[:-1], dtype=np.int64)
    return counts


def write_field(file: SectionFileWriter, name: str, data: FieldData, doc_count: int) -> None:
    """Write the postings of one field. Raises ValueError where its arrays do not fit together."""
    check_field(name, data, doc_count)
    freqs, positions = data.freqs, data.positions
    shape = FieldShape(
        postings=len(data.docs),
        high_runs=saves_high(np.diff(data.starts.astype(np.int64)), doc_count),
        freqs=None if freqs is None else shrink(freqs).dtype.str,
        positions=None if positions is None else (shrink(positions).dtype.str, len(positions)),
        wide_few=positions is not None and saves_wide(len(wide_places(positions)), len(positions)),
    )
    sections = FieldSections(file, name, shape)
    sections.append(data)
    sections.finish(data.stems)


def check_field(name: str, data: FieldData, doc_count: int) -> None:
    """Raise ValueError where the arrays of a field do not fit together."""
    count = len(data.docs)
    df = np.diff(data.starts.astype(np.int64))
    wrong = {
        "there is not one start for each term": len(df) != len(data.terms),
        "a term has no posting": bool(len(df)) and int(df.min()) < 1,
        "the starts do not end where the postings end": int(data.starts[-1]) != count,
        "a document is out of range": bool(count) and int(data.docs.max()) >= doc_count,
        "there is not one frequency for each posting": data.freqs is not None and len(data.freqs) != count,
        "there are frequencies without positions": data.positions is None and data.freqs is not None,
        "there are not as many positions as the frequencies say": data.positions is not None
        and len(data.positions) != int(data.frequencies().sum(dtype=np.int64)),
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            raise ValueError(f"field {name}: {what}")


def _write_lengths(file: SectionFileWriter, name: str, data: SegmentData) -> dict[str, int]:
    lengths = data.lengths[name]
    _check_rows(f"lengths of {name}", len(lengths), data)
    file.add(f"lengths/{name}", shrink(lengths))
    if not len(lengths):
        return {"sum": 0, "min": 0, "max": 0}
    return {"sum": int(lengths.sum(dtype=np.int64)), "min": int(lengths.min()), "max": int(lengths.max())}


def _write_column(file: SectionFileWriter, name: str, data: SegmentData) -> dict[str, Any]:
    """Write a column and return its kind and default."""
    column: Column = data.columns[name]
    place = f"column/{name}"
    match column:
        case NumberColumn(values, default):
            _check_rows(place, len(values), data)
            coded = code_numbers(values)
            if coded is None:
                file.add(f"{place}/values", values)
            else:
                file.add(f"{place}/table", coded.table)
                file.add(f"{place}/codes", coded.codes)
            return {"kind": "numbers", "default": default}
        case BytesColumn(values, empty):
            _check_rows(place, len(values), data)
            file.add_table(f"{place}/values", values)
            return {"kind": "bytes", "default": empty.hex()}
        case OrdinalColumn(table, ordinals, starts):
            _check_rows(place, len(ordinals) if starts is None else len(starts) - 1, data)
            file.add_table(f"{place}/table", table)
            file.add(f"{place}/ordinals", ordinals.astype(smallest_dtype(len(table)), copy=False))
            if starts is not None:
                file.add(f"{place}/starts", shrink(starts))
            return {"kind": "ordinals"}


def _check_rows(what: str, rows: int, data: SegmentData) -> None:
    if rows != data.doc_count:
        raise ValueError(f"{what}: {rows} rows for {data.doc_count} documents")
