"""What every peer does, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from indexer import Article

NONE = "none"  # the month of an article without a date
TOP = 10
PROVIDERS = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything looked at. `hits` are (title, excerpt, url), the best first.

    `months` has `none` for articles without a date, so that its counts sum up to `total`.
    """

    total: int
    hits: Sequence[tuple[str, str, str]]
    topics: Mapping[str, int]
    providers: Mapping[str, int]
    months: Mapping[str, int]


class Peer(Protocol):
    """An engine. Call `build` before `query`; `close` lets its files go."""

    name: str
    about: str  # how it is set up, for the report
    shares_index: bool  # whether `build` only opens what the peer before it made

    def build(self, articles: Sequence[Article]) -> None:
        """Make the index anew, and open it."""

    def query(self, words: Sequence[str]) -> Answer:
        """Answer one query, everything looked at."""

    def size(self) -> int:
        """Return the bytes of the index on disk."""

    def close(self) -> None:
        """Let the index go."""


def month_of(article: Article) -> str:
    """Return `2020-06`, or `none`."""
    return article.published_at.strftime("%Y-%m") if article.published_at else NONE


def folder_bytes(folder: Path) -> int:
    """Return the size of all files under `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
