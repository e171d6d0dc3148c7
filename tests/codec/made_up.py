"""A segment of any size made from arrays, as the builder will make them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indexer.codec.data import BytesColumn, NumberColumn, OrdinalColumn, SegmentData, invert
from indexer.codec.merge_documents import ordinals_of
from indexer.codec.stored import encode_stored
from indexer.codec.tables import BytesTable


def segment(doc_count: int, length: int = 40, vocabulary: int = 5000, seed: int = 1) -> SegmentData:
    """Return documents of about `length` words drawn by Zipf's law, with columns and stored fields."""
    random = np.random.default_rng(seed)
    lengths = random.integers(length // 2, length * 3 // 2, doc_count)
    docs = np.repeat(np.arange(doc_count, dtype=np.uint32), lengths)
    words = np.minimum(random.zipf(1.2, len(docs)) - 1, vocabulary - 1).astype(np.uint32)
    starts = np.cumsum(lengths) - lengths
    positions = (np.arange(len(docs)) - np.repeat(starts, lengths)).astype(np.uint32)
    used, term_ids = np.unique(words, return_inverse=True)
    terms = BytesTable.of(b"w%07d" % word for word in used.tolist())
    topics = random.integers(0, 4, doc_count)
    flat = random.integers(0, 300, int(topics.sum()))
    values = [b"topic %03d" % i for i in range(300)]
    return SegmentData(
        doc_count=doc_count,
        fields=[("text", invert(term_ids.astype(np.uint32), docs, positions, terms))],
        lengths={"text": lengths},
        columns={
            "published": NumberColumn(random.integers(0, 2**31, doc_count), -(2**62)),
            "quality": NumberColumn(random.random(doc_count).astype(np.float32), float("nan")),
            "id": BytesColumn(BytesTable.of(b"%016x" % i for i in range(doc_count))),
            "topic": ordinals_of(values, topics, flat),
            "provider": ordinals_of(values[:50], np.ones(doc_count, int), random.integers(0, 50, doc_count)),
        },
        stored=(
            encode_stored({"id": f"{i:016x}", "article": f"article {i} " + "of some words " * 20})
            for i in range(doc_count)
        ),
    )


def ordinal_column(values: Iterable[Iterable[bytes]]) -> OrdinalColumn:
    """Return the column of the values of each document."""
    rows = [sorted(set(row)) for row in values]
    table = sorted({value for row in rows for value in row})
    flat = [table.index(value) for row in rows for value in row]
    return ordinals_of(table, np.array([len(row) for row in rows]), np.array(flat, np.int64))
