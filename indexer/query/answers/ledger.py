"""What an answer has beside its hits: how exact its total is, what each filter removes, and which
searches nearby find something where it finds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from indexer.errors import RequestError
from indexer.messages import joined, say, say_number
from indexer.query.answers.answer import Answer
from indexer.query.request import SearchRequest


class TotalRelation(StrEnum):
    """How the true total stands to the one that is given."""

    EXACT = "eq"
    AT_LEAST = "gte"  # a pattern stands for more words than were searched for
    AT_MOST = "lte"  # the same, of a pattern whose articles are left out
    ABOUT = "about"  # both of them, or stories of which not all were counted one by one


@dataclass(frozen=True, slots=True)
class FilterCount(Answer):
    """A filter of a search: it finds `without` articles without this filter, of which it `removes` so
    many; stories in place of articles, where the search counts these."""

    _KEYS: ClassVar = {"name": "filter"}

    name: str
    values: tuple[str, ...]
    without: int
    removes: int


ADDED, CHANGED = "added", "changed"  # what became of an article since a generation


class GenerationError(RequestError):
    """What changed since a generation is not known: it is still to come, or too long ago."""


@dataclass(frozen=True, slots=True)
class Departed:
    """An article that is no longer in the archive; title and URL are empty where they were not kept."""

    id: str
    title: str
    url: str

    def to_json(self) -> dict[str, Any]:
        """Return it as the API prints it."""
        return {"id": self.id, "title": self.title, "url": self.url or None}


@dataclass(frozen=True, slots=True)
class Since(Answer):
    """What later runs did to an answer that was made on `generation`.

    Of the results now, `added` were not in the archive then, and `changed` were, and were touched: their
    text, their file or their addresses. `changed_elsewhere` are articles that were touched and are not
    among the results, `removed` have left the archive: whether any of these was among the results then,
    cannot be known, for their text of then is gone. `departed` are the first of the removed ones.
    """

    _KEYS: ClassVar = {"departed": "removed_articles"}

    generation: int
    made: datetime
    added: int
    changed: int
    changed_elsewhere: int
    removed: int
    departed: tuple[Departed, ...]


@dataclass(frozen=True, slots=True)
class Forms(Answer):
    """What a query of one word found beside the word as it was `typed`, which `total` of its articles have:
    `others` have it in other forms alone. `forms` are the commonest of these, each with how many of these
    have it; `request` is the search for the word as typed."""

    _KEYS: ClassVar = {"request": "parameters"}

    typed: str
    total: int
    others: int
    forms: tuple[tuple[str, int], ...]
    request: SearchRequest

    @property
    def text(self) -> str:
        """What a reader should see of it, without a full stop."""
        typed = say_number(
            "{count} has '{word}' as typed", "{count} have '{word}' as typed", self.total, word=self.typed
        )
        other = say_number("{count} has another form", "{count} have another form", self.others)
        words = joined(say("{word} ({count})", word=word, count=count) for word, count in self.forms)
        return say(
            "{typed}, {other}: {words}" if words else "{typed}, {other}",
            typed=typed,
            other=other,
            words=words,
        )


class OfferKind(StrEnum):
    """What is otherwise in the search that is offered."""

    COMPOUND = "compound"  # one word is written as two, or two as one: other articles have it so
    SPELLING = "spelling"  # a word is spelt otherwise, or two are one
    VALUE = "value"  # a filter or a field asks for a value that there is, of nearly that name
    BEGUN = "begun"  # the last word is the beginning of one
    SWAPPED = "swapped"  # the dates, of which the first is after the last
    UNQUOTED = "unquoted"  # the words of a phrase stand anywhere
    OPTIONAL = "optional"  # the costliest words need not occur
    UNFILTERED = "unfiltered"  # a filter, or all of them, are left out
    ANY = "any"  # any of the words will do


@dataclass(frozen=True, slots=True)
class Offer(Answer):
    """A search near one that found too little, with how many articles it finds (stories, where `request`
    collapses them), counted by the engine.

    `text` completes the sentence "Search …"."""

    _WRITTEN: ClassVar = ("kind", "text", "total", "total_relation", "request")
    _KEYS: ClassVar = {"request": "parameters"}  # keywords of `Archive.search`

    kind: OfferKind
    text: str
    request: SearchRequest
    total: int
    total_relation: TotalRelation = TotalRelation.EXACT
