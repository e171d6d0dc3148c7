"""The sources under the contract. A new one is one more entry of SOURCES: a function from an archive that was
just indexed to a Source over it, and what lets that follow when the archive was indexed anew. Each is held to
the answers of the plain source."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from indexer import Archive
from indexer.query.arrays.source import ArraySource
from indexer.query.engine import SearchEngine
from indexer.query.source import Source
from tests.query.contract.archives import ARCHIVES, Prepared
from tests.sources.plain import PlainSource

PLAIN = "plain"


class Kind(NamedTuple):
    """A kind of source: how it is opened over an archive, and how it learns of a newer generation."""

    open: Callable[[Prepared], Source]
    follow: Callable[[Any, Prepared], None] = lambda source, made: None


SOURCES: dict[str, Kind] = {
    PLAIN: Kind(
        lambda made: PlainSource(made.settings, *made.generations),
        lambda source, made: source.add(made.generations[-1]),
    ),
    "arrays": Kind(lambda made: ArraySource(made.settings.index.path)),
}

Opened = Callable[[str, str], Archive]  # a source and an archive, by their names


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Return what opens an archive over a source; each is made once."""

    @functools.cache
    def prepared(archive: str) -> Prepared:
        return ARCHIVES[archive](tmp_path_factory.mktemp("contract"))

    archives: list[Archive] = []

    @functools.cache
    def open_one(source: str, archive: str) -> Archive:
        made = prepared(archive)
        archives.append(Archive(made.settings, SearchEngine(made.settings, SOURCES[source].open(made))))
        return archives[-1]

    yield open_one
    for archive in archives:
        archive.close()


@pytest.fixture(params=[name for name in SOURCES if name != PLAIN])
def source(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=list(ARCHIVES))
def archive_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name
