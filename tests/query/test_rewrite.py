"""The text of a query, cut into lexemes with spans, and what it is rewritten to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import analyzer_for
from indexer.query.language.grammar import parse
from indexer.query.language.leaves import MAX_WORDS
from indexer.query.language.lexer import MAX_CHARACTERS, Kind, Notebook, lex, simplified, usable
from indexer.query.language.rewrite import Edit, QueryText, Requirement, replaced

ANALYZER = analyzer_for("english")
NOW = datetime(2024, 1, 1, tzinfo=UTC)
PIECES = [
    "ferry ", "OR ", "AND ", "NOT ", "-", "title:", "topic:rail ", "date:2020", "(", ")", '"', "“", "”", " ",
    "^2", "~", '6"', "*", "—", "old bridge", "café ", "e\u0301", "12:30", "AT&T ", "recogn*,x ", "\ud800", "=", "+",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(TEXTS)
def test_spans_are_in_order_and_hold_what_they_are_read_as(text: str) -> None:
    simple = simplified(usable(text))
    assert len(simple) == len(usable(text))
    at = 0
    for lexeme in lex(simple, Notebook()):
        assert at <= lexeme.start <= lexeme.end <= len(simple)
        piece = simple[lexeme.start : lexeme.end]
        assert lexeme.text in (piece.lower() if lexeme.kind is Kind.FIELD else piece)
        assert piece.endswith("".join(lexeme.suffixes))
        at = lexeme.end


@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("red AND apple NOT pie", ["red", "apple", "NOT pie"]),
        ("+red -title:pie^2 “a b”~3", ["+red", "-title:pie^2", '"a b"~3']),
        ("(a OR (b c)) topic:(x OR y)^2 date:2020", ["(a OR (b c))", "topic:(x OR y)^2", "date:2020"]),
        ('a & b ) () "" NOT', ["a", "b"]),
        ("a (b OR (c", ["a", "(b OR (c))"]),
        ('a "b c', ["a", '"b c"']),
        ("a OR b", []),
        ("", []),
    ],
)
def test_requirements_stand_as_they_are_in_the_text(text: str, required: list[str]) -> None:
    assert [one.text for one in QueryText(text).requirements()] == required


def test_a_requirement_says_whether_it_excludes() -> None:
    found = QueryText("a NOT b -title:c title:-d (-e)").requirements()
    assert found == [
        Requirement("a", False), Requirement("NOT b", True), Requirement("-title:c", True),
        Requirement("title:-d", True), Requirement("(-e)", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“red tram”~2 pie", "red tram pie"),
        ('title:"a b" (c "d e")', "title:(a b) (c d e)"),
        ('-"a b" NOT title:"c d" -("e f" g)', ""),
        ('topic:"a b" date:"last 30 days"', ""),
        ('"" "a ', " a"),
        ("a b", ""),
    ],
)
def test_phrases_lose_their_quotes(text: str, words: str) -> None:
    assert QueryText(text).unquoted().replace('""', "") == words


def test_values_are_found_with_their_spans() -> None:
    text = 'a Topic:Rail (topic: "x y") -author:z^2 topic:(b) title:c author:'
    found = list(QueryText(text).values({"topic", "author"}))
    assert [(text[v.start : v.end], v.field, v.value) for v in found] == [
        ("Topic:Rail", "topic", "Rail"), ('topic: "x y"', "topic", "x y"), ("author:z^2", "author", "z"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Recogniton? (ferries)", ["Recogniton", "ferries"]),
        ('title:"old brigde" =café', ["old", "brigde", "café"]),
        ("boundary-layer O’Brien", ["boundary", "layer", "O’Brien"]),
        ("recog*,ferry t?de brigde~ -bridge topic:x date:2020 -(a OR -b)", ["ferry", "b"]),
        ("excerpt:(a b)", ["a", "b"]),
    ],
)
def test_words_that_are_looked_for_have_spans_in_the_text(text: str, words: list[str]) -> None:
    found = QueryText(text).words(ANALYZER)
    assert [text[word.start : word.end] for word in found] == words


@given(TEXTS)
def test_words_do_not_overlap(text: str) -> None:
    read = QueryText(text)
    ends = [0]
    for word in read.words(ANALYZER):
        assert ends[-1] <= word.start < word.end <= len(read.typed)
        ends.append(word.end)


def test_pieces_are_replaced_wherever_they_stand() -> None:
    assert replaced("red green blue", [Edit(10, 14, "b"), Edit(0, 3, "")]) == " green b"


def test_what_is_cut_is_cut_for_what_a_query_is_rewritten_to() -> None:
    read = QueryText("ferry " * MAX_CHARACTERS)
    assert len(read.typed) == MAX_CHARACTERS
    assert len(read.words(ANALYZER)) <= MAX_WORDS
    assert read.enclosed() == f"({read.typed})"


@given(TEXTS)
def test_all_requirements_together_ask_for_what_the_query_asks_for(text: str) -> None:
    required = QueryText(text).requirements()
    if required and "NOT" not in text and ":" not in text:  # what a NOT or a field without operand is
        joined = " ".join(one.text for one in required)
        assert parse(joined, ANALYZER, NOW).query == parse(text, ANALYZER, NOW).query
