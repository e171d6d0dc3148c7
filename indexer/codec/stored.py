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
class Blocks:
    """Compressed blocks. Block i holds documents `first_docs[i]` up to `first_docs[i + 1]`, in
    `sizes[i]` bytes before compression, and is row i of `data`."""

    first_docs: list[int]  # blocks + 1
    sizes: list[int]
    data: list[bytes]


class BlocksWriter:
    """Gathers payloads in order of documents; `finish` returns the blocks."""

    def __init__(self) -> None:
        self._payloads: list[bytes] = []
        self._size = 0
        self._doc = 0
        self._first_docs = [0]
        self._sizes: list[int] = []
        self._data: list[bytes] = []

    def add(self, payload: bytes) -> None:
        """Add the payload of the next document."""
        self._payloads.append(payload)
        self._doc += 1
        self._size += len(payload)
        if self._size >= BLOCK_SIZE:
            self._flush()

    def add_block(self, count: int, size: int, data: bytes) -> None:
        """Add a block as it is, `count` documents in `size` bytes before compression."""
        self._flush()
        self._doc += count
        self._sizes.append(size)
        self._data.append(data)
        self._first_docs.append(self._doc)

    def finish(self) -> Blocks:
        """Return the blocks."""
        self._flush()
        return Blocks(self._first_docs, self._sizes, self._data)

    def _flush(self) -> None:
        if not self._payloads:
            return
        lengths = np.fromiter(map(len, self._payloads), "<u4", len(self._payloads))
        raw = lengths.tobytes() + b"".join(self._payloads)
        self._payloads, self._size = [], 0
        self._data.append(zlib.compress(raw, LEVEL))
        self._sizes.append(len(raw))
        self._first_docs.append(self._doc)


def write_stored(file: SectionFileWriter, payloads: Iterable[bytes] | Blocks) -> int:
    """Write payloads, or blocks that were made of them; return how many documents there are."""
    if not isinstance(payloads, Blocks):
        writer = BlocksWriter()
        for payload in payloads:
            writer.add(payload)
        payloads = writer.finish()
    starts = np.zeros(len(payloads.data) + 1, np.int64)
    np.cumsum([len(block) for block in payloads.data], out=starts[1:])
    file.add("stored/first_docs", np.array(payloads.first_docs, "<u4"))
    file.add("stored/sizes", np.array(payloads.sizes, "<u4"))
    file.add("stored/starts", starts.astype(smallest_dtype(int(starts[-1]))))
    data = file.reserve("stored/data", "|u1", int(starts[-1]))
    for block in payloads.data:
        data.append(np.frombuffer(block, np.uint8))
    return payloads.first_docs[-1]


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

    def compressed(self, block: int) -> bytes:
        """Return a block as it lies in the file."""
        start, end = self._starts.at(block), self._starts.at(block + 1)
        return self._data.part(start, end).tobytes()

    def block(self, block: int) -> BytesTable:
        """Return the payloads of a block."""
        first, last = self.block_docs(block)
        raw = np.frombuffer(zlib.decompress(self.compressed(block)), np.uint8)
        starts: Array = np.zeros(last - first + 1, np.int64)
        head = 4 * (last - first)
        np.cumsum(raw[:head].view("<u4"), out=starts[1:])
        return BytesTable(starts, raw[head:])
