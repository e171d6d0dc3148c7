"""Exports and references over HTTP: the search they are of, conditional requests, what cannot be had."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient

from indexer import load_settings, open_archive, reindex
from indexer.config import Settings
from indexer.errors import BusyError, ConfigError
from indexer.formats import CITATIONS, EXPORTS, FEEDS, FORMATS
from indexer.query.answers.export import Place
from search_web import create_app, exports
from search_web.exports import MAX_AT_ONCE, SLOTS
from tests.archives import settings_for, write
from tests.exports.readers import READERS

EXPORT = "/api/v1/export"


@pytest.fixture
def client(corpus_app: Flask) -> FlaskClient:
    return corpus_app.test_client()


def ids_of(client: FlaskClient, search: str) -> list[str]:
    """Return the ids that the pages of a search have, by the API."""
    ids: list[str] = []
    address = f"/api/v1/search?size=50&{search}"
    cursor = ""
    while True:
        answer = client.get(f"{address}&cursor={cursor}" if cursor else address).json
        ids += [hit["article"]["id"] for hit in answer["hits"]]
        cursor = answer["next_cursor"]
        if not cursor:
            return ids


@pytest.mark.parametrize(
    "search", ["", "q=the&topic=Transport", "q=ferry+strike", "q=the&sort=oldest&after=2020"]
)
@pytest.mark.parametrize("name", sorted(set(EXPORTS) - set(FEEDS) - {"text"}))
def test_an_export_is_the_search(client: FlaskClient, name: str, search: str) -> None:
    answer = client.get(f"{EXPORT}?{search}&format={name}")
    assert answer.status_code == 200
    assert answer.content_type.split(";")[0] == FORMATS[name].media_type
    ids = [one["id"] for one in READERS[name](answer.text)]
    assert ids == ids_of(client, search)
    assert answer.headers["Backfile-Count"] == str(len(ids))
    assert answer.headers["Backfile-Generation"] == str(client.get("/api/v1/stats").json["generation"])
    file = re.fullmatch(
        r'attachment; filename="([a-z0-9-]+)-generation-\d+\.(\w+)"', answer.headers["Content-Disposition"]
    )
    assert file
    assert file[2] == FORMATS[name].ending


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("search", ["", "q=the&topic=Transport", "q=ferry+strike&match=any"])
def test_a_feed_and_its_next_pages_are_the_search_newest_first(
    client: FlaskClient, name: str, search: str
) -> None:
    ids: list[str] = []
    address: str | None = f"{EXPORT}?{search}&format={name}&size=20"
    while address:
        answer = client.get(address)
        assert "Content-Disposition" not in answer.headers
        page = [one["id"] for one in READERS[name](answer.text)]
        assert len(page) <= 20
        ids += page
        address = _next_of(name, answer.text)
    assert ids == ids_of(client, f"{search}&sort=newest")


@pytest.mark.parametrize("address", [f"{EXPORT}?format=ndjson", "/api/v1/cite?format=csl"])
def test_the_address_of_a_page_of_results_is_that_of_all_of_it(client: FlaskClient, address: str) -> None:
    plain = client.get(f"{address}&q=the&after=2020-05-31&before=2020-09-01")
    of_page = client.get(
        f"{address}&q=the&from=2020-06&to=2020-08-31&page=2&size=5&cursor=x&facet_size=3&compact=1&explain=1"
    )
    assert of_page.status_code == 200
    assert of_page.data == plain.data
    assert plain.data.count(b"\n") > 1


def _next_of(name: str, text: str) -> str | None:
    if name == "jsonfeed":
        feed: dict[str, str] = json.loads(text)
        return feed.get("next_url")
    links = {link["rel"]: link["href"] for link in feedparser.parse(text.encode()).feed.links}
    return links.get("next")


def test_a_feed_says_where_it_is_and_what_it_is_of(client: FlaskClient) -> None:
    feed = feedparser.parse(client.get(f"{EXPORT}?q=ferry&topic=Transport&format=atom&size=2").data)
    links = {link["rel"]: link["href"] for link in feed.feed.links}
    assert links["self"] == "http://localhost/api/v1/export?q=ferry&topic=Transport&size=2&format=atom"
    assert links["alternate"] == "http://localhost/search?q=ferry&topic=Transport"
    assert feed.feed.title == "Backfile: “ferry” (topic: Transport)"
    entry = feed.entries[0]
    assert client.get(urlsplit(entry.link).path).status_code == 200
    original = next(link["href"] for link in entry.links if link["rel"] == "via")
    assert client.get(f"/api/v1/article/{entry.id.rpartition(':')[2]}").json["url"] == original
    other = json.loads(client.get(f"{EXPORT}?q=ferry&topic=Transport&format=jsonfeed").data)
    assert [one["id"] for one in other["items"]][:2] == [one.id for one in feed.entries]
    assert other["items"][0]["external_url"] == original


def test_ids_outlive_texts_and_addresses_of_the_site(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "a.md", title="A ferry", url="https://a.example/1", date="2020-01-01")
    reindex(settings)

    def read(**web: Any) -> Any:
        given = dataclasses.replace(settings, web=dataclasses.replace(settings.web, **web))
        feed = feedparser.parse(create_app(given).test_client().get(f"{EXPORT}?format=atom").data)
        return feed.feed.id, feed.entries[0].id, feed.entries[0].title, feed.entries[0].link

    first = read()
    write(settings.archive.path, "a.md", title="Another title", url="https://a.example/1", date="2020-01-02")
    reindex(settings)
    second = read(base_url="https://news.example", prefix="/archive")
    assert first[:2] == second[:2]
    assert second[2:] == (
        "Another title",
        f"https://news.example/archive/article/{second[1].rpartition(':')[2]}",
    )


@pytest.mark.parametrize("name", EXPORTS)
def test_what_is_known_is_not_sent_again(tmp_path: Path, name: str) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "a.md", title="A ferry", date="2020-01-01")
    reindex(settings)
    address = f"{EXPORT}?q=ferry&format={name}"
    app = create_app(settings)
    first = app.test_client().get(address)
    known = [
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": first.headers["ETag"], "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ]
    for headers in known:
        answer = app.test_client().get(address, headers=headers)
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == first.headers["ETag"]
    # A date alone would not tell of new settings, which change what is said of the site.
    for other in ({"If-None-Match": '"other"'}, {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"}):
        assert app.test_client().get(address, headers=other).status_code == 200
    named = dataclasses.replace(settings, web=dataclasses.replace(settings.web, title="Another name"))
    answer = create_app(named).test_client().get(address, headers=known[0])
    assert answer.status_code == 200
    write(settings.archive.path, "b.md", title="Another ferry", date="2020-01-01")
    reindex(settings)
    app.extensions["backfile"].close()
    answer = app.test_client().get(address, headers=known[0])
    assert answer.status_code == 200
    assert len(READERS[name](answer.text)) == 2


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("export?format=cvs", "'format' cannot be 'cvs'. Did you mean 'csv'?"),
        ("export?format=csv&fields=title", "unknown parameter 'fields'."),
        ("export?from=2020&after=2020", "'after' and 'from' are both given"),
        ("export?format=csv&topics=Rail", "unknown parameter 'topics'. Did you mean 'topic'?"),
        (
            "export?format=atom&sort=relevance",
            "a feed cannot be sorted by 'relevance'. It has the newest first",
        ),
        ("export?format=atom&size=101", "'size'"),
        ("export?format=atom&cursor=x", "the cursor cannot be read"),
        ("export?date=yesterday-ish", "'yesterday-ish' is not a date"),
        ("cite?format=csv", "'format' cannot be 'csv'"),
        ("cite?format=csl&since=1", "unknown parameter 'since'"),
        ("cite/nowhere", "there is no article 'nowhere'"),
        ("cite/nowhere?q=ferry", "unknown parameter 'q'. Choose from: format."),
    ],
)
def test_what_cannot_be_exported_is_refused_in_a_sentence(
    client: FlaskClient, address: str, says: str
) -> None:
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code in (400, 404)
    assert says in answer.json["error"]["message"]


def test_a_search_that_meets_its_limit_is_not_exported_in_part(corpus_app: Flask) -> None:
    settings: Settings = corpus_app.config["BACKFILE"]
    search = dataclasses.replace(settings.search, work_limit=10)
    answer = create_app(dataclasses.replace(settings, search=search)).test_client().get(f"{EXPORT}?q=the")
    assert answer.status_code == 400
    assert "an export has all of it or nothing. Narrow the search" in answer.json["error"]["message"]
    assert answer.headers["Cache-Control"] == "no-store"


# --- what is too large to be sent at once -------------------------------------------------------


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Of 600 articles of 4 kB each, the settings."""
    settings = settings_for(tmp_path_factory.mktemp("large"))
    for number in range(600):
        write(
            settings.archive.path,
            f"{number}.md",
            "The body. " * 400,
            title=f"ferry {number}",
            date="2020-01-01",
        )
    reindex(settings)
    return settings


