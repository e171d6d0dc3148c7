"""Backfile: full-text search over archives of articles kept as files, Markdown with front matter above all.

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

- `errors`, `article`, `identity`, `config`, `config_file`: what everything else speaks of
- `archive`: files -> articles
- `analysis`: text -> tokens
- `codec`: arrays -> a segment's file, and back
- `index`: what lies on the disk beside segments, and which generation is current
- `indexing`: the road in, from an archive to an index
- `query`: the road out, from a question to results
- `cluster`, `publishing`: the same archive in a cluster of OpenSearch, and how it gets there
- `evaluation`: how good the answers are, against judgements
- `cli`, `console`: both roads, from a terminal

A public name is imported when it is first used: `import indexer` alone loads none of these.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.article import Article, Image, Provider, RelatedLink
    from indexer.config import Settings
    from indexer.config_file import load_settings
    from indexer.errors import BackfileError
    from indexer.indexing import CheckReport, IndexReport, check_index
    from indexer.publishing import reindex
    from indexer.query.answers.facet_values import FacetValue, FacetValues
    from indexer.query.answers.related import Related, RelatedArticle
    from indexer.query.answers.results import Explanation, Highlighted, Hit, Results, ScorePart
    from indexer.query.answers.stats import ArchiveStats
    from indexer.query.answers.story import Story
    from indexer.query.answers.suggestions import Suggestion, Suggestions
    from indexer.query.archive import Archive, open_archive
    from indexer.query.request import SearchRequest

__all__ = [
    "Archive", "ArchiveStats", "Article", "BackfileError", "CheckReport", "Explanation", "FacetValue",
    "FacetValues", "Highlighted", "Hit", "Image", "IndexReport", "Provider", "Related",
    "RelatedArticle", "RelatedLink", "Results", "ScorePart", "SearchRequest", "Settings", "Story",
    "Suggestion", "Suggestions", "check_index", "load_settings", "open_archive", "reindex",
]  # fmt: skip

_MODULE_OF = {
    name: module
    for module, names in {
        "indexer.article": "Article Image Provider RelatedLink",
        "indexer.config": "Settings",
        "indexer.config_file": "load_settings",
        "indexer.errors": "BackfileError",
        "indexer.indexing": "CheckReport IndexReport check_index",
        "indexer.publishing": "reindex",
        "indexer.query.answers.facet_values": "FacetValue FacetValues",
        "indexer.query.answers.related": "Related RelatedArticle",
        "indexer.query.answers.results": "Explanation Highlighted Hit Results ScorePart",
        "indexer.query.answers.stats": "ArchiveStats",
        "indexer.query.answers.story": "Story",
        "indexer.query.answers.suggestions": "Suggestion Suggestions",
        "indexer.query.archive": "Archive open_archive",
        "indexer.query.request": "SearchRequest",
    }.items()
    for name in names.split()
}

if not TYPE_CHECKING:  # a type checker would take any name for one that is here

    def __getattr__(name: str) -> Any:
        """Import the module that defines `name`, and keep the name here."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(importlib.import_module(_MODULE_OF[name]), name)
        return value
