"""How often a search asks the cluster, and what it need not ask again."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import Archive, load_settings, open_archive, reindex
from indexer.cluster.connection import connect
from indexer.errors import BackfileError, BusyError
from indexer.query.arrays.rank import relevance
from indexer.query.cluster import order
from indexer.query.cluster.recent import MAX_ANSWERS, MAX_ITEMS, RecentAnswers
from indexer.query.cluster.requests import Requests
from indexer.query.cluster.source import ClusterSource
from indexer.query.engine import SearchEngine
from tests.archives import settings_for, write
from tests.cluster.nodes import Cluster
from tests.cluster.servers import Reply, Server, running
from tests.query.contract.comparison import differences


def answer(hits: int = 0, values: int = 0) -> dict[str, Any]:
    return {"hits": {"hits": [{}] * hits}, "aggregations": {"topic": {"buckets": [{}] * values}}}


def test_an_answer_is_found_by_its_request() -> None:
    recent = RecentAnswers()
    recent.add({"a": answer(3), "b": answer()})
    assert recent.find(["a", "c"]) == {"a": answer(3)}


def test_what_was_used_last_stays() -> None:
    recent = RecentAnswers()
    recent.add({str(number): answer() for number in range(MAX_ANSWERS)})
    recent.find(["0"])
    recent.add({"new": answer()})
    assert set(recent.find(["0", "1", "new"])) == {"0", "new"}


@pytest.mark.parametrize("kind", ["hits", "values"])
def test_large_answers_make_room_for_each_other(kind: str) -> None:
    recent = RecentAnswers()
    for name in "abc":
        recent.add({name: answer(**{kind: MAX_ITEMS // 2})})
    assert set(recent.find("abc")) == {"b", "c"}
    recent.add({"huge": answer(**{kind: MAX_ITEMS + 1})})
    assert recent.find(["a", "b", "c", "huge"]) == {}


GONE = {"status": 500, "error": {"type": "node_not_connected_exception", "reason": "[b] Node not connected"}}
REFUSED = {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "rejected execution"}}


@pytest.mark.parametrize("refused", [REFUSED, GONE])
@pytest.mark.parametrize("second_time", [answer(2), REFUSED])
def test_searches_that_were_refused_for_a_moment_are_sent_again_alone(
    refused: dict[str, Any], second_time: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.query.cluster.requests.PAUSES", (0, 0))
    first, then = ({"responses": answers} for answers in ([answer(1), refused], [second_time]))
    with running(Server(Reply(body=first), Reply(body=then))) as server:
        settings = dataclasses.replace(load_settings().source, hosts=(server.url,))
        with connect(settings, {}) as client:
            requests = Requests(client, "articles")
            if second_time is REFUSED:
                with pytest.raises(BusyError, match="overloaded"):
                    requests.search_all([{"size": 1}, {"size": 2}])
            else:
                assert requests.search_all([{"size": 1}, {"size": 2}]) == [answer(1), answer(2)]
        sent = [[json.loads(line) for line in one.body.split(b"\n")[1::2]] for one in server.requests]
        assert [[one["size"] for one in some] for some in sent][:2] == [[1, 2], [2]]
        assert len(sent) == (3 if second_time is REFUSED else 2)


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(404, b"<h1>Not Found", kind="text/html"), r"not OpenSearch \(http://127.0.0.1:\d+\)"),
        (Reply(404, {"_index": "news-state", "found": False}), r"no such archive in the cluster \(news\)"),
    ],
)
def test_a_server_without_an_archive_says_why(reply: Reply, message: str) -> None:
    """A run that was killed before it ended the first time leaves indices, but no generation."""
    with running(Server(reply)) as server:
        settings = dataclasses.replace(load_settings().source, hosts=(server.url,))
        with connect(settings, {}) as client, pytest.raises(BackfileError, match=message):
            ClusterSource(client, "news").open()


@pytest.fixture
def archive(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Archive, list[str]]]:
    """An archive of twelve articles, and the addresses that it has sent requests to since it was opened."""
    settings = settings_for(tmp_path)
    source = dataclasses.replace(
        settings.source,
        kind="opensearch",
        hosts=cluster.hosts,
        alias="requests",
        replicas=0,
        timeout_ms=60_000,
    )
    settings = dataclasses.replace(settings, source=source)
    for number in range(12):
        fields = {
            "title": f"Ferry {number}",
            "topics": ["Sea", "Air"][: 1 + number % 2],
            "date": f"20{10 + number}-01-01",
        }
        excerpt = "The harbour bridge of the island, and ferries to it."
        body = f"{excerpt} Its council voted on number {number}."
        write(settings.archive.path, f"{number}.md", body, excerpt=excerpt, **fields)
    reindex(settings)
    client, sent = connect(settings.source), list[str]()
    perform = client.transport.perform_request

    def counted(method: str, url: str, *given: Any, **more: Any) -> Any:
        sent.append(url.rpartition("/")[2])
        return perform(method, url, *given, **more)

    monkeypatch.setattr(client.transport, "perform_request", counted)
    found = ClusterSource(client, "requests", fresh=1e9)
    with Archive(settings, SearchEngine(settings, found)) as opened:
        opened.search("nothing")
        sent.clear()
        yield opened, sent


def look_at(archive: Archive, query: str, **given: Any) -> None:
    """Look at all that a page shows."""
    results = archive.search(query, **given)
    assert results.total or results.offers
    for hit in results:
        assert hit.title.text
        assert hit.snippet
        assert hit.file
    assert results.facets["topic"] is not None
    assert {name: list(values) for name, values in results.facets.items()}
    assert results.filters is not None
    assert results.next_cursor is None or results.next_cursor


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("query", "given", "most"),
    [
        ("", {}, 1),
        ("island", {}, 1),
        ("island", {"topic": "Sea", "sort": "newest"}, 1),
        ("harbour bridge", {}, 2),
        ("harbour bridge", {"topic": "Air"}, 2),
        ("harbour brigde", {}, 4),
        ("harbour absent bridge", {}, 4),
        ("harbour brid", {"unfinished": True}, 4),
        ('"harbour bridge"', {}, 1),
        ("ferr*", {}, 1),
        ("harbour -absent", {}, 1),
        ("harbour bridge", {"collapse": True}, 4),
        ("harbour bridge", {"quality_weight": 1.0}, 2),
        ("harbour bridge", {"page": 2}, 2),
        ("island", {"page": 2, "topic": "Sea"}, 1),
        ("council", {"sort": "newest", "provider": "nobody"}, 2),
        ("brigde", {}, 3),
        ("harbour bridge council voted", {"match": "any"}, 2),
    ],
)
def test_a_page_takes_few_requests_and_none_again(
    archive: tuple[Archive, list[str]], query: str, given: dict[str, Any], most: int
) -> None:
    opened, sent = archive
    look_at(opened, query, size=5, **given)
    print("TRIPS", query, given, len(sent), sent)
    assert len(sent) >= 1
    sent.clear()
    look_at(opened, query, size=5, **given)
    assert sent == []


@pytest.mark.cluster
@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("query", ["harbour bridge", "harbour absent bridge"])
def test_where_more_are_mixed_than_have_pairs_the_order_is_that_of_the_index_folder(
    archive: tuple[Archive, list[str]], query: str, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, _ = archive
    for module in (order, relevance):
        monkeypatch.setattr(module, "PAIR_POOL", 5)
    settings = dataclasses.replace(
        opened.settings, source=dataclasses.replace(opened.settings.source, kind="embedded")
    )
    given = {"size": 4, "page": page, "recency_weight": 3.0, "recency_half_life_days": 500}
    found = opened.search(query, **given).to_json()
    with open_archive(settings) as folder:
        expected = folder.search(query, **given).to_json()
    same = {"generation": 1, "next_cursor": ""}  # which have the generation, and all digits of a score
    assert list(differences({**expected, **same}, {**found, **same})) == []


@pytest.mark.cluster
@pytest.mark.parametrize("most", [100, 5, 2])  # a page can be counted off from the start, the end, neither
def test_a_page_far_down_takes_one_request_where_an_end_is_near(
    archive: tuple[Archive, list[str]], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(order, "MOST", most)
    monkeypatch.setattr(order, "_BATCH", 2)
    opened, sent = archive
    for query in ("", "island"):
        found = [
            hit.article.id
            for number in range(1, 7)
            for hit in opened.search(query, sort="oldest", page=number, size=2)
        ]
        assert len(set(found)) == 12
        sent.clear()
        results = opened.search(query, sort="oldest", page=5, size=2, topic="Sea")
        assert [hit.article.id for hit in results] == found[8:10]
        assert (len(sent) <= 2) == (most > 2)
