"""Real nodes: three find each other, answer when one is lost, and none outlives the tests."""

from __future__ import annotations

import base64
import dataclasses
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from indexer.cluster.connection import connect
from indexer.config_file import load_settings
from indexer.errors import IndexMissingError, SourceUnavailableError
from tests.archives import REPOSITORY
from tests.cluster.nodes import Cluster, Node, NodesUnavailableError, free_ports, java
from tests.cluster.servers import AUTHORITY, TlsProxy, host_context, running

ABANDONED = """
import os, sys
from pathlib import Path
from tests.cluster.nodes import Cluster
with Cluster(1, Path(sys.argv[1])) as cluster:
    print(cluster.nodes[0].pid, flush=True)
    cluster.nodes[0].pause()
    os.kill(os.getpid(), 9)
"""


def client_of(cluster: Cluster) -> OpenSearch:
    """Return a client that waits as long as a busy machine needs."""
    return connect(dataclasses.replace(load_settings().source, hosts=cluster.hosts, timeout_ms=120_000))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_node_is_a_process_of_its_own_of_java(cluster: Cluster) -> None:
    (node,) = cluster.nodes
    assert Path(f"/proc/{node.pid}/exe").resolve().name == "java"
    assert node.log.with_name("pid").read_text() == f"{node.pid}\n"
    assert os.getsid(node.pid) == node.pid
    assert cluster.manager is node


def test_two_of_three_nodes_answer(cluster_of_three: Cluster) -> None:
    first = cluster_of_three.nodes[0]
    with client_of(cluster_of_three) as client:
        assert client.cluster.health()["number_of_nodes"] == 3
        client.indices.create(
            index="news", body={"settings": {"number_of_replicas": 1}}, wait_for_active_shards="all"
        )
        for number in range(20):
            client.index(index="news", id=str(number), body={"title": "ferry"}, refresh=number == 19)
        lost = first.pid
        with ThreadPoolExecutor(4) as pool:  # the hosts take turns, and one of them goes
            counts = [pool.submit(client.count, index="news") for _ in range(200)]
            writes = [pool.submit(client.index, index="news", id=str(n % 20), body={}) for n in range(50)]
            wait(counts[:20], return_when=FIRST_COMPLETED)
            first.kill()
            assert not is_alive(lost)
            assert {one.result()["count"] for one in counts} == {20}
            assert {one.result()["_shards"]["failed"] for one in writes} == {0}
        cluster_of_three.wait()
        assert client.cluster.health()["number_of_nodes"] == 2
        cluster_of_three.restore()
        cluster_of_three.wait("green")
        assert first.pid != lost
        assert client.cluster.health()["number_of_nodes"] == 3


def test_a_node_is_suspended_and_continues(cluster_of_three: Cluster) -> None:
    manager = cluster_of_three.manager
    assert manager.get("")["name"]
    manager.pause()
    assert manager.get("", seconds=1) is None
    manager.resume()
    assert manager.get("", seconds=60)["name"]


def test_what_a_node_refuses_is_a_sentence(cluster_of_three: Cluster) -> None:
    with client_of(cluster_of_three) as client:
        with pytest.raises(IndexMissingError, match="no such archive in the cluster"):
            client.search(index="nothing")
        client.indices.create(index="full")
        client.indices.put_settings(index="full", body={"index.blocks.read_only_allow_delete": True})
        with pytest.raises(SourceUnavailableError, match="disks are nearly full"):
            client.index(index="full", body={})
        client.indices.put_settings(index="full", body={"index.blocks.read_only_allow_delete": None})
        client.indices.put_settings(index="full", body={"index.blocks.write": True})
        with pytest.raises(SourceUnavailableError, match="an index is blocked"):
            client.index(index="full", body={})
        for node in cluster_of_three.nodes[1:]:
            node.kill()
        with pytest.raises(SourceUnavailableError, match="no elected manager"):
            client.indices.create(index="new", timeout="1s", cluster_manager_timeout="1s")


