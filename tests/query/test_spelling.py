"""Words spelt nearly so: the distance against its table filled in plainly, and what comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.spelling import draw, index_words, main, measure
from indexer import Archive, open_archive, reindex
from indexer.errors import RequestError
from indexer.nearness import edits_between
from indexer.query.arrays.source import ArrayView
from indexer.query.arrays.store.snapshot import open_snapshot
from indexer.query.edits import (
    COUNTED,
    LEVENSHTEIN,
    Costs,
    Words,
    WordTable,
    distances,
    letters_of,
    signature,
    signatures,
    words_of,
)
from tests.archives import settings_for, write
from tests.test_nearness import plain_edits

WEIGHED = Costs(first=0.25, wrong=0.5, twin=0.75)
letters = st.text(alphabet="abcé", max_size=7)


def numbers(text: str) -> np.ndarray:
    return np.array([ord(letter) for letter in text], np.uint32)


def table_of(texts: list[str]) -> Words:
    lengths = np.array([len(text) for text in texts], np.int64)
    return Words(numbers("".join(texts)), np.cumsum(lengths) - lengths, lengths)


def plain_distance(word: str, other: str, costs: Costs) -> float:
    """The table of the optimal string alignment, cell by cell."""

    def first(i: int, j: int) -> float:
        return costs.first if 1 in (i, j) else 0.0

    def left_out(i: int) -> float:
        twin = i > 1 and word[i - 1] == word[i - 2]
        return (costs.twin if twin else 1 + costs.wrong) + first(i, 0)

    def taken_in(j: int) -> float:
        return (costs.twin if j > 1 and other[j - 1] == other[j - 2] else 1) + first(0, j)

    cells = {(0, 0): 0.0}
    for i in range(len(word) + 1):
        for j in range(len(other) + 1):
            ways = [] if i or j else [0.0]
            if i:
                ways.append(cells[i - 1, j] + left_out(i))
            if j:
                ways.append(cells[i, j - 1] + taken_in(j))
            if i and j:
                same = word[i - 1] == other[j - 1]
                ways.append(cells[i - 1, j - 1] + (0 if same else 1 + costs.wrong + first(i, j)))
            if i > 1 and j > 1 and word[i - 2 : i] == other[j - 2 : j][::-1]:
                ways.append(cells[i - 2, j - 2] + 1 + first(i - 1, j - 1))
            cells[i, j] = min(ways)
    return cells[len(word), len(other)]


@given(letters.filter(len), st.lists(letters.filter(len), min_size=1, max_size=6), st.integers(1, 2))
def test_distances_within_the_limit_are_those_of_the_table(word: str, others: list[str], most: int) -> None:
    found = distances(numbers(word), table_of(others), most)
    for other, distance in zip(others, found.tolist(), strict=True):
        expected = plain_distance(word, other, COUNTED)
        assert distance == expected if expected <= most else distance > most


@given(letters.filter(len), st.lists(letters.filter(len), min_size=1, max_size=6))
def test_weighed_distances_are_those_of_the_table(word: str, others: list[str]) -> None:
    found = distances(numbers(word), table_of(others), 20, WEIGHED)
    assert found.tolist() == [plain_distance(word, other, WEIGHED) for other in others]


@given(st.text(max_size=6), st.lists(st.text(max_size=6), max_size=6))
def test_an_edit_changes_at_most_two_bits_of_a_signature(word: str, others: list[str]) -> None:
    others = [other for other in others if other]
    if not word:
        return
    bits = np.bitwise_count(signatures(table_of(others)) ^ signature(numbers(word)))
    for other, differing in zip(others, bits.tolist(), strict=True):
        assert differing <= 2 * plain_distance(word, other, COUNTED)


@given(letters, st.lists(letters, max_size=6), st.integers(0, 3))
def test_many_words_are_compared_as_one_is(word: str, others: list[str], limit: int) -> None:
    others = [other for other in others if other]
    table = WordTable(words_of(others))
    places, edits = table.near(letters_of(word), limit)
    expected = [(i, edits_between(word, other, limit)) for i, other in enumerate(others)]
    assert list(zip(places.tolist(), edits.tolist(), strict=True)) == [
        (i, e) for i, e in expected if e is not None
    ]
    places, edits = table.near(letters_of(word), limit, LEVENSHTEIN)
    expected = [(i, plain_edits(word, other, swap=2)) for i, other in enumerate(others)]
    assert list(zip(places.tolist(), edits.tolist(), strict=True)) == [
        (i, e) for i, e in expected if e <= limit
    ]


TITLES = (
    "facial recognition", "recognition of faces", "facebook grows", "facebook shrinks", "café society", "zürich lake",
    "москва река", "the police officer", "policy paper", "policy draft", "covid19 cases", "year 2020", "bookkeeper",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Two segments, and an article that was deleted from the first."""
    folder = settings_for(tmp_path_factory.mktemp("spelling"))
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr("indexer.indexing.writer.to_merge", lambda sizes, added: [])
        for n, title in enumerate([*TITLES, "halibut sold"]):
            write(folder.archive.path, f"{n}.md", title=title, url=f"https://a.example/{n}")
        reindex(folder)
        (folder.archive.path / f"{len(TITLES)}.md").unlink()
        for n in range(3):
            write(folder.archive.path, f"new{n}.md", title="polite fish", url=f"https://b.example/{n}")
        reindex(folder)
    with open_archive(index=folder.index.path) as opened:
        yield opened


