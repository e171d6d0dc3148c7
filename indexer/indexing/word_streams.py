"""Postings -> the words of every document in their order, as numbers: what neighbours are counted on.

A segment has its words by term; here they are put back where they stand, range of documents by
range, by one scatter of whole arrays each. The places in memory do not grow with the archive: a range
has about `RANGE`, and what is made of it goes to a file without a name. The words do: where there are
several segments, those of all are counted together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import BytesTable, offsets_of, run_indices
from indexer.index.schema import BODY_AT, EXACT, EXCERPT_AT, FIELD_GAP

RANGE = 1 << 24  # places put back at once, of 4 bytes; each time all postings are gone through
# Places counted at once, and postings moved at once: arrays of 2 MB, which stay in the processor's cache.
# With those of 8 MB, phrases took a quarter to a half longer, nearly all of it for memory touched anew.
PIECE = 1 << 18
_MAX_WORDS = (1 << 20) - 1  # numbers of words: three of them fit into 64 bits with a document's
_RELEASED_AFTER = 32  # steps through postings: what was read of the file counts as ours till then
_SEPARATORS = 3  # places of a document that no word has, at most: between its texts, and behind it

Words = NDArray[np.uint32]
Counts = NDArray[np.int64]

# Bytes that no word of a phrase has: those of compounds (whose parts stand at the same places), capitals
# (of acronyms), and those that begin letters of scripts without blanks between words.
_UNFIT = np.zeros(256, bool)
_UNFIT[:0x30] = _UNFIT[0x3A:0x61] = _UNFIT[0x7B:0x80] = _UNFIT[0xE3:0xED] = _UNFIT[0xF0:] = True


@dataclass(frozen=True, slots=True)
class Piece:
    """Some documents' places in order. `terms` and `exact`: the number of the word at each, as it is
    searched for and as it is written, 0 for none; `docs`: the document of each, over all segments."""

    terms: Words
    exact: Words
    docs: Words


class WordStreams:
    """The words of all live documents of `segments`: go through `pieces` as often as is needed.

    `terms` and `exact` are the words that have a number, at their number less one; `total` how many
    places have a word whose exact form has one. A word that fewer than `least` documents have, deleted
    ones included, has no number; of exact ones, those that fewer than two have where `least` is more.
    """

    def __init__(self, segments: Sequence[SegmentArrays], least: int, stream: BinaryIO) -> None:
        self._segments = [arrays for arrays in segments if arrays.field("text") is not None]
        self._stream = stream
        self.terms = _numbered(self._segments, least, exact=False)
        self.exact = _numbered(self._segments, min(least, 2), exact=True)
        self.total = 0
        self._ranges: list[tuple[int, Array]] = []  # number of the first document, starts of all
        terms, exact = ({t: i for i, t in enumerate(words, 1)} for words in (self.terms, self.exact))
        first_doc = 0
        for arrays in segments:
            if arrays in self._segments:
                self._write(_Segment(arrays, terms, exact), first_doc)
            first_doc += arrays.doc_count

    def _write(self, segment: _Segment, first_doc: int) -> None:
        for first, last in segment.ranges():
            starts = segment.starts[first : last + 1] - segment.starts[first]
            terms, exact = (segment.put_back(first, last, exact=marked) for marked in (False, True))
            self.total += int(np.count_nonzero(exact))
            self._ranges.append((first_doc + first, starts))
            for words in (terms, exact):
                self._stream.write(words.data)

    def pieces(self) -> Iterator[Piece]:
        """Yield all documents' words, some documents at a time."""
        at = 0
        for first_doc, starts in self._ranges:
            size = int(starts[-1])
            first = 0
            while first < len(starts) - 1:
                last = _end_of(starts, first, PIECE)
                low, high = int(starts[first]), int(starts[last])
                docs = np.arange(first_doc + first, first_doc + last, dtype=np.uint32)
                yield Piece(
                    self._read(at + low, high - low),
                    self._read(at + size + low, high - low),
                    np.repeat(docs, np.diff(starts[first : last + 1])),
                )
                first = last
            at += 2 * size

    def _read(self, place: int, count: int) -> Words:
        self._stream.seek(4 * place)
        return np.frombuffer(self._stream.read(4 * count), np.uint32)


