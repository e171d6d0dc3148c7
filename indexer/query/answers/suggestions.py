"""What a reader may mean: suggestions for what was typed so far, and other spellings of a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

MAX_SPELLINGS = 50


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to search for. `kind` is one of SUGGESTION_KINDS; `ranges` what matched of `text`:
    (start, end) in code points, sorted, apart.

    `value` chooses it: the value of the facet for a topic or a provider, the quoted query for a phrase,
    the article's id for a title. `count` is how many articles that gives; where it is not `exact`, it
    is from some changes of the archive ago.
    """

    text: str
    kind: str
    count: int
    ranges: tuple[tuple[int, int], ...]
    value: str
    exact: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return it as the command line and the API print it."""
        return {
            "text": self.text,
            "kind": self.kind,
            "count": self.count,
            "exact": self.exact,
            "ranges": [list(r) for r in self.ranges],
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Suggestions(Sequence[Suggestion]):
    """Suggestions in order. `bounded`: not all titles were looked at, for what was typed is too common."""

    typed: str
    items: tuple[Suggestion, ...]
    bounded: bool = False

    @overload
    def __getitem__(self, index: int) -> Suggestion: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Suggestion, ...]: ...
    def __getitem__(self, index: int | slice) -> Suggestion | tuple[Suggestion, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def to_json(self) -> dict[str, Any]:
        """Return them as the command line and the API print them."""
        return {
            "q": self.typed,
            "suggestions": [item.to_json() for item in self.items],
            "bounded": self.bounded,
        }


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word of the archive, or two of them, that may have been meant. `documents` have it (both, of
    two); `edits` of a letter or a blank lie between; the lower the `cost`, the likelier it is."""

    text: str
    documents: int
    edits: int
    cost: float

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"text": self.text, "documents": self.documents, "edits": self.edits}
