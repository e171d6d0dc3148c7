"""The files of an archive as arrays: a million of them are a few objects, not millions."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from indexer.archive.records import SourceFile

Array = NDArray[Any]

_AT_ONCE = 1_000


class SourceFiles(Sequence[SourceFile]):
    """Files in the order of their paths; one that is looked at becomes a `SourceFile`.

    `path_starts`, int64 (files + 1,), and `path_data`, uint8, are the paths in UTF-8, one behind
    the other; `sizes` (bytes) and `mtimes` (nanoseconds) are int64, (files,).
    """

    __slots__ = ("mtimes", "path_data", "path_starts", "sizes")

    def __init__(self, path_starts: Array, path_data: Array, sizes: Array, mtimes: Array) -> None:
        self.path_starts = path_starts
        self.path_data = path_data
        self.sizes = sizes
        self.mtimes = mtimes

    def __len__(self) -> int:
        return len(self.sizes)

    @overload
    def __getitem__(self, index: int) -> SourceFile: ...
    @overload
    def __getitem__(self, index: slice) -> SourceFiles: ...
    def __getitem__(self, index: int | slice) -> SourceFile | SourceFiles:
        if isinstance(index, slice):
            return self.take(np.arange(len(self))[index])
        at = range(len(self))[index]
        data = self.path_data[self.path_starts[at] : self.path_starts[at + 1]]
        return SourceFile(_text(data.tobytes()), int(self.sizes[at]), int(self.mtimes[at]))

    def __iter__(self) -> Iterator[SourceFile]:
        return map(self.__getitem__, range(len(self)))

    def take(self, rows: Array) -> SourceFiles:
        """Return the files with these numbers, in this order."""
        builder = SourceFilesBuilder()
        for first in range(0, len(rows), _AT_ONCE):
            part = [self[row] for row in rows[first : first + _AT_ONCE].tolist()]
            builder.extend([f.path for f in part], [f.size for f in part], [f.mtime_ns for f in part])
        return builder.build()


class SourceFilesBuilder:
    """Gathers files, a folder's at a time."""

    def __init__(self) -> None:
        self._starts = array("q", (0,))
        self._data = bytearray()
        self._sizes = array("q")
        self._mtimes = array("q")

    def extend(self, paths: list[str], sizes: Sequence[int], mtimes: Sequence[int]) -> None:
        """Add files, which must follow those before them in the order of paths."""
        text = "".join(paths)
        if text.isascii():
            data, lengths = text.encode(), map(len, paths)
        else:
            rows = [_bytes(path) for path in paths]
            data, lengths = b"".join(rows), map(len, rows)
        ends = accumulate(lengths, initial=len(self._data))
        next(ends)
        self._starts.extend(ends)
        self._data += data
        self._sizes.extend(sizes)
        self._mtimes.extend(mtimes)

    def build(self) -> SourceFiles:
        """Return the files."""
        return SourceFiles(
            np.frombuffer(self._starts, np.int64),
            np.frombuffer(self._data, np.uint8),
            np.frombuffer(self._sizes, np.int64),
            np.frombuffer(self._mtimes, np.int64),
        )


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogatepass")


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogatepass")
