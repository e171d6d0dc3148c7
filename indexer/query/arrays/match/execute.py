"""Query tree -> matching documents and their scores, whole arrays at a time.

Each node gives the documents that it matches, in ascending order, and a score for each, by the
rules of Whoosh's matchers: an And adds its parts' scores, an AndNot keeps the left ones. A node
that is not known here is answered by Whoosh's own matchers, that node alone. (Whoosh's AndNot can
let the first excluded document through, its AndMaybe and DisjunctionMax take the scores of other
documents: not so here.)

Where a deadline cuts it short, each node gives some of the documents that it matches, and none that it does
not: an exclusion that was not evaluated whole leaves nothing.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import query as q

from indexer.codec.tables import run_begins
from indexer.query.answers.parsed import Note
from indexer.query.answers.results import lazy
from indexer.query.arrays.match.binding import Binder, DocSet
from indexer.query.arrays.store.postings import (
    PLACE_BITS,
    Docs,
    Places,
    Postings,
    Scores,
    Together,
    member,
    term_bytes,
)
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.language.tree import BroadTerm, WordForms

Scored = tuple[Docs, Scores]

_NOTHING: Scored = (np.empty(0, np.uint32), np.empty(0, np.float32))
_CLAUSE = 500  # postings: what a clause costs beside those that it reads
_SPARSE = 32  # what one of so many documents has is sorted, or looked up; more is added up by document


@dataclass(frozen=True)
class Matches:
    """Documents in ascending order, and `score` for what gives a score for each; `tree` is the query that
    they match, `bound` the same as it was evaluated, `patterns` what its patterns stand for."""

    docs: Docs
    score: Callable[[], Scores]
    tree: q.Query
    bound: q.Query
    patterns: Mapping[q.Query, DocSet] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @lazy
    def scores(self) -> Scores:
        """The score of each document."""
        return self.score()


def evaluate(
    tree: q.Query, snapshot: Snapshot, expansion_limit: int, deadline: Deadline = NO_DEADLINE
) -> Matches:
    """Return the live documents that match `tree`, and their scores; some of them where `deadline` has cut
    it short."""
    binder = Binder(snapshot, expansion_limit, deadline)
    bound = binder.bind(tree)
    docs, scores = Executor(snapshot, deadline).run(bound)
    return Matches(docs, lambda: scores, tree, bound, binder.patterns, tuple(binder.notes))


def unite(tree: q.Or, parts: Sequence[Matches], snapshot: Snapshot) -> Matches:
    """Return what matches `tree`, given what each of its parts matches. Scores are added up where they are
    looked at: mostly the documents are but counted."""
    has = np.zeros(snapshot.columns.size, bool)
    for part in parts:
        has[part.docs] = True

    def score() -> Scores:
        return Executor(snapshot).union((part.docs, part.scores) for part in parts)[1]

    docs = has.nonzero()[0].astype(np.uint32)
    bound = q.Or([part.bound for part in parts])
    patterns = {pattern: found for part in parts for pattern, found in part.patterns.items()}
    return Matches(docs, score, tree, bound, patterns, tuple(note for part in parts for note in part.notes))


def run_matchers(tree: q.Query, snapshot: Snapshot, deadline: Deadline = NO_DEADLINE) -> Scored:
    """Answer `tree` by Whoosh's matchers."""
    docs, scores = snapshot.matchers.run(tree, deadline)
    live = snapshot.columns.live[docs]  # Whoosh's inverted matchers may count deleted ones
    return docs[live], scores[live]


