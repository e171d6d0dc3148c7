"""Whoosh's public interface for reading, over segments of ours."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import analysis, fields, highlight, index, query, scoring, sorting
from whoosh.qparser import MultifieldParser, QueryParser
from whoosh.reading import MultiReader, TermNotFound

from indexer.codec.codec import ArraySegment
from tests.codec.collections_of_documents import FacetField
from tests.codec.copying import copy, save_toc

pytestmark = pytest.mark.usefixtures("packing")


def make_schema() -> fields.Schema:
    return fields.Schema(
        path=fields.ID(stored=True, unique=True, sortable=True),
        title=fields.TEXT(stored=True, sortable=True),
        body=fields.TEXT(stored=True, analyzer=analysis.StemmingAnalyzer()),
        tags=FacetField(),
        price=fields.NUMERIC(float, sortable=True, stored=True),
        when=fields.DATETIME(sortable=True),
        free=fields.BOOLEAN,
        kind=fields.ID(stored=True),
    )


SCHEMA = make_schema()
ARTICLES = [
    {"path": "/a", "title": "School board meets", "body": "The school board met on Monday. The board votes."},
    {
        "path": "/b",
        "title": "Water rates rise",
        "body": "Water rates will rise; the council voted on Monday.",
    },
    {"path": "/c", "title": "Library opens", "body": "The new library opens its doors. Schools visit."},
    {"path": "/d", "title": "Council votes", "body": "Council votes on the school library and on water."},
]
MORE: list[dict[str, Any]] = [
    {"tags": "school,board", "price": 2.5, "when": datetime.datetime(2020, 1, 5), "free": True},
    {"tags": "water,council", "price": -1.0, "when": datetime.datetime(2019, 5, 1), "free": False},
    {"tags": "library,school", "price": 7.25, "when": datetime.datetime(2021, 3, 1), "free": True},
    {"tags": "council,library", "price": 0.0, "when": datetime.datetime(2018, 1, 1), "free": False},
]


@pytest.fixture(params=["one segment", "four segments", "a deleted document"])
def ix(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The articles in one segment, in four, or in one with a document that is deleted."""
    ix = index.create_in(str(tmp_path), make_schema())
    writer = ix.writer()
    for article, more in zip(ARTICLES, MORE, strict=True):
        writer.add_document(**article, **more)
        if request.param == "four segments":
            writer.commit(merge=False)
            writer = ix.writer()
    if request.param == "a deleted document":
        writer.add_document(path="/gone", title="Board", body="school board water library", price=99.0)
    writer.commit(merge=False)
    if request.param == "a deleted document":
        with ix.writer() as writer:
            writer.delete_by_term("path", "/gone")
    ours = copy(ix, tmp_path / "copy")
    assert all(isinstance(segment, ArraySegment) for segment in ours._segments())
    return ours


@pytest.fixture
def searcher(ix: Any) -> Iterator[Any]:
    with ix.searcher() as searcher:
        yield searcher


def paths(results: Any) -> list[str]:
    return [hit["path"] for hit in results]


