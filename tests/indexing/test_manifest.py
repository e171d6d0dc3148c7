"""The manifest's file: what it keeps, how damage in it is told and mended, what becomes of older ones."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from indexer import Settings, check_index, open_archive, reindex
from indexer.archive import discover
from indexer.codec.layout import Array
from indexer.codec.sections import open_file
from indexer.errors import IndexDamagedError
from indexer.index.generation import load_header
from indexer.indexing import manifest as manifests
from indexer.indexing.entry import FileEntry
from indexer.indexing.file_table import FileTable
from indexer.indexing.manifest import Manifest, load_manifest, manifest_path, read_through, save_manifest
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
    (settings.archive.path / "broken.md").write_text("---\ntitle: a: b\n---\n")
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
    given_settings = settings_for(folder)
    write(given_settings.archive.path, "a.md", title="A", excerpt="x")
    reindex(given_settings)
    header = load_header(given_settings.index.path, 1)
    saved = save_manifest(folder, Manifest(header, FileTable.of(files.values())).numbered(7, {}))
    loaded = load_manifest(folder, 7)
    read_through(loaded.files)
    assert list(loaded.files) == list(files.values())
    assert loaded.header == saved.header
    assert loaded.header.files == {"manifest-7.arrays": manifest_path(folder, 7).stat().st_size}


def test_a_byte_altered_in_any_section_is_told_by_file_and_section_and_mended(settings: Settings) -> None:
    path = path_of(settings)
    whole = path.read_bytes()
    sections = [entry for entry in open_file(str(path)).table.sections if entry.size]
    assert {entry.name for entry in sections} >= {
        "path",
        "size",
        "distinct/aliases",
        "nested/refs",
        "extra/json",
    }
    for entry in sections:
        at = entry.offset + entry.size // 2
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        (told,) = check_index(settings).damaged
        assert f"{path.name}, section {entry.name})" in told
        assert "backfile index --full" in told
        with open_archive(index=settings.index.path) as archive:
            assert archive.search("story").total == 3  # a search does not need it
    for entry in sections:  # the next run that needs it builds anew
        path = path_of(settings)
        whole = path.read_bytes()
        at = next(e.offset for e in open_file(str(path)).table.sections if e.name == entry.name)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        write(settings.archive.path, "0.md", title=f"Story of {entry.name}", url="https://a.example/0")
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
    files = load_manifest(settings.index.path, 1).files
    columns = {key: np.array(column) for key, column in files.columns.items()} | {name: values}
    save_manifest(settings.index.path, Manifest(load_header(settings.index.path, 1), FileTable(columns)))
    with pytest.raises(IndexDamagedError, match=f"manifest-1.arrays, section {name}"):
        read_through(load_manifest(settings.index.path, 1).files)
    assert any(name in told for told in check_index(settings).damaged)


def test_a_file_that_is_no_manifest_is_refused(settings: Settings) -> None:
    (segment,) = settings.index.path.glob("MAIN_*.arrays")
    path_of(settings).write_bytes(segment.read_bytes())
    with pytest.raises(IndexDamagedError, match="no manifest"):
        load_manifest(settings.index.path, 1)


def test_a_run_that_finds_nothing_new_touches_paths_sizes_and_times_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    real = manifests._Columns._read

    def reading(self: manifests._Columns, name: str) -> Array:
        asked.add(name)
        return real(self, name)

    monkeypatch.setattr(manifests._Columns, "_read", reading)
    assert reindex(settings).read == 0
    assert asked == {"path", "path/starts", "size", "mtime"}


def test_an_index_of_the_format_before_serves_is_rebuilt_and_its_manifest_goes(settings: Settings) -> None:
    folder = settings.index.path
    path_of(settings).unlink()
    (folder / "manifest-1.json").write_text("[]")
    header = folder / "generation-1.json"
    data = json.loads(header.read_text())
    data["files"] = {name: size for name, size in data["files"].items() if not name.startswith("manifest")}
    parts = data["made_with"].split("-")
    data["made_with"] = "-".join(parts[:4] + parts[5:])
    header.write_text(json.dumps(data))
    with open_archive(index=folder) as archive:
        assert archive.search("story").total == 3
    report = reindex(settings)
    assert (report.read, report.rebuilt) == (4, "the version or the settings changed")
    assert [p.name for p in folder.glob("manifest-*")] == ["manifest-2.arrays"]
    assert check_index(settings).damaged == ()


def test_names_that_are_not_utf8_are_kept_in_their_place(settings: Settings) -> None:
    root = settings.archive.path
    for name in (b"0\xff.md", b"zz\xff.md"):
        (root / os.fsdecode(name)).write_text("x")
    assert reindex(settings).rejected == 3
    again = reindex(settings)
    assert (again.read, again.unchanged) == (0, 4)
    generation = 2
    paths = [entry.path for entry in load_manifest(settings.index.path, generation).files]
    assert paths == sorted([f.path for f in discover(root).files] + [r"0\xff.md", r"zz\xff.md"])
    (root / os.fsdecode(b"0\xff.md")).unlink()
    assert reindex(settings).rejected == 2
