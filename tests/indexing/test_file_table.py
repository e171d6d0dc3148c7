"""A table of files gives back the entries that it was made of, however it is cut and joined."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.tables import BytesTable
from indexer.indexing.entry import Extra, FileEntry
from indexer.indexing.lists import lower_bound, same_rows
from indexer.indexing.manifest import FileTable, combine
from tests.archives import drawn
from tests.indexing.entries import archives

Archive = dict[str, FileEntry]
rows_of_bytes = st.sets(
    st.binary(min_size=1, max_size=3) | st.sampled_from([b"a" * n for n in range(1, 9)])
).map(sorted)


@drawn(40)
@given(archives())
def test_a_table_is_its_entries(files: Archive) -> None:
    table = FileTable.of(files.values())
    assert list(table) == list(files.values())
    assert len(table) == len(files)
    assert list(pickle.loads(pickle.dumps(table))) == list(table)
    for row, path in enumerate(files):
        assert table.row_of(path) == row
        assert table.source(row).path == path
    assert table.row_of("nowhere.md") is None
    assert list(table.extras()) == [e.extra for e in files.values() if e.extra != Extra()]


@drawn(30)
@given(st.lists(archives(), max_size=4), st.randoms())
def test_tables_joined_and_rows_taken(parts: list[Archive], dice: object) -> None:
    entries = list(itertools.chain.from_iterable(part.values() for part in parts))
    whole = combine([FileTable.of(part.values()) for part in parts], np.arange(len(entries)))
    assert list(whole) == entries
    rows = [dice.randrange(len(entries)) for _ in range(2 * len(entries))]
    taken = combine([whole], np.array(rows, np.int64))
    assert list(taken) == [entries[row] for row in rows]
    distinct = {(c.id, c.published, c.digest, c.aliases) for row in rows for c in entries[row].candidates[1:]}
    assert len(taken.columns["distinct/id"]) == len(distinct)


@given(rows_of_bytes, rows_of_bytes)
def test_rows_that_two_tables_share(a: list[bytes], b: list[bytes]) -> None:
    in_a, in_b = same_rows(BytesTable.of(a), BytesTable.of(b))
    common = sorted(set(a) & set(b))
    assert [a[i] for i in in_a] == common
    assert [b[i] for i in in_b] == common


def test_long_runs_are_found_past_each_difference() -> None:
    a = [b"%06d" % n for n in range(200_000)]
    b = [row for n, row in enumerate(a) if n % 40_007] + [b"x"]
    in_a, in_b = same_rows(BytesTable.of(a), BytesTable.of(b))
    assert in_a.tolist() == [n for n in range(200_000) if n % 40_007]
    assert in_b.tolist() == list(range(len(b) - 1))
    assert lower_bound(BytesTable.of(a), b"150000") == 150_000
