"""Writes one generation: documents out, documents in, and one rename that makes it current.

What is in a segment stays as it is: a document that goes is marked in a small file beside it. Small
segments, and those in which much is marked, are merged into one as they come.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from whoosh.filedb.filestore import FileStorage

from indexer.build.manifest import Manifest, drop_manifest, drop_other_manifests, save_manifest
from indexer.build.segment import MOST_TOKENS, SegmentBuilder
from indexer.codec import ArraySegment, merge_segments
from indexer.schema import build_schema
from indexer.toc import INDEX_NAME, latest_generation, read_toc, toc_path, write_toc

_SMALL_SEGMENT = 1_000  # documents
_MOST_DELETED = 0.02  # of a segment: its statistics count deleted documents until it is merged
_MOST_SEGMENTS = 8


class GenerationWriter:
    """Collects the changes of one run. Call `delete`, then `add`, then `commit`; leaving the block
    without a commit leaves the index as it was. Needs the write lock."""

    def __init__(self, folder: Path, *, rebuild: bool) -> None:
        self._folder = folder
        self._storage = FileStorage(str(folder))
        self._schema = build_schema()
        self._previous = latest_generation(folder)
        self._generation = max(self._previous, 0) + 1
        self._segments: list[ArraySegment] = []
        if not rebuild and self._previous >= 0:
            self._segments = list(read_toc(folder, self._previous).segments)
        self._builder = SegmentBuilder(self._schema)
        self._committed = False

    def delete(self, ids: Iterable[str]) -> None:
        """Take the articles with these ids out."""
        keys = [key.encode() for key in ids]
        for segment in self._segments:
            arrays = segment.open_arrays(self._storage)
            found = [docs for key in keys if len(docs := arrays.postings("id", key)[0])]
            if found:
                segment.delete_documents(np.concatenate(found))

    def add(self, document: dict[str, Any]) -> None:
        """Put a document in."""
        self._builder.add(document)
        if self._builder.tokens >= MOST_TOKENS:
            self._flush()

    def commit(self, manifest: Manifest) -> Manifest:
        """Make the changes current, with `manifest` as the new generation's; return it numbered.

        All that the generation is made of is on the disk, its manifest too, before the rename that
        makes it current; what only the last one needs goes after it.
        """
        self._flush()
        self._merge()
        for segment in self._segments:
            segment.save_deletions()
        names = sorted(name for segment in self._segments for name in segment.file_names())
        sizes = {name: (self._folder / name).stat().st_size for name in names}
        manifest = manifest.numbered(self._generation, sizes)
        manifest = save_manifest(self._folder, manifest)
        write_toc(self._folder, self._schema, self._segments, self._generation)
        self._committed = True
        _clean(self._folder, self._generation, names)
        return manifest

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Where the rename came before what interrupted us, the generation is current.
        if not self._committed and latest_generation(self._folder) < self._generation:
            drop_manifest(self._folder, self._generation)
            self._remove_leftovers()

    def _remove_leftovers(self) -> None:
        """Remove what this run wrote, unless it cannot be told from what the current generation needs:
        an index of an earlier version stays whole, and the next commit cleans up."""
        names: list[str] = []
        if self._previous >= 0:
            try:
                current = read_toc(self._folder, self._previous).segments
            except Exception:  # a table of contents that is altered, or another version's, fails in any way
                return
            names = [name for segment in current for name in segment.file_names()]
        _clean(self._folder, self._previous, names)

    def _flush(self) -> None:
        if len(self._builder):
            self._segments.append(self._builder.write(self._folder))
            self._builder = SegmentBuilder(self._schema)

    def _merge(self) -> None:
        """Merge small segments, those in which much is deleted, and the smallest of too many."""
        merging = [segment for segment in self._segments if _asks_for_merging(segment)]
        rest = [segment for segment in self._segments if not _asks_for_merging(segment)]
        if len(rest) >= _MOST_SEGMENTS:
            rest.sort(key=lambda segment: -segment.doc_count_all())
            merging += rest[_MOST_SEGMENTS // 2 :]
            del rest[_MOST_SEGMENTS // 2 :]
        if len(merging) > 1 or any(segment.deleted_count() for segment in merging):
            arrays = [segment.open_arrays(self._storage) for segment in merging]
            merged = ArraySegment(INDEX_NAME)
            merged.set_doc_count(merge_segments(self._folder / merged.file_name(), arrays))
            merging = [merged] if merged.doc_count_all() else []
        self._segments = rest + merging


def _asks_for_merging(segment: ArraySegment) -> bool:
    deleted, count = segment.deleted_count(), segment.doc_count_all()
    return bool(count <= _SMALL_SEGMENT or (deleted and deleted >= count * _MOST_DELETED))


def _clean(folder: Path, generation: int, names: Iterable[str]) -> None:
    """Remove what `generation` does not need: an older one's files, and what a killed run left."""
    keep = {toc_path(folder, generation).name, *names}
    for path in folder.iterdir():
        if path.name.startswith((f"{INDEX_NAME}_", f"_{INDEX_NAME}_")) and path.name not in keep:
            path.unlink(missing_ok=True)
    drop_other_manifests(folder, generation)
