"""What is read off a tree as the grammar gives it, patterns unexpanded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from whoosh import query as q

from indexer.analysis import analyzer_for
from indexer.query.answers.ledger import TotalRelation
from indexer.query.language import tree
from indexer.query.language.grammar import parse

ANALYZER = analyzer_for("english")
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def read(text: str) -> q.Query:
    return parse(text, ANALYZER, NOW).query


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("ferry -(bridge -strike)", {("ferri", True), ("bridg", False), ("strike", True)}),
        ("ferry OR -bridge", {(None, True), ("ferri", True), ("bridg", False)}),
        ("café", {("cafe", True), ("=café", True)}),
    ],
)
def test_a_leaf_says_whether_it_finds_more(text: str, leaves: set[tuple[str | None, bool]]) -> None:
    found = tree.leaves(read(text), excluded=True)
    assert {(getattr(leaf, "text", None), more) for leaf, more in found} == leaves


def test_what_is_optional_or_left_out_is_walked_where_it_is_wanted() -> None:
    both = q.And([q.AndMaybe(q.Term("text", "a"), q.Term("text", "b")), q.Not(q.Term("text", "c"))])

    def walked(**which: bool) -> set[str]:
        return {leaf.text for leaf, _ in tree.leaves(both, **which)}

    assert walked() == {"a", "b"}
    assert walked(optional=False) == {"a"}
    assert walked(optional=False, excluded=True) == {"a", "c"}


def test_a_tree_of_any_depth_is_walked() -> None:
    deep: q.Query = q.Term("text", "a")
    for _ in range(5_000):
        deep = q.Not(deep)
    assert list(tree.leaves(deep, excluded=True)) == [(q.Term("text", "a"), True)]
    assert not tree.asks_for_text(deep)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("ferry", True), ("topic:rail ferry", True), ("ferr*", True), ("title:feri~", True), ('"a b"', True),
        ("topic:rail", False), ("-ferry", False), ("date:2020 quality:>5 has:image", False), ("", False),
    ],
)  # fmt: skip
def test_a_query_asks_for_text_where_it_looks_for_a_word(text: str, asks: bool) -> None:
    assert tree.asks_for_text(read(text)) is asks


def test_a_scripts_range_of_terms_asks_for_no_word() -> None:
    assert not tree.asks_for_text(q.TermRange("title", "a", "b"))
    assert not tree.asks_for_text(q.Every("text"))


def test_required_terms_are_those_that_decide_what_is_found() -> None:
    text = 'café "old bridge" (topic:rail OR title:strikes) recogn* brigde~ -ferry'
    assert tree.required_terms(read(text)) == {"cafe", "old", "bridg", "strike"}


def test_named_terms_are_stems_in_any_role_without_patterns() -> None:
    named = tree.named_terms(read('=ferries "old bridge" -strikes recogn* brigde~ topic:rail'), ANALYZER)
    assert named == {"ferri", "old", "bridg", "strike"}
    broad = q.Or([q.Term("text", "a"), tree.BroadTerm("text", "b"), q.Term("text", b"c")])
    assert tree.named_terms(broad, ANALYZER) == {"a", "c"}


def test_patterns_are_highlighted_by_the_words_they_stand_for() -> None:
    query = read('ferry "old bridge"~2 recogn* -strik* topic:rail')
    words = {q.Prefix("text", "recogn"): [("title", "=recognise")]}
    found = tree.highlightable(query, lambda pattern: words[pattern])
    assert found.terms == {("text", "ferri"), ("title", "=recognise")}
    assert found.phrases == [("text", ("old", "bridg"), 3)]
    nothing = tree.highlightable(read("topic:rail"), lambda pattern: ())
    assert (nothing.terms, nothing.phrases) == (set(), [])


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("word*", TotalRelation.AT_LEAST), ("other -word*", TotalRelation.AT_MOST),
        ("-(other -word*)", TotalRelation.AT_LEAST), ("word* -(x word*)", TotalRelation.ABOUT),
        ("other*", TotalRelation.EXACT), ("other", TotalRelation.EXACT),
    ],
)  # fmt: skip
def test_a_total_is_bounded_by_how_cut_patterns_stand_in_the_tree(text: str, relation: TotalRelation) -> None:
    assert tree.total_relation(read(text), {q.Prefix("text", "word")}) is relation
    assert tree.total_relation(read(text), ()) is TotalRelation.EXACT


def test_a_cut_pattern_that_only_adds_to_scores_leaves_the_total_exact() -> None:
    optional = q.AndMaybe(q.Term("text", "a"), q.Prefix("text", "word"))
    assert tree.total_relation(optional, {q.Prefix("text", "word")}) is TotalRelation.EXACT
