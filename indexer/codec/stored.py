"""Stored fields: the payload of each document compressed by itself, so that a hit costs one small read.

A payload is a dict of names and values: texts and lists of texts, one after another. Where one has a
character that separates them, or is no UTF-8 (a file's name can be anything), it is JSON.

What such small pieces lose in compression they get back by a dictionary: a sample of what the
segment's payloads have in common, trained by zstd and kept once. Of ../shared/archives a document
takes 744 bytes so and 5 microseconds to read; in zlib blocks of 16 KiB, with no dictionary, 880 bytes
and 40 microseconds.

A field whose value is `Apart` is rarely looked at: it is compressed by itself behind the others, which
can be read without it.
"""

from __future__ import annotations

import json
import operator
import random
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import zstandard

from indexer.codec.layout import Array, damaged, shrink
from indexer.codec.sections import SectionFile, SectionFileWriter
from indexer.codec.tables import BytesTable, offsets_of

LEVEL = 3
MAX_DICTIONARIES = 16  # of a segment: those that came in by merging among them
_DICTIONARY_SIZE = 64 * 1024  # bytes; half of it costs 5% of size
_SAMPLES = 1000  # payloads to train on: twice as many take twice as long and save 1%
_SAMPLED_BYTES = 4 << 20
_MIN_TO_TRAIN = 256 * 1024  # bytes of payloads; a smaller segment goes without a dictionary

_TEXTS = b"\x1d"  # begins texts
_JSON = b"{"  # begins JSON
_APART = b"\x1c"  # before the fields that are apart
_NEXT_FIELD, _NEXT_ITEM = "\x1e", "\x1f"
_BEFORE_FIELD = (_TEXTS, _NEXT_FIELD.encode())


class Apart(str):
    """A text to be stored apart."""

    __slots__ = ()


def encode_stored(fields: Mapping[str, str | list[str]]) -> bytes:
    """Return the payload of a document's stored fields; nothing for none."""
    near = {name: value for name, value in fields.items() if type(value) is not Apart}
    apart = {name: str(value) for name, value in fields.items() if type(value) is Apart}
    return (_encode(near) if near else b"") + (_APART + _encode(apart) if apart else b"")


def _encode(fields: Mapping[str, str | list[str]]) -> bytes:
    texts = _encode_texts(fields)
    return json.dumps(fields).encode("ascii") if texts is None else texts


def _encode_texts(fields: Mapping[str, Any]) -> bytes | None:
    """Return the payload of texts and lists of texts, None where something else is among them.

    A field is its name, then its text; or its name, a separator, and each text behind another one.
    """
    encoded = []
    items = 0
    for name, value in fields.items():
        if type(value) is str:
            encoded.append(name + _NEXT_ITEM + value)
            items += 1
            continue
        if type(value) is not list or not value or {*map(type, value)} != {str}:
            return None
        encoded.append(_NEXT_ITEM.join([name + _NEXT_ITEM, *value]))
        items += len(value) + 1
    text = _NEXT_FIELD.join(encoded)
    # Counted, not searched for: a text is gone through at memory's speed.
    if text.count(_NEXT_FIELD) >= max(len(encoded), 1) or text.count(_NEXT_ITEM) > items or "\x1c" in text:
        return None  # a separator is among the texts
    try:
        return _TEXTS + text.encode()
    except UnicodeEncodeError:
        return None


def decode_stored(payload: bytes) -> dict[str, Any]:
    """Return the stored fields of a payload. Raises ValueError for what is none."""
    near, _, apart = payload.partition(_APART)
    return _decode(near) | _decode(apart)


def _decode(part: bytes) -> dict[str, Any]:
    if part[:1] == _JSON:
        fields: dict[str, Any] = json.loads(part)
        return fields
    if part[:1] not in (_TEXTS, b""):
        raise ValueError("they are neither texts nor JSON")
    text = part[len(_TEXTS) :].decode()
    texts: dict[str, Any] = {}
    for field in text.split(_NEXT_FIELD) if text else ():
        name, _, value = field.partition(_NEXT_ITEM)
        texts[name] = value[1:].split(_NEXT_ITEM) if value[:1] == _NEXT_ITEM else value
    return texts


def _text_at(mark: bytes, payload: bytes) -> bytes | None:
    """Return the text of a payload of texts that stands behind a name and its end, in UTF-8; None where there
    is none."""
    start = payload.find(mark, 1)
    if payload[:1] != _TEXTS or payload[start - 1 : start] not in _BEFORE_FIELD:
        return None
    start += len(mark)
    stop = payload.find(_BEFORE_FIELD[1], start)
    return payload[start:] if stop < 0 else payload[start:stop]


