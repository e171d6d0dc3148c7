"""Backfile itself, through its public module. It builds from files, the others from its articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.peers.base import NONE, Answer, folder_bytes
from indexer import Archive, Article, Settings, open_archive, reindex


class BackfilePeer:
    """An index of Backfile's, asked with or without looking at the snippets, which no other peer cuts.

    The engine keeps its last 64 evaluated queries. Each question is told from its earlier turn by a
    blank at its end, and each peer has an engine of its own, so that none is answered from there.
    """

    def __init__(self, settings: Settings, *, snippets: bool) -> None:
        self.name = "Backfile" if snippets else "Backfile, no snippets"
        self.about = "the public module, all of `results` looked at" + (
            ", titles and snippets highlighted" if snippets else "; titles and snippets not highlighted"
        )
        self.shares_index = not snippets
        self._settings = settings
        self._snippets = snippets
        self._archive: Archive | None = None
        self._turns: Counter[str] = Counter()

    def build(self, articles: Sequence[Article]) -> None:
        """Bring the index in line with the archive's files (`articles` came from there), and open it."""
        reindex(self._settings)
        self.close()
        self._archive = open_archive(index=self._settings.index.path)

    def query(self, words: Sequence[str]) -> Answer:
        """Answer one query, everything looked at."""
        assert self._archive is not None
        text = " ".join(words)
        self._turns[text] += 1
        results = self._archive.search(text + " " * self._turns[text])
        if self._snippets:
            for hit in results:
                _ = hit.title.ranges, hit.snippet.ranges
        facets = results.facets
        return Answer(
            results.total,
            [(hit.article.title, hit.article.excerpt, hit.article.url or "") for hit in results],
            {value.value: value.count for value in facets["topic"] if value.value != NONE},
            {value.value: value.count for value in facets["provider"] if value.value != NONE},
            {value.value: value.count for value in facets["date"]},
        )

    def size(self) -> int:
        """Return the bytes of the index on disk, its manifest and header among them."""
        return folder_bytes(self._settings.index.path)

    def close(self) -> None:
        """Let the index go."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None
