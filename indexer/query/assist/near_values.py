"""The values of a facet whose names come near to what was asked for, where none is so called."""

from __future__ import annotations

import difflib

from indexer.analysis import fold_key
from indexer.query.arrays.store.facet_column import FacetColumn
from indexer.query.parameters import NONE

_LEAST_ALIKE = 0.7  # of difflib's ratio: two letters of seven may differ
_MOST_NAMES = 20_000  # are looked through; it takes microseconds for each


def near_values(column: FacetColumn, text: str, most: int) -> list[str]:
    """Return at most `most` labels of values, the nearest first: those that have all words of `text`, the
    shortest first, else those that are written nearly so, else those with such a word. None where `text`
    chooses something."""
    if column.named(text) is not None:
        return []
    labels = [column.keys[ordinal].label for ordinal in column.find_words(text)]
    if labels:
        return sorted(dict.fromkeys(labels), key=lambda label: (len(label), label))[:most]
    keys = (key for key in column.keys[:_MOST_NAMES] if key.value != NONE)
    names = {fold_key(key.label): key.label for key in keys}
    words = {word: label for name, label in names.items() for word in name.split()}
    for known in (names, words):
        close = difflib.get_close_matches(fold_key(text), known, most, _LEAST_ALIKE)
        if close:
            return [known[name] for name in close]
    return []
