"""Related articles are graded by the lists of an archive, whatever its settings allow a reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexer import reindex
from indexer.evaluation.related_lists import METHODS, evaluate_related
from tests.archives import settings_for, write


def test_the_largest_page_of_the_settings_limits_no_grade(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number in range(14):
        listed = [{"title": "Ferry", "webUrl": f"https://a.example/{(number + 1) % 14}"}]
        write(
            settings.archive.path, f"{number}.md", title=f"Ferry number{number} sails", excerpt="Of the harbour.",
            url=f"https://a.example/{number}", date="2020-01-01", related=listed,
        )  # fmt: skip
    reindex(settings)
    expected = evaluate_related(settings)
    assert expected.questions["short"] == 14
    assert {method for _, method, _ in expected.values} == set(METHODS)
    narrow = replace(settings, search=replace(settings.search, page_size=3, max_page_size=3))
    assert evaluate_related(narrow) == expected