class TestSearching:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("school", {"/a", "/c", "/d"}),
            ("school board", {"/a"}),
            ("water OR library", {"/b", "/c", "/d"}),
            ("school NOT library", {"/a"}),
            ('"school board"', {"/a"}),
            ('"council monday"~3', {"/b"}),
            ("li*", {"/c", "/d"}),
            ("w?ter", {"/b", "/d"}),
            ("title:opens", {"/c"}),
            ("price:[0 TO 3]", {"/a", "/d"}),
            ("price:{0 TO}", {"/a", "/c"}),
            ("when:2020", {"/a"}),
            ("when:[2019 TO 2020]", {"/a", "/b"}),
            ("free:true", {"/a", "/c"}),
            ("tags:library", {"/c", "/d"}),
            ("path:/b", {"/b"}),
            ("title:[l TO s]", {"/a", "/b", "/c"}),
        ],
    )
    def test_the_parsed_query_finds(self, searcher: Any, text: str, expected: set[str]) -> None:
        tree = QueryParser("body", SCHEMA).parse(text)
        results = searcher.search(tree, limit=None)
        assert (set(paths(results)), len(results)) == (expected, len(expected))

    def test_the_best_come_first_whatever_the_limit(self, searcher: Any) -> None:
        tree = MultifieldParser(["title", "body"], SCHEMA).parse("council OR board OR school")
        for weighting in (scoring.BM25F(), scoring.TF_IDF(), scoring.Frequency(), scoring.PL2()):
            searcher.weighting = weighting
            everything = [(hit["path"], hit.score) for hit in searcher.search(tree, limit=None)]
            for limit in (1, 2, 3):
                found = [(hit["path"], hit.score) for hit in searcher.search(tree, limit=limit)]
                assert [score for _, score in found] == [score for _, score in everything[:limit]]

    def test_filter_mask_and_pages(self, searcher: Any) -> None:
        every = query.Every()
        found = searcher.search(every, filter=query.Term("free", True), mask=query.Term("path", "/a"))
        assert paths(found) == ["/c"]
        page = searcher.search_page(every, 2, pagelen=3)
        assert (page.total, len(list(page)), page.is_last_page()) == (4, 1, True)

    def test_sorting_and_collapsing(self, searcher: Any) -> None:
        every = query.Every()
        assert paths(searcher.search(every, sortedby="price")) == ["/b", "/d", "/a", "/c"]
        assert paths(searcher.search(every, sortedby="when", reverse=True)) == ["/c", "/a", "/b", "/d"]
        two = [sorting.FieldFacet("free"), sorting.FieldFacet("price", reverse=True)]
        assert paths(searcher.search(every, sortedby=two)) == ["/d", "/b", "/c", "/a"]
        assert len(searcher.search(every, collapse="price", collapse_limit=1)) == 4

    def test_grouping(self, searcher: Any) -> None:
        by_tag = sorting.FieldFacet("tags", allow_overlap=True)
        groups = searcher.search(query.Every(), groupedby=by_tag).groups()
        assert {name: len(docs) for name, docs in groups.items()} == {
            "school": 2, "board": 1, "water": 1, "council": 2, "library": 2,
        }  # fmt: skip
        ranges = sorting.DateRangeFacet(
            "when", datetime.datetime(2018, 1, 1), datetime.datetime(2022, 1, 1), datetime.timedelta(366)
        )
        assert (
            sum(map(len, searcher.search(query.Every(), groupedby={"w": ranges}).groups("w").values())) == 4
        )

    def test_highlights_and_matched_terms(self, searcher: Any) -> None:
        tree = QueryParser("body", SCHEMA).parse("council voted")
        results = searcher.search(tree, terms=True)
        results.formatter = highlight.UppercaseFormatter()
        shown = {hit["path"]: hit.highlights("body") for hit in results}
        assert "the COUNCIL VOTED on Monday" in shown["/b"]
        assert ("body", b"council") in results.matched_terms()
        results.fragmenter = highlight.PinpointFragmenter()
        assert "COUNCIL" in results[0].highlights("body")

    def test_more_like_this_and_key_terms(self, searcher: Any) -> None:
        (hit,) = searcher.search(query.Term("path", "/a"))
        assert "/a" not in paths(hit.more_like_this("body"))
        assert paths(hit.more_like_this("body"))
        docnum = searcher.document_number(path="/a")
        assert "board" in [term for term, _ in searcher.key_terms([docnum], "body")]

    def test_spelling(self, searcher: Any) -> None:
        tree = QueryParser("title", SCHEMA).parse("librari watr")
        corrected = searcher.correct_query(tree, "librari watr")
        assert corrected.string == "library water"
        assert searcher.suggest("title", "counsil", limit=1) == ["council"]

    def test_fuzzy_and_regex(self, searcher: Any) -> None:
        assert paths(searcher.search(query.FuzzyTerm("title", "bord"))) == ["/a"]
        assert set(paths(searcher.search(query.Regex("title", "^(wat|lib)")))) == {"/b", "/c"}

    def test_documents_by_field(self, searcher: Any) -> None:
        assert searcher.document(path="/c")["title"] == "Library opens"
        assert {d["path"] for d in searcher.documents(free=True)} == {"/a", "/c"}
        assert searcher.document(path="/none") is None


