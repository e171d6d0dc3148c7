"""Reading a file that a test writes down, without a disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from indexer.archive.read import read_bytes
from indexer.archive.records import FileRecord
from indexer.article import Article
from indexer.config import ArchiveSettings
from indexer.fields import DEFAULT_FIELDS

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
SETTINGS = ArchiveSettings(Path("."), 5_000_000, DEFAULT_FIELDS)


def read(data: str | bytes, path: str = "news/a.md") -> FileRecord:
    raw = data.encode() if isinstance(data, str) else data
    return read_bytes(path, raw, SETTINGS, now=NOW)


def article(front: str, body: str = "") -> Article:
    """Read a file that has `front` besides a URL, a title and a date of its own where it names none."""
    for name, value in (("title", "A title"), ("date", "2020-06-25"), ("webUrl", "https://a.example/1")):
        if not any(line.startswith(f"{name}:") for line in front.splitlines()):
            front = f"{name}: {value}\n{front}"
    record = read(f"---\n{front}\n---\n{body}")
    assert record.rejection is None, record.rejection
    return record.found[0].article


def codes(record: FileRecord) -> list[str]:
    return [notice.code for notice in record.notices]


def reason(record: FileRecord) -> str:
    assert record.kind == "rejected"
    assert record.rejection is not None
    return record.rejection.reason
