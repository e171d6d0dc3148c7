"""Byte strings of any length as two arrays: terms, values of columns and facets, postings' values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from indexer.codec.layout import Array

_MAX_PADDING = 8  # times as large as the rows themselves
_MIN_PADDED = 1 << 20  # bytes that may always be taken
_TAKEN_AT_ONCE = 1 << 21  # bytes


@dataclass(frozen=True, slots=True)
class BytesTable:
    """Row i is `data[starts[i]:starts[i + 1]]`. `starts`: (rows + 1,) integers, the first is 0;
    `data`: uint8."""

    starts: Array
    data: Array

    @classmethod
    def of(cls, rows: Iterable[bytes]) -> BytesTable:
        """Return the table of `rows`."""
        rows = list(rows)
        return cls(offsets_of(np.fromiter(map(len, rows), np.int64, len(rows))), as_array(b"".join(rows)))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> bytes:
        return self.data[self.starts[row] : self.starts[row + 1]].tobytes()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.rows(0, len(self)))

    def rows(self, first: int, last: int) -> list[bytes]:
        """Return rows `first` up to `last`."""
        starts = self.starts[first : last + 1].tolist()
        base = starts[0]
        data = self.data[base : starts[-1]].tobytes()
        return [data[a - base : b - base] for a, b in pairwise(starts)]

    def take(self, rows: Array) -> BytesTable:
        """Return the table of the rows with these numbers, in this order."""
        begins = self.starts[:-1][rows].astype(np.int64)
        lengths = self.starts[1:][rows].astype(np.int64) - begins
        offsets = offsets_of(lengths)
        data = np.empty(int(offsets[-1]), np.uint8)
        first = 0
        while first < len(lengths):  # piece by piece: where each byte comes from takes eight
            end = offsets[first] + _TAKEN_AT_ONCE
            last = max(int(offsets.searchsorted(end, "right")) - 1, first + 1)
            places = run_indices(begins[first:last], lengths[first:last])
            data[offsets[first] : offsets[last]] = self.data[places]
            first = last
        return BytesTable(offsets, data)


def padded(table: BytesTable) -> Array | None:
    """Return the rows as one array of NumPy's byte strings, which sorts as they do: (rows,). None where
    that cannot hold them (a row ends with a zero byte) or takes far more memory than they do."""
    lengths = np.diff(table.starts.astype(np.int64))
    width = max(int(lengths.max(initial=0)), 1)
    if width * len(lengths) > max(_MAX_PADDING * len(table.data), _MIN_PADDED):
        return None
    ends = table.starts[1:][lengths > 0].astype(np.int64) - 1
    if not table.data[ends].all():
        return None
    cells = np.zeros((len(lengths), width), np.uint8)
    first, last = int(table.starts[0]), int(table.starts[-1])
    cells[np.arange(width) < lengths[:, None]] = table.data[first:last]
    return cells.view(f"S{width}").reshape(-1)


def fixed(table: BytesTable, width: int) -> Array:
    """Return rows of at most `width` bytes as NumPy's byte strings; where all are as long, no copy."""
    if len(table.data) == width * len(table):
        return table.data.view(f"S{width}")
    return np.array(list(table), f"S{width}")


def unpadded(rows: Array) -> BytesTable:
    """Return the table of NumPy's byte strings: the inverse of `padded`."""
    lengths = np.char.str_len(rows).astype(np.int64)
    cells = np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), rows.dtype.itemsize)
    return BytesTable(offsets_of(lengths), cells[np.arange(cells.shape[1]) < lengths[:, None]])


def as_array(data: bytes) -> Array:
    """Return the bytes as uint8."""
    return np.frombuffer(data, np.uint8)


def offsets_of(lengths: Array) -> Array:
    """Return where each of consecutive runs begins, and the end: int64, shape (runs + 1,)."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def run_indices(starts: Array, lengths: Array) -> Array:
    """Return start, start + 1, ... for each run, one run after another: int64."""
    ends = lengths.cumsum(dtype=np.int64)
    indices: Array = np.arange(ends[-1] if len(ends) else 0, dtype=np.int64)
    indices += (starts - ends + lengths).repeat(lengths)
    return indices


def run_begins(ordered: Array) -> Array:
    """Return where a value differs from the one before it: bool, (values,); the first one does."""
    begins = np.empty(len(ordered), np.bool_)
    begins[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins


def concatenate(tables: Iterable[BytesTable]) -> BytesTable:
    """Return the rows of all tables, in order."""
    tables = list(tables)
    lengths = [np.diff(table.starts.astype(np.int64)) for table in tables]
    empty = [np.zeros(0, np.uint8)]
    parts = [t.data[int(t.starts[0]) : int(t.starts[-1])] for t in tables]
    return BytesTable(
        offsets_of(np.concatenate([np.zeros(0, np.int64), *lengths])), np.concatenate(empty + parts)
    )
