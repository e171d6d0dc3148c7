"""What a reader's text was read as: the query tree, and notes of what was done on the way."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from whoosh.query import Query, Term

from indexer.query.answers.answer import Listing, plain
from indexer.query.request import query_text


class NoteKind(StrEnum):
    """What happened to a piece of the text."""

    READ = "read"  # understood otherwise than as plain words: a filter, a phrase, an operator
    DROPPED = "dropped"  # does not take part: a word that is too common, a suffix that cannot be read
    IGNORED = "ignored"  # was meant to be looked for, and cannot be: a symbol, a filter that cannot be read
    FOLDED = "folded"  # searched for in another spelling as well
    CORRECTED = "corrected"  # mended: an unclosed quote, a swapped range
    EXPANDED = "expanded"  # a wildcard or a fuzzy word, and the words that it stands for
    ADDRESS = "address"  # the article that it is an address of
    BEGUN = "begun"  # the words that begin with the last one
    BROADENED = "broadened"  # what the words of the best articles are, which were looked for as well
    CUT = "cut"  # the same, where not all of the words were searched for, or not all stories distinguished


class Note:
    """One note; `text` is a sentence for the reader without a full stop, or what makes
    it when it is first looked at."""

    def __init__(self, kind: NoteKind, text: str | Callable[[], str]) -> None:
        self.kind = kind
        self._text = text

    @functools.cached_property
    def text(self) -> str:
        """What happened."""
        return self._text if isinstance(self._text, str) else self._text()

    def __repr__(self) -> str:
        return f"Note({self.kind}, {self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Note) and (self.kind, self.text) == (other.kind, other.text)

    def __hash__(self) -> int:
        return hash((self.kind, self.text))


def shown_notes(notes: Iterable[Note]) -> tuple[str, ...]:
    """Return the notes that every reader should see, each once; `explain` has all."""
    return tuple(dict.fromkeys(n.text for n in notes if n.kind not in (NoteKind.READ, NoteKind.FOLDED)))


@dataclass(frozen=True, slots=True)
class TermCount:
    """How many documents have a term in a field, before anything is combined or filtered; `word` is what
    it was typed as, or the term."""

    field: str
    term: str
    documents: int
    word: str


class LazyTerms(Listing[TermCount]):
    """The counts of a query's terms, made when they are first looked at."""

    def __init__(self, count: Callable[[], Sequence[TermCount]]) -> None:
        self._count = functools.cache(count)

    def _items(self) -> Sequence[TermCount]:
        return self._count()


class Word(NamedTuple):
    """A word of a query, or what counts as one (a group, a wildcard, a fuzzy word): as it was typed, and what
    finds it."""

    typed: str
    query: Query


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as it was read. `terms` is filled in by an engine, the grammar knows no index.

    `words` are those that an article may lack where some of the words will do; `required` is what it must
    have all the same (phrases, fields, filters, `+word`, what AND joins), and `excluded` what it must not.
    Of a query of one word, `form` finds it as it was typed, in no other form.
    """

    text: str
    query: Query
    notes: tuple[Note, ...] = ()
    terms: Sequence[TermCount] = field(default=())
    pairs: tuple[tuple[str, str], ...] = ()  # terms of words that were typed side by side
    words: tuple[Word, ...] = ()
    required: tuple[Query, ...] = ()
    excluded: Query | None = None
    form: Term | None = None

    def __str__(self) -> str:
        lines = [f"query: {self.text!r}", f"read as: {self.query}"]
        lines += [f"{note.kind}: {note.text}" for note in self.notes]
        lines += [f"term: {t.field}:{t.term} in {t.documents} articles" for t in self.terms]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Return what `--explain` and `?explain=1` show, as plain values."""
        return {
            "text": self.text,
            "read_as": query_text(self.query),
            "notes": [{"kind": str(n.kind), "text": n.text} for n in self.notes],
            "terms": plain(self.terms),
        }
