"""Stock Whoosh, used as its documentation shows: TEXT fields, `groupedby` facets, one writer."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path
from typing import Any

from whoosh import fields, index, qparser, query, sorting
from whoosh.analysis import StemmingAnalyzer

from benchmarks.peers.base import (
    FACETS_OFF,
    KINDS,
    NEWEST,
    OR,
    PHRASE,
    PREFIX,
    PROVIDERS,
    RELATED,
    TOP,
    WORDS,
    Answer,
    Hit,
    Question,
    folder_bytes,
    month_of,
)  # fmt: skip
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
                f"related by `more_like` of the title; one writer, {_MEMORY_MB} MB"
            )
        self.kinds = frozenset({WORDS} if self.shares_index else KINDS)
        self._folder = folder
        self._topics_from = topics_from
        self._searcher: Any = None
        self._parsers: dict[str, Any] = {}

    def build(self, articles: Iterable[Article]) -> None:
        """Make the index anew, and open it."""
        self.close()
        if not self.shares_index:
            self._write(articles)
        self.open()

    def _write(self, articles: Iterable[Article]) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        made = index.create_in(str(self._folder), _schema())
        writer = made.writer(limitmb=_MEMORY_MB)
        for article in articles:
            writer.add_document(**_document(article))
        writer.commit()

    def open(self) -> None:
        """Open the index that was built before."""
        self.close()
        made = index.open_dir(str(self._folder))
        self._searcher = made.searcher()
        every = qparser.MultifieldParser(_TEXTS, made.schema)
        self._parsers = dict.fromkeys(KINDS, every)
        self._parsers[OR] = qparser.MultifieldParser(_TEXTS, made.schema, group=qparser.OrGroup)

    def ask(self, question: Question) -> Answer:
        """Answer one question, everything looked at."""
        searcher = self._searcher
        if question.kind == RELATED:
            number = searcher.document_number(url=question.url)
            return Answer([_texts(hit) for hit in searcher.more_like(number, "title", top=TOP)])
        parsed = self._parsers[question.kind].parse(_text(question))
        if question.kind == FACETS_OFF:
            return Answer([_texts(hit) for hit in searcher.search(parsed, limit=TOP)])
        order = {"sortedby": "published", "reverse": True} if question.kind == NEWEST else {}
        results = searcher.search(_filtered(parsed, question), limit=TOP, groupedby=self._facets(), **order)
        return _counted(results)

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


def _text(question: Question) -> str:
    text = " ".join(question.words)
    return f'"{text}"' if question.kind == PHRASE else text + ("*" if question.kind == PREFIX else "")


def _filtered(parsed: Any, question: Question) -> Any:
    if question.topic is not None:
        return parsed & query.ConstantScoreQuery(query.Term("topic", _topic(question.topic)), 0.0)
    if question.first is not None and question.last is not None:
        start = datetime.combine(question.first, time.min)
        end = datetime.combine(question.last, time.max)
        return parsed & query.DateRange("published", start, end)
    return parsed


def _counted(results: Any) -> Answer:
    providers: dict[str, int] = results.groups("provider")
    largest = sorted((name for name in providers if name), key=providers.__getitem__, reverse=True)
    return Answer(
        [_texts(hit) for hit in results[:TOP]],  # `groupedby` ignores the limit
        len(results),
        {name: count for name, count in results.groups("topic").items() if name},
        {name: providers[name] for name in largest[:PROVIDERS]},
        results.groups("month"),
    )


def _texts(hit: Any) -> Hit:
    return hit["title"], hit["excerpt"], hit["url"]


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
        published=fields.DATETIME(sortable=True),
    )


def _document(article: Article) -> dict[str, Any]:
    document: dict[str, Any] = {
        "title": article.title,
        "excerpt": article.excerpt,
        "url": article.url or "",
        "topic": ",".join(dict.fromkeys(_topic(topic) for topic in article.topics)),
        "month": month_of(article),
    }
    if article.body:
        document["body"] = article.body
    if article.provider:
        document["provider"] = article.provider.key
    if article.published_at:
        document["published"] = article.published_at.replace(tzinfo=None)
    return document


def _topic(topic: str) -> str:
    return topic.replace(",", " ")


def _split(stored: str | None) -> list[str]:
    return stored.split(",") if stored else []