def test_a_node_behind_tls_and_a_password(cluster: Cluster, tmp_path: Path) -> None:
    """Nodes have neither, so a proxy has them."""
    AUTHORITY.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    header = "Basic " + base64.b64encode(b"ann:secret").decode()
    with running(TlsProxy(cluster.hosts[0], host_context("127.0.0.1"), header)) as proxy:
        source = dataclasses.replace(load_settings().source, hosts=(proxy.url,), ca=tmp_path / "ca.pem")
        environment = {"BACKFILE_OPENSEARCH_USER": "ann", "BACKFILE_OPENSEARCH_PASSWORD": "secret"}
        with connect(source, environment) as client:
            lines = [
                part for n in range(50) for part in ({"index": {"_id": str(n)}}, {"title": f"Fähre {n}"})
            ]
            assert client.bulk(body=lines, index="safe", refresh=True, request_timeout=60)["errors"] is False
            assert client.search(index="safe", q="title:fähre")["hits"]["total"]["value"] == 50
            client.indices.delete(index="safe")
        stranger = connect(source, {**environment, "BACKFILE_OPENSEARCH_PASSWORD": "guess"})
        with stranger, pytest.raises(SourceUnavailableError, match="does not accept the credentials"):
            stranger.info()


def test_a_node_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    try:
        java()
    except NodesUnavailableError as missing:
        pytest.skip(str(missing))
    left = subprocess.run(
        [sys.executable, "-c", ABANDONED, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert left.returncode == -signal.SIGKILL, left.stderr
    end = time.monotonic() + 60
    while is_alive(int(left.stdout)) and time.monotonic() < end:
        time.sleep(0.2)
    assert not is_alive(int(left.stdout))


def test_a_node_that_does_not_start_shows_its_log(tmp_path: Path) -> None:
    try:
        broken = Cluster(1, tmp_path, {"no.such.setting": "1"})
    except NodesUnavailableError as missing:
        pytest.skip(str(missing))
    with (
        pytest.raises(AssertionError, match=r"(?s)a node ended:.*unknown setting \[no.such.setting\]"),
        broken,
    ):
        pass
    assert broken not in Cluster.running


@pytest.mark.parametrize(("tool", "message"), [("javac", "a JDK, 17 or newer"), ("mvn", "Maven")])
def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tool: str, message: str
) -> None:
    monkeypatch.setattr("tests.cluster.nodes.BUILT", tmp_path / "nodes")
    monkeypatch.setattr("shutil.which", lambda name: None if name == tool else name)
    with pytest.raises(NodesUnavailableError, match=f"real nodes need {message}: there is no {tool}"):
        java()


@pytest.mark.parametrize(
    ("tool", "says", "message"),
    [
        (
            "mvn",
            "Could not transfer artifact a:b:1: Unknown host",
            "need Maven Central, which cannot be reached",
        ),
        ("javac", "error: release version 17 not supported", "need a JDK, 17 or newer"),
        ("mvn", "Could not find artifact a:b:1", None),
    ],
)
def test_why_nothing_can_be_built_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tool: str, says: str, message: str | None
) -> None:
    for name in ("mvn", "javac"):
        script = tmp_path / name
        fails = f"echo '{says}' >&2; exit 1" if name == tool else 'for word; do touch "${word#*=}"; done'
        script.write_text(f"#!/bin/sh\ncd {tmp_path}\n{fails}\n")
        script.chmod(0o755)
    monkeypatch.setattr("tests.cluster.nodes.BUILT", tmp_path / "nodes")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(NodesUnavailableError if message else AssertionError, match=message or says):
        java()


def test_ports_are_free_and_differ() -> None:
    assert len(set(free_ports(20))) == 20


def test_a_node_that_does_not_run_answers_nothing(tmp_path: Path) -> None:
    node = Node(["true"], free_ports(1)[0], tmp_path)
    assert node.get("") is None
    assert not node.runs