class TestReading:
    def test_dictionary(self, searcher: Any) -> None:
        reader = searcher.reader()
        assert list(reader.expand_prefix("title", "bo")) == [b"board"]
        assert set(reader.indexed_field_names()) >= {"path", "title", "body", "price"}
        assert ("title", "board") in reader
        assert ("title", "nothing") not in reader
        assert ("nowhere", "board") not in reader
        assert list(reader.field_terms("path"))[:2] == ["/a", "/b"]
        assert sorted(reader.terms_within("title", "boards", 1)) == ["board"]
        assert reader.doc_frequency("title", "council") == 1
        assert [word for _, word in reader.most_frequent_terms("tags", 2)]
        with pytest.raises(TermNotFound):
            reader.term_info("title", "nothing")
        with pytest.raises(TermNotFound):
            reader.postings("title", "nothing")

    def test_lengths(self, searcher: Any) -> None:
        reader = searcher.reader()
        number = searcher.document_number(path="/b")
        assert reader.doc_field_length(number, "title") == 3
        assert reader.doc_field_length(number, "path", default=5) == 5
        assert reader.max_field_length("title") == 3
        assert reader.min_field_length("body") > 0

    def test_matchers(self, tmp_path: Path) -> None:
        ix = index.create_in(str(tmp_path), make_schema())
        with ix.writer() as writer:
            for i in range(600):
                writer.add_document(path=f"/x{i}", title="many " * (1 + i % 3))
        with copy(ix, tmp_path / "copy").reader() as reader:
            matcher = reader.postings("title", "many")
            ids = list(matcher.copy().all_ids())
            assert (len(ids), ids == sorted(ids)) == (600, True)
            matcher.skip_to(ids[300] - 0)
            other = matcher.copy()
            other.next()
            assert (matcher.id(), other.id()) == (ids[300], ids[301])
            assert matcher.value_as("frequency") == matcher.weight() == len(matcher.spans())
            assert (matcher.block_max_weight(), matcher.block_min_length()) == (3.0, 1)
            assert matcher.block_max_length() == 3
            assert [i for i, _ in matcher.items_as("positions")] == ids[300:]
            assert not matcher.is_active()
            matcher.reset()
            assert matcher.id() == ids[0]


def test_nested_documents(tmp_path: Path) -> None:
    schema = fields.Schema(kind=fields.ID(stored=True), name=fields.ID(stored=True))
    ix = index.create_in(str(tmp_path), schema)
    with ix.writer() as writer:
        for album, tracks in (("one", "abc"), ("two", "bcd")):
            with writer.group():
                writer.add_document(kind="album", name=album)
                for track in tracks:
                    writer.add_document(kind="track", name=track)
    albums = query.Term("kind", "album")
    with copy(ix, tmp_path / "copy").searcher() as searcher:
        found = searcher.search(query.NestedParent(albums, query.Term("name", "a")))
        assert [hit["name"] for hit in found] == ["one"]
        children = searcher.search(query.NestedChildren(albums, query.Term("name", "two")))
        assert [hit["name"] for hit in children] == ["b", "c", "d"]


def test_an_open_reader_keeps_its_generation(ix: Any) -> None:
    folder = Path(ix.storage.folder)
    with ix.searcher() as before:
        segments = ix._segments()
        (segment,) = [s for s in segments if s.open_arrays(ix.storage).find("path", b"/a") is not None]
        docs, _ = segment.open_arrays(ix.storage).postings("path", b"/a")
        for each in segments:
            each.bind(ix.storage)
        segment.delete_documents(docs)
        save_toc(folder, SCHEMA, segments, generation=2)
        assert before.document(path="/a")["title"] == "School board meets"
        assert not before.up_to_date()
        with ix.searcher() as after:
            assert after.document(path="/a") is None
            assert after.doc_count() == 3


def test_several_segments_read_as_one(tmp_path: Path) -> None:
    ix = index.create_in(str(tmp_path), make_schema())
    for i in range(3):
        with ix.writer() as writer:
            writer.add_document(path=f"/{i}", title="word " * (i + 1))
            writer.merge = False
    with copy(ix, tmp_path / "copy").reader() as reader:
        assert isinstance(reader, MultiReader)
        info = reader.term_info("title", "word")
        assert (info.weight(), info.doc_frequency(), info.min_id(), info.max_id()) == (6.0, 3, 0, 2)
        assert (info.min_length(), info.max_length(), info.max_weight()) == (1, 3, 3.0)
        assert list(reader.postings("title", "word").all_ids()) == [0, 1, 2]
        assert (reader.field_length("title"), reader.frequency("title", "word")) == (6, 6.0)
