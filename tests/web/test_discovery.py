"""What pages and addresses say to other programs: crawlers, browsers, readers of feeds and of JSON-LD."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from indexer.article import Article, Provider
from search_web import create_app
from search_web.views import meta
from tests.archives import drawn, settings_for
from tests.web.page import Page

SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
SCHEMA = "https://schema.org/"


def without_network(address: str, _: dict[str, Any]) -> dict[str, Any]:
    """The loader of contexts: that of schema.org, as far as it is needed here, and nothing else."""
    assert address == "https://schema.org"
    links = {name: {"@id": f"{SCHEMA}{name}", "@type": "@id"} for name in ("url", "image", "isBasedOn")}
    date = {"datePublished": {"@id": f"{SCHEMA}datePublished", "@type": f"{SCHEMA}DateTime"}}
    context = {"@context": {"@vocab": SCHEMA, **links, **date}}
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": context,
    }


def json_ld(html: str) -> dict[str, Any]:
    """Return the one thing that a page describes, expanded by a library."""
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    (expanded,) = jsonld.expand(json.loads(found), {"documentLoader": without_network})
    return dict(expanded)


def value(thing: dict[str, Any], name: str) -> Any:
    (one,) = thing[f"{SCHEMA}{name}"]
    return one.get("@value", one.get("@id", one))


@pytest.fixture
def client(corpus_app: Flask) -> FlaskClient:
    return corpus_app.test_client()


# --- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/", "/search?q=ferry&topic=Transport", "/search?q=ferry&page=2&compact=1&explain=1"]
)
def test_a_page_of_results_announces_its_feeds_and_its_address(client: FlaskClient, address: str) -> None:
    html = client.get(address).text
    page = Page(html)
    feeds = {
        link["type"]: link["href"]
        for link in page.all("link", rel="alternate")
        if link["type"] != "application/json"
    }
    assert set(feeds) == {"application/atom+xml", "application/feed+json"}
    for kind, url in feeds.items():
        answer = client.get(url)
        assert answer.content_type.split(";")[0] == kind
    feed = feedparser.parse(client.get(feeds["application/atom+xml"]).data)
    links = {link["rel"]: link["href"] for link in feed.feed.links}
    assert urlsplit(links["alternate"]).path == "/search"
    (canonical,) = page.all("link", rel="canonical")
    shown = client.get(address.replace("&compact=1&explain=1", ""))
    assert canonical["href"] == f"http://localhost{address.replace('&compact=1&explain=1', '')}"
    assert client.get(canonical["href"].removeprefix("http://localhost")).text == shown.text
    assert page.all("meta", name="description")[0]["content"].endswith(".")


def test_links_to_all_formats_stand_below_the_results(client: FlaskClient) -> None:
    page = Page(client.get("/search?q=ferry&topic=Transport&sort=oldest&page=2&size=5").text)
    links = [link for link in page.links() if link.startswith(("/api/v1/export", "/api/v1/cite"))]
    formats = [(urlsplit(link).path.rpartition("/")[2], link.rpartition("=")[2]) for link in links]
    assert formats == [
        *(
            ("export", name)
            for name in ("json", "ndjson", "csv", "text", "bibtex", "csl", "atom", "jsonfeed")
        ),
        *(("cite", name) for name in ("text", "bibtex", "csl")),
    ]
    for link in links:
        assert client.get(link).status_code == 200, link
        assert "q=ferry&topic=Transport&" in link
        assert "page=" not in link
        assert "size=" not in link
        assert ("sort=oldest" in link) is not ("atom" in link or "jsonfeed" in link)


def test_a_search_without_results_can_be_subscribed_to_and_not_downloaded(client: FlaskClient) -> None:
    links = Page(client.get("/search?q=xyzzyplugh").text).links()
    formats = [link.rpartition("=")[2] for link in links if link.startswith("/api/v1/export")]
    assert formats == ["atom", "jsonfeed"]


def test_the_front_page_says_how_the_site_is_searched(client: FlaskClient) -> None:
    site = json_ld(client.get("/").text)
    assert site["@type"] == [f"{SCHEMA}WebSite"]
    assert value(site, "name") == "Backfile"
    assert value(site, "url") == "http://localhost/"
    (action,) = site[f"{SCHEMA}potentialAction"]
    assert action["@type"] == [f"{SCHEMA}SearchAction"]
    (target,) = action[f"{SCHEMA}target"]
    name = value(action, "query-input").removeprefix("required name=")
    address = value(target, "urlTemplate").replace(f"{{{name}}}", quote("ferry strike"))
    assert "“ferry strike”" in client.get(address.removeprefix("http://localhost")).text


def test_an_article_is_described_as_it_is(client: FlaskClient) -> None:
    article = client.get("/api/v1/search?q=marisol").json["hits"][0]["article"]
    html = client.get(f"/article/{article['id']}").text
    address = f"http://localhost/article/{article['id']}"
    page, news = Page(html), json_ld(html)
    assert news["@type"] == [f"{SCHEMA}NewsArticle"]
    assert value(news, "headline") == article["title"]
    assert value(news, "description") == article["excerpt"]
    assert value(news, "datePublished") == article["published_at"]
    assert value(news, "isBasedOn") == article["url"]
    assert value(news, "url") == address == page.all("link", rel="canonical")[0]["href"]
    assert [value(one, "name") for one in news[f"{SCHEMA}author"]] == article["authors"]
    assert value(value(news, "publisher"), "name") == article["provider"]["name"]
    said = {one["property"]: one["content"] for one in page.all("meta") if "property" in one}
    assert said["og:type"] == "article"
    assert (said["og:title"], said["og:description"]) == (article["title"], article["excerpt"])
    assert (said["og:url"], said["og:site_name"]) == (address, "Backfile")
    assert said["article:published_time"] == article["published_at"]


@drawn(100)
@given(
    st.text(max_size=60)
    | st.sampled_from(["</script><script>alert(1)</script>", "<!--", "]]>", "\u2028&'\""])
)
def test_no_text_ends_the_description(text: str) -> None:
    app = Flask("test")
    app.config["BACKFILE"] = settings_for(Path("/tmp"))
    app.add_url_rule("/article/<key>", "pages.article", lambda key: key)
    with app.test_request_context():
        said = meta.of_article(Article("a", text, excerpt=text, provider=Provider(text), topics=(text,)), "")
        written = app.jinja_env.from_string("{{ data|tojson }}").render(data=said.data)
    assert not set("<>&'") & set(written)
    assert json.loads(written) == said.data
    if text:
        assert said.data
        assert said.data["headline"] == text


def test_pictures_are_named_where_they_are_shown(client: FlaskClient, corpus_app: Flask) -> None:
    hits = client.get("/api/v1/search?size=100").json["hits"]
    article = next(hit["article"] for hit in hits if hit["article"]["images"])
    html = client.get(f"/article/{article['id']}").text
    assert value(json_ld(html), "image") == article["images"][0]["url"]
    assert Page(html).all("meta", property="og:image")[0]["content"] == article["images"][0]["url"]
    settings = corpus_app.config["BACKFILE"]
    plain = dataclasses.replace(settings, web=dataclasses.replace(settings.web, images=False))
    html = create_app(plain).test_client().get(f"/article/{article['id']}").text
    assert f"{SCHEMA}image" not in json_ld(html)
    assert not Page(html).all("meta", property="og:image")


# --- robots.txt, sitemap.xml, opensearch.xml ----------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/news"])
def test_searches_are_not_crawled_and_articles_are(corpus_app: Flask, prefix: str) -> None:
    settings = corpus_app.config["BACKFILE"]
    web = dataclasses.replace(settings.web, prefix=prefix, base_url="https://a.example")
    client = create_app(dataclasses.replace(settings, web=web)).test_client()
    robots = RobotFileParser()
    robots.parse(client.get(f"{prefix}/robots.txt").text.splitlines())
    for path in ("/", "/article/abc", "/about", "/help", "/static/backfile.css", "/opensearch.xml"):
        assert robots.can_fetch("any", f"https://a.example{prefix}{path}"), path
    for path in ("/search", "/search?q=ferry", "/search/live?q=f", "/facet/topic", "/timeline", "/timeline.csv",
                 "/overview?q=a", "/compare", "/api/v1/search", "/api/v1/export?format=csv"):  # fmt: skip
        assert not robots.can_fetch("any", f"https://a.example{prefix}{path}"), path
    assert robots.site_maps() == [f"https://a.example{prefix}/sitemap.xml"]


def pages_of(client: FlaskClient, address: str) -> Iterator[str]:
    root = ET.fromstring(client.get(address).data)
    if root.tag == f"{SITEMAPS}sitemapindex":
        for one in root.iter(f"{SITEMAPS}loc"):
            yield from pages_of(client, str(one.text).removeprefix("http://localhost"))
    else:
        assert root.tag == f"{SITEMAPS}urlset"
        yield from (str(one.text) for one in root.iter(f"{SITEMAPS}loc"))


def test_the_sitemap_has_each_article_that_has_a_file(client: FlaskClient) -> None:
    pages = list(pages_of(client, "/sitemap.xml"))
    answer = client.get("/api/v1/export?origin=file&sort=oldest").json
    assert pages == [f"http://localhost/article/{one['id']}" for one in answer["articles"]]
    assert client.get(pages[0].removeprefix("http://localhost")).status_code == 200


def test_a_large_sitemap_is_split(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(pages_of(client, "/sitemap.xml"))
    monkeypatch.setattr("search_web.discovery.MAX_IN_SITEMAP", 50)
    root = ET.fromstring(client.get("/sitemap.xml").data)
    assert root.tag == f"{SITEMAPS}sitemapindex"
    assert len(list(root)) == -(-len(whole) // 50)
    assert list(pages_of(client, "/sitemap.xml")) == whole
    assert client.get(f"/sitemap-{len(list(root)) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_a_sitemap_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    for address in ("/sitemap.xml", "/sitemap-1.xml"):
        known = {"If-None-Match": client.get(address).headers["ETag"]}
        assert client.get(address, headers=known).status_code == 304


def test_a_browser_can_search_the_site(client: FlaskClient) -> None:
    (link,) = Page(client.get("/about").text).all("link", rel="search")
    assert link["type"] == "application/opensearchdescription+xml"
    answer = client.get(link["href"])
    assert answer.content_type.split(";")[0] == link["type"]
    root = ET.fromstring(answer.data)
    assert root.tag == f"{OPENSEARCH}OpenSearchDescription"
    assert root.findtext(f"{OPENSEARCH}ShortName") == "Backfile"
    templates = {one.attrib["type"]: one.attrib["template"] for one in root.iter(f"{OPENSEARCH}Url")}
    assert set(templates) == {
        "text/html", "application/x-suggestions+json", "application/atom+xml", "application/feed+json",
    }  # fmt: skip
    for kind, template in templates.items():
        address = template.replace("{searchTerms}", quote("ferry & strike")).removeprefix("http://localhost")
        found = client.get(address)
        assert (found.status_code, found.content_type.split(";")[0]) == (200, kind)
    typed, texts = client.get("/opensearch/suggestions?q=ferr").json
    assert typed == "ferr"
    assert texts == [one["text"] for one in client.get("/api/v1/suggest?q=ferr").json["suggestions"]]


def test_a_long_name_is_cut_for_browsers(corpus_app: Flask) -> None:
    settings = corpus_app.config["BACKFILE"]
    web = dataclasses.replace(settings.web, title="The <Harbour> & Quay Gazette of 1899 \x0b" * 3)
    root = ET.fromstring(
        create_app(dataclasses.replace(settings, web=web)).test_client().get("/opensearch.xml").data
    )
    assert root.findtext(f"{OPENSEARCH}ShortName") == "The <Harbour> & "
    assert len(root.findtext(f"{OPENSEARCH}LongName") or "") == 48
