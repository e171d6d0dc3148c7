"""What a search finds, in short: how much, from when to when, what about, from whom; and two searches
side by side. Counts are exact; of the terms, `assist.distinctive` says what is a sample."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from indexer.query.answers.answer import Answer, Limited
from indexer.query.answers.facet_values import FacetValue
from indexer.query.answers.parts import PartKind
from indexer.query.answers.timeline import DistinctiveTerm, Series, Timeline
from indexer.query.deadline import Deadline


@dataclass(frozen=True)
class Overview(Limited, Answer):
    """What a search finds, in short. Providers and topics are counted in what is found, the ten largest;
    `stories` counts each story once, None where no stories are kept. `part` says what the articles have:
    all of the words, or where none has, some. `terms` are those that set what is found apart from the
    archive. Terms and peaks are found when they are first looked at."""

    _WRITTEN: ClassVar = (
        "query", "part", "total", "stories", "first_date", "last_date", "undated", "terms", "providers",
        "topics", "timeline", "notes", "timed_out",
    )  # fmt: skip

    query: str
    part: PartKind
    total: int
    stories: int | None
    first_date: date | None
    last_date: date | None
    providers: tuple[FacetValue, ...]
    topics: tuple[FacetValue, ...]
    timeline: Timeline
    _terms: Callable[[], tuple[DistinctiveTerm, ...]] = field(repr=False, compare=False)

    @functools.cached_property
    def terms(self) -> tuple[DistinctiveTerm, ...]:
        """The terms that set what is found apart from the archive, the most distinctive first."""
        return self._terms()

    @property
    def deadline(self) -> Deadline:  # type: ignore[override]
        """The deadline of the request."""
        return self.timeline.deadline

    @property
    def undated(self) -> int:
        """How many of what is found have no date."""
        return self.timeline.series[0].undated

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of how the query was read."""
        return self.timeline.series[0].notes

    def to_json(self) -> dict[str, Any]:
        """Return the overview as the command line and the API print it."""
        values = {name: [_plain(value) for value in getattr(self, name)] for name in ("providers", "topics")}
        return super().to_json() | values | {"generation": self.timeline.generation}


@dataclass(frozen=True, slots=True)
class SharedTopic(Answer):
    """A topic that both sides have: how many articles of each, and which part of each side that is."""

    value: str
    label: str
    counts: tuple[int, int]
    shares: tuple[float, float]


@dataclass(frozen=True)
class Comparison(Limited):
    """Two searches side by side: the two series of `timeline` are theirs, with total and undated.

    `both` counts what both find, None where there was no time for that; `topics` are the topics that both
    have, the largest parts first; `terms` are for each side those that set it apart from the other, found
    when first looked at."""

    timeline: Timeline
    both: int | None
    topics: tuple[SharedTopic, ...]
    _terms: Callable[[], tuple[tuple[DistinctiveTerm, ...], ...]] = field(repr=False, compare=False)

    @property
    def deadline(self) -> Deadline:  # type: ignore[override]
        """The deadline of the request."""
        return self.timeline.deadline

    @property
    def sides(self) -> tuple[Series, ...]:
        """What each side finds over time; the name of a side is its `query`."""
        return self.timeline.series

    @functools.cached_property
    def terms(self) -> tuple[tuple[DistinctiveTerm, ...], ...]:
        """For each side, the terms that set it apart from the other."""
        return self._terms()

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as the command line and the API print it."""
        return {
            "sides": [
                {
                    "name": side.query,
                    "total": side.total,
                    "undated": side.undated,
                    "terms": [term.to_json() for term in terms],
                    "notes": list(side.notes),
                }
                for side, terms in zip(self.sides, self.terms, strict=True)
            ],
            "both": self.both,
            "topics": [topic.to_json() for topic in self.topics],
            "timeline": self.timeline.to_json(),
            "generation": self.timeline.generation,
            "timed_out": self.timed_out,
        }


def _plain(value: FacetValue) -> dict[str, Any]:
    return {"value": value.value, "label": value.label, "count": value.count}
