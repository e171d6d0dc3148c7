"""What a segment holds, as arrays: the value between those who gather postings and the writer.

`invert` makes the postings of a field from its tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from indexer.codec.layout import Array, shrink
from indexer.codec.stored import Stored
from indexer.codec.tables import BytesTable, offsets_of, run_begins

EXACT_MARK = b"="  # begins the term of a word as written; see `FieldData.stems`


@dataclass(frozen=True, slots=True)
class FieldData:
    """The postings of a field, by term in ascending order of bytes, then by document.

    terms      the distinct terms, sorted
    starts     (terms + 1,) where each term's postings begin
    docs       (postings,) uint32, ascending within a term
    positions  (sum of freqs,) integers, posting after posting, or None for a field without
    freqs      (postings,) integers, or None where all are 1; a field without positions has none
    stems      (words as written,) for each term that begins with EXACT_MARK the row of its stem's term, or
               len(terms) where that is not known by the word alone; or None
    """

    terms: BytesTable
    starts: Array
    docs: Array
    freqs: Array | None = None
    positions: Array | None = None
    stems: Array | None = None

    def frequencies(self) -> Array:
        """Return the frequencies, also where all are 1."""
        return np.ones(len(self.docs), np.uint8) if self.freqs is None else self.freqs


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """A number for each document: (documents,) of any integer, float or bool dtype. Documents
    without one, and segments without the column, have `default`."""

    values: Array
    default: float = 0


@dataclass(frozen=True, slots=True)
class BytesColumn:
    """A byte string for each document; those without one have `default`."""

    values: BytesTable
    default: bytes = b""


@dataclass(frozen=True, slots=True)
class OrdinalColumn:
    """Values of a facet. `table`: the distinct values, sorted. With `starts` None `ordinals` is
    (documents,), and a document without a value has the ordinal len(table); else document d has
    `ordinals[starts[d]:starts[d + 1]]`, ascending."""

    table: BytesTable
    ordinals: Array
    starts: Array | None = None

    def of_doc(self, doc: int) -> list[int]:
        """Return the ordinals of one document."""
        if self.starts is None:
            ordinal = int(self.ordinals[doc])
            return [ordinal] if ordinal < len(self.table) else []
        found: list[int] = self.ordinals[int(self.starts[doc]) : int(self.starts[doc + 1])].tolist()
        return found


Column = NumberColumn | BytesColumn | OrdinalColumn


@dataclass(frozen=True, slots=True)
class DerivedField:
    """A field without postings of its own: what stands at some of the positions of the field `source`.

    `start` and `end` name the columns of numbers that have, for each document, the first position of
    the field and that behind its last; "" is the first and the last of all. Each occurrence stands
    `copies` times at its position in the source, and counts once here."""

    source: str
    start: str = ""
    end: str = ""
    copies: int = 1


@dataclass(frozen=True, slots=True)
class SegmentData:
    """A whole segment.

    fields   gone through once, in order of names: it may be a generator
    lengths  exact, (documents,) for each field that is scored by length
    stored   for each document in order a payload (`encode_stored`), or ready blocks of them; or
             nothing at all. Gone through once
    """

    doc_count: int
    fields: Iterable[tuple[str, FieldData]] = ()
    lengths: Mapping[str, Array] = field(default_factory=dict)
    columns: Mapping[str, Column] = field(default_factory=dict)
    stored: Iterable[bytes | Stored] = ()
    derived: Mapping[str, DerivedField] = field(default_factory=dict)


def invert(term_ids: Array, docs: Array, positions: Array | None, terms: BytesTable) -> FieldData:
    """Return the postings of tokens: three arrays of shape (tokens,), and the sorted table of terms.

    term_ids   row of `terms`; every row must occur
    docs       uint32
    positions  or None. Where they are given, tokens of one term, document and position are counted each
    Any order of the tokens will do; where documents ascend, and positions within them, it is faster.
    """
    if len(term_ids) > 1 and not _in_order(docs, positions):
        order = np.lexsort((docs,) if positions is None else (positions, docs))
        term_ids, docs = term_ids[order], docs[order]
        positions = None if positions is None else positions[order]
    order = stable_order(term_ids)
    term_ids, docs = term_ids[order], docs[order]
    new_term = run_begins(term_ids)
    first = np.flatnonzero(new_term | run_begins(docs))
    starts = np.append(np.flatnonzero(new_term[first]), len(first))
    if len(starts) != len(terms) + 1:
        raise ValueError(f"{len(terms)} terms were given and {len(starts) - 1} occur")
    of_postings = docs[first].astype(np.uint32, copy=False)
    if positions is None:
        return FieldData(terms, starts, of_postings)
    freqs = None if len(first) == len(docs) else shrink(np.diff(first, append=len(docs)))
    return FieldData(terms, starts, of_postings, freqs, shrink(positions[order]))


def stable_order(keys: Array) -> Array:
    """Return the stable order of `keys` (integers below 2**32, fewer than 2**32 of them).

    The place is sorted with the key, in one integer: NumPy sorts integers with vector
    instructions, an argsort of the same takes four times as long.
    """
    packed = keys.astype(np.uint64) << np.uint64(32)
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    packed &= np.uint64(0xFFFFFFFF)
    return packed.astype(np.int64)


def _in_order(docs: Array, positions: Array | None) -> bool:
    same = docs[1:] == docs[:-1]
    if not bool(np.all(same | (docs[1:] > docs[:-1]))):
        return False
    return positions is None or bool(np.all(~same | (positions[1:] >= positions[:-1])))


def ordinals_of_postings(data: FieldData, doc_count: int) -> OrdinalColumn:
    """Return the column of a field of values: each document's terms, which are the table."""
    counts = np.bincount(data.docs, minlength=doc_count)
    df: Array = np.diff(data.starts.astype(np.int64))
    of_postings = np.repeat(np.arange(len(data.terms)), df)
    if not len(counts) or counts.max() <= 1:
        single = np.full(doc_count, len(data.terms), np.int64)
        single[data.docs] = of_postings
        return OrdinalColumn(data.terms, shrink(single))
    ordinals = of_postings[stable_order(data.docs)]
    return OrdinalColumn(data.terms, shrink(ordinals), shrink(offsets_of(counts)))
