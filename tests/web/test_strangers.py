"""Titles, excerpts, names and addresses come from strangers; so do the addresses of the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, Article, load_settings
from indexer.article import Image, Provider
from indexer.config import Settings
from indexer.errors import NotFoundError
from search_web import create_app
from search_web import formatting as filters
from search_web.address import MAX_ADDRESS, MAX_TEXT
from tests.sources.articles import generation_of
from tests.web.fake import FindsAll, archive_over, fake_archive
from tests.web.page import Page

SCRIPT = "<script>alert(1)</script>"
QUOTES = "\"><img src=x onerror=alert(1)> '`&amp;"
HOSTILE = Article(
    id="hostile",
    title=SCRIPT,
    url="javascript:alert(1)",
    excerpt=QUOTES + SCRIPT,
    body=f"{SCRIPT}\n\n{QUOTES}",
    published_at=datetime(2020, 6, 25, tzinfo=UTC),
    provider=Provider(f"Quote {QUOTES}", "evil\"'><b>.example"),
    authors=(SCRIPT,),
    topics=(QUOTES, "a&b=c#d?e+f%00", "none"),
    tags=("\x00\x1b\ud800", "{{ 7 * 7 }}"),
    category=SCRIPT,
    type=QUOTES,
    images=(
        Image("javascript:alert(2)"),
        Image('https://x.example/"onerror=alert(1)'),
        Image("data:text/html,x"),
    ),
)
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def hostile_archive(settings: Settings) -> Archive:
    return archive_over(settings, FindsAll(settings, generation_of([HOSTILE])))


@pytest.fixture
def hostile(settings: Settings) -> FlaskClient:
    return create_app(settings, hostile_archive(settings)).test_client()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search?q=" + quote(QUOTES + SCRIPT),
        "/search?explain=1&topic=" + quote(QUOTES),
        "/article/hostile",
    ],
)
def test_nothing_of_a_stranger_is_markup(hostile: FlaskClient, address: str) -> None:
    response = hostile.get(address)
    assert response.status_code == 200
    page = Page(response.text)
    assert page.faults == []
    assert not page.all("b")
    assert not page.all("img")
    assert all(script.get("src", "").startswith("/static/") for script in page.scripts())
    assert "{{ 7 * 7 }}" not in response.text or "49" not in re.sub(r"\?v=\w+", "", response.text)
    for link in page.links():
        assert link.startswith(("/", "#")), link
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)


def test_links_of_strange_values_lead_back_to_them(hostile: FlaskClient) -> None:
    link = next(link for link in Page(hostile.get("/search").text).links() if "a%26b%3Dc" in link)
    assert "a&b=c#d?e+f%00" in Page(hostile.get(link).text).text_of("h1")[0]


def test_the_api_gives_the_text_as_it_is(hostile: FlaskClient) -> None:
    response = hostile.get("/api/v1/article/hostile")
    assert response.mimetype == "application/json"
    assert response.json["title"] == SCRIPT


@pytest.mark.parametrize(
    "address",
    ["/", "/search?page=0", "/nowhere", "/article/none", "/help", "/about", "/api/v1/search", "/api/v1/search?x=1",
     "/api/nowhere", "/healthz", "/readyz", "/static/backfile.css", "/static/nowhere.css", "/?q=redirected"],
)  # fmt: skip
def test_every_response_has_the_safe_headers(client: FlaskClient, address: str) -> None:
    for response in (client.get(address), client.post(address)):
        for name, value in SAFE_HEADERS.items():
            assert response.headers[name] == value
        policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
        assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in response.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in response.headers
        response.close()


@pytest.mark.parametrize(
    "value",
    ["%00", "%ED%A0%80", "%FF%FE", "%E2%80%AE", "x" * 3999, "%0D%0ASet-Cookie:x", "(" * 900, '"' * 901, "*"],
)
@pytest.mark.parametrize("name", ["q", "topic", "date", "cursor", "after", "sort", "page", "utm_x"])
def test_no_address_breaks_the_page(client: FlaskClient, name: str, value: str) -> None:
    for path in ("/search", "/api/v1/search"):
        response = client.get(f"{path}?{name}={value}")
        assert response.status_code in (200, 400)
        assert "Set-Cookie" not in response.headers


def test_no_path_breaks_the_page(client: FlaskClient) -> None:
    for path in (
        "/article/%00",
        "/article/%ED%A0%80",
        "/article/" + "x" * 5000,
        "/%2e%2e/etc",
        "/static/../app.py",
    ):
        assert client.get(path).status_code == 404


_SETTINGS = load_settings(Path(__file__).parents[2] / "config.toml")
_FUZZED = create_app(_SETTINGS, hostile_archive(_SETTINGS))


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_searched(query: str, topic: str) -> None:
    response = _FUZZED.test_client().get(
        "/search", query_string={"q": filters_encodable(query), "topic": filters_encodable(topic)}
    )
    assert response.status_code == 200
    assert Page(response.text).faults == []


def filters_encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://bbc.com/news?a=1&b=2", True),
        ("HTTP://bbc.com", True),
        ("https://münchen.example/ä", True),
        ("https://x.example/o'brien", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//bbc.com/x", False),
        ("/local", False),
        ("https:", False),
        ("https://", False),
        ("https:///path", False),
        ("https://[::1", False),
        ("https://a b.example", False),
        ("https://a\\b.example", False),
        ("https://bbc.com\\@evil.example", False),
        ("https://bbc.com@evil.example/news", False),
        ("https://user:secret@bbc.com", False),
        ("https://bbc.com/@user", True),
        ("https://bbc.com:99999/", False),
        ("https://bbc.com:x/", False),
        ("https://bbc.com/\u202emoc.live", False),
        ("https://bbc\u200b.com/", False),
        ('https://a"b.example', False),
        ("https://a.example/<b>", False),
        ("https://a.example/`", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_links(url: str | None, safe: bool) -> None:
    assert bool(filters.safe_url(url)) is safe


def test_an_apostrophe_in_an_address_stays_within_it(settings: Settings) -> None:
    url = "https://x.example/o'onclick='alert(1)"
    article = Article("a", "T", url=url, images=(Image(url),))
    client = create_app(settings, fake_archive(settings, article)).test_client()
    for address in ("/search", "/article/a"):
        page = Page(client.get(address).text)
        assert url in page.links()
        assert page.all("img")[0]["src"] == url
        assert not any(name.startswith("on") for _, given in page.tags for name in given)


def test_outbound_links_tell_nothing(settings: Settings) -> None:
    article = Article("a", "T", url="https://bbc.com/x")
    client = create_app(settings, fake_archive(settings, article)).test_client()
    for address in ("/search", "/article/a"):
        answer = client.get(address)
        links = [given for given in Page(answer.text).all("a") if given["href"].startswith("http")]
        assert links
        assert not any("target" in given for given in links)  # nobody is handed the window
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_failure_repeats_a_strangers_word_escaped(client: FlaskClient) -> None:
    page = Page(client.get("/search?sort=" + quote(SCRIPT)).text)
    assert page.faults == []
    assert all(script["src"].startswith("/static/") for script in page.scripts())
    assert NotFoundError.http_status == client.get("/article/" + quote(SCRIPT, safe="")).status_code


def test_an_address_of_a_page_is_as_long_as_its_links_may_repeat(client: FlaskClient) -> None:
    query = "q=the+" + "x" * 3_900 + "&utm_source="
    longest = query + "y" * (MAX_ADDRESS - len(query))
    page = client.get(f"/search?{longest}")
    assert page.status_code == 200
    assert len(page.data) < 300_000
    refused = client.get(f"/search?{longest}y")
    assert refused.status_code == 400
    assert "8,000 characters" in refused.text
    assert client.get("/api/v1/search?q=" + "x" * MAX_TEXT).status_code == 200


def test_a_long_query_is_not_repeated_by_each_bar(client: FlaskClient) -> None:
    words = "the OR port OR " + " OR ".join(f"harbour{number}" for number in range(60))
    html = client.get("/search", query_string={"q": words}).text
    assert '<a href="/search' not in html[html.index("<svg") : html.index("</svg>")]
    assert '<g class="bar"><title>June 2020: ' in html  # a script follows a click on it
    dates = re.findall(r'<a href="(/facet/date[^"]+)">Dates as a list', html)[0]
    assert 'name="date" value="2020-06"' in client.get(unescape(dates)).text
    assert len(html) < 150_000
