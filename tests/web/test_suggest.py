"""`/api/v1/suggest`, and what the search box needs of the page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.page import Page


def test_each_suggestion_leads_to_as_many_articles_as_it_says(client: FlaskClient) -> None:
    seen = set()
    for typed in ("fer", "har", "trans", "the", "me"):
        data = client.get("/api/v1/suggest", query_string={"q": typed}).get_json()
        assert data["q"] == typed
        for item in data["suggestions"]:
            seen.add(item["kind"])
            assert client.get(item["url"]).status_code == 200
            if item["kind"] != "title":
                total = client.get(item["url"].replace("/search?", "/api/v1/search?")).get_json()["total"]
                assert total == item["count"], item
    assert seen == {"topic", "provider", "phrase", "title"}


def test_a_topic_or_a_provider_stands_beside_the_words_before(client: FlaskClient) -> None:
    def beside(typed: str) -> list[dict[str, str]]:
        found = client.get("/api/v1/suggest", query_string={"q": typed}).get_json()["suggestions"]
        return [item for item in found if item["before"]]

    (topic,) = [item for item in beside("ferry trans") if item["kind"] == "topic"]
    assert topic["before"] == "ferry"
    assert topic["url"] == f"/search?q=ferry&topic={topic['value']}"
    data = client.get(topic["url"].replace("/search?", "/api/v1/search?")).get_json()
    assert data["total"] == topic["count"] > 0
    assert any(item["before"] == '"ferry" -xyzzy' for item in beside('"ferry" -xyzzy trans'))
    for typed in ("xyzzy trans", '"ferry trans', "ferry OR trans", "ferry -trans", "title:trans", " trans"):
        assert beside(typed) == [], typed


def test_size_and_kinds(client: FlaskClient) -> None:
    data = client.get("/api/v1/suggest?q=f&size=3&kind=title&kind=topic").get_json()
    assert len(data["suggestions"]) == 3
    assert {item["kind"] for item in data["suggestions"]} <= {"title", "topic"}


def test_a_blank_ends_the_word(client: FlaskClient) -> None:
    whole = client.get("/api/v1/suggest?q=fer%20&kind=title").get_json()
    begun = client.get("/api/v1/suggest?q=fer&kind=title").get_json()
    assert whole == {"q": "fer ", "suggestions": [], "bounded": False, "timed_out": False}
    assert any("Ferry" in item["text"] for item in begun["suggestions"])


def test_nothing_typed_suggests_nothing(client: FlaskClient) -> None:
    assert client.get("/api/v1/suggest").get_json() == {
        "q": "",
        "suggestions": [],
        "bounded": False,
        "timed_out": False,
    }


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("q=a&size=0", "'size' must be a whole number from 1 to 100"),
        ("q=a&size=x", "'size' must be a whole number"),
        ("q=a&kind=titel", "there is no kind of suggestion 'titel'"),
        ("q=a&page=2", "unknown parameter 'page'"),
        ("q=a&q=b", "'q' is given 2 times"),
    ],
)
def test_what_cannot_be_used_is_refused(client: FlaskClient, query: str, told: str) -> None:
    answer = client.get(f"/api/v1/suggest?{query}")
    assert answer.status_code == 400
    assert told in answer.get_json()["error"]["message"]


@pytest.mark.parametrize("address", ["/", "/search?q=ferry", "/help", "/about"])
def test_every_search_box_knows_where_to_ask(client: FlaskClient, address: str) -> None:
    (form,) = Page(client.get(address).text).all("form", class_="search") or [{}]
    assert form.get("data-suggest") == "/api/v1/suggest"


def test_the_policy_lets_the_page_ask_its_own_server_alone(client: FlaskClient) -> None:
    assert "connect-src 'self';" in client.get("/").headers["Content-Security-Policy"]
