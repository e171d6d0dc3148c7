"""The words of a generation as its tables have them: weights of terms, and what patterns stand for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from indexer.cluster.mapping import scale_for
from indexer.cluster.tables import Dictionary, Tables
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.index.schema import EXACT, TEXT, TEXT_FIELDS
from indexer.query.arrays.store.lexicon import Lexicon
from indexer.query.patterns import SHOWN, note, note_of_cut, shown
from indexer.query.ranking import idf

_EMPTY = Dictionary(BytesTable.of(()), *np.zeros((2, 0), np.uint32))


class Expansion(NamedTuple):
    """What a pattern stands for: words as written in their order, without mark; `fields` are those that it
    was asked of; a sentence about them, and whether they are not all; `typed` as it is named in reasons."""

    words: list[str]
    fields: tuple[str, ...]
    note: Callable[[], str]
    cut: bool
    typed: str

    @property
    def terms(self) -> frozenset[tuple[str, str]]:
        """The words as (field, marked word)."""
        return frozenset((field, EXACT + word) for word in self.words for field in self.fields)


class ClusterWords:
    """Looks up the dictionaries of one generation. Safe to share between threads."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.documents = tables.documents
        self.scale = scale_for(tables.averages[TEXT])  # of the parts of scores that documents have

    def frequency(self, field: str, term: str) -> int:
        """Return how many articles have a term in a field of words, as scores count them."""
        return self._tables.words.get(field, _EMPTY).frequency(term.encode("utf-8", "replace"))

    def live_frequency(self, field: str, term: str) -> int:
        """Return how many articles that there are have a term in a field of words."""
        return self._tables.words.get(field, _EMPTY).live_frequency(term.encode("utf-8", "replace"))

    def idf(self, field: str, term: str) -> float:
        """Return the weight of a term."""
        return idf(self.documents, self.frequency(field, term))

    @functools.cached_property
    def lexicon(self) -> Lexicon:
        """The words as written of all fields."""
        return Lexicon(self._tables.words.get(TEXT, _EMPTY))

    def expand(self, node: Any, limit: int) -> Expansion:
        """Return what a Prefix, Wildcard or FuzzyTerm node stands for: the commonest `limit` words."""
        ordinals: Array = self.lexicon.matching(node)
        if node.fieldname == TEXT:
            df = self.lexicon.doc_frequencies(ordinals)
            words = self.lexicon.words(ordinals.tolist())
        else:
            every = self.lexicon.words(ordinals.tolist())
            counts = [self.frequency(node.fieldname, EXACT + word) for word in every]
            words = [word for word, count in zip(every, counts, strict=True) if count]
            df = np.array([count for count in counts if count], np.int64)
        typed = shown(node)
        fields = TEXT_FIELDS if node.fieldname == TEXT else (node.fieldname,)
        if len(words) <= limit:
            sentence = functools.partial(note, typed, lambda: len(words), lambda: sorted(words)[:SHOWN])
            return Expansion(words, fields, sentence, cut=False, typed=f"{node.fieldname}:{typed}")
        best = np.sort(np.lexsort((np.arange(len(df)), -df))[:limit])
        some = [words[at] for at in best.tolist()]
        sentence = functools.partial(note_of_cut, typed, limit)
        return Expansion(some, fields, sentence, cut=True, typed=f"{node.fieldname}:{typed}")
