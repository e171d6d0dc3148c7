"""True BM25F over one combined field, as a Whoosh weighting model.

The combined field has each title word twice, so one BM25 over it is BM25F with a title weight of 2
(Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004);
idf is ln(1 + (N - df + .5) / (df + .5)), which is never negative (Lucene's form).
"""

from __future__ import annotations

import math
from typing import Any

from whoosh.scoring import WeightingModel, WeightLengthScorer

K1 = 1.5
B = 0.75


class CombinedBm25(WeightingModel):
    """The product's scorer: k1 1.5, b .75, one set of parameters for every archive."""

    def idf(self, searcher: Any, fieldname: str, text: str) -> float:
        """Return ln(1 + (N - df + .5) / (df + .5)) over the whole index."""
        parent = searcher.get_parent()
        return idf(parent.doc_count_all(), parent.doc_frequency(fieldname, text))

    def scorer(self, searcher: Any, fieldname: str, text: str, qf: int = 1) -> _Scorer:
        """Return the scorer of one term."""
        return _Scorer(searcher, fieldname, text)


class _Scorer(WeightLengthScorer):
    def __init__(self, searcher: Any, fieldname: str, text: str) -> None:
        parent = searcher.get_parent()  # statistics are of the whole index, not of a segment
        self._idf = parent.idf(fieldname, text)
        self._average = parent.avg_field_length(fieldname) or 1.0
        self.setup(searcher, fieldname, text)
        # Whoosh's own takes a length of nought (a text of stop words alone) for one of 1.
        self.dfl = lambda doc: searcher.doc_field_length(doc, fieldname, 0)

    def _score(self, weight: float, length: float) -> float:
        score: float = self._idf * bm25_weight(weight, length, self._average)
        return score


def idf(documents: int, frequency: int) -> float:
    """Return the weight of a term that `frequency` of `documents` have."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def bm25_weight(frequency: Any, length: Any, average: float) -> Any:
    """Return the saturated frequency: tf (k1 + 1) / (tf + k1 (1 - b + b length / average)).

    Numbers or arrays of them.
    """
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / average))
