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

- `errors`, `article`, `identity`, `config`, `config_file`: what everything else speaks of
- `archive`: files -> articles
- `analysis`: text -> tokens
- `codec`: arrays -> a segment's file, and back
- `index`: what lies on the disk beside segments, and which generation is current
- `cluster`: settings -> a client of OpenSearch, whose failures are sentences
- `indexing`: the road in, from an archive to an index
- `query`: the road out, from a question to results
- `cluster`, `publishing`: the same archive in a cluster, and how it gets there
- `evaluation`: how good the answers are, against judgements
- `cli`, `console`: both roads, from a terminal

A public name is imported when it is first used: `import indexer` alone loads none of these.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.article import Article as Article
    from indexer.article import Image as Image
    from indexer.article import Provider as Provider
    from indexer.article import RelatedLink as RelatedLink
    from indexer.config import Settings as Settings
    from indexer.config_file import load_settings as load_settings
    from indexer.errors import BackfileError as BackfileError
    from indexer.indexing import CheckReport as CheckReport
    from indexer.indexing import IndexReport as IndexReport
    from indexer.indexing import check_index as check_index
    from indexer.publishing import reindex as reindex
    from indexer.query.answers.facet_values import FacetValue as FacetValue
    from indexer.query.answers.facet_values import FacetValues as FacetValues
    from indexer.query.answers.related import Related as Related
    from indexer.query.answers.related import RelatedArticle as RelatedArticle
    from indexer.query.answers.results import Explanation as Explanation
    from indexer.query.answers.results import Highlighted as Highlighted
    from indexer.query.answers.results import Hit as Hit
    from indexer.query.answers.results import Results as Results
    from indexer.query.answers.results import ScorePart as ScorePart
    from indexer.query.answers.stats import ArchiveStats as ArchiveStats
    from indexer.query.answers.story import Story as Story
    from indexer.query.answers.suggestions import Suggestion as Suggestion
    from indexer.query.answers.suggestions import Suggestions as Suggestions
    from indexer.query.archive import Archive as Archive
    from indexer.query.archive import open_archive as open_archive
    from indexer.query.request import SearchRequest as SearchRequest

_MODULE_OF = {
    "Archive": "indexer.query.archive",
    "ArchiveStats": "indexer.query.answers.stats",
    "Article": "indexer.article",
    "BackfileError": "indexer.errors",
    "CheckReport": "indexer.indexing",
    "Explanation": "indexer.query.answers.results",
    "FacetValue": "indexer.query.answers.facet_values",
    "FacetValues": "indexer.query.answers.facet_values",
    "Highlighted": "indexer.query.answers.results",
    "Hit": "indexer.query.answers.results",
    "Image": "indexer.article",
    "IndexReport": "indexer.indexing",
    "Provider": "indexer.article",
    "Related": "indexer.query.answers.related",
    "RelatedArticle": "indexer.query.answers.related",
    "RelatedLink": "indexer.article",
    "Results": "indexer.query.answers.results",
    "ScorePart": "indexer.query.answers.results",
    "SearchRequest": "indexer.query.request",
    "Settings": "indexer.config",
    "Story": "indexer.query.answers.story",
    "Suggestion": "indexer.query.answers.suggestions",
    "Suggestions": "indexer.query.answers.suggestions",
    "check_index": "indexer.indexing",
    "load_settings": "indexer.config_file",
    "open_archive": "indexer.query.archive",
    "reindex": "indexer.publishing",
}
__all__ = list(_MODULE_OF)

if not TYPE_CHECKING:  # a type checker would take any name for one that is here

    def __getattr__(name: str) -> Any:
        """Import the module that defines `name`, and keep the name here."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(importlib.import_module(_MODULE_OF[name]), name)
        return value
