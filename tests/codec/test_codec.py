"""Segments: their deletions, what of them is pickled, where their files are, and who may write them."""

from __future__ import annotations

import pickle
import pickletools
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whoosh import fields, index, query, sorting
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage, ReadOnlyError
from whoosh.writing import AsyncWriter, BufferedWriter, SegmentWriter

from indexer.codec.check import verify
from indexer.codec.codec import ArrayCodec, ArraySegment
from indexer.codec.column import OrdinalsColumn
from indexer.codec.data import SegmentData, invert, ordinals_of_postings
from indexer.codec.stored import encode_stored
from indexer.codec.tables import BytesTable
from indexer.codec.writer import write_segment
from indexer.errors import IndexDamagedError
from tests.codec.collections_of_documents import FacetField
from tests.codec.copying import save_toc, write

pytestmark = pytest.mark.usefixtures("packing")

SCHEMA = fields.Schema(key=fields.ID(stored=True, unique=True), text=fields.TEXT)


def numbered(folder: Path, count: int = 10) -> Any:
    """Return an index of documents that have the words "some words" and a number."""
    docs = np.arange(count, dtype=np.uint32)
    keys = sorted(str(doc).encode() for doc in docs)
    rows = np.array([keys.index(str(doc).encode()) for doc in docs], np.uint32)
    words = (
        np.tile([0, 1], count),
        np.repeat(docs, 2),
        np.tile([0, 1], count),
        BytesTable.of([b"some", b"words"]),
    )
    data = SegmentData(
        count,
        [("key", invert(rows, docs, None, BytesTable.of(keys))), ("text", invert(*words))],
        {"text": np.full(count, 2)},
        stored=[encode_stored({"key": str(doc)}) for doc in docs],
    )
    return save_toc(folder, SCHEMA, [write(folder, data)])


def delete(ix: Any, *docs: int) -> ArraySegment:
    """Make a generation in which these documents are deleted too; return its segment, read anew."""
    (segment,) = ix._segments()
    segment.bind(ix.storage)
    segment.delete_documents(np.array(docs))
    save_toc(Path(ix.storage.folder), SCHEMA, [segment], ix.latest_generation() + 1)
    (later,) = ix._segments()
    assert isinstance(later, ArraySegment)
    return later


def keys(ix: Any) -> list[str]:
    with ix.searcher() as searcher:
        return [hit["key"] for hit in searcher.search(query.Every(), limit=None)]