def _numbered(segments: Sequence[SegmentArrays], least: int, *, exact: bool) -> list[bytes]:
    """Return the words that get a number, without their mark."""
    counts: dict[bytes, int] = {}
    for arrays in segments:
        field = _field(arrays)
        for first, last in _ordinals(field, exact=exact):
            df = np.diff(field.starts.part(first, last + 1).astype(np.int64))
            table = field.terms(first, last)
            fit = np.ones(len(table), bool)
            if len(table):
                begins = table.starts[:-1] + (len(EXACT) if exact else 0)
                fit = _unfit_bytes(table) == (_UNFIT[ord(EXACT)] if exact else 0)
                fit &= begins < table.starts[1:]
            if len(segments) == 1:
                fit &= df >= least
            rows = np.flatnonzero(fit)
            for word, count in zip(table.take(rows), df[rows].tolist(), strict=True):
                key = word[len(EXACT) :] if exact else word
                counts[key] = counts.get(key, 0) + count
    words = [word for word, count in counts.items() if count >= least]
    if len(words) > _MAX_WORDS:
        words = sorted(words, key=lambda word: (-counts[word], word))[:_MAX_WORDS]
    return sorted(words)


def _unfit_bytes(table: BytesTable) -> Counts:
    counts: Counts = np.add.reduceat(_UNFIT[table.data], table.starts[:-1], dtype=np.int64)
    return counts


def _field(arrays: SegmentArrays) -> FieldArrays:
    field = arrays.field("text")
    if field is None:
        raise KeyError("text")
    return field


def _ordinals(field: FieldArrays, *, exact: bool) -> list[tuple[int, int]]:
    """Return the ranges of ordinals of the words as written, or of the others."""
    first, last = field.prefix_range(EXACT.encode())
    return [(first, last)] if exact else [(0, first), (last, len(field))]


class _Step(NamedTuple):
    """Some postings: numbers of their words, documents, frequencies; where their positions begin."""

    words: Array
    docs: Array
    freqs: Array
    positions_at: int


