"""The order of relevance beyond single words: pairs of words on the best articles, then blends.

It comes after the filters and before a page is cut out: how many are found, and what facets count,
stays as it is. What is re-ordered is a fixed set for a query, its filters and a generation, so that
pages and cursors neither skip nor repeat an article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.query.arrays.rank.blends import blend_parts, blended
from indexer.query.arrays.rank.order import Order
from indexer.query.arrays.rank.proximity import PairScore, score_pairs
from indexer.query.arrays.store.postings import Docs, Places, Scores
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.ranking import PAIR_POOL
from indexer.query.request import Blend
from indexer.query.source import Plan


@dataclass(frozen=True)
class Ranked:
    """Documents in ascending order and their final scores; `pool` are the places in them of those whose
    pairs were looked at (None: nothing was), `pairs` what these add there."""

    docs: Docs
    scores: Scores
    pool: Places | None = None
    pairs: Sequence[PairScore] = field(default=())
    blend: Blend = field(default=Blend())

    def within(self, wanted: int | None) -> tuple[Docs, Scores]:
        """Return the documents and scores that the first `wanted` of the order are among: the pool's,
        where it is large enough, for nothing comes before it. None wants all."""
        if self.pool is None or wanted is None or self.blend or wanted > len(self.pool):
            return self.docs, self.scores
        return self.docs.take(self.pool), self.scores.take(self.pool)


def rank(docs: Docs, scores: Scores, plan: Plan, snapshot: Snapshot) -> Ranked:
    """Return the final scores of what passed the filters."""
    pool: Places | None = None
    found: list[PairScore] = []
    if plan.pairs and len(docs):
        pool = Order.of("relevance", snapshot.columns, docs, scores).first(PAIR_POOL)
        found = score_pairs(plan.pairs, snapshot.postings, docs.take(pool))
        if found:
            scores = scores.copy()
            scores[pool] += np.add.reduce([pair.scores for pair in found], axis=0)
    if plan.blend:
        scores = blended(list(blend_parts(plan.blend, snapshot, docs)), scores)
    return Ranked(docs, scores, pool, tuple(found), plan.blend)
