"""A run of `reindex`: what it reads, what it writes, what it refuses, what it leaves alone."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from filelock import FileLock
from whoosh.filedb.filestore import ReadOnlyError

from indexer import IndexReport, Settings, check_index, load_settings, open_archive, reindex
from indexer.errors import (
    ArchiveError,
    BuildError,
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexOutdatedError,
    IndexUnreadableError,
)
from indexer.index import toc
from indexer.index.generation import load_header, save_header
from indexer.index.schema import build_schema
from indexer.index.toc import ArchiveIndex, latest_generation, write_toc
from indexer.indexing import InterruptedRun, Progress, worker, writer
from indexer.indexing.lock import write_lock
from indexer.indexing.manifest import FileTable, load_files, save_files
from tests.archives import REPOSITORY, front_matter, settings_for, write


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def titles(settings: Settings, query: str = "") -> set[str]:
    with open_archive(index=settings.index.path) as archive:
        return {hit.article.title for hit in archive.search(query, size=100)}


def changes(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def write_three(settings: Settings) -> Path:
    root = settings.archive.path
    write(root, "one.md", title="First light", url="https://a.example/1", date="2020-01-01")
    write(root, "two.md", title="Second wind", url="https://a.example/2", date="2020-01-02")
    write(root, "sub/three.md", title="Third man", url="https://a.example/3", date="2020-01-03")
    return root


def test_a_run_reads_only_what_is_new_or_changed(settings: Settings) -> None:
    root = write_three(settings)
    first = reindex(settings)
    assert changes(first) == (3, 0, 0, 0)
    assert first.read == 3
    second = reindex(settings)
    assert changes(second) == (0, 0, 0, 3)
    assert second.read == 0
    write(root, "two.md", title="Second breath", url="https://a.example/2", date="2020-01-02")
    write(root, "four.md", title="Fourth estate", url="https://a.example/4")
    (root / "one.md").unlink()
    third = reindex(settings)
    assert changes(third) == (1, 1, 1, 1)
    assert third.read == 2
    assert titles(settings) == {"Second breath", "Third man", "Fourth estate"}
    assert titles(settings, "wind") == set()
    assert titles(settings, "breath") == {"Second breath"}


def test_a_run_in_which_nothing_changed_makes_no_generation(settings: Settings) -> None:
    write_three(settings)
    reindex(settings)
    before = latest_generation(settings.index.path)
    reindex(settings)
    assert latest_generation(settings.index.path) == before


def test_every_file_is_accounted_for(settings: Settings) -> None:
    root = write_three(settings)
    write(root, "again.md", title="First light, updated", url="https://a.example/1", date="2020-02-01")
    write(root, "gone.md", title="Gone", url="https://a.example/9", removed=True)
    write(root, "topic.yaml", taxonomy="topic", name="Light", shortname="li")
    write(root, "org.md", taxonomy="organization", name="A Paper", domain="a.example")
    (root / "broken.md").write_text("---\nlayout: a: b\n---\n")
    write(
        root,
        "hub.md",
        title="Hub",
        url="https://a.example/h",
        related=[{"title": "Elsewhere", "webUrl": "https://b.example/1"}],
    )
    report = reindex(settings)
    assert (report.articles, report.related, report.duplicates, report.withdrawn) == (5, 1, 1, 1)
    assert (report.rejected, report.topics, report.organizations) == (1, 1, 1)
    accounted = report.articles - report.related + report.duplicates + report.withdrawn
    assert report.files == accounted + report.rejected + report.topics + report.organizations


def test_the_newer_of_two_files_with_one_url_wins_and_the_loser_comes_back(settings: Settings) -> None:
    root = settings.archive.path
    write(root, "old.md", title="Early version", url="https://a.example/x", date="2020-01-01")
    write(root, "new.md", title="Late version", url="https://a.example/x?utm_source=feed", date="2020-01-02")
    write(root, "other.md", title="Other", url="https://a.example/y")
    assert reindex(settings).duplicates == 1
    assert titles(settings) == {"Late version", "Other"}
    clash = check_index(settings).clashes[0]
    assert (clash.winner, clash.losers) == ("new.md", ("old.md",))
    (root / "new.md").unlink()
    report = reindex(settings)
    assert report.read == 0
    assert changes(report) == (0, 1, 0, 1)
    assert titles(settings) == {"Early version", "Other"}


def test_of_equal_dates_the_path_that_sorts_first_wins(settings: Settings) -> None:
    for name in ("b.md", "a.md", "c.md"):
        write(settings.archive.path, name, title=f"From {name}", url="https://a.example/x", date="2020-01-01")
    reindex(settings)
    assert titles(settings) == {"From a.md"}


def test_a_page_and_its_amp_variant_are_one_article(settings: Settings) -> None:
    root = settings.archive.path
    write(
        root,
        "page.md",
        title="Page",
        url="https://a.example/story-1",
        ampWebUrl="https://m.a.example/xyz",
        date="2020-02-01",
    )
    write(root, "amp.md", title="Amp", url="https://m.a.example/xyz", date="2020-01-01")
    assert reindex(settings).duplicates == 1
    with open_archive(index=settings.index.path) as archive:
        assert archive.article("https://m.a.example/xyz").title == "Page"


def test_an_amp_address_that_many_articles_name_joins_none(settings: Settings) -> None:
    for n in range(6):
        write(
            settings.archive.path,
            f"{n}.md",
            title=f"Story {n}",
            url=f"https://a.example/{n}",
            ampWebUrl="https://a.example/amp-home",
        )
    assert reindex(settings).articles == 6


def test_related_articles_without_a_file_become_articles_and_give_way_to_files(settings: Settings) -> None:
    root = settings.archive.path
    nested = [{"title": "Nested", "webUrl": "https://b.example/n", "excerpt": "An eclipse."}]
    write(root, "hub.md", title="Hub", url="https://a.example/h", related=nested)
    reindex(settings)
    with open_archive(index=settings.index.path) as archive:
        (hit,) = archive.search("eclipse")
        assert hit.article.origin == "related"
        assert [r.article.title for r in archive.related("https://a.example/h")] == ["Nested"]
        assert [r.article.title for r in archive.related(hit.article).mentioned_by] == ["Hub"]
    write(root, "own.md", title="Its own file", url="https://b.example/n", excerpt="An eclipse.")
    reindex(settings)
    with open_archive(index=settings.index.path) as archive:
        (hit,) = archive.search("eclipse")
        assert (hit.article.origin, hit.article.title) == ("file", "Its own file")
        assert [r.article.title for r in archive.related("https://a.example/h")] == ["Its own file"]


def test_a_related_article_without_url_is_the_file_of_the_same_title_and_date(settings: Settings) -> None:
    root = settings.archive.path
    nested = [{"title": "The film", "publishedDateTime": "2020-05-05T10:00:00Z"}]
    write(root, "hub.md", title="Hub", url="https://a.example/h", related=nested)
    write(root, "hub2.md", title="Second hub", url="https://a.example/h2", related=nested)
    assert reindex(settings).related == 1
    write(root, "film.md", title="The film", url="https://v.example/1", date="2020-05-05T10:00:00Z")
    assert reindex(settings).related == 0
    with open_archive(index=settings.index.path) as archive:
        related = archive.related("https://a.example/h")
        assert [(r.article.title, r.kind, r.article.url) for r in related][:1] == [
            ("The film", "editors", "https://v.example/1")
        ]


def test_a_withdrawn_article_does_not_come_back_through_a_related_list(settings: Settings) -> None:
    root = settings.archive.path
    write(
        root,
        "hub.md",
        title="Hub",
        url="https://a.example/h",
        related=[{"title": "Gone", "webUrl": "https://a.example/g"}],
    )
    write(root, "gone.md", title="Gone", url="https://a.example/g", deleted=True)
    reindex(settings)
    assert titles(settings) == {"Hub"}
    assert [(d.file, d.title) for d in check_index(settings).dangling] == [("hub.md", "Gone")]


def test_secured_text_is_counted_and_reaches_no_byte_of_the_index(settings: Settings) -> None:
    secret = "c2VjcmV0LWNpcGhlcnRleHQ7aXY9MDE"
    nested = [{"title": "Nested", "webUrl": "https://b.example/n", "secured": secret}]
    write(
        settings.archive.path, "a.md", title="Open", url="https://a.example/1", secured=secret, related=nested
    )
    (settings.archive.path / "broken.md").write_text(f"---\ntitle: x: y\nsecured: {secret}\n---\n")
    reindex(settings)
    assert check_index(settings).secured == 3
    for path in settings.index.path.iterdir():
        assert secret.encode() not in path.read_bytes(), path.name


@pytest.mark.parametrize("make", ["missing", "file", "empty"])
def test_an_archive_that_is_not_there_is_refused_and_the_index_stays(settings: Settings, make: str) -> None:
    root = write_three(settings)
    reindex(settings)
    for path in sorted(root.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    if make != "empty":
        root.rmdir()
    if make == "file":
        root.write_text("no folder")
    with pytest.raises(ArchiveError) as caught:
        reindex(settings)
    assert str(root) in str(caught.value)
    assert len(titles(settings)) == 3


def test_a_missing_archive_leaves_no_index_folder_behind(tmp_path: Path) -> None:
    settings = load_settings(archive=tmp_path / "nowhere", index=tmp_path / "index")
    with pytest.raises(ArchiveError, match="there is no such archive folder"):
        reindex(settings)
    assert not (tmp_path / "index").exists()


def test_another_archive_is_refused_unless_it_is_meant(settings: Settings, tmp_path: Path) -> None:
    write_three(settings)
    reindex(settings)
    other = tmp_path / "other"
    write(other, "x.md", title="Elsewhere", url="https://c.example/1")
    moved = dataclasses.replace(settings, archive=dataclasses.replace(settings.archive, path=other))
    with pytest.raises(ArchiveError, match=r"another archive.*--new-archive"):
        reindex(moved)
    assert len(titles(settings)) == 3
    assert changes(reindex(moved, new_archive=True)) == (1, 0, 3, 0)
    assert titles(settings) == {"Elsewhere"}


def test_losing_more_than_half_is_refused_unless_it_is_meant(settings: Settings) -> None:
    root = write_three(settings)
    reindex(settings)
    (root / "one.md").unlink()
    assert changes(reindex(settings)) == (0, 0, 1, 2)
    (root / "two.md").unlink()
    assert changes(reindex(settings)) == (0, 0, 1, 1)  # just half
    write_three(settings)
    reindex(settings)
    (root / "one.md").unlink()
    (root / "two.md").unlink()
    with pytest.raises(ArchiveError, match=r"2 of 3 articles would vanish.*--allow-loss"):
        reindex(settings)
    assert len(titles(settings)) == 3
    assert changes(reindex(settings, allow_loss=True)) == (0, 0, 2, 1)


def cut(settings: Settings) -> None:
    (path,) = settings.index.path.glob("manifest-*.arrays")
    path.write_bytes(path.read_bytes()[:40])


def alter(settings: Settings) -> None:
    """Let a column that is not read before the files are compared not fit the others."""
    folder = settings.index.path
    columns = dict(load_files(folder, latest_generation(folder)).columns)
    columns["own/id"] = columns["own/id"][:1]
    save_files(folder, latest_generation(folder), FileTable(columns))


def outdate(settings: Settings) -> None:
    cut(settings)
    make_of_another_version(settings)


def make_of_another_version(settings: Settings) -> None:
    folder = settings.index.path
    header = load_header(folder, latest_generation(folder))
    save_header(folder, dataclasses.replace(header, made_with=f"0-{header.made_with}"))


@pytest.mark.parametrize("full", [False, True], ids=["", "full"])
@pytest.mark.parametrize("damage", [cut, alter, outdate])
def test_what_is_refused_is_refused_without_a_manifest_too(
    settings: Settings, tmp_path: Path, damage: Callable[[Settings], None], full: bool
) -> None:
    root = write_three(settings)
    reindex(settings)
    damage(settings)
    other = tmp_path / "other"
    for n in range(3):
        write(other, f"{n}.md", title="Elsewhere", url=f"https://c.example/{n}")
    moved = dataclasses.replace(settings, archive=dataclasses.replace(settings.archive, path=other))
    with pytest.raises(ArchiveError, match=r"another archive.*--new-archive"):
        reindex(moved, full=full)
    (root / "one.md").unlink()
    (root / "two.md").unlink()
    with pytest.raises(ArchiveError, match=r"2 of 3 articles would vanish.*--allow-loss"):
        reindex(settings, full=full)
    assert latest_generation(settings.index.path) == 1
    report = reindex(settings, full=full, allow_loss=True)
    assert (report.articles, bool(report.rebuilt)) == (1, True)
    damage(settings)
    write_three(settings)
    assert reindex(settings, full=full).articles == 3
    damage(settings)
    assert reindex(moved, full=full, new_archive=True).articles == 3
    assert titles(settings) == {"Elsewhere"}


def test_a_full_run_builds_anew_and_changes_nothing(settings: Settings) -> None:
    write_three(settings)
    reindex(settings)
    report = reindex(settings, full=True)
    assert (report.read, changes(report)) == (3, (0, 0, 0, 3))
    assert len(titles(settings)) == 3


def test_another_language_rebuilds_by_itself(settings: Settings) -> None:
    write(settings.archive.path, "a.md", title="Die Katzen schlafen", url="https://a.example/1")
    reindex(settings)
    assert titles(settings, "katze ") == set()
    german = dataclasses.replace(settings, analysis=dataclasses.replace(settings.analysis, language="german"))
    report = reindex(german)
    assert (report.read, bool(report.rebuilt)) == (1, True)
    assert titles(settings, "katze ") == {"Die Katzen schlafen"}  # a reader follows the index


def test_an_interrupted_run_leaves_the_index_as_it_was(settings: Settings) -> None:
    root = write_three(settings)
    reindex(settings)
    write(root, "four.md", title="Fourth estate", url="https://a.example/4")

    def interrupt(progress: object) -> None:
        if getattr(progress, "stage", "") == "committing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(settings, progress=interrupt)
    assert len(titles(settings)) == 3
    assert changes(reindex(settings)) == (1, 0, 0, 3)
    names = {p.suffix for p in settings.index.path.iterdir()}
    assert names <= {".toc", ".arrays", ".json", ".lock", ""}


def test_a_reader_sees_a_new_generation_and_keeps_what_it_was_given(settings: Settings) -> None:
    root = write_three(settings)
    reindex(settings)
    with open_archive(index=settings.index.path) as archive:
        before = archive.search("")
        write(root, "four.md", title="Fourth estate", url="https://a.example/4")
        reindex(settings)
        assert archive.search("").total == 4
        assert before.total == 3
        assert {hit.article.title for hit in before} == {"First light", "Second wind", "Third man"}
        assert before.facets["date"][0].count >= 1


@pytest.mark.parametrize("how", ["removed and built anew", "another put in its place"])
def test_a_reader_sees_a_generation_of_the_same_number(settings: Settings, tmp_path: Path, how: str) -> None:
    root = write_three(settings)
    reindex(settings)
    folder = settings.index.path
    with open_archive(index=folder) as archive:
        assert archive.search("").total == 3
        assert archive.search("light").total == 1
        write(root, "one.md", title="First darkness", url="https://a.example/1", date="2020-01-01")
        if how == "removed and built anew":
            shutil.rmtree(folder)
            reindex(settings)
        else:
            elsewhere = tmp_path / "elsewhere"
            reindex(dataclasses.replace(settings, index=dataclasses.replace(settings.index, path=elsewhere)))
            folder.rename(tmp_path / "away")
            elsewhere.rename(folder)
        time.sleep(0.01)  # a look at the folder is a moment old at most
        assert archive.search("light").total == 0
        assert archive.search("darkness").generation == 1


def test_a_second_run_waits_then_says_who_holds_the_lock(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, index={"lock_timeout_seconds": 0.1})
    write_three(settings)
    settings.index.path.mkdir()
    with (
        write_lock(settings.index.path, 1.0),
        pytest.raises(IndexLockedError, match=f"process {os.getpid()} on "),
    ):
        reindex(settings)
    assert changes(reindex(settings)) == (3, 0, 0, 0)


def test_a_run_that_waits_says_for_whom(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, index={"lock_timeout_seconds": 0.1})
    write_three(settings)
    settings.index.path.mkdir()
    told: list[Progress] = []
    with write_lock(settings.index.path, 1.0), pytest.raises(IndexLockedError):
        reindex(settings, progress=told.append)
    assert [(p.stage, str(os.getpid()) in p.detail) for p in told] == [("waiting", True)]


def test_there_being_no_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="Run `backfile index` first"):
        open_archive(index=tmp_path / "nothing")
    with pytest.raises(IndexMissingError):
        check_index(load_settings(index=tmp_path / "nothing"))


@pytest.mark.parametrize("pattern", ["*.toc", "MAIN_*.arrays", "generation-*.json", "manifest-*.arrays"])
def test_a_damaged_file_is_told_and_a_full_run_mends_it(settings: Settings, pattern: str) -> None:
    write_three(settings)
    reindex(settings)
    (path,) = settings.index.path.glob(pattern)
    path.write_bytes(path.read_bytes()[:40])
    report = check_index(settings)
    assert not report.ok
    assert "backfile index --full" in report.damaged[0]
    with pytest.raises(IndexDamagedError), open_archive(index=settings.index.path) as archive:
        archive.search("light")[0].title  # noqa: B018 - reading is the point
    reindex(settings, full=True)
    assert check_index(settings).ok
    assert len(titles(settings)) == 3


@pytest.mark.parametrize("kept", [0.0, 0.01, 0.1, 0.5, 0.9, 0.98, "all but a byte"])
def test_a_table_of_contents_that_is_cut_short_is_told_and_built_anew(
    settings: Settings, kept: float | str
) -> None:
    root = write_three(settings)
    reindex(settings)
    (path,) = settings.index.path.glob("*.toc")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)] if isinstance(kept, float) else whole[:-1])
    write(root, "two.md", title="Second breath", url="https://a.example/2", date="2020-01-02")
    report = reindex(settings)
    assert report.rebuilt == "the index had no table of contents that can be read"
    assert (report.read, changes(report)) == (3, (0, 1, 0, 2))
    assert check_index(settings).ok
    assert titles(settings) == {"First light", "Second breath", "Third man"}


@pytest.fixture
def forbid(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Returns what lets the system refuse to open a path, as it does not to root."""

    def forbid(forbidden: Path) -> None:
        def refusing(real: Any) -> Any:
            def call(path: Any, *given: Any, **named: Any) -> Any:
                if isinstance(path, str | Path) and Path(path) == forbidden:
                    raise PermissionError(13, "Permission denied", str(path))
                return real(path, *given, **named)

            return call

        for module, name in ((os, "open"), (io, "open"), (os, "listdir")):
            monkeypatch.setattr(module, name, refusing(getattr(module, name)))

    return forbid


