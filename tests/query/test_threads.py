"""Threads that share an archive: none waits for another for ever, and none leaves what is gone behind."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from indexer import Archive, reindex
from indexer.query.arrays.store.snapshot import open_snapshot
from indexer.query.embedded import EmbeddedEngine
from tests.archives import settings_for, write

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


@pytest.mark.parametrize("what", ["a new generation", "closed"])
def test_an_answer_of_what_is_gone_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "1.md", title="Ferry", url="https://a.example/1")
    reindex(settings)
    engine = EmbeddedEngine(settings)
    archive = Archive(settings, engine)
    evaluate = engine._evaluate

    def slowly(*args: Any, **given: Any) -> Any:
        """Evaluate while another thread has the next generation opened, or closes the archive."""
        monkeypatch.setattr(engine, "_evaluate", evaluate)
        if what == "closed":
            archive.close()
        else:
            write(settings.archive.path, "2.md", title="Ferry, too", url="https://a.example/2")
            reindex(settings)
            assert archive.search("").total == 2
        return evaluate(*args, **given)

    monkeypatch.setattr(engine, "_evaluate", slowly)
    assert archive.search("ferry").total == 1
    assert [key for key in engine._answers if key[0] == 1] == []
    if what != "closed":
        assert archive.search("ferry").total == 2
        archive.close()
    assert engine._kept_matches == 0