class Executor:
    """Evaluates bound trees over one generation."""

    def __init__(self, snapshot: Snapshot, deadline: Deadline = NO_DEADLINE) -> None:
        self._snapshot = snapshot
        self._postings: Postings = snapshot.postings
        self._deadline = deadline

    def run(self, node: q.Query) -> Scored:
        """Return what `node` matches, or where the deadline has cut that short, some of it."""
        if self._deadline.cuts():
            return _NOTHING
        self._deadline.spend(_CLAUSE)
        known = _NODES.get(type(node))
        found = known(self, node) if known else None
        return self._by_matchers(node) if found is None else found

    def _by_matchers(self, node: q.Query) -> Scored:
        """Let Whoosh combine what is found here for the parts; what asks for spans, it does alone."""
        if not (
            node.is_leaf() or isinstance(node, q.SpanQuery | q.Sequence | q.NestedParent | q.NestedChildren)
        ):
            node = node.apply(self._as_set)
        if self._deadline.has_cut:  # it may leave out what was to be left out
            return _NOTHING
        return run_matchers(node, self._snapshot, self._deadline)

    def _as_set(self, node: q.Query) -> DocSet:
        docs, scores = self.run(node)
        mask = np.zeros(self._snapshot.columns.size, bool)
        mask[docs] = True
        return DocSet(mask, scores)

    def _term(self, node: q.Term) -> Scored | None:
        docs, scores = self._postings.scored(node.fieldname, node.text)
        self._deadline.spend(len(docs))
        return docs, _boosted(scores, node.boost)

    def _phrase(self, node: q.Phrase) -> Scored | None:
        if not node.words:
            return _NOTHING
        if len(node.words) == 1:
            docs, scores = self._postings.scored(node.fieldname, node.words[0])
            return docs, _boosted(scores, node.boost)
        if not self._postings.has_positions(node.fieldname):
            return None
        keys = [(node.fieldname, term_bytes(word)) for word in node.words]
        together = self._together(keys)
        if not len(together.docs):
            return _NOTHING
        together = together.only(self._in_order(together, node.slop))
        docs, scores = self._postings.scored_together(together, [1.0] * len(keys))
        return docs, _boosted(scores, node.boost)

    def _together(self, keys: list[tuple[str, bytes]]) -> Together:
        found = self._postings.together(keys)
        self._deadline.spend(sum(posting.df for posting, _ in found.terms))
        return found

    def _in_order(self, together: Together, slop: int) -> Places:
        """Return the places in `together.docs` where the terms stand in order, each at most `slop` after
        the last."""
        found: Places = np.arange(len(together.docs))
        ends = self._postings.places(*together.terms[0], found)
        for posting, at in together.terms[1:]:
            if not len(found):
                break
            places = self._postings.places(posting, at.take(found), found)
            self._deadline.spend(len(ends) + len(places))
            ends = _common(ends + 1, places) if slop == 1 else _reached(ends, places, slop)
            docs = ends >> PLACE_BITS
            found = docs[run_begins(docs)]
        return found

    def _and(self, node: q.And) -> Scored | None:
        if len(node.subqueries) < 2:  # Whoosh hands on a single part as it is
            return self.run(node.subqueries[0]) if node.subqueries else _NOTHING
        terms = [part for part in node.subqueries if type(part) is q.Term]
        sets = [part for part in node.subqueries if type(part) is DocSet]
        parts = [self.run(part) for part in node.subqueries if type(part) not in (q.Term, DocSet)]
        if len(terms) > 1:
            keys = [(term.fieldname, term_bytes(term.text)) for term in terms]
            boosts = [term.boost for term in terms]
            parts.append(self._postings.scored_together(self._together(keys), boosts))
        else:
            parts += [self.run(part) for part in terms or ([] if parts else [sets.pop()])]
        docs, scores = functools.reduce(_intersect, sorted(parts, key=lambda part: len(part[0])))
        for one in sets:  # looked up: a search takes a quarter of the time of a word and a prefix
            docs, scores = one.among(docs, scores)
        return docs, _boosted(scores, node.boost)

    def _or(self, node: q.Or) -> Scored | None:
        if node.scale or node.minmatch:
            return None
        if len(node.subqueries) < 2:
            return self.run(node.subqueries[0]) if node.subqueries else _NOTHING
        docs, scores = self.union(map(self.run, node.subqueries))
        return docs, _boosted(scores, node.boost)

    def union(self, parts: Iterator[Scored]) -> Scored:
        """Return the documents of any of the parts, and the sums of their scores. Of large parts, one at a
        time is in memory."""
        size, found = self._snapshot.columns.size, 0
        few: list[Scored] = []
        for part in parts:
            few.append(part)
            found += len(part[0])
            if found * _SPARSE >= size:
                break
        else:
            docs = np.concatenate([docs for docs, _ in few])
            scores = np.concatenate([scores for _, scores in few])
            union, places = np.unique(docs, return_inverse=True)
            return union, np.bincount(places, weights=scores, minlength=len(union)).astype(np.float32)
        sums, has = np.zeros(size, np.float32), np.zeros(size, bool)
        for docs, scores in itertools.chain(few, parts):
            sums[docs] += scores  # a part has each document once
            has[docs] = True
        union = has.nonzero()[0].astype(np.uint32)
        return union, sums.take(union)

    def _best(self, node: q.DisjunctionMax) -> Scored | None:
        if node.tiebreak:
            return None
        parts = [self.run(part) for part in node.subqueries]
        if len(parts) < 2:
            return parts[0] if parts else _NOTHING
        union, places = np.unique(np.concatenate([docs for docs, _ in parts]), return_inverse=True)
        best = np.full(len(union), -np.inf, np.float32)
        np.maximum.at(best, places, np.concatenate([scores for _, scores in parts]))
        return union, best

    def _and_not(self, node: q.AndNot) -> Scored | None:
        (docs, scores), (without, _) = self.run(node.a), self.run(node.b)
        if self._deadline.has_cut:
            return _NOTHING
        keep = ~member(docs, without)[0]
        return docs[keep], scores[keep]

    def _not(self, node: q.Not) -> Scored | None:
        excluded = np.zeros(self._snapshot.columns.size, bool)
        excluded[self.run(node.query)[0]] = True
        if self._deadline.has_cut:
            return _NOTHING
        docs = np.flatnonzero(self._snapshot.columns.live & ~excluded).astype(np.uint32)
        return docs, np.ones(len(docs), np.float32)

    def _and_maybe(self, node: q.AndMaybe) -> Scored | None:
        (docs, scores), (more, extra) = self.run(node.a), self.run(node.b)
        if len(more) * _SPARSE >= self._snapshot.columns.size:
            sums = np.zeros(self._snapshot.columns.size, np.float32)
            sums[more] = extra
            return docs, scores + sums.take(docs)
        found, at = member(docs, more)
        scores = scores.copy()
        scores[found] += extra[at[found]]
        return docs, scores

    def _require(self, node: q.Require) -> Scored | None:
        (docs, scores), (required, _) = self.run(node.a), self.run(node.b)
        found = member(docs, required)[0]
        return docs[found], scores[found]

    def _constant(self, node: q.ConstantScoreQuery) -> Scored | None:
        docs, _ = self.run(node.child)
        return docs, np.full(len(docs), float(node.score), np.float32)

    def _every(self, node: q.Every) -> Scored | None:
        if node.fieldname not in (None, "", "*"):
            return None
        docs = self._snapshot.columns.live_docs
        return docs, np.full(len(docs), float(node.boost), np.float32)

    def _nothing(self, node: q.Query) -> Scored | None:
        return _NOTHING

    def _set(self, node: DocSet) -> Scored | None:
        self._deadline.spend(len(node.docs))
        return node.docs, node.scores


