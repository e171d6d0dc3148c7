"""Stored fields come back as they were given, one by one, whatever dictionaries they went through."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.data import SegmentData
from indexer.codec.merge import merge_segments
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.codec.stored import MAX_DICTIONARIES, Apart, decode_stored, encode_stored
from indexer.codec.writer import write_segment
from indexer.errors import IndexDamagedError

texts = st.text(max_size=20) | st.sampled_from(["\x1c", "a\x1db", "\x1e\x1f", "\ud800", ""])
values = texts | st.lists(texts, max_size=3) | texts.map(Apart)


@given(st.dictionaries(texts, values, max_size=4))
def test_what_is_stored_comes_back(fields: dict[str, Any]) -> None:
    assert decode_stored(encode_stored(fields)) == fields


def write(path: Path, payloads: list[bytes]) -> SegmentArrays:
    write_segment(path, SegmentData(len(payloads), stored=payloads))
    return open_segment(path)


def test_what_is_apart_is_read_alone(tmp_path: Path) -> None:
    fields = {"title": "Light", "source": ["a.md"], "more": Apart("body" * 100)}
    segment = write(tmp_path / "a", [encode_stored(fields), encode_stored({"title": "x"}), b""])
    assert segment.near_fields(0) == {"title": "Light", "source": ["a.md"]}
    assert segment.apart_fields(0) == {"more": "body" * 100}
    assert segment.stored_fields(0) == {"title": "Light", "source": ["a.md"], "more": "body" * 100}
    assert segment.apart_fields(1) == {}
    assert segment.stored_fields(2) == {}


def many(seed: int, count: int = 600) -> list[bytes]:
    """Payloads that have much in common: enough of them to train a dictionary."""
    chance = random.Random(seed)
    words = ["harbour", "bridge", "facial", "recognition", f"only-{seed}"]
    return [
        encode_stored({"title": " ".join(chance.choices(words, k=60)), "more": Apart(str(n) * 100)})
        for n in range(count)
    ]


def test_a_dictionary_is_trained_where_there_is_enough_to_learn_from(tmp_path: Path) -> None:
    small, large = write(tmp_path / "a", many(1, 20)), write(tmp_path / "b", many(1))
    assert small.stored_payloads.dictionaries == ()
    assert len(large.stored_payloads.dictionaries) == 1
    sizes = [
        s.file.section("stored/data").dtype.itemsize * len(s.file.section("stored/data"))
        for s in (small, large)
    ]
    assert sizes[1] / 600 < sizes[0] / 20 * 0.7


def test_merging_keeps_dictionaries_up_to_a_number_and_what_goes_without_learns_from_one(
    tmp_path: Path,
) -> None:
    given_payloads = [many(seed) for seed in range(MAX_DICTIONARIES + 2)] + [many(99, 20)]
    segments = [write(tmp_path / str(n), payloads) for n, payloads in enumerate(given_payloads)]
    merge_segments(tmp_path / "merged", segments)
    merged = open_segment(tmp_path / "merged")
    stored = merged.stored_payloads
    assert len(stored.dictionaries) == MAX_DICTIONARIES
    assert 0 not in stored.needs()
    assert [stored.payload(n) for n in range(len(stored))] == [
        p for payloads in given_payloads for p in payloads
    ]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_merging_leaves_out_the_deleted(counts: list[int], chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        segments, left = [], []
        for number, count in enumerate(counts):
            payloads = many(number, count)
            gone = {n for n in range(count) if chance.random() < 0.3}
            write(folder / str(number), payloads)
            segments.append(open_segment(folder / str(number), np.array(sorted(gone), np.uint32)))
            left += [payload for n, payload in enumerate(payloads) if n not in gone]
        merge_segments(folder / "merged", segments)
        merged = open_segment(folder / "merged")
        assert [merged.stored_payloads.payload(n) for n in range(len(left))] == left


@pytest.mark.parametrize("source", ["a.md", "half a pair \udcff.md", "a\x1cb.md", "a\x1eb\x1f.md", "{.md"])
def test_a_file_of_any_name_has_what_is_apart(tmp_path: Path, source: str) -> None:
    fields = {"source": [source], "article": "{}", "more": Apart("body")}
    segment = write(tmp_path / "a", [encode_stored(fields)])
    assert segment.near_fields(0) == {"source": [source], "article": "{}"}
    assert segment.near_texts([0], "article") == [b"{}"]
    for none in (-1, 1):
        with pytest.raises(IndexError):
            segment.near_texts([0, none], "article")
    assert segment.apart_fields(0) == {"more": "body"}


@pytest.mark.parametrize("payload", [b"\x80\x05.", b"{", b"\x1d\xff", b"\x1c\x80"])
def test_what_is_no_payload_is_damage(tmp_path: Path, payload: bytes) -> None:
    segment = write(tmp_path / "a", [payload])
    with pytest.raises(IndexDamagedError, match="stored fields cannot be read"):
        segment.stored_fields(0)
