"""Integers of a field in half the bytes: most of each stands in one array, what is left in a short one.

`HighRuns` is for documents: their lower 16 bits, and runs of postings with the same bits above. A term
has as many runs as there are 65,536s of documents, so a common word's postings take 2 bytes instead of
4; a segment of no more documents than that has one run in all. `WideFew` is for positions: a byte each,
and apart those few that need more.

Both are read as a `Section` is, with copies of what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from indexer.codec.layout import Array, shrink, smallest_dtype
from indexer.codec.sections import Section, SectionFile, SectionFileWriter

_LOW_BITS = 16
_RUN_BYTES = 6  # of a run, at most, beside the 2 bytes that each document saves
_WIDE_SHARE = 16  # no more than one position of so many may need more than a byte


class Numbers(Protocol):
    """What `Section` has for those who read integers; see there."""

    def __len__(self) -> int: ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of what is returned."""

    def whole(self) -> Array:
        """Return all."""

    def part(self, start: int, stop: int) -> Array:
        """Return elements `start` to `stop`."""

    def take(self, places: Array) -> Array:
        """Return the elements at these places."""

    def at(self, index: int) -> Any:
        """Return one element as a Python number."""


def saves_high(df: Array, doc_count: int) -> bool:
    """Whether the documents of terms with so many postings, (terms,), take less space as `HighRuns`."""
    most = -(-doc_count // (1 << _LOW_BITS))
    runs = 1 if most <= 1 else int(np.minimum(df, most).sum())
    return runs * _RUN_BYTES < 2 * int(df.sum())


def saves_wide(wide: int, count: int) -> bool:
    """Whether `count` positions, of which `wide` need more than a byte, take less space as `WideFew`."""
    return wide * _WIDE_SHARE <= count


class HighRunsWriter:
    """Writes `count` documents in pieces: `append` for each, then `finish`."""

    def __init__(self, file: SectionFileWriter, name: str, count: int) -> None:
        self._file = file
        self._name = name
        self._low = file.reserve(name, "<u2", count)
        self._place = smallest_dtype(count)
        self._written = 0
        self._last = -1
        self._starts: list[Array] = [np.zeros(0, self._place)]
        self._highs: list[Array] = [np.zeros(0, np.uint16)]

    def append(self, values: Array) -> None:
        """Write values behind what was written."""
        if not len(values):
            return
        self._low.append((values & ((1 << _LOW_BITS) - 1)).astype("<u2"))
        high = values >> _LOW_BITS
        begins = np.flatnonzero(np.diff(high.astype(np.int64), prepend=self._last))
        self._starts.append((begins + self._written).astype(self._place))
        self._highs.append(high[begins].astype(np.uint16))
        self._last = int(high[-1])
        self._written += len(values)

    def finish(self) -> None:
        """Write the runs."""
        self._file.add(f"{self._name}_run_starts", shrink(np.concatenate(self._starts)))
        self._file.add(f"{self._name}_runs", shrink(np.concatenate(self._highs)))


class HighRuns:
    """Integers below 2 ** 32, of which neighbours have the same upper half."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._low = file.section(name)
        self._starts = file.section(f"{name}_run_starts")
        self._highs = file.section(f"{name}_runs")

    @staticmethod
    def is_in(file: SectionFile, name: str) -> bool:
        """Whether the integers called `name` are written so."""
        return f"{name}_runs" in file

    def __len__(self) -> int:
        return len(self._low)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of what is returned."""
        return np.dtype(np.uint32)

    def whole(self) -> Array:
        """Return all, uint32. Raises IndexDamagedError."""
        return self.part(0, len(self))

    def part(self, start: int, stop: int) -> Array:
        """Return elements `start` to `stop`, uint32. Raises IndexDamagedError."""
        values: Array = self._low.part(start, stop).astype(np.uint32)
        starts, highs = self._starts.whole(), self._highs.whole()
        if start < stop and (len(highs) > 1 or highs[0]):
            first = int(starts.searchsorted(start, "right")) - 1
            last = int(starts.searchsorted(stop, "left"))
            ends = np.append(starts[first + 1 : last], stop).astype(np.int64)
            lengths = np.diff(ends, prepend=start)
            values |= np.repeat(highs[first:last].astype(np.uint32) << np.uint32(_LOW_BITS), lengths)
        values.flags.writeable = False
        return values

    def take(self, places: Array) -> Array:
        """Return the elements at these places, uint32. Raises IndexDamagedError."""
        runs = self._starts.whole().searchsorted(places, "right") - 1
        values: Array = self._highs.whole().take(runs).astype(np.uint32) << np.uint32(_LOW_BITS)
        values |= self._low.whole().take(places)
        return values

    def at(self, index: int) -> int:
        """Return one element. Raises IndexDamagedError."""
        run = int(self._starts.whole().searchsorted(index, "right")) - 1
        return int(self._low.at(index)) | int(self._highs.at(run)) << _LOW_BITS

    def is_sound(self) -> bool:
        """Whether each element has a run."""
        starts = self._starts.whole()
        begins = len(starts) == len(self._highs) and (not len(self) or (len(starts) and int(starts[0]) == 0))
        return bool(begins) and bool(np.all(starts[1:] > starts[:-1])) and _all_below(starts, len(self))


class WideFewWriter:
    """Writes `count` positions in pieces: `append` for each, then `finish`."""

    def __init__(self, file: SectionFileWriter, name: str, count: int) -> None:
        self._file = file
        self._name = name
        self._low = file.reserve(name, "|u1", count)
        self._place = smallest_dtype(count)
        self._written = 0
        self._places: list[Array] = [np.zeros(0, self._place)]
        self._wide: list[Array] = [np.zeros(0, np.uint8)]

    def append(self, values: Array) -> None:
        """Write values behind what was written."""
        wide = wide_places(values)
        self._low.append(values.astype(np.uint8))
        self._places.append((wide + self._written).astype(self._place))
        self._wide.append(values[wide])
        self._written += len(values)

    def finish(self) -> None:
        """Write those that need more than a byte."""
        self._file.add(f"{self._name}_wide_places", shrink(np.concatenate(self._places)))
        self._file.add(f"{self._name}_wide", shrink(np.concatenate(self._wide)))


class WideFew:
    """Integers of which few need more than a byte."""

    def __init__(self, file: SectionFile, name: str) -> None:
        self._low = file.section(name)
        self._places = file.section(f"{name}_wide_places")
        self._wide = file.section(f"{name}_wide")

    @staticmethod
    def is_in(file: SectionFile, name: str) -> bool:
        """Whether the integers called `name` are written so."""
        return f"{name}_wide" in file

    def __len__(self) -> int:
        return len(self._low)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the largest of all."""
        return np.dtype(np.uint8) if not len(self._wide) else self._wide.dtype

    @property
    def wide(self) -> int:
        """How many need more than a byte."""
        return len(self._wide)

    def whole(self) -> Array:
        """Return all. Raises IndexDamagedError."""
        return self.part(0, len(self))

    def part(self, start: int, stop: int) -> Array:
        """Return elements `start` to `stop`; of one byte each, where none of them needs more. Raises
        IndexDamagedError."""
        low = self._low.part(start, stop)
        if not len(self._wide):
            return low
        places = self._places.whole()
        first, last = (int(place) for place in places.searchsorted((start, stop)))
        if first == last:
            return low
        values = low.astype(self._wide.dtype)
        values[places[first:last].astype(np.int64) - start] = self._wide.part(first, last)
        values.flags.writeable = False
        return values

    def take(self, places: Array) -> Array:
        """Return the elements at these places. Raises IndexDamagedError."""
        return self.whole().take(places)

    def at(self, index: int) -> int:
        """Return one element. Raises IndexDamagedError."""
        return int(self.part(index, index + 1)[0])

    def is_sound(self) -> bool:
        """Whether what needs more is of these elements, in order."""
        places = self._places.whole()
        ascends = bool(np.all(places[1:] > places[:-1]))
        return len(places) == len(self._wide) and ascends and _all_below(places, len(self))


def wide_places(values: Array) -> Array:
    """Return the places of the values that need more than a byte."""
    return np.flatnonzero(values > 0xFF) if values.dtype.itemsize > 1 else np.zeros(0, np.intp)


def wide_count(numbers: Sequence[Numbers]) -> int | None:
    """Return how many of all these need more than a byte, None where that is not known."""
    total = 0
    for each in numbers:
        if isinstance(each, WideFew):
            total += each.wide
        elif each.dtype.itemsize > 1:
            return None
    return total


def read_numbers(file: SectionFile, name: str) -> Numbers:
    """Return the integers called `name`, however they are written. Raises IndexDamagedError."""
    for packed in (HighRuns, WideFew):
        if packed.is_in(file, name):
            return packed(file, name)
    return file.section(name)


def is_sound(numbers: Numbers) -> bool:
    """Whether the parts that integers are read from belong together."""
    return isinstance(numbers, Section) or bool(numbers.is_sound())  # type: ignore[attr-defined]


def _all_below(values: Array, limit: int) -> bool:
    return not len(values) or int(values[-1]) < limit
