from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.archive.discover import discover
from indexer.errors import ArchiveError


def write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")


def test_which_files_in_which_order(tmp_path: Path) -> None:
    write(tmp_path, "b.md", "a/z.MD", "a/b/c.Markdown", "_data/t.yaml", "_x.yml", "a.log", "md", "a-b.md")
    write(tmp_path, ".hidden.md", ".git/x.md", "a/.obsidian/y.md")
    (tmp_path / "folder.md").mkdir()
    write(tmp_path, "folder.md/in.md")
    discovery = discover(tmp_path)
    paths = [file.path for file in discovery.files]
    assert paths == [
        "_data/t.yaml",
        "_x.yml",
        "a-b.md",
        "a/b/c.Markdown",
        "a/z.MD",
        "b.md",
        "folder.md/in.md",
    ]
    assert discovery.files[0].size == 4
    status = (tmp_path / "_data/t.yaml").stat()
    assert discovery.files[0][2:] == (status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    assert (discovery.rejected, discovery.not_followed) == ((), ())


def test_links(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    write(root, "real/a.md")
    write(tmp_path, "out/b.md")
    os.symlink("real/a.md", root / "inside.md")
    os.symlink(tmp_path / "out/b.md", root / "outside.md")
    os.symlink(tmp_path / "out", root / "out-folder")
    os.symlink("real", root / "in-folder")
    os.symlink("nothing", root / "dangling.md")
    os.symlink("circle.md", root / "circle.md")
    os.symlink("nothing", root / "dangling.log")
    os.symlink("real/a.md", root / "other.log")
    discovery = discover(root)
    assert [file.path for file in discovery.files] == ["inside.md", "real/a.md"]
    assert [(link.file, link.reason) for link in discovery.not_followed] == [
        ("circle.md", "a symbolic link to nothing that can be read is not followed"),
        ("dangling.md", "a symbolic link to nothing that can be read is not followed"),
        ("in-folder", "a symbolic link to a folder is not followed"),
        ("out-folder", "a symbolic link to a folder is not followed"),
        ("outside.md", "a symbolic link out of the archive is not followed"),
    ]
    assert discovery.rejected == ()


def test_the_archive_itself_may_be_a_link(tmp_path: Path) -> None:
    write(tmp_path, "real/a.md")
    os.symlink("real", tmp_path / "link")
    os.symlink("a.md", tmp_path / "real/b.md")
    assert [file.path for file in discover(tmp_path / "link").files] == ["a.md", "b.md"]


def test_names_that_are_not_utf8_are_told(tmp_path: Path) -> None:
    write(tmp_path, "é.md")
    for name in (b"caf\xe9.md", b"caf\xe9.log"):
        (tmp_path / os.fsdecode(name)).write_text("x")
    folder = tmp_path / os.fsdecode(b"d\xff")
    folder.mkdir()
    (folder / "in.md").write_text("x")
    os.symlink("é.md", tmp_path / os.fsdecode(b"l\xff.md"))
    discovery = discover(tmp_path)
    assert [file.path for file in discovery.files] == ["é.md"]
    assert [(found.file, found.reason) for found in discovery.rejected] == [
        (r"caf\xe9.md", "its name is not UTF-8; rename it"),
        (r"d\xff", "its name is not UTF-8; rename it"),
        (r"l\xff.md", "its name is not UTF-8; rename it"),
    ]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    assert list(discover(tmp_path).files) == []


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.md", "shut/b.md")
    scandir = os.scandir  # (permissions do not stop root, who may run this)

    def refusing(path: Path) -> object:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    discovery = discover(tmp_path)
    assert [file.path for file in discovery.files] == ["a.md"]
    assert [(found.file, found.reason) for found in discovery.rejected] == [
        ("shut", "the folder cannot be read: Permission denied")
    ]


def test_a_root_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    for root in (tmp_path / "missing", tmp_path / "a.md"):
        with pytest.raises(ArchiveError, match=r"archive's folder cannot be read.*Name an existing folder"):
            discover(root)
