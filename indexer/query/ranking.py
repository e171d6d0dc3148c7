"""The formulas of the ranking, shared by every source.

True BM25F over one combined field. That field has each title word twice, so one BM25 over it is BM25F
with a title weight of 2 (Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple weighted fields",
CIKM 2004):

    idf * tf (k1 + 1) / (tf + k1 (1 - b + b length / average length))

One set of parameters for every archive; better than Whoosh's on every collection measured.
"""

from __future__ import annotations

import math

K1 = 1.5
B = 0.75
PAIR_WEIGHT = 0.1  # of a pair of neighbouring query words, see `arrays.rank.relevance`
WEEK = 7.0  # days
PAIR_POOL = 200  # articles whose pairs are looked at, the best by their words


def saturated(frequency: float) -> float:
    """Return tf (k1 + 1) / (tf + k1): what a term counts that stands so often in a text of average length."""
    return frequency * (K1 + 1) / (frequency + K1)


def weight_of(frequency: float, length: float, average: float) -> float:
    """Return tf (k1 + 1) / (tf + k1 (1 - b + b length / average)): what a term counts in one text."""
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / average))


def date_prior(days: float) -> float:
    """Return 1 + 2 / (1 + days / 7): what belongs to an article is written within days of it.

    Of an array it returns one."""
    return 1 + 2 / (1 + days / WEEK)


def idf(documents: int, frequency: float) -> float:
    """Return ln(1 + (N - df + .5) / (df + .5)), Lucene's form, which is never negative."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
