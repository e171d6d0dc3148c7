"""Following a folder: real files, real changes, and limits that only a broken watch reaches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.config_file import load_settings
from indexer.indexing import watch

LIMIT = 60.0  # seconds: far more than any machine needs


class Following:
    """A folder that is followed in a thread; `runs` counts, and `fails` says whether they fail."""

    def __init__(self, root: Path, index: Path) -> None:
        self.runs = 0
        self.fails = False
        self._ended = threading.Event()
        settings = load_settings(archive=root, index=index)
        self._thread = threading.Thread(
            target=watch.follow, args=(settings, self._run, self._ended.is_set), daemon=True
        )
        self._thread.start()

    def _run(self) -> bool:
        self.runs += 1
        return not self.fails

    def reaches(self, runs: int, change: Callable[[], object] = lambda: None) -> None:
        """Make a change, and wait until there were so many runs."""
        change()
        until = time.monotonic() + LIMIT
        while self.runs < runs:
            assert time.monotonic() < until, f"{self.runs} runs"
            time.sleep(0.02)

    def end(self) -> None:
        self._ended.set()
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    (root / "sub").mkdir(parents=True)
    (root / "a.md").write_text("one")
    return root


@pytest.fixture
def following(folder: Path) -> Iterator[Following]:
    found = Following(folder, folder / "index")
    found.reaches(1)
    yield found
    found.end()


def test_each_quiet_second_after_a_change_there_is_a_run(folder: Path, following: Following) -> None:
    following.reaches(2, lambda: (folder / "a.md").write_text("two"))
    following.reaches(3, lambda: (folder / "sub/b.md").write_text("new"))
    following.reaches(4, (folder / "a.md").unlink)


def test_files_of_a_new_folder_are_followed(folder: Path, following: Following) -> None:
    (folder / "deep/er").mkdir(parents=True)
    following.reaches(2)
    following.reaches(3, lambda: (folder / "deep/er/c.md").write_text("new"))


def test_the_configuration_of_the_site_is_followed_above_the_folder(
    folder: Path, following: Following
) -> None:
    above = folder.parent / "hugo.toml"
    following.reaches(2, lambda: above.write_text('baseURL = "https://post.example/"'))
    (folder.parent / "notes.txt").write_text("of no site")
    aside = folder.parent / "hugo.toml~"
    aside.write_text('baseURL = "https://town.example/"')
    following.reaches(3, lambda: aside.rename(above))
    following.reaches(4, above.unlink)


def test_hidden_files_and_the_index_are_no_changes(folder: Path, following: Following) -> None:
    (folder / "index").mkdir()
    following.reaches(1)
    (folder / "index/_MAIN_1.toc").write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git/HEAD").write_text("x")
    (folder / ".a.md.swp").write_text("x")
    time.sleep(watch.QUIET + 1)
    assert following.runs == 1
    following.reaches(2, lambda: (folder / "a.md").write_text("two"))


def test_a_folder_that_goes_and_comes_back_is_followed_again(folder: Path, following: Following) -> None:
    aside = folder.with_name("aside")
    following.reaches(2, lambda: folder.rename(aside))
    following.reaches(3, lambda: aside.rename(folder))
    following.reaches(4, lambda: (folder / "a.md").write_text("two"))


def test_a_run_that_failed_is_tried_again(
    folder: Path, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "RETRY", 0.2)
    following.fails = True
    following.reaches(4, lambda: (folder / "a.md").write_text("two"))


def test_where_it_is_never_quiet_there_is_a_run_all_the_same(
    folder: Path, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "QUIET", LIMIT * 2)
    monkeypatch.setattr(watch, "MAX_WAIT", 0.5)
    following.reaches(2, lambda: (folder / "a.md").write_text("two"))


def test_where_the_system_tells_nothing_the_files_are_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, asked = watch._changes_of, []

    def refusing(root: Path, index: Path, *, polls: bool) -> Iterator[bool]:
        asked.append(polls)
        if not polls:
            raise OSError(28, "the limit of watches is reached")
        return real(root, index, polls=True)

    monkeypatch.setattr(watch, "_changes_of", refusing)
    monkeypatch.setattr(watch, "_POLL", 100)
    found = Following(folder, folder / "index")
    found.reaches(1)
    while len(asked) < 2:
        time.sleep(0.02)
    following = found.runs
    found.reaches(following + 1, lambda: (folder / "c.md").write_text("new"))
    found.end()
    assert asked == [False, True]
