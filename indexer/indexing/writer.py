"""Writes one generation: documents out, documents in, and one rename that makes it current.

What is in a segment stays as it is: a document that goes is marked in a small file beside it. What
is new comes as shards, and is merged into one segment; `policy` says with which of the others.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from whoosh.filedb.filestore import FileStorage

from indexer.codec import (
    ArraySegment,
    BytesTable,
    FieldData,
    SegmentArrays,
    Supplied,
    invert,
    merge_segments,
    open_segment,
    ordinals_of_postings,
)
from indexer.codec.layout import Array
from indexer.codec.tables import fixed
from indexer.index.changes import changes_path
from indexer.index.phrases import phrases_path
from indexer.index.schema import build_schema
from indexer.index.stories import save_stories
from indexer.index.toc import INDEX_NAME, latest_generation, read_toc, toc_path, write_toc
from indexer.indexing.file_table import ID
from indexer.indexing.history import Made, record
from indexer.indexing.identities import number_identities
from indexer.indexing.manifest import Manifest, drop_manifest, drop_other_manifests, save_manifest
from indexer.indexing.phrases import follow_phrases
from indexer.indexing.policy import Size, to_merge
from indexer.indexing.report import Progress, ProgressHook, silent
from indexer.indexing.resolve import Resolution
from indexer.indexing.shards import remove_folders
from indexer.indexing.stories import find_stories

ALIAS = "alias"
_AT_ONCE = 16  # shards that are merged at once


class GenerationWriter:
    """Collects the changes of one run. Call `delete`, then `add`, then `commit`; leaving the block
    without a commit leaves the index as it was. Needs the write lock."""

    def __init__(self, folder: Path, *, rebuild: bool, progress: ProgressHook = silent) -> None:
        self._folder = folder
        self._progress = progress
        self._storage = FileStorage(str(folder))
        self._schema = build_schema()
        self._previous = latest_generation(folder)
        self._generation = max(self._previous, 0) + 1
        self._segments: list[ArraySegment] = []
        if not rebuild and self._previous >= 0:
            self._segments = list(read_toc(folder, self._previous).segments)
        self._shards: list[SegmentArrays] = []
        self._rebuild = rebuild
        self._changed = 0  # articles taken out and put in
        self._committed = False

    def delete(self, ids: Iterable[str]) -> None:
        """Take the articles with these ids out."""
        keys = [key.encode() for key in ids]
        self._changed += len(keys)
        for segment in self._segments:
            arrays = segment.open_arrays(self._storage)
            found = [docs for key in keys if len(docs := arrays.postings("id", key)[0])]
            if found:
                segment.delete_documents(np.concatenate(found))

    def add(self, shard: Path, live: Array) -> None:
        """Put the documents of a shard in: those of them, (documents,), that are to be."""
        if live.any():
            self._shards.append(open_segment(shard, np.flatnonzero(~live).astype(np.uint32)))
            self._changed += int(np.count_nonzero(live))

    def commit(self, manifest: Manifest, resolution: Resolution, made: Made | None = None) -> Manifest:
        """Make the changes current, with `manifest` as the new generation's; return it numbered.

        `resolution` are the articles of the generation: which other identities one has is known only
        when all files are read. All that the generation is made of is on the disk, its
        manifest too, before the rename that makes it current; what only the last one needs goes
        after it. What the run has `made` of the articles is kept where it is given.
        """
        self._merge(resolution)
        for segment in self._segments:
            segment.save_deletions()
        names = sorted(name for segment in self._segments for name in segment.file_names())
        beside = [self._phrases(manifest.header.language), self._stories()]
        if made is not None:
            beside.append(record(self._folder, self._generation, made, manifest.header))
        files = (*names, *(path.name for path in beside))
        sizes = {name: (self._folder / name).stat().st_size for name in files}
        self._progress(Progress("committing", 0, 1))
        manifest = manifest.numbered(self._generation, sizes)
        manifest = save_manifest(self._folder, manifest)
        write_toc(self._folder, self._schema, self._segments, self._generation)
        self._committed = True
        _clean(self._folder, self._generation, names)
        return manifest

    def _stories(self) -> Path:
        """Find the stories of all live documents, the deletions of this run made; return their file."""
        self._progress(Progress("finding stories", 0, 1))
        stories = find_stories([segment.open_arrays(self._storage) for segment in self._segments])
        return save_stories(self._folder, self._generation, stories)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Where the rename came before what interrupted us, the generation is current.
        if not self._committed and latest_generation(self._folder) < self._generation:
            drop_manifest(self._folder, self._generation)
            self._remove_leftovers()

    def _phrases(self, language: str) -> Path:
        """Write the phrases of the generation; return where they are."""
        self._progress(Progress("finding phrases", 0, 1))
        previous = None if self._rebuild else phrases_path(self._folder, self._previous)
        path = phrases_path(self._folder, self._generation)
        arrays = [segment.open_arrays(self._storage) for segment in self._segments]
        follow_phrases(path, previous, arrays, self._changed, language)
        return path

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

    def _merge(self, resolution: Resolution) -> None:
        sizes = [Size(segment.doc_count_all(), segment.deleted_count()) for segment in self._segments]
        self._join_shards()
        chosen = to_merge(sizes, sum(int(shard.live.sum()) for shard in self._shards))
        arrays = [self._segments[i].open_arrays(self._storage) for i in chosen] + self._shards
        rest = [segment for i, segment in enumerate(self._segments) if i not in chosen]
        if not arrays:
            return
        merged = ArraySegment(INDEX_NAME)
        aliases = _aliases(arrays, resolution)
        merged.set_doc_count(merge_segments(self._folder / merged.file_name(), arrays, supplied=aliases))
        self._segments = rest + ([merged] if merged.doc_count_all() else [])
        self._shards = []  # else they stay mapped, and what was read of them counts as ours

    def _join_shards(self) -> None:
        """Make fewer shards of many: what merging has in memory grows with their number."""
        made = 0
        while len(self._shards) > _AT_ONCE:
            group, self._shards = self._shards[:_AT_ONCE], self._shards[_AT_ONCE:]
            # A new name each time: the files are mapped while they are merged.
            path = Path(group[0].file.path).with_name(f"joined-{made}.arrays")
            merge_segments(path, group)
            made += 1
            for shard in group:
                Path(shard.file.path).unlink(missing_ok=True)
            self._shards.append(open_segment(path))


def _aliases(segments: Sequence[SegmentArrays], resolution: Resolution) -> Supplied:
    """Return the field and the column of the other identities of all live documents of `segments`."""
    ids = np.concatenate([_live_ids(arrays) for arrays in segments])
    lists = resolution.aliases.take(np.searchsorted(resolution.ids, ids))
    if not len(lists.values):
        return Supplied({ALIAS: FieldData(BytesTable.of(()), np.zeros(1), np.zeros(0))})
    names, (rows,) = number_identities([lists.values])
    begin = int(not names[0])  # an empty one comes with numbering
    data = invert(
        (rows - begin).astype(np.uint32),
        lists.owners.astype(np.uint32),
        None,
        BytesTable.of(names[begin:].tolist()),
    )
    return Supplied({ALIAS: data}, {ALIAS: ordinals_of_postings(data, len(ids))})


def _live_ids(arrays: SegmentArrays) -> Array:
    """Return the ids of the live documents, S16."""
    ids: Array = fixed(arrays.byte_strings("id"), np.dtype(ID).itemsize)[arrays.live]
    return ids


def _clean(folder: Path, generation: int, names: Iterable[str]) -> None:
    """Remove what `generation` does not need: an older one's files, and what a killed run left. What
    cannot be removed does no harm, and the next commit tries again."""
    keep = {toc_path(folder, generation).name, changes_path(folder, generation).name, *names}
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if path.name.startswith((f"{INDEX_NAME}_", f"_{INDEX_NAME}_")) and path.name not in keep:
                with contextlib.suppress(OSError):
                    path.unlink()
    with contextlib.suppress(OSError):
        remove_folders(folder)
    with contextlib.suppress(OSError):
        drop_other_manifests(folder, generation)
