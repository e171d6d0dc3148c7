"""Shards and deletions -> one generation, made current by one rename.

What is in a segment stays as it is: a document that goes is marked in a small file beside it. What
is new comes as shards, and is merged into one segment; `to_merge` says with which of the others. A
segment that is left alone costs each query a little; one that is merged is written anew, whole. Segments
grow in steps: one is merged with the smaller ones when they have come to a fair part of it. So sizes fall
by steps, their number grows with the logarithm of the archive's, and an article is rewritten about once a
step however many runs there are.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from whoosh.filedb.filestore import FileStorage

from indexer.codec.codec import ArraySegment
from indexer.codec.data import FieldData, invert, ordinals_of_postings
from indexer.codec.layout import Array
from indexer.codec.merge import Supplied, merge_segments
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.codec.tables import BytesTable, fixed
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.index.derived import PhraseTable, load_phrases, save_phrases, save_stories
from indexer.index.files import HEADER, KINDS, generation_in, generation_path
from indexer.index.generation import save_header
from indexer.index.schema import build_schema
from indexer.index.toc import (
    INDEX_NAME,
    latest_generation,
    next_generation,
    read_toc,
    toc_path,
    write_toc,
)
from indexer.indexing.history import Run, record
from indexer.indexing.lists import number_identities
from indexer.indexing.manifest import ID, Manifest, save_files
from indexer.indexing.phrases import follow_phrases
from indexer.indexing.report import Progress, ProgressHook, silent
from indexer.indexing.resolve import Resolution
from indexer.indexing.shards import remove_folders
from indexer.indexing.stories import find_stories
from indexer.languages import code_of

ALIAS = "alias"
_AT_ONCE = 16  # shards that are merged at once

MAX_SEGMENTS = 10
SMALL_SEGMENT = 1_000  # documents; writing fewer takes no time worth saving
# A segment is merged with the smaller ones when it is less than so many times as large as they are
# together. So the n-th from the end has at least 3**n times SMALL_SEGMENT: seven hold a million articles.
_STEP = 2
# The share of deleted documents at which a segment is rewritten. Scores count them until then, and
# for a rare word in a middling archive a few percent change an order; in a large one, a fifth of the
# documents changes a word's weight by less than the logarithm of 1.25, and rewriting takes minutes.
_MAX_DELETED = 0.02
_LARGE_SEGMENT = 100_000  # documents
_MAX_DELETED_OF_LARGE = 0.2


class GenerationWriter:
    """Collects the changes of one run. Call `delete`, then `add`, then `commit`; leaving the block
    without a commit leaves the index as it was. Needs the write lock."""

    def __init__(self, folder: Path, *, rebuild: bool, progress: ProgressHook = silent) -> None:
        self._folder = folder
        self._progress = progress
        self._storage = FileStorage(str(folder))
        self._schema = build_schema()
        self._previous = latest_generation(folder)
        self._generation = next_generation(folder)
        self._present = set(os.listdir(folder))  # when the run began
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

    def commit(self, manifest: Manifest, resolution: Resolution, run: Run | None = None) -> Manifest:
        """Make the changes current, with `manifest` as the new generation's; return it as it is written.

        `resolution` are the articles of the generation: which other identities one has is known only
        when all files are read. All that the generation is made of is on the disk before the rename
        that makes it current; what only the last one needs goes after it. `run` is for the history.
        """
        self._merge(resolution)
        for segment in self._segments:
            segment.save_deletions()
        folder, generation = self._folder, self._generation
        segments = [segment.open_arrays(self._storage) for segment in self._segments]
        self._progress(Progress("finding phrases", 0, 1))
        known = None if self._rebuild else self._known_phrases()
        language = manifest.header.language
        save_phrases(folder, generation, follow_phrases(known, segments, self._changed, language, folder))
        self._progress(Progress("finding stories", 0, 1))
        save_stories(folder, generation, find_stories(segments, code_of(language)))
        record(folder, generation, run, manifest.header)
        self._progress(Progress("committing", 0, 1))
        save_files(folder, generation, manifest.files)
        paths = [generation_path(folder, kind, generation) for kind in KINDS if kind != HEADER]
        paths += [folder / name for segment in self._segments for name in segment.file_names()]
        sizes = {path.name: path.stat().st_size for path in paths}
        header = replace(manifest.header, generation=generation, files=sizes)
        save_header(folder, header)
        write_toc(folder, self._schema, self._segments, generation)
        self._committed = True
        header_path = generation_path(folder, HEADER, generation)
        _clean(folder, {toc_path(folder, generation).name, header_path.name, *sizes})
        return Manifest(header, manifest.files)

    def _known_phrases(self) -> PhraseTable | None:
        """Return the phrases of the generation before, where they can be read."""
        try:
            return load_phrases(self._folder, self._previous)
        except (IndexDamagedError, IndexOutdatedError):
            return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Where the rename came before what interrupted us, the generation is current.
        if not self._committed and latest_generation(self._folder) < self._generation:
            _clean(self._folder, self._present)

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
    width = np.dtype(ID).itemsize
    ids = np.concatenate([fixed(one.byte_strings("id"), width)[one.live] for one in segments])
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


def _clean(folder: Path, names: Collection[str]) -> None:
    """Remove the files of all generations but those with these names, and what a killed run left. What
    cannot be removed does no harm, and the next commit tries again."""
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            ours = path.name.startswith((f"{INDEX_NAME}_", f"_{INDEX_NAME}_"))
            if (ours or generation_in(path.name) is not None) and path.name not in names:
                with contextlib.suppress(OSError):
                    path.unlink()
    with contextlib.suppress(OSError):
        remove_folders(folder)


@dataclass(frozen=True, slots=True)
class Size:
    """How many documents a segment has, deleted ones among them, and how many are deleted."""

    documents: int
    deleted: int = 0

    @property
    def live(self) -> int:
        """How many are left."""
        return self.documents - self.deleted


def to_merge(segments: Sequence[Size], added: int) -> list[int]:
    """Return which of `segments` (their places, ascending) are merged with each other and with the
    `added` documents of this run. One alone is returned only if something of it is deleted, or
    added to it."""
    chosen = {i for i, size in enumerate(segments) if _must_merge(size)}
    total = added + sum(segments[i].live for i in chosen)
    by_size = sorted(set(range(len(segments))) - chosen, key=lambda i: (segments[i].live, i))
    for place in by_size:
        rest = len(by_size) - sum(i in chosen for i in by_size)
        too_many = rest + bool(total) > MAX_SEGMENTS
        if total and (too_many or segments[place].live < _STEP * total):
            chosen.add(place)
            total += segments[place].live
    if len(chosen) == 1 and not added and not any(segments[i].deleted for i in chosen):
        return []
    return sorted(chosen)


def _must_merge(size: Size) -> bool:
    """Whether a segment is merged whatever the others are."""
    if size.documents <= SMALL_SEGMENT:
        return True
    share = _MAX_DELETED_OF_LARGE if size.documents > _LARGE_SEGMENT else _MAX_DELETED
    return size.deleted >= share * size.documents
