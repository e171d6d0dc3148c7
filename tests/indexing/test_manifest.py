"""The manifest's file: what it holds, and what becomes of a damaged one."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from indexer import Settings, check_index, open_archive, reindex
from indexer.archive.discover import discover
from indexer.codec.layout import Array
from indexer.errors import IndexDamagedError
from indexer.index.files import GenerationFile
from indexer.indexing.entry import FileEntry
from indexer.indexing.manifest import FileTable, check_files, load_files, save_files
from tests.archives import drawn, settings_for, write
from tests.indexing.entries import archives


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path)
    nested = [{"title": "Nested", "webUrl": "https://b.example/n", "ampWebUrl": "https://b.example/amp-n"}]
    for n in range(3):
        write(
            settings.archive.path, f"{n}.md", title=f"Story {n}", url=f"https://a.example/{n}", related=nested,
            ampWebUrl=f"https://m.a.example/x{n}", date="2020-01-01",
        )  # fmt: skip
    (settings.archive.path / "broken.md").write_text("---\ntitle: A\ndraft: [\n---\n")
    reindex(settings)
    return settings


def path_of(settings: Settings) -> Path:
    (path,) = settings.index.path.glob("manifest-*.arrays")
    return path


@drawn(30)
@given(files=archives())
def test_what_is_saved_is_loaded(
    files: dict[str, FileEntry], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("manifest")
    save_files(folder, 7, FileTable.of(files.values()))
    loaded = load_files(folder, 7)
    check_files(loaded)
    assert list(loaded) == list(files.values())


def test_a_damaged_manifest_is_reported_and_built_anew(settings: Settings) -> None:
    path = path_of(settings)
    whole = path.read_bytes()
    path.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert check_index(settings).damaged == (
        f"a file of the index was altered ({path}). Run `backfile index --full` to build it anew.",
    )
    with open_archive(index=settings.index.path) as archive:
        assert archive.search("story").total == 3  # a search does not need it
    report = reindex(settings)
    assert (report.read, report.articles, bool(report.rebuilt)) == (4, 4, True)
    assert check_index(settings).damaged == ()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("nested/refs", np.array([0, 0, 9], "<u4")),
        ("path/starts", np.array([0, 9, 8, 7, 30], "<i8")),
        ("mtime", np.array([1], "<i8")),
        ("extra/rows", np.array([77], "<i8")),
        ("own/id", np.zeros(3, "S16")),
    ],
)
def test_columns_that_do_not_belong_together_are_told(settings: Settings, name: str, values: Array) -> None:
    folder = settings.index.path
    columns = {key: np.array(column) for key, column in load_files(folder, 1).columns.items()}
    save_files(folder, 1, FileTable(columns | {name: values}))
    with pytest.raises(IndexDamagedError, match=f"what `{name}` refers to .*manifest-1.arrays"):
        check_files(load_files(folder, 1))
    assert any(name in told for told in check_index(settings).damaged)


def test_a_run_that_finds_nothing_new_touches_paths_sizes_and_times_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    real = GenerationFile.__getitem__

    def reading(self: GenerationFile, name: str) -> Array:
        asked.add(name)
        return real(self, name)

    monkeypatch.setattr(GenerationFile, "__getitem__", reading)
    assert reindex(settings).read == 0
    assert asked == {"path", "path/starts", "size", "mtime", "ctime", "inode", "due"}


def test_names_that_are_not_utf8_are_kept_in_their_place(settings: Settings) -> None:
    root = settings.archive.path
    for name in (b"0\xff.md", b"zz\xff.md"):
        (root / os.fsdecode(name)).write_text("x")
    assert reindex(settings).rejected == 3
    again = reindex(settings)
    assert (again.read, again.unchanged) == (0, 4)
    generation = 2
    paths = [entry.path for entry in load_files(settings.index.path, generation)]
    assert paths == sorted([f.path for f in discover(root).files] + [r"0\xff.md", r"zz\xff.md"])
    (root / os.fsdecode(b"0\xff.md")).unlink()
    assert reindex(settings).rejected == 2
