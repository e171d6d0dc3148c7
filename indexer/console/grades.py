"""Writes what an evaluation came to: one measure a line."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.console.page import Page
from indexer.console.text import amount


def write_grades(page: Page, name: str, values: Mapping[str, float], documents: int, queries: int) -> None:
    """Write the measures of a collection, means over its judged queries."""
    page.line(f"{name}: {amount(documents, 'document')}, {amount(queries, 'judged query', 'judged queries')}")
    page.table([(measure, f"{value:.4f}") for measure, value in values.items()], right=frozenset({1}))
