"""How the score of a hit is made: parts that add up to it, each with the numbers it comes from.

    for part in hit.explain().parts:
        print(part.score, part.kind, part.what)

The tree is evaluated anew, leaf by leaf, each once for all hits of a page and only when one is asked
for its reasons. What a deadline has cut short has no parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as q

from indexer.index.schema import EXACT, TEXT_FIELDS
from indexer.query.answers.results import Explanation, ScorePart
from indexer.query.arrays.match.binding import DocSet
from indexer.query.arrays.match.execute import Executor
from indexer.query.arrays.rank.blends import blend_parts
from indexer.query.arrays.rank.relevance import Ranked
from indexer.query.arrays.store.postings import Docs, member, term_bytes
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.deadline import Deadline
from indexer.query.language.tree import BroadTerm, WordForms
from indexer.query.ranking import PAIR_WEIGHT
from indexer.query.request import query_text

_SHOWN = 20  # words of a pattern that are named
_Found = tuple[bool, list[ScorePart]]  # whether a document matches, and the parts of its score


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
        _, parts = self._parts(self._tree, doc)
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

    def _parts(self, node: q.Query, doc: int) -> _Found:
        known = _NODES.get(type(node))
        return self._leaf(node, doc) if known is None else known(self, node, doc)

    def _leaf(self, node: q.Query, doc: int) -> _Found:
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
        kind, what = ("words", self._words(node, doc)) if isinstance(node, DocSet) else _named(node)
        return True, [ScorePart(kind, what, float(values[place]), self._detail(node, doc))]

    def _words(self, node: DocSet, doc: int) -> str:
        """Return what was typed for a set, and which of its words stand in a document, each once."""
        article, analyzer = self._snapshot.article(doc), self._snapshot.analyzer
        tokens = ((name, token) for name in TEXT_FIELDS for token in analyzer.tokens(getattr(article, name)))
        own = [token.exact for name, token in tokens if (name, EXACT + token.exact) in node.words]
        words = list(dict.fromkeys(own))
        named = ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
        return f"{node.typed}: {named}" if node.typed else repr(node)

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

    def _all(self, node: q.And, doc: int) -> _Found:
        found = [self._parts(part, doc) for part in node.subqueries]
        if not found or not all(has for has, _ in found):
            return False, []
        return True, _scaled(node, [part for _, parts in found for part in parts])

    def _any(self, node: q.Or, doc: int) -> _Found:
        if node.scale or node.minmatch:
            return self._leaf(node, doc)
        found = [self._parts(part, doc) for part in node.subqueries]
        return any(has for has, _ in found), _scaled(node, [part for _, parts in found for part in parts])

    def _best(self, node: q.DisjunctionMax, doc: int) -> _Found:
        if node.tiebreak:
            return self._leaf(node, doc)
        found = [(has, parts) for has, parts in (self._parts(p, doc) for p in node.subqueries) if has]
        if not found:
            return False, []
        return max(found, key=lambda one: sum(part.score for part in one[1]))

    def _and_not(self, node: q.AndNot, doc: int) -> _Found:
        has, parts = self._parts(node.a, doc)
        return (True, parts) if has and not self._parts(node.b, doc)[0] else (False, [])

    def _and_maybe(self, node: q.AndMaybe, doc: int) -> _Found:
        has, parts = self._parts(node.a, doc)
        return (True, parts + self._parts(node.b, doc)[1]) if has else (False, [])

    def _require(self, node: q.Require, doc: int) -> _Found:
        has, parts = self._parts(node.a, doc)
        return (True, parts) if has and self._parts(node.b, doc)[0] else (False, [])


_NODES: dict[type[Any], Callable[[Any, Any, int], _Found]] = {
    q.And: Explainer._all,
    q.Or: Explainer._any,
    WordForms: Explainer._any,
    q.DisjunctionMax: Explainer._best,
    q.AndNot: Explainer._and_not,
    q.AndMaybe: Explainer._and_maybe,
    q.Require: Explainer._require,
}


def _scaled(node: q.And | q.Or, parts: list[ScorePart]) -> list[ScorePart]:
    """Return the parts times the boost of the node; one alone is handed on as it is."""
    boost = float(node.boost)
    if boost == 1.0 or len(node.subqueries) < 2:
        return parts
    return [part._replace(score=part.score * boost) for part in parts]


def _named(node: q.Query) -> tuple[str, str]:
    """Return the kind of a leaf, and what it is called."""
    if isinstance(node, q.Term):
        term = term_bytes(node.text).decode("utf-8", "replace")
        kind = "broadened" if type(node) is BroadTerm else "term"
        return kind, f"{node.fieldname}:{term}"
    if isinstance(node, q.Phrase):
        words = " ".join(term_bytes(word).decode("utf-8", "replace") for word in node.words)
        return "phrase", f'{node.fieldname}:"{words}"'
    if isinstance(node, q.Every):
        return "every", "every article"
    return "other", query_text(node)
