"""Queries that are drawn by chance: every source answers them as the plain one does, or refuses them alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.archives import EXPLORES
from tests.fuzzing import Fuzz
from tests.query.contract.comparison import differences, outcome
from tests.query.contract.conftest import PLAIN, Opened
from tests.query.contract.questions import Question, told

QUERIES = 20_000 if EXPLORES else 60
SEED = random.randrange(2**32) if EXPLORES else 1
_OPTIONS: tuple[dict[str, Any], ...] = (
    {}, {}, {"match": "all"}, {"match": "any"}, {"unfinished": True}, {"sort": "newest"}, {"sort": "quality"},
    {"collapse": True}, {"topic": "Transport"}, {"date": ["2016", "none"]}, {"recency_weight": 1.0}, {"page": 2, "size": 5},
)  # fmt: skip


def test_any_query(source: str, opened: Opened, record_property: Callable[[str, object], None]) -> None:
    fuzz = Fuzz(SEED)
    plain, other = opened(PLAIN, "made up"), opened(source, "made up")
    for _ in range(QUERIES):
        query, options = fuzz.query()[:500], fuzz.dice.choice(_OPTIONS)

        def ask(archive: Any, query: str = query, options: dict[str, Any] = options) -> Any:
            return told(archive.search(query, **options))

        question = Question("any", query, ask)
        found = list(differences(outcome(question, plain), outcome(question, other)))
        assert found == [], (query, options, SEED)
    record_property("fuzzed", (f"queries of {source} and the plain source", QUERIES))