@dataclass(frozen=True, slots=True)
class StoredRun:
    """Compressed payloads of some documents, one after another in `data`: (documents,) how many bytes
    each takes, how many of them come before what is apart, and which of `dictionaries` it needs, 0 for
    none, else counted from 1."""

    sizes: Array
    nears: Array
    needs: Array
    data: bytes
    dictionaries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StoredDictionary:
    """The dictionary for the payloads that follow; only before the first of them."""

    data: bytes


Stored = bytes | StoredRun | StoredDictionary


class StoredWriter:
    """Writes payloads in order of documents: `add` or `add_run` for all, then `finish`.

    The first payloads wait until there are enough to train a dictionary on.
    """

    def __init__(self, file: SectionFileWriter) -> None:
        self._file = file
        self._section = file.begin("stored/data", "|u1")
        self._waiting: list[bytes] | None = []  # None once a dictionary is chosen, or none
        self._waiting_size = 0
        self._dictionaries: list[bytes] = []
        self._compressor: Any = None
        self._need = 0
        self._sizes: list[Array] = [np.zeros(0, np.int64)]
        self._nears: list[Array] = [np.zeros(0, np.int64)]
        self._needs: list[Array] = [np.zeros(0, np.uint8)]
        self._pending: list[tuple[bytes, bytes]] = []  # compressed, not yet in the section

    def add(self, payload: bytes) -> None:
        """Add the payload of the next document."""
        if self._waiting is None:
            near, mark, apart = payload.partition(_APART)
            compress = self._compressor.compress
            self._pending.append((compress(near) if near else b"", compress(mark + apart) if mark else b""))
            if len(self._pending) >= _PENDING:
                self._flush()
            return
        self._waiting.append(payload)
        self._waiting_size += len(payload)
        if self._waiting_size >= _SAMPLED_BYTES:
            self._start()

    def add_run(self, run: StoredRun) -> None:
        """Add compressed payloads as they are."""
        self._start()
        self._flush()
        places = np.array([0, *(self._place(data) for data in run.dictionaries)], np.uint8)
        self._section.append(np.frombuffer(run.data, np.uint8))
        self._sizes.append(run.sizes)
        self._nears.append(run.nears)
        self._needs.append(places[run.needs])

    def use(self, dictionary: StoredDictionary) -> None:
        """Compress what follows with a dictionary that is there already."""
        if self._waiting is None or self._waiting:
            raise ValueError("a dictionary comes before all payloads")
        self._waiting = None
        self._set_dictionary(dictionary.data)

    def finish(self) -> int:
        """Write where the payloads are; return how many documents there are."""
        self._start()
        self._flush()
        sizes = np.concatenate(self._sizes)
        self._file.add("stored/starts", shrink(offsets_of(sizes)))
        self._file.add("stored/nears", shrink(np.concatenate(self._nears)))
        self._file.add("stored/needs", np.concatenate(self._needs))
        self._file.add_table("stored/dictionaries", BytesTable.of(self._dictionaries))
        return len(sizes)

    def _start(self) -> None:
        """Let those that wait go on, with a dictionary where they are worth one."""
        if self._waiting is None:
            return
        waiting, self._waiting = self._waiting, None
        self._set_dictionary(_trained(waiting) if self._waiting_size >= _MIN_TO_TRAIN else b"")
        for payload in waiting:
            self.add(payload)

    def _set_dictionary(self, data: bytes) -> None:
        self._need = self._place(data) if data else 0
        self._compressor = zstandard.ZstdCompressor(
            dict_data=zstandard.ZstdCompressionDict(data) if data else None,
            compression_params=zstandard.ZstdCompressionParameters.from_level(
                LEVEL,
                format=zstandard.FORMAT_ZSTD1_MAGICLESS,
                write_checksum=False,  # the file has its own
                write_dict_id=False,
            ),
        )

    def _place(self, dictionary: bytes) -> int:
        """Return the number of a dictionary among those of the file, which it joins."""
        if dictionary not in self._dictionaries:
            self._dictionaries.append(dictionary)
        return self._dictionaries.index(dictionary) + 1

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        self._section.append(np.frombuffer(b"".join([near + apart for near, apart in pending]), np.uint8))
        nears = np.fromiter((len(near) for near, _ in pending), np.int64, len(pending))
        self._nears.append(nears)
        self._sizes.append(nears + np.fromiter((len(apart) for _, apart in pending), np.int64, len(pending)))
        self._needs.append(np.full(len(pending), self._need, np.uint8))


_PENDING = 1000  # payloads written at once


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
    """Write payloads, or runs of compressed ones; return how many documents there are."""
    writer = StoredWriter(file)
    for payload in payloads:
        if isinstance(payload, StoredRun):
            writer.add_run(payload)
        elif isinstance(payload, StoredDictionary):
            writer.use(payload)
        else:
            writer.add(payload)
    return writer.finish()