# By the very class: a subclass may match otherwise, and goes to Whoosh.
_NODES: dict[type[Any], Callable[[Any, Any], Scored | None]] = {
    q.Term: Executor._term,
    BroadTerm: Executor._term,
    q.Phrase: Executor._phrase,
    q.And: Executor._and,
    q.Or: Executor._or,
    WordForms: Executor._or,
    q.DisjunctionMax: Executor._best,
    q.AndNot: Executor._and_not,
    q.Not: Executor._not,
    q.AndMaybe: Executor._and_maybe,
    q.Require: Executor._require,
    q.ConstantScoreQuery: Executor._constant,
    q.Every: Executor._every,
    DocSet: Executor._set,
    type(q.NullQuery): Executor._nothing,
}


def _boosted(scores: Scores, boost: float) -> Scores:
    return scores if boost == 1.0 else scores * np.float32(boost)


def _intersect(a: Scored, b: Scored) -> Scored:
    """Return the documents of both, and the sums of their scores."""
    (docs, scores), (other, more) = (a, b) if len(a[0]) <= len(b[0]) else (b, a)
    found, at = member(docs, other)
    return docs[found], scores[found] + more[at[found]]


def _common(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what of `a` is in `b`, both ascending."""
    at = b.searchsorted(a)
    return a[b.take(np.minimum(at, len(b) - 1)) == a] if len(b) else b


def _reached(ends: NDArray[np.int64], places: NDArray[np.int64], slop: int) -> NDArray[np.int64]:
    """Return what of `places` lies at most `slop` after one of `ends`, both ascending. One search for each
    place, however large the slop."""
    if not len(ends):
        return ends
    at = ends.searchsorted(places - slop)
    nearest = ends.take(np.minimum(at, len(ends) - 1))
    return places[(nearest >= places - slop) & (nearest < places)]
