"""Words side by side: which pairs of them a query has; and the query for any of a text's words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from whoosh.query import AndMaybe, Or, Phrase, Query, Term

from indexer.analysis import Surface, analyzer_for
from indexer.index.schema import EXACT, TEXT


class WordForms(Or):
    """One word in two forms, of which either will do: the whole and the parts of a compound, or a term
    and that of its accented form. Alternatives that a reader typed are a plain Or."""


class BroadTerm(Term):
    """A word that nobody typed: it was found in the best articles. It is evaluated as any term."""


def pairs_of(queries: Iterable[Query]) -> tuple[tuple[str, str], ...]:
    """Return the terms of each two of `queries` that are plain words and follow one another, each pair
    once. A compound (its whole, or its parts as a phrase) begins and ends with its parts."""
    ends = [_ends(query) for query in queries]
    pairs = ((left[1], right[0]) for left, right in pairwise(ends) if left and right)
    return tuple(dict.fromkeys(pairs))


def _ends(query: Query) -> tuple[str, str] | None:
    """Return the first and the last term of a word of the combined field, None for anything else."""
    if type(query) is Term and query.fieldname == TEXT and not query.text.startswith(EXACT):
        return query.text, query.text
    if type(query) is AndMaybe:  # an accented word, and as it was written
        return _ends(query.a)
    if type(query) is WordForms:
        return _compound_ends(*query.subqueries)
    return None


def _compound_ends(whole: Query, other: Query) -> tuple[str, str] | None:
    if _ends(whole) is None:
        return None
    if type(other) is Phrase and other.fieldname == TEXT and other.slop == 1:
        return other.words[0], other.words[-1]
    return _ends(whole) if type(other) is Term else None


def any_of_words(text: str, language: str) -> str:
    """Return the query for articles with any word of `text`: `wing OR slipstream`.

    Stop words are left out, where there are others; a word that stands twice stays twice, and counts
    as often. Of a compound each part is a word (`boundary-layer` asks for articles with `boundary`
    alone, too): as a phrase it cost .010 nDCG@10 on two collections of four. A text without words gives
    an empty query.
    """
    analyzer = analyzer_for(language)
    words = [part for word in analyzer.surfaces(text) for part in _parts(word)]
    asked = [word for word in words if not analyzer.is_query_stop(word)] or words
    return " OR ".join(word.text.lower() for word in asked)


def _parts(word: Surface) -> tuple[Surface, ...]:
    """Return the parts of a compound; AT&T is no `at` and no `t`."""
    return (word,) if not word.parts or (word.term and "&" in word.text) else word.parts


def is_word(query: Query) -> bool:
    """Whether `query` is one plain word of the combined field, in whatever forms it is looked for."""
    return _ends(query) is not None