class StoredReader:
    """Reads the payloads of documents."""

    def __init__(self, file: SectionFile) -> None:
        self._file = file
        self._starts = file.section("stored/starts")
        self._nears = file.section("stored/nears")
        self._needs = file.section("stored/needs")
        self._data = file.section("stored/data")
        self._count = len(self._needs)
        self._local = threading.local()  # a decompressor serves one thread at a time

    def __len__(self) -> int:
        """The number of documents with a payload: all, or none."""
        return self._count

    def payload(self, doc: int) -> bytes:
        """Return the payload of `doc`. Raises IndexError, IndexDamagedError."""
        return self.near(doc) + self.apart(doc)

    def near(self, doc: int) -> bytes:
        """Return the payload of `doc` but for what is apart. Raises IndexError, IndexDamagedError."""
        start = self._start(doc)
        return self._read([self._needs.at(doc)], [start], [start + self._nears.at(doc)])[0]

    def near_texts(self, docs: Sequence[int], name: str) -> list[bytes | None]:
        """Return a text of what `near` gives of each of some documents; None where it is not simply to be
        read. Raises IndexError, IndexDamagedError."""
        if min(docs, default=0) < 0 or max(docs, default=-1) >= self._count:
            raise IndexError("there is no such document")
        starts, sizes, needs = (part.some(docs) for part in (self._starts, self._nears, self._needs))
        mark = f"{name}{_NEXT_ITEM}".encode()
        stops = map(operator.add, starts, sizes)
        return [_text_at(mark, payload) for payload in self._read(needs, starts, stops)]

    def apart(self, doc: int) -> bytes:
        """Return what is apart of the payload of `doc`, its mark before it. Raises IndexError,
        IndexDamagedError."""
        start = self._start(doc) + self._nears.at(doc)
        return self._read([self._needs.at(doc)], [start], [self._starts.at(doc + 1)])[0]

    def _start(self, doc: int) -> int:
        if not 0 <= doc < self._count:
            raise IndexError(f"there is no document {doc}")
        start: int = self._starts.at(doc)
        return start

    def _read(self, needs: Iterable[int], starts: Iterable[int], stops: Iterable[int]) -> list[bytes]:
        raw, readers = self._data.raw, self._decompressors
        places = zip(needs, starts, stops, strict=True)
        try:
            return [
                readers[need].decompress(raw(start, stop)) if stop > start else b""
                for need, start, stop in places
            ]
        except zstandard.ZstdError as error:
            raise damaged("a stored document cannot be read", self._file.path, "stored/data") from error

    @property
    def is_in_order(self) -> bool:
        """Whether each payload begins where the one before it ends, and the last ends with the data."""
        starts = self._starts.whole()
        ascends = bool(np.all(starts[1:] >= starts[:-1]))
        return ascends and len(starts) == len(self._needs) + 1 and int(starts[-1]) == len(self._data)

    @property
    def dictionaries(self) -> tuple[bytes, ...]:
        """What documents may need to be read; a document's need is counted from 1."""
        return tuple(self._file.read_table("stored/dictionaries"))

    def needs(self) -> Array:
        """Return which dictionary each document needs: uint8, 0 for none."""
        return self._needs.whole()

    def run(self, docs: Array) -> StoredRun:
        """Return the payloads of `docs`, ascending, compressed as they lie in the file."""
        starts = self._starts.whole()
        begins, ends = starts[docs].astype(np.int64), starts[docs + 1].astype(np.int64)
        if len(docs) and docs[-1] - docs[0] + 1 == len(docs):
            data = self._data.raw(int(begins[0]), int(ends[-1]))
        else:
            pieces = zip(begins.tolist(), ends.tolist(), strict=True)
            data = b"".join([self._data.raw(begin, end) for begin, end in pieces])
        nears = self._nears.whole()[docs].astype(np.int64)
        return StoredRun(ends - begins, nears, self.needs()[docs], data, self.dictionaries)

    @property
    def _decompressors(self) -> _Decompressors:
        """The decompressors of this thread."""
        known: _Decompressors | None = getattr(self._local, "known", None)
        if known is None:
            known = self._local.known = _Decompressors(self._file)
        return known


class _Decompressors(dict[int, Any]):
    """What reads documents, by the dictionary that they need; each is made when it is first needed."""

    def __init__(self, file: SectionFile) -> None:
        self._file = file

    def __missing__(self, need: int) -> Any:
        sample = self._file.read_table("stored/dictionaries")[need - 1] if need else None
        dictionary = None if sample is None else zstandard.ZstdCompressionDict(sample)
        self[need] = made = zstandard.ZstdDecompressor(
            dict_data=dictionary, format=zstandard.FORMAT_ZSTD1_MAGICLESS
        )
        return made
