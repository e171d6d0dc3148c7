"""Lists of any length, sorted paths, and identities, as whole arrays: taken, compared, numbered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import BytesTable, offsets_of, run_begins, run_indices
from indexer.index.schema import NO_DATE

MIXER = np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hash: 2 ** 64 over the golden ratio
_MAX_STEP = 1 << 16  # rows compared, or taken, at once
_MIN_PIECE = 8  # rows a piece, on average, from which on copying pieces is faster than indexing


@dataclass(frozen=True, slots=True)
class Lists:
    """List i is `values[starts[i]:starts[i + 1]]`. `starts`: int64, (lists + 1,), the first is 0."""

    starts: Array
    values: Array

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> Array:
        return self.values[self.starts[row] : self.starts[row + 1]]

    @property
    def lengths(self) -> Array:
        """How long each is: int64, (lists,)."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Array:
        """For each value the number of its list: int64, (values,)."""
        return np.repeat(np.arange(len(self), dtype=np.int64), self.lengths)

    def take(self, rows: Array) -> Lists:
        """Return the lists with these numbers, in this order."""
        starts = offsets_of(self.lengths[rows])
        return Lists(starts, self._gather(rows, int(starts[-1])))

    def _gather(self, rows: Array, size: int) -> Array:
        """Return the values of the lists in `rows`, `size` in all; what lies together is copied as one
        piece, and an index of each value is made for a part at a time: of a million paths it would
        take ten times what they do."""
        values = np.empty(size, self.values.dtype)
        begins = np.flatnonzero(np.diff(rows, prepend=rows[:1] - 2) != 1)
        if len(begins) * _MIN_PIECE >= len(rows):
            pieces = range(0, len(rows), _MAX_STEP)
            parts: Iterable[Any] = (self._indices(rows[at : at + _MAX_STEP]) for at in pieces)
        else:
            ends = np.append(begins[1:], len(rows)) - 1
            first, last = self.starts[rows[begins]].tolist(), self.starts[rows[ends] + 1].tolist()
            parts = map(slice, first, last)
        done = 0
        for part in parts:
            piece = self.values[part]
            values[done : done + len(piece)] = piece
            done += len(piece)
        return values

    def _indices(self, rows: Array) -> Array:
        starts = self.starts[rows]
        return run_indices(starts, self.starts[rows + 1] - starts)

    def equal(self, rows: Array, other: Lists, other_rows: Array) -> Array:
        """Whether each of these lists is the same as the other's of `other_rows`: bool, (rows,)."""
        same: Array = self.lengths[rows] == other.lengths[other_rows]
        for at in range(0, len(rows), _MAX_STEP):  # a part at a time: what is compared is copied
            alike = at + np.flatnonzero(same[at : at + _MAX_STEP])
            mine, others = self.take(rows[alike]), other.take(other_rows[alike])
            same[alike[mine.owners[mine.values != others.values]]] = False
        return same


def join(parts: Sequence[Lists]) -> Lists:
    """Return the lists of all parts, in order. There is at least one."""
    if len(parts) == 1:
        return parts[0]
    lengths = np.concatenate([part.lengths for part in parts])
    return Lists(offsets_of(lengths), np.concatenate([part.values for part in parts]))


def same_rows(a: BytesTable, b: BytesTable) -> tuple[Array, Array]:
    """Return the numbers of the rows that both have, in `a` and in `b`: int64, (common,) each.

    Both are in ascending order, each row once. What is alike is compared as arrays, however long it
    is; only where they part is it a row at a time.
    """
    i = j = 0
    runs: list[tuple[int, int, int]] = []
    while i < len(a) and j < len(b):
        length = _common_run(a, i, b, j)
        if length:
            runs.append((i, j, length))
            i, j = i + length, j + length
            if i == len(a) or j == len(b):
                break
        if a[i] < b[j]:
            i = lower_bound(a, b[j], i + 1)
        elif a[i] > b[j]:
            j = lower_bound(b, a[i], j + 1)
    starts_a, starts_b, lengths = np.array(runs, np.int64).reshape(-1, 3).T
    return run_indices(starts_a, lengths), run_indices(starts_b, lengths)


