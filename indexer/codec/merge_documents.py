"""What documents have besides postings, merged: lengths, columns, stored fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer.codec.data import BytesColumn, Column, NumberColumn, OrdinalColumn
from indexer.codec.layout import Array, shrink
from indexer.codec.reader import SegmentArrays
from indexer.codec.stored import MAX_DICTIONARIES, Stored, StoredDictionary
from indexer.codec.tables import BytesTable, concatenate, offsets_of, run_indices

_RUN = 8192  # stored documents moved at once


@dataclass(frozen=True, slots=True)
class Source:
    """A segment to be merged. `kept` are its live documents; `renumbered` the new number of each
    document, meaningless for deleted ones; `whole` says that none is deleted."""

    arrays: SegmentArrays
    kept: Array
    renumbered: Array
    whole: bool


def number(segments: Sequence[SegmentArrays]) -> list[Source]:
    """Return the segments with the new numbers of their documents, deleted ones left out."""
    sources, base = [], 0
    for arrays in segments:
        live = arrays.live
        kept = np.flatnonzero(live)
        renumbered = (np.cumsum(live, dtype=np.int64) + (base - 1)).astype(np.uint32)
        sources.append(Source(arrays, kept, renumbered, len(kept) == arrays.doc_count))
        base += len(kept)
    return sources


def merge_lengths(sources: list[Source]) -> dict[str, Array]:
    """Return the lengths of each field that has any; 0 in the documents of segments without it."""
    merged = {}
    for name in sorted({name for source in sources for name in source.arrays.length_fields}):
        parts = [np.zeros(0, np.uint8)]
        for source in sources:
            lengths = source.arrays.lengths(name)
            kept = np.zeros(len(source.kept), np.uint8) if lengths is None else lengths[source.kept]
            parts.append(kept)
        joined = np.concatenate(parts)
        if joined.any():
            merged[name] = shrink(joined)
    return merged


def merge_columns(sources: list[Source], leave_out: Collection[str] = ()) -> dict[str, Column]:
    """Return the columns. Raises ValueError for one of several kinds."""
    merged = {}
    for name in sorted({name for source in sources for name in source.arrays.column_kinds} - {*leave_out}):
        kinds = {s.arrays.column_kinds[name] for s in sources if name in s.arrays.column_kinds}
        if len(kinds) > 1:
            raise ValueError(f"column {name} is of several kinds: {', '.join(sorted(kinds))}")
        parts = [(s, s.arrays.column(name) if name in s.arrays.column_kinds else None) for s in sources]
        merged[name] = _MERGERS[kinds.pop()](parts)
    return merged


Parts = list[tuple[Source, Any]]  # a column, or None for a segment without it


def _merge_numbers(parts: Parts) -> Column:
    columns = [column for _, column in parts if column is not None]
    default, dtype = columns[0].default, np.result_type(*(column.values for column in columns))
    rows = _live_rows(parts, lambda count: np.full(count, default, dtype))
    return NumberColumn(np.concatenate(rows), default)


def _merge_bytes(parts: Parts) -> Column:
    default = next(column.default for _, column in parts if column is not None)
    rows = _live_rows(parts, lambda count: BytesTable.of([default] * count))
    return BytesColumn(concatenate(rows), default)


def _live_rows(parts: Parts, defaults: Callable[[int], Any]) -> list[Any]:
    """Return the values of each part's live documents; `defaults` gives some where there is no column."""
    return [
        defaults(len(source.kept)) if column is None else column.values.take(source.kept)
        for source, column in parts
    ]


def _merge_ordinals(parts: Parts) -> Column:
    values = sorted({v for _, column in parts if isinstance(column, OrdinalColumn) for v in column.table})
    place = {value: i for i, value in enumerate(values)}
    counts, flat = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for source, column in parts:
        if isinstance(column, OrdinalColumn):
            places = np.fromiter((place[v] for v in column.table), np.int64, len(column.table))
            source_counts, ordinals = _rows_of(column, source.kept)
            counts.append(source_counts)
            flat.append(places[ordinals])
        else:
            counts.append(np.zeros(len(source.kept), np.int64))
    return ordinals_of(values, np.concatenate(counts), np.concatenate(flat))


def ordinals_of(values: list[bytes], counts: Array, flat: Array) -> OrdinalColumn:
    """Return the column of documents with `counts` ordinals each, `flat` one after another; values
    that no document has are left out."""
    used = np.unique(flat)
    table = BytesTable.of(values[i] for i in used.tolist())
    ordinals = np.searchsorted(used, flat)
    if len(counts) and counts.max() > 1:
        return OrdinalColumn(table, shrink(ordinals), shrink(offsets_of(counts)))
    single = np.full(len(counts), len(table), np.int64)
    single[counts == 1] = ordinals
    return OrdinalColumn(table, shrink(single))


def _rows_of(column: OrdinalColumn, kept: Array) -> tuple[Array, Array]:
    """Return how many ordinals each of `kept` has, and the ordinals."""
    if column.starts is None:
        ordinals = column.ordinals[kept]
        has = ordinals < len(column.table)
        return has.astype(np.int64), ordinals[has]
    starts = column.starts.astype(np.int64)
    counts = np.diff(starts)[kept]
    return counts, column.ordinals[run_indices(starts[:-1][kept], counts)]


_MERGERS = {"numbers": _merge_numbers, "bytes": _merge_bytes, "ordinals": _merge_ordinals}


def merge_stored(sources: Sequence[Source]) -> Iterator[Stored]:
    """Yield the stored payloads, compressed as they are; those without a dictionary, where there is
    one, or with one too many, to be compressed anew."""
    kept = _kept_dictionaries(sources)
    if kept:
        yield StoredDictionary(kept[0])
    for source in sources:
        if len(source.arrays.stored_payloads):
            yield from _merge_payloads(source, frozenset(kept))
        else:  # nothing was stored in this segment
            yield from (b"" for _ in range(len(source.kept)))


def _merge_payloads(source: Source, kept: frozenset[bytes]) -> Iterator[Stored]:
    stored = source.arrays.stored_payloads
    fit = np.array([not kept, *(data in kept for data in stored.dictionaries)])[stored.needs()[source.kept]]
    for docs in np.split(source.kept, np.flatnonzero(np.diff(fit)) + 1):
        if len(docs) and fit[np.searchsorted(source.kept, docs[0])]:
            for at in range(0, len(docs), _RUN):
                yield stored.run(docs[at : at + _RUN])
                source.arrays.file.release()
        else:
            yield from (stored.payload(doc) for doc in docs.tolist())


def _kept_dictionaries(sources: Sequence[Source]) -> list[bytes]:
    """Return the dictionaries whose documents stay as they are: those that most need, first."""
    needs: dict[bytes, int] = {}
    for source in sources:
        stored = source.arrays.stored_payloads
        counts = np.bincount(stored.needs(), minlength=len(stored.dictionaries) + 1).tolist()
        for data, count in zip(stored.dictionaries, counts[1:], strict=True):
            needs[data] = needs.get(data, 0) + count
    return sorted(needs, key=lambda data: (-needs[data], data))[:MAX_DICTIONARIES]
