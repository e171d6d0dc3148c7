"""How the score of a hit is made of those of the leaves of the tree: what sources share."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, TypeAlias

from whoosh import query as q

from indexer.analysis import Analyzer
from indexer.article import Article
from indexer.index.schema import EXACT, TEXT_FIELDS
from indexer.query.answers.results import ScorePart
from indexer.query.language.tree import BroadTerm, WordForms
from indexer.query.request import query_text

_SHOWN = 20  # words of a pattern that are named
Reason: TypeAlias = "tuple[bool, list[ScorePart]]"  # whether a document matches, and the parts of its score
Leaf: TypeAlias = "Callable[[q.Query, Any], Reason]"


class Reasons:
    """Puts the parts of a score together: `leaf` says of a node that has no parts, and of an article, whether
    it matches, and what that gives."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf

    def parts(self, node: q.Query, key: Any) -> Reason:
        """Return whether an article matches a node, and the parts of its score."""
        known = _NODES.get(type(node))
        return self._leaf(node, key) if known is None else known(self, node, key)

    def _all(self, node: q.And, key: Any) -> Reason:
        found = [self.parts(part, key) for part in node.subqueries]
        if not found or not all(has for has, _ in found):
            return False, []
        return True, _scaled(node, [part for _, parts in found for part in parts])

    def _any(self, node: q.Or, key: Any) -> Reason:
        if node.scale or node.minmatch:
            return self._leaf(node, key)
        found = [self.parts(part, key) for part in node.subqueries]
        return any(has for has, _ in found), _scaled(node, [part for _, parts in found for part in parts])

    def _best(self, node: q.DisjunctionMax, key: Any) -> Reason:
        if node.tiebreak:
            return self._leaf(node, key)
        found = [(has, parts) for has, parts in (self.parts(p, key) for p in node.subqueries) if has]
        if not found:
            return False, []
        return max(found, key=lambda one: sum(part.score for part in one[1]))

    def _and_not(self, node: q.AndNot, key: Any) -> Reason:
        has, parts = self.parts(node.a, key)
        return (True, parts) if has and not self.parts(node.b, key)[0] else (False, [])

    def _and_maybe(self, node: q.AndMaybe, key: Any) -> Reason:
        has, parts = self.parts(node.a, key)
        return (True, parts + self.parts(node.b, key)[1]) if has else (False, [])

    def _require(self, node: q.Require, key: Any) -> Reason:
        has, parts = self.parts(node.a, key)
        return (True, parts) if has and self.parts(node.b, key)[0] else (False, [])


_NODES: dict[type[Any], Callable[[Reasons, Any, Any], Reason]] = {
    q.And: Reasons._all,
    q.Or: Reasons._any,
    WordForms: Reasons._any,
    q.DisjunctionMax: Reasons._best,
    q.AndNot: Reasons._and_not,
    q.AndMaybe: Reasons._and_maybe,
    q.Require: Reasons._require,
}


def leaves_of(node: q.Query) -> list[q.Query]:
    """Return the nodes of a tree that `Reasons` asks its `leaf` about."""
    if type(node) not in _NODES:
        return [node]
    return [leaf for part in node.children() for leaf in leaves_of(part)]


def _scaled(node: q.And | q.Or, parts: list[ScorePart]) -> list[ScorePart]:
    """Return the parts times the boost of the node; one alone is handed on as it is."""
    boost = float(node.boost)
    if boost == 1.0 or len(node.subqueries) < 2:
        return parts
    return [part._replace(score=part.score * boost) for part in parts]


def named(node: q.Query) -> tuple[str, str]:
    """Return the kind of a leaf, and what it is called."""
    if isinstance(node, q.Term):
        kind = "broadened" if type(node) is BroadTerm else "term"
        return kind, f"{node.fieldname}:{_text(node.text)}"
    if isinstance(node, q.Phrase):
        words = " ".join(map(_text, node.words))
        return "phrase", f'{node.fieldname}:"{words}"'
    if isinstance(node, q.Every):
        return "every", "every article"
    return "other", query_text(node)


def words_in(article: Article, analyzer: Analyzer, words: Container[tuple[str, str]]) -> str:
    """Return which of some words, as (field, marked word), stand in an article, each once."""
    tokens = ((name, token) for name in TEXT_FIELDS for token in analyzer.tokens(getattr(article, name)))
    own = [token.exact for name, token in tokens if (name, EXACT + token.exact) in words]
    found = list(dict.fromkeys(own))
    return ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")


def _text(term: str | bytes) -> str:
    return (
        term.decode("utf-8", "replace")
        if isinstance(term, bytes)
        else term.encode("utf-8", "replace").decode()
    )
