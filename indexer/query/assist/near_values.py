"""The values of a facet whose names come near to what was asked for, where none is so called."""

from __future__ import annotations

from indexer.analysis import fold_key
from indexer.query.edits import WordTable, letters_of, words_of
from indexer.query.source import View

_EDITS = 0.3  # of the letters: two of seven
_MAX_NAMES = 20_000  # are looked through; it takes microseconds for each


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
    names = {fold_key(label): label for label in labels[:_MAX_NAMES]}
    words = {word: label for name, label in names.items() for word in name.split()}
    folded = fold_key(text)
    limit = max(1, int(_EDITS * len(folded)))
    for known in (names, words):
        places, edits = WordTable(words_of(list(known))).near(letters_of(folded), limit)
        if len(places):
            near = sorted(zip(edits.tolist(), places.tolist(), strict=True))[:most]
            return [list(known.values())[place] for _, place in near]
    return []
