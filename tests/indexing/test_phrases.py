"""Phrases of an archive: found, counted exactly, spelt as they are written, kept with the generation."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.association import BigramAssocMeasures

from indexer import check_index, open_archive, reindex
from indexer.analysis.collocations import likelihood_ratios, student_t
from indexer.codec.tables import BytesTable
from indexer.config import Settings
from indexer.index.derived import PhraseTable, load_phrases, save_phrases
from indexer.index.files import PHRASES, generation_path
from indexer.index.toc import latest_generation
from indexer.indexing import phrases as module
from indexer.indexing import word_streams
from indexer.indexing.neighbours import Counted, Neighbours, pair_key, parts_of, triples_of
from indexer.indexing.word_streams import WordStreams
from indexer.query.arrays.store.postings import segments_of
from tests.archives import settings_for, write


def table_of(given: Settings) -> PhraseTable:
    folder = given.index.path
    return load_phrases(folder, latest_generation(folder))


def phrases_of(given: Settings) -> dict[str, int]:
    table = table_of(given)
    return {text.decode(): int(count) for text, count in zip(table.texts, table.counts, strict=True)}


VERBS = ("spoke", "left", "slept", "sang", "wept", "ran", "sat")


def fill(archive: Path, count: int = 30) -> None:
    """Articles with `harbour master` (most), `Port of Ferrol` (every third), and words of no phrase."""
    for number in range(count):
        rare = " ".join(f"word{(number * 7 + step) % 50}" for step in range(6))
        also = "The Port of Ferrol was closed." if number % 3 == 0 else "Nothing was closed."
        write(
            archive,
            f"{number:02}.md",
            f"{rare}.",
            title=f"Report {number}",
            excerpt=also
            + (f" The harbour master {VERBS[number % 7]}." if number % 5 else " All Harbour Masters resign."),
            url=f"https://a.example/{number}",
            date=f"2020-01-{1 + number % 28:02}T00:00:00Z",
        )


@pytest.fixture
def site(tmp_path: Path) -> Settings:
    made = settings_for(tmp_path)
    fill(made.archive.path)
    reindex(made)
    return made


class TestPhrases:
    def test_they_are_found_with_the_count_that_a_search_gives(self, site: Settings) -> None:
        found = phrases_of(site)
        assert found["harbour master"] == 30  # the plural is the same word
        assert found["Port of Ferrol"] == 10
        assert "Port of" not in found
        assert "of Ferrol" not in found
        with open_archive(index=site.index.path) as archive:
            for text, count in found.items():
                assert archive.search(f'"{text}"').total == count, text

    def test_the_newest_day_of_each_is_known(self, site: Settings) -> None:
        table = table_of(site)
        at = list(table.texts).index(b"harbour master")
        assert int(table.newest[at]) == (np.datetime64("2020-01-28") - np.datetime64("1970-01-01")).astype(
            int
        )

    def test_every_phrase_of_the_sample_archive_has_its_count(self, corpus_index: Path) -> None:
        table = load_phrases(corpus_index, latest_generation(corpus_index))
        assert len(table) > 20
        assert sorted(table.texts) == list(table.texts)
        with open_archive(index=corpus_index) as archive:
            for text, count in zip(table.texts, table.counts.tolist(), strict=True):
                assert archive.search(f'"{text.decode()}"', size=1).total == count, text

    def test_an_archive_without_words_has_none(self, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        write(made.archive.path, "a.md", title="One", url="https://a.example/1")
        reindex(made)
        assert phrases_of(made) == {}
        with open_archive(index=made.index.path) as archive:
            assert [item.kind for item in archive.suggest("o")] == ["title"]


class TestFollowing:
    def test_a_run_without_changes_leaves_the_file(self, site: Settings) -> None:
        path = generation_path(site.index.path, PHRASES, 1)
        before = path.stat().st_mtime_ns
        reindex(site)
        assert path.stat().st_mtime_ns == before

    def test_a_small_archive_is_counted_anew(self, site: Settings) -> None:
        (site.archive.path / "01.md").unlink()
        reindex(site)
        assert phrases_of(site)["harbour master"] == 29
        assert table_of(site).changed == 0
        assert not generation_path(site.index.path, PHRASES, 1).exists()

    def test_few_changes_of_a_large_one_are_noted_and_counted_when_they_are_asked_about(
        self, site: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_SMALL_ARCHIVE", 0)
        (site.archive.path / "01.md").unlink()
        reindex(site)
        assert (phrases_of(site)["harbour master"], table_of(site).changed) == (30, 1)
        with open_archive(index=site.index.path) as archive:
            first = archive.suggest("harb")[0]
            assert (first.text, first.count, first.exact) == ("harbour master", 29, True)
            monkeypatch.setattr("indexer.query.assist.suggest._CHEAP", 0)
            first = archive.suggest("harb")[0]
            assert (first.count, first.exact) == (30, False)
        for name in ("02.md", "03.md"):  # three of thirty are too many
            (site.archive.path / name).unlink()
        reindex(site)
        assert (phrases_of(site)["harbour master"], table_of(site).changed) == (27, 0)

    def test_many_changes_give_what_a_fresh_build_gives(self, site: Settings, tmp_path: Path) -> None:
        for number in range(10):
            (site.archive.path / f"{number:02}.md").unlink()
        reindex(site)
        other = settings_for(tmp_path / "other") if (tmp_path / "other").mkdir() is None else site
        fill(other.archive.path)
        for number in range(10):
            (other.archive.path / f"{number:02}.md").unlink()
        reindex(other)
        assert phrases_of(site) == phrases_of(other)

    def test_check_finds_a_damaged_and_a_missing_file(self, site: Settings) -> None:
        assert check_index(site).damaged == ()
        path = generation_path(site.index.path, PHRASES, 1)
        whole = path.read_bytes()
        path.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
        assert any("phrases-1" in fault for fault in check_index(site).damaged)
        path.unlink()
        assert any("phrases-1" in fault for fault in check_index(site).damaged)

    def test_a_damaged_file_is_made_anew_by_the_next_run(self, site: Settings) -> None:
        generation_path(site.index.path, PHRASES, 1).write_bytes(b"nothing")
        (site.archive.path / "01.md").unlink()
        reindex(site)
        assert phrases_of(site)["harbour master"] == 29


class TestFile:
    def test_it_reads_what_was_written(self, tmp_path: Path) -> None:
        table = PhraseTable(BytesTable.of([b"a b", b"c d e"]), np.array([5, 7]), np.array([1, -(2**31)]), 3)
        save_phrases(tmp_path, 1, table)
        found = load_phrases(tmp_path, 1)
        assert list(found.texts) == [b"a b", b"c d e"]
        assert found.counts.tolist() == [5, 7]
        assert found.newest.tolist() == [1, -(2**31)]
        assert found.changed == 3


words = st.sampled_from(["river", "bank", "new", "york", "time", "co-op", "x1"])
texts = st.lists(words, max_size=12).map(" ".join)


class TestNeighbours:
    @settings(max_examples=25)
    @given(st.lists(st.tuples(texts, texts), min_size=1, max_size=12), st.integers(1, 3))
    def test_pairs_and_triples_are_counted_as_by_hand(
        self, articles: Sequence[tuple[str, str]], least: int
    ) -> None:
        with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
            patch.setattr(word_streams, "RANGE", 40)  # several ranges, several pieces
            patch.setattr(word_streams, "PIECE", 15)
            made = settings_for(Path(name))
            for number, (excerpt, body) in enumerate(articles):
                write(
                    made.archive.path,
                    f"{number}.md",
                    body,
                    title="Alpha",
                    excerpt=excerpt,
                    url=f"https://a.example/{number}",
                )
            reindex(made)
            with open_archive(index=made.index.path) as archive:
                segments = [
                    arrays for arrays, _ in segments_of(archive._engine._source.open().snapshot.reader)
                ]  # type: ignore[attr-defined]
                with tempfile.TemporaryFile() as stream:
                    assert counted(WordStreams(segments, least, stream), least) == by_hand(articles, least)


def counted(streams: WordStreams, least: int) -> dict[tuple[str, ...], tuple[int, int]]:
    neighbours = Neighbours(streams, least)
    names = ["", *(term.decode() for term in streams.terms)]
    every = np.ones(len(names), bool)
    pairs = neighbours.pairs()
    triples = neighbours.triples(pairs, every, every)
    first, second = (part.tolist() for part in parts_of(pairs.keys))
    rows, last = (part.tolist() for part in parts_of(triples.keys))
    keys = [(names[a], names[b]) for a, b in zip(first, second, strict=True)]
    keys += [(*keys[row], names[word]) for row, word in zip(rows, last, strict=True)]
    numbers = [
        (int(n), int(df))
        for part in (pairs, triples)
        for n, df in zip(part.occurrences, part.documents, strict=True)
    ]
    return dict(zip(keys, numbers, strict=True))


def by_hand(articles: Sequence[tuple[str, str]], least: int) -> dict[tuple[str, ...], tuple[int, int]]:
    occurrences: Counter[tuple[str, ...]] = Counter()
    documents: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, article in enumerate(articles):
        for text in article:
            row = text.replace("-", " ").split()
            for size in (2, 3):
                for at in range(len(row) - size + 1):
                    gram = tuple(row[at : at + size])
                    occurrences[gram] += 1
                    documents[gram].add(number)
    return {
        gram: (count, len(documents[gram]))
        for gram, count in occurrences.items()
        if len(documents[gram]) >= least
    }


def test_keys_are_found_also_where_their_hashes_are_the_same() -> None:
    keys = np.unique(np.random.default_rng(1).integers(0, 1 << 40, 70_000, dtype=np.uint64))
    found = Counted(keys, np.ones(len(keys), np.int64), np.ones(len(keys), np.int64))
    rows, known = found.lookup.find(keys)
    assert known.all()
    assert np.array_equal(rows, np.arange(len(keys)))
    assert not found.lookup.find(keys + np.uint64(1 << 41))[1].any()
    assert triples_of.__doc__
    assert [part.tolist() for part in parts_of(pair_key(np.array([3]), np.array([5])))] == [[3], [5]]


def test_the_measures_are_nltks() -> None:
    counts = np.array([8, 20]), np.array([15_828, 42]), np.array([4_675, 20])
    t = student_t(*counts, 14_307_668)
    assert t[0] == pytest.approx(0.999932, abs=1e-4)  # `new companies`: Manning and Schütze, page 166
    ratios = likelihood_ratios(*(values.tolist() for values in counts), 14_307_668)
    # `Ayatollah Ruhollah`, 20 of 42 and 20: page 167 has t; its ratio is that of NLTK's own.
    assert t[1] == pytest.approx(4.4721, abs=1e-4)
    assert ratios[1] == pytest.approx(BigramAssocMeasures.likelihood_ratio(20, (42, 20), 14_307_668))
