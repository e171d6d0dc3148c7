"""What Whoosh's SegmentReader asks of a segment: documents, terms, a cursor over them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound

from indexer.codec.column import column_reader
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.matcher import ArrayMatcher, TermPostings
from indexer.codec.reader import LengthInfo, SegmentArrays

Term = tuple[str, bytes]


class ArrayPerDocumentReader(base.PerDocumentReader):
    """Lengths, columns and stored fields of each document; `arrays` has them whole."""

    def __init__(self, arrays: SegmentArrays, segment: Any) -> None:
        self.arrays = arrays
        self._segment = segment

    def doc_count(self) -> int:
        """How many documents are not deleted."""
        return self.arrays.doc_count - int(self._segment.deleted_count())

    def doc_count_all(self) -> int:
        """How many documents there are, deleted ones included."""
        return self.arrays.doc_count

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._segment.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether the document is deleted."""
        return bool(self._segment.is_deleted(docnum))

    def deleted_docs(self) -> Iterator[int]:
        """The deleted documents, ascending."""
        found: Iterator[int] = self._segment.deleted_docs()
        return found

    # Columns

    def supports_columns(self) -> bool:
        """Return that there may be columns."""
        return True

    def has_column(self, fieldname: str) -> bool:
        """Whether any document had a value in the column."""
        return fieldname in self.arrays.column_kinds

    def column_reader(self, fieldname: str, column: Any) -> Any:
        """Return a reader of the column. Raises KeyError for none of that name."""
        return column_reader(self.arrays.column(fieldname), self.arrays.doc_count)

    # Lengths

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Return the exact length of a field in a document; `default` where that is 0."""
        lengths = self.arrays.lengths(fieldname)
        return default if lengths is None else lengths.item(docnum) or default

    def field_length(self, fieldname: str) -> int:
        """Return the sum of the field's lengths, deleted documents included."""
        return self._length_info(fieldname).sum

    def min_field_length(self, fieldname: str) -> int:
        """Return the shortest length; a document without the field has 0."""
        return self._length_info(fieldname).min

    def max_field_length(self, fieldname: str) -> int:
        """Return the longest length."""
        return self._length_info(fieldname).max

    def _length_info(self, fieldname: str) -> LengthInfo:
        return self.arrays.length_fields.get(fieldname, LengthInfo(0, 0, 0))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Return the stored fields of a document."""
        return self.arrays.stored_fields(docnum)


class ArrayTermsReader(base.TermsReader):
    """The terms of a segment, ordered by field name and bytes."""

    def __init__(self, arrays: SegmentArrays) -> None:
        self.arrays = arrays

    def __contains__(self, term: Term) -> bool:
        return self.arrays.find(*term) is not None

    def cursor(self, fieldname: str, fieldobj: Any) -> Any:
        """Return a cursor over the terms of a field."""
        field = self.arrays.field(fieldname)
        if field is None:
            return base.EmptyCursor()
        return ArrayCursor(field, fieldobj, self.arrays.lengths(fieldname))

    def indexed_field_names(self) -> list[str]:
        """The fields that have terms."""
        return self.arrays.searchable_names

    def terms(self) -> Iterator[Term]:
        """All terms, as (field, bytes)."""
        return (term for term, _, _ in self._walk("", b""))

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        """The terms from `prefix` on, those of later fields too; none for an unknown field."""
        return (term for term, _, _ in self._walk(fieldname, prefix))

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        """All terms, with their statistics."""
        return self.items_from("", b"")

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        """As `terms_from`, with the statistics of the terms."""
        for term, field, ordinal in self._walk(fieldname, prefix):
            yield term, TermPostings(field, ordinal, self.arrays.lengths(term[0])).info

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return the statistics of a term. Raises TermNotFound."""
        return self._postings(fieldname, text).info

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Return how often a term occurs in all documents, 0 for an unknown one."""
        count, freqs = self.arrays.frequencies(fieldname, text)
        return float(count if freqs is None else freqs.sum(dtype=np.int64))

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Return how many documents have a term, deleted ones included; 0 for an unknown one."""
        return self.arrays.frequencies(fieldname, text)[0]

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ArrayMatcher:
        """Return a matcher over the postings of a term. Raises TermNotFound."""
        return ArrayMatcher(self._postings(fieldname, text), format_, (fieldname, text), scorer)

    def _postings(self, fieldname: str, text: bytes) -> TermPostings:
        field, ordinal = self.arrays.field(fieldname), self.arrays.find(fieldname, text)
        if field is None or ordinal is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return TermPostings(field, ordinal, self.arrays.lengths(fieldname))

    def _walk(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, FieldArrays, int]]:
        """Yield terms from `prefix` in `fieldname` on, by field; from the first for no field."""
        names = self.arrays.searchable_names
        if fieldname and fieldname not in names:
            return
        for name in names[names.index(fieldname) if fieldname else 0 :]:
            field = self.arrays.field(name)
            if field is None:
                continue
            first = field.lower_bound(prefix) if name == fieldname else 0
            for at in range(first, len(field), _STEP):
                step = field.terms(at, min(at + _STEP, len(field)))
                for ordinal, text in enumerate(step, at):
                    yield (name, text), field, ordinal


_STEP = 256  # terms read at once: a prefix has few


class ArrayCursor(base.FieldCursor):
    """A place among the terms of a field, as Whoosh's automata walk them."""

    def __init__(self, field: FieldArrays, fieldobj: Any, lengths: Array | None) -> None:
        self._field = field
        self._fieldobj = fieldobj
        self._lengths = lengths
        self._ordinal = 0

    def first(self) -> Any:
        """Go to the first term and return its text."""
        self._ordinal = 0
        return self.text()

    def find(self, term: str | bytes) -> Any:
        """Go to the first term that is not before `term`; return its text, or None."""
        encoded = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        self._ordinal = self._field.lower_bound(encoded)
        return self.text()

    def next(self) -> Any:
        """Go to the next term and return its text, or None behind the last."""
        self._ordinal = min(self._ordinal + 1, len(self._field))
        return self.text()

    def text(self) -> Any:
        """The text of the term, as its field decodes it; None behind the last."""
        if not self.is_valid():
            return None
        return self._fieldobj.from_bytes(self._field.term(self._ordinal))

    def term_info(self) -> TermInfo | None:
        """The statistics of the term; None behind the last."""
        if not self.is_valid():
            return None
        return TermPostings(self._field, self._ordinal, self._lengths).info

    def is_valid(self) -> bool:
        """Whether there is a current term."""
        return self._ordinal < len(self._field)
