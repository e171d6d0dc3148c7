"""What stands around the answers of the API: what a reader already has, and which sites may ask."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import reindex
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.errors import ConfigError
from search_web import create_app
from search_web.reference.endpoints import ENDPOINTS
from tests.archives import settings_for, write

HERE = "https://news.example"


def _addresses(client: FlaskClient) -> list[str]:
    key = client.get("/api/v1/search?size=1").json["hits"][0]["article"]["id"]
    return [endpoint.example.replace("{id}", key) for endpoint in ENDPOINTS]


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path)
    for number in range(4):
        url = f"https://paper.example/{number}"
        write(settings.archive.path, f"{number}.md", title=f"Ferry {number}", url=url, date="2020-06-24")
    reindex(settings)
    return settings


def test_who_has_an_answer_is_not_sent_it_again(client: FlaskClient) -> None:
    for address in _addresses(client):
        first = client.get(address)
        assert first.status_code == 200, address
        assert first.headers["Cache-Control"] == "no-cache"
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), address
        assert again.headers["ETag"] == first.headers["ETag"]
        assert client.get(address, headers={"If-None-Match": '"other"'}).data == first.data
    tags = {
        client.get(f"/api/v1/search?q=ferry{more}").headers["ETag"] for more in ("", "&size=2", "&page=2")
    }
    assert len(tags) == 3


@pytest.mark.parametrize("page", ["search", "search/live", "api/v1/search"])
def test_who_has_any_answer_is_not_sent_it_but_learns_what_is_wrong(client: FlaskClient, page: str) -> None:
    any_answer = {"If-None-Match": "*"}
    assert client.get(f"/{page}?q=ferry", headers=any_answer).status_code == 304
    assert client.get(f"/{page}?q=ferry&after=nonsense", headers=any_answer).status_code == 400


def test_an_answer_is_another_one_where_the_archive_or_the_settings_are(small: Settings) -> None:
    app = create_app(small)
    client, address = app.test_client(), "/api/v1/search?q=ferry"
    first = client.get(address)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    write(small.archive.path, "new.md", title="Ferry new", url="https://paper.example/new", date="2020-06-25")
    reindex(small)
    changed = client.get(address, headers=known)
    assert (changed.status_code, changed.json["total"]) == (200, 5)
    app.extensions["backfile"].close()
    wider = dataclasses.replace(small, search=dataclasses.replace(small.search, snippet_length=100))
    other = create_app(wider)
    assert other.test_client().get(address).headers["ETag"] != changed.headers["ETag"]
    other.extensions["backfile"].close()


def test_what_failed_or_was_cut_short_is_not_stored(small: Settings) -> None:
    limited = dataclasses.replace(small, search=dataclasses.replace(small.search, work_limit=1))
    app = create_app(limited)
    client = app.test_client()
    cut = client.get("/api/v1/search?q=ferry+OR+pier")
    assert cut.json["timed_out"]
    for answer in (cut, client.get("/api/v1/search?page=0"), client.get("/api/v1/article/none")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert not {"ETag", "Last-Modified"} & set(answer.headers.keys())
    app.extensions["backfile"].close()


@pytest.fixture
def shared(small: Settings) -> Iterator[FlaskClient]:
    """A server whose API the pages of two sites may ask."""
    web = dataclasses.replace(small.web, cors_origins=(HERE, "http://localhost:3000"))
    app = create_app(dataclasses.replace(small, web=web))
    yield app.test_client()
    app.extensions["backfile"].close()


ALLOW, EXPOSE = "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/search?q=ferry", 200), ("/api/v1/export?q=ferry&format=csv", 200), ("/api/v1/openapi.json", 200),
        ("/api/v1/search?page=0", 400), ("/api/v1/article/none", 404), ("/api/v1/nowhere", 404),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_site_of_the_settings_reads_answers_and_failures(
    shared: FlaskClient, address: str, status: int, method: str
) -> None:
    answer = shared.open(address, method=method, headers={"Origin": HERE})
    assert (answer.status_code, answer.headers[ALLOW]) == (status, HERE)
    assert "Origin" in answer.vary
    assert "ETag" in answer.headers[EXPOSE]
    assert "Retry-After" in answer.headers[EXPOSE]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    for other in (
        "https://other.example",
        "http://news.example",
        f"{HERE}:8443",
        "null",
        f"{HERE}.evil.example",
    ):
        refused = shared.open(address, method=method, headers={"Origin": other})
        assert refused.status_code == status
        assert not [name for name, _ in refused.headers if name.startswith("Access-Control")]
        assert "Origin" in refused.vary
    alone = shared.open(address, method=method)
    assert ALLOW not in alone.headers
    assert "Origin" in alone.vary


def test_a_site_may_ask_whether_there_is_another_answer(shared: FlaskClient) -> None:
    first = shared.get("/api/v1/search?q=ferry", headers={"Origin": HERE})
    again = shared.get(
        "/api/v1/search?q=ferry", headers={"Origin": HERE, "If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.headers[ALLOW]) == (304, HERE)
    assert "Origin" in again.vary


def test_a_browser_asks_first_where_it_sends_more_than_usual(shared: FlaskClient) -> None:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    for address in ("/api/v1/search?q=ferry", "/api/v1/article/https://paper.example/1", "/api/v1/export"):
        answer = shared.options(address, headers={"Origin": "http://localhost:3000", **asked})
        assert (answer.status_code, answer.headers[ALLOW]) == (200, "http://localhost:3000")
        assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert answer.headers["Access-Control-Allow-Headers"] == "*"
        assert int(answer.headers["Access-Control-Max-Age"]) > 0
        refused = shared.options(address, headers={"Origin": "https://other.example", **asked})
        assert not [name for name, _ in refused.headers if name.startswith("Access-Control")]


def test_pages_are_for_no_other_site(shared: FlaskClient, client: FlaskClient) -> None:
    for address in ("/", "/search?q=ferry", "/api", "/healthz"):
        answer = shared.get(address, headers={"Origin": HERE})
        assert ALLOW not in answer.headers
    # Where the settings name no site, nothing depends on who asks.
    plain = client.get("/api/v1/search?q=ferry", headers={"Origin": HERE})
    assert ALLOW not in plain.headers
    assert "Origin" not in plain.vary


@pytest.mark.parametrize(
    "entry",
    [
        "*", "", "null", "news.example", "https://news.example/", "https://news.example/path", "https://",
        "https://a.example, https://b.example", "https://*.news.example", "https://user@news.example",
        "//news.example", "https://news.example:port", "https://news.example?x=1", "https://zeitung-über.example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused_in_a_sentence(tmp_path: Path, entry: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'[web]\ncors_origins = ["https://a.example", "{entry}"]\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert f"has {entry!r}, which is not an origin: a scheme and a host, perhaps a port" in str(caught.value)
    assert "web.cors_origins" in str(caught.value)
    assert "such as https://news.example" in str(caught.value)


def test_origins_are_as_browsers_write_them(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    given = ["HTTPS://News.example:443", "http://a.example:80", "https://b.example:80", "http://[::1]:3000"]
    file.write_text(f"[web]\ncors_origins = {given!r}\n", encoding="utf-8")
    assert load_settings(file).web.cors_origins == (
        "https://news.example", "http://a.example", "https://b.example:80", "http://[::1]:3000",
    )  # fmt: skip
    assert not load_settings(None).web.cors_origins
