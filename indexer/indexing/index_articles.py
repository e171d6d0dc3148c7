"""Articles without files -> an index: for collections that are no archive, such as those that a
ranking is measured on.

They go the way that articles of files go from the moment that these are read: the same segments,
the same resolution of identities, the same commit.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indexer.analysis import analyzer_for
from indexer.archive.records import Kind
from indexer.article import Article
from indexer.config import Settings
from indexer.index.schema import NO_DATE
from indexer.indexing.entry import Candidate, FileEntry, digest_of
from indexer.indexing.lock import writing
from indexer.indexing.manifest import FileTable
from indexer.indexing.reindex import make_manifest
from indexer.indexing.resolve import resolve
from indexer.indexing.segment import SegmentBuilder
from indexer.indexing.shards import make_folder
from indexer.indexing.writer import GenerationWriter

_MEGABYTE = 1 << 20


def index_articles(articles: Iterable[Article], settings: Settings) -> int:
    """Build the index of `settings` anew from `articles`, in one process; return how many it holds.

    Of articles with one id the newest is kept, then the first. Nothing of the archive's folder is
    read. Raises IndexLockedError, BuildError.
    """
    with writing(settings.index):
        return _build(articles, settings)


def _build(articles: Iterable[Article], settings: Settings) -> int:
    folder, limit = settings.index.path, settings.index.memory_mb * _MEGABYTE
    builder = SegmentBuilder(analyzer_for(settings.analysis.language), limit)
    shards = make_folder(folder)
    entries: list[FileEntry] = []
    ends: list[int] = []  # of each shard, among the entries
    for article in articles:
        if builder.is_full:
            builder.write(shards / f"{len(ends)}.arrays")
            ends.append(len(entries))
        name, stored = f"{len(entries):09}", article.to_stored()
        builder.add(article, name, stored)
        entries.append(_entry(article, name, stored))
    if len(builder):
        builder.write(shards / f"{len(ends)}.arrays")
        ends.append(len(entries))
    files = FileTable.of(entries)
    resolution = resolve(files)
    manifest = make_manifest(settings, settings.archive.path.absolute(), files, resolution)
    wins = np.zeros(len(entries), np.bool_)
    wins[resolution.rows] = True
    with GenerationWriter(folder, rebuild=True) as writer:
        for number, (first, last) in enumerate(zip([0, *ends], ends, strict=False)):
            writer.add(shards / f"{number}.arrays", wins[first:last])
        writer.commit(manifest, resolution)
    return len(resolution)


def _entry(article: Article, name: str, stored: tuple[str, str]) -> FileEntry:
    published = int(article.published_at.timestamp()) if article.published_at else NO_DATE
    digest = digest_of(stored)
    candidate = Candidate(article.id, (), published, digest, article.id)
    return FileEntry(name, 0, 0, Kind.ARTICLE, (candidate,))
