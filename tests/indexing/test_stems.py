"""Each word as written has its stem beside it on the disk, and it is the one that the analysis gives."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.snowball import SnowballStemmer

from indexer.analysis import Analyzer, analyzer_for
from indexer.analysis.tokens import MAX_WORD
from indexer.article import Article
from indexer.codec.check import verify
from indexer.codec.data import SegmentData
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.merge import merge_segments
from indexer.codec.reader import open_segment
from indexer.codec.writer import write_segment
from indexer.indexing.segment import SegmentBuilder

WORDS = [
    "harbour", "Harbours", "harbor's", "running", "the", "AT&T's", "C++", "naciones", "nación", "Comió's", "comió",
    "naïve", "café", "l'Oréal", "1,000", "中文字", "comió日本", "running日本", "x" * MAX_WORD,
    "runnings" * 9 + "-a", "Häuser", "дома", "écoles",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=3).map("".join),
    st.text(max_size=20),
)


def build(path: Path, language: str, bodies: Sequence[str]) -> FieldArrays | None:
    builder = SegmentBuilder(analyzer_for(language), 1 << 30)
    for number, body in enumerate(bodies):
        article = Article(id=f"article{number:09}", title="", body=body)
        builder.add(article, f"{number}.md", article.to_stored())
    builder.write(path)
    return open_segment(path).field("text")


def compare(field: FieldArrays, analyzer: Analyzer, bodies: Sequence[str]) -> int:
    """Compare what is stored with the analysis of the texts; return how many words have a stem."""
    stemmer = SnowballStemmer(analyzer.language)
    terms: dict[str, set[str]] = defaultdict(set)
    for body in bodies:
        for token in analyzer.tokens(body):
            if token.exact:
                terms[token.exact].add(token.term)
    count = 0
    for word, expected in terms.items():
        stored = field.stem_of(word)
        assert stored is None or expected == {stored}, word
        if word.isascii() and word.isalpha() and len(word) < MAX_WORD:
            assert stored == stemmer.stem(word)
        elif stored is None:
            assert len(word) >= MAX_WORD or not word.isascii()
        count += stored is not None
    return count


@settings(max_examples=150)
@given(st.lists(texts, min_size=1, max_size=4), st.sampled_from(["english", "spanish", "german"]))
def test_drawn_words_have_the_stems_of_the_analysis(bodies: list[str], language: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.arrays"
        field = build(path, language, bodies)
        assert list(verify(path)) == []
        if field is not None:
            compare(field, analyzer_for(language), bodies)


def test_the_sample_archive_has_them(corpus_index: Path) -> None:
    for path in corpus_index.glob("MAIN_*.arrays"):
        arrays = open_segment(path)
        field = arrays.field("text")
        assert field is not None
        bodies = []
        for doc in range(arrays.doc_count):
            stored = arrays.stored_fields(doc)
            article = {**json.loads(stored["article"]), **json.loads(stored["more"])}
            bodies += [article["title"], article["excerpt"], article["body"]]
        first, last = field.exact_range
        assert compare(field, analyzer_for("english"), bodies) > 0.98 * (last - first) > 100


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("corriendo", "corr"),
        ("1000", "1000"),
        ("naciones", "nacion"),
        ("comió", None),  # its accented form has another term than the plain one
        ("x" * MAX_WORD, None),  # it was cut, and may be what is left of a compound
        ("unknown", None),
    ],
)
def test_a_word_has_one_stem_or_none(tmp_path: Path, word: str, stem: str | None) -> None:
    field = build(tmp_path / "a", "spanish", ["corriendo 1.000 naciones comió " + "x" * MAX_WORD])
    assert field is not None
    assert field.stem_of(word) == stem


@settings(max_examples=60)
@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=4), st.data())
def test_merging_carries_them_through(parts: list[list[str]], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        segments, live = [], []
        for number, bodies in enumerate(parts):
            build(folder / f"{number}", "spanish", bodies)
            gone = data.draw(st.sets(st.integers(0, len(bodies) - 1)))
            segments.append(open_segment(folder / f"{number}", np.array(sorted(gone), np.uint32)))
            live += [body for doc, body in enumerate(bodies) if doc not in gone]
        merge_segments(folder / "merged", segments)
        assert list(verify(folder / "merged")) == []
        merged, once = open_segment(folder / "merged").field("text"), build(folder / "once", "spanish", live)
        assert (merged is None) == (once is None)
        if merged is not None and once is not None:
            assert merged.stems is not None
            assert once.stems is not None
            assert merged.stems.whole().tolist() == once.stems.whole().tolist()


def test_a_segment_without_them_merges_with_one_that_has_them(tmp_path: Path) -> None:
    field = build(tmp_path / "a", "english", ["harbours"])
    assert field is not None
    write_segment(tmp_path / "b", SegmentData(1, [("text", field.data())]))
    merge_segments(tmp_path / "c", [open_segment(tmp_path / name) for name in "ba"])
    merged = open_segment(tmp_path / "c").field("text")
    assert merged is not None
    assert merged.stem_of("harbours") == "harbour"


@pytest.mark.parametrize("stems", [[0, 2], [0], [0, 5]])
def test_a_stem_that_is_none_is_named(tmp_path: Path, stems: list[int]) -> None:
    field = build(tmp_path / "a", "english", ["harbours sea"])  # =harbours, =sea, harbour, sea
    assert field is not None
    data = dataclasses.replace(field.data(), stems=np.array(stems))
    write_segment(tmp_path / "b", SegmentData(1, [("text", data)]))
    assert [damage.section for damage in verify(tmp_path / "b")] == ["field/text/stems"]
