"""tantivy: one combined field to search, fast fields to count, one segment. An extra: `.[bench]`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import tantivy

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
    Answer,
    Hit,
    Question,
    folder_bytes,
    month_of,
)  # fmt: skip
from indexer import Article

_HEAP_BYTES = 3_000_000_000  # all of a million articles in one go, so that one segment comes of it
_ALL = 10_000  # more topics or months than any archive has

_COUNTS = {
    "topic": {"terms": {"field": "topic", "size": _ALL}},
    "provider": {"terms": {"field": "provider", "size": PROVIDERS}},
    "month": {"terms": {"field": "month", "size": _ALL}},
}


class TantivyPeer:
    """An index in a folder, built by one thread so that it is one segment: counts are exact then,
    and queries take half as long as over two."""

    def __init__(self, folder: Path) -> None:
        self.name = "tantivy"
        self.about = (
            "en_stem, one combined field searched (title, excerpt and body are indexed as well); `search` "
            "for the best ten without a count, then `aggregate` with terms aggregations on raw fast fields "
            "(the binding cannot do both in one pass), of which the months sum up to the exact total; dates "
            "by a range on a fast field, newest first by a fast field, prefixes by a regex query, related by "
            "`more_like_this`; one writer thread, one segment"
        )
        self.kinds = frozenset(KINDS)
        self.shares_index = False
        self._folder = folder
        self._index: Any = None
        self._searcher: Any = None

    def build(self, articles: Iterable[Article]) -> None:
        """Make the index anew, and open it."""
        self.close()
        build_index(self._folder, _schema(), articles, _document)
        self.open()

    def open(self) -> None:
        """Open the index that was built before."""
        self.close()
        self._index = tantivy.Index.open(str(self._folder))
        self._searcher = self._index.searcher()

    @property
    def segments(self) -> int:
        """How many segments the index has."""
        found: int = self._searcher.num_segments
        return found

    def ask(self, question: Question) -> Answer:
        """Answer one question, everything looked at."""
        searcher = self._searcher
        query = self._related(question) if question.kind == RELATED else self._query(question)
        order = {"order_by_field": "published"} if question.kind == NEWEST else {}
        found = searcher.search(query, TOP, count=False, **order)
        hits = [_texts(searcher.doc(address)) for _, address in found.hits]
        if question.kind in (FACETS_OFF, RELATED):
            return Answer(hits)
        counts = searcher.aggregate(query, _COUNTS)
        months = _buckets(counts["month"])
        return Answer(
            hits, sum(months.values()), _buckets(counts["topic"]), _buckets(counts["provider"]), months
        )

    def _query(self, question: Question) -> Any:
        parts = [self._words(question)]
        schema = self._index.schema
        if question.topic is not None:
            topic = tantivy.Query.term_query(schema, "topic", question.topic)
            parts.append(tantivy.Query.const_score_query(topic, 0.0))
        if question.first is not None and question.last is not None:
            first = datetime.combine(question.first, time.min, UTC)
            last = datetime.combine(question.last, time.max, UTC)
            days = tantivy.Query.range_query(schema, "published", tantivy.FieldType.Date, first, last)
            parts.append(tantivy.Query.const_score_query(days, 0.0))
        return parts[0] if len(parts) == 1 else _all_of(parts)

    def _words(self, question: Question) -> Any:
        words = question.words
        if question.kind == PHRASE:
            return self._index.parse_query(f'"{" ".join(words)}"', ["text"])
        if question.kind != PREFIX:
            both = question.kind != OR
            return self._index.parse_query(" ".join(words), ["text"], conjunction_by_default=both)
        prefix = tantivy.Query.regex_query(self._index.schema, "text", f"{words[-1]}.*")
        if len(words) == 1:
            return prefix
        others = self._index.parse_query(" ".join(words[:-1]), ["text"], conjunction_by_default=True)
        return _all_of([others, prefix])

    def _related(self, question: Question) -> Any:
        itself = tantivy.Query.term_query(self._index.schema, "url", question.url)
        ((_, address),) = self._searcher.search(itself, 1).hits
        return tantivy.Query.more_like_this_query(address)

    def size(self) -> int:
        """Return the bytes of the index on disk."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Let the index go."""
        self._index = self._searcher = None


class SameFields:
    """tantivy storing and indexing what Backfile does, to compare sizes with; it is asked nothing."""

    name = "tantivy, the same fields"
    about = (
        "stores the article's JSON; indexes title, excerpt, body and the combined text with positions, and "
        "topic, provider, author, category, type and tag, raw and fast; date, quality and heat fast"
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, articles: Iterable[Article]) -> None:
        """Make the index anew."""
        build_index(self._folder, _whole_schema(), articles, _whole_document)

    def open(self) -> None:
        """Do nothing: it is asked nothing."""

    def size(self) -> int:
        """Return the bytes of the index on disk."""
        return folder_bytes(self._folder)


def build_index(
    folder: Path, schema: Any, articles: Iterable[Article], document: Callable[[Article], Any]
) -> None:
    """Make an index of `articles` in `folder` anew: one writer thread, one segment."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = tantivy.Index(schema, str(folder))
    writer = made.writer(_HEAP_BYTES, 1)
    for article in articles:
        writer.add_document(document(article))
    writer.commit()
    writer.wait_merging_threads()


def _all_of(queries: list[Any]) -> Any:
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="en_stem")
    for name in ("title", "excerpt"):
        builder.add_text_field(name, stored=True, tokenizer_name="en_stem")
    builder.add_text_field("body", tokenizer_name="en_stem")
    builder.add_text_field("url", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("topic", "provider", "month"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_date_field("published", fast=True)
    return builder.build()


def _document(article: Article) -> Any:
    document = tantivy.Document()
    _add_words(document, article)
    document.add_text("url", article.url or "")
    for topic in article.topics:
        document.add_text("topic", topic)
    if article.provider:
        document.add_text("provider", article.provider.key)
    document.add_text("month", month_of(article))
    if article.published_at:
        document.add_date("published", article.published_at)
    return document


def _add_words(document: Any, article: Article) -> None:
    for name in ("title", "excerpt", "body"):
        text = getattr(article, name)
        if text:
            document.add_text(name, text)
            document.add_text("text", text)


def _whole_schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_bytes_field("json", stored=True, indexed=False)
    for name in ("text", "title", "excerpt", "body"):
        builder.add_text_field(name, tokenizer_name="en_stem")
    for name in ("url", "topic", "provider", "author", "category", "type", "tag"):
        builder.add_text_field(name, fast=name != "url", tokenizer_name="raw", index_option="basic")
    builder.add_date_field("published", fast=True)
    for name in ("quality", "heat"):
        builder.add_float_field(name, fast=True)
    return builder.build()


def _whole_document(article: Article) -> Any:
    document = tantivy.Document()
    text = json.dumps(article.to_json(), ensure_ascii=False, separators=(",", ":"))
    document.add_bytes("json", text.encode())
    _add_words(document, article)
    single = (("url", article.url), ("category", article.category), ("type", article.type))
    for name, value in (*single, ("provider", article.provider and article.provider.key)):
        if value:
            document.add_text(name, value)
    for name, values in (("topic", article.topics), ("author", article.authors), ("tag", article.tags)):
        for value in values:
            document.add_text(name, value)
    if article.published_at:
        document.add_date("published", article.published_at)
    for name in ("quality", "heat"):
        if (number := getattr(article, name)) is not None:
            document.add_float(name, number)
    return document


def _texts(document: Any) -> Hit:
    return document.get_first("title"), document.get_first("excerpt") or "", document.get_first("url")


def _buckets(counted: dict[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in counted["buckets"]}
