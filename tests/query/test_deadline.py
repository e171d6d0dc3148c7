"""The limits of a request, of time and of work, as the module, the command line, the API and the page have them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from whoosh import query as q

from indexer import Archive, Settings, open_archive
from indexer.cli import command_line
from indexer.errors import RequestError
from indexer.query import deadline as module
from indexer.query.deadline import Deadline
from search_web import create_app
from tests.archives import settings_for

QUERY = '(harbour OR ferry) -"tern flu" recogn*'


class Clock:
    """A time that passes when a test says so, or at each look."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 100.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    return clock


def with_search(corpus_index: Path, **given: int) -> Settings:
    settings = settings_for(corpus_index.parent)
    settings = dataclasses.replace(settings, index=dataclasses.replace(settings.index, path=corpus_index))
    return dataclasses.replace(settings, search=dataclasses.replace(settings.search, **given))


def test_a_deadline_cuts_from_its_end_on(clock: Clock) -> None:
    deadline = Deadline(50)
    clock.now += 0.049
    assert not deadline.cuts()
    assert not deadline.note
    clock.now += 0.001
    assert not deadline.has_cut  # for nothing was left out yet
    assert deadline.cuts()
    clock.now -= 1
    assert deadline.cuts()
    assert deadline.note.startswith("cut short after 50 ms: ")


def test_work_is_counted_to_its_limit_and_no_further() -> None:
    deadline = Deadline(0, 1_000)
    deadline.spend(1_000)
    assert not deadline.cuts()
    deadline.spend(1)
    assert deadline.cuts()
    assert deadline.note.startswith("cut short after 1,000 postings: ")


def test_no_limit_never_cuts(clock: Clock) -> None:
    deadline = Deadline()
    deadline.spend(10**18)
    clock.now += 10**9
    assert not deadline.cuts()


def test_scripts_have_no_limit_of_time_but_what_they_ask_for(corpus: Archive, clock: Clock) -> None:
    clock.step = 1.0
    results = corpus.search(QUERY)
    assert results.to_json()["timed_out"] is False
    assert not corpus.timed_out
    limited = corpus.limited(3_000)
    assert limited.search(QUERY + " ").timed_out
    assert limited.timed_out
    assert limited.search("ferry").to_json()["facets"] == {}  # one limit for all that is asked of it
    assert corpus.search(QUERY + " ").total == results.total  # and what was cut was not kept


@pytest.mark.parametrize("wrong", [-1, 1.5, "1000", True])
def test_a_limit_is_a_whole_number(corpus: Archive, wrong: object) -> None:
    with pytest.raises(RequestError, match="'time_limit_ms' must be a whole number"):
        corpus.limited(wrong)  # type: ignore[arg-type]


def test_the_limit_of_work_holds_for_scripts(corpus_index: Path) -> None:
    with open_archive(with_search(corpus_index, work_limit=2_000)) as archive:
        whole = archive.search("ferry")
        assert not whole.timed_out
        assert not archive.search("ferry").timed_out  # each question has its own
        words = " OR ".join(f"harbour{n}" for n in range(100))
        results = archive.search(f"ferry OR {words}")
        assert results.timed_out
        assert results.total <= whole.total
        assert results.total_relation == "gte"
        assert results.notes == (
            "cut short after 2,000 postings: there may be more, and what is left out was not counted",
        )


def test_matchers_of_whoosh_are_cut_too(corpus_index: Path) -> None:
    tree = q.SpanOr([q.Term("text", "ferri"), q.Term("text", "the")])
    with open_archive(with_search(corpus_index, work_limit=20_000)) as archive:
        assert archive.search(tree).timed_out
    with open_archive(with_search(corpus_index)) as archive:
        results = archive.search(tree)
        assert results.total
        assert not results.timed_out


def printed(corpus_index: Path, *words: str) -> str:
    found = CliRunner().invoke(command_line(), [*words, "--index", str(corpus_index)])
    assert found.exit_code == 0, found.output
    return found.output


@pytest.mark.parametrize(
    "words",
    [
        ("search", "ferry"),
        ("timeline", "ferry", "bridge"),
        ("overview", "ferry"),
        ("compare", "topic", "Politics", "Technology"),
        ("facets", "topic", "ferry"),
        ("suggest", "ferr"),
        ("related", "--title", "Harbour board closes pier"),
    ],
)
def test_the_command_line_says_that_it_was_cut(
    corpus_index: Path, clock: Clock, words: tuple[str, ...]
) -> None:
    assert "cut short" not in printed(corpus_index, *words)
    clock.step = 1.0
    assert "Note: cut short after 1 ms: " in printed(corpus_index, *words, "--time-limit-ms", "1")
    answer = json.loads(printed(corpus_index, *words, "--time-limit-ms", "1", "--json"))
    assert answer["timed_out"] is True


ADDRESSES = (
    "/api/v1/search?q=ferry",
    "/api/v1/search?q=brigde&explain=1",
    "/api/v1/facets/topic?q=ferry",
    "/api/v1/timeline?q=ferry&q=bridge",
    "/api/v1/overview?q=ferry",
    "/api/v1/compare?by=topic&a=Politics&b=Technology",
    "/api/v1/suggest?q=ferr",
    "/api/v1/related?title=Harbour+board+closes+pier",
)
PAGES = (
    "/",
    "/search?q=ferry+bridge&topic=Politics&sort=newest",
    "/search?q=ferry&explain=1",
    "/search?q=ferry&date=2020&collapse=1",
    "/search/live?q=ferry+bri&topic=Politics",
    "/timeline?q=ferry&q=bridge",
    "/overview?q=ferry",
    "/compare?by=topic&a=Politics&b=Technology",
)


@pytest.fixture
def app_of(corpus_index: Path) -> Callable[..., Flask]:
    return lambda **given: create_app(with_search(corpus_index, **given))


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_api_says_it_and_nobody_keeps_it(
    app_of: Callable[..., Flask], clock: Clock, address: str
) -> None:
    whole = app_of().test_client().get(address)
    assert whole.json["timed_out"] is False
    assert whole.headers["Cache-Control"] == "no-cache"
    assert "ETag" in whole.headers
    clock.step = 1.0
    cut = (
        app_of(time_limit_ms=500).test_client().get(address, headers={"If-None-Match": whole.headers["ETag"]})
    )
    assert cut.status_code == 200
    assert cut.json["timed_out"] is True
    assert cut.headers["Cache-Control"] == "no-store"
    assert "ETag" not in cut.headers
    assert app_of(time_limit_ms=0).test_client().get(address).json["timed_out"] is False


@pytest.mark.parametrize("address", PAGES)
def test_the_page_says_it_at_each_step(app_of: Callable[..., Flask], clock: Clock, address: str) -> None:
    client = app_of().test_client()
    whole = client.get(address)
    assert "cut-note" not in whole.text
    assert "ETag" in whole.headers
    tag = whole.headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    clock.step = 1.0
    for seconds in (1, 4, 8, 12, 16, 24, 40, 80):
        client = app_of(time_limit_ms=seconds * 1000).test_client()
        cut = client.get(address, headers={"If-None-Match": tag})
        if "ETag" in cut.headers:
            break
        assert cut.status_code == 200
        assert f"Cut short after {seconds},000 ms: " in cut.text
        assert cut.headers["Cache-Control"] == "no-store"
        assert cut.text.count("cut-note") == 1
        if cut.text.index("cut-note") < cut.text.index(
            '<p class="total"' if "/search" in address else "</main>"
        ):
            assert 'rel="next"' not in cut.text
    else:
        assert seconds < 80
