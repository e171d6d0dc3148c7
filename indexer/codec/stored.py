"""Stored fields: payloads in small compressed blocks, so that a hit costs one small read.

A payload is a dict of names and values, pickled; reading allows plain values and a short list of
classes, so that nothing in an index is ever run.
"""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.codec.layout import Array, smallest_dtype
from indexer.codec.sections import SectionFile, SectionFileWriter
from indexer.codec.tables import BytesTable

BLOCK_SIZE = 16 * 1024  # bytes before compression: 40 microseconds to read, and words repeat enough
LEVEL = 2

_SAFE = {
    "builtins": {"bytearray", "complex", "frozenset", "range", "set"},
    "collections": {"OrderedDict"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "uuid": {"UUID", "SafeUUID"},
}
_PLAIN = (str, int, float, bool, bytes)


class _PlainUnpickler(pickle.Unpickler):
    """Refuses every class that is not in _SAFE."""

    def find_class(self, module: str, name: str) -> Any:
        if name in _SAFE.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed among stored fields")


def encode_stored(fields: Mapping[str, Any]) -> bytes:
    """Return the payload of a document's stored fields; nothing for none.

    Raises ValueError for a value that `decode_stored` would refuse.
    """
    if not fields:
        return b""
    payload = pickle.dumps(dict(fields), 5)
    if not all(type(value) in _PLAIN for value in fields.values()):
        try:
            decode_stored(payload)
        except Exception as error:
            raise ValueError(f"a value cannot be stored: {error}") from error
    return payload


def decode_stored(payload: bytes) -> dict[str, Any]:
    """Return the stored fields of a payload. Raises pickle.UnpicklingError for other classes."""
    if not payload:
        return {}
    found = _PlainUnpickler(io.BytesIO(payload)).load()
    if not isinstance(found, dict):
        raise pickle.UnpicklingError("stored fields are no dict")
    return found


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """A compressed block of the payloads of `count` documents: `size` bytes before compression."""

    count: int
    size: int
    data: bytes


class StoredWriter:
    """Writes payloads in order of documents: `add` or `add_block` for each, then `finish`."""

    def __init__(self, file: SectionFileWriter) -> None:
        self._file = file
        self._section = file.begin("stored/data", "|u1")
        self._payloads: list[bytes] = []
        self._size = 0
        self._first_docs = [0]
        self._sizes: list[int] = []
        self._starts = [0]

    def add(self, payload: bytes) -> None:
        """Add the payload of the next document."""
        self._payloads.append(payload)
        self._size += len(payload)
        if self._size >= BLOCK_SIZE:
            self._flush()

    def add_block(self, block: StoredBlock) -> None:
        """Add a block as it is."""
        self._flush()
        self._section.append(np.frombuffer(block.data, np.uint8))
        self._starts.append(self._starts[-1] + len(block.data))
        self._sizes.append(block.size)
        self._first_docs.append(self._first_docs[-1] + block.count)

    def finish(self) -> int:
        """Write where the blocks are; return how many documents there are."""
        self._flush()
        self._file.add("stored/first_docs", np.array(self._first_docs, "<u4"))
        self._file.add("stored/sizes", np.array(self._sizes, "<u4"))
        self._file.add("stored/starts", np.array(self._starts, smallest_dtype(self._starts[-1])))
        return self._first_docs[-1]

    def _flush(self) -> None:
        payloads = self._payloads
        if payloads:
            self._payloads, self._size = [], 0
            lengths = np.fromiter(map(len, payloads), "<u4", len(payloads))
            raw = lengths.tobytes() + b"".join(payloads)
            self.add_block(StoredBlock(len(payloads), len(raw), zlib.compress(raw, LEVEL)))


def write_stored(file: SectionFileWriter, payloads: Iterable[bytes | StoredBlock]) -> int:
    """Write payloads, or blocks that were made of them; return how many documents there are."""
    writer = StoredWriter(file)
    for payload in payloads:
        if isinstance(payload, StoredBlock):
            writer.add_block(payload)
        else:
            writer.add(payload)
    return writer.finish()


class StoredReader:
    """Give me a document, I return its payload. One block is remembered."""

    def __init__(self, file: SectionFile) -> None:
        self._first_docs = file.section("stored/first_docs")
        self._sizes = file.section("stored/sizes")
        self._starts = file.section("stored/starts")
        self._data = file.section("stored/data")
        self._last: tuple[int, BytesTable] | None = None

    def payload(self, doc: int) -> bytes:
        """Return the payload of `doc`. Raises IndexError, IndexDamagedError."""
        first_docs = self._first_docs.whole()
        if not 0 <= doc < first_docs[-1]:
            raise IndexError(f"there is no document {doc}")
        block = int(np.searchsorted(first_docs, doc, "right")) - 1
        last = self._last  # read once: another thread may replace it
        if last is None or last[0] != block:
            self._last = last = (block, self.block(block))
        return last[1][doc - int(first_docs[block])]

    def __len__(self) -> int:
        """The number of blocks."""
        return len(self._sizes)

    def block_docs(self, block: int) -> tuple[int, int]:
        """Return the first document of a block, and that behind its last."""
        first_docs = self._first_docs.whole()
        return int(first_docs[block]), int(first_docs[block + 1])

    def block_size(self, block: int) -> int:
        """Return the size in bytes of a block before compression."""
        return int(self._sizes.at(block))

    def stored_block(self, block: int) -> StoredBlock:
        """Return a block as it lies in the file."""
        first, last = self.block_docs(block)
        start, end = self._starts.at(block), self._starts.at(block + 1)
        return StoredBlock(last - first, self.block_size(block), self._data.part(start, end).tobytes())

    def block(self, block: int) -> BytesTable:
        """Return the payloads of a block."""
        first, last = self.block_docs(block)
        start, end = self._starts.at(block), self._starts.at(block + 1)
        raw = np.frombuffer(zlib.decompress(self._data.part(start, end).data), np.uint8)
        starts: Array = np.zeros(last - first + 1, np.int64)
        head = 4 * (last - first)
        np.cumsum(raw[:head].view("<u4"), out=starts[1:])
        return BytesTable(starts, raw[head:])