def test_a_large_export_is_written_while_it_is_read(large: Settings) -> None:
    app = create_app(large)
    slots = app.extensions[SLOTS]
    answer = app.test_client().get(f"{EXPORT}?format=ndjson", buffered=False)
    assert answer.is_streamed
    assert "Content-Length" not in answer.headers
    assert answer.headers["ETag"]
    busy = app.test_client().get(f"{EXPORT}?format=ndjson")
    assert (busy.status_code, busy.json["error"]["code"]) == (503, "busy")
    assert busy.headers["Retry-After"] == "10"
    assert app.test_client().get(f"{EXPORT}?format=csv&q=title:7").status_code == 200  # it is small
    assert len(READERS["ndjson"](answer.text)) == 600
    answer.close()
    assert slots.acquire(blocking=False)
    slots.release()
    head = app.test_client().head(f"{EXPORT}?format=ndjson")
    assert (head.status_code, head.headers["Backfile-Count"]) == (200, "600")
    assert slots.acquire(blocking=False)


@pytest.mark.parametrize("coding", ["zstd", "gzip"])
def test_a_large_export_is_compressed_while_it_is_read(large: Settings, coding: str) -> None:
    app = create_app(large)
    plain = app.test_client().get(f"{EXPORT}?format=json", buffered=True).data
    answer = app.test_client().get(
        f"{EXPORT}?format=json", headers={"Accept-Encoding": coding}, buffered=True
    )
    assert answer.headers["Content-Encoding"] == coding
    data = answer.data
    read = (
        gzip.decompress(data)
        if coding == "gzip"
        else zstandard.ZstdDecompressor().decompressobj().decompress(data)
    )
    assert read == plain
    assert len(plain) > MAX_AT_ONCE * 64_000
    assert len(data) < len(plain) / 10
    assert app.extensions[SLOTS].acquire(blocking=False)


