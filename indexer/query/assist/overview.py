"""Searches -> what each finds in short, and two of them side by side."""

from __future__ import annotations

from indexer.query.answers.facet_values import FacetValue, FacetValues
from indexer.query.answers.overview import Comparison, Overview, SharedTopic
from indexer.query.answers.parts import PartKind
from indexer.query.answers.timeline import DistinctiveTerm
from indexer.query.assist.distinctive import Whole, contrasted_terms
from indexer.query.assist.reading import Moment
from indexer.query.assist.timeline import Search, build_timeline
from indexer.query.parameters import NONE
from indexer.query.periods import date_of
from indexer.query.source import Documents

SHOWN = 10  # providers, topics


def build_overview(search: Search, at: Moment, part: PartKind = PartKind.ALL) -> Overview:
    """Return what a part of a search found, in short; of what was cut short, no more than that."""
    documents = search.documents
    span = None if search.is_cut else documents.date_span()
    first, last = map(date_of, span) if span else (None, None)
    return Overview(
        query=search.query,
        part=part,
        total=documents.count,
        stories=at.deadline.whole(documents.stories, None),
        first_date=first,
        last_date=last,
        providers=_largest(documents, "provider", at),
        topics=_largest(documents, "topic", at),
        timeline=build_timeline([search], at, None),
        _terms=lambda: at.deadline.whole(
            lambda: Whole(at.view, excluded=search.excluded(at.view.analyzer)).terms(documents), ()
        ),
    )


def build_comparison(searches: tuple[Search, Search], at: Moment, interval: str | None) -> Comparison:
    """Return two searches side by side; of what was cut short, the totals. Raises RequestError as
    `build_timeline` does."""
    one, other = searches
    sides = one.documents, other.documents

    def terms() -> tuple[tuple[DistinctiveTerm, ...], ...]:
        excluded = one.excluded(at.view.analyzer) | other.excluded(at.view.analyzer)
        return at.deadline.whole(lambda: contrasted_terms(sides, at.view, excluded), ((), ()))

    return Comparison(
        timeline=build_timeline(searches, at, interval),
        both=at.deadline.whole(lambda: one.documents.common(other.documents), None),
        topics=at.deadline.whole(lambda: _shared_topics(*sides), ()),
        _terms=terms,
    )


def _largest(documents: Documents, facet: str, at: Moment) -> tuple[FacetValue, ...]:
    """Return the largest values of a facet in some documents; of a tree, parents count like any other."""
    uncounted = FacetValues(facet, (), 0, timed_out=True)
    found = at.deadline.whole(lambda: documents.largest(facet, SHOWN + 1), uncounted)
    values = _named(found)  # `none` may be among them
    return tuple(sorted(values, key=lambda value: -value.count)[:SHOWN])


def _named(values: FacetValues) -> list[FacetValue]:
    return [value for value in values if value.value != NONE]


def _shared_topics(one: Documents, other: Documents) -> tuple[SharedTopic, ...]:
    """Return the topics that both have, those first that the most articles of both together have."""
    sizes = max(one.count, 1), max(other.count, 1)
    counts = {value.value: value.count for value in _named(other.largest("topic", None))}
    topics = [
        SharedTopic(
            value.value,
            value.label,
            (value.count, counts[value.value]),
            (value.count / sizes[0], counts[value.value] / sizes[1]),
        )
        for value in _named(one.largest("topic", None))
        if value.value in counts
    ]
    topics.sort(key=lambda topic: (-sum(topic.shares), topic.label.casefold(), topic.value))
    return tuple(topics[:SHOWN])
