"""The page, the command line and scripts over a cluster: the same bytes as over the index folder, or a refusal by
name."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whoosh import query as q

from indexer import Archive, open_archive, reindex
from indexer.config import Settings
from indexer.errors import RequestError, SourceUnavailableError
from search_web import create_app
from tests.archives import REPOSITORY, settings_for
from tests.cluster.nodes import Cluster

pytestmark = pytest.mark.cluster
ADDRESSES = (
    "/", "/search?q=harbour+bridge", "/search?q=ferry&collapse=1", "/search?q=facial+rec&topic=Technology", "/search?q=&sort=oldest&page=3",
    "/search?q=%22facial+recognition%22~3", "/search?q=harbuor", "/search?q=recogn*+-police", "/search/live?q=har", "/timeline?q=bridge",
    "/overview?q=bridge", "/compare?q=bridge&with=ferry", "/topics", "/facet/provider?q=bridge", "/api/v1/suggest?q=fac", "/about",
    "/search?q=xyzzyx", "/export.csv?q=bridge", "/feed.atom?q=bridge",
)  # fmt: skip
NODES: tuple[Any, ...] = (
    q.Or([q.Term("text", "bridg"), q.Term("text", "ferri")], scale=0.5),
    q.DisjunctionMax([q.Term("text", "bridg"), q.Term("text", "ferri")], tiebreak=0.5),
    q.TermRange("title", "a", "b"),
    q.Regex("text", "brid.*"),
    q.SpanFirst(q.Term("text", "bridg")),
)


@pytest.fixture(scope="module")
def given(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample archive, in a cluster."""
    settings = settings_for(tmp_path_factory.mktemp("faces"))
    source = dataclasses.replace(
        settings.source,
        kind="opensearch",
        hosts=cluster.hosts,
        alias="faces",
        replicas=0,
        timeout_ms=60_000,
    )
    archive = dataclasses.replace(settings.archive, path=REPOSITORY / "corpus")
    settings = dataclasses.replace(settings, archive=archive, source=source)
    reindex(settings)
    return settings


@pytest.fixture
def archive(given: Settings) -> Iterator[Archive]:
    with open_archive(given) as found:
        yield found


def folder_of(settings: Settings) -> Settings:
    return dataclasses.replace(settings, source=dataclasses.replace(settings.source, kind="embedded"))


def test_pages_are_the_same(given: Settings) -> None:
    pages, others = (create_app(one).test_client() for one in (given, folder_of(given)))
    found = re.findall(r"/article/(\w+)", others.get("/search?q=bridge").text)
    for address in (*ADDRESSES, f"/article/{found[0]}?q=bridge", f"/api/v1/article/{found[1]}/related"):
        page, other = pages.get(address), others.get(address)
        assert page.status_code == other.status_code, address
        assert page.get_data() == other.get_data(), address


@pytest.mark.parametrize("node", NODES, ids=lambda node: type(node).__name__)
def test_what_a_cluster_cannot_search_by_is_refused_by_name(node: Any, archive: Archive) -> None:
    with pytest.raises(RequestError, match=f"a cluster cannot search by {type(node).__name__}"):
        archive.search(node).total  # noqa: B018 - a search is made when its answer is looked at


def test_a_cluster_that_is_gone_is_one_sentence(given: Settings, tmp_path: Path) -> None:
    source = dataclasses.replace(given.source, hosts=("http://127.0.0.1:9",), timeout_ms=1_000)
    gone = dataclasses.replace(given, source=source)
    with pytest.raises(SourceUnavailableError, match="the search server cannot be reached"):
        open_archive(gone).search("bridge")
    answer = create_app(gone).test_client().get("/search?q=bridge")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "cannot be reached" in answer.text


def test_a_closed_archive_says_so(given: Settings) -> None:
    archive = open_archive(given)
    archive.close()
    with pytest.raises(RequestError, match="the archive is closed"):
        archive.search("bridge")
