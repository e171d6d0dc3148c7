"""How the score of a hit is made: parts that add up to it, each with the numbers it comes from.

    for part in hit.explain().parts:
        print(part.score, part.kind, part.what)

The tree is evaluated anew, leaf by leaf, each once for all hits of a page and only when one is asked
for its reasons. What a deadline has cut short has no parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as q

from indexer.query.answers.results import Explanation, ScorePart
from indexer.query.arrays.match.binding import DocSet
from indexer.query.arrays.match.execute import Executor
from indexer.query.arrays.rank.blends import blend_parts
from indexer.query.arrays.rank.relevance import Ranked
from indexer.query.arrays.store.postings import Docs, member
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.deadline import Deadline
from indexer.query.ranking import PAIR_WEIGHT
from indexer.query.reasons import Reason, Reasons, named, words_in


class Explainer:
    """Explains the hits of one page: `docs` are theirs, ascending."""

    def __init__(
        self, tree: q.Query, snapshot: Snapshot, ranked: Ranked, docs: Docs, deadline: Deadline
    ) -> None:
        self._tree = tree
        self._snapshot = snapshot
        self._ranked = ranked
        self._docs = docs
        self._deadline = deadline
        self._leaves: dict[int, tuple[NDArray[np.bool_], NDArray[np.float64]]] = {}

    def explain(self, doc: int, score: float) -> Explanation:
        """Return how the `score` of one of the documents is made."""
        _, parts = Reasons(self._leaf).parts(self._tree, doc)  # kept, it would be a cycle
        if self._deadline.has_cut:
            return Explanation(score)
        parts += self._pairs(doc)
        base = sum(part.score for part in parts)
        for name, weight, values in blend_parts(
            self._ranked.blend, self._snapshot, np.array([doc], np.uint32)
        ):
            value = float(values[0])
            detail = {"weight": weight, "value": value, "of": base}
            parts.append(ScorePart(name, name, base * weight * value, detail))
        return Explanation(score, tuple(part for part in parts if part.score))

    def _pairs(self, doc: int) -> Iterator[ScorePart]:
        ranked = self._ranked
        if ranked.pool is None:
            return
        pool = ranked.docs.take(ranked.pool)
        at = int(pool.searchsorted(doc))
        if at == len(pool) or pool[at] != doc:
            return
        for pair in ranked.pairs:
            detail = {
                "estimated_documents": pair.df,
                "idf": pair.idf,
                "frequency": int(pair.freqs[at]),
                "weight": PAIR_WEIGHT,
            }
            yield ScorePart("pair", " ".join(pair.pair), float(pair.scores[at]), detail)

    def _leaf(self, node: q.Query, doc: int) -> Reason:
        """A term, a phrase, a set: or what Whoosh's matchers answer whole."""
        if id(node) not in self._leaves:
            docs, scores = Executor(self._snapshot, self._deadline).run(node)
            has, at = member(self._docs, docs)
            values = np.zeros(len(self._docs), np.float64)
            values[has] = scores.take(at[has])
            self._leaves[id(node)] = has, values
        has, values = self._leaves[id(node)]
        place = int(self._docs.searchsorted(doc))
        if not has[place]:
            return False, []
        kind, what = ("words", self._words(node, doc)) if isinstance(node, DocSet) else named(node)
        return True, [ScorePart(kind, what, float(values[place]), self._detail(node, doc))]

    def _words(self, node: DocSet, doc: int) -> str:
        """Return what was typed for a set, and which of its words stand in a document, each once."""
        words = words_in(self._snapshot.article(doc), self._snapshot.analyzer, node.words)
        return f"{node.typed}: {words}" if node.typed else repr(node)

    def _detail(self, node: q.Query, doc: int) -> Mapping[str, Any]:
        if not isinstance(node, q.Term):
            return {}
        postings = self._snapshot.postings
        posting = postings.posting(node.fieldname, node.text)
        return {
            "documents": posting.df,
            "idf": postings.idf(posting),
            "frequency": postings.frequency(posting, doc),
            "length": postings.length(node.fieldname, doc),
            "average_length": postings.average_length(node.fieldname),
            "boost": float(node.boost),
        }
