"""Words with a hyphen or together, with an apostrophe or without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import analyzer_for
from indexer.analysis.folding import APOSTROPHES, DASHES
from indexer.analysis.joining import joined

ENGLISH = analyzer_for("english")


def terms(text: str, language: str = "english") -> list[str]:
    return [token.term for token in analyzer_for(language).tokens(text)]


@pytest.mark.parametrize(
    ("apart", "together"),
    [
        ("start-up", "startup"),
        ("start-ups", "startup"),
        ("Health-care", "healthcare"),
        ("e-mail", "email"),
        ("co-op", "coop"),
        ("COVID-19", "covid19"),
        ("F-16s", "F16s"),
        ("O'Leary", "OLeary"),
        ("O’Leary-Quist", "OLeary-Quist"),
        ("Hawaiʻi", "Hawaii"),
        ("Qur'an", "Quran"),
        ("Oʻahu", "Oahu"),
        ("rock'n'roll", "rocknroll"),
    ],
)
def test_with_a_mark_between_or_together_is_one_word(apart: str, together: str) -> None:
    (first,), (second,) = ENGLISH.surfaces(apart), ENGLISH.surfaces(together)
    assert first.term == second.term
    assert first.term in terms(f"the {together}, again")
    assert second.term in terms(f"the {apart}, again")
    assert first.exact != second.exact


@pytest.mark.parametrize("apostrophe", APOSTROPHES)
def test_every_apostrophe_is_one(apostrophe: str) -> None:
    assert terms(f"Hawai{apostrophe}i") == ["hawaii"]
    assert terms(f"O{apostrophe}Leary{apostrophe}s") == ["oleari", "leari"]
    assert terms(f"{apostrophe}Iolani") == ["iolani"]


def test_an_apostrophe_does_not_cut_a_compound() -> None:
    placed = [(token.term, token.position) for token in ENGLISH.tokens("O'Leary-Quist Côte-d’Ivoire's")]
    assert placed == [
        ("oleari", 0), ("leari", 0), ("quist", 1), ("olearyquist", 0),
        ("cote", 2), ("divoir", 3), ("ivoir", 3), ("cotedivoir", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("english", "don't"), ("english", "we'll"), ("english", "I've"), ("english", "they're"),
        ("english", "5'10"), ("dutch", "zo'n"), ("french", "d'une"), ("french", "qu'il"),
        ("italian", "dell'arte"), ("english", "2019-2020"), ("english", "start-up.com"), ("english", "AT&T"),
    ],
)  # fmt: skip
def test_what_is_not_joined(language: str, word: str) -> None:
    assert joined(word.lower(), language) == word.lower()
    assert word.lower() in terms(word, language)


def test_what_follows_an_elided_word_is_one_of_its_own() -> None:
    assert "homm" in terms("l'homme", "french")
    assert "alor" in terms("jusqu'alors", "french")
    assert "arte" in terms("dell'arte", "italian") or "art" in terms("dell'arte", "italian")
    assert terms("rock'n'roll") == ["rocknrol"]


WORDS = st.text(alphabet="abcxé", min_size=1, max_size=6)


@given(st.lists(WORDS, min_size=2, max_size=4), st.sampled_from(DASHES))
def test_any_words_are_one_with_hyphens_and_together(words: list[str], dash: str) -> None:
    whole = "".join(words)
    (asked,) = ENGLISH.surfaces(whole)
    text = dash.join(words)
    found = ENGLISH.tokens(text)
    assert asked.term in {token.term for token in found if token.position == 0}
    parts = [token.term for token in found if token.counts or token.end - token.start < len(text)]
    assert {part.term for part in ENGLISH.surfaces(text)[0].parts} <= set(parts)
