"""The query tree, tied to a generation: what its columns answer is put in place as sets of documents.

Facet values, numbers, dates and flags are looked up in columns; wildcards and fuzzy words are
expanded. What is left are terms, phrases and the nodes that combine them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
from whoosh import query as q
from whoosh.matching import ListMatcher, NullMatcher

from indexer.facets import VALUE_FACETS
from indexer.index.schema import TEXT, WORD_FIELDS
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.arrays.match.expand import expand
from indexer.query.arrays.store.postings import Docs, Mask, Scores
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.facet_names import note_of_words

_FLAGS = ("has", "is", "origin")
_NUMBERS = ("published", "day", "quality", "heat")


class DocSet(q.Query):
    """Documents in a tree, by `mask`, with one score for all or a score for each.

    `words` gives what it stands for in the text, when that is asked for, and `typed` what stands for
    them, with its field; `is_cut` says that documents are missing, because only so many words of a pattern
    are searched for.
    """

    def __init__(
        self,
        mask: Mask,
        scores: float | Scores = 0.0,
        words: Callable[[], frozenset[tuple[str, str]]] = frozenset,
        is_cut: bool = False,
        typed: str = "",
    ) -> None:
        self.mask = mask
        self.is_cut = is_cut
        self.typed = typed
        self._scores = np.asarray(scores, np.float32)
        self._words = words
        self.boost = 1.0

    @functools.cached_property
    def docs(self) -> Docs:
        """The documents, ascending."""
        return np.flatnonzero(self.mask).astype(np.uint32)

    @property
    def scores(self) -> Scores:
        """The score of each document."""
        return self._scores if self._scores.ndim else np.full(len(self.docs), self._scores)

    def among(self, docs: Docs, scores: Scores) -> tuple[Docs, Scores]:
        """Return those of some documents that are in the set, its one score added to theirs."""
        found = self.mask.take(docs)
        return docs[found], scores[found] + self._scores

    @functools.cached_property
    def words(self) -> frozenset[tuple[str, str]]:
        """What the set stands for in the text, as (field, marked term)."""
        return self._words()

    def __repr__(self) -> str:
        return f"DocSet({len(self.docs)})"

    def is_leaf(self) -> bool:
        """A set has no parts."""
        return True

    def estimate_size(self, ixreader: Any) -> int:
        """Return how many documents there are: Whoosh matches the rarest part first."""
        return len(self.docs)

    estimate_min_size = estimate_size

    def matcher(self, searcher: Any, context: Any = None) -> Any:
        """Return a matcher over the part of the set that lies in the searcher's segment."""
        offset = searcher.get_parent()._offset_for_subsearcher(searcher) or 0
        first, last = np.searchsorted(self.docs, (offset, offset + searcher.doc_count_all()))
        if first == last:
            return NullMatcher()
        return ListMatcher((self.docs[first:last] - offset).tolist(), self.scores[first:last].tolist())


def _is_bound(node: q.Query) -> bool:
    """Whether there is nothing to do: words of the text, as most queries are."""
    if type(node) is q.And:
        return all(map(_is_bound, node.subqueries))
    return type(node) is q.Term and node.fieldname == TEXT


class Binder:
    """Puts sets of documents in the place of what the columns answer. `patterns` has for each pattern of the
    tree the set that took its place. What `deadline` leaves no room for, stands for nothing."""

    def __init__(self, snapshot: Snapshot, expansion_limit: int, deadline: Deadline = NO_DEADLINE) -> None:
        self._snapshot = snapshot
        self._limit = expansion_limit
        self._deadline = deadline
        self.notes: list[Note] = []
        self.patterns: dict[q.Query, DocSet] = {}

    def bind(self, node: q.Query) -> q.Query:
        """Return `node` with every part bound."""
        if _is_bound(node):
            return node
        for kind, handle in self._handlers:
            if isinstance(node, kind):
                bound = handle(self, node)
                if bound is not None:
                    return bound
        return node.apply(self.bind) if not node.is_leaf() else node

    def _bind_term(self, node: q.Term) -> q.Query | None:
        columns = self._snapshot.columns
        if node.fieldname in _FLAGS:
            return DocSet(columns.flag_mask(node.fieldname, str(node.text)))
        if node.fieldname in VALUE_FACETS:
            if self._deadline.cuts():
                return q.NullQuery
            return DocSet(self._facet_mask(node.fieldname, str(node.text)))
        return None

    def _facet_mask(self, facet: str, text: str) -> Mask:
        """Match the value, or where there is none so called, the values that have all its words."""
        column = self._snapshot.columns.facet(facet)
        chosen = column.mask_of(column.named(text))
        if chosen is not None:
            return chosen
        ordinals = column.find_words(text)
        self.notes.append(Note(NoteKind.EXPANDED, note_of_words(column, text, ordinals)))
        return column.mask(ordinals)

    def _bind_range(self, node: q.NumericRange) -> q.Query | None:
        if node.fieldname not in _NUMBERS:
            return None
        columns = self._snapshot.columns
        if node.fieldname == "day":
            ends = not node.startexcl, not node.endexcl
            inside = columns.days.within(slice(None), node.start, node.end, ends=ends)
            return DocSet(inside & columns.live)
        values = getattr(columns, node.fieldname)
        mask = columns.dated.copy() if node.fieldname == "published" else ~np.isnan(values)
        if node.start is not None:
            mask &= values > node.start if node.startexcl else values >= node.start
        if node.end is not None:
            mask &= values < node.end if node.endexcl else values <= node.end
        return DocSet(mask & columns.live)

    def _bind_multi(self, node: q.Query) -> q.Query | None:
        if node.fieldname not in WORD_FIELDS:
            return None
        if self._deadline.cuts():
            return q.NullQuery
        found = expand(node, self._snapshot, self._limit, self._deadline)
        self.notes.append(Note(NoteKind.CUT if found.cut else NoteKind.EXPANDED, found.note))
        typed = f"{node.fieldname}:{found.typed}"
        self.patterns[node] = bound = DocSet(found.mask, node.boost, found.words, found.cut, typed)
        return bound

    _handlers: tuple[tuple[Any, Callable[[Any, Any], q.Query | None]], ...] = (
        (q.FuzzyTerm, _bind_multi),
        (q.Wildcard, _bind_multi),
        (q.Prefix, _bind_multi),
        (q.NumericRange, _bind_range),
        (q.Term, _bind_term),
    )