class _Segment:
    """A segment's postings, and where each document's places begin in its stream."""

    def __init__(self, arrays: SegmentArrays, terms: Mapping[bytes, int], exact: Mapping[bytes, int]) -> None:
        self._field = _field(arrays)
        self._file = arrays.file
        self._live = arrays.live
        self._excerpt, self._body = (_column(arrays, name) for name in (EXCERPT_AT, BODY_AT))
        self._numbered = {False: self._number(terms, exact=False), True: self._number(exact, exact=True)}
        self._wholes = self._number_wholes()
        self.starts = offsets_of(self._widths(arrays.doc_count))

    def _number(self, numbers: Mapping[bytes, int], *, exact: bool) -> list[tuple[int, Array]]:
        """Return runs of terms: the first one's ordinal, and the number of each, 0 for none."""
        found = []
        mark = len(EXACT) if exact else 0
        for first, last in _ordinals(self._field, exact=exact):
            if last > first:
                words = (numbers.get(word[mark:], 0) for word in self._field.terms(first, last))
                found.append((first, np.fromiter(words, np.uint32, last - first)))
        return found

    def _number_wholes(self) -> list[tuple[int, Array]]:
        """Return for each compound, as it is written, the number of the term of the whole (`start-up`, found
        by `startup` too), which stands at the place of its first part."""
        first, last = self._field.exact_range
        if self._field.stems is None or last == first:
            return []
        numbers = np.zeros(len(self._field) + 1, np.uint32)
        for start, run in self._numbered[False]:
            numbers[start : start + len(run)] = run
        wholes = numbers[self._field.stems.whole()]
        wholes[_unfit_bytes(self._field.terms(first, last)) <= _UNFIT[ord(EXACT)]] = 0
        return [(first, wholes)] if wholes.any() else []

    def _widths(self, doc_count: int) -> Counts:
        """Return how many places each document has, at most: each has a word, as it is written."""
        widths = np.full(doc_count, _SEPARATORS, np.int64)
        for step in self._steps(self._numbered[True]):
            widths += np.bincount(step.docs, weights=step.freqs, minlength=doc_count).astype(np.int64)
        widths[~self._live] = 0
        return widths

    def ranges(self) -> Iterator[tuple[int, int]]:
        """Yield ranges of documents with about RANGE places."""
        first = 0
        while first < len(self.starts) - 1:
            last = _end_of(self.starts, first, RANGE)
            yield first, last
            first = last

    def put_back(self, first_doc: int, last_doc: int, *, exact: bool) -> Words:
        """Return the numbers of the words at the places of some documents."""
        documents = first_doc, last_doc
        wholes = self._written(documents, self._wholes) if self._wholes and not exact else None
        return self._written(documents, self._numbered[exact], wholes)

    def _written(
        self, documents: tuple[int, int], numbered: list[tuple[int, Array]], wholes: Words | None = None
    ) -> Words:
        """Return the numbers of the words `numbered` at the places of some documents. Where there are
        `wholes` at these places, a part stands there and not the whole, if there is one."""
        first_doc, last_doc = documents
        base = int(self.starts[first_doc])
        words = np.zeros(int(self.starts[last_doc]) - base, np.uint32) if wholes is None else wholes.copy()
        for step in self._steps(numbered):
            inside = (step.docs >= first_doc) & (step.docs < last_doc) & (step.words > 0)
            kept = np.flatnonzero(inside & self._live.take(step.docs))
            counts = step.freqs[kept].astype(np.int64)
            places = self._places(step, kept, counts) - base
            found = np.repeat(step.words[kept], counts)
            known = places >= 0
            if wholes is not None:
                known &= wholes[np.maximum(places, 0)] != found
            words[places[known]] = found[known]
        return words

    def _places(self, step: _Step, kept: Array, counts: Counts) -> Counts:
        """Return the places of the postings `kept` of a step; -1 for one beyond its document's."""
        positions = self._field.positions
        if positions is None:
            raise KeyError("text has no positions")
        offsets = offsets_of(step.freqs)
        part = positions.part(step.positions_at, step.positions_at + int(offsets[-1]))
        found = part[run_indices(offsets[:-1][kept], counts)].astype(np.int64)
        owners = np.repeat(step.docs[kept], counts)
        places: Counts = self.starts[owners] + found
        for column in (self._excerpt, self._body):
            if column is not None:  # the gap before a text becomes one place, which no word has
                places -= (FIELD_GAP - 1) * (found >= column[owners])
        places[places >= self.starts[owners + np.uint32(1)]] = -1
        return places

    def _steps(self, numbered: list[tuple[int, Array]]) -> Iterator[_Step]:
        """Yield the postings of some words, some at a time."""
        field, steps = self._field, 0
        for first, numbers in numbered:
            starts = field.starts.part(first, first + len(numbers) + 1).astype(np.int64)
            at = field.position_extent(first)[0]
            for low in range(int(starts[0]), int(starts[-1]), PIECE):
                high = min(low + PIECE, int(starts[-1]))
                a = int(starts.searchsorted(low, "right")) - 1
                b = int(starts.searchsorted(high))
                df: Array = np.diff(np.clip(starts[a : b + 1], low, high))
                freqs = np.ones(high - low, np.uint8) if field.freqs is None else field.freqs.part(low, high)
                yield _Step(np.repeat(numbers[a:b], df), field.docs.part(low, high), freqs, at)
                at += int(freqs.sum(dtype=np.int64))
                steps += 1
                if steps % _RELEASED_AFTER == 0:
                    self._file.release()


def _column(arrays: SegmentArrays, name: str) -> Array | None:
    return arrays.numbers(name).astype(np.int64) if name in arrays.column_kinds else None


def _end_of(starts: Array, first: int, size: int) -> int:
    """Return the row behind `first` and those after it that have `size` together; one at least."""
    return max(int(starts.searchsorted(starts[first] + size, "right")) - 1, first + 1)
