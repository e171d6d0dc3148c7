"""The terms of a query, each with how many articles have it."""

from __future__ import annotations

from indexer.index.schema import EXACT, WORD_FIELDS
from indexer.invisible import without_invisible
from indexer.query.answers.parsed import ParsedQuery, TermCount
from indexer.query.source import View

_MAX_TERMS = 50


def count_terms(parsed: ParsedQuery, view: View) -> list[TermCount]:
    """Return how many articles have each of the first terms of a query."""
    terms = sorted(
        (f, t.decode() if isinstance(t, bytes) else str(t))
        for f, t in set(parsed.query.iter_all_terms())
        if f in WORD_FIELDS
    )[:_MAX_TERMS]
    typed: dict[str, str] = {}
    for token in view.analyzer.tokens(parsed.text):
        word = without_invisible(parsed.text[token.start : token.end])
        typed.setdefault(token.term, word)
        typed.setdefault(EXACT + token.exact, word)
    return [
        TermCount(field, term, count, typed.get(term, term))
        for (field, term), count in zip(terms, view.frequency(terms), strict=True)
    ]
