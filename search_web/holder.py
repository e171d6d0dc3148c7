"""The archive of an app: opened when it is first asked for, tried again until there is an index."""

from __future__ import annotations

import threading
from typing import cast

from flask import current_app

from indexer.config import Settings
from indexer.query.archive import Archive, open_archive

EXTENSION = "backfile"


class ArchiveHolder:
    """Opens the archive on demand. A failure is not kept: the next request tries again."""

    def __init__(self, settings: Settings, archive: Archive | None = None) -> None:
        self._settings = settings
        self._archive = archive
        self._lock = threading.Lock()

    def get(self) -> Archive:
        """Return the open archive. Raises IndexMissingError, IndexOutdatedError, IndexDamagedError,
        IndexUnreadableError."""
        with self._lock:
            if self._archive is None:
                self._archive = open_archive(self._settings)
            return self._archive

    def close(self) -> None:
        """Let the archive go; the next request opens it again."""
        with self._lock:
            if self._archive is not None:
                self._archive.close()
            self._archive = None


def current_archive() -> Archive:
    """Return the archive of the app that answers."""
    return cast(ArchiveHolder, current_app.extensions[EXTENSION]).get()
