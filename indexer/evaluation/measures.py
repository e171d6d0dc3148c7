"""The measures of ranked lists, as trec_eval computes them (and `ir-measures` names them).

A document is relevant where its judgement is 1 or more. `nDCG@k` is that of Järvelin and Kekäläinen,
"Cumulated gain-based evaluation of IR techniques" (TOIS 2002), with the judgement as gain and a discount
of log2(rank + 1); `AP` is average precision, `R@k` recall, `P@k` precision, `RR` the reciprocal rank of
the first relevant document, `Success@k` 1 where a relevant document is among the first k, else 0
(trec_eval's m_success.c, by Stephen Tomlinson). `nothing_found` is the share of queries whose list is empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

MEASURES = ("nDCG@10", "AP", "R@100", "P@10", "RR")
SUCCESS = "Success@10"

Judgements = Mapping[str, Mapping[str, int]]  # query -> document -> relevance
Run = Mapping[str, Mapping[str, float]]  # query -> document -> score, higher first

# The gains of a ranked list, those of all judged documents, and the depth, to one number.
Measure = Callable[[Sequence[int], Sequence[int], int], float]


def evaluate_run(judgements: Judgements, run: Run, measures: Iterable[str] = MEASURES) -> dict[str, float]:
    """Return the mean of each measure over the queries that are judged; one that `run` lacks counts 0."""
    lists = [_gains(judged, run.get(query, {})) for query, judged in judgements.items()]
    return {name: _mean(name, lists) for name in measures}


def nothing_found(judgements: Judgements, run: Run) -> float:
    """Return the share of the judged queries for which `run` has no document at all."""
    return sum(not run.get(query) for query in judgements) / len(judgements) if judgements else 0.0


def _mean(name: str, lists: Sequence[tuple[list[int], list[int]]]) -> float:
    kind, _, depth = name.partition("@")
    measure = _KINDS[kind]
    values = [measure(ranked, judged, int(depth or len(ranked))) for ranked, judged in lists if any(judged)]
    return math.fsum(values) / len(lists) if lists else 0.0


def _gains(judged: Mapping[str, int], scores: Mapping[str, float]) -> tuple[list[int], list[int]]:
    """Return the gains of the list that `scores` rank, and those of all judged documents. Of equal scores
    the greater name is first."""
    ranked = sorted(scores, key=lambda document: (scores[document], document), reverse=True)
    return [max(0, judged.get(document, 0)) for document in ranked], [
        max(0, gain) for gain in judged.values()
    ]


def _dcg(gains: Sequence[int]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def _ndcg(ranked: Sequence[int], judged: Sequence[int], depth: int) -> float:
    return _dcg(ranked[:depth]) / _dcg(sorted(judged, reverse=True)[:depth])


def _average_precision(ranked: Sequence[int], judged: Sequence[int], depth: int) -> float:
    ranks = (rank for rank, gain in enumerate(ranked[:depth], 1) if gain)
    return math.fsum(found / rank for found, rank in enumerate(ranks, 1)) / _relevant(judged)


def _recall(ranked: Sequence[int], judged: Sequence[int], depth: int) -> float:
    return _relevant(ranked[:depth]) / _relevant(judged)


def _precision(ranked: Sequence[int], judged: Sequence[int], depth: int) -> float:
    return _relevant(ranked[:depth]) / depth


def _reciprocal_rank(ranked: Sequence[int], judged: Sequence[int], depth: int) -> float:
    return next((1 / rank for rank, gain in enumerate(ranked[:depth], 1) if gain), 0.0)


def _success(ranked: Sequence[int], judged: Sequence[int], depth: int) -> float:
    return float(any(ranked[:depth]))


def _relevant(gains: Sequence[int]) -> int:
    return sum(gain > 0 for gain in gains)


_KINDS: Mapping[str, Measure] = {
    "nDCG": _ndcg,
    "AP": _average_precision,
    "R": _recall,
    "P": _precision,
    "RR": _reciprocal_rank,
    "Success": _success,
}
