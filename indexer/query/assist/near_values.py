"""The values of a facet whose names come near to what was asked for, where none is so called."""

from __future__ import annotations

import difflib

from indexer.analysis import fold_key
from indexer.query.source import View

_LEAST_ALIKE = 0.7  # of difflib's ratio: two letters of seven may differ
_MOST_NAMES = 20_000  # are looked through; it takes microseconds for each


def near_values(view: View, facet: str, text: str, most: int) -> list[str]:
    """Return at most `most` labels of values, the nearest first: those that have all words of `text`, the
    shortest first, else those that are written nearly so, else those with such a word. None where `text`
    chooses something."""
    if view.has_value(facet, text):
        return []
    labels, asked = view.facet_labels(facet), set(fold_key(text).split())
    containing = [label for label in labels if asked and asked <= set(fold_key(label).split())]
    if containing:
        return sorted(dict.fromkeys(containing), key=lambda label: (len(label), label))[:most]
    names = {fold_key(label): label for label in labels[:_MOST_NAMES]}
    words = {word: label for name, label in names.items() for word in name.split()}
    for known in (names, words):
        close = difflib.get_close_matches(fold_key(text), known, most, _LEAST_ALIKE)
        if close:
            return [known[name] for name in close]
    return []
