"""Segments -> one segment, by work on whole arrays: nothing is done a posting at a time.

Documents keep their order: those of the first segment, then those of the second; deleted ones are
left out. Each field's dictionaries are merged once. Then its postings are moved a range of terms at
a time (`CHUNK` postings), so that memory does not grow with the segments: within a range, a term's
postings are one run in each segment, and where a run begins in the merged field is known from the
counts, so they are moved by index and nothing is sorted.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.codec.data import EXACT_MARK, Column, DerivedField, FieldData, SegmentData
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.layout import Array
from indexer.codec.merge_documents import (
    Source,
    merge_columns,
    merge_lengths,
    merge_stored,
    number,
)
from indexer.codec.packed import saves_high, saves_wide, wide_count
from indexer.codec.reader import SegmentArrays
from indexer.codec.sections import SectionFileWriter
from indexer.codec.tables import BytesTable, offsets_of, padded, run_indices, unpadded
from indexer.codec.writer import FieldSections, FieldShape, synced, write_documents, write_field

Terms = list[bytes] | Array  # of NumPy's byte strings, where they can hold them

# Postings moved at once: about 8 MB with positions, which stay in the processor's cache. With eight times as
# many, merging took a sixth to a quarter longer.
CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class FieldSource:
    """A field of a source, its terms' ordinals in the merged field, and their live postings:
    `df` and `positions` for each of its terms."""

    source: Source
    field: FieldArrays
    ordinals: Array
    df: Array
    positions: Array


@dataclass(frozen=True, slots=True)
class Supplied:
    """Fields and columns that are not merged but given for all live documents, numbered in the order
    in which they are merged. What the segments have under these names is passed over."""

    fields: Mapping[str, FieldData] = dataclasses.field(default_factory=dict)
    columns: Mapping[str, Column] = dataclasses.field(default_factory=dict)


def merge_segments(
    path: Path,
    segments: Sequence[SegmentArrays],
    supplied: Supplied | None = None,
) -> int:
    """Write the live documents of `segments` as one segment; return how many they are, on the disk.

    The same segments give the same bytes. Raises IndexDamagedError.
    """
    supplied = supplied or Supplied()
    sources = number(segments)
    doc_count = sum(len(source.kept) for source in sources)
    derived = _derived(segments)
    with synced(path) as stream:
        file = SectionFileWriter(stream)
        names = []
        for name in sorted({name for s in segments for name in s.field_names} | supplied.fields.keys()):
            given = supplied.fields.get(name)
            if given is None:
                if _merge_field(file, name, sources, doc_count):
                    names.append(name)
            elif len(given.terms):
                write_field(file, name, given, doc_count)
                names.append(name)
        data = SegmentData(
            doc_count=doc_count,
            lengths=merge_lengths(sources),
            columns={**merge_columns(sources, leave_out=supplied.columns.keys()), **supplied.columns},
            stored=merge_stored(sources),
            derived=derived,
        )
        write_documents(file, data, names)
    return doc_count


def _derived(segments: Sequence[SegmentArrays]) -> dict[str, DerivedField]:
    """Return the fields that have no postings of their own. Raises ValueError where segments differ."""
    found: dict[str, DerivedField] = {}
    for name, how in ((name, how) for segment in segments for name, how in segment.derived.items()):
        if found.setdefault(name, how) != how:
            raise ValueError(f"field {name} is derived in several ways")
    return found


# Postings


def _merge_field(file: SectionFileWriter, name: str, sources: list[Source], doc_count: int) -> bool:
    """Write the merged field; return whether anything is left of it."""
    found = [(source, field) for source in sources if (field := source.arrays.field(name)) is not None]
    terms, parts = _merge_terms(found)
    if not len(terms):
        return False
    df = _sums(((part.df, np.maximum(part.ordinals, 0)) for part in parts), len(terms))
    if len({field.positions is None for _, field in found}) > 1:
        raise ValueError(f"field {name} has positions in some segments only")
    sections = FieldSections(file, name, _shape(parts, saves_high(df, doc_count)))
    for first, last in _ranges(df):
        sections.append(_merge_range(terms, parts, first, last))
        for source, _ in found:  # what was moved is not read again, and need not count as ours
            source.arrays.file.release()
    sections.finish(_merge_stems(terms, parts))
    return True


def _merge_terms(found: Iterable[tuple[Source, FieldArrays]]) -> tuple[Terms, list[FieldSource]]:
    """Return the terms that have a live posting, sorted, and the fields with their places in them."""
    counted = [(source, field, *_live_counts(source, field)) for source, field in found]
    merged, places = _join_terms([field.terms().take(np.flatnonzero(df)) for _, field, df, _ in counted])
    parts = []
    for (source, field, df, positions), at in zip(counted, places, strict=True):
        # A term without live postings gets the place of the one before it: places must not fall.
        ordinals = np.full(len(df), -1, np.int64)
        ordinals[df > 0] = at
        parts.append(FieldSource(source, field, np.maximum.accumulate(ordinals), df, positions))
    return merged, parts


def _join_terms(tables: list[BytesTable]) -> tuple[Terms, list[Array]]:
    """Return the distinct rows of all tables, sorted, and the places of each table's rows among them.

    A million ids or paths are arrays of 16 to some 60 bytes each; as Python's objects, in a set, a list
    and a dict, they took a gigabyte.
    """
    arrays = [array for table in tables if (array := padded(table)) is not None]
    if arrays and len(arrays) == len(tables):
        merged: Array = np.unique(np.concatenate(arrays))
        return merged, [merged.searchsorted(array) for array in arrays]
    terms = sorted({term for table in tables for term in table})
    place = {term: i for i, term in enumerate(terms)}
    return terms, [np.fromiter((place[term] for term in table), np.int64, len(table)) for table in tables]


def _live_counts(source: Source, field: FieldArrays) -> tuple[Array, Array]:
    """Return for each term how many live postings and positions it has."""
    starts = field.starts.whole().astype(np.int64)
    df = np.diff(starts)
    if source.whole:
        return df, field.position_counts()
    live_df, live_positions = np.zeros_like(df), np.zeros_like(df)
    for first, last in _ranges(df):
        data = field.data(first, last)
        live = source.arrays.live[data.docs]
        live_df[first:last] = np.add.reduceat(live, data.starts[:-1], dtype=np.int64)
        kept = data.frequencies() * live
        live_positions[first:last] = np.add.reduceat(kept, data.starts[:-1], dtype=np.int64)
    return live_df, live_positions


def _merge_stems(terms: Terms, parts: list[FieldSource]) -> Array | None:
    """Return the rows of the stems' terms (see `FieldData`), None where no source has any.

    A document that has a word has its stem: where a word is left, so is the stem.
    """
    if all(part.field.stems is None for part in parts):
        return None
    first, last = _exact_range(terms)
    stems = np.full(last - first, len(terms), np.int64)
    for part in parts:
        if part.field.stems is not None:
            words, targets = np.arange(*part.field.exact_range), part.field.stems.whole()
            live = (targets < len(part.field)) & (part.df[words] > 0)
            stems[part.ordinals[words[live]] - first] = part.ordinals[targets[live]]
    return stems


def _exact_range(terms: Terms) -> tuple[int, int]:
    """Return the rows (first, last + 1) of the words as written."""
    bounds = [EXACT_MARK, bytes([EXACT_MARK[0] + 1])]
    if isinstance(terms, list):
        first, last = (bisect_left(terms, bound) for bound in bounds)
    else:
        first, last = terms.searchsorted(np.array(bounds)).tolist()
    return first, last


def _ranges(df: Array) -> Iterator[tuple[int, int]]:
    """Cut the terms into ranges of about CHUNK postings; a single term may have more."""
    ends = np.cumsum(df)
    first = 0
    while first < len(df):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + CHUNK, "right")))
        yield first, last
        first = last


def _shape(parts: list[FieldSource], high_runs: bool) -> FieldShape:
    """Return how large the merged field will be; dtypes are the widest of the sources'."""
    fields = [part.field for part in parts]
    freqs = [f.freqs.dtype for f in fields if f.freqs is not None]
    positions = [f.positions for f in fields if f.positions is not None]
    count = sum(int(part.positions.sum()) for part in parts)
    wide = sum(map(wide_count, positions))  # of deleted documents as well: it is a bound
    return FieldShape(
        postings=sum(int(part.df.sum()) for part in parts),
        high_runs=high_runs,
        freqs=np.result_type(*freqs).str if freqs else None,
        positions=(np.result_type(*(p.dtype for p in positions)).str, count) if positions else None,
        wide_few=bool(positions) and saves_wide(wide, count),
    )


