"""The array level: what is written is what is read, and what cannot be written is refused."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.data import BytesColumn, FieldData, NumberColumn, SegmentData, invert
from indexer.codec.layout import smallest_dtype
from indexer.codec.reader import open_segment
from indexer.codec.sections import SectionFileWriter
from indexer.codec.stored import decode_stored, encode_stored
from indexer.codec.tables import BytesTable
from indexer.codec.writer import write_segment
from indexer.errors import IndexDamagedError
from tests.codec.made_up import ordinal_column

pytestmark = pytest.mark.usefixtures("packing")

TERMS = [b"\x00", b"a", b"a\x00", b"ab", b"b", b"\xff\xff"]


@st.composite
def tokens(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    return draw(
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 70_000)), min_size=1, max_size=60
        )
    )


@given(tokens(), st.booleans())
def test_inverting_is_grouping_by_term_and_document(rows: list[tuple[int, int, int]], ordered: bool) -> None:
    if ordered:
        rows = sorted(rows, key=lambda row: row[1:])
    used = sorted({term for term, _, _ in rows})
    ids = np.array([used.index(term) for term, _, _ in rows], np.uint32)
    docs = np.array([doc for _, doc, _ in rows], np.uint32)
    positions = np.array([position for _, _, position in rows], np.uint32)
    data = invert(ids, docs, positions, BytesTable.of(TERMS[term] for term in used))
    found, freqs, at = {}, data.frequencies().tolist(), 0
    for i, term in enumerate(used):
        for posting in range(int(data.starts[i]), int(data.starts[i + 1])):
            assert data.positions is not None
            found[term, int(data.docs[posting])] = data.positions[at : at + freqs[posting]].tolist()
            at += freqs[posting]
    expected: dict[tuple[int, int], list[int]] = {}
    for term, doc, position in rows:
        expected.setdefault((term, doc), []).append(position)
    assert found == {key: sorted(at) for key, at in sorted(expected.items())}
    plain = invert(ids, docs, None, data.terms)
    assert (plain.docs.tolist(), plain.freqs) == (data.docs.tolist(), None)


def test_inverting_wants_every_term_to_occur() -> None:
    with pytest.raises(ValueError, match="2 terms were given and 1 occur"):
        invert(np.array([0]), np.array([0]), None, BytesTable.of([b"a", b"b"]))


def field(**changes: Any) -> FieldData:
    values: dict[str, Any] = {
        "terms": BytesTable.of(TERMS),
        "starts": np.array([0, 1, 2, 3, 4, 5, 7]),
        "docs": np.array([0, 1, 2, 0, 1, 0, 2], np.uint32),
        "freqs": np.array([1, 2, 300, 1, 1, 1, 9]),
        "positions": np.arange(315),
    }
    return FieldData(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"starts": np.array([0, 7])}, "not one start for each term"),
        ({"starts": np.array([0, 0, 2, 3, 4, 5, 7])}, "a term has no posting"),
        ({"starts": np.array([0, 1, 2, 3, 4, 5, 6])}, "do not end"),
        ({"docs": np.array([0, 1, 2, 0, 1, 0, 3], np.uint32)}, "out of range"),
        ({"freqs": np.array([1])}, "not one frequency"),
        ({"positions": None}, "frequencies without positions"),
        ({"positions": np.array([1])}, "as many positions"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(
    tmp_path: Path, changes: dict[str, Any], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        write_segment(tmp_path / "a", SegmentData(3, [("f", field(**changes))]))


@pytest.mark.parametrize(
    "data",
    [
        SegmentData(3, lengths={"f": np.zeros(2)}),
        SegmentData(3, columns={"c": NumberColumn(np.zeros(4))}),
        SegmentData(3, columns={"c": BytesColumn(BytesTable.of([b"a"]))}),
        SegmentData(3, columns={"c": ordinal_column([[b"a"], [b"a", b"b"]])}),
        SegmentData(3, stored=[b"", b""]),
    ],
)
def test_rows_that_are_not_as_many_as_documents_are_refused(tmp_path: Path, data: SegmentData) -> None:
    with pytest.raises(ValueError, match=r"2|4|1"):
        write_segment(tmp_path / "a", data)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    data = SegmentData(
        3,
        [("f", field()), ("g", field(freqs=None, positions=None))],
        {"f": np.array([0, 70_000, 3])},
        {
            "number": NumberColumn(np.array([1.5, np.nan, 2])),
            "flag": NumberColumn(np.array([True, False, True])),
            "bytes": BytesColumn(BytesTable.of([b"", b"abc", b"\x00"])),
            "several": ordinal_column([[b"b", b"a"], [], [b"b"]]),
            "single": ordinal_column([[b"b"], [], [b"a"]]),
        },
        [encode_stored({"n": str(i)}) for i in range(3)],
    )
    size = write_segment(tmp_path / "a", data)
    assert size == (tmp_path / "a").stat().st_size
    segment = open_segment(tmp_path / "a", np.array([1]))
    assert segment.live.tolist() == [True, False, True]
    assert segment.has_deletions
    assert [segment.find("f", t) for t in TERMS] == list(range(6))
    assert segment.find("f", b"aa") is segment.find("none", b"a") is None
    docs, freqs = segment.postings("f", b"a\x00")
    assert (docs.tolist(), freqs is not None and freqs.tolist(), docs.dtype) == ([2], [300], np.uint32)
    assert segment.postings("f", b"zz")[0].tolist() == segment.postings("none", b"")[0].tolist() == []
    arrays = segment.field("f")
    assert arrays is not None
    assert arrays.freqs is not None
    assert arrays.freqs.dtype == np.uint16
    starts, positions = segment.positions("f", b"a")
    assert (starts.tolist(), positions.tolist()) == ([0, 2], [1, 2])
    lengths = segment.lengths("f")
    assert lengths is not None
    assert lengths.tolist() == [0, 70_000, 3]
    assert segment.lengths("none") is None
    assert segment.length_fields["f"].sum == 70_003
    assert segment.numbers("flag").tolist() == [True, False, True]
    assert np.array_equal(segment.numbers("number"), [1.5, np.nan, 2], equal_nan=True)
    assert segment.ordinals("single").starts is None
    assert segment.ordinals("single").ordinals.tolist() == [1, 2, 0]
    assert [segment.ordinals("several").of_doc(d) for d in range(3)] == [[0, 1], [], [1]]
    assert segment.ordinals("single").of_doc(1) == []
    assert [segment.stored_fields(d) for d in range(3)] == [{"n": "0"}, {"n": "1"}, {"n": "2"}]
    for wrong in (lambda: segment.numbers("bytes"), lambda: segment.ordinals("flag")):
        with pytest.raises(KeyError):
            wrong()
    with pytest.raises(KeyError, match="no positions"):
        segment.positions("g", b"a")
    with pytest.raises(IndexError, match="no document 3"):
        segment.stored_fields(3)
    with pytest.raises(ValueError, match="read-only"):
        docs[0] = 1


@given(
    st.lists(st.binary(max_size=3), unique=True, min_size=1, max_size=30).map(sorted), st.binary(max_size=3)
)
def test_prefixes_are_ranges_of_the_dictionary(
    tmp_path_factory: pytest.TempPathFactory, terms: list[bytes], prefix: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "prefixes"
    count = len(terms)
    data = FieldData(BytesTable.of(terms), np.arange(count + 1), np.zeros(count, np.uint32))
    write_segment(path, SegmentData(1, [("f", data)]))
    found = open_segment(path).field("f")
    assert found is not None
    first, last = found.prefix_range(prefix)
    assert found.terms(first, last).rows(0, last - first) == [t for t in terms if t.startswith(prefix)]
    assert [found.find(term) for term in terms] == list(range(count))


@pytest.mark.parametrize(
    ("largest", "dtype"), [(0, "|u1"), (255, "|u1"), (256, "<u2"), (65536, "<u4"), (1 << 32, "<u8")]
)
def test_integers_take_as_few_bytes_as_hold_them(largest: int, dtype: str) -> None:
    assert smallest_dtype(largest) == dtype


def test_a_section_gets_just_what_was_reserved(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as stream:
        file = SectionFileWriter(stream)
        section = file.reserve("x", "<u4", 2)
        with pytest.raises(ValueError, match="more than the 2"):
            section.append(np.arange(3))
        with pytest.raises(ValueError, match="0 of 8 bytes"):
            file.close({})


def test_nothing_stored_takes_no_byte() -> None:
    assert encode_stored({}) == b""
    assert decode_stored(b"") == {}


def test_nothing_in_a_file_is_ever_run(tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "made"),)

    payload = pickle.dumps({"v": Hostile()})
    write_segment(tmp_path / "a", SegmentData(1, stored=[payload]))
    with pytest.raises(IndexDamagedError, match="neither texts nor JSON"):
        open_segment(tmp_path / "a").stored_fields(0)
    assert not (tmp_path / "made").exists()
