"""The files of a generation: one format, saved, opened and verified by this module alone.

A file is named `<kind>-<generation>.<ending>`; `KINDS` lists the kinds. It begins and ends with a line of
JSON:

    {"backfile":1,"crc32":"5f3a09c1"}    the format, and the CRC-32 of the format and all that follows
    ...                                  arrays, one after another, each a frame of zstd
    {"kind":"stories","generation":7,"meta":{...},"arrays":[[name, dtype, bytes], ...]}

Opening a file verifies all of it: an altered one is reported, and never read as data. A file is written
aside, synced and renamed, and the number of a generation is not given twice in a folder (see
`toc.next_generation`): no file that a reader may have mapped is ever written to.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import zstandard

from indexer.codec.layout import Array, damaged
from indexer.codec.sections import check_mapped
from indexer.errors import IndexDamagedError, IndexOutdatedError, unreadable

FORMAT_VERSION = 1  # of all that readers read; one index of it lies in tests/formats
HEADER, MANIFEST, STORIES, PHRASES, CHANGES = "generation", "manifest", "stories", "phrases", "changes"
KINDS = {HEADER: "json", MANIFEST: "arrays", STORIES: "arrays", PHRASES: "arrays", CHANGES: "arrays"}
TABLES = "tables"  # of a generation in a cluster: no index folder has it
_ENDINGS = {**KINDS, TABLES: "arrays"}

_NAME = re.compile(rf"(?:{'|'.join(KINDS)})-([0-9]+)\.")
_FIRST_LINE = re.compile(rb'\{"backfile":([0-9]+),"crc32":"([0-9a-f]{8})"\}\n')
_LEVEL = 3  # of zstd: 6 takes twice the time and saves 4%


class GenerationFile(Mapping[str, Array]):
    """An open file, verified. `meta` are its small values; by its name it gives an array, read-only, which
    is decompressed when it is first asked for."""

    def __init__(self, path: Path, frames: memoryview, table: Mapping[str, Any]) -> None:
        self.path = path
        self.meta: Mapping[str, Any] = table["meta"]
        self._frames = frames
        self._arrays: dict[str, Array] = {}
        self._entries: dict[str, tuple[str, int, int]] = {}  # dtype, first byte, the byte behind the last
        start = 0
        for name, dtype, size in table["arrays"]:
            self._entries[name] = dtype, start, start + size
            start += size

    def __getitem__(self, name: str) -> Array:
        if name not in self._arrays:
            check_mapped(self._frames.obj, self.path)
            dtype, start, end = self._entries[name]
            self._arrays[name] = np.frombuffer(zstandard.decompress(self._frames[start:end]), dtype)
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def damage(self, array: str) -> IndexDamagedError:
        """Return the error for an array that does not fit the others."""
        return damaged(f"what `{array}` refers to is not there, or not in order", str(self.path))


def generation_path(folder: Path, kind: str, generation: int) -> Path:
    """Return where the file of this kind is."""
    return folder / f"{kind}-{generation}.{_ENDINGS[kind]}"


def generation_in(name: str) -> int | None:
    """Return the number of the generation that a file of this name belongs to, None for other files."""
    found = _NAME.match(name)
    return int(found[1]) if found else None


def open_generation_file(folder: Path, kind: str, generation: int) -> GenerationFile:
    """Open and verify a file. Raises IndexDamagedError where it is missing or not what was written,
    IndexOutdatedError where another version of Backfile has written it, IndexUnreadableError."""
    path = generation_path(folder, kind, generation)
    data = _map(path)
    first = _FIRST_LINE.match(data)
    if first is None:
        raise outdated(path) if _is_json(data) else damaged("a file of the index was altered", str(path))
    version, rest = int(first[1]), memoryview(data)[first.end() :]
    if zlib.crc32(rest, version) != int(first[2], 16):
        raise damaged("a file of the index was altered", str(path))
    if version != FORMAT_VERSION:
        raise outdated(path)
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED)  # what was read to verify it would count as our memory
    table = json.loads(data[data.rfind(b"\n", 0, len(data) - 1) :])
    if (table["kind"], table["generation"]) != (kind, generation):
        what = f"the file is {table['kind']} of generation {table['generation']}"
        raise damaged(what, str(path))
    return GenerationFile(path, rest, table)


def save_generation_file(
    folder: Path, kind: str, generation: int, meta: Mapping[str, Any], arrays: Mapping[str, Array]
) -> None:
    """Write a file of small values and of arrays, by their names, and return when it is on the disk."""
    entries: list[tuple[str, str, int]] = []
    crc = FORMAT_VERSION
    with written_aside(generation_path(folder, kind, generation)) as stream:
        stream.write(_first_line(0))
        for name, values in arrays.items():
            little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
            frame = zstandard.compress(little.view(np.uint8).data, _LEVEL)
            stream.write(frame)
            crc = zlib.crc32(frame, crc)
            entries.append((name, little.dtype.str, len(frame)))
        table = {"kind": kind, "generation": generation, "meta": meta, "arrays": entries}
        last = f"\n{json.dumps(table, separators=(',', ':'))}\n".encode("ascii")
        stream.write(last)
        stream.seek(0)
        stream.write(_first_line(zlib.crc32(last, crc)))


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which has the name `path` when the block ends: not before its content is
    on the disk. Where the block fails, nothing is left of it."""
    aside = path.with_name(f"{path.name}.new")
    try:
        with aside.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise


def outdated(path: Path) -> IndexOutdatedError:
    """Return the error for an index, or a file of it, that another version of Backfile has written."""
    cure = "Run `backfile index` to rebuild it."
    return IndexOutdatedError("the index was made by another version of Backfile", where=str(path), cure=cure)


def _map(path: Path) -> mmap.mmap | bytes:
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            return mmap.mmap(stream.fileno(), size, access=mmap.ACCESS_READ) if size else b""
    except FileNotFoundError:
        raise damaged("a file of the index is missing", str(path)) from None
    except PermissionError:
        raise unreadable(path) from None


def _is_json(data: mmap.mmap | bytes) -> bool:
    """Whether all of it is one JSON value, as the header was before the first line was."""
    try:
        json.loads(data[:])
    except ValueError:
        return False
    return True


def _first_line(crc: int) -> bytes:
    return b'{"backfile":%d,"crc32":"%08x"}\n' % (FORMAT_VERSION, crc)
