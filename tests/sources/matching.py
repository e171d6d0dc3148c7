"""The rules of the nodes of a query tree, one node after another: which articles match, with which score,
and of which parts that is made."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whoosh import query as q

from indexer.analysis import Analyzer
from indexer.facets import VALUE_FACETS
from indexer.index.schema import EXACT, TEXT_FIELDS, WORD_FIELDS
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.answers.results import ScorePart
from indexer.query.deadline import NO_DEADLINE
from indexer.query.language.tree import PATTERNS, BroadTerm, WordForms
from indexer.query.request import query_text
from indexer.query.source import Plan
from tests.sources.facets import Facet
from tests.sources.patterns import Expansion, expand
from tests.sources.words import Words

Scores = dict[int, float]
_SHOWN = 20


class Matching:
    """A tree, evaluated: `scores` by article, and what its patterns and names of values stand for."""

    def __init__(self, tree: q.Query, words: Words, facets: Mapping[str, Facet], plan: Plan) -> None:
        self._words = words
        self._facets = facets
        self.tree = tree
        self.notes: list[Note] = []
        self.patterns: dict[q.Query, Expansion] = {}
        self._deadline = plan.deadline
        self._read(tree, plan.expansion_limit)
        self.scores = self.evaluate(tree)
        self._deadline = NO_DEADLINE  # reasons are one step

    def _read(self, node: q.Query, limit: int) -> None:
        """Find out what stands for others, in the order in which it is written."""
        if isinstance(node, PATTERNS) and node.fieldname in WORD_FIELDS:
            if self._deadline.cuts():
                return
            self.patterns[node] = found = expand(node, self._words, limit)
            self.notes.append(found.note)
        elif isinstance(node, q.Term) and node.fieldname in VALUE_FACETS:
            self._read_value(node.fieldname, str(node.text))
        else:
            for part in node.children():
                self._read(part, limit)

    def _read_value(self, facet: str, text: str) -> None:
        if self._facets[facet].named(text) is not None:
            return
        labels = [f"'{value.label}'" for value in self._facets[facet].with_words(text)]
        others = " and others" if len(labels) > 5 else ""
        what = f"is read as {', '.join(labels[:5])}{others}" if labels else "matches nothing"
        note = Note(NoteKind.EXPANDED, f"there is no {facet} called '{text}': it {what}")
        self.notes.append(note)

    def evaluate(self, node: q.Query) -> Scores:
        """Return the articles that a node matches, and their scores; some where the deadline cuts."""
        if self._deadline.cuts():
            return {}
        if isinstance(node, q.AndNot | q.AndMaybe | q.Require):
            parts = self.evaluate(node.a), self.evaluate(node.b)
            is_bound = self._deadline.has_cut and isinstance(node, q.AndNot)
            return {} if is_bound else join(node, *parts)
        if isinstance(node, q.Not):
            excluded = self.evaluate(node.query)
            others = {} if self._deadline.has_cut else range(len(self._words.live))
            return {doc: 1.0 for doc in others if doc not in excluded}
        if isinstance(node, q.ConstantScoreQuery):
            return dict.fromkeys(self.evaluate(node.child), node.score)
        if type(node) in (q.And, q.Or, WordForms, q.DisjunctionMax):
            return combine(node, [self.evaluate(part) for part in node.subqueries])
        return self._leaf(node)

    def _leaf(self, node: Any) -> Scores:
        if node is q.NullQuery:
            return {}
        if node in self.patterns:
            return dict.fromkeys(sorted(self.patterns[node].matches(self._words)), node.boost)
        if isinstance(node, q.Every):
            docs = range(len(self._words.live))
            found = [
                doc for doc in docs if not node.fieldname or self._words.live[doc].has_any(node.fieldname)
            ]
            return dict.fromkeys(found, node.boost)
        if isinstance(node, q.NumericRange):
            return dict.fromkeys(self._in_range(node), 0.0)
        if isinstance(node, q.Phrase):
            return self._phrase(node)
        if isinstance(node, q.Term):
            return self._term(node)
        raise NotImplementedError(f"a {type(node).__name__}")

    def _in_range(self, node: q.NumericRange) -> Iterator[int]:
        low = -math.inf if node.start is None else node.start
        high = math.inf if node.end is None else node.end
        for doc, text in enumerate(self._words.live):
            value = getattr(text, node.fieldname)
            if value is None or not low <= value <= high:
                continue
            if not (node.startexcl and value == low) and not (node.endexcl and value == high):
                yield doc

    def _phrase(self, node: q.Phrase) -> Scores:
        words = [_text(word) for word in node.words]
        if not words:
            return {}
        if len(words) == 1:
            return self._term(q.Term(node.fieldname, words[0], boost=node.boost))
        live = self._words.live
        having = [d for d, text in enumerate(live) if text.has_phrase(node.fieldname, words, node.slop)]
        return {
            doc: node.boost * sum(self._words.score(node.fieldname, word, doc) for word in words)
            for doc in having
        }

    def _term(self, node: q.Term) -> Scores:
        field, text = node.fieldname, _text(node.text)
        if field in VALUE_FACETS:
            facet = self._facets[field]
            chosen = facet.named(text)
            docs = facet.having(facet.with_words(text)) if chosen is None else chosen
            return dict.fromkeys(sorted(docs), 0.0)
        if field in ("has", "is", "origin"):
            return dict.fromkeys(self._words.having(field, text), 0.0)
        having = self._words.having(field, text)
        return {doc: node.boost * self._words.score(field, text, doc) for doc in having}

    # Reasons

    def parts(self, node: q.Query, doc: int, texts: Sequence[str], analyzer: Analyzer) -> list[ScorePart]:
        """Return the parts of the score that a node gives an article, which matches it; `texts` are its
        title, excerpt and body."""
        if isinstance(node, q.AndNot):
            return self.parts(node.a, doc, texts, analyzer)
        if isinstance(node, q.AndMaybe):
            more = self.parts(node.b, doc, texts, analyzer) if doc in self.evaluate(node.b) else []
            return self.parts(node.a, doc, texts, analyzer) + more
        if isinstance(node, q.Require):
            return self.parts(node.a, doc, texts, analyzer)
        if type(node) in (q.And, q.Or, WordForms, q.DisjunctionMax):
            those = [part for part in node.subqueries if doc in self.evaluate(part)]
            found = [self.parts(part, doc, texts, analyzer) for part in those]
            if isinstance(node, q.DisjunctionMax):
                return max(found, key=lambda parts: sum(part.score for part in parts))
            boost = node.boost if len(node.subqueries) > 1 else 1.0
            return [part._replace(score=part.score * boost) for parts in found for part in parts]
        return [self._part(node, doc, texts, analyzer)]

    def _part(self, node: Any, doc: int, texts: Sequence[str], analyzer: Analyzer) -> ScorePart:
        score = self.evaluate(node)[doc]
        if node in self.patterns:
            return ScorePart("words", self._shown(self.patterns[node], texts, analyzer), score)
        if isinstance(node, q.Term):
            field, text = node.fieldname, _text(node.text)
            kind = "broadened" if isinstance(node, BroadTerm) else "term"
            return ScorePart(kind, f"{field}:{text}", score, self._detail(node, field, text, doc))
        if isinstance(node, q.Phrase):
            return ScorePart("phrase", f'{node.fieldname}:"{" ".join(map(_text, node.words))}"', score)
        if isinstance(node, q.Every):
            return ScorePart("every", "every article", score)
        return ScorePart("other", query_text(node), score)

    def _detail(self, node: q.Term, field: str, text: str, doc: int) -> dict[str, float]:
        words = self._words
        return {
            "documents": words.documents(field, text),
            "idf": words.idf(field, text),
            "frequency": words.live[doc].frequency(field, text),
            "length": words.live[doc].lengths.get(field, 0),
            "average_length": words.average_length(field) if field in WORD_FIELDS else 1.0,
            "boost": float(node.boost),
        }

    @staticmethod
    def _shown(found: Expansion, texts: Sequence[str], analyzer: Analyzer) -> str:
        own = {
            token.exact: None
            for field, text in zip(TEXT_FIELDS, texts, strict=True)
            for token in analyzer.tokens(text)
            if (field, EXACT + token.exact) in found.terms
        }
        words = list(own)
        return f"{found.typed}: {', '.join(words[:_SHOWN])}" + (", …" if len(words) > _SHOWN else "")


def join(node: q.Query, left: Scores, right: Scores) -> Scores:
    """Return what a node of two unequal parts gives."""
    if isinstance(node, q.AndNot):
        return {doc: score for doc, score in left.items() if doc not in right}
    if isinstance(node, q.Require):
        return {doc: score for doc, score in left.items() if doc in right}
    return {doc: score + right.get(doc, 0.0) for doc, score in left.items()}


def combine(node: q.Query, parts: Sequence[Scores]) -> Scores:
    """Return what a node of several equal parts gives; one alone is handed on as it is."""
    if len(parts) == 1:
        return parts[0]
    docs = set[int]().union(*parts)
    if isinstance(node, q.And):
        docs = docs.intersection(*parts)
    together = max if isinstance(node, q.DisjunctionMax) else sum
    boost = 1.0 if isinstance(node, q.DisjunctionMax) else node.boost
    return {doc: boost * together(part[doc] for part in parts if doc in part) for doc in sorted(docs)}


def _text(term: str | bytes) -> str:
    return term.decode() if isinstance(term, bytes) else str(term)
