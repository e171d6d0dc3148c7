"""Numbers: separators of groups, decimal signs, raised and lowered digits, fractions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Token, analyzer_for


def tokens(text: str, language: str = "english") -> list[Token]:
    return analyzer_for(language).tokens(text)


def words(text: str, language: str = "english") -> list[str]:
    """Return the words that stand one behind the other, without the wholes of compounds."""
    return [token.term for token in tokens(text, language) if token.counts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10,000", ["10000"]),
        ("1,234,567", ["1234567"]),
        ("10,000-strong", ["10000", "strong"]),
        ("$1,200-a-month", ["1200", "month"]),
        ("$2,500.00", ["2500", "00"]),
        ("40,000/day", ["40000", "day"]),
        ("US$1,000", ["us", "1000"]),
        ("10,000km", ["10000km"]),
        ("2,000-3,000", ["2000", "3000"]),
        ("10’000", ["10000"]),
        # several numbers
        ("2019,2020", ["2019", "2020"]),
        ("2019,202", ["2019", "202"]),
        ("1,2,3", ["1", "2", "3"]),
        ("12,34", ["12", "34"]),
        ("3.14", ["3", "14"]),
        ("10.000", ["10", "000"]),
    ],
)
def test_commas_join_groups_of_three_digits(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("language", ["german", "italian", "dutch", "spanish", "russian"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10.000", ["10000"]),
        ("1.234.567", ["1234567"]),
        ("2.500,00", ["2500", "00"]),
        ("3,14", ["3", "14"]),
        ("25.06.2020", ["25", "06", "2020"]),
        ("1,2,3", ["1", "2", "3"]),
        ("2019,2020", ["2019", "2020"]),
        ("10.000/x", ["10000", "x"]),
    ],
)
def test_where_the_decimal_sign_is_a_comma_full_stops_join(
    language: str, text: str, expected: list[str]
) -> None:
    assert words(text, language) == expected


def test_a_decimal_number_is_a_whole_as_well() -> None:
    assert "2500.00" in [token.term for token in tokens("$2,500.00")]
    assert "3,14" in [token.term for token in tokens("3,14", "german")]
    (asked,) = analyzer_for("german").surfaces("2.500,00")
    assert asked.term == "2500,00"
    assert [one.term for one in analyzer_for("german").surfaces("1,2,3")] == ["1", "2", "3"]


@given(
    st.integers(0, 10**15), st.sampled_from(["english", "german"]), st.sampled_from(["", "-x", "/day", "kg"])
)
def test_a_number_is_one_word_with_separators_and_without(number: int, language: str, behind: str) -> None:
    written = f"{number:,}"
    if language == "german":
        written = written.replace(",", ".")
    assert words(written + behind, language)[0] == words(f"{number}{behind}", language)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CO₂", ["co2"]),
        ("H₂O", ["h2o"]),
        ("CO₂-neutral", ["co2", "neutral", "co2neutral"]),
        ("m²", ["m2"]),
        ("km² cm³ x²", ["km2", "cm3", "x2"]),
        ("m³/s", ["m3", "s", "m3/s"]),
        ("10⁶", ["10⁶"]),
        ("10⁻⁶", ["10⁻⁶"]),
        ("10₂", ["10₂"]),
        ("2½", ["2½"]),
        ("½", ["½"]),
        ("2½-year", ["2½", "year", "2½year"]),
        # marks of notes
        ("treaty²", ["treati", "treaty2"]),
        ("O'Leary¹", ["oleari", "o'leary1", "leari"]),
        ("Boston's¹²", ["boston", "boston's12"]),
        ("in 1919¹", ["in", "1919", "1919¹"]),
        ("treaty.² (³)", ["treati"]),
        ("mc²", ["mc", "mc2"]),
    ],
)
def test_raised_and_lowered_digits_and_fractions(text: str, expected: list[str]) -> None:
    assert [token.term for token in tokens(text)] == expected
    assert {word.term for word in analyzer_for("english").surfaces(text)} <= set(expected)
