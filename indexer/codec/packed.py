"""Integers in half the bytes and less: most of each stands in one array, what is left in a short one.

`HighRuns` is for documents: their lower 16 bits, and runs of postings with the same bits above. A term
has as many runs as there are 65,536s of documents, so a common word's postings take 2 bytes instead of
4; a segment of no more documents than that has one run in all. `WideFew` is for positions: a byte each,
and apart those few that need more. Both are read as a `Section` is, but what they return may be a
copy. `code_numbers` is for columns with few different values.
"""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

import numpy as np

from indexer.codec.layout import Array, shrink, smallest_dtype
from indexer.codec.sections import Section, SectionFile, SectionFileWriter

_LOW_BITS = 16
_RUN_BYTES = 6  # of a run, at most, beside the 2 bytes that each document saves
_WIDE_SHARE = 16  # no more than one position of so many may need more than a byte: it takes 6 in all
_MAX_STEPPED_RUNS = 4  # are gone through one by one
_STEP = 1 << 20  # positions looked at at once
_CODED_FROM = 8  # bytes of a number; what is smaller already is not worth it
_MIN_CODED_ROWS = 1 << 10  # two sections more would take what is saved
_CODED_SHARE = 0.5  # of what numbers take, that codes may take
_SAMPLE = 1 << 16  # rows


