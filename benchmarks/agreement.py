"""Whether the peers do the same work: their totals side by side, and each one's facets in themselves."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.peers import PROVIDERS, Answer, Peer, Question
from benchmarks.peers.base import PREFIX

_SHOWN = 3
_MONTH = 7  # characters of 2020-06: Backfile's date facet counts by year or day where the span asks for it


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one peer's answers compare with the base's, over all questions of a kind.

    `median_ratio` (of the totals) and `same_totals` are None where totals are not asked for.
    `same_facets` gives for each facet the share of questions with equal counts, among those whose
    totals are equal; None where there was none to compare. `same_hits` is the part of the base's
    best ten that the peer's best ten have as well.
    """

    peer: str
    median_ratio: float | None
    same_totals: float | None
    same_facets: Mapping[str, float | None]
    same_hits: float
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question whose totals differ, and by peer how many articles were found."""

    question: Question
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Agreements:
    """All peers beside the base, and the questions on which they differ most.

    `totals` are the base's; `seconds` what each peer took for all questions, the first time.
    """

    base: str
    peers: tuple[Agreement, ...]
    differences: tuple[Difference, ...]
    totals: tuple[int, ...]
    seconds: Mapping[str, float]


def compare(base: Peer, peers: Sequence[Peer], questions: Sequence[Question]) -> Agreements:
    """Ask everyone everything once and compare; files and caches are warm from then on."""
    answers: dict[str, list[Answer]] = {}
    seconds: dict[str, float] = {}
    for peer in (base, *peers):
        began = time.perf_counter()
        answers[peer.name] = [peer.ask(question) for question in questions]
        seconds[peer.name] = time.perf_counter() - began
    ours = answers[base.name]
    # The beginning of a word need not begin its stem, and stems are all that most peers have.
    must_find = not any(question.kind == PREFIX for question in questions)
    found = tuple(_agreement(name, theirs, ours, must_find) for name, theirs in answers.items())
    totals = tuple(a.total for a in ours if a.total is not None)
    return Agreements(base.name, found, _differences(answers, questions), totals, seconds)


def _agreement(name: str, theirs: list[Answer], ours: list[Answer], must_find: bool) -> Agreement:
    pairs = list(zip(theirs, ours, strict=True))
    counted = [(a, b) for a, b in pairs if a.total is not None and b.total is not None]
    ratios = [a.total / b.total for a, b in counted if a.total is not None and b.total]
    same = [(a, b) for a, b in counted if a.total == b.total]
    common = sum(len({*a.hits} & {*b.hits}) for a, b in pairs)
    return Agreement(
        peer=name,
        median_ratio=statistics.median(ratios) if ratios else None,
        same_totals=len(same) / len(counted) if counted else None,
        same_facets={
            "topic": _share([a.topics == b.topics for a, b in same]),
            "provider": _share([_comparable(a.providers) == _comparable(b.providers) for a, b in same]),
            "month": _share([a.months == b.months for a, b in same if _by_month(a) and _by_month(b)]),
        },
        same_hits=common / max(1, sum(len({*b.hits}) for _, b in pairs)),
        faults=tuple(sorted({fault for answer in theirs for fault in facet_faults(answer, must_find)})),
    )


def _share(equal: list[bool]) -> float | None:
    return sum(equal) / len(equal) if equal else None


def _comparable(providers: Mapping[str, int]) -> list[int]:
    """Return the counts without the names: past the fiftieth, which of equals is shown is free."""
    return sorted(providers.values(), reverse=True)[: PROVIDERS - 1]


def _by_month(answer: Answer) -> bool:
    return all(len(key) == _MONTH for key in answer.months if key != "none")


def facet_faults(answer: Answer, must_find: bool = True) -> list[str]:
    """Return what cannot be true of an answer's counts, as sentences; nothing where none are given.

    Topics are not held against the total: those of a page with a chosen topic are what choosing
    another one would give.
    """
    if answer.total is None:
        return []
    faults = []
    if must_find and not answer.total:
        faults.append("a query whose words are from a title finds nothing")
    if sum(answer.months.values()) != answer.total:
        faults.append("the months do not sum up to the total")
    if sum(answer.providers.values()) > answer.total:
        faults.append("the providers sum up to more than the total")
    if len(answer.providers) > PROVIDERS:
        faults.append(f"more than {PROVIDERS} providers are given")
    if len(answer.hits) != min(10, answer.total):
        faults.append("there are not ten hits, nor as many as the total")
    return faults


def _differences(
    answers: Mapping[str, list[Answer]], questions: Sequence[Question]
) -> tuple[Difference, ...]:
    """Return the questions on which the totals lie furthest apart, by their logarithms."""
    ranked = []
    for place, question in enumerate(questions):
        totals = {name: t for name, given in answers.items() if (t := given[place].total) is not None}
        if totals:
            apart = math.log1p(max(totals.values())) - math.log1p(min(totals.values()))
            ranked.append((-apart, place, Difference(question, totals)))
    return tuple(difference for apart, _, difference in sorted(ranked)[:_SHOWN] if apart < 0)
