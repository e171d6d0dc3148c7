"""CSV: a row for each article, for spreadsheets.

It begins with a byte order mark, without which spreadsheets take UTF-8 for another encoding. A text that a
spreadsheet would run as a formula has an apostrophe before it (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

COLUMNS = (
    "id", "title", "url", "page", "excerpt", "published_at", "day", "provider", "provider_domain", "authors",
    "topics", "tags", "category", "type", "language", "quality", "heat", "featured", "origin", "part",
)  # fmt: skip
BETWEEN = "; "  # several values of one column
_MARK = "\ufeff"
_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")


class _Line:
    """A file of which `csv.writer` returns what it would have written."""

    @staticmethod
    def write(line: str) -> str:
        """Return the line."""
        return line


def export(head: Mapping[str, Any], articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the names of the columns, then a row for each article."""
    return table(COLUMNS, (_values(article) for article in articles))


def table(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield the names of columns, then rows."""
    written = csv.writer(_Line()).writerow
    yield _MARK + str(written(columns))
    for row in rows:
        yield str(written([_cell(value) for value in row]))


def _values(article: Mapping[str, Any]) -> list[Any]:
    provider = article["provider"] or {"name": "", "domain": ""}
    values = {**article, "provider": provider["name"], "provider_domain": provider["domain"]}
    return [values[name] for name in COLUMNS]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = BETWEEN.join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
