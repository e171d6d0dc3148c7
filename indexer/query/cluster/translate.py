"""Query tree -> a query of the cluster that matches the same articles and gives them the same scores.

A term is scored by its part of the formula, which the index has, times the idf, which its clause has as a
boost. Patterns and filters match by words and values that the tables know. A node that is not known here is
refused by its name: none is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from whoosh import query as q

from indexer.analysis import fold_key
from indexer.cluster.mapping import NO_NUMBER, scored
from indexer.errors import RequestError
from indexer.facets import VALUE_FACETS
from indexer.index.schema import EXACT, FLAG_FIELDS, NO_DATE, TEXT, TEXT_FIELDS, WORD_FIELDS
from indexer.messages import say
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.cluster.words import ClusterWords, Expansion
from indexer.query.deadline import Deadline
from indexer.query.facet_names import Choice, FacetNames, note_of_words
from indexer.query.language.dates import DayRange
from indexer.query.language.tree import BroadTerm, WordForms
from indexer.query.source import Filter

Clause = dict[str, Any]
_Word = tuple[str, str, float]  # a field of scores, a term, its weight

NOTHING: Clause = {"match_none": {}}
EVERYTHING: Clause = {"match_all": {}}
_MANY = 250  # words of a node that have a clause each: a cluster takes 1,024 of these in a search
_REQUIRED = 100  # of more words, those that few articles have, of which each has a clause
_KEYS = ("id", "alias", "source", *FLAG_FIELDS)  # fields of values taken whole that are no facet
_FLAGS = ("has", "is", "origin")  # those that are filters, and give no score
_NUMBERS = {"published": NO_DATE, "day": None, "quality": NO_NUMBER, "heat": NO_NUMBER}


def unscored(clause: Clause, score: float = 0.0) -> Clause:
    """Return a clause that matches the same, each with one score."""
    return clause if clause is NOTHING else {"constant_score": {"filter": clause, "boost": float(score)}}


def all_of(clauses: Sequence[Clause]) -> Clause:
    """Return a filter that matches what all clauses do."""
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": list(clauses)}}


def any_of(clauses: Sequence[Clause]) -> Clause:
    """Return a clause that matches what any does."""
    if not clauses:
        return NOTHING
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def none_of(clause: Clause) -> Clause:
    """Return a filter that matches all else."""
    return {"bool": {"must_not": [clause]}}


_SCORE = "params.w * termFreq(params.f, params.t)"
_SCORE_ALL = (
    "double s = 0; for (int i = 0; i < params.t.length; i++) { int n = termFreq(params.f[i], params.t[i]); "
    "if (n == 0) { return 0; } s += params.w[i] * n; } return s;"
)
_ANY_SCORE = 1e-30


class Translator:
    """Translates the tree of one search. `notes` and `patterns` are what it came by."""

    def __init__(
        self, words: ClusterWords, facets: Mapping[str, FacetNames], limit: int, deadline: Deadline
    ) -> None:
        self._words = words
        self._facets = facets
        self._limit = limit
        self._deadline = deadline
        self.notes: list[Note] = []
        self.patterns: dict[q.Query, Expansion] = {}

    def clause(self, node: q.Query) -> Clause:
        """Return the clause of a node. Raises RequestError for one that is not known."""
        if self._deadline.cuts():
            return NOTHING
        known = _NODES.get(type(node))
        if known is None:
            raise RequestError(
                say("a cluster cannot search by {node}", node=type(node).__name__),
                cure=say("Use the nodes that the query language has, or the embedded index."),
            )
        return known(self, node)

    # Words

    def term(self, field: str, term: str, boost: float = 1.0) -> Clause:
        """Return what scores a term of the text; without its score a filter."""
        weight = self._words.idf(field, term) * boost
        if not self._words.frequency(field, term):
            return NOTHING
        return {"term": {scored(field): {"value": term, "boost": weight}}}

    def _term(self, node: q.Term) -> Clause:
        field, text = node.fieldname, _text(node.text)
        if field in WORD_FIELDS:
            return self.term(field, text, node.boost)
        if field in VALUE_FACETS:
            return unscored(self._facet_value(field, text))
        if field in _KEYS:
            return unscored({"term": {field: text}}, 0.0 if field in _FLAGS else node.boost)
        return NOTHING

    def _facet_value(self, facet: str, text: str) -> Clause:
        """Match the value, or where there is none so called, the values that have all its words."""
        names = self._facets[facet]
        chosen = names.named(text)
        if chosen is not None:
            return self.chosen(facet, chosen)
        ordinals = names.find_words(text)
        self.notes.append(Note(NoteKind.EXPANDED, note_of_words(names, text, ordinals)))
        return self.chosen(facet, Choice(frozenset(ordinals)))

    def chosen(self, facet: str, choice: Choice) -> Clause:
        """Return a filter for what a text has chosen of a facet."""
        keys = self._facets[facet].keys
        clauses: list[Clause] = []
        if choice.ordinals:
            clauses.append({"terms": {facet: sorted(fold_key(keys[i].value) for i in choice.ordinals)}})
        if choice.names:
            clauses.append({"terms": {"provider_name": list(choice.names)}})
        return any_of(clauses)

    def _phrase(self, node: q.Phrase) -> Clause:
        words = [_text(word) for word in node.words]
        if len(words) < 2:
            return self.term(node.fieldname, words[0], node.boost) if words else NOTHING
        if node.fieldname not in WORD_FIELDS:
            raise RequestError(say("a phrase is looked for in words, not in '{field}'", field=node.fieldname))
        scores = [self.term(node.fieldname, word, node.boost) for word in words]
        if NOTHING in scores:
            return NOTHING
        fields = TEXT_FIELDS if node.fieldname == TEXT else (node.fieldname,)
        return {"bool": {"filter": [any_of([in_order(f, words, node.slop) for f in fields])], "must": scores}}

    def _pattern(self, node: Any) -> Clause:
        if node.fieldname not in WORD_FIELDS:
            return NOTHING
        found = self._words.expand(node, self._limit)
        self.notes.append(Note(NoteKind.CUT if found.cut else NoteKind.EXPANDED, found.note))
        self.patterns[node] = found
        if not found.words:
            return NOTHING
        terms = [EXACT + word for word in found.words]
        return unscored({"terms": {scored(node.fieldname): terms}}, node.boost)

    def _range(self, node: q.NumericRange) -> Clause:
        if node.fieldname not in _NUMBERS:
            return NOTHING
        bounds: dict[str, Any] = {}
        if node.start is not None:
            bounds["gt" if node.startexcl else "gte"] = node.start
        elif (none := _NUMBERS[node.fieldname]) is not None:
            bounds["gt"] = none
        if node.end is not None:
            bounds["lt" if node.endexcl else "lte"] = node.end
        clauses: list[Clause] = [{"range": {node.fieldname: bounds}}] if bounds else []
        if node.fieldname == "day" and not bounds:
            clauses = [{"exists": {"field": "day"}}]
        return unscored(all_of(clauses))

    # Nodes of several parts

    def _and(self, node: q.And) -> Clause:
        if len(node.subqueries) < 2:
            return self.clause(node.subqueries[0]) if node.subqueries else NOTHING
        return _boosted({"must": self._parts(node, self._all_words)}, node.boost)

    def _or(self, node: q.Or) -> Clause:
        if node.scale or node.minmatch:
            raise RequestError(say("a cluster cannot search by {node}", node="Or with scale or minmatch"))
        if len(node.subqueries) < 2:
            return self.clause(node.subqueries[0]) if node.subqueries else NOTHING
        return _boosted({"should": self._parts(node, self._any_word), "minimum_should_match": 1}, node.boost)

    def _parts(self, node: q.And | q.Or, joined: Callable[[Sequence[Clause]], Clause]) -> list[Clause]:
        """Return the clauses of the parts of a node; of very many words one, as `joined` has it."""
        is_word = [isinstance(part, q.Term) and part.fieldname in WORD_FIELDS for part in node.subqueries]
        clauses = [self.clause(part) for part in node.subqueries]
        if sum(is_word) <= _MANY:
            return clauses
        others = [clause for clause, word in zip(clauses, is_word, strict=True) if not word]
        return [*others, joined([clause for clause, word in zip(clauses, is_word, strict=True) if word])]

    def _any_word(self, clauses: Sequence[Clause]) -> Clause:
        """Return what matches any of the clauses of words, and adds up their scores."""
        words = [_word_of(clause) for clause in clauses if clause is not NOTHING]
        if not words:
            return NOTHING
        functions = []
        for field, term, weight in self._weighed(words):
            script = {"source": _SCORE, "params": {"f": field, "t": term, "w": weight}}
            functions.append({"filter": {"term": {field: term}}, "script_score": {"script": script}})
        fields = sorted({field for field, _, _ in words})
        any_word = [{"terms": {field: [term for one, term, _ in words if one == field]}} for field in fields]
        return {
            "function_score": {
                "query": any_of(any_word),
                "functions": functions,
                "score_mode": "sum",
                "boost_mode": "replace",
            }
        }

    def _all_words(self, clauses: Sequence[Clause]) -> Clause:
        """Return what matches all of the clauses of words, and adds up their scores."""
        if NOTHING in clauses:
            return NOTHING
        words = sorted(map(_word_of, clauses), key=lambda word: -word[2])
        fields, terms, weights = map(list, zip(*self._weighed(words), strict=True))
        rarest = [{"term": {field: term}} for field, term, _ in words[:_REQUIRED]]
        script = {"source": _SCORE_ALL, "params": {"f": fields, "t": terms, "w": weights}}
        return {"script_score": {"query": all_of(rarest), "script": script, "min_score": _ANY_SCORE}}

    def _weighed(self, words: Sequence[_Word]) -> list[_Word]:
        """Return words with what their frequencies in the index are multiplied by."""
        return [(field, term, weight / self._words.scale) for field, term, weight in words]

    def _best(self, node: q.DisjunctionMax) -> Clause:
        if node.tiebreak:
            raise RequestError(
                say("a cluster cannot search by {node}", node="DisjunctionMax with a tiebreak")
            )
        parts = [self.clause(part) for part in node.subqueries]
        return {"dis_max": {"queries": parts}} if parts else NOTHING

    def _and_not(self, node: q.AndNot) -> Clause:
        return {"bool": {"must": [self.clause(node.a)], "must_not": [self.clause(node.b)]}}

    def _not(self, node: q.Not) -> Clause:
        return unscored(none_of(self.clause(node.query)), 1.0)

    def _and_maybe(self, node: q.AndMaybe) -> Clause:
        return {"bool": {"must": [self.clause(node.a)], "should": [self.clause(node.b)]}}

    def _require(self, node: q.Require) -> Clause:
        return {"bool": {"must": [self.clause(node.a)], "filter": [self.clause(node.b)]}}

    def _constant(self, node: q.ConstantScoreQuery) -> Clause:
        return unscored(self.clause(node.child), node.score)

    def _every(self, node: q.Every) -> Clause:
        if node.fieldname in (None, "", "*"):
            return unscored(EVERYTHING, node.boost)
        field = scored(node.fieldname) if node.fieldname in WORD_FIELDS else node.fieldname
        return unscored({"exists": {"field": field}}, node.boost)

    def _nothing(self, node: q.Query) -> Clause:
        return NOTHING

    # Filters

    def filter(self, name: str, given: Filter) -> Clause:
        """Return the clause of a filter of a plan."""
        if name in VALUE_FACETS:
            choices = [self._facets[name].choose(text) for text in given.values]
            return any_of([self.chosen(name, choice) for choice in choices if choice is not None])
        if name == "featured":
            featured: Clause = {"term": {"is": "featured"}}
            return featured if given.values == ("yes",) else none_of(featured)
        if name == "origin":
            return {"term": {"origin": given.values[0]}}
        return any_of([days(period) for period in given.periods])


# By the very class: a subclass may match otherwise.
_NODES: dict[type[Any], Callable[[Any, Any], Clause]] = {
    q.Term: Translator._term,
    BroadTerm: Translator._term,
    q.Phrase: Translator._phrase,
    q.Prefix: Translator._pattern,
    q.Wildcard: Translator._pattern,
    q.FuzzyTerm: Translator._pattern,
    q.NumericRange: Translator._range,
    q.And: Translator._and,
    q.Or: Translator._or,
    WordForms: Translator._or,
    q.DisjunctionMax: Translator._best,
    q.AndNot: Translator._and_not,
    q.Not: Translator._not,
    q.AndMaybe: Translator._and_maybe,
    q.Require: Translator._require,
    q.ConstantScoreQuery: Translator._constant,
    q.Every: Translator._every,
    type(q.NullQuery): Translator._nothing,
}


def days(period: DayRange | None) -> Clause:
    """Return a filter for what was published in a range of days, or for None has no date."""
    if period is None:
        return none_of({"exists": {"field": "day"}})
    bounds = {"gte": period.first, "lte": period.last}
    bounds = {name: day for name, day in bounds.items() if day is not None}
    return {"range": {"day": bounds}} if bounds else {"exists": {"field": "day"}}


def in_order(field: str, words: Sequence[str], slop: int) -> Clause:
    """Return a filter for texts in which words stand in order, each at most `slop` behind the one before.

    The last two are one span, that and the word before them another: so each word takes the nearest place
    from which the rest can follow. All in one span would add the distances up."""
    if slop == 1:
        return {"match_phrase": {field: " ".join(words)}}
    *rest, last = words
    span: Clause = {"span_term": {field: last}}
    for word in reversed(rest):
        near = {"clauses": [{"span_term": {field: word}}, span], "slop": slop - 1, "in_order": True}
        span = {"span_near": near}
    return span


def _word_of(clause: Clause) -> _Word:
    """Return the word of the clause that `Translator.term` gives."""
    ((field, given),) = clause["term"].items()
    return field, given["value"], given["boost"]


def _boosted(parts: Clause, boost: float) -> Clause:
    return {"bool": parts if boost == 1.0 else {**parts, "boost": float(boost)}}


def _text(term: str | bytes) -> str:
    return term.decode("utf-8", "replace") if isinstance(term, bytes) else str(term)
