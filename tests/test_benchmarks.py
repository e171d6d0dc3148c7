"""The benchmarks run, and what they compare is comparable."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import peers as peers_package
from benchmarks.__main__ import main, shown_name
from benchmarks.agreement import compare, facet_faults
from benchmarks.collection import all_articles, settings_for
from benchmarks.measure import Spread, percentile, ratio, take_turns
from benchmarks.peers import Answer, Peer, other_peers
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.queries import draw_words, plain_words
from benchmarks.report import render
from benchmarks.suite import Findings, Plan, run
from indexer import Article, open_archive

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
    ours = BackfilePeer(settings, snippets=True)
    ours.build(())
    found: list[Peer] = [ours, *other_peers(folder)[0]]
    for peer in found[1:]:
        peer.build(articles_of(folder / "index"))
    yield found
    for peer in found:
        peer.close()


def articles_of(index: Path) -> list[Article]:
    with open_archive(index=index) as opened:
        return all_articles(opened)


@pytest.fixture(scope="module")
def findings(archive: Path) -> Findings:
    return run(Plan(archive, "tiny", queries=4, rounds=2, command="tests"), lambda _: None)


@pytest.mark.parametrize(
    ("words", "total"), [(("harbour",), 4), (("harbour", "bridge"), 1), (("island",), 6), (("volcano",), 0)]
)
def test_every_peer_finds_the_same(opened: list[Peer], words: tuple[str, ...], total: int) -> None:
    answers = {peer.name: peer.query(words) for peer in opened}
    assert {name: answer.total for name, answer in answers.items()} == dict.fromkeys(answers, total)
    urls = {name: {url for _, _, url in answer.hits} for name, answer in answers.items()}
    assert len(set(map(frozenset, urls.values()))) == 1


def test_every_peer_counts_the_same(opened: list[Peer]) -> None:
    for peer in opened:
        answer = peer.query(("harbour",))
        assert answer.topics == {"Sea": 3, "Ferries": 1, "Land": 2}, peer.name
        assert answer.providers == {"herald.example": 3}, peer.name
        assert answer.months == {"2020-01": 1, "2020-02": 1, "2020-04": 1, "none": 1}, peer.name
        assert facet_faults(answer) == [], peer.name


def test_at_most_ten_hits_are_read(tmp_path: Path) -> None:
    many = [Article(id=str(n), title=f"Harbour {n}", url=f"https://news.example/{n}") for n in range(25)]
    for peer in other_peers(tmp_path)[0]:
        peer.build(many)
        answer = peer.query(("harbour",))
        assert (answer.total, len(answer.hits)) == (25, 10), peer.name
        peer.close()


def test_sizes_are_of_what_is_on_disk(opened: list[Peer]) -> None:
    assert all(peer.size() > 1000 for peer in opened)


def test_an_impossible_answer_is_told() -> None:
    answer = Answer(2, [], {"Sea": 3}, {"a": 1, "b": 2}, {"2020-01": 1})
    assert len(facet_faults(answer)) == 4
    assert "finds nothing" in facet_faults(Answer(0, [], {}, {}, {}))[0]


def test_differences_are_found(opened: list[Peer]) -> None:
    class Half:
        name, about, shares_index = "half", "finds less", False

        def build(self, articles: object) -> None: ...
        def size(self) -> int:
            return 0

        def close(self) -> None: ...
        def query(self, words: object) -> Answer:
            return Answer(2, [("", "", "")] * 2, {}, {}, {"none": 2})

    found = compare(opened[0], [Half()], [("harbour",), ("volcano",)])
    assert found.peers[1].median_ratio == 0.5
    assert found.peers[1].same_totals == 0
    assert found.differences[0].totals == {"Backfile": 0, "half": 2}


def test_tantivy_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers_package.importlib.util, "find_spec", lambda name: None)
    found, left_out = other_peers(tmp_path)
    assert [peer.name for peer in found] == ["Whoosh", "Whoosh, FieldFacet topics", "SQLite FTS5"]
    assert "tantivy is not installed" in left_out[0]


def test_queries_are_the_same_for_a_seed_and_have_no_stop_words(opened: list[Peer]) -> None:
    articles = [Article(id=title, title=title) for title in TITLES]
    queries = draw_words(articles, 8)
    assert queries == draw_words(articles, 8)
    assert queries != draw_words(articles, 8, seed=2)
    assert len(set(queries)) == len(queries) == 8
    assert not {"the", "to", "harbour's"} & set(itertools.chain(*queries))
    assert all(opened[0].query(words).total for words in queries)
    assert draw_words([], 8) == []


def test_plain_words() -> None:
    assert plain_words("The U.S. isn't 5G-ready: Ferries, bridges & C++!") == ["ferries", "bridges"]


def test_percentiles_are_nearest_rank() -> None:
    assert [percentile(range(1, 101), p) for p in (0, 50, 95, 100)] == [1, 50, 95, 100]
    assert percentile([3.0], 95) == 3.0


def test_ratios_are_taken_round_by_round() -> None:
    assert ratio([2, 9, 8], [1, 3, 8]) == Spread(median=2, low=1, high=3)


def test_peers_take_turns_in_blocks() -> None:
    asked: list[tuple[str, int]] = []
    calls = {name: (lambda item, name=name: asked.append((name, item))) for name in "ab"}
    samples = take_turns(calls, [1, 2, 3], block=2)
    assert asked == [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 3), ("a", 3)]
    assert {name: len(times) for name, times in samples.items()} == {"a": 3, "b": 3}


def test_the_report_tells_everything(findings: Findings, archive: Path) -> None:
    text = render(findings)
    for heading in ("Reindex", "Queries", "Whether they count the same", "Size on disk", "How noisy"):
        assert f"\n## {heading}" in text
    for name in findings.about:
        assert f"| {name} |" in text
    assert "In every answer the months" in text
    assert "7 searchable articles" in text
    tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert len(tables) >= 7
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1
    assert str(archive) not in text
    assert "/tmp" not in text


def test_a_run_leaves_the_archive_as_it_was(findings: Findings, archive: Path) -> None:
    assert findings.builds.changed_files == 1
    assert findings.builds.report.articles == 7
    assert all("correction" not in path.read_text(encoding="utf-8") for path in archive.iterdir())


def test_the_command_line(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plans: list[Plan] = []
    monkeypatch.setattr("benchmarks.__main__.run", lambda plan, tell: plans.append(plan) or SimpleNamespace())
    monkeypatch.setattr("benchmarks.__main__.render", lambda findings: "the page")
    assert main(["--archive", str(archive), "--queries", "7", "--no-write"]) == 0
    assert capsys.readouterr().out == "the page\n"
    assert (plans[0].queries, plans[0].rounds, plans[0].shown) == (7, 3, archive.name)
    with pytest.raises(SystemExit):
        main(["--archive", str(archive / "missing")])


def test_an_archive_is_shown_without_its_folders(archive: Path) -> None:
    assert shown_name(Path(__file__).parent.parent / "corpus") == "corpus"
    assert shown_name(archive) == archive.name
