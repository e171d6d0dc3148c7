"""What is indexed, since when, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from indexer.archive.records import Notice, Rejection
from indexer.query.answers.answer import Answer


@dataclass(frozen=True, slots=True)
class ArchiveStats(Answer):
    """The numbers of an index as it is now. `articles` is what is searchable: the articles of
    files and, among them, `related` that have no file of their own. `votes` says how many texts are in which
    language, by its code, where these have chosen the archive's `language`; None where it was set. `timezone`
    is that of all days, where the settings name one. `warnings` are sentences about the cluster that it lies
    in, where that was asked."""

    archive: str
    generation: int
    indexed_at: datetime
    files: int
    articles: int
    related: int
    duplicates: int
    withdrawn: int
    rejected: int
    topics: int
    organizations: int
    secured: int
    first_date: date | None
    last_date: date | None
    undated: int
    language: str
    votes: Mapping[str, int] | None = None
    passed_over: int = 0
    timezone: str = ""
    rejections: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the numbers and the rejected files as plain values."""
        data = Answer.to_json(self) | {"warnings": list(self.warnings)}
        del data["notices"]
        names = ("file", "line", "column", "reason")
        return data | {"rejections": [{name: getattr(r, name) for name in names} for r in self.rejections]}
