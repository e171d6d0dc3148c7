"""The values of a facet, of all articles: how many each has, from when to when, and how they lie in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from indexer.query.answers.answer import Answer, Limited
from indexer.query.answers.ledger import TotalRelation
from indexer.query.answers.timeline import Period
from indexer.query.deadline import NO_DEADLINE, Deadline


@dataclass(frozen=True, slots=True)
class DirectoryValue(Answer):
    """A value of a facet, and that above it in its tree. `counts` has its articles by the directory's
    periods; those before the first of them, and the `undated` ones, are in none."""

    value: str
    label: str
    parent: str | None
    count: int
    first_date: date | None
    last_date: date | None
    undated: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Directory(Limited, Answer):
    """A page of the values of a facet, of `found` that are called as was asked for; `distinct` is how many
    there are in all, as `distinct_relation` says, `without` how many articles have none. Where there was no
    time, `values` is empty."""

    _WRITTEN: ClassVar = (
        "facet", "distinct", "distinct_relation", "found", "without", "order", "page", "pages", "size",
        "interval", "periods", "values", "generation", "timed_out",
    )  # fmt: skip

    facet: str
    distinct: int
    distinct_relation: TotalRelation
    found: int
    without: int
    order: str
    page: int
    size: int
    interval: str
    periods: tuple[Period, ...]
    values: tuple[DirectoryValue, ...]
    generation: int
    deadline: Deadline = field(default=NO_DEADLINE, repr=False, compare=False)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.found // self.size)

    def to_json(self) -> dict[str, Any]:
        """Return the directory as the API prints it."""
        return super().to_json() | {"periods": [period.name for period in self.periods]}
