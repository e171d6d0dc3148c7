"""Writes and reads the file that `layout` describes: named arrays, verified when first touched."""

from __future__ import annotations

import mmap
import os
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np

from indexer.codec.layout import (
    BLOCK,
    HEADER_SIZE,
    Array,
    Header,
    SectionEntry,
    Table,
    aligned,
    damaged,
    decode_header,
    decode_table,
    encode_header,
    encode_table,
    shrink,
)
from indexer.codec.tables import BytesTable
from indexer.errors import unreadable


class SectionWriter:
    """One section being written, in as many pieces as it comes in. See `SectionFileWriter`."""

    def __init__(self, stream: BinaryIO, entry: SectionEntry) -> None:
        self.entry = entry
        self.open_ended = False  # where the size is not known
        self._stream = stream
        self._position = 0  # bytes written
        self._crc = 0  # of the block that is not full
        self.checksums: list[int] = []

    def append(self, values: Array) -> None:
        """Write `values` behind what was written; they are converted to the section's dtype."""
        if not len(values):
            return
        data = np.ascontiguousarray(values, dtype=self.entry.dtype).data.cast("B")
        if self._position + data.nbytes > self.entry.size and not self.open_ended:
            raise ValueError(f"section {self.entry.name} gets more than the {self.entry.count} reserved")
        self._stream.seek(self.entry.offset + self._position)
        self._stream.write(data)
        done = 0
        while done < data.nbytes:
            room = BLOCK - self._position % BLOCK
            piece = data[done : done + room]
            self._crc = zlib.crc32(piece, self._crc)
            done += piece.nbytes
            self._position += piece.nbytes
            if self._position % BLOCK == 0:
                self._end_block()

    def finish(self) -> None:
        """End the last block. Raises ValueError where less was written than reserved."""
        if self.open_ended:
            self.open_ended = False
            self.entry = replace(self.entry, count=self._position // np.dtype(self.entry.dtype).itemsize)
        if self._position != self.entry.size:
            raise ValueError(f"section {self.entry.name} has {self._position} of {self.entry.size} bytes")
        if self._position % BLOCK and len(self.checksums) < self.entry.blocks:
            self._end_block()

    def _end_block(self) -> None:
        self.checksums.append(self._crc)
        self._crc = 0


class SectionFileWriter:
    """Writes the file: `reserve` or `add` each section, in any order, then `close(meta)` once.

    Sections that were reserved may be filled side by side: merging streams several at a time.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._end = HEADER_SIZE
        self._blocks = 0
        self._sections: list[SectionWriter] = []
        self._open: SectionWriter | None = None  # the one whose size is not known

    def reserve(self, name: str, dtype: str, count: int) -> SectionWriter:
        """Return a section of `count` elements to be filled."""
        self._end_open()
        entry = SectionEntry(name, dtype, count, aligned(self._end), self._blocks)
        section = SectionWriter(self._stream, entry)
        self._end = entry.offset + entry.size
        self._blocks += entry.blocks
        self._sections.append(section)
        return section

    def begin(self, name: str, dtype: str) -> SectionWriter:
        """Return a section of a size that is not known; it ends where the next is asked for."""
        self._open = self.reserve(name, dtype, 0)
        self._open.open_ended = True
        return self._open

    def _end_open(self) -> None:
        if self._open is not None:
            self._open.finish()
            entry = self._open.entry
            self._end = entry.offset + entry.size
            self._blocks += entry.blocks
            self._open = None

    def add(self, name: str, values: Array) -> None:
        """Write a whole section, in the dtype that `values` have."""
        little = values.dtype.newbyteorder("<")
        self.reserve(name, little.str, len(values)).append(values)

    def add_table(self, name: str, table: BytesTable) -> None:
        """Write a table of byte strings as two sections, to be read by `read_table`."""
        self.add(f"{name}/starts", shrink(table.starts))
        self.add(f"{name}/data", table.data)

    def close(self, meta: Mapping[str, Any]) -> int:
        """Write checksums, table and header; return the file's size. The stream stays open."""
        self._end_open()
        checksums: list[int] = []
        for section in self._sections:
            section.finish()
            checksums += section.checksums
        packed = np.array(checksums, "<u4").tobytes()
        at = aligned(self._end)
        self._stream.seek(at)
        self._stream.write(packed)
        seconds = tuple(zlib.crc32(packed[i : i + BLOCK]) for i in range(0, len(packed), BLOCK))
        entries = tuple(section.entry for section in self._sections)
        table = encode_table(Table(entries, at, seconds, meta))
        self._stream.write(table)
        size = at + len(packed) + len(table)
        header = Header(size, at + len(packed), len(table), zlib.crc32(table))
        self._stream.seek(0)
        self._stream.write(encode_header(header))
        return size


class Section:
    """An array of the file. `part` and `whole` verify the blocks that they return."""

    __slots__ = ("_array", "_file", "_first", "_item", "_itemsize", "_touched", "_verified", "_view", "name")

    def __init__(self, file: SectionFile, entry: SectionEntry, array: Array) -> None:
        self.name = entry.name
        self._file = file
        self._array = array
        self._item = array.item
        self._view = array.data
        self._touched = file.touched
        self._first = entry.first_block
        self._itemsize = array.itemsize
        self._verified = entry.size == 0

    def __len__(self) -> int:
        return len(self._array)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the elements."""
        return self._array.dtype

    def whole(self) -> Array:
        """Return all of it, read-only, shape (count,). Raises IndexDamagedError."""
        if not self._verified:
            self._file.verify_blocks(self._first, self._first + -(-self._array.nbytes // BLOCK))
            self._verified = True
        return self._array

    def part(self, start: int, stop: int) -> Array:
        """Return elements `start` to `stop`, read-only. Raises IndexDamagedError."""
        if not self._verified and stop > start:
            first = self._first + start * self._itemsize // BLOCK
            last = self._first + (stop * self._itemsize - 1) // BLOCK
            self._file.verify_blocks(first, last + 1)
        return self._array[start:stop]

    def take(self, places: Array) -> Array:
        """Return the elements at these places. Raises IndexDamagedError."""
        return self.whole().take(places)

    def read_into(self, out: Array, start: int, more: int) -> None:
        """Fill `out` with the elements from `start` on, each plus `more`. Raises IndexDamagedError."""
        np.add(self.part(start, start + len(out)), out.dtype.type(more), out=out)

    def at(self, index: int) -> Any:
        """Return one element as a Python number. Raises IndexDamagedError."""
        if not self._verified:
            block = self._first + index * self._itemsize // BLOCK
            if not self._touched[block]:
                self._file.verify_blocks(block, block + 1)
        return self._item(index)

    def some(self, places: Sequence[int]) -> list[Any]:
        """Return the elements at these places as Python numbers. Raises IndexDamagedError."""
        if not self._verified:
            for block in {self._first + place * self._itemsize // BLOCK for place in places}:
                if not self._touched[block]:
                    self._file.verify_blocks(block, block + 1)
        return [self._item(place) for place in places]

    def raw(self, start: int, stop: int) -> bytes:
        """Return elements of a section of uint8 as bytes. Raises IndexDamagedError."""
        if not self._verified and stop > start:
            first, last = self._first + start // BLOCK, self._first + (stop - 1) // BLOCK
            if first != last or not self._touched[first]:
                self._file.verify_blocks(first, last + 1)
        return bytes(self._view[start:stop])


class SectionFile:
    """A file of sections, opened for reading. Each `Section` is found by its name.

    `buffer` is the whole file, usually an mmap; `path` is how errors call it. Raises
    IndexDamagedError where size, header or table are not what was written.
    """

    def __init__(self, buffer: Any, path: str) -> None:
        self.path = path
        self._buffer = buffer
        self._data = memoryview(buffer)
        size = self._data.nbytes
        header = decode_header(bytes(self._data[:HEADER_SIZE]), size, path)
        end = header.table_offset + header.table_size
        if end != size:
            raise damaged("there is something behind the table", path, "table")
        self.table: Table = decode_table(bytes(self._data[header.table_offset : end]), header, path)
        self.meta = self.table.meta
        self._entries = {entry.name: entry for entry in self.table.sections}
        self._first_blocks = [entry.first_block for entry in self.table.sections]
        self._open: dict[str, Section] = {}
        self.touched = bytearray(self.table.blocks)  # 1 for each block that was verified
        self._touched_checksums = bytearray(len(self.table.checksum_blocks))

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def touched_blocks(self) -> int:
        """How many blocks have been verified so far, those of the checksums included."""
        return sum(self.touched) + sum(self._touched_checksums)

    def section(self, name: str) -> Section:
        """Return the section `name`. Raises IndexDamagedError where there is none."""
        found = self._open.get(name)
        if found is None:
            entry = self._entries.get(name)
            if entry is None:
                raise damaged("a section of the file is missing", self.path, name)
            array = np.frombuffer(self._data, entry.dtype, entry.count, entry.offset)
            array.flags.writeable = False
            found = self._open[name] = Section(self, entry, array)
        return found

    def read_table(self, name: str) -> BytesTable:
        """Return a table that was written by `add_table`. Raises IndexDamagedError."""
        return BytesTable(*(self.section(f"{name}/{part}").whole() for part in ("starts", "data")))

    def check_size(self) -> None:
        """Raise IndexDamagedError where the file was cut short since it was opened."""
        check_mapped(self._buffer, self.path)

    def release(self) -> None:
        """Give back the memory of what was read of a mapped file: it is read again where it is touched."""
        if isinstance(self._buffer, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            self._buffer.madvise(mmap.MADV_DONTNEED)

    def verify_blocks(self, first: int, last: int) -> None:
        """Verify the blocks from `first` up to `last` that no one has touched."""
        block = self.touched.find(0, first, last)
        while block >= 0:
            if not self._is_sound(block):
                raise damaged("the checksum does not match", self.path, self._entry_of(block).name)
            self.touched[block] = 1
            block = self.touched.find(0, block + 1, last)

    def damages(self) -> Iterator[str]:
        """Verify everything anew; yield the name of each section with a damaged block, once."""
        for number, crc in enumerate(self.table.checksum_blocks):
            if zlib.crc32(self._checksum_block(number)) != crc:
                yield "checksums"
                return
        for entry in self.table.sections:
            blocks = range(entry.first_block, entry.first_block + entry.blocks)
            if not all(self._is_sound(block) for block in blocks):
                yield entry.name
        end = HEADER_SIZE
        extents = [(entry.name, entry.offset, entry.size) for entry in self.table.sections]
        extents.append(("checksums", self.table.checksum_offset, 4 * self.table.blocks))
        for name, start, size in extents:
            if any(self._data[end:start]):
                yield f"gap before {name}"
            end = start + size

    def _entry_of(self, block: int) -> SectionEntry:
        # Of those that begin at the same block all but the last are empty.
        return self.table.sections[bisect_right(self._first_blocks, block) - 1]

    def _is_sound(self, block: int) -> bool:
        entry = self._entry_of(block)
        start = entry.offset + (block - entry.first_block) * BLOCK
        data = self._data[start : min(start + BLOCK, entry.offset + entry.size)]
        return zlib.crc32(data) == self._checksum(block)

    def _checksum(self, block: int) -> int:
        number = block * 4 // BLOCK
        if not self._touched_checksums[number]:
            if zlib.crc32(self._checksum_block(number)) != self.table.checksum_blocks[number]:
                raise damaged("the checksums were altered", self.path, "checksums")
            self._touched_checksums[number] = 1
        at = self.table.checksum_offset + 4 * block
        return int.from_bytes(self._data[at : at + 4], "little")

    def _checksum_block(self, number: int) -> memoryview:
        start = self.table.checksum_offset + number * BLOCK
        end = self.table.checksum_offset + 4 * self.table.blocks
        return self._data[start : min(start + BLOCK, end)]


@dataclass(frozen=True, slots=True)
class Damage:
    """Something in a file that is not what was written."""

    path: str
    section: str
    what: str


def check_mapped(buffer: Any, path: object) -> None:
    """Raise IndexDamagedError where a mapped file is shorter than it was: the system ends a process that
    reads beyond the end of one (SIGBUS). Takes half a microsecond."""
    if isinstance(buffer, mmap.mmap) and buffer.size() < len(buffer):
        raise damaged(f"a file of the index was cut short to {buffer.size()} bytes", str(path))


def open_file(path: str) -> SectionFile:
    """Map the file at `path`. Raises IndexDamagedError where it is missing or not what was written,
    IndexUnreadableError."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise damaged("a file of the index is missing", path) from None
    except PermissionError:
        raise unreadable(path) from None
    try:
        size = os.fstat(handle).st_size
        buffer: Any = mmap.mmap(handle, size, access=mmap.ACCESS_READ) if size else b""
    finally:
        os.close(handle)
    return SectionFile(buffer, path)
