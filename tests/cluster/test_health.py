"""What is wrong with a cluster that answers all the same is said where its owner looks."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from indexer import open_archive, reindex
from indexer.cli.options import output_page
from indexer.cluster.connection import connect
from indexer.cluster.health import warnings_of
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.console.reports import write_index_report, write_stats
from search_web import create_app
from tests.archives import settings_for, write
from tests.cluster.nodes import Cluster
from tests.cluster.servers import Reply, Server, running

GREEN = {"status": "green", "unassigned_shards": 0, "initializing_shards": 0, "active_shards": 6}
DENIED = Reply(403, {"error": {"type": "security_exception", "reason": "no permissions"}, "status": 403})
COPIES = (
    "3 copies of 6 of the archive's parts are on no running node; searches go on. Start the nodes that are "
    "missing, or set source.replicas to less than there are nodes and run `backfile index`."
)
FULL = (
    "the cluster accepts no writes, since its disks are nearly full. Make room on the disks of its nodes, or add "
    "a node."
)


def warnings(*replies: Reply) -> list[str]:
    with running(Server(*replies)) as server:
        settings = dataclasses.replace(load_settings().source, hosts=(server.url,))
        with connect(settings, {}) as client:
            return list(map(str, warnings_of(client, "news-articles-0")))


def health(**changes: Any) -> Reply:
    return Reply(body={**GREEN, **changes})


def blocks(**given: Any) -> Reply:
    return Reply(body={"blocks": given})


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        ([health(), blocks()], None),
        ([DENIED], None),
        ([health(), DENIED], None),
        ([health(status="yellow", unassigned_shards=1, active_shards=5), blocks()], "one copy of 6"),
        ([health(status="yellow", unassigned_shards=2, initializing_shards=2), blocks()], "2 copies of 10"),
        ([health(status="yellow", initializing_shards=2), blocks()], None),
        (
            [health(status="red", unassigned_shards=2), blocks()],
            "a part of the archive is on no running node",
        ),
        ([health(), blocks(indices={"news-state": {"12": {"levels": ["write"]}}})], "disks are nearly full"),
        ([health(), blocks(indices={"news-state": {"8": {"levels": ["write"]}}})], "an index is blocked"),
        ([health(), blocks(indices={"news-state": {"4": {"levels": ["read"]}}})], None),
        ([health(), blocks(**{"global": {"6": {"levels": ["write"]}}})], "an index is blocked"),
        (
            [Reply(503, {"error": {"type": "cluster_manager_not_discovered_exception"}, "status": 503})],
            "the cluster has no elected manager",
        ),
    ],
)
def test_each_has_its_sentence(replies: list[Reply], expected: str | None, monkeypatch: Any) -> None:
    monkeypatch.setattr("indexer.cluster.connection.PAUSES", ())
    found = warnings(*replies)
    if expected is None:
        assert found == []
    else:
        (sentence,) = found
        assert expected in sentence
        assert sentence.endswith(".")


@pytest.fixture
def given(cluster: Cluster, tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "one.md", title="Ferry", date="2020-01-01")
    source = dataclasses.replace(
        settings.source, kind="opensearch", hosts=cluster.hosts, alias="health", replicas=1, timeout_ms=60_000
    )
    return dataclasses.replace(settings, source=source)


@pytest.mark.cluster
def test_missing_copies_stop_nothing_and_are_told(
    given: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    report = reindex(given)
    assert report.warnings == (COPIES,)
    assert report.to_json()["warnings"] == (COPIES,)
    assert reindex(given, full=True).warnings == (COPIES,)  # the index that is replaced is not counted
    write_index_report(output_page(), report, given.archive.path, "backfile check")
    with open_archive(given) as archive:
        assert archive.search("ferry").total == 1
        assert archive.stats().warnings == ()
        write_stats(output_page(), archive.stats(check=True))
    assert capsys.readouterr().out.count(f"Note: {COPIES}") == 2
    client = create_app(given).test_client()
    assert client.get("/readyz").get_json()["warnings"] == [COPIES]
    assert client.get("/api/v1/stats").get_json()["warnings"] == [COPIES]
    assert "3 copies of 6 of the archive" in client.get("/about").text
    fewer = dataclasses.replace(given, source=dataclasses.replace(given.source, replicas=0))
    assert reindex(fewer).warnings == ()
    with connect(given.source) as opened:
        opened.indices.put_settings(index="health-*", body={"index.blocks.read_only_allow_delete": True})
        assert list(map(str, warnings_of(opened, "health-articles-1"))) == [FULL]
        opened.indices.put_settings(index="health-*", body={"index.blocks.read_only_allow_delete": None})
        opened.indices.delete(index="health-*")
