"""The words of the archive that begin with the last word of a query: the commoner, the likelier meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from whoosh.query import AndMaybe, Or, Prefix, Query, Term

from indexer.index.schema import EXACT, TEXT
from indexer.messages import say
from indexer.query.answers.parsed import Note, NoteKind, ParsedQuery
from indexer.query.language.tree import asks_for_text, leaves
from indexer.query.source import Plan, View

_NAMED = 8  # words that a note names
_RANKED = 20  # words, the commonest, that rank an article


def beginning_of(tree: Query) -> Prefix | None:
    """Return the pattern that stands for the words which begin with the last one, if any does."""
    return next((leaf for leaf, _ in leaves(tree) if type(leaf) is Prefix), None)


def ranked(parsed: ParsedQuery, view: View) -> ParsedQuery:
    """Return a query whose last word was read as begun. Where it is the only one, and all that it finds would
    score the same, an article scores what it is expected to for the word that was meant: the sum of how often
    it has each word (BM25), times the word's share of all that begin so."""
    pattern = beginning_of(parsed.query)
    if pattern is None or sum(asks_for_text(leaf) for leaf, _ in leaves(parsed.query)) > 1:
        return parsed
    found = view.find(pattern, Plan(expansion_limit=_RANKED)).words(pattern)
    words = sorted({word for _, word in found})
    counts = view.frequency([(TEXT, word) for word in words])
    forms = [
        Term(pattern.fieldname, word, count / (sum(counts) * view.idf(count)))
        for word, count in zip(words, counts, strict=True)
        if count
    ]
    return replace(parsed, query=AndMaybe(parsed.query, Or(forms))) if forms else parsed


def begun_note(typed: str, words: Iterable[tuple[str, str]], view: View) -> Note:
    """Return the note on the words that begin with what was `typed`, given as (field, `=word`), the commonest
    first; the other forms of a word that was typed are none."""
    stems = {token.term for token in view.analyzer.tokens(typed)}
    others = sorted(
        {word for _, word in words if not stems & _stems(word.removeprefix(EXACT), view)} - {EXACT + typed}
    )
    counts = dict(zip(others, view.frequency([(TEXT, word) for word in others]), strict=True))
    forms = [word.removeprefix(EXACT) for word in sorted(others, key=lambda word: -counts[word])]
    more = ", …" if len(forms) > _NAMED else ""
    return Note(
        NoteKind.BEGUN, say("the last word may go on: {words}", words=", ".join(forms[:_NAMED]) + more)
    )


def _stems(word: str, view: View) -> set[str]:
    return {token.term for token in view.analyzer.tokens(word)}
