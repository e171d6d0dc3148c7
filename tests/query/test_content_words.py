"""Which words tell what a text is about."""

from __future__ import annotations

import pytest

from indexer.analysis import analyzer_for
from indexer.query.assist.content_words import is_content_word
from indexer.query.assist.distinctive import Sample


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("also could goes would said many the 5 12 1,000 3.5 2020 2020-06-25 20th 1980s ½ ２０", False),
        ("ferry wrong us may-day covid-19 5g b2b mp3 3d f1 us. c++ 東京 京", True),
    ],
)
def test_stop_words_and_numbers_are_no_content_words(words: str, expected: bool) -> None:
    analyzer = analyzer_for("english")
    assert {word: is_content_word(word, analyzer) for word in words.split()} == dict.fromkeys(
        words.split(), expected
    )


def test_each_language_has_its_own() -> None:
    assert is_content_word("could", analyzer_for("german"))
    assert not is_content_word("aber", analyzer_for("german"))
    assert is_content_word("aber", analyzer_for("english"))


def test_no_sample_has_them() -> None:
    texts = ["The ferry could also sail at 5 or 12", "It goes on: 2nd ferry-boat, 1,000 AT&T pins"]
    assert set(Sample(texts, analyzer_for("english")).counts) == {"ferri", "sail", "boat", "at&t", "pin"}
