"""Titles by the words typed: those that begin as typed first, then the newest."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.cluster.mapping import scored
from indexer.index.derived import NO_DAY
from indexer.index.schema import EXACT
from indexer.query.arrays.suggest.slips import COMMON, CommonWords, suspects
from indexer.query.cluster.generation import ClusterGeneration
from indexer.query.cluster.translate import Clause, all_of, any_of, unscored
from indexer.query.source import Title

_SPARE = 3  # titles that are at hand for each that is wanted
_MAX_WORDS = 512  # that a beginning stands for: the commonest
_Wanted = tuple[Sequence[str], bool]  # words of which one will do, or a beginning; whether whole


class TitleFinder:
    """Finds titles of one view."""

    def __init__(self, view: ClusterGeneration) -> None:
        self._view = view
        self._lexicon = view.words.lexicon

    def find(self, typed: Sequence[str], *, whole: bool, most: int) -> Iterator[Title]:
        """Return titles with all words `typed`, the last a beginning where it is not `whole`."""
        return self._search(self._wanted(typed, whole=whole), most)

    def near(self, typed: Sequence[str], *, whole: bool, most: int) -> Iterator[Title]:
        """As `find`, where one of the words was typed with a slip."""
        wanted = self._wanted(typed, whole=whole)
        known = [len(self._ordinals(*one)) > 0 for one in wanted]
        for at in suspects(typed, known):
            words = self._common.near(typed[at])
            if words:
                yield from self._search([*wanted[:at], (words, True), *wanted[at + 1 :]], most)

    @staticmethod
    def _wanted(typed: Sequence[str], *, whole: bool) -> list[_Wanted]:
        return [((word,), whole or at < len(typed) - 1) for at, word in enumerate(typed)]

    @functools.cached_property
    def _common(self) -> CommonWords:
        first, df = self._lexicon.first, self._lexicon.doc_frequencies(self._lexicon.beginning(""))
        best = np.sort(np.argsort(-df, kind="stable")[:COMMON])
        words = self._lexicon.words((best + first).tolist())
        return CommonWords(dict(zip(words, df[best].tolist(), strict=True)))

    def _ordinals(self, words: Sequence[str], whole: bool) -> NDArray[np.int64]:
        if not whole:
            return self._lexicon.beginning(words[0])
        return np.unique(np.array([o for word in words for o in self._lexicon.spelt(word)], np.int64))

    def _terms(self, words: Sequence[str], whole: bool) -> list[str]:
        ordinals = self._ordinals(words, whole)
        if len(ordinals) > _MAX_WORDS:
            df = self._lexicon.doc_frequencies(ordinals)
            ordinals = np.sort(ordinals[np.argsort(-df, kind="stable")[:_MAX_WORDS]])
        return [EXACT + word for word in self._lexicon.words(ordinals.tolist())]

    def _search(self, wanted: Sequence[_Wanted], most: int) -> Iterator[Title]:
        terms = [self._terms(*one) for one in wanted]
        if not all(terms):
            return
        having: list[Clause] = [{"terms": {scored("title"): some}} for some in terms]
        spans: list[Clause] = [
            {"span_first": {"match": {"span_term": {"title": term}}, "end": 1}} for term in terms[0]
        ]
        query: Clause = {"bool": {"filter": [all_of(having)], "should": [unscored(any_of(spans), 1.0)]}}
        body = {
            "query": self._view.current(query),
            "size": most * _SPARE,
            "sort": [{"_score": "desc"}, {"published": "desc"}, {"id": "asc"}],
            "_source": ["article.title", "id", "day"],
            "track_total_hits": False,
        }
        for hit in self._view.ask.search(body)["hits"]["hits"]:
            found = hit["_source"]
            yield Title(found["id"], found["article"]["title"], found.get("day", NO_DAY), bool(hit["_score"]))
