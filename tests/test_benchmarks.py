"""The benchmarks run, and what they compare is comparable."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from nltk.stem.snowball import SnowballStemmer

from benchmarks import __main__ as command
from benchmarks import peers as peers_package
from benchmarks import quality, reindexing, segmented, suite
from benchmarks.__main__ import main, shown_name
from benchmarks.agreement import compare, facet_faults
from benchmarks.asking import KindTimes, time_kind
from benchmarks.collection import Collection, all_articles, generated, settings_for
from benchmarks.generated import GeneratedArchive
from benchmarks.generated.curves import FORMS, draw_words
from benchmarks.generated.vocabulary import spell
from benchmarks.goals import ARCHIVE, NOT_MEASURED, US, goals
from benchmarks.jobs import JOBS
from benchmarks.measure import Spread, percentile, ratio, take_turns
from benchmarks.peers import COUNTED, KINDS, WORDS, Answer, Peer, Question, other_peers
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.peers.base import DATE, FACETS_OFF, NEWEST, OR, PHRASE, PREFIX, RELATED, TOPIC
from benchmarks.processes import Peak, process_tree, run_job, run_watched
from benchmarks.quality import aims
from benchmarks.queries import draw_questions, plain_words
from benchmarks.reindexing import build_peer
from benchmarks.report import render
from benchmarks.saved import Kept
from benchmarks.segmented import IN_SEGMENTS, SEGMENTS, build_in_segments, time_segments
from benchmarks.stories import changes, measure, plant, plant_series, score, score_apart
from benchmarks.suite import Findings, Plan, run
from indexer import Article, open_archive, reindex
from indexer.index.derived import Stories
from tests.archives import settings_for as settings_in

TITLES = (
    "Harbour bridge opens",
    "Harbour light fails",
    "Bridge toll returns",
    "The harbour's old ferry",
    "Night ferry to the island",
    "Island council votes",
)
FILE = """---
title: "{title}"
excerpt: "Report number {number} about the island."
date: 2020-0{month}-0{month}
webUrl: https://news.example/{number}
provider: {{name: The Herald, domain: herald.example}}
topics: [Sea, {topic}]
---
"""
PEAK = Peak(resident=300_000_000, proportional=200_000_000, processes=3)
QUALITY = {
    "date": "2026-01-02",
    "collections": {
        name: {"nDCG@10": 0.76, "AP": 0.4} for name in ("time", "cranfield", "cisi", "msmarco5k")
    },
    "related": {
        "short.questions": 10,
        "short.product.nDCG@10": 0.36,
        "short.title.nDCG@10": 0.30,
        "short.five_key_terms.nDCG@10": 0.30,
    },
    "stories": [
        {"kind": f"{part}% changed", "copies": 9, "precision": 1.0, "recall": 1 - part / 100}
        for part in (5, 10, 15, 20)
    ],
    "spelling": {"words": 500, "first": 450, "early": 480},
}
CRASH = {"date": "2026-01-02", "killed": 200, "at_work": 150, "lost": 0}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    for number, title in enumerate(TITLES):
        text = FILE.format(
            title=title, number=number, month=1 + number, topic=("Ferries", "Land")[number % 2]
        )
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    (folder / "undated.md").write_text('---\ntitle: "Harbour map"\nwebUrl: https://news.example/map\n---\n')
    return folder


@pytest.fixture(scope="module")
def opened(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Peer]]:
    """Every peer that can run here, Backfile first, all with the same articles."""
    folder = tmp_path_factory.mktemp("peers")
    settings = settings_for(archive, folder / "index")
    reindex(settings)
    found: list[Peer] = [BackfilePeer(settings, snippets=s) for s in (False, True)]
    found += other_peers(folder)[0]
    for peer in found:
        peer.build(articles_of(folder / "index"))
    yield found
    for peer in found:
        peer.close()


def articles_of(index: Path) -> list[Article]:
    with open_archive(index=index) as opened:
        return all_articles(opened)


def job_here(job: str, **given: Any) -> Any:
    return json.loads(json.dumps(JOBS[job](**json.loads(json.dumps(given)))))


@pytest.fixture(scope="module")
def findings(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    collections = (generated(120), Collection(ARCHIVE, "`tiny`", archive))
    keep = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suite, "_OPENED", 1)
        patch.setattr(suite, "run_job", job_here)  # `TestJobs` has them in processes of their own
        patch.setattr(reindexing, "run_job", job_here)
        patch.setattr(reindexing, "run_watched", lambda job, **given: (job_here(job, **given), PEAK))
        return run(Plan(collections, queries=4, rounds=1, command="tests", keep=keep), lambda _: None)


class TestGenerator:
    def test_the_same_seed_gives_the_same_files(self, tmp_path: Path) -> None:
        for name, seed in (("one", 1), ("again", 1), ("other", 2)):
            GeneratedArchive(1100, seed).write(tmp_path / name, processes=2 if name == "again" else 1)
        one, again, other = (
            {p.relative_to(tmp_path / name): p.read_bytes() for p in sorted((tmp_path / name).rglob("*.md"))}
            for name in ("one", "again", "other")
        )
        assert len(one) == 1100
        assert one == again
        assert not set(one.values()) & set(other.values())
        assert 900 < sum(map(len, one.values())) / len(one) < 1400

    def test_the_articles_are_those_that_backfile_reads_from_the_files(self, tmp_path: Path) -> None:
        settings = settings_in(tmp_path)
        made = GeneratedArchive(300)
        made.write(settings.archive.path)
        report = reindex(settings)
        assert (report.files, report.articles, report.duplicates, report.rejected) == (300, 300, 0, 0)
        articles = {article.id: article for article in made.articles()}
        # The language is the archive's, by a vote.
        found = {
            article.id: dataclasses.replace(article, language=None)
            for article in articles_of(settings.index.path)
        }
        assert articles == found
        assert sum(bool(article.related) for article in articles.values()) > 5

    def test_its_distributions_are_those_of_an_archive(self) -> None:
        articles = list(GeneratedArchive(2000).articles())
        titles = [len(article.title.split()) for article in articles]
        excerpts = [len(article.excerpt.split()) for article in articles]
        assert abs(np.median(titles) - 11) <= 1
        assert abs(np.median(excerpts) - 46) <= 2
        assert 0.7 < sum(bool(article.images) for article in articles) / 2000 < 0.87
        assert 1.5 < sum(len(article.topics) for article in articles) / 2000 < 2
        assert len({article.provider for article in articles}) > 300
        dates = [article.published_at for article in articles if article.published_at]
        assert 0.97 < len(dates) / 2000 < 1
        assert 4 * 365 < (max(dates) - min(dates)).days < 8 * 365

    def test_neighbouring_words_have_matches(self) -> None:
        articles = list(GeneratedArchive(2000).articles())
        texts = [set(plain_words(f"{article.title} {article.excerpt}")) for article in articles]
        found: dict[int, list[int]] = {1: [], 2: [], 3: []}
        for question in draw_questions(WORDS, articles, 150):
            total = sum(text.issuperset(question.words) for text in texts)
            found[len(question.words)].append(total)
        medians = [np.median(found[length]) for length in (1, 2, 3)]
        assert medians[0] > 5 * medians[1] > 0
        assert medians[1] >= medians[2] >= 1
        assert np.mean(found[2]) > 4

    def test_words_are_frequent_by_rank(self) -> None:
        ranks = draw_words(np.random.default_rng(1).random(200_000))
        shares = np.bincount(ranks) / len(ranks)
        assert ranks.min() == 0
        assert abs(shares[0] - 0.0182) < 0.002
        assert abs(shares[:1024].sum() - 0.7435) < 0.01
        assert ranks.max() > 30_000

    def test_a_stemmer_takes_the_endings_off_and_nothing_else(self) -> None:
        stemmer = SnowballStemmer("english")
        ranks = [*range(300), *range(107_990, 108_010), 1_999_999]
        assert len({spell(rank) for rank in range(3000)}) == 3000
        for rank, form in itertools.product(ranks, range(len(FORMS))):
            assert stemmer.stem(spell(rank, form)) == spell(rank)


@pytest.mark.parametrize(
    ("question", "total"),
    [
        (Question(WORDS, ("harbour",)), 4),
        (Question(WORDS, ("harbour", "bridge")), 1),
        (Question(WORDS, ("island",)), 6),
        (Question(WORDS, ("volcano",)), 0),
        (Question(OR, ("council", "bridge")), 3),
        (Question(PHRASE, ("harbour", "bridge")), 1),
        (Question(PHRASE, ("bridge", "harbour")), 0),
        (Question(PREFIX, ("harb",)), 4),
        (Question(PREFIX, ("harbour", "bri")), 1),
        (Question(TOPIC, ("harbour",), topic="Ferries"), 1),
        (Question(TOPIC, ("harbour",), topic="Nothing"), 0),
        (Question(DATE, ("island",), first=date(2020, 2, 2), last=date(2020, 4, 4)), 3),
        (Question(NEWEST, ("harbour",)), 4),
    ],
)
def test_every_peer_finds_the_same(opened: list[Peer], question: Question, total: int) -> None:
    answers = {peer.name: peer.ask(question) for peer in opened if question.kind in peer.kinds}
    hits = {name: {url for _, _, url in answer.hits} for name, answer in answers.items()}
    assert len(set(map(frozenset, hits.values()))) == 1
    answers.pop("bm25s", None)
    assert {name: answer.total for name, answer in answers.items()} == dict.fromkeys(answers, total)


def test_every_kind_is_asked_of_the_large_engines(opened: list[Peer]) -> None:
    able = {peer.name: peer.kinds for peer in opened}
    assert able["Backfile"] == able["tantivy"] == able["SQLite FTS5"] == able["Whoosh"] == set(KINDS)
    assert able["bm25s"] == {OR}


def test_the_newest_come_first(opened: list[Peer]) -> None:
    for peer in opened:
        if NEWEST in peer.kinds:
            hits = peer.ask(Question(NEWEST, ("island",))).hits
            assert [url[-1] for _, _, url in hits] == ["5", "4", "3", "2", "1", "0"], peer.name


@pytest.mark.parametrize("kind", [FACETS_OFF, RELATED])
def test_top_ten_only(opened: list[Peer], kind: str) -> None:
    question = Question(kind, ("harbour", "light"), url="https://news.example/1")
    for peer in opened:
        if kind in peer.kinds:
            answer = peer.ask(question)
            assert (answer.total, answer.topics, answer.months) == (None, {}, {}), peer.name
            assert facet_faults(answer) == []
    assert opened[0].ask(question).hits


def test_every_peer_counts_the_same(opened: list[Peer]) -> None:
    for peer in opened:
        if WORDS not in peer.kinds:
            continue
        answer = peer.ask(Question(WORDS, ("harbour",)))
        assert answer.topics == {"Sea": 3, "Ferries": 1, "Land": 2}, peer.name
        assert answer.providers == {"herald.example": 3}, peer.name
        assert answer.months == {"2020-01": 1, "2020-02": 1, "2020-04": 1, "none": 1}, peer.name
        assert facet_faults(answer) == [], peer.name


def test_at_most_ten_hits_are_read(tmp_path: Path) -> None:
    many = [Article(id=str(n), title=f"Harbour {n}", url=f"https://news.example/{n}") for n in range(25)]
    for peer in other_peers(tmp_path)[0]:
        peer.build(iter(many))
        kind = WORDS if WORDS in peer.kinds else OR
        answer = peer.ask(Question(kind, ("harbour",)))
        assert len(answer.hits) == 10, peer.name
        assert answer.total == (25 if kind in COUNTED and peer.name != "bm25s" else None)
        peer.close()


def test_an_index_is_built_once_and_then_opened(tmp_path: Path) -> None:
    made = generated(50)
    question = draw_questions(WORDS, list(made.articles(tmp_path)), 1)[0]
    asked = dataclasses.replace(question, kind=OR)
    for peer in other_peers(tmp_path)[0]:
        seconds = build_peer(peer, made, tmp_path, tmp_path)
        before = peer.ask(asked if OR in peer.kinds else question)
        peer.close()
        written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
        assert build_peer(peer, made, tmp_path, tmp_path) == seconds, peer.name
        assert peer.ask(asked if OR in peer.kinds else question) == before
        assert {path: path.stat().st_mtime_ns for path in written} == written
        peer.close()


def test_sizes_are_of_what_is_on_disk(opened: list[Peer]) -> None:
    assert all(peer.size() > 1000 for peer in opened)


def test_an_impossible_answer_is_told() -> None:
    answer = Answer([], 2, {"Sea": 3}, {"a": 1, "b": 2}, {"2020-01": 1})
    assert len(facet_faults(answer)) == 3
    assert "finds nothing" in facet_faults(Answer([], 0))[0]
    assert facet_faults(Answer([], 0), must_find=False) == []


def test_differences_are_found(opened: list[Peer]) -> None:
    class Half:
        name, about, shares_index, kinds = "half", "finds less", False, frozenset({WORDS})

        def build(self, articles: Iterable[Article]) -> None: ...
        def open(self) -> None: ...
        def size(self) -> int:
            return 0

        def close(self) -> None: ...
        def ask(self, question: Question) -> Answer:
            return Answer([("", "", "")] * 2, 2, {}, {}, {"none": 2})

    found = compare(opened[0], [Half()], [Question(WORDS, ("harbour",)), Question(WORDS, ("volcano",))])
    assert found.peers[1].median_ratio == 0.5
    assert found.peers[1].same_totals == found.peers[1].same_hits == 0
    assert found.differences[0].totals == {"Backfile": 0, "half": 2}


def test_what_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers_package.importlib.util, "find_spec", lambda name: None)
    found, left_out = other_peers(tmp_path)
    assert [peer.name for peer in found] == ["Whoosh", "Whoosh, FieldFacet topics", "SQLite FTS5"]
    assert "tantivy is not installed" in left_out[0]
    assert "bm25s is not installed" in left_out[1]
    assert [peer.name for peer in other_peers(tmp_path, whoosh=False)[0]] == ["SQLite FTS5"]


class TestQuestions:
    ARTICLES = tuple(GeneratedArchive(200).articles())

    @pytest.mark.parametrize("kind", KINDS)
    def test_they_are_the_same_for_a_seed_and_have_no_stop_words(self, kind: str) -> None:
        questions = draw_questions(kind, self.ARTICLES, 30)
        assert questions == draw_questions(kind, self.ARTICLES, 30)
        assert questions != draw_questions(kind, self.ARTICLES, 30, seed=2)
        assert len(set(questions)) == len(questions) == 30
        assert not {"the", "to", "and"} & set(itertools.chain(*(q.words for q in questions)))
        assert {q.kind for q in questions} == {kind}
        assert draw_questions(kind, [], 8) == []

    def test_a_phrase_stands_as_it_is_in_a_title(self) -> None:
        titles = [article.title.lower() for article in self.ARTICLES]
        for question in draw_questions(PHRASE, self.ARTICLES, 30):
            assert len(question.words) in (2, 3)
            assert any(" ".join(question.words) in title for title in titles)

    def test_filters_are_of_the_article(self) -> None:
        topics = set(itertools.chain(*(article.topics for article in self.ARTICLES)))
        assert all(q.topic in topics for q in draw_questions(TOPIC, self.ARTICLES, 30))
        for question in draw_questions(DATE, self.ARTICLES, 30):
            assert question.first is not None
            assert question.last is not None
            assert question.first <= question.last

    def test_plain_words(self) -> None:
        assert plain_words("The U.S. isn't 5G-ready: Ferries, bridges & C++!") == ["ferries", "bridges"]


class TestMeasure:
    def test_percentiles_are_nearest_rank(self) -> None:
        assert [percentile(range(1, 101), p) for p in (0, 50, 95, 100)] == [1, 50, 95, 100]
        assert percentile([3.0], 95) == 3.0

    def test_ratios_are_taken_round_by_round(self) -> None:
        assert ratio([2, 9, 8], [1, 3, 8]) == Spread(median=2, low=1, high=3)

    def test_peers_take_turns_in_blocks(self) -> None:
        asked: list[tuple[str, int]] = []
        calls = {name: (lambda item, name=name: asked.append((name, item))) for name in "ab"}
        samples = take_turns(calls, [1, 2, 3], block=2)
        assert asked == [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 3), ("a", 3)]
        assert {name: len(times) for name, times in samples.items()} == {"a": 3, "b": 3}

    def test_a_slow_peer_is_compared_in_the_round_that_it_was_asked_in(self) -> None:
        rounds = ({"a": [1.0], "b": [8.0]}, {"a": [2.0]})
        times = KindTimes(WORDS, (), SimpleNamespace(), rounds, {})  # type: ignore[arg-type]
        assert times.peers == ("a", "b")
        assert times.ratio("b", "a", 50) == Spread(8, 8, 8)
        assert times.percentile("a", 50).median == 1.5

    def test_a_peer_that_takes_too_long_is_left_out(
        self, opened: list[Peer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("benchmarks.asking._TOO_SLOW", -1.0)
        times = time_kind(WORDS, opened, [Question(WORDS, ("light",))], rounds=1)
        assert times.peers == (opened[0].name,)
        assert {*times.too_slow, opened[0].name} == {peer.name for peer in opened if WORDS in peer.kinds}


class TestJobs:
    def test_a_job_that_fails_is_told(self) -> None:
        with pytest.raises(RuntimeError, match="the job 'load' failed"):
            run_job("load", files=["missing.md"])

    def test_the_memory_of_all_processes_is_watched(self, archive: Path, tmp_path: Path) -> None:
        found, peak = run_watched("reindex", archive=str(archive), index=str(tmp_path / "index"))
        assert found["report"]["articles"] == 7
        assert found["seconds"] <= sum(found["stages"].values()) + 0.1
        assert peak.resident > peak.proportional > 10e6
        assert peak.processes >= 1

    def test_a_tree_of_processes_begins_with_its_root(self) -> None:
        assert process_tree(1)[0] == 1


def time_segments_of(times: KindTimes, one: float, ten: float) -> KindTimes:
    """Times of one and of ten segments that answered alike, in seconds."""
    base = times.agreements.peers[0]
    agreements = dataclasses.replace(times.agreements, peers=(base, base))
    return dataclasses.replace(times, agreements=agreements, rounds=({US: [one], IN_SEGMENTS: [ten]},))


class TestSegments:
    def test_the_same_articles_lie_in_ten_and_are_found_alike(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(segmented, "run_job", job_here)
        settings = settings_in(tmp_path)
        made = GeneratedArchive(300)
        made.write(settings.archive.path)
        reindex(settings)
        told: list[str] = []
        several = build_in_segments(settings.archive.path, tmp_path / "several", told.append)
        assert len(told) == len(list(several.glob("MAIN_*.arrays"))) == SEGMENTS
        articles = list(made.articles())
        questions = {kind: draw_questions(kind, articles, 5) for kind in (WORDS, PHRASE, PREFIX, RELATED)}
        found = time_segments(settings.archive.path, settings.index.path, several, questions, 1)
        assert set(found) == {WORDS, PHRASE, PREFIX}
        for times in found.values():
            assert times.peers == (US, IN_SEGMENTS)
            beside = times.agreements.peers[1]
            assert (beside.same_totals, beside.same_hits) == (1, 1)
            assert set(beside.same_facets.values()) <= {1, None}

    def test_they_are_built_but_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        jobs: list[str] = []
        monkeypatch.setattr(segmented, "run_job", lambda job, **_: jobs.append(job) or {"seconds": 1.0})
        archive = tmp_path / "archive"
        GeneratedArchive(20).write(archive)
        for _ in range(2):
            build_in_segments(archive, tmp_path / "several", lambda _: None)
        assert jobs == ["reindex"] * SEGMENTS


class TestReport:
    def test_it_tells_everything(self, findings: Findings, archive: Path) -> None:
        text = render(findings, Kept(CRASH))
        for heading in (
            "What was to be shown", "Queries", "Reindex: files to searchable", "Size on disk", "An opened index",
            "Whether they count the same", "Where Backfile's time goes", "How noisy",
        ):  # fmt: skip
            assert f"\n## {heading}" in text
        for results in findings.results:
            assert set(results.kinds) == set(KINDS)
            assert f"\n### {results.collection.shown}\n" in text
        for name in findings.about:
            assert f"| {name} |" in text
        assert "200 runs of `reindex` killed" in text
        assert "**0 with anything lost**" in text
        assert "In every answer the months" in text
        assert "of which 7 searchable articles" in text
        assert "tantivy, the same fields" in text
        tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
        assert len(tables) >= 20
        for table in tables:
            assert len({line.count("|") for line in table.splitlines()}) == 1
        assert str(archive) not in text
        assert "/tmp" not in text

    def test_every_aim_has_its_row(self, findings: Findings) -> None:
        rows = goals(findings)
        whats = " ".join(goal.what for goal in rows)
        for aim in (
            "the search-page query at 25,000", "the search-page query at 1,000,000", "facets off", "a phrase", "a prefix",
            "filtered by topic", "filtered by date", "newest first", "reindex of `tiny`, all",
            "nothing changed", "1% changed", "index size", "private memory", "opening", "resident memory",
        ):  # fmt: skip
            assert aim in whats
        measured = {goal.what for goal in rows if goal.verdict != NOT_MEASURED}
        assert {"reindex of `tiny`, all", "nothing changed, `tiny`", "1% changed, `tiny`"} <= measured
        assert "the search-page query at 25,000" not in measured

    def test_an_aim_is_met_or_missed_by_so_much(self, findings: Findings) -> None:
        rows = goals(findings, small=120, large=120)
        assert {goal.verdict for goal in rows if goal.measured == "–"} <= {NOT_MEASURED}
        judged = [goal for goal in rows if goal.verdict != NOT_MEASURED]
        assert len(judged) == len(rows) - 1  # several segments are measured of a large collection
        assert all(re.fullmatch(r"met|\*\*missed\*\* .*by \d+%", goal.verdict) for goal in judged)
        slower = findings.results[0]
        times = slower.kinds[WORDS]
        rounds = ({name: [1.0 if name == "Backfile" else 1.5] for name in times.peers},)
        kinds = {**slower.kinds, WORDS: dataclasses.replace(times, rounds=rounds)}
        worse = dataclasses.replace(findings, results=[dataclasses.replace(slower, kinds=kinds)])
        first = goals(worse, small=120, large=1)[0]
        assert (first.measured, first.verdict) == (
            "p50 1.50, p95 1.50",
            "**missed** at p50 by 25%, at p95 by 25%",
        )

    def test_segments_are_held_against_one(self, findings: Findings) -> None:
        results = findings.results[0]
        several = time_segments_of(results.kinds[WORDS], one=1.0, ten=1.75)
        worse = dataclasses.replace(
            findings, results=[dataclasses.replace(results, segmented={PHRASE: several})]
        )
        (row,) = [row for row in goals(worse, small=120, large=120) if "segments of 120" in row.what]
        assert (row.measured, row.verdict) == ("p50 1.75 (phrase), p95 1.75 (phrase)", "**missed** by 17%")
        assert "| a phrase | 1000.00 | 1750.00 | 1.75 | 1.75 | 1.75 | 100% | 100% |" in render(worse)
        assert "Segments that wait" not in render(findings)
        assert {row.verdict for row in goals(findings) if "segments of" in row.what} == {NOT_MEASURED}

    def test_a_run_leaves_the_archive_as_it_was(self, findings: Findings, archive: Path) -> None:
        builds = findings.results[1].builds
        assert builds.changed_files == 1
        assert (builds.report["articles"], builds.loaded.loaded, builds.loaded.failed) == (7, 7, 0)
        assert all("correction" not in path.read_text(encoding="utf-8") for path in archive.iterdir())
        kept = findings.plan.keep
        assert kept is not None
        files = (kept / "generated-120" / "archive").rglob("*.md")
        assert all("correction" not in path.read_text(encoding="utf-8") for path in files)

    def test_memory_is_told(self, findings: Findings) -> None:
        results = findings.results[0]
        assert "3 processes, 300.0 MB resident" in render(findings)
        assert results.opened.memory[-1]["Private_Dirty"] > 10e6
        assert 0 < results.opened.seconds < 10


class TestQuality:
    def test_each_aim_is_met_or_missed(self) -> None:
        verdicts = {what: (got, met) for what, _, got, met in aims(QUALITY)}
        assert verdicts["search on cisi"] == ("0.760, 0.400", True)
        assert verdicts["search on time"] == ("0.760, 0.400", False)
        assert verdicts["related articles, lists of ten or fewer, beside title"] == ("1.20", True)
        assert verdicts["related articles, lists of ten or fewer, beside five key terms"] == ("1.20", False)
        assert [v for what, v in verdicts.items() if what.startswith("stories")] == [("1.000, 0.850", False)]
        assert verdicts["spelling, the right word first"] == ("90.0%", True)

    def test_the_report_shows_it_where_it_is_known(self, findings: Findings) -> None:
        text = render(findings, Kept(CRASH, QUALITY))
        assert "| short lists, 10 questions | five key terms | 0.300 |" in text
        assert "| 20% changed | 9 | 1.000 | 0.800 |" in text
        assert "How good the answers are" not in render(findings, Kept(CRASH))

    def test_it_is_measured_and_kept(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[Path] = []
        grades = SimpleNamespace(to_json=lambda: QUALITY["collections"]["time"])
        related = SimpleNamespace(to_json=lambda: QUALITY["related"])
        monkeypatch.setattr(quality, "evaluate_collection", lambda folder, _: asked.append(folder) or grades)
        monkeypatch.setattr(quality, "evaluate_related", lambda _: related)
        monkeypatch.setattr(quality, "_COPIES", 30)
        monkeypatch.setattr(quality, "_WORDS", 20)
        monkeypatch.setattr(quality, "QUALITY", tmp_path / "quality.json")
        monkeypatch.setattr(quality, "RESULTS", tmp_path / "RESULTS.md")
        (tmp_path / "RESULTS.md").write_text("# Results\n\n## How good the answers are\n\nAs they were.\n")
        GeneratedArchive(120).write(tmp_path / "archives" / "ai-2020")
        assert quality.main([str(tmp_path)]) == 0
        saved = json.loads((tmp_path / "quality.json").read_text())
        assert "search on time" in (tmp_path / "RESULTS.md").read_text()
        assert asked == [tmp_path / "relevance" / name for name in QUALITY["collections"]]
        planted = {row["kind"]: row["copies"] for row in saved["stories"]}
        assert planted.pop("a template's") == 60  # of each article a text of the template, and its copy
        assert planted.pop("the title alone") <= 30  # of titles that are long enough
        assert {*planted.values()} == {30}
        assert saved["spelling"]["words"] == 20
        assert saved["spelling"]["first"] > 10


class TestCommandLine:
    @pytest.fixture
    def plans(self, monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
        plans: list[Plan] = []
        monkeypatch.setattr(command, "run", lambda plan, tell: plans.append(plan) or SimpleNamespace())
        monkeypatch.setattr(command, "render", lambda findings, kept: f"the page, {kept}")
        return plans

    def test_it_makes_a_plan(
        self, archive: Path, tmp_path: Path, plans: list[Plan],
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    ) -> None:  # fmt: skip
        monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
        assert main(["--archive", str(archive), "--queries", "7", "--sizes", "10,20", "--no-write"]) == 0
        assert capsys.readouterr().out == f"the page, {Kept()}\n"
        assert [c.name for c in plans[0].collections] == ["generated-10", "generated-20", "archive"]
        assert (plans[0].queries, plans[0].rounds, plans[0].keep) == (7, 3, None)
        assert plans[0].collections[2].shown == f"`{archive.name}`"

    def test_it_writes_the_page_with_the_last_count_of_killed_runs(
        self, tmp_path: Path, plans: list[Plan], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(command, "RESULTS", tmp_path / "RESULTS.md")
        (tmp_path / "crash.json").write_text(json.dumps(CRASH))
        (tmp_path / "quality.json").write_text(json.dumps(QUALITY))
        assert main(["--keep", str(tmp_path)]) == 0
        assert (tmp_path / "RESULTS.md").read_text() == f"the page, {Kept(CRASH, QUALITY)}"
        assert [c.name for c in plans[0].collections] == ["generated-25000", "generated-1000000"]
        assert plans[0].keep == tmp_path
        assert [c.large for c in plans[0].collections] == [False, True]

    @pytest.mark.parametrize(
        "wrong", [["--archive", "missing"], ["--queries", "0"], ["--sizes", ""], ["--sizes", "0"]]
    )
    def test_what_cannot_be_is_refused(self, wrong: list[str]) -> None:
        with pytest.raises(SystemExit):
            main(wrong)

    def test_an_archive_is_shown_without_its_folders(self, archive: Path) -> None:
        assert shown_name(Path(__file__).parent.parent / "corpus") == "corpus"
        assert shown_name(archive) == archive.name


class TestStories:
    def test_copies_are_found_and_nothing_else(self, tmp_path: Path) -> None:
        articles = list(Collection("some", "some", GeneratedArchive(1500)).articles(tmp_path))
        scores = {row.kind: row for row in measure(articles, 200, tmp_path)}
        assert list(scores) == [
            *(f"{percent}% changed" for percent in (5, 10, 15, 20, 30)),
            "cut to 60%",
            "retitled",
            "the title alone",
            "a template's",
        ]
        assert scores["the title alone"].precision >= 0.97
        assert scores["the title alone"].recall >= 0.95
        assert scores["a template's"].copies == 400
        assert scores["a template's"].precision >= 0.95
        for kind in ("5% changed", "10% changed", "15% changed"):
            assert scores[kind].copies == 200
            assert scores[kind].precision >= 0.97, scores[kind]
            assert scores[kind].recall >= 0.90, scores[kind]

    def test_a_copy_is_changed_as_its_kind_says(self) -> None:
        original = next(iter(Collection("some", "some", GeneratedArchive(10)).articles(Path())))
        kinds = changes(["zzz"] * 100)
        chance = np.random.default_rng(1)
        (half,) = plant([original], kinds["30% changed"], chance)
        words = half.excerpt.split()
        assert len(words) == len(f"{original.excerpt} {original.body}".split())
        assert 0 < words.count("zzz") < len(words)
        (cut,) = plant([original], kinds["cut to 60%"], chance)
        assert original.excerpt.startswith(cut.excerpt)
        assert len(cut.excerpt) < len(original.excerpt)
        (other,) = plant([original], kinds["retitled"], chance)
        assert set(other.title.split()) == {"zzz"}
        assert 0 <= (other.published_at - original.published_at).days <= 7  # type: ignore[operator]
        with pytest.raises(ValueError, match="only articles with a date"):
            plant([dataclasses.replace(original, published_at=None)], kinds["retitled"], chance)

    def test_a_template_gives_two_texts_of_one_provider(self) -> None:
        original = next(iter(Collection("some", "some", GeneratedArchive(10)).articles(Path())))
        chance = np.random.default_rng(1)
        one, other = plant_series([original], changes(["zzz"] * 100)["5% changed"], chance)
        assert (one.title[-7:], other.title[-7:]) == ("week 15", "week 16")
        assert one.title[:-2] == other.title[:-2]
        assert one.provider == other.provider
        assert one.id != other.id
        assert 5 <= (other.published_at - one.published_at).days <= 8  # type: ignore[operator]
        stories = Stories(np.array([0, 5, 1, 2, 6]), np.array([0, 2, 5]))
        assert score_apart("kind", stories, 4, 4).precision == 0.5

    def test_a_score_counts_pairs_with_copies(self) -> None:
        stories = Stories(np.array([0, 5, 1, 2, 6]), np.array([0, 2, 5]))  # 5 and 6 are copies of 0 and 1
        found = score("kind", stories, [0, 1, 3], 5)
        assert (found.copies, found.precision, found.recall) == (3, 2 / 3, 2 / 3)
        nothing = score("kind", Stories(np.zeros(0), np.zeros(1)), [0], 5)
        assert (nothing.precision, nothing.recall) == (1.0, 0.0)
