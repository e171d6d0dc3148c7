"""Wildcards and fuzzy words -> the documents of the words of the archive that they stand for.

They are compared with the words as written (not stemmed), letter case and accents folded. The
commonest words are taken where there are more than the limit, and a note says so.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.tables import offsets_of, run_indices
from indexer.index.schema import EXACT, TEXT, TEXT_FIELDS
from indexer.query.arrays.store.lexicon import SegmentLexicon
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.patterns import SHOWN, note, note_of_cut, shown

_STEP = 1 << 18  # postings between two looks at the deadline: some ten milliseconds


@dataclass(frozen=True, slots=True)
class Expansion:
    """Which live documents have any of the words, the words as (field, marked term), and a sentence
    about them; `typed` is what stands for them, `recogn*`, `cut` where they are not all."""

    typed: str
    mask: Mask
    words: Callable[[], frozenset[tuple[str, str]]]
    note: Callable[[], str]
    cut: bool


def expand(node: Any, snapshot: Snapshot, limit: int, deadline: Deadline = NO_DEADLINE) -> Expansion:
    """Return what a Prefix, Wildcard or FuzzyTerm node stands for in its field (`text`: in any)."""
    found = _Found([_matching(lexicon, node, deadline) for lexicon in snapshot.lexicons])
    typed = shown(node)
    sentence = functools.partial(note, typed, found.count, found.some)
    if cut := found.is_more_than(limit):
        found = found.commonest(limit)
        sentence = functools.partial(note_of_cut, typed, limit)
    fields = TEXT_FIELDS if node.fieldname == TEXT else (node.fieldname,)
    return Expansion(
        typed, _live(snapshot, found.parts), functools.partial(_terms, found, fields), sentence, cut
    )


def _live(snapshot: Snapshot, parts: Sequence[_Part]) -> Mask:
    """Return which live documents have any of the words."""
    columns = snapshot.columns
    mask = np.zeros(columns.size, bool)
    for part in parts:
        mask[part.lexicon.offset :][part.documents()] = True
    return mask & columns.live


def _matching(lexicon: SegmentLexicon, node: Any, deadline: Deadline) -> _Part:
    """Return the words of a segment that the node stands for, of those that occur in its field."""
    ordinals = lexicon.matching(node)
    if node.fieldname == TEXT:
        return _Part(lexicon, ordinals)
    steps = np.cumsum(lexicon.field.doc_frequencies(ordinals)) // _STEP
    docs, counts = [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
    for some in np.split(ordinals, np.flatnonzero(np.diff(steps)) + 1):
        if deadline.cuts():
            return _Part(lexicon, ordinals[:0])
        found, has = lexicon.arrays.derived_postings(node.fieldname, some)
        docs.append(found)
        counts.append(has)
    own = np.concatenate(counts)
    return _Part(lexicon, ordinals[own > 0], _Runs(np.concatenate(docs), own[own > 0]))


class _Runs(NamedTuple):
    """Documents of several words, one word's after another's, and how many each has."""

    docs: Docs
    counts: Array


@dataclass(frozen=True, slots=True)
class _Part:
    """Words of one segment, ascending; `restricted` has their documents where they are not all that have
    the word: those of a field."""

    lexicon: SegmentLexicon
    ordinals: Array
    restricted: _Runs | None = None

    def df(self) -> Array:
        """Return how many documents have each word, deleted ones among them."""
        if self.restricted is None:
            return self.lexicon.field.doc_frequencies(self.ordinals)
        return self.restricted.counts

    def words(self) -> list[str]:
        """Return the words."""
        return self.lexicon.words(self.ordinals.tolist())

    def chosen(self, places: Array | slice) -> _Part:
        """Return the words at some places."""
        if self.restricted is None:
            return _Part(self.lexicon, self.ordinals[places])
        docs, counts = self.restricted
        own = counts[places]
        starts = offsets_of(counts)[:-1][places]
        return _Part(self.lexicon, self.ordinals[places], _Runs(docs.take(run_indices(starts, own)), own))

    def documents(self) -> Docs:
        """Return the segment's documents that have any of the words, in no order."""
        if self.restricted is not None:
            return self.restricted.docs
        field, first, last = self.lexicon.field, int(self.ordinals[0]), int(self.ordinals[-1])
        if last - first + 1 == len(self.ordinals):  # of a prefix, as a rule: one slice
            return field.docs.part(field.starts.at(first), field.starts.at(last + 1))
        starts = field.starts.whole().take(self.ordinals).astype(np.int64)
        return field.docs.take(run_indices(starts, self.df()))


class _Found:
    """What a pattern stands for, in all segments."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self.parts = [part for part in parts if len(part.ordinals)]

    def is_more_than(self, limit: int) -> bool:
        """Whether there are more different words than `limit`."""
        return sum(len(part.ordinals) for part in self.parts) > limit and self.count() > limit

    def count(self) -> int:
        """Return how many different words there are."""
        if len(self.parts) < 2:
            return sum(len(part.ordinals) for part in self.parts)
        return len({word for part in self.parts for word in part.words()})

    def some(self) -> list[str]:
        """Return the first words in their order, as many as are shown."""
        firsts = (part.chosen(slice(SHOWN)).words() for part in self.parts)
        return sorted({word for words in firsts for word in words})[:SHOWN]

    def commonest(self, limit: int) -> _Found:
        """Return the words that most documents have."""
        if len(self.parts) == 1:
            part = self.parts[0]
            best = np.lexsort((part.ordinals, -part.df()))[:limit]
            return _Found([part.chosen(np.sort(best))])
        totals: dict[str, int] = defaultdict(int)
        words = [part.words() for part in self.parts]
        for part, its in zip(self.parts, words, strict=True):
            for word, df in zip(its, part.df().tolist(), strict=True):
                totals[word] += df
        chosen = set(sorted(totals, key=lambda word: (-totals[word], word))[:limit])
        return _Found(
            [
                part.chosen(np.array([i for i, word in enumerate(its) if word in chosen], np.int64))
                for part, its in zip(self.parts, words, strict=True)
            ]
        )


def _terms(found: _Found, fields: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (field, EXACT + word) for part in found.parts for word in part.words() for field in fields
    )
