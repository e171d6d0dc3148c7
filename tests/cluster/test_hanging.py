"""A host that hangs: the others answer what they have, and searches after the first one do not wait for it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch

from indexer import open_archive, reindex
from indexer.cluster import responsive
from indexer.cluster.connection import connect
from indexer.config_file import load_settings
from indexer.errors import SourceUnavailableError
from search_web import create_app
from tests.archives import settings_for, write
from tests.cluster.nodes import Cluster
from tests.cluster.servers import Reply, Request, Server, running

FOUND: dict[str, Any] = {"found": True}
FORBIDDEN = Reply(403, {"error": {"type": "security_exception", "reason": "no permissions"}, "status": 403})
READS: tuple[Callable[..., Any], ...] = (
    lambda client, **given: client.search(index="a", body={}, params=given),
    lambda client, **given: client.msearch(index="a", body=[{"routing": "\u2028"}, {}] * 2, params=given),
    lambda client, **given: client.get(index="a", id="1", params=given),
)


class Host(Server):
    """A host that says which node it is, and answers what does not prefer nodes after `seconds`."""

    def __init__(self, node: Reply, seconds: float) -> None:
        super().__init__()
        self.node, self.seconds = node, seconds

    def reply_to(self, request: Request) -> Reply:
        self.requests.append(request)
        if request.path.startswith("/_nodes/_local"):
            return self.node
        return Reply(body=FOUND, seconds=0 if preferences(request) else self.seconds)

    @property
    def reads(self) -> list[Request]:
        return [one for one in self.requests if not one.path.startswith("/_nodes")]


def preferences(request: Request) -> set[str]:
    """Return what the searches of a request prefer."""
    if "_msearch" in request.path:
        headers = [json.loads(line) for line in request.body.decode().split("\n")[:-1:2]]
        assert all(header["routing"] == "\u2028" for header in headers)
        return {header["preference"] for header in headers if "preference" in header}
    return {request.path.partition("preference=")[2].replace("%3A", ":").replace("%2C", ",")} - {""}


@contextlib.contextmanager
def hosts_of(*hosts: Host, timeout_ms: int = 3_000) -> Iterator[OpenSearch]:
    with contextlib.ExitStack() as stack:
        urls = tuple(stack.enter_context(running(host)).url for host in hosts)
        source = dataclasses.replace(load_settings().source, hosts=urls, timeout_ms=timeout_ms)
        yield stack.enter_context(connect(source, {}))


def answering(name: str, seconds: float = 2.0) -> Host:
    return Host(Reply(body={"nodes": {name: {"name": name}}}), seconds)


def hanging() -> Host:
    return Host(Reply(seconds=2.0), 4.0)


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("read", READS)
def test_a_read_is_sent_again_to_those_that_answer(read: Callable[..., Any]) -> None:
    one, other, hung = answering("a"), answering("b"), hanging()
    with hosts_of(one, other, hung) as client:
        for _ in range(4):
            assert read(client) == FOUND
        sent = [preferences(request) for host in (one, other, hung) for request in host.reads]
    preferred = [next(iter(some)).partition(":")[2] for some in sent if some]
    assert [set(nodes.split(",")) for nodes in preferred] == [{"a", "b"}] * 4
    assert len(sent) == 5  # only the first one waited
    assert len(hung.reads) <= 1


def test_a_read_with_a_limit_ends_in_time_and_the_next_one_does_not_wait() -> None:
    one, hung = answering("a"), hanging()
    with hosts_of(one, hung) as client:
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="not answer in time"):
            READS[0](client, request_timeout=0.3)
        assert time.monotonic() - started < 1.5
        until(
            lambda: (
                client.transport._responsive.first == responsive._FIRST
                and client.transport._responsive._nodes
            )
        )
        assert READS[0](client, request_timeout=0.3) == FOUND
        assert preferences(one.reads[-1]) == {"_prefer_nodes:a"}


def test_hosts_that_are_slow_are_given_all_the_time() -> None:
    hosts = answering("a", 1.3), answering("b", 1.3)
    with hosts_of(*hosts) as client:
        assert READS[0](client) == FOUND
        assert READS[0](client) == FOUND
        sent = [preferences(request) for host in hosts for request in host.reads]
    assert sent == [set()] * 3


def test_who_may_not_ask_for_nodes_prefers_those_of_the_hosts_that_answer() -> None:
    one = Host(FORBIDDEN, 2.0)
    with hosts_of(one, hanging()) as client:
        assert READS[0](client) == FOUND
    assert preferences(one.reads[-1]) == {"_local"}


def test_a_host_that_answers_again_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    one, hung = answering("a", 0), hanging()
    with hosts_of(one, hung) as client:
        until(lambda: READS[0](client) and client.transport._responsive._nodes)
        hung.node, hung.seconds = Reply(body={"nodes": {"b": {}}}), 0
        monkeypatch.setattr(responsive, "_KNOWN", 0.0)
        until(lambda: READS[0](client) and not preferences((one.reads + hung.reads)[-1]))


@pytest.mark.cluster
def test_two_nodes_answer_while_one_is_suspended(cluster_of_three: Cluster, tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number in range(12):
        write(settings.archive.path, f"{number}.md", title=f"Ferry {number}", date="2020-01-01")
    source = dataclasses.replace(
        settings.source, kind="opensearch", hosts=cluster_of_three.hosts, alias="hanging", replicas=1
    )
    settings = dataclasses.replace(settings, source=source)
    reindex(settings)
    limited = dataclasses.replace(settings, search=dataclasses.replace(settings.search, time_limit_ms=3_000))
    for turn, node in enumerate(cluster_of_three.nodes):
        cluster_of_three.wait("green")
        page = create_app(limited).test_client()
        assert page.get("/api/v1/search?q=ferry").status_code == 200
        node.pause()
        with open_archive(settings) as archive:
            assert archive.search("ferry").total == 12
        answers = [page.get(f"/api/v1/search?q=ferry+OR+x{turn}x{n}").get_json() for n in range(8)]
        assert [answer["total"] for answer in answers[-4:]] == [12] * 4  # the first ones may be cut short
        node.resume()