def _merge_range(terms: Terms, parts: list[FieldSource], first: int, last: int) -> FieldData:
    """Return the merged postings of the terms `first` up to `last`."""
    pieces = [piece for part in parts if (piece := _live_piece(part, first, last)) is not None]
    count = last - first
    starts = offsets_of(_sums(((p.df, p.rows) for p in pieces), count))
    order, positions_order = _places(pieces, starts, count)
    has_freqs = any(p.data.freqs is not None for p in pieces)
    positions = [p.data.positions for p in pieces if p.data.positions is not None]
    some = terms[first:last]
    return FieldData(
        terms=BytesTable.of(some) if isinstance(some, list) else unpadded(some),
        starts=starts,
        docs=_moved([p.data.docs for p in pieces], order),
        freqs=_moved([p.data.frequencies() for p in pieces], order) if has_freqs else None,
        positions=_moved(positions, positions_order) if positions else None,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Live postings of one source in a range: `data` with new numbers of documents, `rows` the
    places of its terms in the range, `df` and `positions` their counts."""

    data: FieldData
    rows: Array
    df: Array
    positions: Array


def _live_piece(part: FieldSource, first: int, last: int) -> _Piece | None:
    low, high = (int(i) for i in np.searchsorted(part.ordinals, (first, last)))
    if low == high:
        return None
    df, data = part.df[low:high], part.field.data(low, high)
    source = part.source
    rows = part.ordinals[low:high] - first
    if source.whole:
        docs, positions = source.renumbered[data.docs], part.positions[low:high]
        return _Piece(dataclasses.replace(data, docs=docs), rows, df, positions)
    live = source.arrays.live[data.docs]
    kept = np.flatnonzero(live)
    in_positions = None if data.positions is None else np.repeat(live, data.frequencies())
    filtered = FieldData(
        terms=data.terms,
        starts=offsets_of(df),
        docs=source.renumbered[data.docs[kept]],
        freqs=None if data.freqs is None else data.freqs[kept],
        positions=None if data.positions is None else data.positions[in_positions],
    )
    return _Piece(filtered, rows, df, part.positions[low:high])


def _places(pieces: list[_Piece], starts: Array, count: int) -> tuple[list[Array], list[Array]]:
    """Return where each posting, and each position, of each piece goes in the merged range."""
    postings_at = starts[:-1].copy()
    positions_at = offsets_of(_sums(((p.positions, p.rows) for p in pieces), count))[:-1].copy()
    order, positions_order = [], []
    for piece in pieces:
        some = piece.df > 0  # a term without live postings shares its row with the one before
        rows, df, at = piece.rows[some], piece.df[some], piece.positions[some]
        order.append(run_indices(postings_at[rows], df))
        postings_at[rows] += df
        if piece.data.positions is not None:
            positions_order.append(run_indices(positions_at[rows], at))
            positions_at[rows] += at
    return order, positions_order


def _moved(parts: list[Array], places: list[Array]) -> Array:
    moved = np.empty(sum(map(len, parts)), np.result_type(*parts))
    for part, place in zip(parts, places, strict=True):
        moved[place] = part
    return moved


def _sums(parts: Iterable[tuple[Array, Array]], size: int) -> Array:
    """Return the sums by row of counts and their rows: int64, (size,)."""
    sums = np.zeros(size, np.int64)
    for counts, rows in parts:
        np.add.at(sums, rows, counts)
    return sums
