"""Stored fields: payloads in small compressed blocks, so that a hit costs one small read.

A payload is a dict of names and values, pickled; reading allows plain values and a short list of
classes, so that nothing in an index is ever run.

A block has the documents of about a kilobyte. What such small pieces lose in compression they get
back by a dictionary: a sample of what the segment's payloads have in common, trained by zstd and kept
once. Of ../shared/archives a document takes 744 bytes so and 5 microseconds to read; in zlib blocks
of 16 KiB, with no dictionary, 880 bytes and 40 microseconds.
"""

from __future__ import annotations

import io
import pickle
import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import zstandard

from indexer.codec.layout import Array, damaged, shrink
from indexer.codec.sections import SectionFile, SectionFileWriter
from indexer.codec.tables import BytesTable, offsets_of

BLOCK_SIZE = 1024  # bytes before compression, at least, but for the last block before a merged one
LEVEL = 3
MOST_DICTIONARIES = 16  # of a segment: those that came in by merging among them
_DICTIONARY_SIZE = 64 * 1024  # bytes; half of it costs 5% of size
_SAMPLES = 1000  # payloads to train on: twice as many take twice as long and save 1%
_SAMPLED_BYTES = 4 << 20
_LEAST_TO_TRAIN = 256 * 1024  # bytes of payloads; a smaller segment goes without a dictionary

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
class StoredBlocks:
    """Compressed blocks, one after another in `data`: (blocks,) how many documents each has and how
    many bytes it takes, and which of `dictionaries` it needs, 0 for none, else counted from 1."""

    counts: Array
    sizes: Array
    needs: Array
    data: bytes
    dictionaries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StoredDictionary:
    """The dictionary for the payloads that follow; only before the first of them."""

    data: bytes


Stored = bytes | StoredBlocks | StoredDictionary


class StoredWriter:
    """Writes payloads in order of documents: `add` or `add_blocks` for all, then `finish`.

    The first payloads wait until there are enough to train a dictionary on.
    """

    def __init__(self, file: SectionFileWriter) -> None:
        self._file = file
        self._section = file.begin("stored/data", "|u1")
        self._waiting: list[bytes] | None = []  # None once a dictionary is chosen, or none
        self._waiting_size = 0
        self._payloads: list[bytes] = []
        self._size = 0
        self._dictionaries: list[bytes] = []
        self._compressor: Any = None
        self._need = 0
        self._counts: list[Array] = [np.zeros(0, np.int64)]
        self._sizes: list[Array] = [np.zeros(0, np.int64)]
        self._needs: list[Array] = [np.zeros(0, np.uint8)]
        self._pending: list[tuple[int, bytes]] = []  # blocks of payloads, not yet in the section

    def add(self, payload: bytes) -> None:
        """Add the payload of the next document."""
        if self._waiting is not None:
            self._waiting.append(payload)
            self._waiting_size += len(payload)
            if self._waiting_size >= _SAMPLED_BYTES:
                self._start()
            return
        self._payloads.append(payload)
        self._size += len(payload)
        if self._size >= BLOCK_SIZE:
            self._end_block()

    def add_blocks(self, blocks: StoredBlocks) -> None:
        """Add blocks as they are."""
        self._start()
        self._end_block()
        self._flush()
        places = np.array([0, *(self._place(data) for data in blocks.dictionaries)], np.uint8)
        self._section.append(np.frombuffer(blocks.data, np.uint8))
        self._counts.append(blocks.counts)
        self._sizes.append(blocks.sizes)
        self._needs.append(places[blocks.needs])

    def use(self, dictionary: StoredDictionary) -> None:
        """Compress what follows with a dictionary that is there already."""
        if self._waiting is None or self._waiting:
            raise ValueError("a dictionary comes before all payloads")
        self._waiting = None
        self._set_dictionary(dictionary.data)

    def finish(self) -> int:
        """Write where the blocks are; return how many documents there are."""
        self._start()
        self._end_block()
        self._flush()
        counts, sizes = np.concatenate(self._counts), np.concatenate(self._sizes)
        self._file.add("stored/first_docs", offsets_of(counts).astype("<u4"))
        self._file.add("stored/starts", shrink(offsets_of(sizes)))
        self._file.add("stored/needs", np.concatenate(self._needs))
        dictionaries = BytesTable.of(self._dictionaries)
        self._file.add("stored/dictionaries/starts", shrink(dictionaries.starts))
        self._file.add("stored/dictionaries/data", dictionaries.data)
        return int(counts.sum())

    def _start(self) -> None:
        """Let those that wait go on, with a dictionary where they are worth one."""
        if self._waiting is None:
            return
        waiting, self._waiting = self._waiting, None
        self._set_dictionary(_trained(waiting) if self._waiting_size >= _LEAST_TO_TRAIN else b"")
        for payload in waiting:
            self.add(payload)

    def _set_dictionary(self, data: bytes) -> None:
        self._need = self._place(data) if data else 0
        self._compressor = zstandard.ZstdCompressor(
            level=LEVEL,
            dict_data=zstandard.ZstdCompressionDict(data) if data else None,
            write_checksum=False,  # the file has its own
            write_dict_id=False,
        )

    def _place(self, dictionary: bytes) -> int:
        """Return the number of a dictionary among those of the file, which it joins."""
        if dictionary not in self._dictionaries:
            self._dictionaries.append(dictionary)
        return self._dictionaries.index(dictionary) + 1

    def _end_block(self) -> None:
        payloads = self._payloads
        if payloads:
            self._payloads, self._size = [], 0
            raw = np.fromiter(map(len, payloads), "<u4", len(payloads)).tobytes() + b"".join(payloads)
            self._pending.append((len(payloads), self._compressor.compress(raw)))
            if len(self._pending) >= _PENDING:
                self._flush()

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        self._section.append(np.frombuffer(b"".join(data for _, data in pending), np.uint8))
        self._counts.append(np.array([count for count, _ in pending], np.int64))
        self._sizes.append(np.array([len(data) for _, data in pending], np.int64))
        self._needs.append(np.full(len(pending), self._need, np.uint8))


