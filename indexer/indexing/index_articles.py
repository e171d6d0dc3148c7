"""Articles without files -> an index: for collections that are no archive, such as those that a
ranking is measured on.

They go the way that articles of files go from the moment that these are read: the same segments,
the same resolution of identities, the same commit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

import numpy as np

from indexer.archive.article_language import fitting_language
from indexer.archive.records import FileRecord, FoundArticle, Kind, SourceFile
from indexer.article import Article
from indexer.checks import AUTO
from indexer.config import Settings
from indexer.indexing.language import MAX_VOTES, elect_among, language_of_others
from indexer.indexing.lock import writing
from indexer.indexing.manifest import FileTable
from indexer.indexing.reindex import make_manifest, with_language
from indexer.indexing.resolve import resolve
from indexer.indexing.shards import MEGABYTE, Job, ShardMaker, Task, make_folder
from indexer.indexing.writer import GenerationWriter


def index_articles(articles: Iterable[Article], settings: Settings) -> int:
    """Build the index of `settings` anew from `articles`, in one process; return how many it holds.

    Of articles with one id the newest is kept, then the first. Nothing of the archive's folder is
    read. Raises IndexLockedError, BuildError.
    """
    with writing(settings.index):
        return _build(articles, settings)


def _build(articles: Iterable[Article], settings: Settings) -> int:
    root, folder = settings.archive.path.absolute(), settings.index.path
    election = None
    if settings.analysis.language == AUTO:
        articles = iter(articles)
        first = list(islice(articles, MAX_VOTES))
        election, articles = elect_among(first), chain(first, articles)
    settings = with_language(settings, election)
    others = language_of_others("", election, settings.analysis.language)
    memory = settings.index.memory_mb * MEGABYTE
    job = Job(root, settings.archive, settings.analysis.language, make_folder(folder), memory)
    maker = ShardMaker(job, "own")
    for number, article in enumerate(_named(article, others) for article in articles):
        source = SourceFile(f"{number:09}", 0, 0)
        maker.take(Task(number, source), FileRecord(source.path, Kind.ARTICLE, (FoundArticle(article),)))
    done = maker.finish()
    files = done.table or FileTable.of(())
    resolution = resolve(files)
    wins = np.zeros(len(files), np.bool_)
    wins[resolution.rows] = True
    with GenerationWriter(folder, rebuild=True) as writer:
        for shard in done.shards:
            writer.add(shard.path, wins[shard.files])
        writer.commit(make_manifest(settings, root, files, resolution, election=election), resolution)
    return len(resolution)


def _named(article: Article, others: str) -> Article:
    """Return an article with its language, which is that of `others` where it names none."""
    language = article.language or fitting_language(others, article.title, article.excerpt)
    return article if language == article.language else replace(article, language=language)
