"""The cache of answers: the same for the same address until something changes, within its capacity."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import reindex
from indexer.config import Settings
from indexer.query.engine import SearchEngine
from search_web import create_app
from search_web.cache import _OVERHEAD as OVERHEAD
from search_web.cache import AnswerCache, CachedAnswer
from search_web.opened import current_archive
from search_web.state import State
from tests.archives import write
from tests.web.fake import fake_archive

ADDRESSES = (
    "/", "/search?q=ferry", "/search/live?q=fer", "/api/v1/search?q=ferry", "/api/v1/suggest?q=fer",
    "/api/v1/facets/topic",
)  # fmt: skip


@given(st.integers(0, 12_000), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 500)), max_size=80))
def test_answers_stay_within_the_capacity_and_the_last_used_are_there(
    capacity: int, asked: list[tuple[int, int]]
) -> None:
    cache = AnswerCache(capacity)
    size_of = {number: size + OVERHEAD for number, size in asked}
    expected: list[int] = []  # the least recently used first
    for number, _ in asked:
        answer = CachedAnswer(bytes(size_of[number] - OVERHEAD), "text/html")
        found = cache.get(str(number))
        assert found == (answer if number in expected else None)
        if found is None:
            cache.put(str(number), answer)
        if number in expected:
            expected.remove(number)
        if size_of[number] <= capacity / 16:
            expected.append(number)
        while sum(size_of[one] for one in expected) > capacity:
            del expected[0]


def test_an_answer_that_is_stored_twice_is_counted_once() -> None:
    cache = AnswerCache(16 * (OVERHEAD + 10))
    for tag in ("a", "a", *"bcdefghijklmnop"):
        cache.put(tag, CachedAnswer(bytes(10), "text/html"))
    assert all(map(cache.get, "abcdefghijklmnop"))


@pytest.mark.parametrize("size", [0, 67, 5000])
def test_the_capacity_is_that_of_the_memory_taken(size: int) -> None:
    capacity = 2_000_000
    cache = AnswerCache(capacity)
    tracemalloc.start()
    try:
        for number in range(capacity // 200):
            cache.put(f"{number:020}", CachedAnswer(bytes(size), "text/html"))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert capacity / 2 < taken < capacity * 1.1


@pytest.fixture
def indexed(settings: Settings) -> Settings:
    write(settings.archive.path, "ferry.md", "The ferry came.", title="A ferry", topics=["Ships"])
    reindex(settings)
    return settings


@contextmanager
def searches(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[FlaskClient, list[object]]]:
    """Give a client, and a list that grows with each time that the engine is asked for something."""
    asked: list[object] = []
    for name in ("search", "suggest", "facet"):
        method = getattr(SearchEngine, name)

        def noted(self: SearchEngine, *given: object, method: object = method, **named: object) -> object:
            asked.append(given)
            return method(self, *given, **named)  # type: ignore[operator]  # a method of the engine

        monkeypatch.setattr(SearchEngine, name, noted)
    app = create_app(settings)
    yield app.test_client(), asked
    app.extensions["backfile"].close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_asked_again_is_not_searched_again(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with searches(indexed, monkeypatch) as (client, asked):
        first = client.get(address)
        assert asked
        asked.clear()
        again = client.get(address)
        assert not asked
        assert (again.status_code, again.data) == (200, first.data)
        assert {**again.headers, "X-Request-ID": ""} == {**first.headers, "X-Request-ID": ""}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_new_generation_is_answered_anew(indexed: Settings, address: str) -> None:
    app = create_app(indexed)
    client = app.test_client()
    before = client.get(address).data
    write(indexed.archive.path, "other.md", "Another ferry came.", title="Ferries", topics=["Ships", "Sea"])
    reindex(indexed)
    after = client.get(address).data
    app.extensions["backfile"].close()
    fresh = create_app(indexed)
    assert after == fresh.test_client().get(address).data
    assert after != before
    fresh.extensions["backfile"].close()


def test_an_index_built_anew_at_once_under_the_same_number_is_answered_anew(indexed: Settings) -> None:
    app = create_app(indexed)
    client = app.test_client()
    for number in range(4):  # several within a second
        shutil.rmtree(indexed.index.path)
        write(indexed.archive.path, "ferry.md", "The ferry came.", title=f"Ferry {number}")
        reindex(indexed)
        assert f"Ferry {number}" in client.get("/api/v1/search?q=ferry").text
    app.extensions["backfile"].close()


def test_a_question_mark_in_a_path_does_not_make_it_another_address(settings: Settings) -> None:
    app = create_app(settings, fake_archive(settings))
    tags = []
    for address in ("/api/v1/articles/a?fields=title?", "/api/v1/articles/a%3Ffields=title"):
        with app.test_request_context(address):
            tags.append(State.of(current_archive()).tag)
    assert tags[0] != tags[1]


@pytest.mark.parametrize("change", [{"web": {"cache_megabytes": 0}}, {"search": {"work_limit": 1}}])
def test_nothing_is_cached_without_a_capacity_or_of_what_was_cut(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch, change: dict[str, dict[str, int]]
) -> None:
    changed = {name: replace(getattr(indexed, name), **values) for name, values in change.items()}
    with searches(replace(indexed, **changed), monkeypatch) as (client, asked):
        client.get("/search?q=ferry")
        asked.clear()
        assert client.get("/search?q=ferry").status_code == 200
        assert asked


def test_failures_are_not_cached(settings: Settings) -> None:
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/search?q=ferry").status_code == 503
    write(settings.archive.path, "ferry.md", "The ferry came.", title="A ferry")
    reindex(settings)
    assert client.get("/search?q=ferry").status_code == 200
    app.extensions["backfile"].close()


@pytest.mark.parametrize(("kind", "is_cached"), [("embedded", True), ("opensearch", False)])
def test_what_a_cluster_answers_is_not_cached(settings: Settings, kind: str, is_cached: bool) -> None:
    given = replace(settings, source=replace(settings.source, kind=kind))
    app = create_app(given, fake_archive(settings))
    cache = app.extensions["backfile_cache"]
    cache.put("a", CachedAnswer(b"", "text/html"))
    assert bool(cache.get("a")) is is_cached


def test_what_is_wrong_with_a_cluster_is_looked_at_each_time(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(indexed)
    client = app.test_client()
    first = client.get("/api/v1/stats")
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/v1/stats", headers=known).status_code == 304
    monkeypatch.setattr(SearchEngine, "warnings", lambda _: ("a node is lost",))
    assert client.get("/api/v1/stats", headers=known).json["warnings"] == ["a node is lost"]  # type: ignore[index]  # it is JSON
    app.extensions["backfile"].close()
