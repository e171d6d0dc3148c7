"""The measures are those of trec_eval."""

from __future__ import annotations

import random

import ir_measures
import pytest

from indexer.evaluation.measures import MEASURES, SUCCESS, evaluate_run, nothing_found
from indexer.evaluation.related_lists import MEASURES as RELATED

ORACLE = {
    "nDCG@10": ir_measures.nDCG @ 10,
    "AP": ir_measures.AP,
    "R@100": ir_measures.R @ 100,
    "R@10": ir_measures.R @ 10,
    "P@10": ir_measures.P @ 10,
    "RR": ir_measures.RR,
    "Success@10": ir_measures.Success @ 10,
}


@pytest.mark.parametrize("seed", range(20))
def test_they_are_as_ir_measures_has_them(seed: int) -> None:
    chance = random.Random(seed)
    documents = [f"d{number}" for number in range(chance.choice((3, 15, 300)))]
    judgements = {
        f"q{number}": {
            one: chance.choice((-1, 0, 0, 1, 1, 2, 3))
            for one in chance.sample(documents, len(documents) // 2)
        }
        for number in range(12)
    }
    judgements["none"] = {"d0": 0}
    run = {
        query: {
            one: float(chance.randrange(200))
            for one in chance.sample(documents, chance.randrange(len(documents)))
        }
        for query in [*judgements, "unjudged"]
        if query != "q3"
    }
    assert set(ORACLE) == {*MEASURES, *RELATED, SUCCESS}
    expected = ir_measures.calc_aggregate(list(ORACLE.values()), judgements, run)
    found = evaluate_run(judgements, run, ORACLE)
    for name, measure in ORACLE.items():
        assert found[name] == pytest.approx(expected[measure], abs=1e-9), name


def test_without_judgements_there_is_nothing_to_measure() -> None:
    assert evaluate_run({}, {"q": {"d": 1.0}}) == dict.fromkeys(MEASURES, 0.0)
    assert nothing_found({}, {"q": {"d": 1.0}}) == 0.0


def test_success_stops_at_its_depth_and_a_query_without_a_list_found_nothing() -> None:
    judgements = {query: {"good": 1, "bad": 0} for query in ("tenth", "eleventh", "empty", "missing")}
    run = {
        "tenth": {f"d{n}": 20.0 - n for n in range(9)} | {"good": 1.0},
        "eleventh": {f"d{n}": 20.0 - n for n in range(10)} | {"good": 1.0},
        "empty": {},
    }
    assert evaluate_run(judgements, run, [SUCCESS]) == {SUCCESS: 0.25}
    assert nothing_found(judgements, run) == 0.5
