"""How phrases are mostly written, and when they were last: by all places where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain, product

import numpy as np
from numpy.typing import NDArray

from indexer.article import load_stored
from indexer.codec import SegmentArrays, offsets_of
from indexer.codec.layout import Array
from indexer.index.phrases import NO_DAY
from indexer.index.schema import DAY, NO_DATE
from indexer.indexing.neighbours import Counted, Neighbours, triples_of
from indexer.indexing.word_streams import Piece, WordStreams

_SIGN = np.uint64(1 << 63)
_FORM_BITS = 44
_MIXER = np.uint64(0x9E3779B97F4A7C15)
_BETWEEN = (" ", "-")  # what mostly stands between the words of a phrase


@dataclass(frozen=True, slots=True)
class Spelling:
    """For each phrase how it is mostly written, and the day of the newest article that has it."""

    texts: list[bytes]
    newest: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Forms:
    """Ways in which phrases are written: phrase, the words (forms, 3), how often, and two articles."""

    phrases: Array
    words: Array
    counts: Array
    docs: Array
    others: Array

    @classmethod
    def joined(cls, parts: Sequence[_Forms]) -> _Forms:
        """Return all forms of some parts."""
        return cls(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)))


def spell(
    streams: WordStreams,
    neighbours: Neighbours,
    pairs: Counted,
    chosen: tuple[Array, Counted],
    segments: Sequence[SegmentArrays],
) -> Spelling:
    """Return how phrases are written: first the pairs of some rows of `pairs`, then some triples."""
    pair_rows, triples = chosen
    numbers = np.full(len(pairs.keys), -1, np.int64)
    numbers[pair_rows] = np.arange(len(pair_rows))
    count = len(pair_rows) + len(triples.keys)
    days = np.concatenate([_days(arrays) for arrays in segments])
    newest = np.full(count, NO_DAY, np.int32)
    parts: list[_Forms] = []
    for piece in streams.pieces():
        at, rows = neighbours.located(piece, pairs)
        triples_at, keys = triples_of(piece, at, rows)
        phrases = numbers[rows]
        at, phrases = at[phrases >= 0], phrases[phrases >= 0]
        rows, known = triples.find(keys)
        triples_at, rows = triples_at[known], rows[known] + len(pair_rows)
        np.maximum.at(newest, phrases, days[piece.docs[at]])
        np.maximum.at(newest, rows, days[piece.docs[triples_at]])
        parts += [_forms(piece, at, phrases, 2), _forms(piece, triples_at, rows, 3)]
    best = _commonest(parts, count)
    return Spelling(_as_written(best, streams.exact, segments), newest)


def _forms(piece: Piece, at: Array, phrases: Array, length: int) -> _Forms:
    """Return the forms of phrases of `length` words that begin at some places."""
    words = np.zeros((len(at), 3), np.uint32)
    for i in range(length):
        words[:, i] = piece.exact[at + i]
    whole = np.flatnonzero((words[:, :length] > 0).all(axis=1))  # a rare form has no number
    docs = piece.docs[at[whole]]
    return _summed(_Forms(phrases[whole], words[whole], np.ones(len(whole), np.int64), docs, docs))


def _summed(forms: _Forms) -> _Forms:
    """Add up what is written alike; the first article stays, and the last of the others."""
    mixed = np.zeros(len(forms.phrases), np.uint64)
    for i in range(3):
        mixed = (mixed + forms.words[:, i]) * _MIXER
        mixed ^= mixed >> np.uint64(29)
    # Two forms of one phrase with the same 44 bits would be taken for one: of a million, none.
    keys = (forms.phrases.astype(np.uint64) << np.uint64(_FORM_BITS)) | (mixed >> np.uint64(64 - _FORM_BITS))
    _, firsts, places = np.unique(keys, return_index=True, return_inverse=True)
    counts = np.bincount(places, weights=forms.counts, minlength=len(firsts)).astype(np.int64)
    others = np.zeros(len(firsts), np.uint32)
    np.maximum.at(others, places, forms.others)
    return _Forms(forms.phrases[firsts], forms.words[firsts], counts, forms.docs[firsts], others)


def _commonest(parts: Sequence[_Forms], count: int) -> _Forms:
    """Return the commonest form of each phrase, by its number; those without any have words of 0."""
    joined = _summed(_Forms.joined(parts))
    order = np.lexsort((-joined.counts, joined.phrases))
    phrases, firsts = np.unique(joined.phrases[order], return_index=True)
    best = order[firsts]
    words, docs = np.zeros((count, 3), np.uint32), np.zeros((2, count), np.uint32)
    counts = np.zeros(count, np.int64)
    words[phrases], counts[phrases] = joined.words[best], joined.counts[best]
    docs[0, phrases], docs[1, phrases] = joined.docs[best], joined.others[best]
    return _Forms(np.arange(count), words, counts, docs[0], docs[1])


def _as_written(forms: _Forms, exact: Sequence[bytes], segments: Sequence[SegmentArrays]) -> list[bytes]:
    """Return the texts of forms, in the letters of one of two articles that have each."""
    count = len(forms.phrases)
    words = [[exact[number - 1].decode() for number in row if number] for row in forms.words.tolist()]
    texts = [" ".join(row) for row in words]
    written = [""] * count
    docs = np.concatenate([forms.docs, forms.others])
    offsets = offsets_of(np.array([arrays.doc_count for arrays in segments]))
    of_docs = offsets.searchsorted(docs, "right") - 1
    known = -1
    text = ""
    for place in np.argsort(docs, kind="stable").tolist():
        row, doc = place % count, int(docs[place])
        if not words[row]:
            continue
        if doc != known:
            segment = int(of_docs[place])
            known, text = doc, _text(segments[segment], doc - int(offsets[segment]))
        found = _in_its_letters(words[row], text)
        if found and (not written[row] or _capitals(found) < _capitals(written[row])):
            written[row] = found
    return [(own or plain).encode("utf-8", "replace") for own, plain in zip(written, texts, strict=True)]


def _text(arrays: SegmentArrays, doc: int) -> str:
    """Return excerpt and title of an article: a title's capitals say less, so it stands behind."""
    record = load_stored(arrays.near_texts([doc], "article"))[0]
    return f"{record['excerpt']}\n{record['title']}"


def _in_its_letters(words: Sequence[str], text: str) -> str:
    """Return the words as `text` writes them, where it does so side by side."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose other case is two
        return ""
    for between in product(_BETWEEN, repeat=len(words) - 1):
        sought = "".join(chain(*zip(words, (*between, ""), strict=True)))
        at = lower.find(sought)
        if at >= 0:
            return text[at : at + len(sought)]
    return ""


def _capitals(text: str) -> int:
    return sum(map(str.isupper, text))


def _days(arrays: SegmentArrays) -> NDArray[np.int32]:
    """Return the day of each document's date, NO_DAY for none."""
    if "published" not in arrays.column_kinds:
        return np.full(arrays.doc_count, NO_DAY, np.int32)
    seconds = (arrays.numbers("published") ^ _SIGN).view(np.int64)  # as Whoosh keeps what can be sorted
    days: NDArray[np.int32] = np.where(
        seconds == NO_DATE, NO_DAY, np.maximum(seconds // DAY, NO_DAY + 1)
    ).astype(np.int32)
    return days
