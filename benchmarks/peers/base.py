"""What every peer does: the questions that it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from indexer import Article

NONE = "none"  # the month of an article without a date
TOP = 10
PROVIDERS = 50

WORDS, OR, PHRASE, PREFIX = "words", "or", "phrase", "prefix"
TOPIC, DATE, NEWEST, FACETS_OFF, RELATED = "topic", "date", "newest", "facets off", "related"
KINDS = (WORDS, OR, PHRASE, PREFIX, TOPIC, DATE, NEWEST, FACETS_OFF, RELATED)
COUNTED = frozenset(KINDS) - {FACETS_OFF, RELATED}  # those with a total and facets

Words = tuple[str, ...]
Hit = tuple[str, str, str]  # title, excerpt, URL


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Of a prefix, the last word is cut short; `first` and `last` are days included.

    `url` and `words` (of its title) name the article whose related ones are asked for.
    """

    kind: str
    words: Words
    topic: str | None = None
    first: date | None = None
    last: date | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with everything looked at, the best hits first.

    `total` is None, and the counts are empty, where they are not asked for. `months` has `none` for
    articles without a date, so that its counts sum up to `total`.
    """

    hits: Sequence[Hit]
    total: int | None = None
    topics: Mapping[str, int] = field(default_factory=dict)
    providers: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)


class Builder(Protocol):
    """What makes an index."""

    name: str
    about: str  # how it is set up, for the report

    def build(self, articles: Iterable[Article]) -> None:
        """Make the index anew, and open it."""

    def open(self) -> None:
        """Open the index that was built before."""

    def size(self) -> int:
        """Return the bytes of the index on disk."""


class Peer(Builder, Protocol):
    """An engine. Call `build`, or `open` where it was built before, and then `ask`."""

    kinds: frozenset[str]  # the questions that it can answer
    shares_index: bool  # whether it opens what the peer before it made

    def ask(self, question: Question) -> Answer:
        """Answer one question, everything looked at."""

    def close(self) -> None:
        """Let the index go."""


def month_of(article: Article) -> str:
    """Return `2020-06`, or `none`."""
    return article.published_at.strftime("%Y-%m") if article.published_at else NONE


def folder_bytes(folder: Path) -> int:
    """Return the size of all files under `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
