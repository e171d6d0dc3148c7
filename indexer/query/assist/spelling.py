"""A word that is spelt wrong -> the words of the archive that may have been meant.

They are ranked as a noisy channel has it (Kernighan, Church and Gale, "A spelling correction program based
on a noisy channel model", 1990): by how likely the mistake is, and by how common the word is. One word
written as two, and two written as one, are found as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from whoosh.query import Phrase

from indexer.analysis import fold_accents, fold_case
from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.suggestions import Spelling
from indexer.query.source import Plan, View

_LONGEST = 64  # letters, as of a word in the index
_SHORT = 4  # letters; so short a word is another one after two edits
_MIN_PART = 3  # letters of each of two words that were written as one
_BLANK = 1.0  # cost of a blank too few or too many
# Edits that a word gains for being e times as common. A larger weight pulls rare words to common ones: .2
# costs 6% of `python -m benchmarks.spelling`, .3 some 15%.
_FREQUENCY = 0.1
_COUNTED = Plan()


def spellings(text: str, view: View, size: int, *, parted: bool = True) -> list[Spelling]:
    """Return at most `size` spellings that may have been meant by `text`, the likeliest first.

    `text` is a word, or two words that should perhaps be one; `parted`: a word may be two. Only what articles
    have is returned, and never `text` itself. Numbers are no words: each is a neighbour of another one.
    """
    words = [fold_accents(fold_case(word))[:_LONGEST] for word in text.split()]
    if len(words) == 2:
        found = _joined("".join(words), view)
    elif len(words) == 1 and any(map(str.isalpha, words[0])):
        found = [*_near(words[0], view), *(_parted(words[0], view) if parted else ())]
    else:
        return []
    found.sort(key=lambda spelling: (spelling.cost, spelling.text))
    given = fold_case(text)
    return list(_first_of((one for one in found if one.text != given and one.documents), size))


def word_documents(words: list[str], view: View) -> list[int]:
    """Return how many articles have each word as it is written."""
    return view.frequency([(TEXT, EXACT + fold_case(word)) for word in words])


def side_by_side(pairs: Sequence[tuple[str, str]], view: View) -> list[int]:
    """Return how many articles have each two words side by side, as they are written."""
    phrases = [Phrase(TEXT, [EXACT + fold_case(word) for word in pair]) for pair in pairs]
    return [found.total for found in view.totals([(phrase, _COUNTED) for phrase in phrases])]


def _near(word: str, view: View) -> list[Spelling]:
    """Return the words at one or two edits."""
    near = view.near(word, 1 if len(word) <= _SHORT else 2)
    counts = word_documents([one.word for one in near], view)
    return [
        Spelling(one.word, count, one.edits, _ranked(one.cost, count))
        for one, count in zip(near, counts, strict=True)
    ]


def _parted(word: str, view: View) -> list[Spelling]:
    """Return the two words that `word` may be: some article has them side by side."""
    pairs = [(word[:at], word[at:]) for at in range(_MIN_PART, len(word) - _MIN_PART + 1)]
    counts = word_documents([part for pair in pairs for part in pair], view)
    known = [
        (pair, min(fewest))
        for pair, fewest in zip(pairs, zip(counts[::2], counts[1::2], strict=True), strict=True)
        if min(fewest)
    ]
    both = side_by_side([pair for pair, _ in known], view)
    return [
        Spelling(" ".join(pair), documents, 1, _ranked(_BLANK, fewest))
        for (pair, fewest), documents in zip(known, both, strict=True)
    ]


def _joined(word: str, view: View) -> list[Spelling]:
    """Return the one word that two words give."""
    (documents,) = word_documents([word], view)
    return [Spelling(word, documents, 1, _ranked(_BLANK, documents))] if documents else []


def _ranked(cost: float, documents: int) -> float:
    return cost - _FREQUENCY * math.log(max(documents, 1))


def _first_of(spellings: Iterator[Spelling], size: int) -> Iterator[Spelling]:
    """Yield the first `size`, each accent-free form once."""
    seen: set[str] = set()
    for spelling in spellings:
        if len(seen) == size:
            return
        form = fold_accents(spelling.text)
        if form not in seen:
            seen.add(form)
            yield spelling
