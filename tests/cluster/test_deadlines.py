"""A search ends when its time does: the cluster is given what is left of it, and what is late is left out."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import Archive, open_archive, reindex
from indexer.cluster.connection import connect
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.errors import SourceUnavailableError
from indexer.query.cluster.requests import Requests
from indexer.query.deadline import Deadline
from search_web import create_app
from tests.archives import settings_for, write
from tests.cluster.nodes import Cluster
from tests.cluster.servers import Reply, Server, running

REQUEST = {"query": {"match_all": {}}, "aggs": {"days": {"histogram": {"field": "day", "interval": 1}}}}
NOTHING = {
    "hits": {"total": {"value": 0}, "hits": []},
    "aggregations": {"days": {"doc_count": 0, "value": None, "buckets": []}},
}
FOUND = Reply(body={"hits": {"total": {"value": 3}, "hits": []}})
GAVE_UP = {
    "root_cause": [{"type": "query_phase_execution_exception", "reason": "Time exceeded"}],
    "type": "search_phase_execution_exception",
}


def requests_to(server: Server, milliseconds: int = 0, timeout_ms: int = 30_000) -> tuple[Requests, Deadline]:
    settings = dataclasses.replace(load_settings().source, hosts=(server.url,), timeout_ms=timeout_ms)
    deadline = Deadline(milliseconds)
    return Requests(connect(settings, {}), "news").until(deadline), deadline


def test_nodes_are_given_less_than_what_is_left() -> None:
    with running(Server(FOUND, Reply(body={"responses": [FOUND.body] * 2}))) as server:
        ask, deadline = requests_to(server, 10_000)
        ask.search_all([REQUEST])
        ask.search_all([{"query": {"match_all": {"boost": n}}} for n in (2, 3)])
    bodies = [request.body.decode() for request in server.requests]
    limits = [int(part.partition("ms")[0]) for body in bodies for part in body.split('"timeout":"')[1:]]
    assert len(limits) == 3
    assert all(5_000 < limit <= 9_000 for limit in limits)
    assert not deadline.has_cut


def test_without_a_nearer_deadline_the_setting_holds() -> None:
    with running(Server(FOUND)) as server:
        requests_to(server)[0].search(REQUEST)
        requests_to(server, 60_000)[0].search(REQUEST)
    assert all(b'"timeout"' not in request.body for request in server.requests)


@pytest.mark.parametrize("reply", [Reply(500, {"error": GAVE_UP, "status": 500}), Reply(seconds=2.0)])
def test_what_is_late_is_as_if_nothing_were_found(reply: Reply) -> None:
    with running(Server(reply)) as server:
        ask, deadline = requests_to(server, 500)
        assert ask.search_all([REQUEST]) == [NOTHING]
        assert deadline.has_cut
        assert ask.search_all([REQUEST, {**REQUEST, "size": 1}]) == [NOTHING, NOTHING]
        assert len(server.requests) == 1  # what comes behind the deadline is not asked


def test_an_answer_that_is_late_is_not_held() -> None:
    with running(Server(Reply(500, {"error": GAVE_UP}), FOUND)) as server:
        ask, _ = requests_to(server, 5_000)
        ask.search_all([REQUEST])
        assert ask.until(Deadline(5_000)).search_all([REQUEST]) == [FOUND.body]
        assert len(server.requests) == 2


@pytest.mark.parametrize("reply", [Reply(500, {"error": GAVE_UP}), Reply(seconds=1.0)])
def test_what_the_setting_does_not_wait_for_is_a_failure(reply: Reply) -> None:
    with running(Server(reply)) as server:
        ask, deadline = requests_to(server, 60_000, timeout_ms=300)
        with pytest.raises(SourceUnavailableError, match="does not answer in time"):
            ask.search_all([REQUEST])
        assert not deadline.has_cut


def test_another_host_is_not_given_more_time_than_there_is() -> None:
    with running(Server(Reply(seconds=3.0))) as one, running(Server(Reply(seconds=3.0))) as other:
        settings = dataclasses.replace(load_settings().source, hosts=(one.url, other.url))
        started = time.monotonic()
        with connect(settings, {}) as client, pytest.raises(SourceUnavailableError):
            client.search(index="news", body={}, params={"request_timeout": 0.3})
        assert time.monotonic() - started < 2


@pytest.fixture
def given(cluster: Cluster, tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path)
    for number in range(12):
        write(
            settings.archive.path, f"{number}.md", title=f"Ferry {number}", topics=["Sea"], date="2020-01-01"
        )
    source = dataclasses.replace(
        settings.source, kind="opensearch", hosts=cluster.hosts, alias="late", replicas=0, timeout_ms=60_000
    )
    settings = dataclasses.replace(settings, source=source)
    reindex(settings)
    search = dataclasses.replace(settings.search, time_limit_ms=700)
    return dataclasses.replace(settings, search=search)


@pytest.fixture
def archive(given: Settings) -> Iterator[Archive]:
    with open_archive(given) as found:
        yield found


@pytest.fixture
def stopped(cluster: Cluster) -> Iterator[None]:
    """A function that suspends the node, until the test ends."""
    yield
    cluster.nodes[0].resume()


@pytest.mark.cluster
@pytest.mark.usefixtures("stopped")
def test_a_search_of_a_node_that_is_suspended_is_cut_in_time(archive: Archive, cluster: Cluster) -> None:
    assert archive.search("harbour OR ferry").total == 12
    cluster.nodes[0].pause()
    started = time.monotonic()
    limited = archive.limited(700)
    answer = limited.search("ferry", topic="Sea").to_json(explain=True)
    assert time.monotonic() - started < 5
    assert limited.timed_out
    assert answer["timed_out"] is True
    assert (answer["total"], answer["total_relation"], answer["hits"]) == (0, "gte", [])
    assert (answer["facets"], answer["next_cursor"], answer["offers"]) == ({}, None, [])
    assert any("cut short after 700 ms" in note for note in answer["notes"])
    assert archive.limited(700).overview("ferry").to_json()["timed_out"] is True
    assert archive.limited(700).timeline(["ferry"]).to_json()["series"][0]["peaks"] == []
    cluster.nodes[0].resume()
    whole = archive.limited(60_000).search("ferry", topic="Sea").to_json()
    assert (whole["total"], whole["timed_out"]) == (12, False)


@pytest.mark.cluster
@pytest.mark.usefixtures("stopped")
def test_a_page_of_a_node_that_is_suspended_says_that_it_was_cut(given: Settings, cluster: Cluster) -> None:
    client: FlaskClient = create_app(given).test_client()
    assert "ETag" in client.get("/search?q=ferry").headers
    cluster.nodes[0].pause()
    for address in ("/search?q=ferry+0", "/api/v1/search?q=ferry+1"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "ut short after 700 ms" in answer.text
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
