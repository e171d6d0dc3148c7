"""An archive's folder -> its files, in stable order, each as a stat saw it. Nothing is opened."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from indexer.archive.records import Rejection, SourceFile
from indexer.errors import ArchiveError

YAML_ENDINGS = (".yaml", ".yml")
ENDINGS = (".md", ".markdown", *YAML_ENDINGS)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a folder holds, each in the order of its paths.

    `rejected` is what should be read and cannot be: a folder without permission, a name that is
    no UTF-8 (shown with `\\xNN`; paths are kept as JSON text). `not_followed` are symbolic links
    that lead out of the archive, to a folder or nowhere: no fault, but told.
    """

    files: tuple[SourceFile, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    not_followed: tuple[Rejection, ...] = ()


def discover(root: Path) -> Discovery:
    """Return the `.md`, `.markdown`, `.yaml` and `.yml` files under `root`, at any depth.

    Endings in any letter case; names that begin with `_` are like others, names that begin with
    `.` are passed over. A folder is entered only if it is no symbolic link, a linked file is
    taken only if what it leads to is in the archive. Raises ArchiveError where `root` is no
    folder that can be listed.
    """
    try:
        walk = _Walk(root.resolve(strict=True))
        walk.folder("")
    except OSError as error:
        raise ArchiveError(
            f"the archive's folder cannot be read: {error.strerror or error}",
            where=str(root),
            cure="Name an existing folder that you may read.",
        ) from error
    while walk.folders:
        path = walk.folders.pop()
        try:
            walk.folder(path)
        except OSError as error:
            walk.reject(path, f"the folder cannot be read: {error.strerror or error}")
    return Discovery(
        tuple(sorted(walk.files, key=lambda found: found.path)),
        tuple(sorted(walk.rejected, key=lambda found: found.file)),
        tuple(sorted(walk.not_followed, key=lambda found: found.file)),
    )


@dataclass(slots=True)
class _Walk:
    root: Path
    folders: list[str] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    not_followed: list[Rejection] = field(default_factory=list)

    def folder(self, path: str) -> None:
        """List one folder, by its path in the archive; raises OSError."""
        with os.scandir(self.root / path) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    self._entry(entry, f"{path}/{entry.name}" if path else entry.name)

    def reject(self, path: str, reason: str) -> None:
        self.rejected.append(Rejection(_shown(path), reason))

    def _entry(self, entry: os.DirEntry[str], path: str) -> None:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not entry.is_symlink() and not entry.name.lower().endswith(ENDINGS):
            return
        if entry.is_symlink():
            self._link(path, entry.name)
        elif not _is_utf8(entry.name):
            self.reject(path, "its name is not UTF-8; rename it")
        elif is_folder:
            self.folders.append(path)
        else:
            self._file(path)

    def _link(self, path: str, name: str) -> None:
        target = self.root / path
        is_ours = name.lower().endswith(ENDINGS)
        try:
            resolved = target.resolve(strict=True)
            leads_to_folder = resolved.is_dir()
        except (OSError, RuntimeError):  # nowhere, or in a circle
            if is_ours:
                self._pass_over(path, "a symbolic link to nothing that can be read")
            return
        if leads_to_folder:
            self._pass_over(path, "a symbolic link to a folder")
        elif not is_ours:
            return
        elif not resolved.is_relative_to(self.root):
            self._pass_over(path, "a symbolic link out of the archive")
        elif not _is_utf8(path):
            self.reject(path, "its name is not UTF-8; rename it")
        else:
            self._file(path)

    def _pass_over(self, path: str, reason: str) -> None:
        self.not_followed.append(Rejection(_shown(path), f"{reason} is not followed"))

    def _file(self, path: str) -> None:
        try:
            status = (self.root / path).stat()
        except OSError as error:
            self.reject(path, f"it cannot be read: {error.strerror or error}")
            return
        if stat.S_ISREG(status.st_mode):  # a pipe named x.md would wait forever
            self.files.append(SourceFile(path, status.st_size, status.st_mtime_ns))


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:  # os.fsdecode keeps other bytes as half surrogates
        return False
    return True


def _shown(path: str) -> str:
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")
