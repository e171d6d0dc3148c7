"""Positions are read for some documents as they lie for all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.arrays.store.postings import Positions

# Segments of documents of positions.
segments = st.lists(
    st.lists(st.lists(st.integers(0, 255), min_size=1, max_size=4), max_size=40), min_size=1, max_size=4
)


def pieces_of(given: list[list[list[int]]]) -> list[Any]:
    return [np.array([place for doc in docs for place in doc], np.uint8) for docs in given]


@given(segments, st.data())
def test_the_positions_of_some_documents_are_read(given: list[list[list[int]]], data: Any) -> None:
    documents = [doc for docs in given for doc in docs]
    freqs = np.array([len(doc) for doc in documents], np.uint8)
    kept = data.draw(st.none() | st.just([i for i in range(len(documents)) if i % 3]))
    live = documents if kept is None else [documents[i] for i in kept]
    starts = np.cumsum(freqs, dtype=np.uint32) - freqs
    positions = Positions(pieces_of(given), starts if kept is None else starts.take(kept))
    asked = data.draw(st.sets(st.integers(0, max(0, len(live) - 1)), max_size=len(live)).map(sorted))
    at, counts = np.array(asked, np.uint32), np.array([len(live[i]) for i in asked], np.uint8)
    assert positions.of(at, counts).tolist() == [place for i in asked for place in live[i]]


@given(segments)
def test_where_each_document_has_one_it_lies_at_the_documents_place(given: list[list[list[int]]]) -> None:
    firsts = [[doc[:1] for doc in docs] for docs in given]
    places = [place for docs in firsts for doc in docs for place in doc]
    at = np.arange(len(places))[::2]
    assert Positions(pieces_of(firsts), None).of(at, None).tolist() == places[::2]
