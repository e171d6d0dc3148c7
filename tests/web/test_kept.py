"""Answers that are kept: the same for the same address until something changes, within their room."""

from __future__ import annotations

import shutil
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
from search_web.kept import KeptAnswer, KeptAnswers
from search_web.opened import current_archive
from search_web.state import State
from tests.archives import write
from tests.web.fake import fake_archive

ADDRESSES = (
    "/", "/search?q=ferry", "/search/live?q=fer", "/api/v1/search?q=ferry", "/api/v1/suggest?q=fer",
    "/api/v1/facets/topic",
)  # fmt: skip


@given(st.integers(0, 400), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), max_size=80))
def test_answers_stay_within_their_room_and_the_last_asked_for_are_there(
    room: int, asked: list[tuple[int, int]]
) -> None:
    kept = KeptAnswers(room)
    size_of = dict(asked)
    expected: list[int] = []  # the least recently asked for first
    for number, _ in asked:
        body = bytes(size_of[number])
        found = kept.get(str(number))
        assert found == (KeptAnswer(body, "text/html") if number in expected else None)
        if found is None:
            kept.keep(str(number), KeptAnswer(body, "text/html"))
        if number in expected:
            expected.remove(number)
        if len(body) <= room // 16:
            expected.append(number)
        while sum(size_of[one] for one in expected) > room:
            del expected[0]


def test_an_answer_that_is_kept_twice_takes_its_room_once() -> None:
    kept = KeptAnswers(160)
    for tag in ("a", "a", *"bcdefghijklmnop"):
        kept.keep(tag, KeptAnswer(bytes(10), "text/html"))
    assert all(map(kept.get, "abcdefghijklmnop"))


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


@pytest.mark.parametrize("change", [{"web": {"kept_megabytes": 0}}, {"search": {"work_limit": 1}}])
def test_no_room_and_no_answer_that_was_cut(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch, change: dict[str, dict[str, int]]
) -> None:
    changed = {name: replace(getattr(indexed, name), **values) for name, values in change.items()}
    with searches(replace(indexed, **changed), monkeypatch) as (client, asked):
        client.get("/search?q=ferry")
        asked.clear()
        assert client.get("/search?q=ferry").status_code == 200
        assert asked


def test_failures_are_not_kept(settings: Settings) -> None:
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/search?q=ferry").status_code == 503
    write(settings.archive.path, "ferry.md", "The ferry came.", title="A ferry")
    reindex(settings)
    assert client.get("/search?q=ferry").status_code == 200
    app.extensions["backfile"].close()


@pytest.mark.parametrize(("kind", "room"), [("embedded", 8_000_000), ("opensearch", 0)])
def test_what_a_cluster_answers_is_not_kept(settings: Settings, kind: str, room: int) -> None:
    given = replace(settings, source=replace(settings.source, kind=kind))
    app = create_app(given, fake_archive(settings))
    kept = app.extensions["backfile_kept"]
    kept.keep("a", KeptAnswer(bytes(room // 16 or 1), "text/html"))
    assert bool(kept.get("a")) is (room > 0)


def test_what_the_files_are_like_is_looked_at_each_time(indexed: Settings) -> None:
    app = create_app(indexed)
    client = app.test_client()
    assert client.get("/api/v1/stats").json["warnings"] == []  # type: ignore[index]  # it is JSON
    for file in indexed.index.path.glob("*.arrays"):
        file.write_bytes(file.read_bytes()[:-1])
    assert client.get("/api/v1/stats").status_code == 503 or client.get("/api/v1/stats").json["warnings"]  # type: ignore[index]
    app.extensions["backfile"].close()
