"""A look-up of known stems takes NLTK's place, and changes no token."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.stem.snowball import SnowballStemmer

from indexer.analysis import Analyzer, analyzer_for
from indexer.config import LANGUAGES
from tests.archives import REPOSITORY

TEXT = "\n".join(file.read_text(encoding="utf-8") for file in sorted(REPOSITORY.glob("corpus/news/*.md")))
KNOWN = {
    token.exact: token.term
    for token in analyzer_for("english").tokens(TEXT)
    if token.exact.isascii() and token.exact.isalpha()
}
pieces = st.one_of(st.sampled_from(sorted(KNOWN)), st.text(max_size=8), st.sampled_from(list(" -'’&.,+éß中")))


def test_the_sample_archive_has_the_same_tokens_from_the_look_up() -> None:
    assert Analyzer("english", KNOWN.get).tokens(TEXT) == analyzer_for("english").tokens(TEXT)


@given(st.lists(pieces, max_size=12).map("".join))
def test_any_text_has_the_same_tokens_and_query_words(text: str) -> None:
    ours, plain = Analyzer("english", KNOWN.get), analyzer_for("english")
    assert ours.tokens(text) == plain.tokens(text)
    assert ours.surfaces(text) == plain.surfaces(text)
    for word in plain.surfaces(text):
        assert ours.accented_term(word) == plain.accented_term(word)


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.lists(pieces, max_size=12).map("".join))
def test_the_term_of_an_ascii_word_is_its_stem_wherever_it_stands(language: str, text: str) -> None:
    """So an index can tell the stem of each ASCII word as written: there are no two."""
    stem = SnowballStemmer(language).stem
    for token in analyzer_for(language).tokens(text):
        if token.exact.isascii() and token.exact.isalpha():
            assert token.term == stem(token.exact)


def test_a_word_with_other_letters_is_not_looked_up() -> None:
    seen: list[str] = []
    spanish = Analyzer("spanish", seen.append)  # which knows no word
    (word,) = spanish.surfaces("nación")
    assert spanish.accented_term(word) == analyzer_for("spanish").accented_term(word)
    assert seen == ["nacion"]


def nltk_is_imported(statement: str) -> bool:
    code = (
        "import sys; from indexer.analysis import Analyzer\n"
        "analyzer = Analyzer('english', {'ferries': 'ferri', 'boards': 'board'}.get)\n"
        f"{statement}\n"
        "print('nltk' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return run.stdout.strip() == "True"


@pytest.mark.parametrize(
    "text", ["ferries boards", "FERRIES, boards' “ferries” — ferries", "1920: 3.5 boards", "٣ ferries"]
)
def test_known_words_need_no_nltk(text: str) -> None:
    assert not nltk_is_imported(f"analyzer.tokens({text!r}); analyzer.surfaces({text!r})")


def test_a_word_that_is_not_known_needs_nltk() -> None:
    assert nltk_is_imported("assert analyzer.tokens('harbours')[0].term == 'harbour'")
