"""bm25s: scores of all articles as sparse arrays. An extra: `.[bench]`.

It ranks articles by any of the words, and does no more: no requirement, no total, no counts.
"""

from __future__ import annotations

import json
import mmap
import re
import shutil
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from nltk.stem.snowball import SnowballStemmer

from benchmarks.peers.base import OR, TOP, Answer, Question, folder_bytes
from indexer import Article
from indexer.analysis.stopwords import query_stop_words

_WORD = re.compile(r"\w\w+")


class Bm25sPeer:
    """An index in a folder, held in memory; the texts of the hits are read from a mapped file."""

    def __init__(self, folder: Path) -> None:
        self.name = "bm25s"
        self.about = (
            "English Snowball stems without stop words, NumPy; it can only rank articles with any of the "
            "words, so it is asked nothing else, and its answer is ten hits without a total or counts"
        )
        self.kinds = frozenset({OR})
        self.shares_index = False
        self._folder = folder
        self._stemmer = SnowballStemmer("english")
        self._stems: dict[str, str | None] = dict.fromkeys(query_stop_words("english"))
        self._index: Any = None
        self._texts: mmap.mmap | None = None

    def build(self, articles: Iterable[Article]) -> None:
        """Make the index anew, and open it."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        vocabulary: dict[str, int] = {}
        corpus: list[list[int]] = []
        starts = array("q", [0])
        with (self._folder / "texts.jsonl").open("wb") as file:
            for article in articles:
                words = self._words(f"{article.title} {article.excerpt} {article.body}")
                corpus.append([vocabulary.setdefault(word, len(vocabulary)) for word in words])
                hit = [article.title, article.excerpt, article.url or ""]
                starts.append(starts[-1] + file.write(json.dumps(hit).encode()))
        np.save(self._folder / "starts.npy", np.array(starts))
        made = bm25s.BM25()
        made.index(bm25s.tokenization.Tokenized(corpus, vocabulary), show_progress=False)
        made.save(str(self._folder / "index"), show_progress=False)
        self.open()

    def open(self) -> None:
        """Open the index that was built before."""
        self.close()
        self._index = bm25s.BM25.load(str(self._folder / "index"), show_progress=False)
        self._starts = np.load(self._folder / "starts.npy")
        with (self._folder / "texts.jsonl").open("rb") as file:
            self._texts = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def ask(self, question: Question) -> Answer:
        """Answer one question: the best ten."""
        assert self._texts is not None
        words = [word for word in self._words(" ".join(question.words)) if word in self._index.vocab_dict]
        if not words:
            return Answer([])
        most = min(TOP, len(self._starts) - 1)
        found, scores = self._index.retrieve([words], k=most, show_progress=False)
        numbers = found[0][scores[0] > 0]
        return Answer(
            [tuple(json.loads(self._texts[self._starts[n] : self._starts[n + 1]])) for n in numbers.tolist()]
        )

    def _words(self, text: str) -> list[str]:
        found = (self._stem(word) for word in _WORD.findall(text.lower()))
        return [word for word in found if word]

    def _stem(self, word: str) -> str | None:
        try:
            return self._stems[word]
        except KeyError:
            stem: str = self._stemmer.stem(word)
            return self._stems.setdefault(word, stem)

    def size(self) -> int:
        """Return the bytes of the index on disk, with the texts."""
        return folder_bytes(self._folder)

    def close(self) -> None:
        """Let the index go."""
        self._index = None
        if self._texts is not None:
            self._texts.close()
            self._texts = None
