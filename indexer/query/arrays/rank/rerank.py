"""The order of relevance beyond single words: pairs of words on the best articles, then blends.

It comes after the filters and before a page is cut out: how many are found, and what facets count,
stays as it is. What is re-ordered is a fixed set for a query, its filters and a generation, so that
pages and cursors neither skip nor repeat an article.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from whoosh.query import Query

from indexer.query.answers.parsed import Note
from indexer.query.arrays.match.execute import Matches, evaluate
from indexer.query.arrays.rank.blends import BlendPart, blend_parts, blended
from indexer.query.arrays.rank.cursor import Order
from indexer.query.arrays.rank.proximity import POOL, Pair, PairScore, score_pairs
from indexer.query.arrays.store.postings import Docs, Places, Scores
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.assist.broadening import DOCUMENTS, broaden, feedback
from indexer.query.request import Blend


@dataclass(frozen=True)
class Reranked:
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


def rerank(docs: Docs, scores: Scores, pairs: Sequence[Pair], blend: Blend, snapshot: Snapshot) -> Reranked:
    """Return the final scores of what passed the filters."""
    pool: Places | None = None
    found: list[PairScore] = []
    if pairs and snapshot.ranking.pairs and len(docs):
        pool = Order.of("relevance", snapshot.columns, docs, scores).first(POOL)
        with snapshot.lock:
            found = score_pairs(pairs, snapshot.postings, docs.take(pool))
        if found:
            scores = scores.copy()
            scores[pool] += np.add.reduce([pair.scores for pair in found], axis=0)
    if blend:
        scores = blended(list(blend_parts(blend, snapshot, docs)), scores)
    return Reranked(docs, scores, pool, tuple(found), blend)


def broadened(
    tree: Query, matches: Matches, snapshot: Snapshot, expansion_limit: int
) -> tuple[Matches, tuple[Note, ...]]:
    """Return what `tree` matches when the words of the best of its `matches` are looked for as well,
    and the note on it. Filters of a request play no part: counts must not change the words."""
    order = Order.of("relevance", snapshot.columns, matches.docs, matches.scores)
    best = order.page(0, DOCUMENTS)
    docs, scores = matches.docs.take(best).tolist(), matches.scores.take(best).tolist()
    found = feedback(zip(docs, scores, strict=True), snapshot)
    if not found.weights:
        return matches, ()
    return evaluate(broaden(tree, found), snapshot, expansion_limit), (found.note,)


def blend_of(blend: Blend, snapshot: Snapshot, doc: int) -> list[BlendPart]:
    """Return what is mixed into the score of one document."""
    return list(blend_parts(blend, snapshot, np.array([doc], np.uint32)))
