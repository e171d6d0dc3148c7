"""The timing of queries: every peer, the same questions, round by round."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.measure import Spread, percentile, ratio, spread, take_turns
from benchmarks.peers import Peer
from benchmarks.queries import Words


@dataclass(frozen=True, slots=True)
class QueryTimes:
    """Seconds of each query, by peer, round by round."""

    rounds: tuple[Mapping[str, Sequence[float]], ...]

    def percentile(self, peer: str, percent: float) -> Spread:
        """Return a peer's percentile, in seconds."""
        return spread(self._each(peer, percent))

    def ratio(self, peer: str, base: str, percent: float) -> Spread:
        """Return how many times as fast `base` is as `peer`, at that percentile."""
        return ratio(self._each(peer, percent), self._each(base, percent))

    def _each(self, peer: str, percent: float) -> list[float]:
        return [percentile(samples[peer], percent) for samples in self.rounds]


def time_queries(peers: Sequence[Peer], queries: Sequence[Words], rounds: int) -> QueryTimes:
    """Time every query on every peer, `rounds` times, once they are warm."""
    calls = {peer.name: peer.query for peer in peers}
    take_turns(calls, queries)  # warms files, caches and branch predictors; not counted
    gc.collect()
    gc.freeze()  # what the peers hold is no garbage, and none of them should pay for looking
    try:
        return QueryTimes(tuple(take_turns(calls, queries) for _ in range(rounds)))
    finally:
        gc.unfreeze()
