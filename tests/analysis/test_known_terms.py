"""A look-up of the terms of words takes NLTK's place, and changes no token."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.stem.snowball import SnowballStemmer

from indexer.analysis import Analyzer, analyzer_for
from indexer.analysis.analyzer import _stem
from indexer.analysis.tokens import MAX_WORD
from indexer.languages import STEMMED
from tests.archives import REPOSITORY

CORPUS = "\n".join(file.read_text(encoding="utf-8") for file in sorted(REPOSITORY.glob("corpus/news/*.md")))
WORDS = [
    "ferries",
    "Boards",
    "harbours'",
    "RUNNING",
    "naciones",
    "nación",
    "comió",
    "café",
    "Cafés",
    "naïve",
    "écoles",
    "Häuser",
    "дома",
    "l'Oréal",
    "d'Artagnan",
    "AT&T",
    "Objective-C++",
    "中文字",
    "comió日本",
    "ＡＢＣ",
    "ﬁnding",
    "1,000",
]
texts = st.lists(
    st.one_of(st.sampled_from(WORDS), st.text(max_size=8), st.sampled_from(list(" -'’&.,+"))), max_size=12
).map("".join)


def known_terms(analyzer: Analyzer, text: str) -> dict[str, str]:
    """Return what an index of `text` knows: of each word as written its term, where it has no second."""
    words = [analyzer.word(token.exact) for token in analyzer.tokens(text)]
    return {
        word.text: word.term
        for word in words
        if word.exact == word.text and len(word.text) < MAX_WORD and not analyzer.accented_term(word)
    }


def same(language: str, known: dict[str, str], text: str) -> None:
    ours, plain = Analyzer(language, known.get), analyzer_for(language)
    assert ours.tokens(text) == plain.tokens(text)
    words = plain.surfaces(text)
    assert ours.surfaces(text) == words
    for word in words:
        assert ours.accented_term(word) == plain.accented_term(word)


def test_the_sample_archive_has_the_same_tokens() -> None:
    known = known_terms(analyzer_for("english"), CORPUS)
    assert len(known) > 1000
    same("english", known, CORPUS)


@pytest.mark.parametrize("language", STEMMED)
@given(texts, texts)
def test_any_text_has_the_same_tokens(language: str, known: str, text: str) -> None:
    terms = known_terms(analyzer_for(language), known)
    same(language, terms, text)
    same(language, terms, known)


@pytest.mark.parametrize("language", STEMMED)
@given(texts)
def test_the_term_of_an_ascii_word_is_its_stem(language: str, text: str) -> None:
    stem = SnowballStemmer(language).stem
    for token in analyzer_for(language).tokens(text):
        if token.exact.isascii() and token.exact.isalpha():
            assert token.term == stem(token.exact)


def test_english_words_that_the_stemmer_is_not_asked_for_are_their_own_stems() -> None:
    letters, stem = "abcdefghijklmnopqrstuvwxyz", SnowballStemmer("english").stem
    endings = ["".join(ending) for size in (1, 2, 3) for ending in itertools.product(letters, repeat=size)]
    for start in ("", "ly", "gener", "harbour", "controll"):
        for ending in endings:
            assert _stem("english", start + ending) == stem(start + ending)


def nltk_is_imported(text: str) -> bool:
    code = (
        "import sys; from indexer.analysis import Analyzer\n"
        "terms = {'ferries': 'ferri', 'boards': 'board', 'cafés': 'cafe'}\n"
        f"analyzer = Analyzer('english', terms.get); words = analyzer.surfaces({text!r})\n"
        f"analyzer.tokens({text!r}); [analyzer.accented_term(word) for word in words]\n"
        "print('indexer.analysis.nltk_parts' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return run.stdout.strip() == "True"


@pytest.mark.parametrize(
    "text", ["ferries boards", "FERRIES, boards' “Cafés” — ferries", "1920: 3.5 boards", "٣ ferries"]
)
def test_known_words_need_no_nltk(text: str) -> None:
    assert not nltk_is_imported(text)


@pytest.mark.parametrize("text", ["harbours", "café"])
def test_a_word_that_is_not_known_needs_nltk(text: str) -> None:
    assert nltk_is_imported(text)
