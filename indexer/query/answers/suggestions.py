"""What a reader may mean: suggestions for what was typed so far, and other spellings of a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from indexer.query.answers.answer import Answer, Limited, Listing
from indexer.query.deadline import NO_DEADLINE, Deadline

MAX_SPELLINGS = 50


@dataclass(frozen=True, slots=True)
class Suggestion(Answer):
    """Something to search for. `kind` is one of SUGGESTION_KINDS; `ranges` what matched of `text`:
    (start, end) in code points, sorted, apart.

    `value` chooses it: the value of the facet for a topic or a provider, the quoted query for a phrase,
    the article's id for a title. `before` is the query that stands before what it is suggested for, and
    stays beside it. `count` is how many articles both give; where it is not `exact`, it is from some changes
    of the archive ago.
    """

    _WRITTEN: ClassVar = ("text", "kind", "count", "exact", "ranges", "value", "before")

    text: str
    kind: str
    count: int
    ranges: tuple[tuple[int, int], ...]
    value: str
    exact: bool = True
    before: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions(Limited, Answer, Listing[Suggestion]):
    """Suggestions in order. `bounded`: not all titles were looked at, for what was typed is too common."""

    _WRITTEN: ClassVar = ("typed", "items", "bounded", "timed_out")
    _KEYS: ClassVar = {"typed": "q", "items": "suggestions"}

    typed: str
    items: tuple[Suggestion, ...]
    bounded: bool = False
    deadline: Deadline = field(default=NO_DEADLINE, repr=False, compare=False)

    def _items(self) -> Sequence[Suggestion]:
        return self.items


@dataclass(frozen=True, slots=True)
class Spelling(Answer):
    """A word of the archive, or two of them, that may have been meant. `documents` have it (both, of
    two); `edits` of a letter or a blank lie between; the lower the `cost`, the likelier it is."""

    _WRITTEN: ClassVar = ("text", "documents", "edits")

    text: str
    documents: int
    edits: int
    cost: float
