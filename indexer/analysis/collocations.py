"""Which words stand together more often than chance lets them: NLTK's association measures.

How often neighbours and each of them occur gives their scores. Apart from the rest of the
analysis: only a run that looks for phrases needs it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.nltk_parts import BigramAssocMeasures

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

# Manning and Schütze, Foundations of Statistical Natural Language Processing (1999), 5.3.1: the t
# test rejects that two words are neighbours by chance, at the level .005.
MIN_T = 2.576
# Dunning, Accurate Methods for the Statistics of Surprise and Coincidence (Computational Linguistics
# 19, 1993): -2 log lambda is distributed as chi square with one degree of freedom; this is .001.
MIN_RATIO = 10.83


def student_t(together: Counts, first: Counts, second: Counts, total: int) -> Floats:
    """Return Student's t of each pair: how surely it is more frequent than chance.

    `together`, `first` and `second`, (pairs,): occurrences of the pair and of its two parts, among
    `total` words. NLTK's formula takes whole arrays as well as numbers.
    """
    marginals = (first.astype(np.float64), second.astype(np.float64))
    scores: Floats = BigramAssocMeasures.student_t(together.astype(np.float64), marginals, float(total))
    return scores


def likelihood_ratios(
    together: Sequence[int], first: Sequence[int], second: Sequence[int], total: int
) -> Floats:
    """Return the likelihood ratio of each pair, which holds for rare words too (Dunning 1993).

    It is as large for neighbours that avoid each other: ask `student_t` first. NLTK's formula takes
    logarithms a number at a time.
    """
    ratio = BigramAssocMeasures.likelihood_ratio
    scores = (
        ratio(n_ii, (n_ix, n_xi), max(total, n_ix + n_xi - n_ii))
        for n_ii, n_ix, n_xi in zip(together, first, second, strict=True)
    )
    return np.fromiter(scores, np.float64, len(together))
