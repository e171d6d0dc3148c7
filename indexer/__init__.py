"""Backfile: full-text search over archives of articles kept as Markdown files with front matter.

The public names, for scripts::

    from indexer import open_archive

    with open_archive("config.toml") as archive:          # or open_archive(index="path")
        results = archive.search("facial recognition", topic=["AI"], after="2020-06", sort="newest")
        print(results.total)
        for hit in results:
            print(hit.article.title, hit.article.url, hit.score, hit.snippet)
        for value in results.facets["provider"]:
            print(value.label, value.count, value.selected)
        related = archive.related(results[0].article)

and to bring an index in line with its archive::

    from indexer import load_settings, reindex

    report = reindex(load_settings("config.toml"))
    print(report.added, report.changed, report.removed)

A tour of the packages, from the ground up; imports only go down:

- `errors`, `article`, `identity`, `config`: what everything else speaks of
- `archive`: files -> articles
- `analysis`: text -> words
- `schema`, `generation`: what an index holds, and which of its generations is current
- `build`: the road in, from an archive to an index
- `query`: the road out, from a question to results
- `evaluation`: how good the answers are, against judgements
- `cli`, `console`: both roads, from a terminal
"""

from indexer.article import Article, Image, Provider, RelatedLink
from indexer.config import Settings, load_settings
from indexer.errors import BackfileError
from indexer.indexing import CheckReport, IndexReport, check_index, reindex
from indexer.query.answers.results import (
    Explanation,
    FacetValue,
    FacetValues,
    Highlighted,
    Hit,
    Related,
    RelatedArticle,
    Results,
    ScorePart,
)
from indexer.query.answers.stats import ArchiveStats
from indexer.query.answers.story import Story
from indexer.query.answers.suggestions import Suggestion, Suggestions
from indexer.query.archive import Archive, open_archive
from indexer.query.request import SearchRequest

__all__ = [
    "Archive",
    "ArchiveStats",
    "Article",
    "BackfileError",
    "CheckReport",
    "Explanation",
    "FacetValue",
    "FacetValues",
    "Highlighted",
    "Hit",
    "Image",
    "IndexReport",
    "Provider",
    "Related",
    "RelatedArticle",
    "RelatedLink",
    "Results",
    "ScorePart",
    "SearchRequest",
    "Settings",
    "Story",
    "Suggestion",
    "Suggestions",
    "check_index",
    "load_settings",
    "open_archive",
    "reindex",
]
