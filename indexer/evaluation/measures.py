"""The measures of ranked lists, by `ir-measures` (MacAvaney, Macdonald, Ounis, "Streamlining Evaluation
with ir-measures", ECIR 2022), which asks trec_eval. It is an extra: `pip install '.[eval]'`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indexer.errors import RequestError

MEASURES = ("nDCG@10", "AP", "R@100", "P@10", "RR")

Judgements = Mapping[str, Mapping[str, int]]  # query -> document -> relevance
Run = Mapping[str, Mapping[str, float]]  # query -> document -> score, higher first


def evaluate_run(judgements: Judgements, run: Run, measures: Iterable[str] = MEASURES) -> dict[str, float]:
    """Return the mean of each measure over the queries that are judged; one that `run` lacks counts 0.

    Raises RequestError where `ir-measures` is not installed.
    """
    try:
        import ir_measures  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise RequestError(
            "evaluating needs the package ir-measures",
            cure="Run `pip install '.[eval]'` in Backfile's folder, or `pip install ir-measures`.",
        ) from error
    wanted = {name: ir_measures.parse_measure(name) for name in measures}
    found = ir_measures.calc_aggregate(list(wanted.values()), judgements, run)
    return {name: float(found[measure]) for name, measure in wanted.items()}
