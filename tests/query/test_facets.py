"""Facet counts are exact: a value's count is the total of choosing it alone in its facet."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import Archive, open_archive, reindex
from indexer.errors import RequestError
from indexer.facets import FACETS
from indexer.query.arrays.store.facet_column import FacetColumn
from indexer.query.facet_names import FacetKey
from indexer.query.parameters import NONE
from tests.archives import settings_for, write

TOPICS = ["Sea", "Ferries", "Land", "none", "sea"]
DATES = ["2020-01-01", "2020-01-15T23:59:59Z", "2020-02-29", "2021-12-31", "2013-05-05", None]

articles = st.fixed_dictionaries(
    {
        "title": st.lists(st.sampled_from(["harbour", "bridge", "light"]), min_size=1, max_size=3).map(
            " ".join
        ),
        "date": st.sampled_from(DATES),
        "topics": st.lists(st.sampled_from(TOPICS), max_size=3),
        "provider": st.sampled_from(
            [
                None,
                {"name": "Post", "domain": "post.example"},
                {"name": "Post"},
                {"name": "Wire", "domain": "post.example"},
            ]
        ),
        "category": st.sampled_from([None, "news", "sport"]),
        "tags": st.lists(st.sampled_from(["x", "y"]), max_size=2),
        "author": st.sampled_from([None, "Ann Lee", "Zoë Ek"]),
        "published": st.booleans(),
    }
)
chosen = st.fixed_dictionaries(
    {},
    optional={
        "topic": st.lists(st.sampled_from([*TOPICS, NONE, "unheard of"]), max_size=2),
        "provider": st.sampled_from(["post.example", "Wire", NONE]),
        "date": st.lists(st.sampled_from(["2020", "2020-01", "2020-01-15", "2013..2020", NONE]), max_size=2),
        "category": st.sampled_from(["news", NONE]),
        "tag": st.lists(st.sampled_from(["x", "y", NONE]), max_size=2),
        "author": st.sampled_from(["zoe ek", NONE]),
        "after": st.just("2019"),
        "featured": st.booleans(),
    },
)
queries = st.sampled_from(["", "harbour", "harbour OR light", "-bridge", 'topic:"sea"', "has:date"])


def build(folder: str, files: list[dict[str, Any]]) -> Path:
    given_settings = settings_for(Path(folder))
    write(
        given_settings.archive.path, "t.yaml", taxonomy="topic", name="Ferries", parent="Sea", shortname="Fe"
    )
    for number, fields in enumerate(files):
        write(given_settings.archive.path, f"{number}.md", url=f"https://a.example/{number}", **fields)
    reindex(given_settings)
    return given_settings.index.path


@settings(max_examples=40)
@given(st.lists(articles, max_size=8), st.lists(st.tuples(queries, chosen), min_size=1, max_size=4))
def test_every_count_is_the_total_of_choosing_that_value_alone(
    files: list[dict[str, Any]], asked: list[tuple[str, dict[str, Any]]]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_archive(index=build(folder, files)) as archive,
    ):
        for query, filters in asked:
            results = archive.search(query, **filters)
            for name in FACETS:
                for value in results.facets[name]:
                    alone = archive.search(query, **{**filters, name: value.value})
                    assert value.count == alone.total, (query, filters, name, value)


def test_siblings_keep_their_counts_and_facets_narrow_each_other(corpus: Archive) -> None:
    everything = corpus.search("")
    first, second = everything.facets["provider"][:2]
    one = corpus.search("", provider=first.value)
    assert {v.value: v.count for v in one.facets["provider"]} == {
        v.value: v.count for v in everything.facets["provider"]
    }
    assert [v.value for v in one.facets["provider"].selected] == [first.value]
    both = corpus.search("", provider=[first.value, second.value])
    assert both.total == first.count + second.count
    topic = one.facets["topic"][0]
    assert corpus.search("", provider=first.value, topic=topic.value).total == topic.count <= one.total


def test_a_topic_counts_what_is_below_it(corpus: Archive) -> None:
    topics = {v.value: v for v in corpus.search("").facets["topic"]}
    child = next(v for v in topics.values() if v.parent)
    parent = topics[child.parent or ""]
    assert (child.depth, parent.depth) == (1, 0)
    assert parent.count >= child.count
    order = list(topics)
    assert order.index(parent.value) < order.index(child.value)


def test_at_most_as_many_values_as_asked_for_the_largest_first(corpus: Archive) -> None:
    values = corpus.search("", facet_size=3).facets["author"]
    assert len(values) == 3 < values.distinct
    counts = [v.count for v in values if v.value != NONE]
    assert counts == sorted(counts, reverse=True)
    last = corpus.search("").facets["author"][-2]
    assert any(v.selected for v in corpus.search("", author=last.value, facet_size=1).facets["author"])


def test_the_dates_are_by_year_month_or_day_as_the_span_is(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        files = [
            {"title": "light", "date": d} for d in ("2009-01-01", "2020-01-01", "2020-01-02", "2020-03-01")
        ]
        with open_archive(index=build(folder, files)) as archive:

            def names(**filters: Any) -> list[tuple[str, str, int, int]]:
                values = archive.search("", **filters).facets["date"]
                return [(v.value, v.label, v.count, v.depth) for v in values]

            assert names() == [("2009", "2009", 1, 0), ("2020", "2020", 3, 0)]
            assert names(date="2020")[1:] == [
                ("2020", "2020", 3, 0),
                ("2020-01", "January 2020", 2, 1),
                ("2020-03", "March 2020", 1, 1),
            ]
            assert ("2020-01-02", "2 January 2020", 1, 2) in names(date="2020-01")
            assert [n[0] for n in names(after="2019")] == ["2020-01-01", "2020-01-02", "2020-03-01"]


@pytest.mark.parametrize("name", ["topic", "provider", "author", "category", "type", "tag", "date"])
def test_each_facet_can_be_asked_for_alone(corpus: Archive, name: str) -> None:
    assert [v.to_json() for v in corpus.facet(name)] == [v.to_json() for v in corpus.search("").facets[name]]


def test_a_value_chooses_what_it_counts_whoever_else_is_called_so(tmp_path: Path) -> None:
    providers = [
        {"name": "BBC", "domain": "bbc.example"},
        {"name": "BBC", "domain": "bbc.co.example"},
        {"name": "BBC"},
        {"name": "Ann", "domain": "video.example"},
        {"name": "Ben", "domain": "video.example"},
        {"name": "BBC", "domain": "video.example"},
    ]
    files = [
        {"title": "light", "provider": p, "topics": ["AI" if n % 2 else "Thinking Machines"]}
        for n, p in enumerate(providers)
    ]
    given_settings = settings_for(tmp_path)
    write(given_settings.archive.path, "t.yaml", taxonomy="topic", name="Thinking Machines", shortname="AI")
    for number, fields in enumerate(files):
        write(given_settings.archive.path, f"{number}.md", url=f"https://a.example/{number}", **fields)
    reindex(given_settings)
    with open_archive(index=given_settings.index.path) as archive:
        values = archive.search("").facets["provider"]
        counts = {v.value: (v.label, v.count) for v in values}
        assert counts == {
            "bbc.example": ("BBC", 1),
            "bbc.co.example": ("BBC", 1),
            "bbc": ("BBC", 1),
            "video.example": ("video.example", 3),
        }
        for name in ("provider", "topic"):
            for value in archive.search("").facets[name]:
                assert archive.search("", **{name: value.value}).total == value.count
        assert archive.search('provider:"bbc"').total == 4  # all that are called so
        assert archive.search("", provider="Ann").total == 1


def test_an_accented_topic_has_its_place_in_the_tree(tmp_path: Path) -> None:
    given_settings = settings_for(tmp_path)
    root = given_settings.archive.path
    write(root, "t.yaml", taxonomy="topic", name="Économie", parent="Société", keywords=["é"])
    write(root, "u.yaml", taxonomy="topic", name="Société", keywords=["s"])
    write(root, "a.md", title="Un", url="https://a.example/1", topics=["Économie"])
    write(root, "b.md", title="Deux", url="https://a.example/2", topics=["Société"])
    reindex(given_settings)
    with open_archive(index=given_settings.index.path) as archive:
        values = [(v.value, v.count, v.depth) for v in archive.search("").facets["topic"]]
        assert values == [("Société", 2, 0), ("Économie", 1, 1)]


def test_a_deleted_articles_values_are_none_of_the_archives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.indexing.writer.to_merge", lambda segments, added: [])
    given_settings = settings_for(tmp_path)
    root = given_settings.archive.path
    for n in range(6):
        provider = (
            {"name": "Daily", "domain": "b.example"} if n == 5 else {"name": "Daily", "domain": "a.example"}
        )
        write(
            root,
            f"{n}.md",
            title="quux" if n == 5 else "light",
            url=f"https://a.example/{n}",
            provider=provider,
        )
    write(root, "bare.md", title="light", url="https://a.example/b", provider="Daily")
    reindex(given_settings)
    (root / "5.md").unlink()
    reindex(given_settings)
    with open_archive(index=given_settings.index.path) as archive:
        assert [(v.value, v.count) for v in archive.search("").facets["provider"]] == [("a.example", 6)]


def test_where_the_only_articles_with_values_are_deleted_the_rest_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.indexing.writer.to_merge", lambda segments, added: [])
    given_settings = settings_for(tmp_path)
    root = given_settings.archive.path
    write(root, "a.md", title="light", url="https://a.example/a", provider="Daily")
    write(root, "b.md", title="light", url="https://a.example/b")
    reindex(given_settings)
    (root / "a.md").unlink()
    reindex(given_settings)
    with open_archive(index=given_settings.index.path) as archive:
        found = archive.search("light")
        assert [(v.value, v.count) for v in found.facets["provider"]] == [(NONE, found.total)] == [(NONE, 1)]


@given(st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=6, unique=True), min_size=1), st.data())
def test_values_are_counted_as_they_stand(rows: list[list[int]], data: st.DataObject) -> None:
    docs = data.draw(st.sets(st.sampled_from(range(len(rows)))).map(sorted))
    starts = np.cumsum([0, *map(len, rows)]).astype(np.uint32)
    flat = np.array([ordinal for row in rows for ordinal in sorted(row)], np.uint8)
    keys = [FacetKey(value, value) for value in ("a", "b", "c", "d", "e", "f", NONE)]
    column = FacetColumn("topic", keys, flat, starts, np.ones(len(rows), bool))
    expected = [sum(ordinal in rows[doc] for doc in docs) for ordinal in range(7)]
    assert column.counts(np.array(docs, np.uint32)).tolist() == expected


def test_the_number_of_chosen_values_is_bounded(corpus: Archive) -> None:
    with pytest.raises(RequestError, match="a search takes at most 50 values of facets, not 51"):
        corpus.search("", tag=[f"t{n}" for n in range(51)])