def test_what_is_sent_in_pieces_waits_for_a_slot(settings: Settings) -> None:
    app = create_app(settings)
    while app.extensions[SLOTS].acquire(blocking=False):
        pass
    pieces = [b"piece"] * (MAX_AT_ONCE + 1)
    with app.test_request_context(EXPORT), pytest.raises(BusyError, match="too many exports"):
        exports._sent(iter(pieces))
    with app.test_request_context(EXPORT):
        assert exports._sent(iter(pieces[:2])).data == b"piecepiece"  # a small one needs none


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (RuntimeError("secret path"), "there was an error on our side"),
        (ConfigError("a reason", where="here"), "a reason"),
    ],
)
def test_an_export_that_breaks_off_says_so(
    large: Settings, monkeypatch: pytest.MonkeyPatch, failure: Exception, why: str
) -> None:
    app = create_app(large)
    described = "indexer.query.answers.export.Place.described"
    whole, count = Place.described, 0

    def breaking(*given: Any) -> Any:
        nonlocal count
        count += 1
        if count == 550:
            raise failure
        return whole(*given)

    monkeypatch.setattr(described, breaking)
    text = app.test_client().get(f"{EXPORT}?format=ndjson", buffered=True).text
    assert text.endswith(f"\n\nThis export broke off and is not complete: {why}.\n")
    assert "secret path" not in text
    with pytest.raises(json.JSONDecodeError):
        READERS["ndjson"](text)
    assert app.extensions[SLOTS].acquire(blocking=False)


