"""Writes one generation: documents out, documents in, and one rename that makes it current.

Stock Whoosh's writer does the work; what it lacks is that the manifest becomes current by the same
rename, and that a rebuild takes the schema of this version whatever the old index had.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from whoosh.query import Or, Term
from whoosh.reading import SegmentReader
from whoosh.writing import CLEAR, MERGE_SMALL, SegmentWriter

from indexer.build.manifest import Manifest, drop_manifest, drop_other_manifests, save_manifest
from indexer.codec import ArrayCodec
from indexer.schema import build_schema
from indexer.toc import INDEX_NAME, ArchiveIndex, latest_generation, read_toc, sync_file, toc_path, write_toc

_DELETE_BATCH = 500
_SMALL_SEGMENT = 1_000  # documents
_MOST_DELETED = 0.02  # of a segment


class _TiedWriter(SegmentWriter):  # type: ignore[misc]
    """A segment writer with a commit of our own: all that a generation is made of is on the disk, its
    manifest too, before the rename that makes it current."""

    folder: Path
    manifest: Manifest

    def _commit_toc(self, segments: list[Any]) -> None:
        self.manifest = self.manifest.numbered(self.generation, self._sizes(segments))
        for name in self.manifest.header.files:
            sync_file(self.folder / name)
        save_manifest(self.folder, self.manifest)
        write_toc(self.folder, self.schema, segments, self.generation)
        self._clean()
        drop_other_manifests(self.folder, self.generation)

    def _sizes(self, segments: list[Any]) -> dict[str, int]:
        """Write the deletions that are not yet in a file; return all files of the generation."""
        for segment in segments:
            segment.save_deletions()
        names = sorted(name for segment in segments for name in segment.file_names())
        return {name: (self.folder / name).stat().st_size for name in names}

    def _clean(self) -> None:
        """Remove what this generation does not need: the last one's files, and what a killed run left."""
        keep = {toc_path(self.folder, self.generation).name, f"{INDEX_NAME}_WRITELOCK"}
        keep |= self.manifest.header.files.keys()
        for path in self.folder.iterdir():
            if path.name.startswith((f"{INDEX_NAME}_", f"_{INDEX_NAME}_")) and path.name not in keep:
                path.unlink(missing_ok=True)


class GenerationWriter:
    """Collects the changes of one run. Call `delete`, then `add`, then `commit`; leaving the block
    without a commit leaves the index as it was. Needs the write lock."""

    def __init__(self, folder: Path, *, rebuild: bool) -> None:
        self._folder = folder
        self._rebuild = rebuild
        generation = latest_generation(folder)
        if generation < 0 or (rebuild and not _readable(folder)):
            # Nothing to keep: an empty table of contents to start from. Without a header of its
            # number it is no index to any reader.
            write_toc(folder, build_schema(), [], generation + 1)
        self._writer = _TiedWriter(ArchiveIndex(folder), codec=ArrayCodec(), timeout=5.0)
        self._writer.folder = folder
        self._open = True

    def delete(self, ids: Iterable[str]) -> None:
        """Take the articles with these ids out."""
        batch = list(ids)
        for start in range(0, len(batch), _DELETE_BATCH):
            self._writer.delete_by_query(Or([Term("id", i) for i in batch[start : start + _DELETE_BATCH]]))

    def add(self, document: dict[str, Any]) -> None:
        """Put a document in."""
        self._writer.add_document(**document)

    def commit(self, manifest: Manifest) -> Manifest:
        """Make the changes current, with `manifest` as the new generation's; return it numbered."""
        self._writer.manifest = manifest
        self._writer.commit(mergetype=CLEAR if self._rebuild else _merge)
        self._open = False
        return self._writer.manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            self._open = False
            generation = self._writer.generation
            with contextlib.suppress(Exception):  # the failure that brought us here is the one to tell
                self._writer.cancel()
            if latest_generation(self._folder) < generation:  # else the rename came first: it is current
                drop_manifest(self._folder, generation)


def _merge(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's policy, after the segments in which much is deleted.

    A deleted document goes on counting in its segment's statistics until that is merged, so a
    small segment is merged at once, and a large one before scores can drift by what a reader
    would notice. Merging is a Python call a posting: a large segment is not merged for a few.
    """
    rest = []
    for segment in segments:
        deleted, count = segment.deleted_count(), segment.doc_count_all()
        if deleted and (count <= _SMALL_SEGMENT or deleted >= count * _MOST_DELETED):
            with contextlib.closing(SegmentReader(writer.storage, writer.schema, segment)) as reader:
                writer.add_reader(reader)
        else:
            rest.append(segment)
    return list(MERGE_SMALL(writer, rest))


def remove_leftovers(folder: Path) -> None:
    """Remove what a run that was killed was working with. Needs the write lock."""
    shutil.rmtree(folder / f"{INDEX_NAME}.tmp", ignore_errors=True)


def _readable(folder: Path) -> bool:
    """Whether the current table of contents can be read at all; a pickle may fail in any way."""
    try:
        read_toc(folder, latest_generation(folder))
    except Exception:
        return False
    return True
