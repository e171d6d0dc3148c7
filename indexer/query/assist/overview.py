"""What a search finds, in short: how much, from when to when, what about, from whom; and two searches
side by side. Counts are exact; of the terms, `indexer.query.assist.distinctive` says what is a sample."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from indexer.article import format_iso
from indexer.query.answers.results import FacetValue
from indexer.query.answers.stats import first_and_last
from indexer.query.arrays.facets.counted import Counted
from indexer.query.arrays.facets.facets import Wanted, count_facet
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.facet_column import FacetColumn
from indexer.query.arrays.store.postings import Docs
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.assist.distinctive import DistinctiveTerm, Whole, contrasted_terms
from indexer.query.assist.timeline import Matched, Series, Timeline, build_timeline
from indexer.query.parameters import NONE

SHOWN = 10  # providers, topics


@dataclass(frozen=True)
class Overview:
    """What a search finds, in short. Providers and topics are counted in what is found, the ten largest;
    `stories` counts each story once, None where no stories are kept;
    `terms` are those that set what is found apart from the archive. Terms and peaks are found when they
    are first looked at."""

    query: str
    total: int
    stories: int | None
    first_date: datetime | None
    last_date: datetime | None
    providers: tuple[FacetValue, ...]
    topics: tuple[FacetValue, ...]
    timeline: Timeline
    _terms: Callable[[], tuple[DistinctiveTerm, ...]] = field(repr=False, compare=False)

    @functools.cached_property
    def terms(self) -> tuple[DistinctiveTerm, ...]:
        """The terms that set what is found apart from the archive, the most telling first."""
        return self._terms()

    @property
    def undated(self) -> int:
        """How many of what is found have no date."""
        return self.timeline.series[0].undated

    def to_json(self) -> dict[str, Any]:
        """Return the overview as the command line and the API print it."""
        return {
            "query": self.query,
            "total": self.total,
            "stories": self.stories,
            "first_date": format_iso(self.first_date),
            "last_date": format_iso(self.last_date),
            "undated": self.undated,
            "terms": [term.to_json() for term in self.terms],
            "providers": [_plain(value) for value in self.providers],
            "topics": [_plain(value) for value in self.topics],
            "timeline": self.timeline.to_json(),
            "generation": self.timeline.generation,
        }


@dataclass(frozen=True, slots=True)
class SharedTopic:
    """A topic that both sides have: how many articles of each, and which part of each side that is."""

    value: str
    label: str
    counts: tuple[int, int]
    shares: tuple[float, float]

    def to_json(self) -> dict[str, Any]:
        """Return it as the API prints it."""
        return {
            "value": self.value,
            "label": self.label,
            "counts": list(self.counts),
            "shares": list(self.shares),
        }


@dataclass(frozen=True)
class Comparison:
    """Two searches side by side: the two series of `timeline` are theirs, with total and undated.

    `both` counts what both find; `topics` are the topics that both have, the largest parts first; `terms`
    are for each side those that set it apart from the other, found when first looked at."""

    timeline: Timeline
    both: int
    topics: tuple[SharedTopic, ...]
    _terms: Callable[[], tuple[tuple[DistinctiveTerm, ...], ...]] = field(repr=False, compare=False)

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
                }
                for side, terms in zip(self.sides, self.terms, strict=True)
            ],
            "both": self.both,
            "topics": [topic.to_json() for topic in self.topics],
            "timeline": self.timeline.to_json(),
            "generation": self.timeline.generation,
        }


def build_overview(found: Matched, snapshot: Snapshot) -> Overview:
    """Return what was found, in short."""
    columns, docs = snapshot.columns, found.docs
    first, last = first_and_last(columns.published.take(docs))
    with snapshot.lock:
        providers, topics = (_largest(columns, name, docs) for name in ("provider", "topic"))
    whole = Whole(snapshot, left_out=found.left_out)
    return Overview(
        query=found.query,
        total=len(docs),
        stories=snapshot.stories.count(docs) if snapshot.has_stories else None,
        first_date=first,
        last_date=last,
        providers=providers,
        topics=topics,
        timeline=build_timeline([found], snapshot, None),
        _terms=functools.partial(whole.terms, docs),
    )


def build_comparison(one: Matched, other: Matched, snapshot: Snapshot, interval: str | None) -> Comparison:
    """Return two searches side by side. Raises RequestError as `build_timeline` does."""
    both = len(np.intersect1d(one.docs, other.docs, assume_unique=True))
    with snapshot.lock:
        topics = _shared(snapshot.columns.facet("topic"), one.docs, other.docs)
    left_out = one.left_out | other.left_out
    return Comparison(
        timeline=build_timeline([one, other], snapshot, interval),
        both=both,
        topics=topics,
        _terms=functools.partial(contrasted_terms, one.docs, other.docs, snapshot, left_out),
    )


def _largest(columns: Columns, facet: str, docs: Docs) -> tuple[FacetValue, ...]:
    """Return the largest values of a facet in some documents; of a tree, parents count like any other."""
    wanted = Wanted(facet, (), SHOWN + 1)  # `none` may be among them
    values = count_facet(columns, Counted(docs), wanted, datetime.now(UTC))
    named = [value for value in values if value.value != NONE]
    return tuple(sorted(named, key=lambda value: -value.count)[:SHOWN])


def _plain(value: FacetValue) -> dict[str, Any]:
    return {"value": value.value, "label": value.label, "count": value.count}


def _shared(column: FacetColumn, one: Docs, other: Docs) -> tuple[SharedTopic, ...]:
    counts = np.stack([column.counts(one), column.counts(other)])
    shares = counts / np.maximum([[len(one)], [len(other)]], 1)
    smaller = shares.min(axis=0)
    smaller[column.none] = 0
    order = np.lexsort((column.label_rank, -smaller))[:SHOWN]
    return tuple(
        SharedTopic(
            column.keys[at].value,
            column.keys[at].label,
            tuple(counts[:, at].tolist()),
            tuple(shares[:, at].tolist()),
        )
        for at in order.tolist()
        if smaller[at]
    )