@pytest.mark.parametrize(
    "pattern",
    ["", "*.toc", "MAIN_*.arrays", "generation-*.json", "stories-*.arrays", "phrases-*.arrays", "changes-*"],
)
def test_no_permission_is_told_as_such(
    settings: Settings, forbid: Callable[[Path], None], pattern: str
) -> None:
    write_three(settings)
    reindex(settings)
    path = next(settings.index.path.glob(pattern)) if pattern else settings.index.path
    forbid(path)
    told = rf"^the index may not be read \({re.escape(str(path))}\)\. Run as the user who made it"
    with pytest.raises(IndexUnreadableError, match=told):
        open_archive(index=settings.index.path)
    with pytest.raises(IndexUnreadableError, match=told):
        check_index(settings)


@pytest.mark.parametrize("pattern", ["", "*.toc", "MAIN_*.arrays", "generation-*.json", "manifest-*.arrays"])
def test_a_run_builds_nothing_anew_for_want_of_permission(
    settings: Settings, forbid: Callable[[Path], None], pattern: str
) -> None:
    root = write_three(settings)
    reindex(settings)
    before = sorted(settings.index.path.iterdir())
    write(root, "two.md", title="Second breath", url="https://a.example/2", date="2020-01-02")
    forbid(next(settings.index.path.glob(pattern)) if pattern else settings.index.path)
    with pytest.raises(IndexUnreadableError):
        reindex(settings)
    assert [path for path in before if not path.exists()] == []


