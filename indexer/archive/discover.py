"""An archive's folder -> its files as arrays, in stable order, each as a stat saw it. Nothing is opened."""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from indexer.archive.ignore import Ignored
from indexer.archive.records import Rejection, SourceFile
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.errors import ArchiveError

ENDINGS = (".md", ".markdown", ".mdx", ".txt", ".html", ".htm", ".rst", ".yaml", ".yml", ".json", ".toml")
_LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True, eq=False)
class SourceFiles:
    """Files in the order of their paths; one that is looked at becomes a `SourceFile`.

    `paths` are in UTF-8; `stats` are int64, (files, 4): size (bytes), time of change of the content and
    of the file (nanoseconds), inode.
    """

    paths: BytesTable
    stats: Array

    def __len__(self) -> int:
        return len(self.stats)

    def __getitem__(self, row: int) -> SourceFile:
        return SourceFile(self.paths[row].decode(), *self.stats[row].tolist())

    def __iter__(self) -> Iterator[SourceFile]:
        return map(self.__getitem__, range(len(self)))

    def take(self, rows: Array) -> SourceFiles:
        """Return the files with these numbers, in this order."""
        return SourceFiles(self.paths.take(rows), self.stats[rows])


class SourceFilesBuilder:
    """Gathers files."""

    def __init__(self) -> None:
        self._starts = array("q", (0,))
        self._data = bytearray()
        self._stats = array("q")

    def append(self, path: str, status: os.stat_result) -> None:
        """Add a file, which must follow those before it in the order of paths."""
        self._data += path.encode()
        self._starts.append(len(self._data))
        inode = status.st_ino & _LARGEST  # Windows has larger ones
        self._stats.extend((status.st_size, status.st_mtime_ns, status.st_ctime_ns, inode))

    def build(self) -> SourceFiles:
        """Return the files."""
        starts, stats = (np.frombuffer(numbers, np.int64) for numbers in (self._starts, self._stats))
        paths = BytesTable(starts, np.frombuffer(self._data, np.uint8))
        return SourceFiles(paths, stats.reshape(-1, 4))


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a folder holds, each in the order of its paths.

    `rejected` is what should be read and cannot be: a folder without permission, a name that is
    no UTF-8 (shown with `\\xNN`; paths are kept as JSON text). `not_followed` are symbolic links
    that lead out of the archive, to a folder or nowhere: no fault, but reported. `ignored` are the
    files that a pattern passes over, and the folders, with a slash at their end.
    """

    files: SourceFiles
    rejected: tuple[Rejection, ...] = ()
    not_followed: tuple[Rejection, ...] = ()
    ignored: tuple[str, ...] = ()


def discover(root: Path, ignore: Iterable[str] = ()) -> Discovery:
    """Return the files under `root` that have one of ENDINGS, at any depth.

    Endings in any letter case; names that begin with `_` are like others, names that begin with
    `.` are passed over, and so is what a pattern of `ignore` matches, as in a .gitignore. A folder is
    entered only if it is no symbolic link, a linked file is taken only if what it leads to is in the
    archive. Raises ArchiveError where `root` is no folder that can be listed, ConfigError for a pattern
    that is none.
    """
    ignored = Ignored(ignore)
    try:
        walk = _Walk(root.resolve(strict=True), ignored)
        walk.folder("")
    except OSError as error:
        raise ArchiveError(
            f"the archive's folder cannot be read: {error.strerror or error}",
            where=str(root),
            cure="Name an existing folder that you may read.",
        ) from error
    while walk.open:
        walk.step()
    return Discovery(
        walk.files.build(),
        tuple(sorted(walk.rejected, key=lambda found: found.file)),
        tuple(sorted(walk.not_followed, key=lambda found: found.file)),
        tuple(sorted(walk.passed)),
    )


@dataclass(slots=True)
class _Walk:
    """Lists folder by folder, in the order of paths: a folder stands among its siblings as `name/`,
    which is how the paths of what is in it go on."""

    root: Path
    ignored: Ignored
    open: list[list[str]] = field(default_factory=list)  # paths to come, last first; folders end in /
    files: SourceFilesBuilder = field(default_factory=SourceFilesBuilder)
    rejected: list[Rejection] = field(default_factory=list)
    not_followed: list[Rejection] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)

    def folder(self, prefix: str) -> None:
        """List one folder, by its path in the archive with the / at its end; raises OSError."""
        found: list[str] = []
        with os.scandir(self.root / prefix) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("."):
                    continue
                if name.lower().endswith(ENDINGS) and entry.is_file(follow_symlinks=False):
                    if name.isascii() or self._is_shown(prefix, name):
                        found.append(prefix + name)
                elif entry.is_symlink():
                    if self._follows(prefix + name, name):
                        found.append(prefix + name)
                elif entry.is_dir(follow_symlinks=False) and self._is_shown(prefix, name):
                    found.append(f"{prefix}{name}/")
        kept = [path for path in found if path not in self.ignored]
        if len(kept) < len(found):
            self.passed += set(found) - set(kept)
        kept.sort(reverse=True)
        self.open.append(kept)

    def step(self) -> None:
        """Take the files that come next, up to a folder, and list that."""
        pending = self.open[-1]
        paths: list[str] = []
        while pending and not pending[-1].endswith("/"):
            paths.append(pending.pop())
        self._stat(paths)
        if not pending:
            self.open.pop()
            return
        path = pending.pop()
        try:
            self.folder(path)
        except OSError as error:
            self._reject(path[:-1], f"the folder cannot be read: {error.strerror or error}")

    def _stat(self, paths: list[str]) -> None:
        """Add these files: the only work that a run has with a file that has not changed."""
        root, status_of, is_file = f"{self.root}/", os.stat, stat.S_ISREG
        for path in paths:
            try:
                status = status_of(root + path)
            except OSError as error:
                self._reject(path, f"it cannot be read: {error.strerror or error}")
                continue
            if is_file(status.st_mode):  # a pipe named x.md would wait forever
                self.files.append(path, status)

    def _follows(self, path: str, name: str) -> bool:
        """Whether the symbolic link at `path` stands for a file of the archive; tell why, if not."""
        is_ours = name.lower().endswith(ENDINGS)
        try:
            resolved = (self.root / path).resolve(strict=True)
            leads_to_folder = resolved.is_dir()
        except (OSError, RuntimeError):  # nowhere, or in a circle
            if is_ours:
                self._pass_over(path, "a symbolic link to nothing that can be read")
            return False
        if leads_to_folder:
            self._pass_over(path, "a symbolic link to a folder")
            return False
        if not is_ours:
            return False
        if not resolved.is_relative_to(self.root):
            self._pass_over(path, "a symbolic link out of the archive")
            return False
        return self._is_shown("", path)

    def _is_shown(self, prefix: str, name: str) -> bool:
        """Whether `name` is UTF-8; reject it, if not."""
        if _is_utf8(name):
            return True
        self._reject(prefix + name, "its name is not UTF-8; rename it")
        return False

    def _reject(self, path: str, reason: str) -> None:
        self.rejected.append(Rejection(_shown(path), reason))

    def _pass_over(self, path: str, reason: str) -> None:
        self.not_followed.append(Rejection(_shown(path), f"{reason} is not followed"))


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:  # os.fsdecode keeps other bytes as half surrogates
        return False
    return True


def _shown(path: str) -> str:
    return os.fsencode(path).decode("utf-8", errors="backslashreplace")
