"""Threads that share an archive: none waits for another for ever, and none leaves what is gone behind."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from indexer.query.snapshot import open_snapshot

_PATIENCE = 10.0  # seconds after which a thread is taken to wait for ever


class _Watched:
    """A lock that tells when another thread than the one that made it comes to it."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock
        self._maker = threading.get_ident()
        self.wanted = threading.Event()

    def __enter__(self) -> None:
        if threading.get_ident() != self._maker:
            self.wanted.set()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_who_holds_the_lock_can_ask_for_the_columns_while_another_waits(corpus_index: Path) -> None:
    """As a search for `recogn*` does in a generation that was just opened, while an article is read."""
    snapshot = open_snapshot(corpus_index)
    found: list[object] = []

    def search() -> None:
        snapshot.lock = lock = _Watched(snapshot.lock)  # type: ignore[assignment]
        with lock:
            reader.start()
            assert lock.wanted.wait(_PATIENCE)
            found.append(snapshot.columns)

    reader = threading.Thread(target=lambda: found.append(snapshot.doc_of("none")), daemon=True)
    searcher = threading.Thread(target=search, daemon=True)
    searcher.start()
    for thread in (searcher, reader):
        thread.join(_PATIENCE)
        assert not thread.is_alive()
    assert found == [snapshot.columns, None]
