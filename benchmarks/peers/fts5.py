"""SQLite FTS5: an external-content table, narrow facet tables, one statement a query."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from benchmarks.peers.base import (
    DATE,
    FACETS_OFF,
    KINDS,
    NEWEST,
    OR,
    PHRASE,
    PREFIX,
    PROVIDERS,
    RELATED,
    TOP,
    TOPIC,
    Answer,
    Question,
    folder_bytes,
    month_of,
)  # fmt: skip
from indexer import Article

_MAP_BYTES = 2**31 - 65_536  # SQLite's own upper limit is just below 2 GiB
_CACHE_KIB = 65_536

_SCHEMA = """
CREATE TABLE article (id INTEGER PRIMARY KEY, title TEXT, excerpt TEXT, body TEXT, url TEXT);
CREATE VIRTUAL TABLE words USING fts5(
    title, excerpt, body, content=article, content_rowid=id, tokenize='porter unicode61');
CREATE TABLE facet (id INTEGER PRIMARY KEY, provider INTEGER, month TEXT, published INTEGER);
CREATE TABLE topic (id INTEGER, topic INTEGER, PRIMARY KEY (id, topic)) WITHOUT ROWID;
"""

# The matches are found and ranked once, and everything else is read from them. Of eight ways tried
# (temporary tables with and without the facet columns, a statement for each part) the quickest.
_ALL = """
WITH hit AS MATERIALIZED ({matches})
SELECT 0, count(*), NULL, NULL FROM hit
UNION ALL
SELECT * FROM (SELECT 1, title, excerpt, url
    FROM (SELECT id, score FROM hit ORDER BY score LIMIT {top}) JOIN article USING (id) ORDER BY score)
UNION ALL
SELECT 2, topic, count(*), NULL FROM hit JOIN topic USING (id) GROUP BY topic
UNION ALL
SELECT * FROM (SELECT 3, provider, count(*) AS n, NULL FROM hit JOIN facet USING (id)
    WHERE provider IS NOT NULL GROUP BY provider ORDER BY n DESC LIMIT {providers})
