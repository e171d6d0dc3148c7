"""What is kept of a generation: made once, and let go with its snapshot."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from indexer.query.arrays.store.kept import Kept
from indexer.query.arrays.store.snapshot import Snapshot, open_snapshot


def test_it_is_made_once_and_goes_with_its_snapshot(corpus_index: Path) -> None:
    made: list[int] = []

    def make(snapshot: Snapshot) -> set[int]:
        made.append(snapshot.number)
        return {snapshot.number}

    kept, snapshot = Kept(make), open_snapshot(corpus_index)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(kept.of, [snapshot] * 50))
    assert all(one is found[0] for one in found)
    with snapshot.lock:  # who holds it may ask
        assert kept.of(snapshot) is found[0]
    assert made == [snapshot.number]
    gone = weakref.ref(found.pop())
    found.clear()
    del snapshot
    gc.collect()
    assert gone() is None
