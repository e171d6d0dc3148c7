"""How the words of a query are weighed: for the array engine, and as Whoosh's weighting models.

The product's is true BM25F over one combined field. That field has each title word twice, so one BM25
over it is BM25F with a title weight of 2 (Robertson, Zaragoza, Taylor, "Simple BM25 extension to
multiple weighted fields", CIKM 2004). Whoosh's own BM25F is there to be compared with.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from whoosh.scoring import BM25F, WeightingModel, WeightLengthScorer, WeightScorer


@dataclass(frozen=True, slots=True)
class Ranking:
    """A form of BM25: idf * tf (k1 + 1) / (tf + k1 (1 - b + b length / average length)).

    idf           of (documents, documents that have the term), deleted ones among them
    least_length  what a length of nought is taken for
    model         makes Whoosh's weighting model that gives the same scores
    pairs         the share of a pair of neighbouring query words, see `proximity`; 0 for none
    """

    k1: float
    b: float
    idf: Callable[[int, float], float]
    least_length: int
    model: Callable[[], Any]
    pairs: float = 0.0


def idf(documents: int, frequency: float) -> float:
    """Return ln(1 + (N - df + .5) / (df + .5)), Lucene's form, which is never negative."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def whoosh_idf(documents: int, frequency: float) -> float:
    """Return ln(N / (df + 1)) + 1, as `whoosh.scoring.WeightingModel.idf` does."""
    return math.log(documents / (frequency + 1)) + 1


class CombinedBm25(WeightingModel):
    """The product's scorer, for Whoosh's matchers."""

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
        k1, b = PRODUCT.k1, PRODUCT.b
        score: float = self._idf * weight * (k1 + 1) / (weight + k1 * (1 - b + b * length / self._average))
        return score


# One set of parameters for every archive; better than Whoosh's on every collection measured.
PRODUCT = Ranking(k1=1.5, b=0.75, idf=idf, least_length=0, model=CombinedBm25, pairs=0.1)
WHOOSH = Ranking(k1=1.2, b=0.75, idf=whoosh_idf, least_length=1, model=BM25F)
