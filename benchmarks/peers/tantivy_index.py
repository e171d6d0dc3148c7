"""tantivy: one combined field to search, fast fields to count, one segment. An extra: `.[bench]`."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.peers.base import PROVIDERS, TOP, Answer, folder_bytes, month_of
from indexer import Article

_HEAP_BYTES = 1_000_000_000
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
            "en_stem, one combined field searched (title, excerpt and body are indexed as well); "
            "`search` with count, then `aggregate` with terms aggregations on raw fast fields: the Python "
            "binding has no way to do both in one pass; one writer thread, one segment"
        )
        self.shares_index = False
        self._folder = folder
        self._index: Any = None
        self._searcher: Any = None

    def build(self, articles: Sequence[Article]) -> None:
        """Make the index anew, and open it."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        made = tantivy.Index(_schema(), str(self._folder))
        writer = made.writer(_HEAP_BYTES, 1)
        for article in articles:
            writer.add_document(_document(article))
        writer.commit()
        writer.wait_merging_threads()
        made.reload()
        self._index, self._searcher = made, made.searcher()

    def query(self, words: Sequence[str]) -> Answer:
        """Answer one query, everything looked at."""
        searcher = self._searcher
        parsed = self._index.parse_query(" ".join(words), ["text"], conjunction_by_default=True)
        found = searcher.search(parsed, TOP, count=True)
        counts = searcher.aggregate(parsed, _COUNTS)
        documents = [searcher.doc(address) for _, address in found.hits]
        return Answer(
            found.count,
            [(d.get_first("title"), d.get_first("excerpt"), d.get_first("url")) for d in documents],
            _buckets(counts["topic"]),
            _buckets(counts["provider"]),
            _buckets(counts["month"]),
        )

    def size(self) -> int:
        """Return the bytes of the index on disk."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Let the index go."""
        self._index = self._searcher = None


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="en_stem")
    for name in ("title", "excerpt"):
        builder.add_text_field(name, stored=True, tokenizer_name="en_stem")
    builder.add_text_field("body", tokenizer_name="en_stem")
    builder.add_text_field("url", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("topic", "provider", "month"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(article: Article) -> Any:
    document = tantivy.Document()
    for name in ("title", "excerpt", "body"):
        text = getattr(article, name)
        document.add_text(name, text)
        document.add_text("text", text)
    document.add_text("url", article.url or "")
    for topic in article.topics:
        document.add_text("topic", topic)
    if article.provider:
        document.add_text("provider", article.provider.key)
    document.add_text("month", month_of(article))
    return document


def _buckets(counted: dict[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in counted["buckets"]}
