"""Articles -> one segment: they are gathered as numbers, and put in order by NumPy's sort.

A segment's file is written without a Python call a posting.
"""

from __future__ import annotations

import functools
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.analysis import Analyzer
from indexer.article import Article
from indexer.codec.column import number_column
from indexer.codec.data import BytesColumn, Column, FieldData, SegmentData, invert, ordinals_of_postings
from indexer.codec.stored import Apart, encode_stored
from indexer.codec.tables import BytesTable
from indexer.codec.writer import write_segment
from indexer.facets import VALUE_FACETS
from indexer.identity import path_identity
from indexer.index.schema import (
    DERIVED,
    FLAG_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    build_schema,
    keys_of,
    numbers_of,
)
from indexer.indexing.words import Numbers, Surfaces, WordGatherer, ranked

_BYTES_PER_KEY = 60  # a value of a facet, while its postings are made
_BYTES_PER_DOCUMENT = 500  # its id, its path, its numbers


class KeyGatherer:
    """Takes the values of one field: `add` for each document in turn that has any, then `data` once."""

    def __init__(self) -> None:
        self._numbers = _TextNumbers()
        self._rows = array("I")
        self._docs = array("I")

    def __len__(self) -> int:
        """The number of values."""
        return len(self._rows)

    def add(self, doc: int, values: Sequence[str]) -> None:
        """Set the values of a document; documents ascend."""
        for value in values:
            self._rows.append(self._numbers[value])
            self._docs.append(doc)

    def data(self) -> FieldData:
        """Return the postings."""
        rows, docs = np.frombuffer(self._rows, np.uint32), np.frombuffer(self._docs, np.uint32)
        return existence(rows, docs, list(self._numbers.keys_seen))


class _TextNumbers(dict[str, int]):
    """Numbers texts by their bytes: half a surrogate pair reads as a question mark."""

    def __init__(self) -> None:
        super().__init__()
        self.keys_seen = Numbers()

    def __missing__(self, text: str) -> int:
        number = self[text] = self.keys_seen[text.encode("utf-8", "replace")]
        return number


class NumberGatherer:
    """Takes the numbers of one field; `field` is the schema's."""

    def __init__(self, field: Any) -> None:
        self._field = field
        self._values: dict[int, float] = {}

    def __len__(self) -> int:
        """How many documents have a number."""
        return len(self._values)

    def add(self, doc: int, value: float) -> None:
        """Set the number of a document; documents ascend."""
        self._values[doc] = value

    def data(self) -> FieldData:
        """Return the postings: a term for each number."""
        term = functools.cache(self._field.to_bytes)
        numbers = Numbers()
        rows = np.fromiter((numbers[term(v)] for v in self._values.values()), np.uint32, len(self._values))
        return existence(rows, np.fromiter(self._values, np.uint32, len(self._values)), list(numbers))

    def column(self, doc_count: int) -> Column:
        """Return the numbers of all documents."""
        encode = functools.cache(self._field.to_column_value)
        values = {doc: encode(value) for doc, value in self._values.items()}
        return number_column(self._field.column_type, values, doc_count)


def existence(rows: Any, docs: Any, names: list[bytes]) -> FieldData:
    """Return the postings of documents `docs` (uint32, ascending) and terms `names[rows]`; one for
    each, however often it is given."""
    ranks, terms = ranked(rows, names)
    return invert(ranks[rows], docs, None, terms)


class SegmentBuilder:
    """Gathers the documents of one segment: `add` for each, until it `is_full`, then `write` once.
    After that it is empty, and may be used for another. `limit` is of memory, in bytes."""

    def __init__(self, analyzer: Analyzer, limit: int) -> None:
        self._limit = limit
        self._schema = build_schema()
        self._analyzer = analyzer
        self._surfaces = Surfaces(analyzer)
        self._start()

    def _start(self) -> None:
        if self._surfaces.memory * 2 > self._limit:  # remembered words must leave room for others
            self._surfaces = Surfaces(self._analyzer)
        self._ids: list[bytes] = []
        self._words = WordGatherer(self._surfaces)
        self._keys = {name: KeyGatherer() for name in (*VALUE_FACETS, *FLAG_FIELDS, "id", "source")}
        self._key_count = 0
        self._numbers = {name: NumberGatherer(self._schema[name]) for name in NUMBER_FIELDS}
        self._stored: list[bytes] = []
        self._stored_size = 0

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def memory(self) -> int:
        """About how many bytes of memory it takes, and will take when it is written."""
        documents = len(self._ids) * _BYTES_PER_DOCUMENT + self._key_count * _BYTES_PER_KEY
        return documents + self._stored_size + self._words.memory + self._surfaces.memory

    @property
    def is_full(self) -> bool:
        """Whether it has as much as it may."""
        return self.memory >= self._limit and len(self) > 0

    def add(self, article: Article, source: str, stored: tuple[str, str]) -> None:
        """Add an article of the file `source`; `stored` is what `to_stored` gives."""
        doc = len(self._ids)
        self._ids.append(article.id.encode("utf-8", "replace"))
        self._words.add(tuple([getattr(article, name) for name in TEXT_FIELDS]))
        keys = keys_of(article)
        keys["id"], keys["source"] = (article.id,), (path_identity(source),)
        for name, values in keys.items():
            if values:
                self._keys[name].add(doc, values)
                self._key_count += len(values)
        for name, number in zip(NUMBER_FIELDS, numbers_of(article), strict=True):
            if number is not None:
                self._numbers[name].add(doc, number)
        record, more = stored
        payload = encode_stored({"source": [source], "article": record, "more": Apart(more)})
        self._stored.append(payload)
        self._stored_size += len(payload)

    def write(self, path: Path) -> int:
        """Write the segment's file, which is no part of an index yet and need not outlive a crash of
        the machine; return how many documents it has."""
        count = len(self)
        write_segment(path, self._data(), durable=False)
        self._start()
        return count

    def _data(self) -> SegmentData:
        count = len(self._ids)
        words = self._words.words()
        postings = {name: keys.data() for name, keys in self._keys.items() if len(keys)}
        numbers = {name: gathered for name, gathered in self._numbers.items() if len(gathered)}
        columns: dict[str, Column] = {"id": BytesColumn(BytesTable.of(self._ids)), **words.columns}
        columns |= {name: gathered.column(count) for name, gathered in numbers.items()}
        columns |= {
            name: ordinals_of_postings(postings[name], count) for name in VALUE_FACETS if name in postings
        }
        postings |= {name: gathered.data() for name, gathered in numbers.items()}
        postings["text"] = words.field
        return SegmentData(
            doc_count=count,
            fields=[(name, postings[name]) for name in sorted(postings) if len(postings[name].terms)],
            lengths=words.lengths,
            columns=columns,
            stored=self._stored,
            derived=DERIVED,
        )
