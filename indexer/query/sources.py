"""Settings -> the source that they name. Each kind is imported when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from indexer.config import Settings
from indexer.query.source import Source


def _embedded(settings: Settings) -> Source:
    from indexer.query.arrays.source import ArraySource  # noqa: PLC0415 - other kinds do without NumPy

    return ArraySource(settings.index.path)


# By `source.kind`, whose values `config` lists.
SOURCES: Mapping[str, Callable[[Settings], Source]] = {"embedded": _embedded}


def open_source(settings: Settings) -> Source:
    """Open the source that `source.kind` names. Raises BackfileError where it cannot be opened."""
    return SOURCES[settings.source.kind](settings)
