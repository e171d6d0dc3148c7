"""merge(segments) == build(all live documents), whatever the documents, deletions and segments."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.codec import merge as merging
from indexer.codec.check import verify
from indexer.codec.data import DerivedField, FieldData, OrdinalColumn, ordinals_of_postings
from indexer.codec.merge import Supplied, merge_segments
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.codec.tables import BytesTable
from indexer.codec.writer import write_segment
from tests.codec import collections_of_documents as cod
from tests.codec import made_up
from tests.codec.copying import copy

pytestmark = pytest.mark.usefixtures("packing")


def leaf_arrays(reader: Any) -> list[SegmentArrays]:
    return [leaf._perdoc.arrays for leaf, _ in reader.leaf_readers()]


def everything(arrays: SegmentArrays) -> dict[str, Any]:
    """What a segment holds, as plain values; columns as what each document has."""
    found: dict[str, Any] = {"documents": arrays.doc_count}
    for name in arrays.field_names:
        field = arrays.field(name)
        assert field is not None
        data = field.data()
        for ordinal, term in enumerate(field.terms()):
            start, end = int(data.starts[ordinal]), int(data.starts[ordinal + 1])
            found[name, term] = (
                data.docs[start:end].tolist(),
                data.frequencies()[start:end].tolist(),
                [p.tolist() for p in arrays.positions(name, term)] if data.positions is not None else None,
            )
    for name, info in arrays.length_fields.items():
        lengths = arrays.lengths(name)
        assert lengths is not None
        found["length", name] = (lengths.tolist(), info)
    for name in arrays.column_kinds:
        column = arrays.column(name)
        rows: list[Any]
        if isinstance(column, OrdinalColumn):
            rows = [[column.table[o] for o in column.of_doc(doc)] for doc in range(arrays.doc_count)]
        else:
            rows = list(column.values)
        # A column that no live document has a value in stays when segments are merged.
        if any(row != getattr(column, "default", []) for row in rows):
            found["column", name] = rows
    found["stored"] = [arrays.stored_fields(doc) for doc in range(arrays.doc_count)]
    return found


@given(cod.histories(commits=5), st.sampled_from([1, 7, 1 << 21]))
@settings(max_examples=40)
def test_merging_equals_building_from_the_live_documents(history: list[cod.Commit], chunk: int) -> None:
    history = [cod.Commit(c.documents, c.updates, c.deletions, "keep") for c in history]
    live: list[Any] = []  # an update replaces what was committed before, not what the commit adds
    for commit in history:
        gone = {*commit.deletions, *(values["key"] for values in commit.updates)}
        live = [v for v in live if v["key"] not in gone] + commit.documents + commit.updates
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "CHUNK", chunk)
        folder = Path(name)
        ix = copy(cod.build(folder / "w1", history), folder / "parts")
        once = copy(cod.build(folder / "w2", [cod.Commit(live, [], [], "keep")]), folder / "once")
        with ix.reader() as parts, once.reader() as whole:
            if not live or not parts.doc_count_all():
                return
            path, again = folder / "merged", folder / "again"
            assert merge_segments(path, leaf_arrays(parts)) == len(live)
            merge_segments(again, leaf_arrays(parts))
            assert path.read_bytes() == again.read_bytes()
            assert list(verify(path)) == []
            (expected,) = leaf_arrays(whole)
            assert everything(open_segment(path)) == everything(expected)


def test_merging_made_up_segments_keeps_every_array(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.arrays" for i in range(3)]
    for i, path in enumerate(paths):
        write_segment(path, made_up.segment(300, seed=i))
    deleted = np.array([0, 5, 17, 299], np.uint32)
    segments = [open_segment(paths[0]), open_segment(paths[1], deleted), open_segment(paths[2])]
    merged_path = tmp_path / "merged.arrays"
    assert merge_segments(merged_path, segments) == 896
    merged = open_segment(merged_path)
    kept = [s.live for s in segments]
    for name in ("published", "quality"):
        expected = np.concatenate([s.numbers(name)[k] for s, k in zip(segments, kept, strict=True)])
        assert np.array_equal(merged.numbers(name), expected)
    docs = [(s, d) for s, k in zip(segments, kept, strict=True) for d in np.flatnonzero(k).tolist()]
    assert [merged.stored_fields(i) for i in range(896)] == [s.stored_fields(d) for s, d in docs]
    topics = merged.ordinals("topic")
    for i, (segment, doc) in enumerate(docs):
        column = segment.ordinals("topic")
        assert [topics.table[o] for o in topics.of_doc(i)] == [column.table[o] for o in column.of_doc(doc)]


def test_merging_nothing_but_deleted_documents_gives_an_empty_segment(tmp_path: Path) -> None:
    write_segment(tmp_path / "a", made_up.segment(3))
    segment = open_segment(tmp_path / "a", np.arange(3, dtype=np.uint32))
    assert merge_segments(tmp_path / "b", [segment]) == 0
    empty = open_segment(tmp_path / "b")
    assert (empty.doc_count, empty.field_names, list(verify(tmp_path / "b"))) == (0, [], [])


def test_a_field_and_a_column_can_be_given_instead_of_merged(tmp_path: Path) -> None:
    for i in range(2):
        write_segment(tmp_path / f"{i}", made_up.segment(5, seed=i))
    segments = [open_segment(tmp_path / "0", np.array([1], np.uint32)), open_segment(tmp_path / "1")]
    alias = FieldData(BytesTable.of([b"x", b"y"]), np.array([0, 2, 3]), np.array([0, 8, 3], np.uint32))
    topic = ordinals_of_postings(alias, 9)
    assert [topic.of_doc(doc) for doc in range(9)] == [[0], [], [], [1], [], [], [], [], [0]]
    assert (
        merge_segments(tmp_path / "m", segments, supplied=Supplied({"alias": alias}, {"topic": topic})) == 9
    )
    merged = open_segment(tmp_path / "m")
    assert list(verify(tmp_path / "m")) == []
    assert merged.postings("alias", b"x")[0].tolist() == [0, 8]
    assert list(merged.ordinals("topic").table) == [b"x", b"y"]
    assert merge_segments(tmp_path / "n", [merged]) == 9  # and is merged like any other
    again = open_segment(tmp_path / "n")
    assert everything(again) == everything(merged)


def test_a_field_that_is_given_without_terms_is_left_out(tmp_path: Path) -> None:
    write_segment(tmp_path / "a", made_up.segment(3))
    nothing = FieldData(BytesTable.of(()), np.zeros(1, np.int64), np.zeros(0, np.uint32))
    merge_segments(tmp_path / "m", [open_segment(tmp_path / "a")], supplied=Supplied({"text": nothing}))
    assert open_segment(tmp_path / "m").field("text") is None


def test_several_values_of_a_document_are_ordinals_in_order() -> None:
    docs = np.array([0, 2, 2, 0], np.uint32)
    data = FieldData(BytesTable.of([b"a", b"b", b"c"]), np.array([0, 2, 3, 4]), docs)
    column = ordinals_of_postings(data, 4)
    assert [column.of_doc(doc) for doc in range(4)] == [[0, 2], [], [0, 1], []]


def test_fields_that_are_derived_in_several_ways_are_not_merged(tmp_path: Path) -> None:
    for name, copies in (("a", 1), ("b", 2)):
        data = dataclasses.replace(made_up.segment(3), derived={"title": DerivedField("text", copies=copies)})
        write_segment(tmp_path / name, data)
    segments = [open_segment(tmp_path / name) for name in ("a", "b")]
    with pytest.raises(ValueError, match="field title is derived in several ways"):
        merge_segments(tmp_path / "m", segments)
    assert merge_segments(tmp_path / "m", segments[:1]) == 3
    assert open_segment(tmp_path / "m").derived == segments[0].derived
