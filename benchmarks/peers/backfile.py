"""Backfile itself, through its public module. It builds from files, the others from its articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from benchmarks.peers.base import (
    FACETS_OFF,
    KINDS,
    NEWEST,
    NONE,
    OR,
    PHRASE,
    PREFIX,
    RELATED,
    WORDS,
    Answer,
    Hit,
    Question,
    folder_bytes,
)  # fmt: skip
from indexer import Archive, Article, Results, Settings, open_archive

_DAY = timedelta(days=1)
# The peers find what has all of the words, and no more; so does a checkout from before `match`, which
# `benchmarks.before` may ask.
_ALL_WORDS = {"match": "all"} if hasattr(Results, "some_total") else {}


class BackfilePeer:
    """An index of Backfile's, asked with or without looking at the snippets, which no other peer cuts.

    The engine keeps its last 64 evaluated queries. Each question differs from its earlier turn by a
    blank at its end, and each peer has an engine of its own, so that none is answered from there.
    """

    def __init__(self, settings: Settings, *, snippets: bool, name: str | None = None) -> None:
        self.name = name or ("Backfile, with snippets" if snippets else "Backfile")
        self.about = (
            "the same, titles and snippets highlighted as well, which no other peer does"
            if snippets
            else "the public module; total, hits' articles and the facets asked for are looked at"
        )
        self.kinds = frozenset({WORDS} if snippets else KINDS)
        self.shares_index = snippets
        self._settings = settings
        self._snippets = snippets
        self._archive: Archive | None = None
        self._turns: Counter[str] = Counter()

    def build(self, articles: Iterable[Article]) -> None:
        """Open the index: it is built from the archive's files, before and elsewhere."""
        self.open()

    def open(self) -> None:
        """Open the index."""
        self.close()
        self._archive = open_archive(self._settings)

    def ask(self, question: Question) -> Answer:
        """Answer one question, everything looked at."""
        archive = self._archive
        assert archive is not None
        if question.kind == RELATED:
            assert question.url is not None
            return Answer([_texts(item.article) for item in archive.related(question.url)])
        results = archive.search(self._fresh(query_text(question)), **_filters(question))
        if self._snippets:
            for hit in results:
                _ = hit.title.ranges, hit.snippet.ranges
        hits = [_texts(hit.article) for hit in results]
        return Answer(hits) if question.kind == FACETS_OFF else _counted(results, hits)

    def _fresh(self, text: str) -> str:
        self._turns[text] += 1
        return text + " " * self._turns[text]

    def size(self) -> int:
        """Return the bytes of the index on disk, its manifest and header among them."""
        return folder_bytes(self._settings.index.path)

    def close(self) -> None:
        """Let the index go."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None


def query_text(question: Question) -> str:
    """Return what a reader would type."""
    words = question.words
    if question.kind == OR:
        return " OR ".join(words)
    if question.kind == PHRASE:
        return f'"{" ".join(words)}"'
    return " ".join(words) + ("*" if question.kind == PREFIX else "")


def _filters(question: Question) -> dict[str, Any]:
    given: dict[str, Any] = {**_ALL_WORDS}
    if question.topic is not None:
        given["topic"] = question.topic
    if question.first is not None and question.last is not None:
        given |= {"after": question.first - _DAY, "before": question.last + _DAY}  # both leave out the day
    if question.kind == NEWEST:
        given["sort"] = "newest"
    return given


def _counted(results: Results, hits: list[Hit]) -> Answer:
    facets = results.facets
    return Answer(
        hits,
        results.total,
        {value.value: value.count for value in facets["topic"] if value.value != NONE},
        {value.value: value.count for value in facets["provider"] if value.value != NONE},
        {value.value: value.count for value in facets["date"]},
    )


def _texts(article: Article) -> Hit:
    return article.title, article.excerpt, article.url or ""
