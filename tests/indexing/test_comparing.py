"""Which files a run takes for changed, and which articles for lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from indexer import IndexReport, Settings, load_settings, open_archive, reindex
from indexer.archive.discover import discover
from indexer.errors import ArchiveError
from indexer.index.toc import latest_generation
from indexer.indexing.manifest import FileTable, load_files, save_files
from tests.archives import settings_for, write

LONG_AGO = (315532800, 315532800)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def titles(settings: Settings, query: str = "") -> list[str]:
    with open_archive(index=settings.index.path) as archive:
        return sorted(hit.article.title for hit in archive.search(query, size=100))


def changes(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged


def old_file(settings: Settings, name: str, title: str) -> Path:
    """Write a file as an export with constant times does."""
    path = write(settings.archive.path, name, title=title, date="2020-01-01")
    os.utime(path, LONG_AGO)
    return path


def test_an_edit_that_keeps_size_and_time_is_seen(settings: Settings) -> None:
    old_file(settings, "a.md", "The vote was 41 to 7")
    reindex(settings)
    old_file(settings, "a.md", "The veto was 14 to 7")
    report = reindex(settings)
    assert (report.read, changes(report)) == (1, (0, 1, 0, 0))
    assert titles(settings, "veto") == ["The veto was 14 to 7"]
    assert titles(settings, "vote") == []


def test_files_that_change_places_are_seen(settings: Settings) -> None:
    x, y = old_file(settings, "x.md", "alpha"), old_file(settings, "y.md", "bravo")
    reindex(settings)
    aside = x.rename(x.with_name("aside"))
    y.rename(x)
    aside.rename(y)
    assert changes(reindex(settings)) == (0, 2, 0, 0)
    with open_archive(index=settings.index.path) as archive:
        assert archive.article("x.md").title == "bravo"


def test_what_has_other_times_but_the_same_contents_is_not_read_again(settings: Settings) -> None:
    root = settings.archive.path
    old_file(settings, "a.md", "alpha")
    old_file(settings, "b.md", "bravo")
    reindex(settings)
    before = latest_generation(settings.index.path)
    os.utime(root / "a.md", ns=(1, 1))
    shutil.copy(root / "b.md", root / "copy")
    (root / "copy").replace(root / "b.md")  # another inode
    report = reindex(settings)
    assert (report.read, changes(report)) == (0, (0, 0, 0, 2))
    assert latest_generation(settings.index.path) == before
    old_file(settings, "c.md", "charlie")
    assert reindex(settings).read == 1
    table, found = load_files(settings.index.path, before + 1), discover(root).files
    assert [table.source(row) for row in range(3)] == list(found)  # so they need not be compared again


def forget_change(settings: Settings, name: str) -> None:
    """Let the manifest say what a stat says now, as where a file system tells of no change."""
    folder = settings.index.path
    generation = latest_generation(folder)
    columns = {key: column.copy() for key, column in load_files(folder, generation).columns.items()}
    row = FileTable(columns).row_of(name)
    status = (settings.archive.path / name).stat()
    columns["mtime"][row], columns["ctime"][row] = status.st_mtime_ns, status.st_ctime_ns
    save_files(folder, generation, FileTable(columns))


def test_verify_compares_all_contents(settings: Settings) -> None:
    old_file(settings, "a.md", "alpha")
    old_file(settings, "b.md", "bravo")
    reindex(settings)
    old_file(settings, "a.md", "gamma")
    forget_change(settings, "a.md")
    assert reindex(settings).read == 0
    report = reindex(settings, verify=True)
    assert (report.read, changes(report), report.rebuilt) == (1, (0, 1, 0, 1), "")
    assert titles(settings) == ["bravo", "gamma"]
    assert reindex(settings, verify=True).read == 0


def test_verify_reads_what_could_not_be_read(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    old_file(settings, "a.md", "alpha")
    monkeypatch.setattr("indexer.archive.read._bytes", lambda *_: (_ for _ in ()).throw(OSError(5, "no")))
    assert reindex(settings).rejected == 1
    monkeypatch.undo()
    assert reindex(settings).read == 0
    assert changes(reindex(settings, verify=True)) == (1, 0, 0, 0)


def test_a_renamed_folder_is_no_loss(settings: Settings) -> None:
    root = settings.archive.path
    for number in range(6):
        write(root, f"posts/n{number}.md", f"Body {number}.", title=f"N{number}", date="2020-01-01")
    reindex(settings)
    (root / "posts").rename(root / "articles")
    (root / "articles/n5.md").unlink()
    assert changes(reindex(settings)) == (5, 0, 6, 0)
    with open_archive(index=settings.index.path) as archive:
        assert archive.article("articles/n0.md").title == "N0"
        assert archive.search("").total == 5


def test_what_is_renamed_and_rewritten_is_a_loss(settings: Settings) -> None:
    root = settings.archive.path
    for number in range(6):
        write(root, f"posts/n{number}.md", f"Body {number}.", title=f"N{number}", date="2020-01-01")
    reindex(settings)
    shutil.rmtree(root / "posts")
    for number in range(6):
        write(root, f"articles/n{number}.md", f"Text {number}.", title=f"N{number}", date="2020-01-01")
    with pytest.raises(ArchiveError, match=r"6 of 6 articles would vanish.*--allow-loss"):
        reindex(settings)
    assert len(titles(settings)) == 6


def test_a_manifest_with_other_columns_is_made_anew(settings: Settings) -> None:
    old_file(settings, "a.md", "alpha")
    reindex(settings)
    folder = settings.index.path
    path = folder / "manifest-1.arrays"
    path.write_bytes(path.read_bytes().replace(b'"inode"', b'"xnode"'))
    report = reindex(load_settings(archive=settings.archive.path, index=folder))
    assert (report.read, report.articles, bool(report.rebuilt)) == (1, 1, True)
