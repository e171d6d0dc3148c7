"""Newline-delimited JSON: an article a line, for programs that read one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from indexer.formats import json


def export(head: Mapping[str, Any], articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each article."""
    return (f"{json.text(article)}\n" for article in articles)
