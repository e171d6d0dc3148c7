"""The order in which related articles are shown: by score, but providers take turns where others are as
good.

A form of maximal marginal relevance (Carbonell and Goldstein, "The use of MMR, diversity-based reranking
for reordering documents and producing summaries", SIGIR 1998) with the provider as what makes two
articles alike, and a bound on what may be given up for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

AS_GOOD = 0.9  # of the best score that is left


def vary(scores: Sequence[float], providers: Sequence[Hashable | None], count: int) -> list[int]:
    """Return the places of `count` articles in the order to show them; the scores descend.

    At each step those that reach AS_GOOD of the best score left are as good as it; of them the one
    whose provider has been shown least often comes next, and of several the best. What has no provider
    (None) is like nothing else."""
    left = list(range(len(scores)))
    shown: Counter[Hashable] = Counter()
    order: list[int] = []
    while left and len(order) < count:
        least = scores[left[0]] * AS_GOOD
        good = [place for place in left if scores[place] >= least]
        chosen = min(good, key=lambda place: shown[providers[place]])
        left.remove(chosen)
        order.append(chosen)
        if providers[chosen] is not None:
            shown[providers[chosen]] += 1
    return order