def texts(archive: Archive, word: str) -> list[str]:
    return [spelling.text for spelling in archive.spelling(word)]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("recogniton", "recognition"), ("recongition", "recognition"), ("Recognitionn", "recognition"),
        ("ecognition", "recognition"), ("tecognition", "recognition"), ("facebok", "facebook"),
        ("facialrecognition", "facial recognition"), ("face book", "facebook"), ("cafee", "café"), ("CAFËE", "café"),
        ("zurihc", "zürich"), ("мосвка", "москва"), ("covd19", "covid19"), ("bokkeeper", "bookkeeper"),
    ],
)  # fmt: skip
def test_the_right_word_comes_first(archive: Archive, wrong: str, right: str) -> None:
    assert texts(archive, wrong)[0] == right


def test_frequencies_are_added_over_segments_and_rank(archive: Archive) -> None:
    found = {spelling.text: spelling.documents for spelling in archive.spelling("polite")}
    assert "polite" not in found  # it is a word
    found = {spelling.text: (spelling.documents, spelling.edits) for spelling in archive.spelling("polixe")}
    assert found == {"polite": (3, 1), "police": (1, 1), "policy": (2, 2)}
    assert texts(archive, "polixe") == [
        "polite",
        "police",
        "policy",
    ]  # fewer mistakes first, then commoner words


def test_a_word_of_a_deleted_article_is_not_offered(archive: Archive) -> None:
    assert archive.search("halibut").total == 0
    assert texts(archive, "halibutt") == []
    assert texts(archive, "halibut") == []


@pytest.mark.parametrize("word", ["", " ", "x", "2021", "zzzzzzzz", "a b c", "\ud800", "é" * 500, "-", "?*"])
def test_what_is_near_nothing_gets_nothing(archive: Archive, word: str) -> None:
    assert archive.spelling(word) == []


def test_how_many_are_wanted(archive: Archive) -> None:
    assert len(archive.spelling("polixe", 1)) == 1
    for number in (0, -1, 51, "5", 1.0, True, None):
        with pytest.raises(RequestError, match=f"'n' must be a whole number from 1 to 50, not {number!r}"):
            archive.spelling("polixe", number)  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="'spelling' takes a word, a text"):
        archive.spelling(3)  # type: ignore[arg-type]


def test_of_500_misspelt_words_85_percent_come_back_first(corpus_index: Path) -> None:
    view = ArrayView(open_snapshot(corpus_index))
    drawn = draw(index_words(view), view, 500)
    found = measure(view, drawn)
    assert len({wrong for _, wrong in drawn}) > 400
    assert found.first >= 0.85 * found.words == 425
    assert found.early >= 0.95 * found.words


def test_the_benchmark_prints_what_it_measured(
    corpus_index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask: Callable[[list[str]], int] = main
    assert ask(["--index", str(corpus_index), "--words", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "20 of them misspelt" in lines[0]
    assert lines[1].startswith("first: ")
    assert "ms p50" in lines[2]
