"""Whoosh's own matchers, for the nodes that are not evaluated as arrays: one Python call a posting."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query
from whoosh.scoring import WeightingModel, WeightLengthScorer, WeightScorer
from whoosh.searching import Searcher

from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.ranking import K1, B, idf

_CHECKED = 256  # documents after which a deadline is looked at
_COST = 100  # postings that are read as arrays meanwhile


class WhooshMatchers:
    """Runs Whoosh's matchers over a reader, one thread at a time: Whoosh's readers are made for one."""

    def __init__(self, reader: Any) -> None:
        self._searcher = Searcher(reader, weighting=CombinedBm25())
        self._lock = threading.Lock()

    def run(
        self, tree: Query, deadline: Deadline = NO_DEADLINE
    ) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
        """Return the documents that match `tree`, ascending, with scores; some may be deleted. Where the
        deadline cuts it short, they are the first ones."""
        docs: list[int] = []
        scores: list[float] = []
        with self._lock:
            for leaf, offset in self._searcher.leaf_searchers():
                matcher = tree.matcher(leaf, leaf.context())
                while matcher.is_active():
                    if not len(docs) % _CHECKED:
                        deadline.spend(_CHECKED * _COST)
                        if deadline.cuts():
                            break
                    docs.append(matcher.id() + offset)
                    scores.append(matcher.score())
                    matcher.next()
        return np.array(docs, np.uint32), np.array(scores, np.float32)


class CombinedBm25(WeightingModel):
    """The BM25 of `query.ranking`, for Whoosh's matchers."""

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        """Return the term's weight over the whole index."""
        parent = searcher.get_parent()
        return idf(parent.doc_count_all(), parent.doc_frequency(fieldname, text))

    def scorer(self, searcher: Any, fieldname: str, text: str, qf: int = 1) -> Any:
        """Return the scorer of one term; in a field of values taken whole each has the score 1."""
        if not searcher.schema[fieldname].scorable:
            return WeightScorer.for_(searcher, fieldname, text)
        return _Scorer(searcher, fieldname, text)


class _Scorer(WeightLengthScorer):
    def __init__(self, searcher: Any, fieldname: str, text: str) -> None:
        parent = searcher.get_parent()  # statistics are of the whole index, not of a segment
        self._idf = parent.idf(fieldname, text)
        self._average = parent.avg_field_length(fieldname) or 1.0
        self.setup(searcher, fieldname, text)
        # Whoosh's own takes a length of nought (a text of stop words alone) for one of 1, and its codec
        # gives none.
        self.dfl = lambda doc: searcher.doc_field_length(doc, fieldname, 0) or 0

    def _score(self, weight: float, length: float) -> float:
        score: float = self._idf * weight * (K1 + 1) / (weight + K1 * (1 - B + B * length / self._average))
        return score
