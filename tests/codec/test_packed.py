"""Packed integers are read as they were written, whatever pieces they came in."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.codec.layout import Array
from indexer.codec.packed import (
    HighRuns,
    HighRunsWriter,
    WideFew,
    WideFewWriter,
    code_numbers,
    is_sound,
    read_docs,
    read_positions,
    saves_high,
    saves_wide,
)
from indexer.codec.sections import SectionFile, SectionFileWriter

# Terms' documents, one term after another; and positions, in the pieces that they are written in.
documents = st.lists(
    st.lists(st.integers(0, 1 << 18), min_size=1, max_size=8).map(sorted), min_size=1, max_size=8
)
positions = st.lists(st.lists(st.integers(0, 255) | st.integers(0, 70_000), max_size=8), max_size=6)


def written(writer: Callable[[SectionFileWriter, str, int], Any], pieces: list[list[int]]) -> SectionFile:
    stream = BytesIO()
    file = SectionFileWriter(stream)
    packed = writer(file, "n", sum(map(len, pieces)))
    for piece in pieces:
        packed.append(np.array(piece, np.uint32))
    packed.finish()
    file.close({})
    return SectionFile(stream.getvalue(), "packed")


def check_reads(numbers: Any, expected: list[int], start: int, stop: int) -> None:
    assert len(numbers) == len(expected)
    assert numbers.part(0, len(expected)).tolist() == expected
    assert numbers.part(start, stop).tolist() == expected[start:stop]
    assert is_sound(numbers)


@given(documents, st.data())
@example([[65_536], [65_537]], None)
def test_documents_are_read_as_they_were_written(pieces: list[list[int]], data: Any) -> None:
    expected = [doc for piece in pieces for doc in piece]
    start = data.draw(st.integers(0, len(expected))) if data else 0
    stop = data.draw(st.integers(start, len(expected))) if data else len(expected)
    numbers = read_docs(written(HighRunsWriter, pieces), "n")
    assert isinstance(numbers, HighRuns)
    check_reads(numbers, expected, start, stop)
    assert numbers.whole().tolist() == expected
    out = np.zeros(stop - start, np.uint32)
    numbers.read_into(out, start, 7)
    assert out.tolist() == [doc + 7 for doc in expected[start:stop]]
    places: Array = np.arange(start, stop)[::2]
    assert numbers.take(places).tolist() == expected[start:stop:2]


def test_places_far_behind_the_last_run_are_read() -> None:
    expected = [*range(100), *range(65_536, 65_836)]
    numbers = read_docs(written(HighRunsWriter, [expected]), "n")
    places = np.array([50, 150, 300, 399])
    assert numbers.take(places).tolist() == [expected[i] for i in places]
    assert numbers.part(90, 400).tolist() == expected[90:]


@given(positions, st.data())
def test_positions_are_read_as_they_were_written(pieces: list[list[int]], data: Any) -> None:
    expected = [position for piece in pieces for position in piece]
    start = data.draw(st.integers(0, len(expected)))
    stop = data.draw(st.integers(start, len(expected)))
    numbers = read_positions(written(WideFewWriter, pieces), "n")
    assert isinstance(numbers, WideFew)
    assert numbers.wide == sum(position > 255 for position in expected)
    check_reads(numbers, expected, start, stop)
    some = sorted(data.draw(st.sets(st.integers(0, len(expected) - 1)))) if expected else []
    assert numbers.take(np.array(some, np.int64)).tolist() == [expected[place] for place in some]


def test_what_is_read_cannot_be_written_to() -> None:
    for writer, read in ((HighRunsWriter, read_docs), (WideFewWriter, read_positions)):
        part = read(written(writer, [[1, 300, 70_000]]), "n").part(0, 3)
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0


def test_documents_are_packed_where_that_saves_space() -> None:
    assert saves_high(np.array([1, 1, 5]), 1000)  # one run in all
    assert not saves_high(np.array([1] * 100), 1_000_000)  # a run for each
    assert saves_high(np.array([100_000]), 1_000_000)
    assert saves_wide(0, 10)
    assert saves_wide(10, 160)
    assert not saves_wide(11, 160)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=300), st.integers(1024, 3000))
def test_numbers_come_back_from_their_codes(different: list[int], rows: int) -> None:
    values = np.resize(np.array(different, np.int64), rows)
    coded = code_numbers(values)
    if coded is not None:
        assert coded.table.take(coded.codes).tolist() == values.tolist()
        assert 2 * (coded.table.nbytes + coded.codes.nbytes) <= values.nbytes
    assert (coded is not None) == (len(set(different[:rows])) <= 256 and 2 * rows >= 16 * len(set(different)))


def test_numbers_that_codes_would_not_make_small_stay() -> None:
    assert code_numbers(np.zeros(1023, np.uint64)) is None  # few
    assert code_numbers(np.arange(5000, dtype=np.uint64)) is None  # all different
    assert code_numbers(np.zeros(5000, np.float64)) is None  # there are two zeros
    assert code_numbers(np.zeros(5000, np.uint32)) is None


@pytest.mark.parametrize("starts", [[1, 2], [0, 9], [0, 0]])
def test_runs_that_do_not_fit_are_not_sound(starts: list[int]) -> None:
    stream = BytesIO()
    file = SectionFileWriter(stream)
    file.add("n", np.array([1, 2, 3], np.uint16))
    file.add("n_run_starts", np.array(starts, np.uint8))
    file.add("n_runs", np.array([0, 1], np.uint8))
    file.close({})
    assert not is_sound(read_docs(SectionFile(stream.getvalue(), "packed"), "n"))


@pytest.mark.parametrize(("places", "wide"), [([3], [300]), ([1, 0], [300, 301]), ([0], [300, 301])])
def test_wide_positions_that_do_not_fit_are_not_sound(places: list[int], wide: list[int]) -> None:
    stream = BytesIO()
    file = SectionFileWriter(stream)
    file.add("n", np.array([1, 2, 3], np.uint8))
    file.add("n_wide_places", np.array(places, np.uint8))
    file.add("n_wide", np.array(wide, np.uint16))
    file.close({})
    assert not is_sound(read_positions(SectionFile(stream.getvalue(), "packed"), "n"))
