"""The benchmark of pages: its servers answer, its client counts, its section says what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import pages
from benchmarks.page_server import Asking, datasette, make_app, pages_a_second, served
from benchmarks.pages import (
    AIMS,
    PATTERNS,
    QUERIES,
    pages_section,
    paths,
    processor_time,
    sizes,
    spelt,
    write_database,
)
from tests.archives import REPOSITORY


def saved(**changes: object) -> dict[str, object]:
    found: dict[str, object] = {
        "archive": "../shared/archives",
        "date": "2026-01-01 00:00 UTC",
        "articles": 14_401,
        "ms": {"page": 4.5, "live": 4.6, "suggestions": 0.9, "a bare view": 0.3},
        "ms_of_queries": {name: [1.0] * len(QUERIES) for name in (*PATTERNS, "a bare view")},
        "kilobytes": {"HTML": 38.0, "JavaScript": 7.0, "CSS": 24.0},
        "threads": 2,
        "by_threads": {"1": 110.0, "2": 120.0},
        "rates": {
            "Backfile": [120.0, 100.0],
            "Backfile, cached": [1200.0, 1000.0],
            "a bare view": [2400.0, 2000.0],
            "Datasette": [15.0, 12.5],
            "Datasette, three facets": [10.0, 8.0],
        },
        "processes": {"rounds": [[100.0, 190.0, 0.5], [110.0, 180.0, 0.6]], "best": 1.9},
        "load": [0.1, 1.5],
    }
    return found | changes


def test_the_section_holds_each_aim_against_what_was_measured() -> None:
    text = "\n\n".join(pages_section(saved()))
    assert "| a page, ms of processor time | at most 5 ms | 4.50 ms | met |" in text
    assert "| a live fragment, ms of processor time | at most 4.5 ms | 4.60 ms | **missed** |" in text
    assert "view of the same bytes takes 0.30 ms" in text
    assert "a page takes 15 times as long, a live fragment 15, suggestions 3." in text
    assert "| pages a second beside Datasette | at least 6 times | 8.00 times | met |" in text
    assert "at least 0.06 of its | 0.050 of its | **missed** |" in text
    assert "at least 0.06 of its | 0.500 of its | met |" in text
    assert "A bare view takes 0.42 ms of that" in text
    assert "would be pages in 6.9 ms" in text
    assert "waits 10.0 ms for a page, 0.5 for a bare view, 80.0 for Datasette" in text
    assert text.count("| met |") + text.count("**missed**") == len(AIMS)
    assert "load 0.6" in text
    assert pages_section(None) == []


def test_a_query_is_spelt_otherwise_each_time() -> None:
    spellings = {spelt("ferry port", number) for number in range(8)}
    assert len(spellings) == 8
    assert {one.casefold() for one in spellings} == {"ferry port"}
    assert len(set(paths("/search?q={}"))) == 8 * len(QUERIES)


def test_a_page_is_timed_and_measured(corpus_index: Path) -> None:
    app = make_app("backfile", str(corpus_index))
    assert all(took > 0 for took in processor_time(app, "/search?q={}"))
    found = sizes(app)
    assert found["HTML in zstd"] < found["HTML"] > found["HTML, median"]
    for kind in ("JavaScript", "CSS"):
        assert 1 < found[kind] < found[f"{kind} of all pages"]
    with pytest.raises(RuntimeError, match="404"):
        processor_time(app, "/nowhere?q={}")
    app.extensions["backfile"].close()


def test_pages_are_made_anew_unless_the_cache_is_measured(corpus_index: Path) -> None:
    for kind, is_cached in (("backfile", False), ("cached", True)):
        app = make_app(kind, str(corpus_index))
        assert (app.config["BACKFILE"].web.cache_megabytes > 0) is is_cached
        app.extensions["backfile"].close()


@pytest.mark.parametrize("processes", [1, 2])
def test_a_server_answers_and_its_client_counts(corpus_index: Path, processes: int) -> None:
    with served("backfile", corpus_index, processes, 2, "/search?q=ferry") as port, Asking(port) as asking:
        status, body = asking.ask("/search?q=port")
        assert (status, b"<h1" in body) == (200, True)
        assert asking.ask("/search?page=0")[0] == 400
        assert pages_a_second(port, ["/search?q=ferry", "/search?q=port"], 0.2) > 0
        with pytest.raises(RuntimeError, match="400"):
            pages_a_second(port, ["/search?page=0"], 0.2)


def test_a_bare_view_gives_the_bytes_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"<p>bytes" * 9000)
    with served("bare", tmp_path / "page.html", 1, 1, "/search") as port, Asking(port) as asking:
        assert asking.ask("/search?q=x") == (200, b"<p>bytes" * 9000)


def test_datasette_serves_the_same_articles(corpus_index: Path, tmp_path: Path) -> None:
    write_database(corpus_index, tmp_path / "archive.db")
    with datasette(tmp_path / "archive.db", "/") as port, Asking(port) as asking:
        for pattern in (pages.DATASETTE, pages.FACETED):
            status, body = asking.ask(pattern.format("ferry"))
            assert status == 200
            assert b"ferry" in body.lower()
            assert b"article" in body


def test_a_run_is_written_into_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "RESULTS.md").write_text("# Benchmarks\n\n## How noisy\n\nVery.\n")
    monkeypatch.setattr(pages, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(pages, "PAGES", tmp_path / "pages.json")
    monkeypatch.setattr(pages, "measure", lambda *_: saved())
    assert pages.main(["--archive", str(REPOSITORY / "corpus")]) == 0
    assert (tmp_path / "pages.json").is_file()
    text = (tmp_path / "RESULTS.md").read_text()
    assert text.index("## What a page takes") < text.index("## How noisy")
