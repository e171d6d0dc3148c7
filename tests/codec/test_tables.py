"""Rows of bytes as NumPy's own strings, and back: the same, in the same order, or not at all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec import BytesTable
from indexer.codec.tables import padded, unpadded

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


def test_a_row_much_longer_than_the_others_is_not_padded() -> None:
    assert padded(BytesTable.of([b"a"] * 1000 + [b"x" * 10_000])) is None
