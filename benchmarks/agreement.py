"""Whether the peers do the same work: their totals side by side, and each one's facets in themselves."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.peers import PROVIDERS, Answer, Peer
from benchmarks.queries import Words

_SHOWN = 6
_MONTH = 7  # characters of 2020-06: Backfile's date facet counts by year or day where the span asks for it


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one peer's answers compare with the base's, over all queries.

    `same_facets` gives for each facet the share of queries with equal counts, among those whose
    totals are equal; None where there was none to compare.
    """

    peer: str
    median_ratio: float
    same_totals: float
    same_facets: Mapping[str, float | None]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A query whose totals differ, and by peer how many articles were found."""

    query: str
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Agreements:
    """All peers beside the base, and the queries on which they differ most."""

    base: str
    peers: tuple[Agreement, ...]
    differences: tuple[Difference, ...]
    totals: tuple[int, ...]  # the base's


def compare(base: Peer, peers: Sequence[Peer], queries: Sequence[Words]) -> Agreements:
    """Ask everyone everything once and compare."""
    answers = {peer.name: [peer.query(words) for words in queries] for peer in (base, *peers)}
    ours = answers[base.name]
    found = tuple(_agreement(name, theirs, ours) for name, theirs in answers.items())
    return Agreements(base.name, found, _differences(answers, queries), tuple(a.total for a in ours))


def _agreement(name: str, theirs: list[Answer], ours: list[Answer]) -> Agreement:
    pairs = list(zip(theirs, ours, strict=True))
    ratios = [a.total / b.total for a, b in pairs if b.total]
    same = [(a, b) for a, b in pairs if a.total == b.total]
    return Agreement(
        peer=name,
        median_ratio=statistics.median(ratios) if ratios else 1.0,
        same_totals=len(same) / len(pairs) if pairs else 1.0,
        same_facets={
            "topic": _share([a.topics == b.topics for a, b in same]),
            "provider": _share([_comparable(a.providers) == _comparable(b.providers) for a, b in same]),
            "month": _share([a.months == b.months for a, b in same if _by_month(a) and _by_month(b)]),
        },
        faults=tuple(sorted({fault for answer in theirs for fault in facet_faults(answer)})),
    )


def _share(equal: list[bool]) -> float | None:
    return sum(equal) / len(equal) if equal else None


def _comparable(providers: Mapping[str, int]) -> list[int]:
    """Return the counts without the names: past the fiftieth, which of equals is shown is free."""
    return sorted(providers.values(), reverse=True)[: PROVIDERS - 1]


def _by_month(answer: Answer) -> bool:
    return all(len(key) == _MONTH for key in answer.months if key != "none")


def facet_faults(answer: Answer) -> list[str]:
    """Return what cannot be true of an answer's counts, as sentences."""
    faults = []
    if not answer.total:
        faults.append("a query whose words are from a title finds nothing")
    if sum(answer.months.values()) != answer.total:
        faults.append("the months do not sum up to the total")
    if max(answer.topics.values(), default=0) > answer.total:
        faults.append("a topic is counted more often than there are matches")
    if sum(answer.providers.values()) > answer.total:
        faults.append("the providers sum up to more than the total")
    if len(answer.providers) > PROVIDERS:
        faults.append(f"more than {PROVIDERS} providers are given")
    if len(answer.hits) != min(10, answer.total):
        faults.append("there are not ten hits, nor as many as the total")
    return faults


def _differences(answers: Mapping[str, list[Answer]], queries: Sequence[Words]) -> tuple[Difference, ...]:
    """Return the queries on which the totals lie furthest apart, by their logarithms."""
    ranked = []
    for place, words in enumerate(queries):
        totals = {name: given[place].total for name, given in answers.items()}
        apart = math.log1p(max(totals.values())) - math.log1p(min(totals.values()))
        ranked.append((-apart, place, Difference(" ".join(words), totals)))
    return tuple(difference for apart, _, difference in sorted(ranked)[:_SHOWN] if apart < 0)