def test_an_altered_byte_is_told_by_file_and_section_and_never_read_as_data(settings: Settings) -> None:
    write_three(settings)
    reindex(settings)
    (path,) = settings.index.path.glob("MAIN_*.arrays")
    whole = path.read_bytes()
    told = 0
    for at in range(64, len(whole), len(whole) // 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        damaged = check_index(settings).damaged
        told += bool(damaged)
        assert all(path.name in sentence for sentence in damaged)
        try:
            assert titles(settings, "light") <= {"First light"}
        except IndexDamagedError as error:
            assert path.name in str(error)  # noqa: PT017 - either is right
    assert told > 20  # the rest lies between the sections
    path.write_bytes(whole)
    assert check_index(settings).ok


def test_an_index_of_another_version_is_refused_and_rebuilt(settings: Settings) -> None:
    write_three(settings)
    reindex(settings)
    make_of_another_version(settings)
    with pytest.raises(IndexOutdatedError, match="backfile index"):
        open_archive(index=settings.index.path)
    report = reindex(settings)
    assert report.read == 3
    assert len(titles(settings)) == 3


def test_a_worker_that_dies_fails_the_run_and_leaves_the_index(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_three(settings)
    reindex(settings)
    monkeypatch.setattr(worker, "_MIN_FILES", 1)
    monkeypatch.setattr(worker, "_work", _die)
    two = dataclasses.replace(settings, index=dataclasses.replace(settings.index, workers=2))
    with pytest.raises(BuildError, match="died"):
        reindex(two, full=True)
    assert len(titles(settings)) == 3


def _die(*_: object, **__: object) -> None:
    os._exit(1)


def test_many_processes_read_as_one_does(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_three(settings)
    monkeypatch.setattr(worker, "_MIN_FILES", 1)
    two = dataclasses.replace(settings, index=dataclasses.replace(settings.index, workers=2))
    assert changes(reindex(two)) == (3, 0, 0, 0)
    assert len(titles(settings)) == 3


SCRIPT = """
import dataclasses, sys
from indexer import load_settings, reindex
from indexer.indexing import worker
worker._MIN_FILES = 1
print("script runs")
settings = load_settings(archive=sys.argv[1], index=sys.argv[2])
settings = dataclasses.replace(settings, index=dataclasses.replace(settings.index, workers=2))
print(reindex(settings).added)
"""


def test_a_script_without_a_main_guard_can_reindex(settings: Settings, tmp_path: Path) -> None:
    write_three(settings)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(settings.archive.path), str(settings.index.path)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (["script runs", "3"], "")


def test_ctrl_c_in_a_run_with_processes_leaves_the_index_and_no_tracebacks(settings: Settings) -> None:
    root = write_three(settings)
    reindex(settings)
    for n in range(1500):
        write(root, f"more/{n}.md", title=f"Story {n}", url=f"https://a.example/s{n}")
    command = [sys.executable, "-m", "indexer", "index", str(root), "--index", str(settings.index.path)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    run = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    began = settings.index.path / "write.holder.json"
    for _ in range(600):  # a minute at most: the imports take their time on a busy machine
        if began.exists():
            break
        time.sleep(0.1)
    time.sleep(0.5)
    os.killpg(run.pid, signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert "Traceback" not in told
    assert run.returncode in (0, 130)
    assert run.returncode == 0 or len(titles(settings)) == 3
    assert changes(reindex(settings))[3] >= 3


def test_a_disk_that_is_full_is_one_sentence(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_three(settings)
    reindex(settings)
    write(root, "four.md", title="Fourth estate", url="https://a.example/4")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indexer.indexing.writer.save_files", full)
    with pytest.raises(BuildError, match=r"No space left.*Make room"):
        reindex(settings)
    monkeypatch.undo()
    assert len(titles(settings)) == 3
    assert changes(reindex(settings)) == (1, 0, 0, 3)


def test_what_cannot_be_removed_after_the_commit_fails_no_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_three(settings)
    reindex(settings)
    before = sorted(settings.index.path.glob("*_1.*"))
    write(root, "four.md", title="Fourth estate", url="https://a.example/4")
    real = Path.unlink

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self.parent == settings.index.path:
            raise PermissionError(13, "Permission denied")
        real(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    assert changes(reindex(settings)) == (1, 0, 0, 3)
    monkeypatch.undo()
    assert before
    assert all(path.exists() for path in before)
    assert len(titles(settings)) == 4
    write(root, "five.md", title="Fifth column", url="https://a.example/5")
    reindex(settings)
    assert not [path for path in before if path.exists()]


def fail_to_sync_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = toc.sync_folder, []

    def sync(folder: Path) -> None:
        calls.append(folder)
        if len(calls) == 2:  # the first comes before the rename
            raise OSError(5, "Input/output error")
        real(folder)

    monkeypatch.setattr(toc, "sync_folder", sync)


def fail_to_release_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    real = FileLock.release

    def release(self: FileLock, force: bool = False) -> None:
        real(self, force)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(FileLock, "release", release)


def fail_to_open_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def collect(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("indexer.indexing.writer._clean", collect)


@pytest.mark.parametrize(
    "fail", [fail_to_sync_the_folder, fail_to_release_the_lock, fail_to_open_what_is_left]
)
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_a_failure_behind_the_rename_says_that_the_new_index_is_in_force(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    fail: Callable[[pytest.MonkeyPatch], None],
    again: bool,
) -> None:
    root = write_three(settings)
    if again:
        (root / "one.md").rename(root.parent / "one.md")
        reindex(settings)
        (root.parent / "one.md").rename(root / "one.md")
    fail(monkeypatch)
    with pytest.raises(
        BuildError, match=r"the new index is in place, but .*Input/output.*It may be lost if the machine"
    ) as caught:
        reindex(settings)
    assert "as it was" not in str(caught.value)
    monkeypatch.undo()
    assert len(titles(settings)) == 3
    assert check_index(settings).ok
    assert changes(reindex(settings)) == (0, 0, 0, 3)


def test_a_progress_bar_that_fails_says_which_index_is_in_force(settings: Settings) -> None:
    root = write_three(settings)
    reindex(settings)

    def failing(stage: str, done: int) -> Callable[[Progress], None]:
        def hook(progress: Progress) -> None:
            if (progress.stage, progress.done) == (stage, done):
                raise BrokenPipeError(32, "Broken pipe")

        return hook

    write(root, "four.md", title="Fourth estate", url="https://a.example/4")
    with pytest.raises(BuildError, match=r"could not be written: Broken pipe.* It is unchanged\."):
        reindex(settings, progress=failing("committing", 0))
    assert len(titles(settings)) == 3
    with pytest.raises(BuildError, match=r"the new index is in place, but .*Broken pipe"):
        reindex(settings, progress=failing("committing", 1))
    assert len(titles(settings)) == 4


def test_ctrl_c_says_whether_the_run_has_committed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_three(settings)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for module, name, committed in ((writer, "write_toc", False), (writer, "_clean", True)):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, interrupt)
            with pytest.raises(InterruptedRun) as caught:
                reindex(settings, full=True)
        assert caught.value.committed is committed
        assert (latest_generation(settings.index.path) > 0) is committed


def test_a_holder_that_cannot_be_removed_fails_no_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_three(settings)
    real = Path.unlink

    def unlink(self: Path, missing_ok: bool = False) -> None:
        if self.name == "write.holder.json":
            raise PermissionError(13, "Permission denied")
        real(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    assert changes(reindex(settings)) == (3, 0, 0, 0)
    write(root, "four.md", title="Fourth estate", url="https://a.example/4")
    assert changes(reindex(settings)) == (1, 0, 0, 3)


def test_check_tells_what_is_odd(settings: Settings) -> None:
    root = settings.archive.path
    write(root, "undated.md", title="Undated", url="https://a.example/1")
    write(root, "future.md", title="Future", url="https://a.example/2", date="2999-01-01")
    (root / "broken.md").write_text("---\nlayout: a\nurl: b: c\n---\n")
    (root / "none.md").write_text(front_matter(date="2020-01-01"))
    reindex(settings)
    report = check_index(settings)
    assert not report.ok
    assert [(r.file, r.line) for r in report.rejected] == [("broken.md", 3), ("none.md", None)]
    assert (report.missing_dates, report.future_dates) == (("undated.md",), ("future.md",))


def test_a_link_to_another_of_an_articles_addresses_is_followed_back(settings: Settings) -> None:
    root = settings.archive.path
    write(
        root,
        "a.md",
        title="Target",
        url="https://a.example/x",
        originalUrl="https://old.example/y",
        date="2020-01-01",
    )
    write(
        root,
        "b.md",
        title="By its old address",
        url="https://b.example/1",
        related=[{"title": "T", "webUrl": "https://old.example/y"}],
    )
    by_text = [{"title": "Target", "publishedDateTime": "2020-01-01"}]
    write(root, "c.md", title="By title and date", url="https://c.example/1", related=by_text)
    reindex(settings)
    with open_archive(index=settings.index.path) as archive:
        target = archive.article("https://a.example/x")
        mentions = {item.article.title for item in archive.related(target).mentioned_by}
        assert mentions == {"By its old address", "By title and date"}


def test_a_landing_page_that_files_share_hides_no_related_article(settings: Settings) -> None:
    root = settings.archive.path
    for n in range(5):
        write(
            root,
            f"{n}.md",
            title=f"Story {n}",
            url=f"https://a.example/{n}",
            ampWebUrl="https://a.example/amp-home",
        )
    nested = [{"title": "Nested", "webUrl": "https://b.example/n", "ampWebUrl": "https://a.example/amp-home"}]
    write(root, "hub.md", title="Hub", url="https://a.example/h", related=nested)
    reindex(settings)
    assert "Nested" in titles(settings)


def test_related_articles_that_share_an_amp_variant_are_one(settings: Settings) -> None:
    root = settings.archive.path
    first = [{"title": "Gamma", "webUrl": "https://g.example/1", "ampWebUrl": "https://g.example/2x"}]
    second = [{"title": "Gamma, its AMP page", "webUrl": "https://g.example/2x"}]
    write(root, "b.md", title="B", url="https://a.example/b", related=first)
    write(root, "c.md", title="C", url="https://a.example/c", related=second)
    assert reindex(settings).articles == 3
    with open_archive(index=settings.index.path) as archive:
        for key in ("https://a.example/b", "https://a.example/c"):
            assert [item.kind for item in archive.related(key)][:1] == ["editors"]


def test_a_link_out_of_the_archive_is_told_when_it_comes(settings: Settings, tmp_path: Path) -> None:
    root = write_three(settings)
    reindex(settings)
    (tmp_path / "outside.md").write_text(front_matter(title="Outside", excerpt="x"))
    (root / "link.md").symlink_to(tmp_path / "outside.md")
    assert changes(reindex(settings)) == (0, 0, 0, 3)
    found = [(n.file, n.code) for n in check_index(settings).notices if n.file]
    assert found == [("link.md", "not_followed")]
    assert titles(settings, "outside") == set()


def test_a_table_of_contents_that_would_run_something_is_refused(settings: Settings, tmp_path: Path) -> None:
    write_three(settings)
    reindex(settings)
    mark = tmp_path / "ran"

    class Hostile:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {mark}",)

    write_toc(settings.index.path, build_schema(), [Hostile()], 1)
    with pytest.raises(IndexDamagedError, match="which no list of segments needs"):
        open_archive(index=settings.index.path)
    assert not check_index(settings).ok
    reindex(settings, full=True)
    assert not mark.exists()
    assert len(titles(settings)) == 3


@pytest.mark.parametrize("opened", [ArchiveIndex, lambda folder: whoosh.index.open_dir(str(folder))])
def test_stock_whooshs_writer_is_refused_and_leaves_nothing(
    settings: Settings, opened: Callable[[Path], Any]
) -> None:
    write_three(settings)
    reindex(settings)
    files = {path: path.read_bytes() for path in settings.index.path.iterdir()}
    with pytest.raises(ReadOnlyError, match="`backfile index` alone"):
        opened(settings.index.path).writer()
    assert {path: path.read_bytes() for path in settings.index.path.iterdir()} == files
    assert len(titles(settings)) == 3


def test_check_beside_a_run_reports_no_damage(settings: Settings) -> None:
    root = write_three(settings)
    reindex(settings)
    damaged: list[str] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            damaged.extend(check_index(settings).damaged)

    looking = threading.Thread(target=look)
    looking.start()
    for n in range(12):
        write(root, "new.md", title=f"Story {n}", url="https://a.example/n")
        reindex(settings)
    stop.set()
    looking.join()
    assert damaged == []


def test_everything_is_on_the_disk_before_the_rename(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        order.append(os.readlink(f"/proc/self/fd/{descriptor}").rsplit("/", 1)[1])
        real_sync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        order.append(f"rename {Path(target).name}")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    write_three(settings)
    reindex(settings)
    commit = order.index("rename _MAIN_1.toc")
    before, after = order[:commit], order[commit + 1 :]
    assert any(name.endswith(".arrays") for name in before)
    assert {"generation-1.json.new", "manifest-1.arrays.new", "_MAIN_1.toc.new", "index"} <= set(before)
    assert "index" in after


def test_an_interrupted_rebuild_keeps_an_index_that_this_version_cannot_read(settings: Settings) -> None:
    write_three(settings)
    reindex(settings)
    (toc,) = settings.index.path.glob("*.toc")
    toc.write_bytes(b"of another version")
    before = sorted(path.name for path in settings.index.path.glob("MAIN_*"))

    def interrupt(progress: Progress) -> None:
        if progress.stage == "committing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(settings, full=True, progress=interrupt)
    assert set(before) <= {path.name for path in settings.index.path.glob("MAIN_*")}
    reindex(settings, full=True)
    assert len(titles(settings)) == 3
