"""Documents -> one segment: postings are gathered as numbers and put in order by NumPy's sort.

Give me documents as `schema.document` makes them, I write the file that Whoosh's own writer would
have written through our codec, without a Python call a posting.
"""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.fields import Schema

from indexer.codec import (
    ArraySegment,
    BytesTable,
    FieldData,
    NumberColumn,
    SegmentData,
    build_column,
    encode_stored,
    invert,
    write_segment,
)
from indexer.schema import BODY_AT, DERIVED, EXCERPT_AT, TEXT_FIELDS, KeysField, WordsField
from indexer.toc import INDEX_NAME

MOST_TOKENS = 30_000_000  # in memory, of 12 bytes each; then the segment is written and another begun


class _Tokens:
    """The tokens of one field: numbers of terms, documents, and positions where it has them."""

    def __init__(self) -> None:
        self.vocabulary: dict[bytes | str, int] = {}
        self.terms = array("I")
        self.docs = array("I")
        self.positions = array("I")

    def field_data(self, *, positions: bool) -> FieldData:
        """Return the postings."""
        names = [t if isinstance(t, bytes) else t.encode("utf-8", "replace") for t in self.vocabulary]
        order = sorted(range(len(names)), key=names.__getitem__)
        rank = np.empty(len(names), np.uint32)
        rank[order] = np.arange(len(names), dtype=np.uint32)
        data = invert(
            rank[np.frombuffer(self.terms, np.uint32)],
            np.frombuffer(self.docs, np.uint32),
            np.frombuffer(self.positions, np.uint32) if positions else None,
            BytesTable.of(names[i] for i in order),
        )
        return data if positions else dataclasses.replace(data, kind="existence", freqs=None)


class SegmentBuilder:
    """Gathers the documents of one segment. Call `add` for each, then `write` once."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._tokens: dict[str, _Tokens] = {}
        self._lengths: dict[str, dict[int, int]] = {}
        self._columns: dict[str, dict[int, Any]] = {}
        self._places: dict[str, list[int]] = {EXCERPT_AT: [], BODY_AT: []}
        self._stored: list[bytes] = []
        self.tokens = 0

    def __len__(self) -> int:
        return len(self._stored)

    def add(self, document: dict[str, Any]) -> None:
        """Add a document; its number is that of the documents before it."""
        doc = len(self._stored)
        stored: dict[str, Any] = {}
        for name, value in document.items():
            if name.startswith("_"):
                continue
            field = self._schema[name]
            if field.stored:
                stored[name] = value
            if field.column_type is not None:
                given = document.get(f"_stored_{name}", value)
                self._columns.setdefault(name, {})[doc] = field.to_column_value(given)
            if field.indexed:
                self._add_tokens(name, field, doc, value)
        for name, places in self._places.items():
            places.append(document[f"_{name}"])
        for name in TEXT_FIELDS:
            length = document.get(f"_{name}_length")
            if length:
                self._lengths.setdefault(name, {})[doc] = length
        self._stored.append(encode_stored(stored))

    def write(self, folder: Path) -> ArraySegment:
        """Write the segment into `folder`, and return it when it is on the disk."""
        segment = ArraySegment(INDEX_NAME)
        segment.set_doc_count(len(self))
        write_segment(folder / segment.file_name(), self._data())
        return segment

    def _add_tokens(self, name: str, field: Any, doc: int, value: Any) -> None:
        tokens = self._tokens.get(name)
        if tokens is None:
            tokens = self._tokens[name] = _Tokens()
        vocabulary, terms = tokens.vocabulary, tokens.terms
        before = len(terms)
        if isinstance(field, WordsField):
            number = vocabulary.setdefault
            terms.extend([number(term, len(vocabulary)) for term, _, _ in value])
            tokens.positions.extend([position for _, position, _ in value])
            length = sum([counts for _, _, counts in value])
            if length:
                self._lengths.setdefault(name, {})[doc] = length
        else:
            values = (
                sorted(set(value)) if isinstance(field, KeysField) else [i[0] for i in field.index(value)]
            )
            terms.extend([vocabulary.setdefault(term, len(vocabulary)) for term in values])
        added = len(terms) - before
        tokens.docs.extend([doc] * added)
        self.tokens += added

    def _data(self) -> SegmentData:
        lengths: dict[str, Any] = {}
        for name, rows in self._lengths.items():
            lengths[name] = np.zeros(len(self), np.uint32)
            lengths[name][list(rows)] = list(rows.values())
        return SegmentData(
            doc_count=len(self),
            fields=self._fields(),
            lengths=lengths,
            columns={
                name: build_column(self._schema[name].column_type, rows, len(self))
                for name, rows in self._columns.items()
            }
            | {name: NumberColumn(np.array(places, np.uint32)) for name, places in self._places.items()},
            stored=self._stored,
            derived=DERIVED,
        )

    def _fields(self) -> Iterator[tuple[str, FieldData]]:
        for name in sorted(self._tokens):
            if len(self._tokens[name].terms):
                yield (
                    name,
                    self._tokens[name].field_data(positions=isinstance(self._schema[name], WordsField)),
                )