def lower_bound(table: BytesTable, key: bytes, low: int = 0) -> int:
    """Return the number of the first row from `low` on that is not before `key`; rows ascend."""
    step = 1
    while low + step <= len(table) and table[low + step - 1] < key:
        low += step
        step *= 2
    high = min(low + step, len(table))
    while low < high:
        middle = (low + high) // 2
        if table[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


def _common_run(a: BytesTable, i: int, b: BytesTable, j: int) -> int:
    """Return how many rows are the same in `a` from `i` on and in `b` from `j` on."""
    begin, step = i, 1
    while True:
        rows = min(step, len(a) - i, len(b) - j)
        alike = _alike(a, i, b, j, rows)
        i, j = i + alike, j + alike
        if alike < rows or not rows:
            return i - begin
        step = min(step * 2, _MAX_STEP)


def _alike(a: BytesTable, i: int, b: BytesTable, j: int, rows: int) -> int:
    ends_a = a.starts[i : i + rows + 1] - a.starts[i]
    ends_b = b.starts[j : j + rows + 1] - b.starts[j]
    differ = np.flatnonzero(ends_a != ends_b)
    rows = int(differ[0]) - 1 if len(differ) else rows
    size = ends_a[rows]
    bytes_a = a.data[a.starts[i] : a.starts[i] + size]
    bytes_b = b.data[b.starts[j] : b.starts[j] + size]
    if np.array_equal(bytes_a, bytes_b):
        return rows
    first = int(np.argmax(bytes_a != bytes_b))
    return int(np.searchsorted(ends_a, first, side="right")) - 1


def number_identities(arrays: Sequence[Array]) -> tuple[Array, list[Array]]:
    """Return all identities that occur, S16, each once and ascending, and each array as their numbers.

    The numbers are int32: there are fewer than two billion.
    """
    everything = np.ascontiguousarray(np.concatenate([np.zeros(0, "S16"), *arrays]))
    order = order_of(everything)
    ordered = everything[order]
    begins = run_begins(ordered)
    numbers = np.empty(len(ordered), np.int32)
    numbers[order] = np.cumsum(begins, dtype=np.int32) - 1
    ends = np.cumsum([len(array) for array in arrays])
    return ordered[begins], np.split(numbers, ends[:-1])


def find(keys: Array, table: Array) -> tuple[Array, Array]:
    """Return for each key where it stands in `table`, which ascends, and whether it does."""
    if not len(table):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.bool_)
    at = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return at, table[at] == keys


def order_of(identities: Array) -> Array:
    """Return the order of identities, S16. Most differ in the first eight bytes; sorting by both halves, or
    as texts, would take several times as long."""
    halves = np.ascontiguousarray(identities).view(">u8").reshape(-1, 2)
    order = np.argsort(halves[:, 0].astype(np.uint64))
    first = halves[:, 0][order]
    same = first[1:] == first[:-1]
    tied = np.zeros(len(order), np.bool_)
    tied[1:] |= same
    tied[:-1] |= same
    among = order[tied]
    order[tied] = among[np.lexsort((halves[:, 1][among], halves[:, 0][among]))]
    return order


def published(arrays: SegmentArrays) -> Array:
    """Return when each document is dated, in epoch seconds, int64; NO_DATE for none."""
    return numbers(arrays, "published")


def numbers(arrays: SegmentArrays, name: str) -> Array:
    """Return the moment or the day of each document, int64; NO_DATE for none."""
    if name not in arrays.column_kinds:
        return np.full(arrays.doc_count, NO_DATE, np.int64)
    found: Array = (arrays.numbers(name) ^ np.uint64(1 << 63)).view(np.int64)  # sorts as unsigned
    return found


def roots(count: int, a: Array, b: Array) -> Array:
    """Return for each of `count` numbers the smallest that it is connected with: int32, (count,).

    `a[i]` and `b[i]` are connected directly. In each round the larger of two roots is hung below
    the smaller, then every path is cut to one step; so the number of rounds is small.
    """
    root = np.arange(count, dtype=np.int32)
    while True:
        root_a, root_b = root[a], root[b]
        apart = np.flatnonzero(root_a != root_b)
        if not len(apart):
            return root
        a, b = a[apart], b[apart]
        root_a, root_b = root_a[apart], root_b[apart]
        np.minimum.at(root, np.maximum(root_a, root_b), np.minimum(root_a, root_b))
        while not np.array_equal(above := root[root], root):
            root = above
