"""The timing of questions: every peer, the same ones, kind by kind and round by round."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.agreement import Agreements, compare
from benchmarks.measure import Spread, percentile, ratio, spread, take_turns, timed
from benchmarks.peers import Peer, Question

_PATIENCE = 15.0  # seconds for all questions of a kind; a peer that takes longer is asked in one round
_TRIED = 5  # questions that a peer is tried with
_TOO_SLOW = 0.25  # seconds a question; a peer that takes longer is left out, and listed as such


@dataclass(frozen=True, slots=True)
class KindTimes:
    """What came of one kind of question: seconds of each, by peer, round by round.

    A slow peer is missing in all rounds but the first; `too_slow` has what a question took of those
    that were left out.
    """

    kind: str
    questions: Sequence[Question]
    agreements: Agreements
    rounds: tuple[Mapping[str, Sequence[float]], ...]
    too_slow: Mapping[str, float]

    @property
    def peers(self) -> tuple[str, ...]:
        """The peers that can answer this kind."""
        return tuple(self.rounds[0])

    def percentile(self, peer: str, percent: float) -> Spread:
        """Return a peer's percentile, in seconds."""
        return spread(percentile(r[peer], percent) for r in self.rounds if peer in r)

    def ratio(self, peer: str, base: str, percent: float) -> Spread:
        """Return how many times as fast `base` is as `peer`, at that percentile."""
        both = [r for r in self.rounds if peer in r and base in r]
        theirs, ours = ([percentile(r[name], percent) for r in both] for name in (peer, base))
        return ratio(theirs, ours)


def time_kind(kind: str, peers: Sequence[Peer], questions: Sequence[Question], rounds: int) -> KindTimes:
    """Compare the answers, which warms files and caches, then time every question `rounds` times.

    The first of the peers that can answer is the one that the others are compared with.
    """
    able = [peer for peer in peers if kind in peer.kinds]
    tried = questions[:_TRIED]
    each = {p.name: timed(lambda p=p: [p.ask(question) for question in tried]) / len(tried) for p in able[1:]}
    too_slow = {name: seconds for name, seconds in each.items() if seconds > _TOO_SLOW}
    able = [peer for peer in able if peer.name not in too_slow]
    agreements = compare(able[0], able[1:], questions)
    gc.collect()
    gc.freeze()  # what the peers hold is no garbage, and none of them should pay for looking
    try:
        taken = []
        for number in range(rounds):
            calls = {p.name: p.ask for p in able if not number or agreements.seconds[p.name] < _PATIENCE}
            taken.append(take_turns(calls, questions))
    finally:
        gc.unfreeze()
    return KindTimes(kind, questions, agreements, tuple(taken), too_slow)
