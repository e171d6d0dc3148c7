"""Every source answers every question as the plain one does: the same totals, facets, hits and order, notes,
offers and refusals, scores within 1e-5."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.query.contract.archives import ARCHIVES
from tests.query.contract.comparison import differences, outcome
from tests.query.contract.conftest import PLAIN, Opened
from tests.query.contract.questions import QUESTIONS, Question


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.kind}: {question.name}")
def test_a_source_answers_as_the_plain_one(
    question: Question,
    archive_name: str,
    source: str,
    opened: Opened,
    record_property: Callable[[str, object], None],
) -> None:
    expected = outcome(question, opened(PLAIN, archive_name))
    found = outcome(question, opened(source, archive_name))
    assert list(differences(expected, found)) == []
    record_property("question", f"{question.kind}: {question.name}")
    record_property("archive", archive_name)
    record_property("sources", [PLAIN, source])


def test_no_question_is_there_twice() -> None:
    names = [(question.kind, question.name) for question in QUESTIONS]
    assert [name for name in names if names.count(name) > 1] == []


@pytest.mark.parametrize("kind", sorted({question.kind for question in QUESTIONS} - {"refused"}))
def test_most_questions_of_each_kind_find_something(kind: str, opened: Opened) -> None:
    archives = [opened(PLAIN, name) for name in ARCHIVES]
    those = [question for question in QUESTIONS if question.kind == kind]
    finding = [one for one in those if any(map(finds, (outcome(one, archive) for archive in archives)))]
    assert len(finding) >= len(those) / 2


def finds(told: dict[str, Any]) -> bool:
    answer = told.get("answer")
    if isinstance(answer, dict):
        return bool(answer.get("total", 1) or answer.get("offers"))
    return bool(answer)
