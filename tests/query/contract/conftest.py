"""The sources under the contract. A new one is one more entry of SOURCES: a function from an archive that was
just indexed to a Source over it, and what lets that follow when the archive was indexed anew. Each is held to
the answers of the plain source. That over a cluster has real nodes."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from indexer import Archive
from indexer.cluster.connection import connect
from indexer.publishing.publish import publish
from indexer.query.arrays.source import ArraySource
from indexer.query.arrays.store.snapshot import open_snapshot
from indexer.query.cluster.source import ClusterSource
from indexer.query.engine import SearchEngine
from indexer.query.source import Source
from tests.cluster.nodes import Cluster
from tests.query.contract.archives import ARCHIVES, Prepared
from tests.sources.plain import PlainSource

PLAIN, CLUSTER = "plain", "cluster"


class Kind(NamedTuple):
    """A kind of source: how it is opened over an archive, and how it learns of a newer generation."""

    open: Callable[[Prepared], Source]
    follow: Callable[[Any, Prepared], None] = lambda source, made: None


def _published(made: Prepared) -> ClusterSource:
    """Return a source over a node of the tests that has the archive as it was just indexed."""
    hosts = Cluster.running[-1].hosts
    alias = f"contract-{hashlib.blake2b(str(made.settings.index.path).encode(), digest_size=8).hexdigest()}"
    settings = dataclasses.replace(made.settings.source, hosts=hosts, alias=alias, replicas=0)
    client = connect(settings)
    publish(client, settings, open_snapshot(made.settings.index.path), kept_generations=10)
    return ClusterSource(client, alias, fresh=0.0)


SOURCES: dict[str, Kind] = {
    PLAIN: Kind(
        lambda made: PlainSource(made.settings, *made.generations),
        lambda source, made: source.add(made.generations[-1]),
    ),
    "arrays": Kind(lambda made: ArraySource(made.settings.index.path)),
    CLUSTER: Kind(_published, lambda source, made: _published(made).close()),
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


_PARAMS = [pytest.param(name, marks=pytest.mark.cluster if name == CLUSTER else ()) for name in SOURCES]


def _named(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == CLUSTER:
        request.getfixturevalue("cluster")
    return name


@pytest.fixture(params=_PARAMS)
def any_source(request: pytest.FixtureRequest) -> str:
    return _named(request)


@pytest.fixture(params=[param for param in _PARAMS if param.values != (PLAIN,)])
def source(request: pytest.FixtureRequest) -> str:
    return _named(request)


@pytest.fixture(params=list(ARCHIVES))
def archive_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name
