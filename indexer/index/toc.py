"""Whoosh's table of contents, written so that it survives a crash and read so that it runs nothing.

Whoosh pickles the schema and the list of segments. Reading it, the schema is passed over (ours is
known), and the segments go through an unpickler that knows only the classes that a list of segments
needs. Writing it, the bytes are on the disk before the rename that makes them current. Behind what Whoosh
writes, and reads, stands a checksum of it.
"""

from __future__ import annotations

import io
import os
import pickle
import time
import zlib
from pathlib import Path
from typing import Any, NamedTuple

from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import _CURRENT_TOC_VERSION, TOC, FileIndex

from indexer.codec.layout import damaged
from indexer.errors import unreadable
from indexer.index.files import generation_in, written_aside
from indexer.index.schema import build_schema

INDEX_NAME = "MAIN"
_TOC_NAME = TOC._pattern(INDEX_NAME)

# What a pickled list of segments is made of.
_ALLOWED = {("indexer.codec.codec", "ArraySegment")}
_SIZES = 3  # of int, long and float on the machine that wrote it
_BYTE_ORDER = -12345
_CRC = b"BKFTOC01%08x"  # behind all else
_CRC_SIZE = len(_CRC % 0)
_COARSEST = 2_500_000_000  # ns
_LOOK_EVERY = 0.002  # seconds: a look at the folder takes as long as parsing a query


def toc_path(folder: Path, generation: int) -> Path:
    """Return where the table of contents of `generation` is kept."""
    return folder / str(TOC._filename(INDEX_NAME, generation))


def latest_generation(folder: Path) -> int:
    """Return the number of the current generation, or -1 where there is none. Raises
    IndexUnreadableError, which Whoosh takes for a folder without files."""
    try:
        names = os.listdir(folder)
    except PermissionError:
        raise unreadable(folder) from None
    except OSError:
        return -1
    return max((int(found[1]) for found in map(_TOC_NAME.match, names) if found), default=-1)


def next_generation(folder: Path) -> int:
    """Return a number above those of all generations that have left a file in the folder, so that none
    is given twice: where the table of contents was lost, readers may have the others of its files open."""
    names = os.listdir(folder)
    numbers = [generation_in(name) or 0 for name in names]
    return max(*numbers, 0, latest_generation(folder)) + 1


class Stamp(NamedTuple):
    """Which generation this is. Its number alone does not say: an index that was removed and built anew,
    or put in the place of another, counts from 1 again."""

    number: int  # -1 where there is none
    inode: int = 0  # of the table of contents
    mtime_ns: int = 0


_NO_GENERATION = Stamp(-1)


def stamp_of(folder: Path, generation: int) -> Stamp:
    """Return the stamp of `generation`, to be taken before it is opened: what changes meanwhile is
    seen at the next look."""
    try:
        found = os.stat(toc_path(folder, generation))
    except OSError:  # a run has removed it meanwhile
        return Stamp(generation)
    return Stamp(generation, found.st_ino, found.st_mtime_ns)


class GenerationWatch:
    """Tells which generation is current, looking into the folder only where that has changed.

    A folder's time of change may be as coarse as a second or two, so one that is no older than that
    proves nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed: tuple[int, int] | None = None  # the folder's inode and its ns since the epoch
        self._stamp = _NO_GENERATION
        self._looked = -_LOOK_EVERY

    def latest(self) -> Stamp:
        """Return the stamp of the current generation; its number is -1 where there is none."""
        now = time.monotonic()
        if now < self._looked + _LOOK_EVERY:
            return self._stamp
        self._looked = now
        try:
            found = os.stat(self._folder)
        except OSError:
            self._changed, self._stamp = None, _NO_GENERATION
            return self._stamp
        changed = (found.st_ino, found.st_mtime_ns)
        if changed != self._changed:
            moment = time.time_ns()
            number = latest_generation(self._folder)
            self._stamp = stamp_of(self._folder, number) if number >= 0 else _NO_GENERATION
            self._changed = changed if 0 <= found.st_mtime_ns < moment - _COARSEST else None
        return self._stamp


def read_toc(folder: Path, generation: int) -> TOC:
    """Read a table of contents, running nothing from it. Raises IndexDamagedError where it is missing, or
    not what was written, IndexUnreadableError."""
    path = toc_path(folder, generation)
    try:
        segments = _segments_in(path.read_bytes(), generation)
    except PermissionError:
        raise unreadable(path) from None
    except Exception as error:  # a pickle of another's making can fail in any way
        raise damaged(f"the table of contents cannot be read: {error}", str(path)) from error
    storage = FileStorage(str(folder))
    for segment in segments:
        segment.bind(storage)  # where its deletions lie
    return TOC(build_schema(), segments, generation)


def _segments_in(data: bytes, generation: int) -> list[Any]:
    content = data[:-_CRC_SIZE]
    if data[-_CRC_SIZE:] != _CRC % zlib.crc32(content):
        raise ValueError("the checksum does not match")
    stream = StructFile(io.BytesIO(content))
    for _ in range(_SIZES):
        stream.read_varint()
    if stream.read_int() != _BYTE_ORDER or stream.read_int() != _CURRENT_TOC_VERSION:
        raise ValueError("it is not a table of contents of this version")
    for _ in range(_SIZES):
        stream.read_varint()  # Whoosh's release
    stream.skip_string()  # the pickled schema
    if stream.read_int() != generation:
        raise ValueError("it is of another generation")
    stream.read_int()
    segments: list[Any] = _SegmentUnpickler(stream.file).load()
    return segments


def write_toc(folder: Path, schema: Schema, segments: list[Any], generation: int) -> None:
    """Make `segments` the index, by one rename. What they consist of must be on the disk already."""
    memory = RamStorage()
    TOC(schema, segments, generation).write(memory, INDEX_NAME)
    target = toc_path(folder, generation)
    content = memory.files[target.name]
    sync_folder(folder)  # the files that it names
    with written_aside(target) as stream:
        stream.write(content + _CRC % zlib.crc32(content))
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Return when the names in `folder` are on the disk, where the system can tell."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class ArchiveIndex(FileIndex):
    """Whoosh's index over a folder, with our own schema and our own reading of its table of contents."""

    def __init__(self, folder: Path) -> None:
        self.storage = FileStorage(str(folder))
        self.indexname = INDEX_NAME
        self._schema = build_schema()
        self._folder = folder

    def reader_of(self, toc: TOC) -> Any:
        """Return Whoosh's reader of the generation that `toc` names."""
        return self._reader(self.storage, toc.schema, toc.segments, toc.generation)

    def _read_toc(self) -> TOC:
        return read_toc(self._folder, latest_generation(self._folder))


class _SegmentUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return an allowed class; refuse all others."""
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no list of segments needs")
        return super().find_class(module, name)