def test_a_reader_may_not_take_for_ever(large: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_web.exports.MAX_SECONDS", -1)
    text = create_app(large).test_client().get(f"{EXPORT}?format=ndjson").text
    assert "not complete: it was not taken in -1 seconds" in text


# --- references ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CITATIONS)
def test_an_article_is_cited(client: FlaskClient, name: str) -> None:
    article = client.get("/api/v1/search?q=marisol").json["hits"][0]["article"]
    answer = client.get(f"/api/v1/cite/{article['id']}?format={name}")
    assert answer.content_type.split(";")[0] == FORMATS[name].media_type
    text = f"all\n\n{answer.text}" if name == "text" else answer.text
    (read,) = READERS[name](text)
    assert read == {key: article[key] for key in read}


def test_a_search_is_cited_with_query_filters_total_generation_and_date(client: FlaskClient) -> None:
    search = client.get("/api/v1/search?q=ferry&topic=Transport&after=2020").json
    stats = client.get("/api/v1/stats").json
    made = stats["indexed_at"][:10]
    cited = client.get("/api/v1/cite?q=ferry&topic=Transport&after=2020").text
    address = (
        f"http://localhost/search?q=ferry&topic=Transport&after=2020&since_generation={stats['generation']}"
    )
    assert "Backfile. Search for “ferry” (topic: Transport; after: 2020). " in cited
    assert f"{search['total']} articles; generation {stats['generation']} of the archive, made on " in cited
    assert f" {address} (accessed " in cited
    assert client.get(address.removeprefix("http://localhost")).status_code == 200
    (csl,) = client.get("/api/v1/cite?q=ferry&topic=Transport&after=2020&format=csl").json
    assert csl["URL"] == address
    assert csl["issued"]["date-parts"][0] == [int(part) for part in made.split("-")]
    assert f"generation {stats['generation']}" in csl["note"]
    (bibtex,) = READERS["bibtex"](
        client.get("/api/v1/cite?q=ferry&topic=Transport&after=2020&format=bibtex").text
    )
    assert (bibtex["title"], bibtex["url"], bibtex["day"]) == (csl["title"], address, made)


# --- where the site is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("web", "headers", "base"),
    [
        ({}, {"Host": "news.example"}, "http://news.example"),
        ({"prefix": "/archive"}, {"Host": "news.example"}, "http://news.example/archive"),
        ({}, {"Host": "news.example", "X-Forwarded-Proto": "https"}, "http://news.example"),
        ({"trusted_hops": 1}, {"Host": "news.example", "X-Forwarded-Proto": "https"}, "https://news.example"),
        ({"base_url": "https://a.example:8443"}, {"Host": "evil.example"}, "https://a.example:8443"),
        ({"base_url": "https://a.example", "prefix": "/x"}, {"Host": "evil.example"}, "https://a.example/x"),
    ],
)
def test_addresses_are_those_of_the_settings_or_of_the_request(
    corpus_app: Flask, web: dict[str, Any], headers: dict[str, str], base: str
) -> None:
    settings: Settings = corpus_app.config["BACKFILE"]
    app = create_app(dataclasses.replace(settings, web=dataclasses.replace(settings.web, **web)))
    feed = feedparser.parse(app.test_client().get(f"{EXPORT}?q=ferry&format=atom", headers=headers).data)
    links = [link["href"] for link in feed.feed.links]
    links += [link["href"] for entry in feed.entries for link in entry.links if link["rel"] == "alternate"]
    assert len(links) > 5
    assert all(link.startswith((f"{base}/search?", f"{base}/api/", f"{base}/article/")) for link in links)


@pytest.mark.parametrize(
    "value", ["news.example", "https://news.example/", "https://news.example/a", "ftp://a", "https://a@b"]
)
def test_a_base_address_is_a_scheme_and_a_host(tmp_path: Path, value: str) -> None:
    (tmp_path / "config.toml").write_text(f'[web]\nbase_url = "{value}"\n')
    with pytest.raises(ConfigError, match="must be a scheme and a host"):
        load_settings(tmp_path / "config.toml")


def test_the_module_exports_what_the_address_does(corpus_app: Flask, client: FlaskClient) -> None:
    with open_archive(corpus_app.config["BACKFILE"]) as archive:
        ids = [hit.id for hit in archive.export("ferry").hits()]
    assert ids == [one["id"] for one in client.get(f"{EXPORT}?q=ferry").json["articles"]]
