"""The source over an index folder on this machine: it always answers from the newest generation."""

from __future__ import annotations

import threading
from pathlib import Path

from indexer.errors import RequestError
from indexer.index.toc import GenerationWatch
from indexer.query.arrays.store.snapshot import open_snapshot
from indexer.query.arrays.view import ArrayView


class ArraySource:
    """Opens the generations of an index folder, each once. Raises IndexMissingError, IndexOutdatedError,
    IndexDamagedError or IndexUnreadableError where the newest cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._watch = GenerationWatch(folder)
        self._view: ArrayView | None = ArrayView(open_snapshot(folder))

    def open(self) -> ArrayView:
        """Return the view of the newest generation."""
        with self._lock:
            if self._view is None:
                raise RequestError("the archive is closed", cure="Open it again with `open_archive`.")
            if self._watch.latest() != self._view.snapshot.stamp:
                self._view = ArrayView(open_snapshot(self._folder))
            return self._view

    def close(self) -> None:
        """Release the index; answers already given keep what they need."""
        with self._lock:
            self._view = None
