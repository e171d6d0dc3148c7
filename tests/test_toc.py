"""The watch over an index's folder tells each new generation, and looks no more than it must."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from indexer.index import toc
from indexer.index.toc import GenerationWatch, stamp_of, toc_path


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were listed."""
    found: list[Path] = []
    listed = toc.latest_generation

    def latest(folder: Path) -> int:
        found.append(folder)
        return listed(folder)

    monkeypatch.setattr(toc, "latest_generation", latest)
    monkeypatch.setattr(toc, "_LOOK_EVERY", 0.0)
    return found


def commit(folder: Path, generation: int, age: float) -> None:
    """Make a generation, and the folder look as if that was `age` seconds ago."""
    toc_path(folder, generation).touch()
    moment = time.time_ns() - int(age * 1e9)
    os.utime(folder, ns=(moment, moment))


def test_a_folder_that_did_not_change_is_not_listed_again(tmp_path: Path, looks: list[Path]) -> None:
    commit(tmp_path, 1, age=60)
    watch = GenerationWatch(tmp_path)
    assert [watch.latest().number for _ in range(3)] == [1, 1, 1]
    assert len(looks) == 1
    commit(tmp_path, 2, age=30)
    assert [watch.latest().number for _ in range(3)] == [2, 2, 2]
    assert len(looks) == 2


def test_a_change_of_a_moment_ago_proves_nothing(tmp_path: Path, looks: list[Path]) -> None:
    """Two commits within one tick of the file system's clock leave the same time."""
    commit(tmp_path, 1, age=0.5)
    before = tmp_path.stat().st_mtime_ns
    watch = GenerationWatch(tmp_path)
    assert watch.latest().number == 1
    commit(tmp_path, 2, age=0)
    os.utime(tmp_path, ns=(before, before))
    assert watch.latest().number == 2


def test_a_folder_that_goes_and_comes_back(tmp_path: Path, looks: list[Path]) -> None:
    folder, away = tmp_path / "index", tmp_path / "away"
    folder.mkdir()
    commit(folder, 1, age=60)
    watch = GenerationWatch(folder)
    assert watch.latest().number == 1
    folder.rename(away)
    assert watch.latest().number == -1
    away.rename(folder)
    assert watch.latest().number == 1


def test_a_folder_that_another_takes_the_place_of_is_another_generation(
    tmp_path: Path, looks: list[Path]
) -> None:
    """Even where both are of the same second and their generations have the same number."""
    folder, other = tmp_path / "index", tmp_path / "other"
    for path in (folder, other):
        path.mkdir()
        commit(path, 1, age=60)
    before = folder.stat().st_mtime_ns
    os.utime(other, ns=(before, before))
    watch = GenerationWatch(folder)
    first = watch.latest()
    assert first == stamp_of(folder, 1)
    folder.rename(tmp_path / "away")
    other.rename(folder)
    assert (watch.latest().number, watch.latest() == first) == (1, False)


def test_a_look_is_as_old_as_a_moment_at_most(tmp_path: Path) -> None:
    commit(tmp_path, 1, age=60)
    watch = GenerationWatch(tmp_path)
    assert watch.latest().number == 1
    commit(tmp_path, 2, age=30)
    time.sleep(0.01)
    assert watch.latest().number == 2
