"""What wildcards and fuzzy words stand for, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from whoosh import query as q

from indexer.analysis import fold_accents
from indexer.index.schema import EXACT, TEXT, TEXT_FIELDS
from indexer.query.answers.parsed import Note, NoteKind
from tests.sources.words import Words

_SHOWN = 8


@dataclass(frozen=True)
class Expansion:
    """The words that a pattern stands for; `is_cut` where they are only the commonest ones."""

    typed: str
    field: str
    words: tuple[str, ...]
    is_cut: bool
    note: Note

    @property
    def terms(self) -> frozenset[tuple[str, str]]:
        """The words as terms of the fields that are searched."""
        fields = TEXT_FIELDS if self.field == TEXT else (self.field,)
        return frozenset((field, EXACT + word) for word in self.words for field in fields)

    def matches(self, words: Words) -> set[int]:
        """Return the articles that have any of the words."""
        return {doc for word in self.words for doc in words.having(self.field, EXACT + word)}


def expand(node: Any, words: Words, limit: int) -> Expansion:
    """Return what a Prefix, Wildcard or FuzzyTerm stands for: the words of the archive, in its field."""
    field = node.fieldname
    documents = {
        word: count
        for word in words.written
        if stands_for(node, word) and (count := words.documents(field, EXACT + word))
    }
    is_cut = len(documents) > limit
    found = sorted(sorted(documents, key=lambda word: (-documents[word], word))[:limit])
    typed = node.text
    if not isinstance(node, q.Wildcard):
        typed += "~" if isinstance(node, q.FuzzyTerm) else "*"
    if is_cut:
        text = f"'{typed}' stands for more than {limit} words: the {limit} commonest were searched for"
        return Expansion(_typed(field, typed), field, tuple(found), True, Note(NoteKind.CUT, text))
    count = {0: "no word of the archive", 1: "one word"}.get(len(found), f"{len(found)} words")
    some = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
    text = f"'{typed}' stands for {count}" + (f": {some}" if found else "")
    return Expansion(_typed(field, typed), field, tuple(found), False, Note(NoteKind.EXPANDED, text))


def _typed(field: str, typed: str) -> str:
    return f"{field}:{typed}"


def stands_for(node: Any, word: str) -> bool:
    """Whether a pattern stands for a word, accents aside."""
    folded = fold_accents(word)
    if isinstance(node, q.Prefix):
        return folded.startswith(node.text) or word.startswith(node.text)
    if isinstance(node, q.FuzzyTerm):
        begins = folded[: node.prefixlength] == node.text[: node.prefixlength]
        return begins and levenshtein(node.text, folded) <= node.maxdist
    pattern = "".join({"*": ".*", "?": "."}.get(char) or re.escape(char) for char in node.text)
    return bool(re.fullmatch(pattern, folded, re.DOTALL))


def levenshtein(word: str, other: str) -> int:
    """Return how many letters must be taken in, left out or replaced."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        above, row = row, [i]
        for j, its in enumerate(other, 1):
            row.append(min(above[j - 1] + (letter != its), above[j] + 1, row[-1] + 1))
    return row[-1]
