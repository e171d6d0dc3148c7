"""Stock Whoosh, used as its documentation shows: TEXT fields, `groupedby` facets, one writer."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whoosh import fields, index, qparser, sorting
from whoosh.analysis import StemmingAnalyzer

from benchmarks.peers.base import PROVIDERS, TOP, Answer, folder_bytes, month_of
from indexer import Article

_TEXTS = ("title", "excerpt", "body")
_MEMORY_MB = 256


class PlainWhooshPeer:
    """Whoosh's own codec, schema, parser and searcher.

    `topics_from` says how topics are counted: `stored` reads them from the stored fields of each
    match; `field` is FieldFacet, which goes through the postings of all topics for each query, and
    asks the index that the peer with `stored` made in the same folder.
    """

    def __init__(self, folder: Path, *, topics_from: str = "stored") -> None:
        self.shares_index = topics_from == "field"
        if self.shares_index:
            self.name = "Whoosh, FieldFacet topics"
            self.about = "the same index, topics by FieldFacet (allow_overlap) as its documents show"
        else:
            self.name = "Whoosh"
            self.about = (
                "TEXT fields with the StemmingAnalyzer, MultifieldParser, `groupedby` with Count maps: "
                "topics by StoredFieldFacet (allow_overlap), provider and month by FieldFacet on columns; "
                f"one writer, {_MEMORY_MB} MB"
            )
        self._folder = folder
        self._topics_from = topics_from
        self._searcher: Any = None
        self._parser: Any = None

    def build(self, articles: Sequence[Article]) -> None:
        """Make the index anew, and open it."""
        self.close()
        if not self.shares_index:
            self._write(articles)
        made = index.open_dir(str(self._folder))
        self._searcher = made.searcher()
        self._parser = qparser.MultifieldParser(_TEXTS, made.schema)

    def _write(self, articles: Sequence[Article]) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        made = index.create_in(str(self._folder), _schema())
        writer = made.writer(limitmb=_MEMORY_MB)
        for article in articles:
            writer.add_document(**_document(article))
        writer.commit()

    def query(self, words: Sequence[str]) -> Answer:
        """Answer one query, everything looked at."""
        parsed = self._parser.parse(" ".join(words))
        results = self._searcher.search(parsed, limit=TOP, groupedby=self._facets())
        providers: dict[str, int] = results.groups("provider")
        largest = sorted((name for name in providers if name), key=providers.__getitem__, reverse=True)
        return Answer(
            len(results),
            [
                (hit["title"], hit["excerpt"], hit["url"]) for hit in results[:TOP]
            ],  # `groupedby` ignores the limit
            {name: count for name, count in results.groups("topic").items() if name},
            {name: providers[name] for name in largest[:PROVIDERS]},
            results.groups("month"),
        )

    def _facets(self) -> dict[str, Any]:
        count = sorting.Count
        topic = (
            sorting.StoredFieldFacet("topic", allow_overlap=True, split_fn=_split, maptype=count)
            if self._topics_from == "stored"
            else sorting.FieldFacet("topic", allow_overlap=True, maptype=count)
        )
        return {
            "topic": topic,
            "provider": sorting.FieldFacet("provider", maptype=count),
            "month": sorting.FieldFacet("month", maptype=count),
        }

    def size(self) -> int:
        """Return the bytes of the index on disk."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Let the index go."""
        if self._searcher is not None:
            self._searcher.close()
            self._searcher = None


def _schema() -> fields.Schema:
    analyzer = StemmingAnalyzer()
    return fields.Schema(
        title=fields.TEXT(analyzer=analyzer, stored=True),
        excerpt=fields.TEXT(analyzer=analyzer, stored=True),
        body=fields.TEXT(analyzer=analyzer),
        url=fields.ID(stored=True),
        topic=fields.KEYWORD(commas=True, stored=True),
        provider=fields.ID(sortable=True),
        month=fields.ID(sortable=True),
    )


def _document(article: Article) -> dict[str, str]:
    document = {
        "title": article.title,
        "excerpt": article.excerpt,
        "url": article.url or "",
        "topic": ",".join(dict.fromkeys(topic.replace(",", " ") for topic in article.topics)),
        "month": month_of(article),
    }
    if article.body:
        document["body"] = article.body
    if article.provider:
        document["provider"] = article.provider.key
    return document


def _split(stored: str | None) -> list[str]:
    return stored.split(",") if stored else []
