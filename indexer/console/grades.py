"""Writes what an evaluation came to, for a person."""

from __future__ import annotations

from indexer.console.page import DIM, TITLE, Page, styled
from indexer.console.text import amount
from indexer.evaluation.collection import Grades
from indexer.evaluation.related_lists import FIVE_TERMS, MEASURES, METHODS, RelatedGrades
from indexer.evaluation.related_lists import TITLE as BY_TITLE

_METHODS = {
    "product": "Backfile",
    "product_without_copies": "  copies left out",
    "without_date_prior": "  dates left out",
    "title": "The title's words",
    "five_key_terms": "Five key terms",
}
_LISTS = {"short": "Lists of ten or fewer", "long": "Longer lists"}


def write_related_grades(page: Page, grades: RelatedGrades) -> None:
    """Write the measures of each method, short and long lists apart, and how much better the product is."""
    for at, (lists, heading) in enumerate(_LISTS.items()):
        if at:
            page.line()
        page.line(f"{heading}: {amount(grades.questions[lists], 'article')}", style=TITLE)
        if not grades.questions[lists]:
            continue
        head = [styled(text, DIM) for text in ("", *MEASURES)]
        rows = [
            (_METHODS[method], *(f"{grades.values[lists, method, measure]:.3f}" for measure in MEASURES))
            for method in METHODS
        ]
        page.table([head, *rows], right=frozenset({1, 2, 3}))
        for baseline in (BY_TITLE, FIVE_TERMS):
            ratio = grades.ratio(lists, baseline)
            if ratio is not None:
                page.line(f"nDCG@10 is {ratio:.2f} times that of {_METHODS[baseline].lower()}.", style=DIM)


def write_grades(page: Page, grades: Grades, name: str) -> None:
    """Write the measures of the collection called `name`, means over its judged queries."""
    queries = amount(grades.queries, "judged query", "judged queries")
    page.line(f"{name}: {amount(grades.documents, 'document')}, {queries}")
    if not grades.as_typed:
        page.table([(name, f"{value:.4f}") for name, value in grades.values.items()], right=frozenset({1}))
        return
    head = [styled(text, DIM) for text in ("", "any of the words", "as typed")]
    rows = [
        (name.replace("_", " "), f"{value:.4f}", f"{grades.as_typed[name]:.4f}")
        for name, value in grades.values.items()
    ]
    page.table([head, *rows], right=frozenset({1, 2}))