def saves_high(df: Array, doc_count: int) -> bool:
    """Whether the documents of terms with so many postings, (terms,), take less space as `HighRuns`."""
    most = -(-doc_count // (1 << _LOW_BITS))
    runs = 1 if most <= 1 else int(np.minimum(df, most).sum())
    return runs * _RUN_BYTES < 2 * int(df.sum())


def saves_wide(wide: int, count: int) -> bool:
    """Whether `count` positions, of which `wide` need more than a byte, take less space as `WideFew`."""
    return wide * _WIDE_SHARE <= count


class PackedWriter:
    """Writes `count` integers in pieces: `append` for each, then `finish`. What of them is in the long
    array has `dtype`; `parts` are the names of the two short ones."""

    dtype: str
    parts: tuple[str, str]

    def __init__(self, file: SectionFileWriter, name: str, count: int) -> None:
        self._file = file
        self._name = name
        self._low = file.reserve(name, self.dtype, count)
        self._place = smallest_dtype(count)
        self._written = 0
        self._short: tuple[list[Array], list[Array]] = ([np.zeros(0, self._place)], [np.zeros(0, np.uint8)])

    def _append(self, low: Array, places: Array, values: Array) -> None:
        """Write to the long array; remember places in this piece, and the values for them."""
        self._low.append(low)
        self._short[0].append((places + self._written).astype(self._place))
        self._short[1].append(values)
        self._written += len(low)

    def finish(self) -> None:
        """Write the short arrays."""
        for part, pieces in zip(self.parts, self._short, strict=True):
            self._file.add(f"{self._name}_{part}", shrink(np.concatenate(pieces)))


class HighRunsWriter(PackedWriter):
    """Writes documents, to be read as `HighRuns`."""

    dtype = "<u2"
    parts = ("run_starts", "runs")
    _last = -1

    def append(self, values: Array) -> None:
        """Write values behind what was written."""
        if not len(values):
            return
        high = values >> _LOW_BITS
        begins = np.flatnonzero(np.diff(high.astype(np.int64), prepend=self._last))
        low = (values & ((1 << _LOW_BITS) - 1)).astype(self.dtype)
        self._append(low, begins, high[begins].astype(np.uint16))
        self._last = int(high[-1])


class HighRuns:
    """Integers below 2 ** 32, of which neighbours have the same upper half."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._low = file.section(name)
        self._starts = file.section(f"{name}_run_starts")
        self._highs = file.section(f"{name}_runs")

    def __len__(self) -> int:
        return len(self._low)

    def whole(self) -> Array:
        """Return all, uint32. Raises IndexDamagedError."""
        return self.part(0, len(self))

    def part(self, start: int, stop: int) -> Array:
        """Return elements `start` to `stop`, uint32. Raises IndexDamagedError."""
        values: Array = self._low.part(start, stop).astype(np.uint32)
        self._add_highs(values, start, 0)
        values.flags.writeable = False
        return values

    def read_into(self, out: Array, start: int, more: int) -> None:
        """Fill `out`, uint32, with the elements from `start` on, each plus `more`. Raises
        IndexDamagedError."""
        out[:] = self._low.part(start, start + len(out))
        self._add_highs(out, start, more)

    def _add_highs(self, values: Array, start: int, more: int) -> None:
        """Add to the lower halves of the elements from `start` on their upper halves, and `more`."""
        stop = start + len(values)
        if start == stop:
            return
        # Not NumPy's search: of a number of another dtype it would copy all runs.
        starts, highs = self._runs
        first = bisect_right(starts, start) - 1
        last = bisect_left(starts, stop, first + 1)
        if last - first > _MAX_STEPPED_RUNS:
            ends = np.array(starts[first + 1 : last], np.int64) - start
            values += self._spread(first, last, ends, len(values)) + np.uint32(more)
            return
        for run in range(first, last):
            added = (highs[run] << _LOW_BITS) + more
            if added:
                begin = max(starts[run] - start, 0)
                end = starts[run + 1] - start if run + 1 < last else stop - start
                values[begin:end] += np.uint32(added)

    @functools.cached_property
    def _runs(self) -> tuple[memoryview[int], memoryview[int]]:
        """Where runs begin, and their upper halves."""
        return self._starts.whole().data, self._highs.whole().data

    def take(self, places: Array) -> Array:
        """Return the elements at these places, which ascend, uint32. Raises IndexDamagedError."""
        values: Array = self._low.whole().take(places).astype(np.uint32)
        if len(places):
            starts, _ = self._runs
            first = bisect_right(starts, int(places[0])) - 1
            last = bisect_right(starts, int(places[-1]), first + 1)
            ends = places.searchsorted(np.array(starts[first + 1 : last], places.dtype))
            values |= self._spread(first, last, ends, len(places))
        return values

    def _spread(self, first: int, last: int, ends: Array, end: int) -> Array:
        """Return the upper halves of elements in the runs `first` up to `last`; all runs but the last end
        before the elements `ends`, the last before `end`."""
        highs: Array = self._highs.part(first, last).astype(np.uint32) << np.uint32(_LOW_BITS)
        if len(highs) == 1:
            return highs
        lengths = np.empty(len(highs), np.int64)
        lengths[:-1], lengths[-1] = ends, end
        lengths[1:] -= ends
        return np.repeat(highs, lengths)

    def is_sound(self) -> bool:
        """Whether each element has a run."""
        starts = self._starts.whole()
        begins = len(starts) == len(self._highs) and (not len(self) or (len(starts) and int(starts[0]) == 0))
        return bool(begins) and _ascends_below(starts, len(self))


class WideFewWriter(PackedWriter):
    """Writes positions, to be read as `WideFew`."""

    dtype = "|u1"
    parts = ("wide_places", "wide")

    def append(self, values: Array) -> None:
        """Write values behind what was written."""
        wide = wide_places(values)
        self._append(values.astype(np.uint8), wide, values[wide])


class WideFew:
    """Integers of which few need more than a byte."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._low = file.section(name)
        self._places = file.section(f"{name}_wide_places")
        self._wide = file.section(f"{name}_wide")
        self.wide = len(self._wide)  # how many need more than a byte

    def __len__(self) -> int:
        return len(self._low)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the largest of all."""
        return np.dtype(np.uint8) if not len(self._wide) else self._wide.dtype

    def part(self, start: int, stop: int) -> Array:
        """Return elements `start` to `stop`; of one byte each, where none of them needs more. Raises
        IndexDamagedError."""
        low = self._low.part(start, stop)
        if not len(self._wide):
            return low
        places = self._places.whole()
        first, last = (bisect_left(places.data, place) for place in (start, stop))
        if first == last:
            return low
        values = low.astype(self._wide.dtype)
        values[places[first:last].astype(np.int64) - start] = self._wide.part(first, last)
        values.flags.writeable = False
        return values

    def take(self, at: Array) -> Array:
        """Return the elements at these places, which ascend. Raises IndexDamagedError."""
        low = self._low.whole().take(at)
        if not len(self._wide) or not len(at):
            return low
        places = self._places.whole()
        first, last = (bisect_left(places.data, place) for place in (int(at[0]), int(at[-1]) + 1))
        found = np.minimum(at.searchsorted(places[first:last]), len(at) - 1)
        wide = at.take(found) == places[first:last]
        values: Array = low.astype(self._wide.dtype)
        values[found[wide]] = self._wide.part(first, last)[wide]
        return values

    def is_sound(self) -> bool:
        """Whether what needs more is of these elements, in order."""
        places = self._places.whole()
        return len(places) == len(self._wide) and _ascends_below(places, len(self))


def wide_places(values: Array) -> Array:
    """Return the places of the values that need more than a byte."""
    return np.flatnonzero(values > 0xFF) if values.dtype.itemsize > 1 else np.zeros(0, np.intp)


def wide_count(positions: Section | WideFew) -> int:
    """Return how many positions need more than a byte."""
    if isinstance(positions, WideFew):
        return positions.wide
    if positions.dtype.itemsize == 1:
        return 0
    steps = range(0, len(positions), _STEP)
    return sum(
        int(np.count_nonzero(positions.part(at, min(at + _STEP, len(positions))) > 0xFF)) for at in steps
    )


def read_docs(file: SectionFile, name: str) -> Section | HighRuns:
    """Return the documents called `name`, however they are written. Raises IndexDamagedError."""
    return HighRuns(file, name) if f"{name}_runs" in file else file.section(name)


def read_positions(file: SectionFile, name: str) -> Section | WideFew:
    """Return the positions called `name`, however they are written. Raises IndexDamagedError."""
    return WideFew(file, name) if f"{name}_wide" in file else file.section(name)


def is_sound(numbers: Section | HighRuns | WideFew) -> bool:
    """Whether the sections that integers are read from belong together."""
    return isinstance(numbers, Section) or numbers.is_sound()


def _ascends_below(values: Array, limit: int) -> bool:
    return not len(values) or (bool(np.all(values[1:] > values[:-1])) and int(values[-1]) < limit)


class Coded(NamedTuple):
    """Numbers as the different ones, ascending, and for each row the place of its own among them."""

    table: Array
    codes: Array


def code_numbers(values: Array) -> Coded | None:
    """Return integers of eight bytes as codes, None where these would not be much smaller.

    A quality or a heat is one of some hundred values, in eight bytes so that Whoosh can sort it.
    """
    if values.dtype.kind not in "iu" or values.dtype.itemsize != _CODED_FROM or len(values) < _MIN_CODED_ROWS:
        return None
    sample = values[:: max(1, len(values) // _SAMPLE)]
    if len(np.unique(sample)) > _CODED_SHARE * len(sample):  # all of them would take a sort to find out
        return None
    table, codes = np.unique(values, return_inverse=True)
    dtype = smallest_dtype(len(table) - 1)
    small = len(table) * _CODED_FROM + len(codes) * np.dtype(dtype).itemsize
    return Coded(table, codes.astype(dtype)) if small <= _CODED_SHARE * values.nbytes else None
