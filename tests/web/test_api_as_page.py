"""The API says of an answer what its page says, under the same names in each answer: notes, the parts, the limit."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask.testing import FlaskClient

from indexer import reindex
from indexer.config import Settings
from search_web import create_app
from tests.archives import settings_for, write
from tests.web.test_parts import TITLES

# Of each page: the address of its answer in the API. Both take the query and the filters.
PAGES = {
    "/search?q={}": "/api/v1/search?q={}",
    "/facet/topic?q={}": "/api/v1/facets/topic?q={}",
    "/overview?q={}": "/api/v1/overview?q={}",
    "/timeline?q={}": "/api/v1/timeline?q={}",
    "/compare?by=query&a={}&b=pier": "/api/v1/compare?by=query&a={}&b=pier",
}
NOTHING_LEFT = ("☃", "€", "…", "?", "()", "AND", '""', "date:foo", "quality:>high")
OTHERS = (
    "harbour ☃",
    "harbour ferry",
    "harbour zeppelin",
    "bridge ope",
    "ferry date:foo",
    "a* harbour",
    "ferries",
    "",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_for(tmp_path_factory.mktemp("as_page"))
    for number, title in enumerate(TITLES):
        url, date = f"https://paper.example/{number}", f"2020-06-{number + 1:02}"
        write(settings.archive.path, f"{number}.md", title=title, url=url, date=date, topics=["Sea"])
    reindex(settings)
    return settings


def _client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    app.extensions["backfile"].close()


@pytest.fixture(scope="module")
def client(small: Settings) -> Iterator[FlaskClient]:
    yield from _client(small)


@pytest.fixture(params=[1, 20])
def limited(small: Settings, request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    search = dataclasses.replace(small.search, work_limit=request.param)
    yield from _client(dataclasses.replace(small, search=search))


def text_of(client: FlaskClient, address: str) -> str:
    """What a page says, without its marks and its blanks."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    body = answer.text.split("<body")[1].split("<footer")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", body)).split())


def notes_of(data: dict[str, Any]) -> list[str]:
    """What an answer of the API has to say of how its query was read, wherever it is of several."""
    each = [data] if "notes" in data else data.get("series", data.get("sides"))
    assert each is not None
    return [note for one in each for note in one["notes"]]


def sentence(note: str) -> str:
    return f"{note[0].upper()}{note[1:]}."


@pytest.mark.parametrize("query", [*NOTHING_LEFT, *OTHERS])
@pytest.mark.parametrize("page", PAGES)
def test_notes_are_those_of_the_page(client: FlaskClient, page: str, query: str) -> None:
    if not query and page.startswith("/compare"):
        return  # it takes two queries
    asked = quote_plus(query)
    shown = text_of(client, page.format(asked))
    data = client.get(PAGES[page].format(asked)).json
    notes = notes_of(data)
    begun = [note for note in notes if note.startswith("the last word may go on")]  # a heading has it
    for note in notes:
        assert sentence(note) in shown or note in begun, note
    for line in re.findall(r"'[^']*' is not a word[^.]*|'date:' is ignored[^.]*", shown):
        assert line in notes
    if query in NOTHING_LEFT:
        assert "nothing is left to search for, so nothing is found" in notes
        assert "Nothing is left to search for, so nothing is found." in shown
    else:
        assert "nothing is left to search for" not in " ".join(notes)
        assert "Nothing is left to search for" not in shown


@pytest.mark.parametrize("query", NOTHING_LEFT)
def test_of_a_query_of_which_nothing_is_left_nothing_is_found(client: FlaskClient, query: str) -> None:
    asked = quote_plus(query)
    found = client.get(f"/api/v1/search?q={asked}").json
    assert (found["total"], found["begun_total"], found["some_total"], found["hits"], found["offers"]) == (
        0, 0, 0, [], [],
    )  # fmt: skip
    assert client.get(f"/api/v1/facets/topic?q={asked}").json["values"] == []
    assert client.get(f"/api/v1/overview?q={asked}").json["total"] == 0
    assert client.get(f"/api/v1/timeline?q={asked}").json["series"][0]["total"] == 0
    assert client.get(f"/api/v1/compare?by=query&a={asked}&b=pier").json["sides"][0]["total"] == 0


NAMED = {"all": "", "begun": "with a longer last word", "some": "with some of the words"}


@pytest.mark.parametrize("query", ["harbour ferry", "bridge ope", "harbour zeppelin", "zeppelin"])
def test_parts_are_those_of_the_page(client: FlaskClient, query: str) -> None:
    asked = quote_plus(query)
    data = client.get(f"/api/v1/search?q={asked}").json
    part = data["facet_part"]
    for page, name in (
        ("/search?q={}", "facet_part"),
        ("/facet/topic?q={}", "part"),
        ("/overview?q={}", "part"),
    ):
        assert client.get(PAGES[page].format(asked)).json[name] == part, page
        shown = text_of(client, page.format(asked))
        assert (NAMED[part] in shown) or not NAMED[part], page
        if part == "all" and not page.startswith("/search"):
            assert not any(
                name in shown for name in NAMED.values() if name and name not in head(client, asked)
            )
    hits = re.findall(r'<h3[^>]*><a href="/article/([^"?]*)', client.get(f"/search?q={asked}").text)
    assert hits == [hit["article"]["id"] for hit in data["hits"]]
    assert [hit["part"] for hit in data["hits"]] == (
        ["all"] * data["total"] + ["begun"] * data["begun_total"] + ["some"] * data["some_total"]
    )
    shown = text_of(client, f"/search?q={asked}")
    for hit in data["hits"]:
        assert all(f"Without {word}" in shown for word in hit["missing"])


def head(client: FlaskClient, asked: str) -> str:
    """The line of totals, which names all parts."""
    return text_of(client, f"/facet/topic?q={asked}").split("Find in this list")[0]


@pytest.mark.parametrize("query", ["harbour OR ferry OR pier", "harbour zeppelin"])
@pytest.mark.parametrize("page", PAGES)
def test_the_limit_is_reported_where_the_page_reports_it(limited: FlaskClient, page: str, query: str) -> None:
    asked = quote_plus(query)
    data = limited.get(PAGES[page].format(asked)).json
    shown = text_of(limited, page.format(asked))
    assert data["timed_out"] is ("cut short after" in shown.lower())
    if page.startswith("/search"):
        assert any("cut short" in note for note in data["notes"]) is data["timed_out"]
        assert data["next_cursor"] is None or not data["timed_out"]


def test_a_cursor_runs_through_all_parts_of_the_api(client: FlaskClient) -> None:
    whole = client.get("/api/v1/search?q=harbour+ferry").json
    seen, cursor = [], ""
    for _ in range(9):
        data = client.get(f"/api/v1/search?q=harbour+ferry&size=1&fields=id{cursor}").json
        assert [data[name] for name in ("total", "begun_total", "some_total")] == [2, 1, 1]
        seen += [(hit["article"]["id"], hit["part"], hit["missing"]) for hit in data["hits"]]
        if data["next_cursor"] is None:
            break
        cursor = f"&cursor={quote_plus(data['next_cursor'])}"
    assert seen == [(hit["article"]["id"], hit["part"], hit["missing"]) for hit in whole["hits"]]
    assert [part for _, part, _ in seen] == ["all", "all", "begun", "some"]
