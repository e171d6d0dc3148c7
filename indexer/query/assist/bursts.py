"""Bursts: the stretches of time in which something is written of far more than at other times.

Kleinberg's automaton of two states over batches (J. Kleinberg, "Bursty and Hierarchical Structure in
Streams", KDD 2002, section 4, doi 10.1145/775047.775061). In batch t, r_t of d_t articles are relevant.
In the base state an article is relevant with the rate of all batches together, p0 = R / D; in a burst
with twice that, p1 = 2 p0. A sequence of states costs the negative logarithm of the likelihood of what
is seen, and ln n for each rise from base to burst, n being the number of batches; the cheapest sequence
is found by dynamic programming. What a burst's batches save over staying in the base state,

    weight = sum of  r_t ln(p1 / p0) + (d_t - r_t) ln((1 - p1) / (1 - p0)),

ranks it. The states look at shares, so a batch that is merely large is no burst.

The price of a rise alone lets chance make a burst in one flat series of a hundred batches in ten
(measured), so a burst must also pass a one-sided binomial test against the base rate, at 5% after
Bonferroni's correction for the n (n + 1) / 2 stretches that might have been one.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from indexer.query.source import Counts

SCALING = 2.0  # times the base rate; the paper's choice, as is the factor 1 of the price of a rise

SIGNIFICANCE = 0.05  # after correction for the number of stretches
_NEGLIGIBLE = 1e-12


class Burst(NamedTuple):
    """Batches `first` to `last`, both included."""

    first: int
    last: int
    weight: float


def base_rate(relevant: Counts, all_of: Counts) -> float:
    """Return p0, 0 where there is nothing."""
    everything = int(all_of.sum())
    return int(relevant.sum()) / everything if everything else 0.0


def find_bursts(relevant: Counts, all_of: Counts) -> list[Burst]:
    """Return the bursts of a series, heaviest first. `relevant` and `all_of` are (batches,); a batch
    without any article says nothing, and does not end a burst.

    Where twice the base rate is more than half way to every article, the burst's is half way: a rate has
    no room to double beyond one half.
    """
    base = base_rate(relevant, all_of)
    if not 0 < base < 1:
        return []
    burst = min(SCALING * base, (1 + base) / 2)
    batches = int(np.count_nonzero(all_of))
    stretches = batches * (batches + 1) / 2
    gains = relevant * np.log(burst / base) + (all_of - relevant) * np.log((1 - burst) / (1 - base))
    states = np.array([0, *_cheapest(gains.tolist(), math.log(batches)), 0])
    edges = (states[1:] != states[:-1]).nonzero()[0]
    found = [
        Burst(first, last - 1, float(gains[first:last].sum()))
        for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        if stretches * upper_tail(int(relevant[first:last].sum()), int(all_of[first:last].sum()), base)
        <= SIGNIFICANCE
    ]
    return sorted(found, key=lambda one: (-one.weight, one.first))


def upper_tail(successes: int, trials: int, rate: float) -> float:
    """Return the probability of at least so many successes, each of the trials having the rate 0 < p < 1."""
    if successes <= trials * rate:
        return 1.0  # more than that is of no use here
    logarithm = (
        math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
        + successes * math.log(rate) + (trials - successes) * math.log1p(-rate)
    )  # fmt: skip
    term = total = math.exp(logarithm)
    while successes < trials and term > total * _NEGLIGIBLE:  # each is smaller than the one before
        term *= (trials - successes) / (successes + 1) * rate / (1 - rate)
        successes += 1
        total += term
    return min(total, 1.0)


def _cheapest(gains: list[float], rise: float) -> list[int]:
    """Return the cheapest states, 1 for a burst.

    `more` is what being in a burst after a batch costs more than being in the base state: no more than a
    rise before the next batch, and no less than nothing, since a fall is free.
    """
    costs = []  # before each batch
    more = rise
    for gain in gains:
        costs.append(more)
        more = (0.0 if more < 0 else min(more, rise)) - gain
    is_burst = more < 0
    states = []
    for more in reversed(costs):
        states.append(int(is_burst))
        is_burst = more < rise if is_burst else more < 0
    return states[::-1]
