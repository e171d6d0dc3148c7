from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from indexer import Archive, Article, reindex
from indexer.article import ARTICLE_FIELDS
from indexer.config import Settings
from indexer.errors import BackfileError, BusyError, IndexDamagedError, SourceUnavailableError, unreadable
from search_web import create_app
from search_web.links import NAMES
from search_web.reference.endpoints import ENDPOINTS, Endpoint
from tests.archives import REPOSITORY, settings_for, write
from tests.web.fake import failing_archive, fake_archive
from tests.web.page import Page

SOME = "/search?q=port&topic=Technology&sort=newest"


def test_the_api_and_the_page_tell_the_same(client: FlaskClient) -> None:
    data = client.get("/api/v1" + SOME).json
    page = Page(client.get(SOME).text)
    assert f"{data['total']} articles" in " ".join(page.text_of("p"))
    links = [link.partition("?")[0] for link in page.links() if link.startswith("/article/")]
    ids = [link.removeprefix("/article/") for link in links]
    assert list(dict.fromkeys(ids)) == [hit["article"]["id"] for hit in data["hits"]]
    counts = [int(text) for text in page.text_of("small") if text.isdigit()]
    assert {v["count"] for v in data["facets"]["provider"]} <= set(counts)


def test_the_shapes_are_those_of_the_issue(client: FlaskClient) -> None:
    data = client.get("/api/v1/search?q=recognition&size=2").json
    assert set(data) >= {"total", "hits", "facets", "next_cursor"}
    assert set(data["hits"][0]) == {"article", "score", "title", "snippet", "part", "missing", "translations"}
    assert set(data["hits"][0]["title"]) == {"text", "ranges"}
    assert set(data["facets"]["topic"][0]) == {"value", "label", "count", "selected"}
    assert "explain" not in data
    assert set(client.get("/api/v1/search?q=a&explain=1").json["explain"]) == {
        "text",
        "read_as",
        "notes",
        "terms",
        "filters",
    }
    key = data["hits"][0]["article"]["id"]
    whole = client.get(f"/api/v1/article/{key}").json
    more = {"related": whole["related"], "translations": [], "html": ""}
    assert whole == {**data["hits"][0]["article"], **more}
    related = client.get(f"/api/v1/related/{key}?size=3").json
    assert len(related["related"]) == 3
    assert set(related["related"][0]) == {
        "article", "kind", "reason", "score", "part", "shared", "days", "copies",
    }  # fmt: skip


def test_an_article_described_by_an_address_has_related_ones(client: FlaskClient) -> None:
    known = client.get("/api/v1/search?q=has:related&size=1").json["hits"][0]["article"]
    same = client.get("/api/v1/related", query_string={"url": known["url"], "size": 3}).json
    assert same == client.get(f"/api/v1/related/{known['id']}?size=3").json
    # Under the very title and date it would be known as itself, and be left out.
    other = {"title": known["title"] + " again", "excerpt": known["excerpt"], "date": known["published_at"]}
    found = client.get("/api/v1/related", query_string=other).json
    first = found["related"][0]  # itself, or what it is a copy of
    assert known["id"] in {one["id"] for one in (first["article"], *first["copies"])}
    assert found["related"][0]["part"] == "same"


def test_nothing_found_offers_searches_with_their_addresses(client: FlaskClient) -> None:
    data = client.get("/api/v1/search?q=facial+recogniton&topic=Technology").json
    assert (data["total"], data["total_relation"], data["facet_part"]) == (0, "eq", "some")
    assert {(hit["part"], *hit["missing"]) for hit in data["hits"]} == {("some", "recogniton")}
    assert data["offers"][0]["parameters"] == {
        "query": "facial recognition", "topic": ["Technology"], "recency_weight": 0.0,
        "recency_half_life_days": 365.0, "quality_weight": 0.0, "heat_weight": 0.0,
    }  # fmt: skip
    for offer in data["offers"]:
        assert client.get(offer["url"]).json["total"] == offer["total"] > 0
    assert client.get("/api/v1/search?q=recognition").json["offers"] == []


