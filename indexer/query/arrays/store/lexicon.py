"""The words of the archive as written, segment by segment: which of them a pattern stands for.

Words in plain letters are found in the dictionary as it lies in the file: by binary search, or by a
pattern over its bytes, in which a `=` stands before each word. The others (`café`) stand in a short
list, by their forms without accents.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from whoosh import query as q

from indexer.analysis import fold_accents
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import BytesTable
from indexer.index.schema import EXACT, TEXT
from indexer.query.edits import LEVENSHTEIN, Words, WordTable, letters_of, words_of

MARK = EXACT.encode()
_END = "\U0010ffff"
_PLAIN = rb"[^=\x80-\xff]"  # a character of a word in plain letters


class Terms(Protocol):
    """The terms of a field, sorted; a term's ordinal is its place."""

    def term(self, ordinal: int) -> bytes:
        """Return the term of that ordinal."""

    def terms(self, first: int = 0, last: int | None = None) -> BytesTable:
        """Return the terms of ordinals `first` up to `last` (all)."""

    def find(self, term: bytes) -> int | None:
        """Return the ordinal of `term`, or None."""

    def prefix_range(self, prefix: bytes) -> tuple[int, int]:
        """Return the ordinals (first, last + 1) of the terms that begin with `prefix`."""

    def doc_frequencies(self, ordinals: Array) -> Array:
        """Return how many documents have each term: int64."""


class Lexicon:
    """The marked words among the terms of a combined field. A word is its term's ordinal."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.first, self._last = terms.prefix_range(MARK)

    def doc_frequencies(self, ordinals: Array) -> Array:
        """Return how many documents have each word, deleted ones among them: int64."""
        return self._terms.doc_frequencies(ordinals)

    def matching(self, node: Any) -> Array:
        """Return the ordinals of the words that a Prefix, Wildcard or FuzzyTerm node stands for:
        int64, ascending."""
        if isinstance(node, q.Prefix):
            return self.beginning(node.text)
        if isinstance(node, q.FuzzyTerm):
            return self._fuzzy(node)
        plain, accept = self._glob(node.text)
        forms, ordinals = self._accented
        return _with(plain, [ordinal for form, ordinal in zip(forms, ordinals, strict=True) if accept(form)])

    @functools.cached_property
    def tables(self) -> tuple[tuple[WordTable, Array], ...]:
        """The words in plain letters, and the others by their forms without accents, each with ordinals."""
        forms, others = self._accented
        plain = np.setdiff1d(np.arange(self.first, self._last, dtype=np.int64), others, assume_unique=True)
        table = self._terms.terms(self.first, self._last)
        begins = table.starts[:-1].take(plain - self.first) + len(MARK)
        words = Words(table.data, begins, table.starts[1:].take(plain - self.first) - begins)
        tables = ((words, plain), (words_of(forms), np.array(others, np.int64)))
        return tuple((WordTable(words), ordinals) for words, ordinals in tables if len(ordinals))

    def beginning(self, prefix: str) -> Array:
        """Return the ordinals of words that begin with `prefix`, accents aside: int64, ascending."""
        return as_array(self.begun(prefix))

    def begun(self, prefix: str) -> range | Array:
        """Return the same as a range, where they are neighbours."""
        first, last = self._terms.prefix_range(MARK + prefix.encode())
        folded, ordinals = self._accented
        others = ordinals[bisect.bisect_left(folded, prefix) : bisect.bisect_left(folded, prefix + _END)]
        apart = [ordinal for ordinal in others if not first <= ordinal < last]
        return _with(as_array(range(first, last)), apart) if apart else range(first, last)

    def spelt(self, word: str) -> list[int]:
        """Return the ordinals of the words that are `word`, their accents aside."""
        folded, ordinals = self._accented
        others = ordinals[bisect.bisect_left(folded, word) : bisect.bisect_right(folded, word)]
        own = self._terms.find(MARK + word.encode())
        return others if own is None or own in others else [own, *others]

    def words(self, ordinals: Sequence[int]) -> list[str]:
        """Return the words of ascending ordinals, without their mark."""
        return [self._terms.term(ordinal)[len(MARK) :].decode() for ordinal in ordinals]

    @functools.cached_property
    def _accented(self) -> tuple[list[str], list[int]]:
        """Return what is not in plain letters: forms without accents, in their order, and ordinals."""
        table = self._terms.terms(self.first, self._last)
        if not len(table):
            return [], []
        highest = np.maximum.reduceat(table.data, table.starts[:-1])
        ordinals = (np.flatnonzero(highest >= 0x80) + self.first).tolist()
        found = sorted(zip(map(fold_accents, self.words(ordinals)), ordinals, strict=True))
        return [form for form, _ in found], [ordinal for _, ordinal in found]

    def _glob(self, pattern: str) -> tuple[Array, Callable[[str], Any]]:
        pattern = re.sub(r"\*+", "*", pattern)
        pieces = re.split(r"([*?])", pattern)
        folded = "".join({"*": ".*", "?": "."}.get(piece) or re.escape(piece) for piece in pieces)
        accept = re.compile(folded, re.DOTALL).fullmatch
        if not pattern.isascii():
            return np.empty(0, np.int64), accept
        classes = {"*": _PLAIN + rb"*", "?": _PLAIN}
        plain = re.compile(
            MARK
            + b"".join(classes.get(piece) or re.escape(piece.encode()) for piece in pieces)
            + rb"(?==|\Z)"
        )
        first, last = self._terms.prefix_range(MARK + pieces[0].encode())
        table = self._terms.terms(first, last)
        found = [match.start() for match in plain.finditer(table.data.tobytes())]
        return table.starts[:-1].searchsorted(found) + first, accept

    def _fuzzy(self, node: q.FuzzyTerm) -> Array:
        word = letters_of(node.text)
        found = [np.empty(0, np.int64)]
        for table, ordinals in self.tables:
            places, _ = table.near(word, node.maxdist, LEVENSHTEIN)
            for i, letter in enumerate(word[: node.prefixlength].tolist()):
                places = places[table.words.letters_at(i, places) == letter]
            found.append(ordinals.take(places))
        return np.sort(np.concatenate(found))


class SegmentLexicon(Lexicon):
    """The words of one segment's combined `field`; its first document has the number `offset`."""

    def __init__(self, arrays: SegmentArrays, offset: int, field: FieldArrays) -> None:
        super().__init__(field)
        self.arrays = arrays
        self.offset = offset
        self.field = field


def as_array(ordinals: range | Array) -> Array:
    """Return ordinals as int64."""
    if isinstance(ordinals, range):
        return np.arange(ordinals.start, ordinals.stop, dtype=np.int64)
    return ordinals


def _with(plain: Array, others: list[int]) -> Array:
    """Return both together, ascending."""
    return np.sort(np.concatenate([plain, np.array(others, np.int64)])) if others else plain


def lexicons_of(segments: Iterable[tuple[SegmentArrays, int]]) -> tuple[SegmentLexicon, ...]:
    """Return the words of each segment that has any."""
    found = ((arrays, offset, arrays.field(TEXT)) for arrays, offset in segments)
    return tuple(
        SegmentLexicon(arrays, offset, field) for arrays, offset, field in found if field is not None
    )
