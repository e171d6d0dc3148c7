"""The source over an OpenSearch cluster: opens the newest generation there."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

from opensearchpy import NotFoundError, OpenSearch

from indexer.cluster.failures import LateError, no_archive
from indexer.cluster.store import ClusterStore, Current
from indexer.cluster.tables import load_tables
from indexer.errors import RequestError
from indexer.query.cluster.view import ClusterView

_FRESH = 1.0  # seconds for which what was read of the state holds
_LOOK = 1.0  # seconds that a look at the state may take where there is something to answer from
_TRIES = 3  # a writer may remove a generation's files between our look at its number and opening it


class ClusterSource:
    """Opens the generations of an archive in a cluster, each once. What a newer generation has is seen within
    `fresh` seconds. Raises SourceUnavailableError, IndexMissingError."""

    def __init__(self, client: OpenSearch, alias: str, fresh: float = _FRESH) -> None:
        self._client = client
        self._store = ClusterStore(client, alias)
        self._fresh = fresh
        self._lock = threading.Lock()
        self._looked = 0.0
        self._view: ClusterView | None = None
        self._closed = False

    def open(self) -> ClusterView:
        """Return the view of the newest generation."""
        with self._lock:
            if self._closed:
                raise RequestError("the archive is closed", cure="Open it again with `open_archive`.")
            if self._view is None or time.monotonic() - self._looked >= self._fresh:
                try:
                    self._view = self._newest()
                except LateError:  # a search that is late as well says so by itself
                    if self._view is None:
                        raise
                self._looked = time.monotonic()
            return self._view

    def _newest(self) -> ClusterView:
        for tries_left in reversed(range(_TRIES)):
            current = self._current()
            if self._view is not None and self._view.number == current.generation:
                return self._view
            try:
                return self._opened(current)
            except NotFoundError:
                if not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _current(self) -> Current:
        current, _ = self._store.current(None if self._view is None else _LOOK)
        if current is None:
            raise no_archive(self._store.alias)
        return current

    def _opened(self, current: Current) -> ClusterView:
        with tempfile.TemporaryDirectory(prefix="backfile-") as folder:
            for name, pieces in current.files.items():
                if not name.startswith("manifest-"):
                    self._store.load(name, pieces, Path(folder))
            # The files are mapped: on the systems that we run on they may be unlinked.
            return ClusterView(self._client, current.articles, load_tables(Path(folder), current.generation))

    def close(self) -> None:
        """Release the source; answers already given keep what they need."""
        with self._lock:
            # Connections are closed with the last answer that may use them.
            self._closed, self._view = True, None
