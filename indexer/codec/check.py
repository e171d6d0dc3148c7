"""Reads whole files and names what is damaged: every checksum, then every reference."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from indexer.codec.data import BytesColumn, NumberColumn, OrdinalColumn
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.packed import is_sound
from indexer.codec.reader import SegmentArrays
from indexer.codec.sections import Damage, SectionFile, open_file
from indexer.codec.stored import decode_stored
from indexer.errors import IndexDamagedError

_STEP = 1 << 20  # postings looked at at once
REFERENCE = "what it refers to is not there, or not in order"


def verify(path: Path) -> Iterator[Damage]:
    """Yield what is damaged in a segment's file, or in a file of deletions; nothing where it is whole.

    Where a checksum does not match, only checksums are gone through: what is altered is not read.
    """
    try:
        file = open_file(str(path))
        names = list(file.damages())
        yield from (Damage(str(path), name, "the checksum does not match") for name in names)
        if not names and "doc_count" in file.meta and "fields" in file.meta:
            yield from _references(file)
    except IndexDamagedError as error:
        section = error.where.partition(", section ")[2]
        yield Damage(str(path), section, error.what)


def _references(file: SectionFile) -> Iterator[Damage]:
    return (Damage(file.path, section, REFERENCE) for section in _faults(SegmentArrays(file)))


def _faults(arrays: SegmentArrays) -> Iterator[str]:
    fields = ((name, field) for name in arrays.field_names if (field := arrays.field(name)) is not None)
    for name, field in fields:
        yield from (f"field/{name}/{part}" for part in _field_faults(field, arrays.doc_count))
    yield from (f"derived field {name}" for name in arrays.derived if not _is_sound_derived(arrays, name))
    for name in arrays.length_fields:
        lengths = arrays.lengths(name)
        if lengths is None or len(lengths) != arrays.doc_count:
            yield f"lengths/{name}"
    yield from (f"column/{name}" for name in arrays.column_kinds if not _is_sound_column(arrays, name))
    if not _is_sound_stored(arrays):
        yield "stored/data"


def _field_faults(field: FieldArrays, doc_count: int) -> Iterator[str]:
    if not _rises(field.terms().starts):
        yield "term_starts"
        return
    terms = field.terms().rows(0, len(field))
    if any(a >= b for a, b in pairwise(terms)):
        yield "terms"
    starts = field.starts.whole().astype(np.int64)
    if not (_rises(starts) and starts[0] == 0 and starts[-1] == len(field.docs)):
        yield "starts"
        return
    if not is_sound(field.docs):
        yield "docs_runs"
        return
    if field.positions is not None and not is_sound(field.positions):
        yield "positions_wide"
        return
    if not _are_in_order(field, starts, doc_count):
        yield "docs"
    if not _has_sound_stems(field):
        yield "stems"
    if field.positions is not None:
        total = len(field.docs) if field.freqs is None else int(field.freqs.whole().sum(dtype=np.int64))
        if total != len(field.positions) or int(field.position_counts().sum()) != total:
            yield "positions"


def _has_sound_stems(field: FieldArrays) -> bool:
    """Whether each word as written has the row of a term that is none, or the number of all terms."""
    if field.stems is None:
        return True
    first, last = field.exact_range
    stems = field.stems.whole()
    is_word = (stems >= first) & (stems < last)
    return len(stems) == last - first and not is_word.any() and int(stems.max(initial=0)) <= len(field)


def _are_in_order(field: FieldArrays, starts: Array, doc_count: int) -> bool:
    """Whether documents ascend within each term, and are there; a part at a time, for they are copied."""
    last = -1  # the document before
    for at in range(0, len(field.docs), _STEP):
        docs = field.docs.part(at, min(at + _STEP, len(field.docs)))
        falls = np.flatnonzero(np.diff(docs.astype(np.int64), prepend=last) <= 0) + at
        if int(docs.max()) >= doc_count or not np.isin(falls, starts).all():
            return False
        last = int(docs[-1])
    return True


def _is_sound_derived(arrays: SegmentArrays, name: str) -> bool:
    derived = arrays.derived[name]
    columns = [column for column in (derived.start, derived.end) if column]
    return derived.copies > 0 and all(arrays.column_kinds.get(column) == "numbers" for column in columns)


def _is_sound_column(arrays: SegmentArrays, name: str) -> bool:
    column = arrays.column(name)
    match column:
        case NumberColumn():
            return len(column.values) == arrays.doc_count
        case BytesColumn():
            return len(column.values) == arrays.doc_count and _rises(column.values.starts)
        case OrdinalColumn(table, ordinals, starts):
            highest = int(ordinals.max(initial=0))
            if starts is None:
                return len(ordinals) == arrays.doc_count and highest <= len(table)
            within = not len(ordinals) or highest < len(table)
            ends = int(starts[-1]) == len(ordinals)
            return len(starts) == arrays.doc_count + 1 and _rises(starts) and ends and within


def _is_sound_stored(arrays: SegmentArrays) -> bool:
    stored = arrays.stored_payloads
    if not stored.is_in_order:
        return False
    try:
        for doc in range(len(stored)):
            decode_stored(stored.payload(doc))
    except (ValueError, IndexDamagedError):
        return False
    return len(stored) in (0, arrays.doc_count)


def _rises(starts: Array) -> bool:
    return bool(np.all(starts[1:] >= starts[:-1]))
