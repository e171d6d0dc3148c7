"""Words that were typed with a slip -> the words of the archive that they may have been meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.query.arrays.suggest.vocabulary import Vocabulary
from indexer.query.edits import MIN_FOR_SLIP

COMMON = 1 << 15  # words among which one with a slip is looked for
_NEAR = 4  # of these are followed, for one that was typed
_SUSPECTS = 2  # typed words of which one may have a slip


class CommonWords:
    """The commonest words of an archive, given how many articles have each."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        words = sorted(counts)
        self._vocabulary = Vocabulary(words)
        self._counts = np.array([counts[word] for word in words], np.int64)

    def near(self, typed: str) -> list[str]:
        """Return the commonest of those that `typed` may have been meant for."""
        rows = self._vocabulary.near(typed)
        rows = rows[np.argsort(-self._counts[rows], kind="stable")[:_NEAR]]
        return [self._vocabulary.words[row] for row in rows.tolist()]


def suspects(typed: Sequence[str], known: Sequence[bool]) -> list[int]:
    """Return which words may have a slip: those that are not `known`, or else the last ones."""
    places = [at for at in reversed(range(len(typed))) if len(typed[at]) >= MIN_FOR_SLIP]
    return [at for at in places if not known[at]][:_SUSPECTS] or places[:_SUSPECTS]
