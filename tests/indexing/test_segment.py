"""A segment built of arrays is what the plain way of indexing says it is."""

from __future__ import annotations

import functools
import itertools
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import analyzer_for
from indexer.article import Article, Image, Provider, RelatedLink
from indexer.codec.check import verify
from indexer.codec.data import BytesColumn, NumberColumn, OrdinalColumn
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.index.schema import DERIVED
from indexer.indexing.segment import SegmentBuilder
from indexer.indexing.stories import SIGNATURE
from indexer.indexing.stories import WORDS as WORDS_COUNTED
from indexer.indexing.titles import TITLE
from tests.archives import drawn
from tests.indexing import slow_path

WORDS = [
    "harbour", "Harbours", "the", "AT&T's", "C++", "Objective-C++", ".NET-based", "W-2", "naïve", "café",
    "x-x", "a-b-a", "1,000", "U.S.", "中文字", "O'Brien", "_", "😀", "½", "é", "=mc", "日", "ﬁn",
]  # fmt: skip
texts = st.one_of(
    st.just(""),
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=4).map("".join),
    st.text(max_size=20),
)
names = st.sampled_from(["Sea", "sea", "Land", "Überfluß", "a\tb", "日本"])
several = st.lists(names, max_size=3, unique=True).map(tuple)
numbers = st.one_of(st.none(), st.integers(-5, 5), st.floats(-1e9, 1e9, allow_nan=False))
TOKYO = timezone(timedelta(hours=9))
offsets = st.sampled_from([UTC, *(timezone(timedelta(minutes=m)) for m in (540, 330, -210, -720))])
moments = st.one_of(
    st.none(), st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=offsets).map(
        lambda moment: moment.replace(microsecond=0)
    ),
)  # fmt: skip
providers = st.one_of(
    st.none(), st.builds(Provider, name=names, domain=st.sampled_from([None, "a.example", "b.example"]))
)
links = st.builds(
    RelatedLink, id=st.sampled_from(["l1", "l2", "l3"]), title=texts, published_at=moments, provider=providers
)
images = st.builds(
    Image, url=st.just("https://a.example/i.png"), width=st.one_of(st.none(), st.integers(1, 9))
)


@st.composite
def articles(draw: st.DrawFn) -> list[Article]:
    count = draw(st.integers(1, 5))
    return [
        draw(
            st.builds(
                Article, id=st.just(f"article{i:09}"), title=texts, url=st.one_of(st.none(), texts), excerpt=texts,
                body=texts, published_at=moments, provider=providers, authors=several, topics=several,
                tags=several, category=st.one_of(st.none(), names), type=st.one_of(st.none(), names),
                quality=numbers, heat=numbers, featured=st.booleans(),
                origin=st.sampled_from(["file", "related"]), images=st.lists(images, max_size=1).map(tuple),
                related=st.lists(links, max_size=2, unique_by=lambda link: link.id).map(tuple),
                body_html=texts,
            )
        )
        for i in range(count)
    ]  # fmt: skip


def found_in(arrays: SegmentArrays) -> dict[str, Any]:
    """What a segment holds, as the plain way says it."""
    postings = {}
    for name in arrays.field_names:
        field = arrays.field(name)
        assert field is not None
        if name in DERIVED:
            continue
        for term in field.terms():
            docs, freqs = arrays.postings(name, term)
            counts = [1] * len(docs) if freqs is None else freqs.tolist()
            at: list[Any] = [None] * len(docs)
            if field.positions is not None:
                starts, flat = arrays.positions(name, term)
                at = [flat[a:b].tolist() for a, b in itertools.pairwise(starts)]
            postings[name, term] = list(zip(docs.tolist(), counts, at, strict=True))
    lengths = {name: arrays.lengths(name).tolist() for name in arrays.length_fields}  # type: ignore[union-attr]
    columns: dict[str, list[Any]] = {}
    for name in arrays.column_kinds:
        match arrays.column(name):
            case NumberColumn(values):
                columns[name] = values.tolist()
            case BytesColumn(table):
                columns[name] = list(table)
            case OrdinalColumn() as column:
                columns[name] = [
                    [column.table[o] for o in column.of_doc(doc)] for doc in range(arrays.doc_count)
                ]
    stored = [slow_path.stored_of(arrays.stored_fields(doc)) for doc in range(arrays.doc_count)]
    return {"postings": postings, "lengths": lengths, "columns": columns, "stored": stored}


