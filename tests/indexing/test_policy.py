"""Which segments are merged: few segments, whatever the history, and little that is written anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.indexing.writer import MAX_SEGMENTS, SMALL_SEGMENT, Size, to_merge


def committed(segments: list[Size], added: int) -> tuple[list[Size], int]:
    """The segments after a run, and how many documents were written."""
    merged = to_merge(segments, added)
    written = added + sum(segments[i].live for i in merged)
    rest = [size for i, size in enumerate(segments) if i not in merged]
    return rest + ([Size(written)] if written else []), written


sizes = st.one_of(st.integers(0, 50), st.integers(0, 3 * SMALL_SEGMENT), st.integers(0, 1_000_000))


@given(st.lists(st.tuples(sizes, st.floats(0, 0.3)), max_size=60))
def test_the_number_of_segments_is_bounded(runs: list[tuple[int, float]]) -> None:
    segments: list[Size] = []
    for added, gone in runs:
        segments = [Size(s.documents, max(s.deleted, int(s.documents * gone))) for s in segments]
        live = sum(size.live for size in segments) + added
        segments, _ = committed(segments, added)
        assert sum(size.live for size in segments) == live
        assert len(segments) <= MAX_SEGMENTS
        assert all(size.documents == 0 or size.live for size in segments)


def test_a_large_segment_is_left_alone_by_small_runs() -> None:
    segments = [Size(1_000_000)]
    total = 0
    for _ in range(100):
        segments, written = committed(segments, 200)
        total += written
        assert Size(1_000_000) in segments
    assert len(segments) <= 4
    assert total < 20_000 * 10


def test_an_article_is_rewritten_about_once_a_step() -> None:
    segments: list[Size] = []
    total = 0
    for _ in range(1000):
        segments, written = committed(segments, 1000)
        total += written
    assert total < 8 * 1_000_000


@pytest.mark.parametrize(
    ("size", "is_rewritten"),
    [
        (Size(SMALL_SEGMENT, 1), True),  # scores count deleted documents: not for long in a small archive
        (Size(50_000, 999), False),
        (Size(50_000, 1000), True),
        (Size(1_000_000, 190_000), False),
        (Size(1_000_000, 200_000), True),
        (Size(1_000_000, 1_000_000), True),
    ],
)
def test_what_is_deleted_goes_when_it_is_much(size: Size, is_rewritten: bool) -> None:
    assert to_merge([size], 0) == ([0] if is_rewritten else [])


def test_nothing_to_do_is_not_done() -> None:
    assert to_merge([], 0) == []
    assert to_merge([Size(10)], 0) == []
    assert to_merge([Size(1_000_000), Size(10)], 0) == []
    assert to_merge([Size(1_000_000), Size(10)], 5) == [1]
