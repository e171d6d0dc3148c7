"""A query put within parentheses is read as it is read alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import unify_punctuation
from indexer.query.language.lexer import Kind, Notebook, lex
from indexer.query.language.rewrite import enclosed

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


Read = tuple[Kind, str, tuple[str, ...]]  # a lexeme, wherever it stands


def _lexed(text: str) -> list[Read]:
    lexemes = lex(unify_punctuation(text.replace("—", " ")), Notebook())
    # A parenthesis that was left open is closed by one without text.
    texts = [")" if lexeme.kind is Kind.CLOSE else lexeme.text for lexeme in lexemes]
    return [(lexeme.kind, text, lexeme.suffixes) for lexeme, text in zip(lexemes, texts, strict=True)]


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
    opened, closed = (Kind.OPEN, "(", ()), (Kind.CLOSE, ")", ())
    assert _lexed(f"{enclosed(text)} ban") == [opened, *alone, closed, (Kind.WORD, "ban", ()), end]
