"""What is indexed, since when, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indexer.archive.records import Notice, Rejection
from indexer.article import format_iso


@dataclass(frozen=True, slots=True)
class ArchiveStats:
    """The numbers of an index as it is now. `articles` is what is searchable: the articles of
    files and, among them, `related` that have no file of their own."""

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
    first_date: datetime | None
    last_date: datetime | None
    undated: int
    language: str
    rejections: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the numbers and the rejected files as plain values."""
        return {
            "archive": self.archive,
            "generation": self.generation,
            "indexed_at": format_iso(self.indexed_at),
            "files": self.files,
            "articles": self.articles,
            "related": self.related,
            "duplicates": self.duplicates,
            "withdrawn": self.withdrawn,
            "rejected": self.rejected,
            "topics": self.topics,
            "organizations": self.organizations,
            "secured": self.secured,
            "first_date": format_iso(self.first_date),
            "last_date": format_iso(self.last_date),
            "undated": self.undated,
            "language": self.language,
            "rejections": [
                {"file": r.file, "line": r.line, "column": r.column, "reason": r.reason}
                for r in self.rejections
            ],
        }
