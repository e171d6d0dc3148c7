"""The archive that an app answers from, of one generation and under the deadline of the HTTP request."""

from __future__ import annotations

import threading

from flask import current_app, g

from indexer.config import Settings
from indexer.facets import VALUE_FACETS
from indexer.query.archive import Archive, open_archive
from indexer.query.parameters import SORTS

EXTENSION = "backfile"  # the name of what opens the archive among an app's extensions

# What finds the articles that an order or a filter is of use for.
_TELLING = {"quality": "has:quality", "heat": "has:heat", "featured": "is:featured"}


class ArchiveHolder:
    """Opens the archive on demand. A failure is not stored: the next request tries again."""

    def __init__(self, settings: Settings, archive: Archive | None = None) -> None:
        self._settings = settings
        self._archive = archive
        self._lock = threading.Lock()
        self._useful: tuple[object, frozenset[str]] | None = None

    def get(self) -> Archive:
        """Return the open archive. Raises IndexMissingError, IndexOutdatedError, IndexDamagedError,
        IndexUnreadableError."""
        with self._lock:
            if self._archive is None:
                self._archive = open_archive(self._settings)
            return self._archive

    def useful(self, archive: Archive) -> frozenset[str]:
        """Return which of quality, heat, featured and origin tell the articles of `archive` apart, and which
        facets have a value; counted once for each generation."""
        stats = archive.stats()
        generation = (stats.generation, stats.indexed_at)
        known = self._useful
        if known is None or known[0] != generation:
            whole = archive.limited(0)
            have = {name: whole.search(query, size=1).total for name, query in _TELLING.items()}
            have["origin"] = stats.related
            telling = (
                name
                for name, count in have.items()
                if count > 0 and (count < stats.articles or name in SORTS)
            )
            facets = (name for name in VALUE_FACETS if whole.facet(name).distinct)
            self._useful = known = generation, frozenset((*telling, *facets))
        return known[1]

    def close(self) -> None:
        """Close the archive; the next request opens it again."""
        with self._lock:
            if self._archive is not None:
                self._archive.close()
            self._archive = None


def current_archive() -> Archive:
    """Return the archive of the app that answers, of one generation and under the one deadline of the HTTP
    request. Raises IndexMissingError, IndexOutdatedError, IndexDamagedError, IndexUnreadableError."""
    archive: Archive | None = g.get("archive")
    if archive is None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # of Werkzeug's proxies
        limit = app.config["BACKFILE"].search.time_limit_ms
        archive = g.archive = app.extensions[EXTENSION].get().held().limited(limit)
    return archive


def cut_note() -> str:
    """Return a sentence without a full stop where the HTTP request has met its limit and nobody may keep its
    answer; else nothing."""
    archive: Archive | None = g.get("archive")
    return archive.deadline.note if archive and archive.deadline else ""


def useful() -> frozenset[str]:
    """Return which of quality, heat, featured and origin tell the articles of the current archive apart, and
    which facets have a value."""
    holder: ArchiveHolder = current_app.extensions[EXTENSION]
    return holder.useful(current_archive())
