"""What is derived from a search is timed beside the search-page query."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.derived import DERIVED, PAGE, main, spread_articles, time_derived, told


def test_every_row_is_asked_every_question_in_every_round(corpus_index: Path) -> None:
    articles = spread_articles(corpus_index)
    assert len({article.id for article in articles}) == len(articles) > 150
    times = time_derived(corpus_index, articles, queries=4, rounds=2)
    assert len(times.rounds) == 2
    for taken in times.rounds:
        assert list(taken) == [PAGE, *(row.name for row in DERIVED)]
        assert {len(seconds) for seconds in taken.values()} == {4}
    assert times.multiple(PAGE).median == 1
    lines = told(times)
    assert len(lines) == 3 + len(DERIVED)
    assert all(line.count("|") == 6 for line in lines)


def test_it_runs_alone(corpus_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--index", str(corpus_index), "--queries", "3", "--rounds", "1"]) == 0
    assert "| overview |" in capsys.readouterr().out