def filled(expected: dict[str, Any]) -> dict[str, Any]:
    """Lengths and columns are there only where a document has a value."""
    lengths = {name: values for name, values in expected["lengths"].items() if any(values)}
    with_postings = {name for name, _ in expected["postings"]} | {"id", "excerpt_at", "body_at"}
    with_postings |= {*SIGNATURE, WORDS_COUNTED, TITLE}
    columns = {name: values for name, values in expected["columns"].items() if name in with_postings}
    return {**expected, "postings": dict(expected["postings"]), "lengths": lengths, "columns": columns}


@drawn(50)
@given(articles(), st.sampled_from(["english", "spanish"]), st.sampled_from([1, 1 << 30]))
def test_a_segment_of_arrays_is_what_the_plain_way_says(
    given_articles: list[Article], language: str, limit: int
) -> None:
    analyzer = analyzer_for(language)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.arrays"
        builder = SegmentBuilder(analyzer, limit)
        for _ in range(2):  # a builder that was used remembers words, and nothing else
            for number, article in enumerate(given_articles):
                builder.add(article, f"{number}.md", article.to_stored())
            assert builder.is_full == (limit == 1)
            assert builder.write(path) == len(given_articles)
            assert len(builder) == 0
        assert list(verify(path)) == []
        arrays = open_segment(path)
        with_files = [(article, f"{n}.md") for n, article in enumerate(given_articles)]
        assert found_in(arrays) == filled(slow_path.segment(with_files, analyzer))


def test_the_words_of_each_text_are_told_apart_by_their_positions(tmp_path: Path) -> None:
    article = Article(id="a" * 16, title="sea sea", excerpt="", body="sea by the sea")
    builder = SegmentBuilder(analyzer_for("english"), 1 << 20)
    builder.add(article, "a.md", article.to_stored())
    builder.write(tmp_path / "a")
    arrays = open_segment(tmp_path / "a")
    assert {name: how["start"] for name, how in arrays.file.meta["derived"].items()} == {
        "title": "",
        "excerpt": "excerpt_at",
        "body": "body_at",
    }
    at = arrays.positions("text", b"sea")[1]
    excerpt_at, body_at = (int(arrays.numbers(name)[0]) for name in ("excerpt_at", "body_at"))
    assert (at < excerpt_at).tolist() == [True] * 4 + [False] * 2
    assert excerpt_at < body_at <= at[-1]
    assert np.array_equal(at, arrays.positions("text", b"=sea")[1])


@given(articles())
def test_the_two_parts_are_the_articles_json(given_articles: list[Article]) -> None:
    for article in given_articles:
        main, more = (slow_path.json.loads(part) for part in article.to_stored())
        assert main.pop("has_body") == bool(article.body)
        assert {**main, **more} == slow_path.stored_json(article)
        assert set(more) == {"body", "related", *(["body_html"] if article.body_html else [])}
        main, more = map(slow_path.json.loads, article.to_stored())
        (again,) = Article.from_stored([main], [functools.partial(dict, more)])
        assert (again, again.day) == (article, article.day)


@pytest.mark.parametrize(
    "article",
    [
        Article(id="x", title="half a pair \ud83d"),
        Article(id="x", title="half \ud83d", published_at=datetime(2011, 12, 11, tzinfo=TOKYO)),
        Article(id="x", title="t", quality=2**70),
        Article(id="x", title="t", related=(RelatedLink("y", "half \udc00"),)),
    ],
)
def test_what_orjson_refuses_is_written_all_the_same(article: Article) -> None:
    main, more = (slow_path.json.loads(part) for part in article.to_stored())
    (again,) = Article.from_stored([main], [functools.partial(dict, more)])
    assert (again, again.day) == (article, article.day)
