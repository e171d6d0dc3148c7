"""Settings and the last manifest -> what a run has to do: which files it reads, which it knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indexer.archive.discover import ENDINGS, SourceFiles, discover
from indexer.archive.read import content_digest
from indexer.archive.records import Kind, Notice, Rejection
from indexer.archive.site import Site
from indexer.codec.layout import Array
from indexer.config import Settings
from indexer.errors import ArchiveError
from indexer.indexing.entry import Extra, FileEntry
from indexer.indexing.lists import lower_bound, same_rows
from indexer.indexing.manifest import STAT, FileTable, Manifest, combine
from indexer.messages import template

MAX_IGNORED = 1000  # ignored files and folders that are named
_IGNORED = template("left out by archive.ignore")


@dataclass(frozen=True, slots=True)
class Plan:
    """The files of the archive as they are now, and those of them that must be read.

    `previous` is what the index has read; `known` says for each of `files` its row there, -1 where
    it must be read: int64, (files,).
    """

    root: Path
    files: SourceFiles
    to_read: SourceFiles
    previous: FileTable
    known: Array
    unreadable: tuple[FileEntry, ...]  # folders without permission, names that are no text
    left_out: tuple[Notice, ...]  # links that lead out of the archive, and what is ignored
    ignored: int  # files that are

    def __str__(self) -> str:
        return f"{self.root}: {len(self.files)} files, {len(self.to_read)} to read"

    def reading_all(self) -> Plan:
        """Return the plan by which every file is read, whatever is known of it."""
        return replace(self, to_read=self.files, known=np.full(len(self.files), -1, np.int64))

    @property
    def paths(self) -> list[str]:
        """The paths of all files, those that cannot be read among them."""
        return [*map(bytes.decode, self.files.paths), *(entry.path for entry in self.unreadable)]

    def saying(self, site: Site, before: Site) -> Plan:
        """Return the plan where the paths of all files say this of the site, and said another thing `before`:
        what they say of a file may have changed, though the file is the same."""
        if site == before:
            return self
        known = self.known.copy()
        for number in np.flatnonzero(known >= 0).tolist():
            path = self.files[number].path
            if site.said_of(path) != before.said_of(path):
                known[number] = -1
        return replace(self, to_read=self.files.take(np.flatnonzero(known < 0)), known=known)

    def changes_nothing(self) -> bool:
        """Whether the files are just those that the index has read, with the same contents."""
        if len(self.to_read) or len(self.known) + len(self.unreadable) != len(self.previous):
            return False
        rows = (self.previous.row_of(entry.path) for entry in self.unreadable)
        return all(
            row is not None and self.previous.entry(row) == entry
            for row, entry in zip(rows, self.unreadable, strict=True)
        )

    def merge(self, read: FileTable) -> FileTable:
        """Return all files in the order of their paths: `read`, which are `to_read` in its order, and
        those that the index knew."""
        rows = self.known.copy()
        rows[rows < 0] = len(self.previous) + np.arange(len(read))
        paths = self.files.paths
        for nth in reversed(range(len(self.unreadable))):  # few, in the order of their paths
            key = self.unreadable[nth].path.encode("utf-8", "surrogatepass")
            at, number = lower_bound(paths, key), len(self.previous) + len(read) + nth
            if at < len(paths) and paths[at] == key:
                rows[at] = number
            else:
                rows = np.insert(rows, at, number)
        return combine([self._restated(), read, FileTable.of(self.unreadable)], rows)

    def _restated(self) -> FileTable:
        """Return `previous` with what a stat says of the known files now: their contents are the same."""
        columns = dict(self.previous.columns)
        mine = np.flatnonzero(self.known >= 0)
        for name, values in zip(STAT, self.files.stats[mine].T, strict=True):
            columns[name] = columns[name].copy()
            columns[name][self.known[mine]] = values
        return FileTable(columns)


def make_plan(  # noqa: PLR0913 - a keyword for each thing that a run may be told
    settings: Settings,
    previous: Manifest | None,
    *,
    new_archive: bool = False,
    allow_loss: bool = False,
    verify: bool = False,
    now: datetime | None = None,
) -> Plan:
    """Compare the archive with what the index has read of it; `previous` None reads everything. With
    `verify` all contents are compared, whatever a stat says. Files are read again that are due at `now`,
    the present moment if not given.

    Raises ArchiveError where the folder is missing, empty, or not the one that the index is of.
    """
    root = settings.archive.path
    if not root.is_dir():
        what = "the archive is not a folder" if root.exists() else "there is no such archive folder"
        raise ArchiveError(what, where=str(root), cure="Name the folder: `backfile index ARCHIVE`.")
    root = root.resolve()
    if previous and previous.header.archive != str(root) and not new_archive:
        raise ArchiveError(
            f"the index is of another archive, {previous.header.archive}",
            where=str(root),
            cure="Choose another --index, or add --new-archive to replace it.",
        )
    found = discover(root, settings.archive.ignore)
    if not found.files and not allow_loss:
        raise ArchiveError(
            f"the archive has no file that can be read ({' '.join(ENDINGS)})",
            where=str(root),
            cure="Check the folder, or add --allow-loss to index it as it is.",
        )
    table = previous.files if previous else FileTable.of(())
    compare = _Comparison(root, settings.archive.max_file_bytes, verify)
    known = compare.known(found.files, table)
    same = np.flatnonzero(known >= 0)
    known[same[table.columns["due"][known[same]] <= (now or datetime.now(UTC)).timestamp()]] = -1
    missing = np.flatnonzero(known < 0)
    return Plan(
        root=root,
        files=found.files,
        to_read=found.files if len(missing) == len(known) else found.files.take(missing),
        previous=table,
        known=known,
        unreadable=_entries_of(found.rejected),
        left_out=(
            *(Notice(link.file, "not_followed", link.reason) for link in found.not_followed),
            *(Notice(path, "ignored", _IGNORED) for path in found.ignored[:MAX_IGNORED]),
        ),
        ignored=sum(not path.endswith("/") for path in found.ignored),
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Tells which files are as they were when they were read, as git does: where size, times and inode
    are, a file is; where another of them differs than the size, its contents say."""

    root: Path
    max_file_bytes: int
    verify: bool  # whether the contents say in any case

    def known(self, files: SourceFiles, table: FileTable) -> Array:
        """Return for each file the row of `table` in which it is as it is now; else -1."""
        known = np.full(len(files), -1, np.int64)
        mine, rows = same_rows(files.paths, table.paths)
        before = np.stack([table.columns[name][rows] for name in STAT], axis=1)
        same = files.stats[mine] == before
        untouched = np.zeros(len(mine), np.bool_) if self.verify else same.all(axis=1)
        for at in np.flatnonzero(same[:, 0] & ~untouched).tolist():
            content = int(table.columns["content"][rows[at]])
            path = files[mine[at]].path
            untouched[at] = content == content_digest(self.root, path, self.max_file_bytes) != 0
        known[mine[untouched]] = rows[untouched]
        return known


def _entries_of(rejected: Iterable[Rejection]) -> tuple[FileEntry, ...]:
    """Return the manifest's lines for what was never opened, each path once, in order."""
    by_path = {r.file: FileEntry(r.file, 0, 0, Kind.REJECTED, extra=Extra(rejection=r)) for r in rejected}
    return tuple(by_path[path] for path in sorted(by_path))


def refuse_loss(vanished: int, of: int, root: Path) -> None:
    """Raise ArchiveError where more than half `of` the articles would vanish."""
    if vanished * 2 > of:
        raise ArchiveError(
            f"{vanished} of {of} articles would vanish from the index",
            where=str(root),
            cure="Check that the whole archive is there, or add --allow-loss if that is intended.",
        )
