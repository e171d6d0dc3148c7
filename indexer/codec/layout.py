"""The file of a segment: what stands where, and how damage is detected.

    0    header, 64 bytes: magic, format version, block size, size of the file, where the table is,
         checksums of the table and of the header itself
    64   sections: arrays, little-endian, each beginning at a multiple of 64, gaps zero
         checksums: one CRC-32 (uint32) for each block of 64 KiB of each section, in table order
         table: JSON; the sections (name, dtype, count, offset, first block), the CRC-32 of each block
         of the checksums, and `meta`, small values that are no arrays

A block belongs to one section: the last of a section is as long as what is left. Opening verifies
size, header and table; a section's block is verified when it is first touched, its checksum's own
block before it. So opening costs the same whatever the number of documents.

CRC-32 finds every burst of up to 32 bits and misses one random change in 4e9; zlib's runs at 1 to
3 GB/s, and is in the standard library. It guards against accidents, not against forgers.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamagedError, IndexOutdatedError

Array = NDArray[Any]

MAGIC = b"BACKFILE"
FORMAT_VERSION = 1
ALIGNMENT = 64  # a cache line, and enough for any vector instruction
BLOCK = 64 * 1024  # bytes; 20 to 60 microseconds to verify, 4 bytes of checksum for each
CURE = "Run `backfile index --full` to build it anew."

_HEADER = struct.Struct("<8sIIQQQI16xI")  # the last is the CRC-32 of what is before it
HEADER_SIZE = _HEADER.size
DTYPES = frozenset(("|u1", "|i1", "|b1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"))


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A row of the table. `count` elements of `dtype` from byte `offset`; `first_block` is the
    number of its first block among the file's."""

    name: str
    dtype: str
    count: int
    offset: int
    first_block: int

    @property
    def size(self) -> int:
        """The section's size in bytes."""
        return self.count * int(np.dtype(self.dtype).itemsize)

    @property
    def blocks(self) -> int:
        """How many blocks the section has."""
        return -(-self.size // BLOCK)


@dataclass(frozen=True, slots=True)
class Table:
    """What a file says of itself. `checksums` lie at `checksum_offset`, one uint32 a block."""

    sections: tuple[SectionEntry, ...]
    checksum_offset: int
    checksum_blocks: tuple[int, ...]  # the CRC-32 of each block of the checksums
    meta: Mapping[str, Any]

    @property
    def blocks(self) -> int:
        """How many blocks all sections have together."""
        return sum(entry.blocks for entry in self.sections)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the table is, and the checks of it and of the file's size (bytes)."""

    file_size: int
    table_offset: int
    table_size: int
    table_crc: int


def damaged(what: str, path: str, section: str = "") -> IndexDamagedError:
    """Return the error for damage in `section` of the file `path`."""
    place = f"{path}, section {section}" if section else path
    return IndexDamagedError(what, where=place, cure=CURE)


def outdated(path: str) -> IndexOutdatedError:
    """Return the error for a file that another version of Backfile has written."""
    cure = "Run `backfile index` to rebuild it."
    return IndexOutdatedError("the index was made by another version of Backfile", where=path, cure=cure)


def aligned(offset: int) -> int:
    """Return the first multiple of ALIGNMENT that is not before `offset`."""
    return -(-offset // ALIGNMENT) * ALIGNMENT


def encode_header(header: Header) -> bytes:
    """Return the 64 bytes that a file begins with."""
    packed = _HEADER.pack(MAGIC, FORMAT_VERSION, BLOCK, *astuple(header), 0)
    return packed[:-4] + struct.pack("<I", zlib.crc32(packed[:-4]))


def decode_header(data: bytes, file_size: int, path: str) -> Header:
    """Read and verify a header. Raises IndexDamagedError, or IndexOutdatedError for one that is whole,
    but of another format."""
    if len(data) < HEADER_SIZE:
        raise damaged(f"a file of the index has only {file_size} bytes", path, "header")
    magic, version, block, size, offset, length, table_crc, crc = _HEADER.unpack(data[:HEADER_SIZE])
    if zlib.crc32(data[: HEADER_SIZE - 4]) != crc:
        raise damaged("the file is not a segment of Backfile's, or its header was altered", path, "header")
    if (magic, version, block) != (MAGIC, FORMAT_VERSION, BLOCK):
        raise outdated(path)
    if size != file_size:
        raise damaged(f"the file has {file_size} bytes instead of {size}", path, "header")
    if offset + length > size:
        raise damaged("the table lies outside of the file", path, "header")
    return Header(size, offset, length, table_crc)


def encode_table(table: Table) -> bytes:
    """Return the table as it is written."""
    data = asdict(table) | {"sections": [astuple(entry) for entry in table.sections]}
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode("ascii")


def decode_table(data: bytes, header: Header, path: str) -> Table:
    """Read and verify a table. Raises IndexDamagedError."""
    if zlib.crc32(data) != header.table_crc:
        raise damaged("the table of sections was altered", path, "table")
    try:
        raw = json.loads(data)
        sections = tuple(SectionEntry(*row) for row in raw["sections"])
        table = Table(sections, raw["checksum_offset"], tuple(raw["checksum_blocks"]), raw["meta"])
    except (ValueError, KeyError, TypeError) as error:
        raise damaged("the table of sections cannot be read", path, "table") from error
    for entry in sections:
        if entry.dtype not in DTYPES:
            raise damaged(f"the type {entry.dtype!r} is not known", path, entry.name)
        if entry.offset % ALIGNMENT or entry.offset + entry.size > header.table_offset:
            raise damaged("the section lies outside of the file", path, entry.name)
    if table.checksum_offset + 4 * table.blocks > header.table_offset:
        raise damaged("the checksums lie outside of the file", path, "checksums")
    return table


def smallest_dtype(largest: int) -> str:
    """Return the dtype of the fewest bytes that holds the integers from 0 to `largest`."""
    for dtype, bits in (("|u1", 8), ("<u2", 16), ("<u4", 32)):
        if largest < 1 << bits:
            return dtype
    return "<u8"


def shrink(values: Array) -> Array:
    """Return non-negative integers in the smallest dtype that holds them."""
    largest = int(values.max()) if len(values) else 0
    return values.astype(smallest_dtype(largest), copy=False)
