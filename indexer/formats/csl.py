"""CSL-JSON (https://docs.citationstyles.org): what Zotero, Pandoc and citeproc read. Names are whole, because
an archive does not say which part of one is the family's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from indexer.formats import json
from indexer.formats.references import Reference


def cite(references: Iterable[Reference], about: str = "") -> Iterator[str]:
    """Yield the list of references; it has no place for what is said of all."""
    yield "["
    comma = ""
    for one in references:
        yield f"{comma}\n{json.text(_item(one))}"
        comma = ","
    yield "\n]\n"


def _item(one: Reference) -> dict[str, Any]:
    is_article = bool(one.container) and not one.note
    item = {
        "id": one.key,
        "type": "article-newspaper" if is_article else "webpage",
        "title": one.title,
        "author": [{"literal": name} for name in one.authors],
        "container-title": one.container,
        "issued": _day(one.issued),
        "URL": one.url,
        "language": one.language,
        "archive": one.archive,
        "archive_location": one.page,
        "note": one.note,
        "accessed": _day(one.accessed),
    }
    return {name: value for name, value in item.items() if value}


def _day(day: str) -> dict[str, Any]:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else {}
