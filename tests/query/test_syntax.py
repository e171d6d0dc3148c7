"""The table of the language, its limits, and any text at all."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.query import And, AndNot, Every, FuzzyTerm, NullQuery, Phrase, Query, Term

from indexer.analysis import analyzer_for
from indexer.query.answers.parsed import NoteKind, ParsedQuery
from indexer.query.language.grammar import parse, parse_begun, parse_by_grammar
from indexer.query.language.leaves import MAX_EXPANDED, MAX_WORDS
from indexer.query.language.lexer import MAX_NOTE, MAX_NOTES
from indexer.query.language.rewrite import QueryText
from indexer.query.language.syntax import CHOICES, FIELD_KINDS, SYNTAX, FieldKind, SyntaxRow

ENGLISH = analyzer_for("english")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def read(text: str) -> ParsedQuery:
    return parse(text, ENGLISH, NOW)


def tree(text: str) -> Query:
    return read(text).query


def word(term: str) -> Term:
    return Term("text", term)


# The table


@pytest.mark.parametrize("row", SYNTAX, ids=lambda row: row.example)
def test_every_example_of_the_table_is_understood(row: SyntaxRow) -> None:
    parsed = read(row.example)
    assert NoteKind.DROPPED not in {note.kind for note in parsed.notes}
    assert NoteKind.CORRECTED not in {note.kind for note in parsed.notes}
    if row.example != SYNTAX[0].example:  # that one is about plain words
        plain = And([Term("text", s.term) for s in ENGLISH.surfaces(row.example)])
        assert parsed.query != plain or parsed.required  # what a plus requires stands beside the tree
        assert not isinstance(parsed.query, Every)


def test_every_field_is_in_the_table_and_every_field_of_the_table_is_read() -> None:
    assert set(FIELD_KINDS) == {row.field for row in SYNTAX if row.field}
    assert set(CHOICES) == {name for name, kind in FIELD_KINDS.items() if kind is FieldKind.CHOICE}
    for row in SYNTAX:
        assert row.meaning
        assert not row.field or row.example.startswith(row.field + ":")


# What whoosh's own parser and analysis get wrong (complaints.md, "Measured, whoosh3 defaults")


def test_a_phrase_is_that_phrase_and_curly_quotes_make_one() -> None:
    assert tree('"Meeting of the Board"') == Phrase("text", ["meet", "of", "the", "board"])
    assert tree("“Meeting of the Board”") == tree('"Meeting of the Board"') != tree('"Meeting this Board"')


def test_words_with_symbols_and_stop_words_alone_are_looked_for() -> None:
    for text, term in {"W-2": "w2", "C++": "c++", "AT&T": "at&t", "a": "a"}.items():
        assert ("text", term) in tree(text).all_terms()


def test_accents_find_each_other() -> None:
    assert tree("cafe") == word("cafe") == tree("café").a


def test_a_minus_leaves_out_and_a_tilde_is_fuzzy() -> None:
    assert tree("board -meeting") == AndNot(word("board"), word("meet"))
    assert tree("boarrd~") == FuzzyTerm("text", "boarrd", maxdist=2, prefixlength=0)


# Limits


def leaves_of(query: Query) -> list[Query]:
    return list(query.leaves())


def test_depth_is_limited_and_what_is_inside_still_counts() -> None:
    assert tree("(" * 9_000 + "robots") == word("robot")
    assert tree("(" * 4_000 + "robots" + ")" * 4_000 + " law") == And([word("robot"), word("law")])
    deep = tree("(a1 OR (b1 " * 400)
    assert str(deep)
    assert hash(deep) == hash(tree("(a1 OR (b1 " * 400))


def test_words_patterns_and_notes_are_limited() -> None:
    many = " ".join(f"w{i}" for i in range(2_000))
    assert len(leaves_of(tree(many[:10_000]))) <= MAX_WORDS
    assert len(leaves_of(tree(" ".join(f"w{i}*" for i in range(100))))) == MAX_EXPANDED
    assert len(read(" ".join(f"f{i}:x a{i}^b{i}" for i in range(1_000))).notes) == MAX_NOTES
    assert max(len(note.text) for note in read("x*" * 4_000).notes) == MAX_NOTE


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "NOT " * 2_500,
        "-" * 10_000,
        "~" * 10_000,
        "a~1" * 3_300,
        "a^1" * 3_300,
        '"' * 10_000,
        "a1 OR " * 1_600,
        "foo:bar " * 1_250,
        "title:" * 1_600,
        "*a" * 5_000,
        "東京" * 5_000,
        "9" * 10_000,
        "date:" + "." * 9_000,
        "quality:" + "1" * 9_000,
        "a^" + "9" * 9_000,
        "abc~" + "9" * 9_000,
        "é " * 5_000,
        "word " * 200_000,
    ],
    ids=lambda text: text[:12],
)
def test_nothing_takes_long(text: str) -> None:
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 2  # of processor time; measured: up to 0.08 s


# Any text

FRAGMENTS = [
    "robots",
    "the",
    "café",
    "COVID-19",
    "C++",
    ".NET",
    "AT&T",
    "東京大学",
    "“",
    "”",
    '"',
    "(",
    ")",
    "-",
    "—",
    "+",
    "AND",
    "OR",
    "NOT",
    "~",
    "~2",
    "^",
    "^2",
    "*",
    "?",
    "gr?y",
    "=",
    "=word",
    "title:",
    "body:",
    "topic:",
    "topic:none",
    "quality:",
    ">50",
    "10..90",
    "..",
    "date:",
    "2020-06",
    "2020-13",
    '"last 30 days"',
    "before:",
    "after:",
    "has:",
    "image",
    "is:featured",
    "foo:",
    "https://a.b/c?d=e",
    "12:30",
    "'",
    "’s",
    '6"',
    "\ufe0f",
    "\ud800",
    "\x00",
    "０",
    "؟",
]
SPACES = st.sampled_from(["", " ", " ", "\n"])
QUERIES = st.lists(st.tuples(st.sampled_from(FRAGMENTS), SPACES), max_size=14).map(
    lambda pairs: "".join(fragment + space for fragment, space in pairs)
)


@settings(max_examples=400, deadline=None)
@given(QUERIES | st.text(max_size=60))
def test_any_text_gives_a_query_the_same_each_time(text: str) -> None:
    parsed = read(text)
    assert isinstance(parsed.query, Query)
    assert parsed == read(text)
    assert str(parsed)
    assert parsed.to_json()["text"] == text
    assert all(query.field() != "text" or not isinstance(query, Every) for query in leaves_of(parsed.query))
    for query in leaves_of(parsed.query):
        assert isinstance(query, Every) or query is NullQuery or query.field(), query
    str(parsed.query).encode()  # no half characters: an index could not look for them


PLAIN = st.lists(
    st.sampled_from(
        [
            "robots",
            "Vision",
            "AI",
            "OR",
            "web3",
            "the",
            "who",
            "café",
            "COVID-19",
            "C++",
            "AT&T",
            "don't",
            "東京",
            "U.S.",
            "1,000",
            "a_b",
            "x,the",
        ]
    ),
    max_size=8,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(PLAIN | QUERIES | st.text(max_size=40))
def test_the_short_path_gives_the_same(text: str) -> None:
    assert parse(text, ENGLISH, NOW) == parse_by_grammar(text, ENGLISH, NOW)
    longer = QueryText.of_headline(text).begun(ENGLISH)
    begun = parse_begun(text, ENGLISH, NOW)
    assert begun == (parse_by_grammar(longer, ENGLISH, NOW) if longer else None)
