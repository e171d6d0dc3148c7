"""Queries that are drawn by chance: each is read, some are answered, and what an answer says agrees with itself. In
the usual tests a few thousand; `make explore` draws a million others."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from indexer import Archive
from indexer.analysis import analyzer_for
from indexer.query.language.grammar import parse, parse_by_grammar
from indexer.query.language.lexer import MAX_NOTES
from indexer.query.language.rewrite import QueryText
from tests.archives import EXPLORES
from tests.fuzzing import Fuzz

QUERIES = 1_000_000 if EXPLORES else 2_000
SEED = random.randrange(2**32) if EXPLORES else 1
_ANSWERED, _WHOLE = 10, 100  # of so many queries one is answered, and one with all that there is to say
_OPTIONS: tuple[dict[str, Any], ...] = (
    {}, {}, {}, {"match": "all"}, {"match": "any"}, {"unfinished": True}, {"sort": "newest"}, {"collapse": True},
    {"topic": "Politics"}, {"date": ["2020", "none"]}, {"page": 3, "size": 5},
)  # fmt: skip


def test_any_text_is_a_query(corpus: Archive, record_property: Callable[[str, object], None]) -> None:
    fuzz = Fuzz(SEED)
    analyzer, now = analyzer_for("english"), datetime(2024, 1, 1, tzinfo=UTC)
    everything = corpus.search().total
    for number in range(QUERIES):
        query, options = fuzz.query(), fuzz.dice.choice(_OPTIONS)
        try:
            parsed = parse(query, analyzer, now)
            assert len(parsed.notes) <= MAX_NOTES
            if number % _ANSWERED:
                continue
            results = corpus.limited(10_000).search(query, **options)
            assert 0 <= results.total <= everything
            if not number % _WHOLE:
                assert parse_by_grammar(query, analyzer, now).query == parsed.query
                QueryText(query).enclosed()
                answer = results.to_json(explain=True)
                assert json.loads(json.dumps(answer))["total"] == results.total
                assert results.total + results.begun_total + results.some_total <= everything
                assert len(answer["hits"]) <= results.size
        except Exception as error:
            raise AssertionError(f"seed {SEED}, query {number}: {query!r} {options}") from error
    record_property("fuzzed", (f"queries, {-(-QUERIES // _ANSWERED):,} of them answered", QUERIES))
