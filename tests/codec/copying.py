"""What Whoosh has written with its own codec, in segments of ours: the same documents, fields and deletions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import columns, index
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from indexer.codec.codec import ArraySegment
from indexer.codec.column import OrdinalsColumn
from indexer.codec.data import (
    BytesColumn,
    Column,
    FieldData,
    NumberColumn,
    SegmentData,
    invert,
    ordinals_of_postings,
)
from indexer.codec.stored import encode_stored
from indexer.codec.tables import BytesTable
from indexer.codec.writer import write_segment


def copy(ix: Any, folder: Path) -> Any:
    """Copy an index, segment by segment, and return Whoosh's index over the copy."""
    segments = []
    with ix.reader() as reader:
        for leaf, _ in reader.leaf_readers():
            if leaf.doc_count_all():
                segments.append(write(folder, segment_data(leaf), sorted(leaf.deleted_docs_set)))
    return save_toc(folder, ix.schema, segments)


def write(folder: Path, data: SegmentData, deleted: Sequence[int] = ()) -> ArraySegment:
    """Write a segment into an index's folder; return it, with its deletions, to be named by `save_toc`."""
    folder.mkdir(exist_ok=True)
    segment = ArraySegment("MAIN", doc_count=data.doc_count)
    segment.bind(FileStorage(str(folder)))
    write_segment(folder / segment.file_name(), data)
    segment.delete_documents(np.array(deleted, np.intp))
    return segment


def save_toc(folder: Path, schema: Any, segments: list[ArraySegment], generation: int = 1) -> Any:
    """Make segments the index, and return Whoosh's index over them."""
    folder.mkdir(exist_ok=True)
    TOC(schema, segments, generation).write(FileStorage(str(folder)), "MAIN")
    return index.open_dir(str(folder))


def segment_data(reader: Any) -> SegmentData:
    """Return what a segment of Whoosh's has, deleted documents included."""
    count = reader.doc_count_all()
    scored = [name for name, field in reader.schema.items() if field.scorable]
    lengths = {n: np.array([reader.doc_field_length(d, n) or 0 for d in range(count)]) for n in scored}
    names = sorted(name for name in reader.indexed_field_names() if name in reader.schema)
    fields = {name: _postings(reader, name) for name in names}
    return SegmentData(
        doc_count=count,
        fields=list(fields.items()),
        lengths={name: of_docs for name, of_docs in lengths.items() if of_docs.any()},
        columns=_columns(reader, fields),
        stored=[encode_stored(reader._perdoc.stored_fields(doc)) for doc in range(count)],
    )


def _postings(reader: Any, name: str) -> FieldData:
    format_ = reader.schema[name].format
    terms, rows = [], []
    for row, term in enumerate(reader.lexicon(name)):
        terms.append(term)
        matcher = reader._terms.matcher(name, term, format_)  # not the reader's: that has no deleted ones
        while matcher.is_active():
            positions = matcher.value_as("positions") if format_.supports("positions") else [0]
            rows += [(row, matcher.id(), position) for position in positions]
            matcher.next()
    ids, docs, positions = np.array(rows, np.uint32).T
    return invert(ids, docs, positions if format_.supports("positions") else None, BytesTable.of(terms))


def _columns(reader: Any, fields: dict[str, FieldData]) -> dict[str, Column]:
    count = reader.doc_count_all()
    found: dict[str, Column] = {}
    for name, field in reader.schema.items():
        column = field.column_type
        if isinstance(column, OrdinalsColumn):
            if name in fields:
                found[name] = ordinals_of_postings(fields[name], count)
        elif column is not None and reader._perdoc.has_column(name):
            values = reader.column_reader(name, translate=False)
            rows = [values[doc] for doc in range(count)]
            if isinstance(column, columns.NumericColumn):
                found[name] = NumberColumn(np.array(rows, f"<{column._typecode}"), column.default_value())
            else:
                found[name] = BytesColumn(BytesTable.of(rows), column.default_value())
    return found
