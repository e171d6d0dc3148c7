"""Wildcards and fuzzy words -> the documents of the words of the archive that they stand for.

They are compared with the words as written (not stemmed), letter case and accents folded. The words
of a prefix follow one another in the dictionary, and so do their postings: they are one slice. The
commonest words are taken where there are more than the limit, and the reader is told.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from whoosh import query as q

from indexer.codec import FieldArrays, SegmentArrays
from indexer.codec.layout import Array
from indexer.codec.tables import run_indices
from indexer.query.lexicon import Lexicon
from indexer.query.members import Members
from indexer.query.postings import Docs, segments_of
from indexer.query.snapshot import Snapshot
from indexer.schema import EXACT, TEXT_FIELDS

_TEXT = "text"
_SHOWN = 8
_SPARSE = 128  # postings, of which one of so many documents has one, are sorted; more are marked


@dataclass(frozen=True, slots=True)
class Expansion:
    """The live documents that have any of the words, the words as (field, marked term), and a sentence
    about them."""

    members: Members
    words: Callable[[], frozenset[tuple[str, str]]]
    note: str
    cut: bool


def expand(node: Any, snapshot: Snapshot, limit: int) -> Expansion:
    """Return what a Prefix, Wildcard or FuzzyTerm node stands for in its field (`text`: in any)."""
    found = _Found([segment.matching(node) for segment in _segments(snapshot)])
    count = found.count()
    shown = _shown(node)
    note = f"'{shown}' stands for {_count(count)}" + (f": {_some(found.some(), count)}" if count else "")
    if cut := count > limit:
        found = found.commonest(limit)
        note = f"'{shown}' stands for more than {limit} words: the {limit} commonest were searched for"
    members = _live(snapshot, [part.documents() for part in found.parts])
    fields = TEXT_FIELDS if node.fieldname == _TEXT else (node.fieldname,)
    return Expansion(members, functools.partial(_marked, found, fields), note, cut)


def _live(snapshot: Snapshot, parts: list[Docs]) -> Members:
    """Return the live ones of some documents, which may be named several times."""
    size, live = snapshot.columns.size, snapshot.columns.live
    if sum(map(len, parts)) * _SPARSE <= size:
        docs = np.unique(np.concatenate([np.empty(0, np.uint32), *parts]))
        return Members(docs[live.take(docs)])
    mask = np.zeros(size, bool)
    for docs in parts:
        mask[docs] = True
    return Members(mask=mask & live)


@dataclass(frozen=True, slots=True)
class _Segment:
    """The words of one segment; `offset` is its first document's number."""

    arrays: SegmentArrays
    offset: int
    field: FieldArrays
    lexicon: Lexicon

    def matching(self, node: Any) -> _Part:
        """Return the words that the node stands for, of those that occur in its field."""
        ordinals = self.lexicon.matching(node)
        if node.fieldname == _TEXT:
            starts = self.field.starts.whole()
            return _Part(self, ordinals, starts.take(ordinals + 1).astype(np.int64) - starts.take(ordinals))
        docs = [
            self.arrays.postings(node.fieldname, self.field.term(ordinal))[0] for ordinal in ordinals.tolist()
        ]
        df = np.fromiter(map(len, docs), np.int64, len(docs))
        restricted = {ordinal: its for ordinal, its in zip(ordinals.tolist(), docs, strict=True) if len(its)}
        return _Part(self, ordinals[df > 0], df[df > 0], restricted)


@dataclass(frozen=True, slots=True)
class _Part:
    """Words of one segment, ascending, and how many documents have each; `restricted` has their
    documents where they are not all that have the word."""

    segment: _Segment
    ordinals: Array
    df: Array
    restricted: dict[int, Docs] | None = None

    def words(self) -> list[str]:
        """Return the words."""
        return self.segment.lexicon.words(self.ordinals.tolist())

    def chosen(self, places: Array) -> _Part:
        """Return the words at some places."""
        return _Part(self.segment, self.ordinals[places], self.df[places], self.restricted)

    def documents(self) -> Docs:
        """Return the documents that have any of the words, in no order."""
        if not len(self.ordinals):
            return np.empty(0, np.uint32)
        if self.restricted is not None:
            docs = np.concatenate([self.restricted[ordinal] for ordinal in self.ordinals.tolist()])
        else:
            docs = self._postings()
        return docs + np.uint32(self.segment.offset)

    def _postings(self) -> Docs:
        field, first, last = self.segment.field, int(self.ordinals[0]), int(self.ordinals[-1])
        if last - first + 1 == len(self.ordinals):  # one after another
            return field.docs.part(field.starts.at(first), field.starts.at(last + 1))
        starts = field.starts.whole().take(self.ordinals).astype(np.int64)
        return field.docs.take(run_indices(starts, self.df))


class _Found:
    """What a pattern stands for, in all segments."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self.parts = [part for part in parts if len(part.ordinals)]

    def count(self) -> int:
        """Return how many different words there are."""
        if len(self.parts) < 2:
            return sum(len(part.ordinals) for part in self.parts)
        return len({word for part in self.parts for word in part.words()})

    def some(self) -> list[str]:
        """Return the first words in their order, one more than are shown."""
        firsts = (part.chosen(np.arange(min(len(part.ordinals), _SHOWN + 1))).words() for part in self.parts)
        return sorted({word for words in firsts for word in words})[: _SHOWN + 1]

    def commonest(self, limit: int) -> _Found:
        """Return the words that most documents have."""
        if len(self.parts) == 1:
            part = self.parts[0]
            best = np.lexsort((part.ordinals, -part.df))[:limit]
            return _Found([part.chosen(np.sort(best))])
        totals: dict[str, int] = defaultdict(int)
        words = [part.words() for part in self.parts]
        for part, its in zip(self.parts, words, strict=True):
            for word, df in zip(its, part.df.tolist(), strict=True):
                totals[word] += df
        chosen = set(sorted(totals, key=lambda word: (-totals[word], word))[:limit])
        return _Found(
            [
                part.chosen(np.array([i for i, word in enumerate(its) if word in chosen], np.int64))
                for part, its in zip(self.parts, words, strict=True)
            ]
        )


_kept: WeakKeyDictionary[Snapshot, list[_Segment]] = WeakKeyDictionary()


def _segments(snapshot: Snapshot) -> list[_Segment]:
    """Return the words of each segment, kept for as long as the generation is."""
    known = _kept.get(snapshot)
    if known is None:
        # Of the reader, not of the snapshot: that, kept as a value, would never go as a key.
        known = _kept[snapshot] = [
            _Segment(arrays, offset, field, Lexicon(field))
            for arrays, offset in segments_of(snapshot.reader)
            if (field := arrays.field(_TEXT)) is not None
        ]
    return known


def _marked(found: _Found, fields: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (field, EXACT + word) for part in found.parts for word in part.words() for field in fields
    )


def _shown(node: Any) -> str:
    if isinstance(node, q.FuzzyTerm):
        return f"{node.text}~"
    return f"{node.text}*" if isinstance(node, q.Prefix) else str(node.text)


def _count(number: int) -> str:
    return {0: "no word of the archive", 1: "one word"}.get(number, f"{number} words")


def _some(words: list[str], count: int) -> str:
    return ", ".join(words[:_SHOWN]) + (", …" if count > _SHOWN else "")
