"""What a run has to do: which files to read, and whether the archive is the one that is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.archive import Rejection, SourceFile, discover
from indexer.build.manifest import FileEntry, Manifest
from indexer.build.resolve import Resolution
from indexer.config import Settings
from indexer.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Plan:
    """The files of the archive as they are now, and those of them that must be read."""

    root: Path
    files: tuple[SourceFile, ...]
    to_read: tuple[SourceFile, ...]
    kept: Mapping[str, FileEntry]  # entries of files that look unchanged
    unreadable: tuple[Rejection, ...]  # folders without permission, names that are no text
    not_followed: tuple[Rejection, ...]  # links that lead out of the archive

    def __str__(self) -> str:
        return f"{self.root}: {len(self.files)} files, {len(self.to_read)} to read"


def make_plan(settings: Settings, previous: Manifest | None, *, new_archive: bool, allow_loss: bool) -> Plan:
    """Compare the archive with what the index has read of it; `previous` None reads everything.

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
            cure="Choose another --index, or say --new-archive to replace it.",
        )
    found = discover(root)
    if not found.files and not allow_loss:
        raise ArchiveError(
            "the archive has no .md, .markdown, .yaml or .yml file",
            where=str(root),
            cure="Check the folder, or say --allow-loss to index it as it is.",
        )
    old = previous.files if previous else {}
    kept = {s.path: old[s.path] for s in found.files if s.path in old and old[s.path].matches(s)}
    to_read = tuple(s for s in found.files if s.path not in kept)
    return Plan(root, tuple(found.files), to_read, kept, found.rejected, found.not_followed)


def refuse_loss(old: Resolution, new: Resolution, root: Path) -> None:
    """Raise ArchiveError where more than half of the articles would vanish."""
    vanished = sum(1 for i in old.winners if i not in new.winners)
    if vanished * 2 > len(old.winners):
        raise ArchiveError(
            f"{vanished} of {len(old.winners)} articles would vanish from the index",
            where=str(root),
            cure="Check that the whole archive is there, or say --allow-loss if it is meant.",
        )
