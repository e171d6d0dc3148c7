"""Leaving out what cannot be among the best leaves the best."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.related import MOST_PRIOR, _may_be_best

scored = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.5, 1.0, 1.5, 3.0]) | st.floats(0.125, 9, width=32), st.floats(1, MOST_PRIOR)
    ),
    max_size=30,
)


@given(scored, st.integers(1, 12))
def test_the_best_with_a_prior_are_among_what_is_kept(drawn: list[tuple[float, float]], count: int) -> None:
    totals = np.array([total for total, _ in drawn], np.float32)
    final = (totals * np.array([prior for _, prior in drawn])).astype(np.float32)
    best = sorted((doc for doc in range(len(drawn)) if totals[doc]), key=lambda doc: -final[doc])[:count]
    kept = set(_may_be_best(totals, count, MOST_PRIOR).tolist())
    assert all(totals[doc] for doc in kept)
    tied = {doc for doc in range(len(drawn)) if best and totals[doc] and final[doc] == final[best[-1]]}
    assert kept >= set(best) | tied


def test_what_cannot_be_among_the_best_is_left_out() -> None:
    totals = np.array([9.0, 8.0, 1.0, 0.0], np.float32)
    assert _may_be_best(totals, 2, MOST_PRIOR).tolist() == [0, 1]
