"""Rows of bytes as NumPy's own strings, and back: the same, in the same order, or not at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.tables import BytesTable, padded, run_begins, unpadded

rows = st.lists(st.binary(max_size=6) | st.sampled_from([b"", b"a\x00", b"\x00", b"a\x00b"]), max_size=8)


@given(rows)
def test_rows_come_back_in_their_order(given_rows: list[bytes]) -> None:
    array = padded(BytesTable.of(given_rows))
    if any(row.endswith(b"\x00") for row in given_rows):
        assert array is None
        return
    assert array is not None
    assert list(unpadded(array)) == given_rows
    assert list(unpadded(np.sort(array))) == sorted(given_rows)


@given(rows, st.data(), st.integers(1, 9))
def test_rows_are_taken_piece_by_piece(given_rows: list[bytes], data: st.DataObject, at_once: int) -> None:
    places = data.draw(
        st.lists(st.sampled_from(range(len(given_rows))), max_size=12) if given_rows else st.just([])
    )
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr("indexer.codec.tables._TAKEN_AT_ONCE", at_once)
        taken = BytesTable.of(given_rows).take(np.array(places, np.int64))
    assert list(taken) == [given_rows[place] for place in places]


@given(rows)
def test_runs_of_the_same_value_begin_where_it_differs_from_the_one_before(given_rows: list[bytes]) -> None:
    ordered = np.array(sorted(given_rows), "S6")
    values = ordered.tolist()
    expected = [not i or value != values[i - 1] for i, value in enumerate(values)]
    assert run_begins(ordered).tolist() == expected


def test_a_row_much_longer_than_the_others_is_not_padded() -> None:
    assert padded(BytesTable.of([b"a"] * 1000 + [b"x" * 10_000])) is None
