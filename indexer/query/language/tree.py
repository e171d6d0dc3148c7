"""All that is read off a `whoosh.query` tree without evaluating it, and the two nodes of our own.

A tree comes from the grammar or from a script; patterns (`recogn*`, `brigde~`) stand in it as they were
typed. What they stand for in an archive is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from whoosh.query import (
    And,
    AndMaybe,
    AndNot,
    FuzzyTerm,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
)

from indexer.analysis import Analyzer
from indexer.index.schema import EXACT, TEXT, WORD_FIELDS
from indexer.query.answers.ledger import TotalRelation

MIN_BOOST, MAX_BOOST = 0.01, 1000.0
PATTERNS = (Prefix, Wildcard, FuzzyTerm)  # a node that stands for words of the archive

FieldTerm = tuple[str, str]  # a field and a term of it


class WordForms(Or):
    """One word in several forms, of which any will do: the whole and the parts of a compound, a term and
    that of its accented form or of its acronym. Alternatives that a reader typed are a plain Or."""


class BroadTerm(Term):
    """A word that nobody typed: it was found in the best articles. It is evaluated as any term."""


def leaves(tree: Query, *, optional: bool = True, excluded: bool = False) -> Iterator[tuple[Query, bool]]:
    """Yield the leaves of `tree`, each with whether it finds more, the more documents match it.

    `optional`: also what adds to scores alone; `excluded`: also what is left out. A script's tree may be
    deep, hence no recursion.
    """
    stack = [(tree, True)]
    while stack:
        node, more = stack.pop()
        if isinstance(node, AndMaybe):
            stack += [(node.a, more), (node.b, more)] if optional else [(node.a, more)]
        elif isinstance(node, AndNot):
            stack += [(node.a, more), (node.b, not more)] if excluded else [(node.a, more)]
        elif isinstance(node, Not):
            stack += [(node.query, not more)] if excluded else []
        elif node.is_leaf():
            yield node, more
        else:
            stack += [(part, more) for part in node.children()]


def asks_for_text(tree: Query) -> bool:
    """Whether `tree` looks for any word; filters and what is left out do not count."""
    return any(_is_text(leaf) for leaf, _ in leaves(tree))


def required_terms(tree: Query) -> frozenset[str]:
    """Return the terms of words and phrases that decide what `tree` finds, not those it leaves out."""
    return frozenset(term for leaf, _ in leaves(tree, optional=False) for _, term in _terms(leaf))


def named_terms(tree: Query, analyzer: Analyzer) -> frozenset[str]:
    """Return the stems that `tree` names, in any role: that they are found says nothing new. Words that
    a pattern stands for and those a query was broadened by are not named."""
    found: set[str] = set()
    for leaf, _ in leaves(tree, excluded=True):
        for _, term in _terms(leaf) if type(leaf) is not BroadTerm else ():
            is_exact = term.startswith(EXACT)
            found.update([t.term for t in analyzer.tokens(term[1:])] if is_exact else [term])
    return frozenset(found)


def _terms(leaf: Query) -> list[FieldTerm]:
    """Return the terms of a word or a phrase; none of a pattern or a filter."""
    if not leaf.has_terms() or isinstance(leaf, PATTERNS) or leaf.field() not in WORD_FIELDS:
        return []
    return [(name, _text(term)) for name, term in leaf.terms(phrases=True)]


def _is_text(leaf: Query) -> bool:
    return isinstance(leaf, (Term, Phrase, *PATTERNS)) and leaf.fieldname in WORD_FIELDS


def _text(term: str | bytes) -> str:
    return term.decode("utf-8") if isinstance(term, bytes) else str(term)


@dataclass
class Highlightable:
    """What a query looks for in texts, by field (`text` is any): terms, and phrases of terms, each with
    how many positions on its next word may be."""

    terms: set[FieldTerm] = field(default_factory=set)
    phrases: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)


def highlightable(tree: Query, expand: Callable[[Query], Iterable[FieldTerm]]) -> Highlightable:
    """Return what is to be highlighted for `tree`; `expand` gives the terms that a pattern stands for.
    What is left out is no reason to highlight anything."""
    found = Highlightable()
    for leaf, _ in leaves(tree):
        if not _is_text(leaf):
            continue
        if isinstance(leaf, PATTERNS):
            found.terms.update(expand(leaf))
        elif isinstance(leaf, Phrase):
            found.phrases.append((leaf.fieldname, tuple(map(_text, leaf.words)), leaf.slop))
        else:
            found.terms.add((leaf.fieldname, _text(leaf.text)))
    return found


def total_relation(tree: Query, cut: Collection[Query], is_about: bool = False) -> TotalRelation:
    """Return how the true number of documents stands to what is found, where only some of the words of
    the patterns in `cut` were searched for: too few are found, or too many where a pattern is left out;
    either, where the number `is_about` right as it is."""
    if is_about:
        return TotalRelation.ABOUT
    if not cut:
        return TotalRelation.EXACT
    found = leaves(tree, optional=False, excluded=True)
    directions = {more for leaf, more in found if isinstance(leaf, PATTERNS) and leaf in cut}
    if len(directions) > 1:
        return TotalRelation.ABOUT
    if not directions:
        return TotalRelation.EXACT
    return TotalRelation.AT_LEAST if directions.pop() else TotalRelation.AT_MOST


def scaled(query: Query, factor: float) -> Query:
    """Return `query` with the boosts of its words times `factor`; filters and exclusions as they are.

    Boosts live on the leaves: whoosh gives some of its compound queries none.
    """
    if factor == 1:
        return query
    if isinstance(query, AndNot):
        return AndNot(scaled(query.a, factor), query.b)
    if isinstance(query, AndMaybe):
        return AndMaybe(scaled(query.a, factor), scaled(query.b, factor))
    if isinstance(query, And | Or):
        return type(query)([scaled(part, factor) for part in query.subqueries])
    if query.field() in WORD_FIELDS:
        return query.with_boost(min(max(query.boost * factor, MIN_BOOST), MAX_BOOST))
    return query


def word_pairs(queries: Iterable[Query]) -> tuple[tuple[str, str], ...]:
    """Return the terms of each two of `queries` that are plain words and follow one another, each pair
    once. A compound (its whole, or its parts as a phrase) begins and ends with its parts."""
    ends = [_ends(query) for query in queries]
    pairs = ((left[1], right[0]) for left, right in pairwise(ends) if left and right)
    return tuple(dict.fromkeys(pairs))


def is_word(query: Query) -> bool:
    """Whether `query` is one plain word of the combined field, in whatever forms it is looked for."""
    return _ends(query) is not None


def _ends(query: Query) -> tuple[str, str] | None:
    """Return the first and the last term of a word of the combined field, None for anything else."""
    if type(query) is Term and query.fieldname == TEXT and not query.text.startswith(EXACT):
        return query.text, query.text
    if type(query) is AndMaybe:  # an accented word, and as it was written
        return _ends(query.a)
    if type(query) is WordForms:
        return _compound_ends(query.subqueries[0], query.subqueries[-1])
    return None


def _compound_ends(whole: Query, other: Query) -> tuple[str, str] | None:
    if _ends(whole) is None:
        return None
    if type(other) is Phrase and other.fieldname == TEXT and other.slop == 1:
        return other.words[0], other.words[-1]
    return _ends(whole) if type(other) is Term else None
