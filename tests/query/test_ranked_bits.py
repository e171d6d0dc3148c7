"""Looking documents up in bits gives what looking them up in the list of members gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.arrays.store.ranked_bits import RankedBits

numbers = st.sets(st.integers(0, 299), max_size=80)


@given(numbers, numbers)
def test_documents_are_found_at_their_places_among_the_members(members: set[int], asked: set[int]) -> None:
    among, docs = sorted(members), sorted(asked)
    found, places = RankedBits(np.array(among, np.uint32), 300).find(np.array(docs, np.uint32))
    assert [docs[place] for place in found] == sorted(members & asked)
    assert [among[place] for place in places] == sorted(members & asked)


def test_the_last_document_of_a_full_word_is_found() -> None:
    bits = RankedBits(np.arange(64, dtype=np.uint32), 64)
    found, places = bits.find(np.array([0, 63], np.uint32))
    assert (found.tolist(), places.tolist()) == ([0, 1], [0, 63])


def test_it_takes_a_bit_and_a_half_a_document() -> None:
    assert RankedBits(np.arange(0, 100_000, 7, dtype=np.uint32), 100_000).nbytes < 100_000 * 3 / 16 + 64
