"""However an archive is cut into shards, and by however many processes, the index is the same."""

from __future__ import annotations

import dataclasses
import multiprocessing
import pickle
import shutil
from pathlib import Path

import pytest

from indexer import Settings, check_index, open_archive, reindex
from indexer.archive.discover import discover
from indexer.archive.records import SourceFile
from indexer.errors import BuildError
from indexer.indexing import Progress, shards, worker, writer
from indexer.indexing.shards import FilesToRead, Job, ShardMaker, Task, chunks_of
from tests.archives import settings_for, write
from tests.indexing.test_history import contents

NESTED = [{"title": "Nested", "webUrl": "https://b.example/n", "excerpt": "An eclipse."}]


def with_index(settings: Settings, **changes: int) -> Settings:
    return dataclasses.replace(settings, index=dataclasses.replace(settings.index, **changes))


def an_archive(settings: Settings, files: int = 40) -> None:
    """Copies, articles with two dates, nested ones, withdrawn and broken files."""
    for n in range(files):
        folder = "archive/" if n % 5 == 0 else ""
        number = n // 2 if n % 3 == 0 else n
        related = [
            {"title": f"Nested {n % 7}", "webUrl": f"https://b.example/{n % 7}", "excerpt": "Eclipse."}
        ]
        write(
            settings.archive.path, f"{folder}{number}-{n % 2}.md", title=f"Harbour story {n}", excerpt="the ferry " * n,
            url=f"https://a.example/{number}", date=f"2020-01-{n % 28 + 1:02}", topics=[f"Topic {n % 4}"],
            related=related, removed=n % 11 == 0,
        )  # fmt: skip
    (settings.archive.path / "broken.md").write_text("---\ntitle: a: b\n---\n")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.mark.parametrize(("workers", "memory_mb"), [(1, 0), (2, 512), (3, 0)])
def test_shards_and_processes_change_nothing(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, workers: int, memory_mb: int
) -> None:
    an_archive(settings)
    reindex(settings)
    monkeypatch.setattr(worker, "_MIN_FILES", 1)
    monkeypatch.setattr(worker, "_MIN_MEMORY", 0)
    monkeypatch.setattr(writer, "_AT_ONCE", 3)
    monkeypatch.setattr(shards, "_CHUNK", 3)
    other = with_index(settings, workers=workers, memory_mb=memory_mb, path=tmp_path / "other")  # type: ignore[arg-type]
    told: list[Progress] = []
    report = reindex(other, progress=told.append)
    assert contents(other.index.path) == contents(settings.index.path)
    assert check_index(other).to_json() == check_index(settings).to_json()
    assert [p.name for p in other.index.path.iterdir() if p.is_dir()] == []
    reading = [p.done for p in told if p.stage == "reading"]
    assert reading == sorted(reading)
    assert reading[-1] == report.read
    assert len(reading) > 10


@pytest.mark.parametrize("wanted", [None, ((0, "0123456789abcdef"), (2, "fedcba9876543210"))])
def test_a_task_is_sent_whole(wanted: tuple[tuple[int, str], ...] | None) -> None:
    task = Task(7, SourceFile("news/a.md", 5, 9), wanted)
    assert pickle.loads(pickle.dumps(task)) == task


def test_a_process_writes_a_shard_when_it_has_its_share_of_memory(settings: Settings, tmp_path: Path) -> None:
    for n in range(10):
        write(
            settings.archive.path,
            f"{n}.md",
            title=f"Story {n}",
            url=f"https://a.example/{n}",
            excerpt="word " * 2000,
        )
    files = FilesToRead(discover(settings.archive.path).files)
    found = {}
    for memory in (1, 1 << 20, 1 << 30):
        maker = ShardMaker(
            Job(settings.archive.path, settings.archive, "english", tmp_path, memory), str(memory)
        )
        done = [maker.work(files.part(first, last)) for first, last in chunks_of(files)] + [maker.finish()]
        found[memory] = [shard.files.tolist() for part in done for shard in part.shards]
    assert found[1] == [[n] for n in range(10)]
    assert 1 < len(found[1 << 20]) < 10
    assert found[1 << 30] == [list(range(10))]


def test_copies_of_an_article_are_met_together_and_the_loser_is_not_indexed(
    settings: Settings, tmp_path: Path
) -> None:
    for folder in ("posts", "archive"):
        for n in range(3):
            write(
                settings.archive.path,
                f"{folder}/{n}.md",
                title=f"Story {n}",
                url=f"https://a.example/{n}",
                date="2020-01-01",
            )
    files = discover(settings.archive.path).files
    maker = ShardMaker(Job(settings.archive.path, settings.archive, "english", tmp_path, 1 << 30), "a")
    maker.work(FilesToRead(files).part(0, 6))
    (shard,) = maker.finish().shards
    assert [files[int(n)].path for n in shard.files] == ["archive/0.md", "archive/1.md", "archive/2.md"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_changes_between_two_readings_fails_the_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    root = settings.archive.path
    write(root, "old.md", title="Old", url="https://a.example/old")
    reindex(settings)
    write(root, "hub.md", title="Hub", url="https://a.example/h", related=NESTED)
    monkeypatch.setattr(worker, "_MIN_FILES", 1)

    def change(progress: Progress) -> None:
        if progress.stage == "reading" and progress.done == progress.total:
            write(
                root,
                "hub.md",
                title="Hub",
                url="https://a.example/h",
                related=[{**NESTED[0], "title": "Changed"}],
            )

    with pytest.raises(BuildError, match=r"changed while it was being indexed \(hub.md\)"):
        reindex(with_index(settings, workers=workers), full=True, progress=change)
    with open_archive(index=settings.index.path) as archive:
        assert [hit.article.title for hit in archive.search("")] == ["Old"]
    assert not list(settings.index.path.glob("shards-*"))
    assert reindex(settings).articles == 3


@pytest.mark.parametrize("workers", [1, 2])
def test_a_shard_that_cannot_be_written_fails_the_run_with_the_systems_reason(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    an_archive(settings, 4)
    monkeypatch.setattr(worker, "_MIN_FILES", 1)
    monkeypatch.setattr("indexer.indexing.worker.make_folder", lambda index: index / "no such folder")
    with pytest.raises(BuildError, match="No such file or directory"):
        reindex(with_index(settings, workers=workers))


def test_a_fault_of_ours_in_a_process_is_told_with_its_place(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(job: Job, name: str) -> ShardMaker:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(worker, "ShardMaker", fail)
    ours, theirs = multiprocessing.Pipe()
    worker._work(theirs, Job(settings.archive.path, settings.archive, "english", Path(), 1), "own-0")
    found = ours.recv()
    assert isinstance(found, RuntimeError)
    assert "in fail" in str(found)
    assert "ZeroDivisionError: own-0" in str(found)


def test_what_a_killed_run_left_goes_with_the_next(settings: Settings) -> None:
    an_archive(settings, 4)
    reindex(settings)
    left = settings.index.path / "shards-1"
    shutil.copytree(settings.index.path, left)
    write(settings.archive.path, "new.md", title="New", url="https://a.example/new")
    reindex(settings)
    assert not left.exists()
    assert check_index(settings).damaged == ()
    assert shards.make_folder(settings.index.path).is_dir()
    assert len(list(settings.index.path.glob("shards-*"))) == 1