_PENDING = 1000  # blocks written at once


def _trained(payloads: list[bytes]) -> bytes:
    """Return a dictionary for what is like `payloads`, or nothing where they have nothing in common.

    The sample is drawn by a fixed seed: the same payloads give the same bytes.
    """
    chosen: list[Any] = random.Random(0).sample(payloads, min(len(payloads), _SAMPLES))  # noqa: S311 - no secret
    try:
        return bytes(zstandard.train_dictionary(_DICTIONARY_SIZE, chosen).as_bytes())
    except zstandard.ZstdError:
        return b""


def write_stored(file: SectionFileWriter, payloads: Iterable[Stored]) -> int:
    """Write payloads, or blocks that were made of them; return how many documents there are."""
    writer = StoredWriter(file)
    for payload in payloads:
        if isinstance(payload, StoredBlocks):
            writer.add_blocks(payload)
        elif isinstance(payload, StoredDictionary):
            writer.use(payload)
        else:
            writer.add(payload)
    return writer.finish()


class StoredReader:
    """Give me a document, I return its payload."""

    def __init__(self, file: SectionFile) -> None:
        self._first_docs = file.section("stored/first_docs")
        self._starts = file.section("stored/starts")
        self._needs = file.section("stored/needs")
        self._data = file.section("stored/data")
        self._file = file
        self._local = threading.local()  # a decompressor serves one thread at a time

    def payload(self, doc: int) -> bytes:
        """Return the payload of `doc`. Raises IndexError, IndexDamagedError."""
        first_docs = self._first_docs.whole()
        if not 0 <= doc < first_docs.item(-1):
            raise IndexError(f"there is no document {doc}")
        block = int(first_docs.searchsorted(doc, "right")) - 1
        return self.block(block)[doc - int(first_docs[block])]

    def __len__(self) -> int:
        """The number of blocks."""
        return len(self._needs)

    @property
    def dictionaries(self) -> tuple[bytes, ...]:
        """What blocks may need to be read; a block's need is counted from 1."""
        table = (self._file.section(f"stored/dictionaries/{part}").whole() for part in ("starts", "data"))
        return tuple(BytesTable(*table))

    def counts(self) -> Array:
        """Return how many documents each block has: int64."""
        counts: Array = np.diff(self._first_docs.whole().astype(np.int64))
        return counts

    def needs(self) -> Array:
        """Return which dictionary each block needs: uint8, 0 for none."""
        return self._needs.whole()

    def block_docs(self, block: int) -> tuple[int, int]:
        """Return the first document of a block, and that behind its last."""
        return self._first_docs.at(block), self._first_docs.at(block + 1)

    def blocks(self, chosen: Array) -> StoredBlocks:
        """Return the blocks with these numbers, ascending, as they lie in the file."""
        starts = self._starts.whole().astype(np.int64)
        begins, ends = starts[chosen], starts[chosen + 1]
        pieces = [self._data.raw(a, b) for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]
        needs = self.needs()[chosen]
        return StoredBlocks(self.counts()[chosen], ends - begins, needs, b"".join(pieces), self.dictionaries)

    def block(self, block: int) -> list[bytes]:
        """Return the payloads of a block. Raises IndexDamagedError."""
        first, last = self.block_docs(block)
        compressed = self._data.raw(self._starts.at(block), self._starts.at(block + 1))
        try:
            raw: bytes = self._decompressor(self._needs.at(block)).decompress(compressed)
        except zstandard.ZstdError as error:
            raise damaged("a block cannot be read", self._file.path, "stored/data") from error
        if last - first == 1:
            return [raw[4:]]
        head = 4 * (last - first)
        lengths, payloads, at = memoryview(raw[:head]).cast("I"), [], head
        for length in lengths:
            payloads.append(raw[at : at + length])
            at += length
        return payloads

    def _decompressor(self, need: int) -> Any:
        known: dict[int, Any] | None = getattr(self._local, "known", None)
        if known is None:
            known = self._local.known = {}
        if need not in known:
            dictionary = zstandard.ZstdCompressionDict(self.dictionaries[need - 1]) if need else None
            known[need] = zstandard.ZstdDecompressor(dict_data=dictionary)
        return known[need]
