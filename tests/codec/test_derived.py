"""A derived field has what stands between its bounds among the positions of its source: nothing else."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.data import DerivedField, FieldData, NumberColumn, SegmentData, invert
from indexer.codec.merge import merge_segments
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.codec.tables import BytesTable
from indexer.codec.writer import write_segment

# Of each document the words of its title, and those of its body.
documents = st.lists(
    st.tuples(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("abcd"), max_size=5)),
    min_size=1,
    max_size=8,
)
GAP = 10
DERIVED = {
    "title": DerivedField("text", end="body_at", copies=2),
    "body": DerivedField("text", start="body_at"),
}


def write(path: Path, docs: list[tuple[list[str], list[str]]]) -> SegmentArrays:
    rows: list[tuple[str, int, int]] = []
    body_at = []
    for doc, (title, body) in enumerate(docs):
        rows += [(word, doc, at) for at, word in enumerate(title) for _ in range(2)]
        body_at.append(len(title) + GAP)
        rows += [(word, doc, body_at[-1] + at) for at, word in enumerate(body)]
    words = sorted({word for word, _, _ in rows})
    fields: list[tuple[str, FieldData]] = []
    if rows:
        numbers = np.array([words.index(word) for word, _, _ in rows], np.uint32)
        columns = (np.array([row[i] for row in rows], np.uint32) for i in (1, 2))
        table = BytesTable.of(word.encode() for word in words)
        fields.append(("text", invert(numbers, *columns, table)))
    lengths = {name: np.array([len(doc[i]) for doc in docs]) for i, name in enumerate(DERIVED)}
    places = {"body_at": NumberColumn(np.array(body_at, np.uint32))}
    write_segment(path, SegmentData(len(docs), fields, lengths, places, derived=DERIVED))
    return open_segment(path)


def expected(docs: list[tuple[list[str], list[str]]], part: int) -> dict[bytes, dict[int, int]]:
    found: dict[bytes, dict[int, int]] = defaultdict(dict)
    for doc, parts in enumerate(docs):
        for word in parts[part]:
            found[word.encode()][doc] = parts[part].count(word)
    return found


def term_by_term(segment: SegmentArrays, name: str) -> dict[bytes, dict[int, int]]:
    found = {}
    for word in (b"a", b"b", b"c", b"d"):
        docs, freqs = segment.postings(name, word)
        starts, positions = segment.positions(name, word)
        counts = np.ones(len(docs), int) if freqs is None else freqs
        assert np.diff(starts).tolist() == counts.tolist()
        assert len(positions) == counts.sum()
        if len(docs):
            found[word] = dict(zip(docs.tolist(), counts.tolist(), strict=True))
    return found


def all_at_once(segment: SegmentArrays, name: str) -> dict[bytes, dict[int, int]]:
    field = segment.field(name)
    found: dict[bytes, dict[int, int]] = {}
    for ordinal in range(len(field) if field else 0):
        assert field is not None
        data = field.data(ordinal, ordinal + 1)
        found[field.term(ordinal)] = dict(zip(data.docs.tolist(), data.frequencies().tolist(), strict=True))
    return found


@given(documents)
def test_a_derived_field_has_the_words_between_its_bounds(docs: list[tuple[list[str], list[str]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        segment = write(Path(folder) / "a", docs)
        for part, name in enumerate(DERIVED):
            assert term_by_term(segment, name) == expected(docs, part)
            assert all_at_once(segment, name) == expected(docs, part)
        has = [name for part, name in enumerate(DERIVED) if expected(docs, part)]
        assert [name for name in segment.searchable_names if name != "text"] == sorted(has)


@given(documents, documents, st.data())
def test_it_is_derived_from_what_is_merged(
    first: list[tuple[list[str], list[str]]], second: list[tuple[list[str], list[str]]], data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.sampled_from(range(len(first)))))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "a", first)
        one = open_segment(folder / "a", np.array(sorted(gone), np.uint32))
        merge_segments(folder / "c", [one, write(folder / "b", second)])
        merged = open_segment(folder / "c")
        left = [doc for n, doc in enumerate(first) if n not in gone] + second
        assert merged.derived == DERIVED
        for part, field in enumerate(DERIVED):
            assert term_by_term(merged, field) == expected(left, part)
