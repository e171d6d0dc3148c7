"""Wildcards and fuzzy words -> the words of the archive that they stand for.

They are compared with the words as written (not stemmed), letter case and accents folded. The
commonest are taken where there are more than the limit, and the reader is told.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from whoosh import query as q
from whoosh.automata.fsa import find_all_matches
from whoosh.automata.lev import levenshtein_automaton

from indexer.analysis import fold_accents
from indexer.query.columns import Docs
from indexer.query.snapshot import Snapshot
from indexer.schema import EXACT, TEXT_FIELDS


@dataclass(frozen=True, slots=True)
class Expansion:
    """The documents of all words, the words as (field, marked term), and a sentence about them."""

    docs: Docs
    words: frozenset[tuple[str, str]]
    note: str
    cut: bool


def expand(node: Any, snapshot: Snapshot, limit: int) -> Expansion:
    """Return what a Prefix, Wildcard or FuzzyTerm node stands for in its field (`text`: in any)."""
    fields = TEXT_FIELDS if node.fieldname == "text" else (node.fieldname,)
    matches: dict[str, list[tuple[str, str]]] = {}  # by word as written
    for field in fields:
        lexicon = _lexicon(snapshot, field)
        for word in lexicon.matching(node):
            matches.setdefault(word, []).append((field, EXACT + word))
    shown = _shown(node)
    note = f"'{shown}' stands for {_count(len(matches))}" + (f": {_some(matches)}" if matches else "")
    cut = len(matches) > limit
    if cut:
        commonest = sorted(
            matches, key=lambda w: (-sum(snapshot.document_frequency(f, t) for f, t in matches[w]), w)
        )
        matches = {word: matches[word] for word in commonest[:limit]}
        note = f"'{shown}' stands for more than {limit} words: the {limit} commonest were searched for"
    words = frozenset(pair for pairs in matches.values() for pair in pairs)
    found = np.zeros(snapshot.columns.size, bool)
    for field, term in words:
        found[snapshot.columns.term_docs(field, term)] = True
    return Expansion(np.flatnonzero(found & snapshot.columns.live).astype(np.int32), words, note, cut)


class Lexicon:
    """The words of a field as written, in the order of their folded forms."""

    def __init__(self, words: list[str]) -> None:
        pairs = sorted((fold_accents(word), word) for word in words)
        self._folded = [folded for folded, _ in pairs]
        self._words = [word for _, word in pairs]

    def matching(self, node: Any) -> list[str]:
        """Return the words that a Prefix, Wildcard or FuzzyTerm node stands for."""
        if isinstance(node, q.FuzzyTerm):
            return self._fuzzy(node.text, node.maxdist, node.prefixlength)
        if isinstance(node, q.Prefix):
            return self._prefix(node.text)
        head = re.split(r"[*?]", node.text, maxsplit=1)[0]
        return self._glob(head, node.text)

    def _prefix(self, prefix: str) -> list[str]:
        start = bisect.bisect_left(self._folded, prefix)
        end = bisect.bisect_left(self._folded, prefix + "\U0010ffff")
        return self._words[start:end]

    def _glob(self, head: str, pattern: str) -> list[str]:
        parts = [
            ".*" if c == "*" else "." if c == "?" else re.escape(c) for c in re.sub(r"\*+", "*", pattern)
        ]
        accept = re.compile("".join(parts), re.DOTALL).fullmatch
        start = bisect.bisect_left(self._folded, head)
        end = bisect.bisect_left(self._folded, head + "\U0010ffff")
        return [self._words[i] for i in range(start, end) if accept(self._folded[i])]

    def _fuzzy(self, text: str, distance: int, prefix: int) -> list[str]:
        automaton = levenshtein_automaton(text, distance, prefix).to_dfa()
        found: list[str] = []
        for folded in find_all_matches(automaton, self._at_or_after):
            start = bisect.bisect_left(self._folded, folded)
            while start < len(self._folded) and self._folded[start] == folded:
                found.append(self._words[start])
                start += 1
        return found

    def _at_or_after(self, text: str) -> str | None:
        at = bisect.bisect_left(self._folded, text)
        return self._folded[at] if at < len(self._folded) else None


_lexicons: WeakKeyDictionary[Snapshot, Callable[[str], Lexicon]] = WeakKeyDictionary()


def _lexicon(snapshot: Snapshot, field: str) -> Lexicon:
    """Return the lexicon of a field, kept for as long as the generation is."""
    if snapshot not in _lexicons:
        # Of the reader, not of the snapshot: that, kept as a value, would never go as a key.
        _lexicons[snapshot] = functools.cache(functools.partial(_read_lexicon, snapshot.reader))
    return _lexicons[snapshot](field)


def _read_lexicon(reader: Any, field: str) -> Lexicon:
    mark = EXACT.encode()
    terms = reader.expand_prefix(field, mark) if reader.doc_count_all() else ()
    return Lexicon([term[len(mark) :].decode("utf-8") for term in terms])


def _shown(node: Any) -> str:
    if isinstance(node, q.FuzzyTerm):
        return f"{node.text}~"
    return f"{node.text}*" if isinstance(node, q.Prefix) else str(node.text)


def _count(number: int) -> str:
    return {0: "no word of the archive", 1: "one word"}.get(number, f"{number} words")


def _some(words: dict[str, Any]) -> str:
    some = sorted(words)[:8]
    return ", ".join(some) + (", …" if len(words) > len(some) else "")
