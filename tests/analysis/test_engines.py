"""The surfaces are those that NLTK's RegexpTokenizer finds, without NLTK: in Python's engine of regular
expressions where that finds the same, else in the engine that NLTK runs on."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.tokenize import RegexpTokenizer

from indexer.analysis import surface_texts, tokens
from indexer.analysis.numbers import POINT, NumberStyle, numbers_of
from indexer.invisible import without_invisible
from tests.archives import REAL_ARCHIVES, REPOSITORY

USUAL = [
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if re.match(f"[{tokens.USUAL_CHARACTERS}]", char)
]  # fmt: skip
AMONG = ("{}", "a{}b", "1{}2", "{}.a", ".{}", "a-{}", "{}+", "a+{}")


NLTK = RegexpTokenizer(tokens.surface_pattern(tokens.all_marks()))


def both(text: str) -> tuple[list[str], list[str]]:
    return tokens._usual(POINT).findall(text), NLTK.tokenize(text)


def test_the_marks_among_the_usual_characters_are_listed() -> None:
    marks = {char for char in USUAL if unicodedata.category(char) in ("Mn", "Mc")}
    assert marks == {char for char in USUAL if re.match(f"[{tokens.USUAL_MARKS}]", char)}


@pytest.mark.parametrize("among", AMONG)
def test_every_usual_character_is_a_letter_to_both_or_to_neither(among: str) -> None:
    text = " \n ".join(among.format(char) for char in USUAL)
    for start in range(0, len(text), 20_000):
        quick, general = both(text[start : start + 20_000])
        assert quick == general


@pytest.mark.parametrize("numbers", [numbers_of("english"), numbers_of("german")])
@given(st.text(st.sampled_from("abZ_019.,-'`&/@+#:; \n"), max_size=40))
def test_texts_in_ascii_have_the_same_surfaces(numbers: NumberStyle, text: str) -> None:
    found = tokens._plain(numbers).findall(text)
    assert found == tokens._usual(numbers).findall(text)
    assert found == surface_texts(text, numbers)


def test_every_character_of_ascii_is_read_alike() -> None:
    text = " ".join(among.format(char) for char in map(chr, range(128)) for among in AMONG)
    assert tokens._plain(POINT).findall(text) == tokens._usual(POINT).findall(text)


pieces = st.one_of(st.sampled_from(USUAL), st.sampled_from(list("abZ19.-'’&/@_,+# \n\u0301")))


@given(st.lists(pieces, max_size=30).map("".join))
def test_usual_texts_have_the_same_surfaces(text: str) -> None:
    quick, general = both(text)
    assert quick == general
    assert surface_texts(text) == [text[a:b] for a, b in tokens.surface_spans(text)]


def test_no_usual_character_is_invisible() -> None:
    assert [char for char in USUAL if not without_invisible(char)] == []


@given(st.text(max_size=30))
def test_any_text_has_the_surfaces_that_the_general_one_finds(text: str) -> None:
    assert surface_texts(text) == NLTK.tokenize(without_invisible(text))
    assert tokens._general(POINT).findall(text) == NLTK.tokenize(text)


@pytest.mark.parametrize(
    "archive",
    [
        REPOSITORY / "corpus",
        *(
            pytest.param(folder, marks=pytest.mark.archives, id=folder.name)
            for folder in sorted(REAL_ARCHIVES.glob("*/"))
        ),
    ],
)
def test_real_texts_have_the_surfaces_that_nltk_finds(archive: Path) -> None:
    files = sorted(archive.rglob("*.md"))[:300]
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        assert surface_texts(text) == NLTK.tokenize(without_invisible(text)), file


@pytest.mark.parametrize("unit", ["a-", "a.", "1,", ".", "a", "-", "+", "a+", "_", "'a", "é&"])
def test_no_text_takes_long(unit: str) -> None:
    began = time.process_time()
    surface_texts(unit * 100_000)
    assert time.process_time() - began < 5  # 0.02 s on a machine that is idle


def python(code: str) -> str:
    """Run code in a process of its own, in which nothing is imported yet."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_two_modules_of_nltk_are_imported_alone_and_nltk_stays_whole() -> None:
    told = python(
        "import sys; from indexer.analysis.nltk_parts import SnowballStemmer\n"
        "print({name.partition('.')[0] for name in sys.modules} & {'nltk', 'scipy', 'regex', 'numpy'})\n"
        "import nltk; print(nltk.stem.SnowballStemmer('english').stem('ferries'), nltk.corpus.stopwords is None)\n"
        "print(SnowballStemmer('english').stem('ferries'))"
    )
    assert told.splitlines() == ["{'regex'}", "ferri False", "ferri"]


def test_nltk_that_is_there_already_is_used() -> None:
    told = python(
        "from nltk.stem.snowball import SnowballStemmer as stemmer\n"
        "from indexer.analysis.nltk_parts import SnowballStemmer; print(SnowballStemmer is stemmer)"
    )
    assert told.split() == ["True"]


def test_where_the_two_modules_need_more_of_nltk_all_of_it_is_imported() -> None:
    told = python(
        "import sys\n"
        "class Refusing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'nltk.stem.porter' and not hasattr(sys.modules['nltk'], '__version__'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refusing())\n"
        "from indexer.analysis.nltk_parts import SnowballStemmer\n"
        "import nltk; print(SnowballStemmer is nltk.stem.SnowballStemmer)"
    )
    assert told.split() == ["True"]
