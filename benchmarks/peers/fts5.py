"""SQLite FTS5: an external-content table, narrow facet tables, one statement a query."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.base import PROVIDERS, TOP, Answer, folder_bytes, month_of
from indexer import Article

_MAP_BYTES = 2**31 - 65_536  # SQLite's own upper limit is just below 2 GiB
_CACHE_KIB = 65_536

_SCHEMA = """
CREATE TABLE article (id INTEGER PRIMARY KEY, title TEXT, excerpt TEXT, body TEXT, url TEXT);
CREATE VIRTUAL TABLE words USING fts5(
    title, excerpt, body, content=article, content_rowid=id, tokenize='porter unicode61');
CREATE TABLE facet (id INTEGER PRIMARY KEY, provider INTEGER, month TEXT);
CREATE TABLE topic (id INTEGER, topic INTEGER, PRIMARY KEY (id, topic)) WITHOUT ROWID;
"""

# The matches are found and ranked once, and everything else is read from them. Of eight ways tried
# (temporary tables with and without the facet columns, a statement for each part) the quickest.
_QUERY = f"""
WITH hit AS MATERIALIZED (SELECT rowid AS id, bm25(words) AS score FROM words WHERE words MATCH ?)
SELECT 0, count(*), NULL, NULL FROM hit
UNION ALL
SELECT * FROM (SELECT 1, title, excerpt, url
    FROM (SELECT id, score FROM hit ORDER BY score LIMIT {TOP}) JOIN article USING (id) ORDER BY score)
UNION ALL
SELECT 2, topic, count(*), NULL FROM hit JOIN topic USING (id) GROUP BY topic
UNION ALL
SELECT * FROM (SELECT 3, provider, count(*) AS n, NULL FROM hit JOIN facet USING (id)
    WHERE provider IS NOT NULL GROUP BY provider ORDER BY n DESC LIMIT {PROVIDERS})
UNION ALL
SELECT 4, month, count(*), NULL FROM hit JOIN facet USING (id) GROUP BY month
"""


class Fts5Peer:
    """An index in one database file, read through mmap."""

    def __init__(self, folder: Path) -> None:
        self.name = "SQLite FTS5"
        self.about = (
            "porter unicode61, external content, optimized; one prepared statement a query over a "
            "materialized CTE of the ranked matches; mmap, 64 MiB cache; one transaction to build"
        )
        self.shares_index = False
        self._folder = folder
        self._connection: sqlite3.Connection | None = None
        self._topics: list[str] = []
        self._providers: list[str] = []

    def build(self, articles: Sequence[Article]) -> None:
        """Make the index anew, and open it."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        connection = sqlite3.connect(self._folder / "index.db", isolation_level=None)
        self._connection = connection
        connection.executescript(
            f"PRAGMA mmap_size={_MAP_BYTES}; PRAGMA cache_size=-{_CACHE_KIB}; "
            f"PRAGMA temp_store=MEMORY; {_SCHEMA}"
        )
        connection.execute("BEGIN")
        self._fill(connection, articles)
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.execute("COMMIT")
        connection.execute("ANALYZE")

    def _fill(self, connection: sqlite3.Connection, articles: Sequence[Article]) -> None:
        topics: dict[str, int] = {}
        providers: dict[str, int] = {}
        connection.executemany("INSERT INTO article VALUES (?,?,?,?,?)", _article_rows(articles))
        connection.execute(
            "INSERT INTO words(rowid, title, excerpt, body) SELECT id, title, excerpt, body FROM article"
        )
        for number, article in enumerate(articles, start=1):
            key = article.provider.key if article.provider else None
            provider = providers.setdefault(key, len(providers)) if key else None
            connection.execute("INSERT INTO facet VALUES (?,?,?)", (number, provider, month_of(article)))
            connection.executemany(
                "INSERT OR IGNORE INTO topic VALUES (?,?)",
                [(number, topics.setdefault(topic, len(topics))) for topic in article.topics],
            )
        self._topics, self._providers = list(topics), list(providers)

    def query(self, words: Sequence[str]) -> Answer:
        """Answer one query, everything looked at."""
        assert self._connection is not None
        parts: list[list[Any]] = [[], [], [], [], []]
        match = " ".join(f'"{word}"' for word in words)
        for part, *values in self._connection.execute(_QUERY, (match,)):
            parts[part].append(values)
        return Answer(
            parts[0][0][0],
            [tuple(values) for values in parts[1]],
            {self._topics[number]: count for number, count, _ in parts[2]},
            {self._providers[number]: count for number, count, _ in parts[3]},
            {month: count for month, count, _ in parts[4]},
        )

    def size(self) -> int:
        """Return the bytes of the database."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Let the database go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _article_rows(articles: Sequence[Article]) -> Iterator[tuple[Any, ...]]:
    for number, article in enumerate(articles, start=1):
        yield number, article.title, article.excerpt, article.body, article.url or ""
