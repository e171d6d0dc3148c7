"""Acronyms are a word of their own, in capitals as no folded word is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Token, analyzer_for
from indexer.analysis.acronyms import acronym
from indexer.analysis.analyzer import without_shouting

ENGLISH = analyzer_for("english")


def acronyms(text: str) -> list[str]:
    return [token.term for token in ENGLISH.tokens(text) if not token.exact]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the U.S. and the US", ["US", "US"]),
        ("A.I. is AI", ["AI", "AI"]),
        ("FBI's F.B.I.'s", ["FBI", "FBI"]),
        ("US-led, U.S.-led, TCP/IP", ["US", "US", "TCP", "IP"]),
        ("in (NATO) _EU_", ["NATO", "EU"]),
        ("in США Ö.V.P. ＥＵ", ["США", "OVP", "EU"]),
        ("5 a.m. e.g. us Us uS", []),
        ("an A I X, TWELVE", []),
        ("as AT&T R&D .NET C++ G7", []),
        # in capitals for no reason
        ("WHO WE ARE", []),
        ("WHO WE ARE\nthe WHO said", ["WHO"]),
        ("THE U.S. AND US", ["US"]),
        ("FBI", ["FBI"]),
        ("GPT-3", ["GPT"]),
        ("FBI, 2020", ["FBI"]),
        ("a U\u200bS-led N\u00adA\u00adT\u00adO", ["US", "NATO"]),
        ("NA\u00adTO", ["NATO"]),  # one word
        ("T\u00adHE U\u00adS VOTES", []),
    ],
)
def test_what_is_an_acronym(text: str, expected: list[str]) -> None:
    assert acronyms(text) == expected


def test_an_acronym_stands_where_its_letters_do_and_adds_nothing() -> None:
    assert ENGLISH.tokens("the US and U.S. law") == [
        Token("the", "the", 0, 0, 3, False),
        Token("us", "us", 1, 4, 6, True),
        Token("US", "", 1, 4, 6, False),
        Token("and", "and", 2, 7, 10, False),
        Token("u", "u", 3, 11, 12, True),
        Token("s", "s", 4, 13, 14, True),
        Token("u.s", "u.s", 3, 11, 14, False),
        Token("US", "", 3, 11, 14, False),
        Token("law", "law", 5, 16, 19, True),
    ]


@given(st.text(alphabet="AbCÖßİ. -\n1'", max_size=40))
def test_capitals_that_mean_nothing_change_no_other_term(text: str) -> None:
    quiet = without_shouting(text)
    assert len(quiet) == len(text)
    assert quiet.casefold() == text.casefold()
    assert without_shouting(quiet) == quiet


@given(st.text(max_size=12))
def test_no_other_word_has_the_term_of_an_acronym(text: str) -> None:
    terms = {token.term for token in ENGLISH.tokens(text) if token.exact}
    assert not {term for term in terms if acronym(term)}


def test_a_query_in_capitals_for_no_reason() -> None:
    assert [ENGLISH.shouts(text) for text in ("IS IT TRUE", "CLIMATE LAW", "WHO US")] == [True] * 3
    assert [ENGLISH.shouts(text) for text in ("IT", "US GDP", "the WHO", "COVID-19 US", "")] == [False] * 5
    (word,) = ENGLISH.surfaces("US", shouts=True)
    assert not word.acronym
    (word,) = ENGLISH.surfaces("U.S.", shouts=True)
    assert word.acronym == "US"
