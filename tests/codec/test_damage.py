"""A file that was altered or cut short is an error that names it, and never read as data."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.check import verify
from indexer.codec.data import NumberColumn
from indexer.codec.layout import BLOCK, HEADER_SIZE, MAGIC
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.codec.sections import SectionFile, SectionFileWriter
from indexer.codec.writer import write_segment
from indexer.errors import IndexDamagedError, IndexOutdatedError
from tests.codec import made_up

DOCS = 700


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, packing: None) -> bytes:
    path = tmp_path_factory.mktemp("segments") / "MAIN_a.arrays"
    write_segment(path, made_up.segment(DOCS, length=90))
    assert path.stat().st_size > 4 * BLOCK
    return path.read_bytes()


def reads() -> list[Callable[[SegmentArrays], Any]]:
    """What one may ask of a segment, each with an answer that can be compared."""
    return [
        lambda s: [a.tolist() for a in s.postings("text", b"w0000000") if a is not None],
        lambda s: [a.tolist() for a in s.positions("text", b"w0000003")],
        lambda s: s.field("text").terms().rows(0, len(s.field("text"))),
        lambda s: s.find("text", b"w0000100"),
        lambda s: s.field("text").prefix_range(b"w00001"),
        lambda s: s.field("text").position_counts().tolist(),
        lambda s: s.lengths("text").tolist(),
        lambda s: s.numbers("published").tolist(),
        lambda s: list(s.column("id").values),
        lambda s: [s.ordinals("topic").of_doc(d) for d in range(0, DOCS, 50)],
        lambda s: list(s.ordinals("provider").table),
        lambda s: s.stored_fields(11),
        lambda s: s.stored_fields(DOCS - 1),
    ]


def answers(data: bytes) -> list[Any]:
    found: list[Any] = []
    for read in reads():
        found.append(None)
        with contextlib.suppress(IndexDamagedError):
            found[-1] = read(SegmentArrays(SectionFile(data, "x")))
    return found


@given(st.data())
def test_altered_bytes_are_never_read_as_data(sound: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sound) - 1))
    length = data.draw(st.integers(1, 40))
    change = data.draw(st.binary(min_size=length, max_size=length))
    altered = sound[:at] + change + sound[at + length :]
    altered = altered[: len(sound)]
    for right, found in zip(answers(sound), answers(altered), strict=True):
        assert found is None or found == right


@given(st.data())
def test_a_file_cut_short_or_grown_is_refused_at_opening(sound: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(sound) - 1))
    for altered in (sound[:end], sound + b"x" * (1 + end % 7)):
        with pytest.raises(IndexDamagedError, match="backfile index --full"):
            SectionFile(altered, "x")


@given(st.data())
def test_verify_names_the_file_and_the_section(
    sound: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "MAIN_b.arrays"
    path.write_bytes(sound)
    assert list(verify(path)) == []
    entries = [e for e in open_segment(path).file.table.sections if e.size]
    entry = data.draw(st.sampled_from(entries))
    at = entry.offset + data.draw(st.integers(0, entry.size - 1))
    path.write_bytes(sound[:at] + bytes([sound[at] ^ data.draw(st.integers(1, 255))]) + sound[at + 1 :])
    (damage,) = verify(path)
    assert (damage.path, damage.section) == (str(path), entry.name)


@pytest.mark.parametrize(("at", "section"), [(0, "header"), (20, "header"), (50, "header"), (-3, "table")])
def test_verify_names_header_and_table(tmp_path: Path, sound: bytes, at: int, section: str) -> None:
    path = tmp_path / "a"
    altered = bytearray(sound)
    altered[at] ^= 1
    path.write_bytes(altered)
    (damage,) = verify(path)
    assert damage.section == section


def test_verify_names_gaps_and_checksums(tmp_path: Path, sound: bytes) -> None:
    file = SectionFile(sound, "x")
    before = next(e for e in file.table.sections if e.size % 64)
    for at, section in (
        (before.offset + before.size, "gap before"),
        (file.table.checksum_offset, "checksums"),
    ):
        altered = bytearray(sound)
        altered[at] ^= 1
        (tmp_path / "a").write_bytes(altered)
        assert next(d.section for d in verify(tmp_path / "a")).startswith(section)


def test_a_missing_file_and_an_empty_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match=r"missing .*gone"):
        open_segment(tmp_path / "gone")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(IndexDamagedError, match="0 bytes"):
        open_segment(tmp_path / "empty")


def with_header(sound: bytes, **changes: Any) -> bytes:
    names = ("magic", "version", "block", "size", "offset", "length", "crc")
    fields = dict(zip(names, struct.unpack("<8sIIQQQI", sound[:44]), strict=True)) | changes
    packed = struct.pack("<8sIIQQQI16x", *fields.values())
    return packed + struct.pack("<I", zlib.crc32(packed)) + sound[HEADER_SIZE:]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"offset": 1 << 40}, "outside"),
        ({"length": 10}, "behind the table"),
    ],
)
def test_a_header_of_something_else_is_refused(sound: bytes, changes: dict[str, Any], what: str) -> None:
    assert sound.startswith(MAGIC)
    with pytest.raises(IndexDamagedError, match=what):
        SectionFile(with_header(sound, **changes), "x")


@pytest.mark.parametrize(
    "changes", [{"magic": b"BKFARRAY", "version": 3}, {"version": 2}, {"block": 1 << 20}]
)
def test_a_file_of_another_format_is_outdated_and_not_read(
    tmp_path: Path, sound: bytes, changes: dict[str, Any]
) -> None:
    (tmp_path / "old").write_bytes(with_header(sound, **changes))
    with pytest.raises(
        IndexOutdatedError, match=r"another version .*old.*Run `backfile index` to rebuild it"
    ):
        open_segment(tmp_path / "old")
    with pytest.raises(IndexOutdatedError):
        list(verify(tmp_path / "old"))


def test_a_file_of_something_else_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"BKFARRAY" * 100)
    with pytest.raises(IndexDamagedError, match="not a segment of Backfile's"):
        open_segment(tmp_path / "other")


def test_what_refers_to_nothing_is_found_although_checksums_match(tmp_path: Path) -> None:
    """A file that a fault of the writer's made: every checksum holds, and still it cannot be right."""
    data = made_up.segment(1100, length=4)
    data.columns["few"] = NumberColumn(np.arange(1100, dtype=np.uint64) % 3)
    write_segment(tmp_path / "a", data)
    file = open_segment(tmp_path / "a").file
    for name, wrong, section in (
        ("field/text/docs", lambda a: a + 50, "field/text/docs"),
        ("field/text/starts", lambda a: a[::-1], "field/text/starts"),
        ("field/text/terms", lambda a: a[::-1], "field/text/terms"),
        ("column/provider/ordinals", lambda a: a + 200, "column/provider"),
        ("column/few/codes", lambda a: a + 1, "column/few/codes"),
        ("stored/data", lambda a: a[::-1], "stored/data"),
        ("stored/starts", lambda a: a[::-1], "stored/data"),
    ):
        with (tmp_path / "b").open("wb") as stream:
            writer = SectionFileWriter(stream)
            for entry in file.table.sections:
                values = file.section(entry.name).whole()
                writer.add(entry.name, wrong(values).astype(values.dtype) if entry.name == name else values)
            writer.close(file.meta)
        assert section in [d.section for d in verify(tmp_path / "b")], name