UNION ALL
SELECT 4, month, count(*), NULL FROM hit JOIN facet USING (id) GROUP BY month
"""
_RANKED = "SELECT rowid AS id, bm25(words) AS score FROM words WHERE words MATCH ?"
_OF_TOPIC = """SELECT words.rowid AS id, bm25(words) AS score
    FROM words CROSS JOIN topic ON topic.id = words.rowid AND topic.topic = ?2 WHERE words MATCH ?1"""
_OF_DATE = """SELECT words.rowid AS id, bm25(words) AS score
    FROM words CROSS JOIN facet ON facet.id = words.rowid AND facet.published BETWEEN ?2 AND ?3
    WHERE words MATCH ?1"""
_NEWEST = """SELECT words.rowid AS id, -facet.published AS score
    FROM words CROSS JOIN facet ON facet.id = words.rowid WHERE words MATCH ?"""
_TOP_ONLY = f"""SELECT 1, title, excerpt, url
    FROM (SELECT rowid AS id, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT {TOP})
    JOIN article USING (id) ORDER BY rank"""
_MATCHES = {TOPIC: _OF_TOPIC, DATE: _OF_DATE, NEWEST: _NEWEST}
_STATEMENTS = {
    kind: _TOP_ONLY
    if kind in (FACETS_OFF, RELATED)
    else _ALL.format(matches=_MATCHES.get(kind, _RANKED), top=TOP, providers=PROVIDERS)
    for kind in KINDS
}


class Fts5Peer:
    """An index in one database file, read through mmap."""

    def __init__(self, folder: Path) -> None:
        self.name = "SQLite FTS5"
        self.about = (
            "porter unicode61, external content, optimized; one prepared statement a query over a "
            "materialized CTE of the ranked matches; mmap, 64 MiB cache; one transaction to build; related "
            "articles, which it has no means for, are those with any word of the title"
        )
        self.kinds = frozenset(KINDS)
        self.shares_index = False
        self._folder = folder
        self._connection: sqlite3.Connection | None = None
        self._topics: list[str] = []
        self._providers: list[str] = []

    def build(self, articles: Iterable[Article]) -> None:
        """Make the index anew, and open it."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        connection = self._connect()
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        names = _fill(connection, articles)
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.close()
        (self._folder / "names.json").write_text(json.dumps(names), encoding="utf-8")
        self.open()

    def open(self) -> None:
        """Open the index that was built before."""
        self.close()
        names = json.loads((self._folder / "names.json").read_text(encoding="utf-8"))
        self._topics, self._providers = names
        self._topic_numbers = {topic: number for number, topic in enumerate(self._topics)}
        self._connection = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._folder / "index.db", isolation_level=None)
        connection.executescript(
            f"PRAGMA mmap_size={_MAP_BYTES}; PRAGMA cache_size=-{_CACHE_KIB}; PRAGMA temp_store=MEMORY;"
        )
        return connection

    def ask(self, question: Question) -> Answer:
        """Answer one question, everything looked at."""
        assert self._connection is not None
        parts: list[list[Any]] = [[], [], [], [], []]
        for part, *values in self._connection.execute(_STATEMENTS[question.kind], self._values(question)):
            parts[part].append(values)
        hits = [tuple(values) for values in parts[1]]
        if not parts[0]:
            return Answer(hits)
        return Answer(
            hits,
            parts[0][0][0],
            {self._topics[number]: count for number, count, _ in parts[2]},
            {self._providers[number]: count for number, count, _ in parts[3]},
            {month: count for month, count, _ in parts[4]},
        )

    def _values(self, question: Question) -> tuple[Any, ...]:
        match = match_text(question)
        if question.topic is not None:
            return match, self._topic_numbers.get(question.topic, -1)
        if question.first is not None and question.last is not None:
            first = datetime.combine(question.first, time.min, UTC)
            last = datetime.combine(question.last, time.max, UTC)
            return match, int(first.timestamp()), int(last.timestamp())
        return (match,)

    def size(self) -> int:
        """Return the bytes of the database."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Let the database go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def match_text(question: Question) -> str:
    """Return the question in FTS5's language."""
    words = question.words
    if question.kind == PHRASE:
        return f'"{" ".join(words)}"'
    quoted = [f'"{word}"' for word in words]
    if question.kind in (OR, RELATED):
        return " OR ".join(quoted)
    return " ".join(quoted) + ("*" if question.kind == PREFIX else "")


def _fill(connection: sqlite3.Connection, articles: Iterable[Article]) -> tuple[list[str], list[str]]:
    """Store and index the articles, read once; return the names of the topics and the providers."""
    topics: dict[str, int] = {}
    providers: dict[str, int] = {}
    connection.executemany(
        "INSERT INTO article VALUES (?,?,?,?,?)", _rows(connection, articles, topics, providers)
    )
    connection.execute(
        "INSERT INTO words(rowid, title, excerpt, body) SELECT id, title, excerpt, body FROM article"
    )
    return list(topics), list(providers)


def _rows(
    connection: sqlite3.Connection,
    articles: Iterable[Article],
    topics: dict[str, int],
    providers: dict[str, int],
) -> Iterator[tuple[Any, ...]]:
    for number, article in enumerate(articles, start=1):
        key = article.provider.key if article.provider else None
        provider = providers.setdefault(key, len(providers)) if key else None
        published = int(article.published_at.timestamp()) if article.published_at else None
        connection.execute(
            "INSERT INTO facet VALUES (?,?,?,?)", (number, provider, month_of(article), published)
        )
        connection.executemany(
            "INSERT OR IGNORE INTO topic VALUES (?,?)",
            [(number, topics.setdefault(topic, len(topics))) for topic in article.topics],
        )
        yield number, article.title, article.excerpt, article.body, article.url or ""
