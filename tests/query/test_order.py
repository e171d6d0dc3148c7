"""A page is the slice of all hits put in order, however few of them are looked at to make it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.arrays.rank.order import Order
from indexer.query.arrays.store.days import PeriodColumn

_DAY = 86_400
hits = st.lists(
    st.tuples(
        st.sampled_from([0.5, 1.0, 1.5]),
        st.sampled_from([-(2**62), -4000 * _DAY, 10, 20, 40 * _DAY, 4000 * _DAY]),
        st.integers(0, 10**6),
    ),
    max_size=40,
    unique_by=lambda hit: hit[2],
)


@dataclass
class FakeColumns:
    published: np.ndarray
    ids: np.ndarray

    @property
    def months(self) -> PeriodColumn:
        return PeriodColumn(self.published, np.ones(len(self.published), bool), "month")


# From how many hits on they are picked before, and by month.
limits = st.sampled_from([(32, 4096), (0, 4096), (0, 0)])


@given(hits, st.integers(0, 45), st.integers(1, 12), st.sampled_from(["relevance", "newest"]), limits)
def test_a_page_is_a_slice_of_the_whole_order(
    drawn: list[tuple[float, int, int]], start: int, size: int, sort: str, limits: tuple[int, int]
) -> None:
    columns = FakeColumns(
        np.array([published for _, published, _ in drawn], np.int64),
        np.array([f"{number:016}".encode() for _, _, number in drawn], "S16"),
    )
    docs = np.arange(len(drawn), dtype=np.uint32)
    scores = np.array([score for score, _, _ in drawn], np.float32)
    order = Order.of(sort, columns, docs, scores)  # type: ignore[arg-type]
    by_relevance = sort == "relevance"
    whole = sorted(
        range(len(drawn)), key=lambda i: (-drawn[i][0] if by_relevance else 0, -drawn[i][1], drawn[i][2])
    )
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr("indexer.query.arrays.rank.order._SMALL", limits[0])
        monkey.setattr("indexer.query.arrays.rank.order._MANY", limits[1])
        assert order.page(start, size).tolist() == whole[start : start + size]
