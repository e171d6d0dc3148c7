"""What changed from generation to generation, against the archives themselves."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Settings, check_index, open_archive, reindex
from indexer.codec.tables import BytesTable
from indexer.index.changes import ID, Change, History, difference, history_in, save_history
from indexer.index.files import CHANGES, generation_path, open_generation_file
from indexer.indexing import history as recording
from indexer.indexing.report import Progress
from indexer.query.arrays.store.snapshot import open_snapshot
from tests.archives import settings_for, write

States = list[dict[str, int]]  # of each generation the articles' contents, by id


def ids(names: Any) -> np.ndarray:
    return np.array(sorted(names), ID)


def change_between(generation: int, old: dict[str, int], new: dict[str, int]) -> Change:
    gone = sorted(set(old) - set(new))
    return Change(
        generation=generation,
        made=1000 + generation,
        added=ids(set(new) - set(old)),
        changed=ids(name for name in new if name in old and old[name] != new[name]),
        removed=ids(gone),
        titles=BytesTable.of(f"{name} at {generation}".encode() for name in gone),
        urls=BytesTable.of(f"https://a.example/{name}".encode() for name in gone),
    )


def history_of(states: States, most_changes: int = 100, most_ids: int = 1000) -> History:
    history = History(1, 1001)
    for generation, (old, new) in enumerate(itertools.pairwise(states), 2):
        history = history.append(change_between(generation, old, new), most_changes, most_ids)
    return history


states = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 2)), min_size=1, max_size=7)


@given(states, st.integers(1, 7))
def test_changes_come_to_the_difference_of_the_archives(drawn: States, since: int) -> None:
    since = min(since, len(drawn))
    old, new = drawn[since - 1], drawn[-1]
    history = history_of(drawn)
    found = difference([change for change in history.changes if change.generation > since])
    names = {
        kind: {name.decode() for name in getattr(found, kind)} for kind in ("added", "changed", "removed")
    }
    assert names["added"] == set(new) - set(old)
    assert names["removed"] == set(old) - set(new)
    assert (
        {name for name in new if name in old and old[name] != new[name]}
        <= names["changed"]
        <= set(old) & set(new)
    )
    last = {
        name: max(g for g, state in enumerate(drawn, 1) if name in state) + 1 for name in names["removed"]
    }
    for row, name in enumerate(found.removed.tolist()):
        assert found.titles[row].decode() == f"{name.decode()} at {last[name.decode()]}"
        assert found.urls[row].decode() == f"https://a.example/{name.decode()}"


@given(states, st.integers(0, 4), st.integers(0, 10))
def test_a_history_keeps_the_last_changes_within_its_bounds(drawn: States, changes: int, most: int) -> None:
    history = history_of(drawn, changes, most)
    assert len(history.changes) <= changes
    assert sum(map(len, history.changes)) <= most
    numbers = [history.first, *(change.generation for change in history.changes)]
    assert numbers == list(range(history.first, len(drawn) + 1))  # none is missing
    assert [history.made(number) for number in numbers] == [1000 + number for number in numbers]


@given(states)
def test_what_is_saved_is_read(tmp_path_factory: pytest.TempPathFactory, drawn: States) -> None:
    folder, history = tmp_path_factory.mktemp("history"), history_of(drawn)
    save_history(folder, len(drawn), history)
    read = history_in(open_generation_file(folder, CHANGES, len(drawn)))
    assert (read.first, read.first_made) == (history.first, history.first_made)
    for one, other in zip(read.changes, history.changes, strict=True):
        assert (one.generation, one.made) == (other.generation, other.made)
        for name in ("added", "changed", "removed", "titles", "urls"):
            assert list(getattr(one, name)) == list(getattr(other, name)), name


def test_the_number_of_a_run_that_failed_was_made_when_the_one_before_it_was() -> None:
    history = History(1, 1001).append(change_between(4, {"a": 1}, {"a": 2}), 9, 9)
    assert [history.made(number) for number in (1, 2, 3, 4)] == [1001, 1001, 1001, 1004]


# Runs


def archive(folder: Path, titles: dict[str, str], **index: Any) -> Settings:
    """An archive of just these articles, by name; a file that stays as it is, is not written again."""
    settings = settings_for(folder, index={"workers": 1, **index})
    for path in settings.archive.path.glob("*.md"):
        if path.stem not in titles:
            path.unlink()
    for name, title in titles.items():
        path = settings.archive.path / f"{name}.md"
        if not path.exists() or title not in path.read_text(encoding="utf-8"):
            write(settings.archive.path, f"{name}.md", title=title, url=f"https://a.example/{name}")
    return settings


def told(settings: Settings, since: int) -> tuple[int, int, list[str]]:
    with open_archive(settings) as opened:
        found = opened.search(since_generation=since).since
        assert found is not None
        assert found.changed_elsewhere == 0  # everything is among the results
        assert found.removed == len(found.departed)
        return found.added, found.changed, [article.title for article in found.departed]


RUNS = [
    {"a": "A0", "b": "B0", "c": "C0", "d": "D0"},
    {"a": "A0", "b": "B1", "c": "C0", "d": "D0"},
    {"a": "A0", "b": "B1", "d": "D0", "e": "E0"},
    {"a": "A1", "b": "B1", "c": "C1", "e": "E0", "d": "D0"},
]


@pytest.mark.parametrize("full", [False, True], ids=["incremental", "full"])
def test_every_generation_knows_what_changed_since_each_before(tmp_path: Path, full: bool) -> None:
    for run in RUNS:
        reindex(archive(tmp_path, run), full=full)
    settings = archive(tmp_path, RUNS[-1])
    assert told(settings, 1) == (1, 3, [])  # e is new; a and b changed, c went and came back
    assert told(settings, 2) == (1, 2, [])
    assert told(settings, 3) == (1, 1, [])
    assert told(settings, 4) == (0, 0, [])
    reindex(archive(tmp_path, {"a": "A1", "f": "F0", "e": "E0"}), full=full, allow_loss=True)
    assert told(settings, 1) == (2, 1, ["B1", "C1", "D0"])
    assert told(settings, 3) == (1, 1, ["B1", "D0"])
    assert check_index(settings).damaged == ()


def test_a_run_that_finds_nothing_new_makes_no_generation(tmp_path: Path) -> None:
    settings = archive(tmp_path, RUNS[0])
    for _ in range(2):
        reindex(settings)
    assert told(settings, 1) == (0, 0, [])


def test_as_many_generations_are_kept_as_the_settings_say(tmp_path: Path) -> None:
    for run in RUNS:
        settings = archive(tmp_path, run, kept_generations=2)
        reindex(settings)
    snapshot = open_snapshot(settings.index.path)
    assert [change.generation for change in snapshot.history.changes] == [3, 4]
    assert snapshot.history.first == 2
    reindex(archive(tmp_path, RUNS[0], kept_generations=0))
    assert open_snapshot(settings.index.path).history.changes == ()
    assert len(list(settings.index.path.glob("changes-*"))) == 1  # those of older generations are gone


def test_changes_of_too_many_articles_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_IDS", 3)
    for run in RUNS[:3]:
        settings = archive(tmp_path, run)
        reindex(settings)
    assert open_snapshot(settings.index.path).history.first == 1
    reindex(archive(tmp_path, {"x": "X", "y": "Y", "z": "Z"}), allow_loss=True)
    assert open_snapshot(settings.index.path).history.first == 4


def test_titles_of_so_many_removed_articles_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_TITLES", 1)
    settings = archive(tmp_path, RUNS[0])
    reindex(settings)
    reindex(archive(tmp_path, {"a": "A0", "b": "B0"}))
    titles = told(settings, 1)[2]
    assert len(titles) == 2
    assert titles.count("") == 1


def test_without_what_was_before_the_history_begins_anew(tmp_path: Path) -> None:
    for run in RUNS[:2]:
        settings = archive(tmp_path, run)
        reindex(settings)
    (settings.index.path / "manifest-2.arrays").write_bytes(b"")
    reindex(archive(tmp_path, RUNS[2]))
    assert open_snapshot(settings.index.path).history.first == 3


def test_a_damaged_history_does_not_stop_a_run(tmp_path: Path) -> None:
    for run in RUNS[:2]:
        settings = archive(tmp_path, run)
        reindex(settings)
    path = generation_path(settings.index.path, CHANGES, 2)
    path.write_bytes(b"x" * path.stat().st_size)
    reindex(archive(tmp_path, RUNS[2]))
    history = open_snapshot(settings.index.path).history
    assert (history.first, len(history.changes)) == (2, 1)


def test_an_interrupted_run_leaves_the_history_as_it_was(tmp_path: Path) -> None:
    settings = archive(tmp_path, RUNS[0])
    reindex(settings)
    reindex(archive(tmp_path, RUNS[1]))

    def interrupt(progress: Progress) -> None:
        if progress.stage == "committing":
            raise KeyboardInterrupt

    archive(tmp_path, RUNS[2])
    with pytest.raises(KeyboardInterrupt):
        reindex(settings, progress=interrupt)
    assert told(settings, 1) == (0, 1, [])
    assert [path.name for path in settings.index.path.glob("changes-*")] == ["changes-2.arrays"]
    reindex(settings)
    assert told(settings, 1) == (1, 1, ["C0"])