def test_what_is_written_otherwise_has_the_address_of_its_own_search(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    topics = {"Rail": ["health care", "healthcare"], "Sport": ["health care again"]}
    for topic, titles in topics.items():
        for title in titles:
            write(
                given.archive.path,
                f"{title}.md",
                title=title,
                url=f"https://a.example/{title}",
                topics=[topic],
            )
    reindex(given)
    client = create_app(given).test_client()
    (offer,) = client.get("/api/v1/search?q=healthcare&topic=Rail").json["offers"]
    assert offer["parameters"]["query"] == '"health care"'
    assert client.get(offer["url"]).json["total"] == offer["total"] == 1


def test_explain_tells_what_each_filter_removes(client: FlaskClient) -> None:
    data = client.get("/api/v1/search?q=recognition&topic=Technology&after=2020&explain=1").json
    for counted in data["explain"]["filters"]:
        other = {"topic": "&after=2020", "after": "&topic=Technology"}[counted["filter"]]
        without = client.get("/api/v1/search?q=recognition" + other).json["total"]
        assert (counted["without"], counted["removes"]) == (without, without - data["total"])


def test_what_became_of_an_answer_is_told(client: FlaskClient) -> None:
    generation = client.get("/api/v1/search?q=ferry").json["generation"]
    data = client.get(f"/api/v1/search?q=ferry&since_generation={generation}").json
    assert data["since"] | {"made": ""} == {
        "generation": generation, "made": "", "added": 0, "changed": 0, "changed_elsewhere": 0, "removed": 0,
        "removed_articles": [],
    }  # fmt: skip
    failure = client.get(f"/api/v1/search?q=ferry&since_generation={generation + 1}")
    assert failure.status_code == 400
    assert f"The index is at generation {generation}." in failure.json["error"]["message"]


def test_a_facet_is_that_of_the_search(client: FlaskClient) -> None:
    whole = client.get("/api/v1/search?q=port&facet_size=1000").json["facets"]["provider"]
    facet = client.get("/api/v1/facets/provider?q=port&facet_size=1000").json
    assert facet == {
        "name": "provider", "distinct": facet["distinct"], "distinct_relation": "eq", "part": "all",
        "values": whole, "notes": [], "timed_out": False,
    }  # fmt: skip


def test_cursors_walk_through_everything_once(client: FlaskClient) -> None:
    seen: list[str] = []
    address = "/api/v1/search?size=50&sort=quality"
    cursor = None
    while True:
        data = client.get(address + (f"&cursor={cursor}" if cursor else "")).json
        seen += [hit["article"]["id"] for hit in data["hits"]]
        cursor = data["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == data["total"]


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/api/v1/search?page=0", 400, "bad_request"),
        ("GET", "/api/v1/search?topics=AI", 400, "bad_request"),
        ("GET", "/api/v1/search?date=junk", 400, "bad_request"),
        ("GET", "/api/v1/search?after=junk", 400, "bad_request"),
        ("GET", "/api/v1/search?cursor=junk", 400, "bad_request"),
        ("GET", "/api/v1/facets/colour", 404, "not_found"),
        ("GET", "/api/v1/facets/topic?x=1", 400, "bad_request"),
        ("GET", "/api/v1/article/none", 404, "not_found"),
        ("GET", "/api/v1/article/none?x=1", 400, "bad_request"),
        ("GET", "/api/v1/related/none", 404, "not_found"),
        ("GET", "/api/v1/related/none?size=0", 400, "bad_request"),
        ("GET", "/api/v1/related", 400, "bad_request"),
        ("GET", "/api/v1/related?title=a&size=0", 400, "bad_request"),
        ("GET", "/api/v1/related?title=a&date=junk", 400, "bad_request"),
        ("GET", "/api/v1/related?q=a", 400, "bad_request"),
        ("GET", "/api/v1/stats?x=1", 400, "bad_request"),
        ("GET", "/api/v1/nowhere", 404, "not_found"),
        ("GET", "/api/nowhere", 404, "not_found"),
        ("POST", "/api/v1/search", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/article/none", 405, "method_not_allowed"),
    ],
)
def test_every_failure_has_one_body(
    client: FlaskClient, method: str, address: str, status: int, code: str
) -> None:
    response = client.open(address, method=method)
    assert response.status_code == status
    assert response.mimetype == "application/json"
    assert set(response.json) == {"error"}
    assert set(response.json["error"]) == {"code", "message", "status"}
    assert response.json["error"]["code"] == code
    assert response.json["error"]["status"] == status
    assert response.json["error"]["message"].endswith((".", "?"))
    assert response.headers["Cache-Control"] == "no-store"


def test_the_same_failures_are_pages_for_people(client: FlaskClient) -> None:
    for address, status in (
        ("/search?page=0", 400),
        ("/search?date=junk", 400),
        ("/nowhere", 404),
        ("/article/x", 404),
    ):
        response = client.get(address)
        assert response.status_code == status
        page = Page(response.text)
        assert page.faults == []
        assert len(page.all("h1")) == 1
        assert page.all("form")
    assert client.post("/search").status_code == 405
    assert client.post("/search").headers["Allow"] == "GET, HEAD, OPTIONS"


def test_what_is_unforeseen_is_logged_and_not_told(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings, failing_archive(settings, RuntimeError("the secret")))
    for address in ("/api/v1/search", "/search", "/readyz"):
        response = app.test_client().get(address)
        assert response.status_code == 500
        assert "secret" not in response.text
    assert "the secret" in caplog.text
    body = app.test_client().get("/api/v1/stats").json["error"]
    assert (body["code"], body["status"]) == ("internal_error", 500)


@pytest.mark.parametrize("encoded", [False, True])
def test_an_article_is_found_by_its_url_and_its_file(
    corpus: Archive, client: FlaskClient, encoded: bool
) -> None:
    article = next(hit.article for hit in corpus.search("ferry", origin="file") if hit.article.url)
    assert article.url
    assert "/" in corpus.file(article)
    for name in (article.url, corpus.file(article)):
        key = quote(name, safe="" if encoded else "/:")
        assert client.get(f"/api/v1/article/{key}").json["id"] == article.id
        assert client.get(f"/api/v1/related/{key}?size=2").json["id"] == article.id
        assert client.get(f"/api/v1/story/{key}").json["id"] == article.id
        page = client.get(f"/article/{key}")
        assert (page.status_code, page.headers["Location"]) == (301, f"/article/{article.id}")
    wrong = client.get("/api/v1/article/https://nowhere.example/x").json["error"]
    assert wrong["message"].startswith("there is no article 'https://nowhere.example/x'")


def test_no_key_tells_where_the_server_runs(corpus: Archive, client: FlaskClient) -> None:
    file = corpus.file(next(iter(corpus.search("ferry", origin="file"))).article)
    here = Path.cwd()
    inside = REPOSITORY / "corpus" / file
    climbing = os.path.relpath(inside, here.parent)
    assert (here / ".." / climbing).exists()
    for address in ("/api/v1/article", "/article"):
        assert client.get(f"{address}/../{climbing}").status_code == 404


def test_a_damaged_index_is_told(settings: Settings) -> None:
    failure = IndexDamagedError("a file is cut short", where="seg.col", cure="Run `backfile index --full`.")
    client = create_app(settings, failing_archive(settings, failure)).test_client()
    body = client.get("/api/v1/search").json["error"]
    assert (body["code"], body["status"]) == ("index_damaged", 503)
    assert "<code>backfile index --full</code>" in client.get("/").text


@pytest.mark.parametrize("failure", [unreadable("index"), BusyError("it is overloaded", cure="Try again.")])
def test_what_building_an_index_does_not_repair_names_no_command(
    settings: Settings, failure: BackfileError
) -> None:
    client = create_app(settings, failing_archive(settings, failure)).test_client()
    assert client.get("/api/v1/search").json["error"]["code"] == failure.code
    page = client.get("/")
    assert page.status_code == 503
    assert failure.cure in page.text
    assert "backfile index" not in page.text


@pytest.mark.parametrize("method", ["open", "find", "page", "facet", "articles"])
def test_a_source_that_cannot_be_reached_is_told(settings: Settings, method: str) -> None:
    failure = SourceUnavailableError(
        "the search server does not answer", where="10.0.0.7:9200", cure="Try again in a minute."
    )
    client = create_app(settings, failing_archive(settings, failure, method)).test_client()
    for address in ("/api/v1/search?q=title", "/search?q=title"):
        response = client.get(address)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert "10.0.0.7" not in response.text
    body = client.get("/api/v1/search?q=title").json["error"]
    assert body == {
        "code": "source_unavailable",
        "message": "the search server does not answer. Try again in a minute.",
        "status": 503,
    }
    page = Page(client.get("/search?q=title").text)
    assert page.faults == []
    assert any("The search server does not answer" in text for text in page.text_of("p"))
    assert "/search?q=title" in page.links()
    assert "backfile index" not in page.text_of("code")


@pytest.mark.parametrize(
    "address", ["timeline?q=title", "overview?q=title", "compare?by=query&a=title&b=none"]
)
def test_any_source_answers_over_time(settings: Settings, address: str) -> None:
    archive = fake_archive(settings, Article("a", "A title"), Article("b", "Another title"))
    client = create_app(settings, archive).test_client()
    assert client.get(f"/{address}").status_code == 200
    assert client.get(f"/api/v1/{address}").status_code == 200


def test_every_address_is_documented(corpus_app: Flask) -> None:
    routes = {rule.rule for rule in corpus_app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert routes == {endpoint.rule for endpoint in ENDPOINTS}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.below)
def test_an_address_takes_what_the_table_says_and_nothing_else(
    client: FlaskClient, corpus: Archive, endpoint: Endpoint
) -> None:
    key = next(iter(corpus.search(size=1))).article.id
    path = endpoint.path.replace("{id}", key).replace("{name}", "topic")
    assert client.get(endpoint.example.replace("{id}", key)).status_code == 200
    names = {*NAMES, "interval", "kind", "by", "a", "title", "url", "utm_source", ""}
    for name in names | endpoint.parameters.keys():
        answer = client.get(path, query_string={name: ""})
        assert (f"unknown parameter '{name}'" in answer.text) == (name not in endpoint.parameters), name
        answer = client.options(path, query_string={name: ""})
        assert answer.status_code == 200


def test_what_an_address_does_not_take_is_refused_with_what_is_meant(client: FlaskClient) -> None:
    error = client.get("/api/v1/search?topics=AI").json["error"]
    assert error["message"] == "unknown parameter 'topics'. Did you mean 'topic'?"
    error = client.get("/api/v1/stats?x=1").json["error"]
    assert error["message"] == "unknown parameter 'x'. Choose from: format."


def test_lists_have_the_fields_that_are_wanted(client: FlaskClient) -> None:
    def articles(address: str) -> list[dict[str, object]]:
        data = client.get(address).json
        lists = [*data.get("hits", ()), *data.get("related", ()), *data.get("mentioned_by", ())]
        return [each["article"] for each in lists] + [c for each in lists for c in each.get("copies", ())]

    key = client.get("/api/v1/search?q=has:related&size=1").json["hits"][0]["article"]["id"]
    for path in ("/api/v1/search?q=ferry", f"/api/v1/related/{key}?", "/api/v1/related?title=The+ferry"):
        usual = articles(path)
        assert usual
        for article in usual:
            assert tuple(article) == tuple(name for name in ARTICLE_FIELDS if name != "related")
        for wanted in ("title,url", "related", " url , title,", ",".join(ARTICLE_FIELDS), "title&fields=url"):
            names = {name.strip() for name in wanted.replace("&fields=", ",").split(",")} - {""}
            chosen = articles(f"{path}&fields={wanted}")
            assert [set(article) for article in chosen] == [names] * len(usual)
            for article, whole in zip(chosen, usual, strict=True):
                assert all(article[name] == whole[name] for name in names - {"related"})
        refused = client.get(f"{path}&fields=title,ulr")
        assert refused.status_code == 400
        assert refused.json["error"]["message"] == "an article has no field 'ulr'. Did you mean 'url'?"
    related = client.get("/api/v1/search?q=has:related&fields=id,related&size=1").json
    assert related["hits"][0]["article"]["related"] == client.get(f"/api/v1/article/{key}").json["related"]


def test_health(client: FlaskClient) -> None:
    assert client.get("/readyz").json["status"] == "ok"


def test_where_the_archive_lies_on_the_server_is_not_told(client: FlaskClient) -> None:
    told = client.get("/api/v1/stats").get_json()["archive"]
    assert told
    assert "/" not in told


def test_stories(client: FlaskClient) -> None:
    data = client.get("/api/v1/search?q=wildfire+heath&collapse=1").json
    assert data["counts"] == "stories"
    (hit,) = [hit for hit in data["hits"] if hit["story"]["articles"] == 4]
    key = hit["article"]["id"]
    assert client.get(f"/api/v1/story/{key}").json == hit["story"]
    assert set(hit["story"]) == {"id", "title", "articles", "other_outlets", "members"}
    assert client.get("/api/v1/search?q=wildfire+heath").json["counts"] == "articles"
    assert client.get("/api/v1/story/nosuch").status_code == 404
