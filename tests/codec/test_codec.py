"""Segments: their deletions, what of them is pickled, and where their files are."""

from __future__ import annotations

import pickle
import pickletools
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from whoosh import columns, fields, index, query, sorting
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.structfile import BufferFile, StructFile

from indexer.codec import ArrayCodec, ArraySegment, OrdinalsColumn, SegmentData, verify, write_segment
from indexer.errors import IndexDamagedError
from tests.codec.collections_of_documents import FacetField

pytestmark = pytest.mark.usefixtures("packing")

SCHEMA = fields.Schema(key=fields.ID(stored=True, unique=True), text=fields.TEXT)


def numbered(folder: Path, count: int = 10) -> Any:
    folder.mkdir(exist_ok=True)
    ix = index.create_in(str(folder), SCHEMA)
    with ix.writer(codec=ArrayCodec()) as writer:
        for i in range(count):
            writer.add_document(key=str(i), text="some words")
    return ix


def keys(ix: Any) -> list[str]:
    with ix.searcher() as searcher:
        return [hit["key"] for hit in searcher.search(query.Every(), limit=None)]


class TestDeletions:
    def test_they_lie_in_a_file_of_the_segments_own(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        writer = ix.writer(codec=ArrayCodec())
        for doc in (3, 7):
            writer.delete_document(doc)
        writer.commit(merge=False)
        (segment,) = ix._segments()
        files = {path.name for path in tmp_path.iterdir()}
        assert {segment.file_name(), segment.deletions_file_name()} == set(segment.file_names()) <= files
        assert list(verify(tmp_path / segment.deletions_file_name())) == []
        assert keys(index.open_dir(str(tmp_path))) == [str(i) for i in range(10) if i not in (3, 7)]

    def test_the_pickle_has_small_plain_values_and_one_class(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        with ix.writer(codec=ArrayCodec()) as writer:
            writer.delete_by_query(query.Every())
            writer.merge = False
        (segment,) = ix._segments()
        segment.bind(ix.storage)
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
        with ix.writer(codec=ArrayCodec()) as writer:
            writer.delete_document(1)
        (segment,) = ix._segments()  # of this generation; nothing has been read of its deletions
        first = segment.deletions_file_name()
        with ix.writer(codec=ArrayCodec()) as writer:
            writer.delete_document(2)
        (later,) = ix._segments()
        assert later.deletions_file_name() != first
        with pytest.raises(LookupError, match="call bind"):
            ix._segments()[0].is_deleted(1)
        segment.bind(ix.storage)
        later.bind(ix.storage)
        assert (list(segment.deleted_docs()), list(later.deleted_docs())) == ([1], [1, 2])

    def test_a_document_can_be_brought_back(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        with ix.writer(codec=ArrayCodec()) as writer:
            writer.delete_document(4)
            assert (writer.is_deleted(4), writer.has_deletions(), writer.deleted_count()) == (True, True, 1)
        with ix.writer(codec=ArrayCodec()) as writer:
            writer.delete_document(4, delete=False)
        (segment,) = ix._segments()
        assert (segment.deleted_count(), segment.deletions_file_name(), len(keys(ix))) == (0, "", 10)

    def test_many_at_once_and_none_of_another_number(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        (segment,) = ix._segments()
        segment.bind(ix.storage)
        arrays = segment.open_arrays(ix.storage)
        segment.delete_documents(np.array([1, 2, 2]))
        assert (segment.deleted_count(), segment.doc_count(), segment.is_deleted(99)) == (2, 8, False)
        assert arrays.live.all()
        assert segment.open_arrays(ix.storage).live.sum() == 8
        with pytest.raises(IndexError, match="no document 10"):
            segment.delete_document(10)

    def test_where_a_segment_lies_must_be_known_to_save_them(self) -> None:
        segment = ArraySegment("MAIN", doc_count=3)
        segment.delete_document(1)
        with pytest.raises(pickle.PicklingError, match="call bind"):
            pickle.dumps(segment)

    def test_copies_of_a_folder_keep_apart(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path / "a")
        (tmp_path / "b").mkdir()
        for path in (tmp_path / "a").glob("*[!K]"):
            if "WRITELOCK" not in path.name:
                (tmp_path / "b" / path.name).write_bytes(path.read_bytes())
        kept = ix._segments()  # unpickled by this thread, and alive
        other = index.open_dir(str(tmp_path / "b"))
        with other.writer(codec=ArrayCodec()) as writer:
            writer.delete_document(0)
        assert (len(keys(ix)), len(keys(other)), len(kept)) == (10, 9, 1)

    def test_damaged_ones_are_named(self, tmp_path: Path) -> None:
        ix = numbered(tmp_path)
        with ix.writer(codec=ArrayCodec()) as writer:
            writer.delete_document(1)
        path = tmp_path / ix._segments()[0].deletions_file_name()
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
        names = []
        for ix in (one, two):
            with ix.writer(codec=ArrayCodec()) as writer:
                writer.delete_document(1)
            names.append(ix._segments()[0].deletions_file_name())
        (tmp_path / "one" / names[0]).write_bytes((tmp_path / "two" / names[1]).read_bytes())
        with pytest.raises(IndexDamagedError, match="another segment"):
            one.reader()


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


def test_it_works_in_memory() -> None:
    ix = RamStorage().create_index(SCHEMA)
    with ix.writer(codec=ArrayCodec()) as writer:
        writer.add_document(key="a", text="x")
        writer.add_document(key="b", text="y")
    with ix.writer(codec=ArrayCodec()) as writer:
        writer.delete_by_term("key", "a")
    assert keys(ix) == ["b"]


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


def test_a_cancelled_document_leaves_nothing(tmp_path: Path) -> None:
    schema = fields.Schema(a=fields.TEXT, n=fields.COLUMN(columns.NumericColumn("b")), z=fields.STORED)
    ix = index.create_in(str(tmp_path), schema)
    writer = ix.writer(codec=ArrayCodec())
    writer.add_document(a="one", n=1)
    with pytest.raises(ValueError, match="cannot be stored"):
        writer.add_document(a="two", z=Path("no"))
    writer.commit()
    with ix.reader() as reader:
        assert (reader.doc_count_all(), list(reader.lexicon("a"))) == (1, [b"one"])


def test_writers_are_called_in_order(tmp_path: Path) -> None:
    storage = FileStorage(str(tmp_path))
    codec = ArrayCodec()
    segment = codec.new_segment(storage, "MAIN")
    documents, postings = codec.per_document_writer(storage, segment), codec.field_writer(storage, segment)
    documents.start_doc(0)
    for wrong in (
        lambda: documents.start_doc(1),
        lambda: postings.start_term(b"a"),
        lambda: postings.add(0, 1.0, b"", 1),
        postings.finish_field,
    ):
        with pytest.raises(ValueError, match=r"start_|finish_"):
            wrong()
    documents.finish_doc()
    with pytest.raises(ValueError, match="document 5 was begun where 1 is next"):
        documents.start_doc(5)
    documents.add_field("z", None, "stored", None)
    documents.close()
    postings.close()
    segment.set_doc_count(1)
    assert codec.per_document_reader(storage, segment).doc_count() == 1


class TestOrdinalsColumn:
    ROWS = ([b"b", b"a", b"b"], b"c", [], [b"a"])

    def test_it_works_in_a_file_of_another_codec(self, tmp_path: Path) -> None:
        with (tmp_path / "c").open("wb") as stream:
            file = StructFile(stream)
            writer = OrdinalsColumn().writer(file)
            for doc, row in enumerate(self.ROWS):
                if row:
                    writer.add(doc, row)
            writer.finish(5)
        data = (tmp_path / "c").read_bytes()
        reader = OrdinalsColumn().reader(BufferFile(b"head" + data), 4, len(data), 5)
        assert list(reader) == [[b"a", b"b"], [b"c"], [], [b"a"], []]
        assert [reader.sort_key(d) for d in range(5)] == [b"a", b"c", b"", b"a", b""]

    @pytest.mark.parametrize("codec", [None, ArrayCodec()])
    def test_facets_count_every_value(self, tmp_path: Path, codec: Any) -> None:
        ix = index.create_in(str(tmp_path), fields.Schema(key=fields.STORED, tags=FacetField()))
        for tags in (["x,y", "", "y"], ["z,x"]):
            writer = ix.writer(codec=codec) if codec else ix.writer()
            for tag in tags:
                writer.add_document(tags=tag)
            writer.commit(merge=False)
        with ix.searcher() as searcher:
            facet = sorting.FieldFacet("tags", allow_overlap=True)
            groups = searcher.search(query.Every(), groupedby=facet, limit=None).groups()
        assert {name: len(docs) for name, docs in groups.items()} == {b"x": 2, b"y": 2, b"z": 1}
