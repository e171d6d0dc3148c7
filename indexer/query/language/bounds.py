"""A bound query tree -> whether the number of its documents is exact, or which way it may be off."""

from __future__ import annotations

from whoosh import query as q

from indexer.query.answers.ledger import TotalRelation
from indexer.query.arrays.match.binding import DocSet


def total_relation(tree: q.Query) -> TotalRelation:
    """Return how the true number of documents stands to what is found for a tree whose patterns are
    bound: a cut one finds too few, where it is left out, too many."""
    directions = {more for node, more in _parts(tree) if isinstance(node, DocSet) and node.is_cut}
    if len(directions) > 1:
        return TotalRelation.ABOUT
    if not directions:
        return TotalRelation.EXACT
    return TotalRelation.AT_LEAST if directions.pop() else TotalRelation.AT_MOST


def _parts(tree: q.Query) -> list[tuple[q.Query, bool]]:
    """Return the leaves that decide what is found; False stands by those that are left out."""
    found: list[tuple[q.Query, bool]] = []
    waiting = [(tree, True)]
    while waiting:
        node, more = waiting.pop()
        if isinstance(node, q.AndMaybe):  # its second side adds to scores alone
            waiting.append((node.a, more))
        elif isinstance(node, q.AndNot):
            waiting += [(node.a, more), (node.b, not more)]
        elif isinstance(node, q.Not):
            waiting.append((node.query, not more))
        elif node.is_leaf():
            found.append((node, more))
        else:
            waiting += [(part, more) for part in node.children()]
    return found