def test_opening_touches_as_much_of_a_large_segment_as_of_a_small_one(tmp_path: Path) -> None:
    """Header and table: their size depends on how many sections there are, not on how many documents."""
    opened = []
    for name, count in (("small", 200), ("large", 200_000)):
        write_segment(tmp_path / name, made_up.segment(count, length=8))
        segment = open_segment(tmp_path / name)
        assert segment.doc_count == count
        header = segment.file.table
        opened.append((len(header.sections), segment.file.touched_blocks))
        assert len(header.checksum_blocks) == 1
        segment.find("text", b"w0000001")
        segment.postings("text", b"w0004000")
        segment.stored_fields(count // 2)
        runs = sum(e.blocks for e in header.sections if e.name.startswith("field/text/docs_run"))
        assert segment.file.touched_blocks - runs < 40  # runs are searched, so read whole: 6 bytes each
    assert opened[0] == opened[1]
    assert opened[0][1] == 0


def test_a_hit_touches_few_blocks(tmp_path: Path) -> None:
    write_segment(tmp_path / "a", made_up.segment(20_000, length=10))
    segment = open_segment(tmp_path / "a")
    blocks = segment.file.table.blocks
    segment.stored_fields(17_000)
    assert segment.file.touched_blocks <= 8 < blocks
    rare = np.argmin(np.diff(segment.field("text").starts.whole()))
    segment.postings("text", segment.field("text").term(int(rare)))
    assert segment.file.touched_blocks < blocks
