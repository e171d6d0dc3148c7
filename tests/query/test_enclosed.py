"""A query put within parentheses is read as it is read alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import unify_punctuation
from indexer.query.language.lexer import Kind, Lexeme, Notebook, enclosed, lex

PIECES = [
    "ferry",
    "OR",
    "NOT ",
    "title:",
    "date:2020",
    "(",
    ")",
    '"',
    "“",
    "”",
    " ",
    "^2",
    "~",
    '6"',
    "*",
    "—",
]


def _lexed(text: str) -> list[Lexeme]:
    return lex(unify_punctuation(text.replace("—", " ")), Notebook())


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("ferry OR bridge", "(ferry OR bridge)"),
        ('"facial recognition', '("facial recognition")'),
        ("“facial recognition", '(“facial recognition")'),
        ("a) OR b", "(a  OR b)"),
        ("(a OR (b", "((a OR (b)))"),
        ('the ferry"', "(the ferry )"),
        ('(a "b) c', '((a "b) c"))'),
        ("", "()"),
    ],
)
def test_what_is_left_open_is_closed_within(text: str, within: str) -> None:
    assert enclosed(text) == within


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_it_is_read_as_it_is_alone(text: str) -> None:
    *alone, end = _lexed(text)
    opened, closed = Lexeme(Kind.OPEN, "("), Lexeme(Kind.CLOSE, ")")

    def kinds(lexemes: list[Lexeme]) -> list[Lexeme]:  # a parenthesis that was left open has no text
        return [closed if lexeme.kind is Kind.CLOSE else lexeme for lexeme in lexemes]

    assert kinds(_lexed(f"{enclosed(text)} ban")) == kinds(
        [opened, *alone, closed, Lexeme(Kind.WORD, "ban"), end]
    )