class TestDeletions:
    def test_they_lie_in_a_file_of_the_segments_own(self, tmp_path: Path) -> None:
        segment = delete(numbered(tmp_path), 3, 7)
        files = {path.name for path in tmp_path.iterdir()}
        assert {segment.file_name(), segment.file_names()[-1]} == set(segment.file_names()) <= files
        assert list(verify(tmp_path / segment.file_names()[-1])) == []
        assert keys(index.open_dir(str(tmp_path))) == [str(i) for i in range(10) if i not in (3, 7)]

    def test_the_pickle_has_small_plain_values_and_one_class(self, tmp_path: Path) -> None:
        segment = delete(numbered(tmp_path), *range(10))
        data = pickle.dumps(segment)
        assert len(data) < 300
        found = [arg for op, arg, _ in pickletools.genops(data) if isinstance(arg, str)]
        assert {"indexer.codec.codec", "ArraySegment"} <= set(found)
        assert set(segment.__getstate__()) == {
            "indexname", "segid", "doc_count", "deleted_count", "deletions_file",
        }  # fmt: skip
        assert segment.deleted_count() == 10

    def test_a_reader_keeps_its_own(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        segment = delete(ix, 1)  # nothing has been read of its deletions
        later = delete(ix, 2)
        assert later.file_names()[-1] != segment.file_names()[-1]
        with pytest.raises(LookupError, match="call bind"):
            segment.is_deleted(1)
        segment.bind(ix.storage)
        later.bind(ix.storage)
        assert (list(segment.deleted_docs()), list(later.deleted_docs())) == ([1], [1, 2])

    def test_many_at_once_and_none_of_another_number(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        (segment,) = ix._segments()
        arrays = segment.open_arrays(ix.storage)
        segment.delete_documents(np.array([1, 2, 2]))
        assert (segment.deleted_count(), segment.doc_count(), segment.is_deleted(99)) == (2, 8, False)
        assert arrays.live.all()
        assert segment.open_arrays(ix.storage).live.sum() == 8
        with pytest.raises(IndexError, match="out of bounds"):
            segment.delete_documents(np.array([10]))

    def test_where_a_segment_lies_must_be_known_to_save_them(self) -> None:
        segment = ArraySegment("MAIN", doc_count=3)
        segment.delete_documents(np.array([1]))
        with pytest.raises(LookupError, match="call bind"):
            pickle.dumps(segment)

    def test_copies_of_a_folder_keep_apart(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path / "a")
        shutil.copytree(tmp_path / "a", tmp_path / "b")
        kept = ix._segments()  # unpickled by this thread, and alive
        other = index.open_dir(str(tmp_path / "b"))
        delete(other, 0)
        assert (len(keys(ix)), len(keys(other)), len(kept)) == (10, 9, 1)

    def test_damaged_ones_are_named(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        path = tmp_path / delete(ix, 1).file_names()[-1]
        data = bytearray(path.read_bytes())
        data[64] ^= 4
        path.write_bytes(data)
        with pytest.raises(IndexDamagedError, match="section deleted"):
            ix.reader()
        path.unlink()
        with pytest.raises(IndexDamagedError, match="missing"):
            ix.reader()

    def test_those_of_another_segment_are_refused(self, tmp_path: Path) -> None:
        one, two = numbered(tmp_path / "one"), numbered(tmp_path / "two", 11)
        names = [delete(ix, 1).file_names()[-1] for ix in (one, two)]
        (tmp_path / "one" / names[0]).write_bytes((tmp_path / "two" / names[1]).read_bytes())
        with pytest.raises(IndexDamagedError, match="another segment"):
            one.reader()


class TestWhooshsWriter:
    @pytest.mark.parametrize(
        "start",
        [
            lambda ix: ix.writer(),
            lambda ix: ix.writer(codec=W3Codec()),
            lambda ix: ix.writer(codec=ArrayCodec()),
            lambda ix: ix.writer(procs=2),
            lambda ix: ix.optimize(),
            lambda ix: ix.delete_by_term("key", "1"),
            lambda ix: BufferedWriter(ix, period=None),
            AsyncWriter,
        ],
    )
    def test_it_is_refused_in_one_sentence_and_leaves_nothing(
        self, tmp_path: Path, start: Callable[[Any], Any]
    ) -> None:
        ix = numbered(tmp_path)
        files = {path: path.read_bytes() for path in tmp_path.iterdir()}
        with pytest.raises(
            ReadOnlyError, match=r"^Whoosh's writer cannot write [^.]*: `backfile index` alone does\.$"
        ):
            start(ix)
        assert {path: path.read_bytes() for path in tmp_path.iterdir()} == files

    def test_it_writes_indexes_of_its_own(self, tmp_path: Path) -> None:
        ix = index.create_in(str(tmp_path), SCHEMA)
        with ix.writer() as writer:
            writer.add_document(key="a", text="x")
        assert keys(ix) == ["a"]

    def test_it_cannot_write_our_segments_anywhere(self, tmp_path: Path) -> None:
        ix = index.create_in(str(tmp_path), SCHEMA)
        with pytest.raises(ReadOnlyError):
            SegmentWriter(ix, codec=ArrayCodec())
        assert not list(tmp_path.glob("*.arrays"))


def test_a_segment_without_documents_has_no_file(tmp_path: Path) -> None:
    segment = ArraySegment("MAIN")
    assert segment.file_names() == []
    assert segment.open_arrays(FileStorage(str(tmp_path))).doc_count == 0


def test_a_segment_with_other_documents_than_the_table_of_contents_says_is_refused(tmp_path: Path) -> None:
    ix = numbered(tmp_path)
    (segment,) = ix._segments()
    write_segment(tmp_path / segment.file_name(), SegmentData(4))
    with pytest.raises(IndexDamagedError, match="4 documents instead of 10"):
        ix.reader()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    ix = numbered(tmp_path)
    (tmp_path / ix._segments()[0].file_name()).unlink()
    with pytest.raises(IndexDamagedError, match="missing"):
        ix.reader()


def test_threads_read_one_segment(tmp_path: Path) -> None:
    ix = numbered(tmp_path, 300)
    wrong: list[Any] = []
    with ix.searcher() as searcher:

        def search() -> None:
            for _ in range(30):
                found = [hit["key"] for hit in searcher.search(query.Term("text", "words"), limit=None)]
                if found != [str(i) for i in range(300)]:
                    wrong.append(found)

        threads = [threading.Thread(target=search) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_facets_count_every_value(tmp_path: Path) -> None:
    tags = invert(
        np.array([0, 1, 1, 0, 2], np.uint32),
        np.array([0, 0, 2, 3, 3], np.uint32),
        None,
        BytesTable.of([b"x", b"y", b"z"]),
    )
    data = SegmentData(4, [("tags", tags)], columns={"tags": ordinals_of_postings(tags, 4)})
    schema = fields.Schema(tags=FacetField(OrdinalsColumn()))
    ix = save_toc(tmp_path, schema, [write(tmp_path, data)])
    with ix.searcher() as searcher:
        facet = sorting.FieldFacet("tags", allow_overlap=True)
        groups = searcher.search(query.Every(), groupedby=facet, limit=None).groups()
        by_tag = searcher.search(query.Every(), sortedby="tags", limit=None)
        assert [hit.docnum for hit in by_tag] == [1, 0, 3, 2]
    assert {name: len(docs) for name, docs in groups.items()} == {b"x": 2, b"y": 2, b"z": 1}
