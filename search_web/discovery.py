"""How other programs find their way: crawlers what they may read, browsers how the site is searched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from flask import Blueprint, Response, current_app, jsonify, url_for

from indexer.errors import NotFoundError
from indexer.formats import FEEDS, FORMATS
from indexer.formats.xml import fit
from indexer.query.archive import Archive
from indexer.query.request import SearchRequest
from search_web import address
from search_web.opened import current_archive
from search_web.site import absolute
from search_web.state import State

discovery = Blueprint("discovery", __name__)

MAX_IN_SITEMAP = 50_000  # addresses; see https://www.sitemaps.org/protocol.html
_NOT_CRAWLED = ("pages.search", "times.timeline", "times.overview", "times.compare")
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@discovery.get("/robots.txt")
def robots() -> Response:
    """Say what crawlers may read: articles, and no searches, of which there is no end."""
    paths = [url_for(endpoint) for endpoint in _NOT_CRAWLED]
    paths += [url_for(endpoint).rpartition("/")[0] + "/" for endpoint in ("api.search",)]
    paths.append(url_for("lists.facet", name="-").removesuffix("-"))
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in paths)]
    lines += ["", f"Sitemap: {absolute(url_for('discovery.sitemap'))}", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@discovery.get("/sitemap.xml")
def sitemap() -> Response:
    """List the pages of the articles; of more than one list may have, the lists."""
    archive = current_archive().limited(0)  # what is left out here would be forgotten
    state = State.of(archive)
    if state.is_known():
        return state.put_on(Response(status=304))
    count = archive.search(_part(archive, 1, 1)).total
    if count <= MAX_IN_SITEMAP:
        return state.put_on(_urls(archive, 1))
    parts = range(1, -(-count // MAX_IN_SITEMAP) + 1)
    made = archive.stats().indexed_at.date().isoformat()
    maps = (
        f"<sitemap><loc>{_xml(absolute(url_for('discovery.part', number=number)))}</loc>"
        f"<lastmod>{made}</lastmod></sitemap>\n"
        for number in parts
    )
    return state.put_on(_sitemap("sitemapindex", maps))


@discovery.get("/sitemap-<int:number>.xml")
def part(number: int) -> Response:
    """List the pages of one part of the articles, the oldest first, so that a new one changes the last part
    alone."""
    archive = current_archive().limited(0)  # what is left out here would be forgotten
    state = State.of(archive)
    if state.is_known():
        return state.put_on(Response(status=304))
    return state.put_on(_urls(archive, number))


@discovery.get("/opensearch.xml")
def opensearch() -> Response:
    """Describe the search, so that a browser can have it in its address bar."""
    title = current_app.config["BACKFILE"].web.title
    search = absolute(url_for("pages.search"))
    feeds = absolute(url_for("exports.export"))
    templates = [
        ("text/html", f"{search}?q={{searchTerms}}"),
        ("application/x-suggestions+json", f"{absolute(url_for('discovery.suggestions'))}?q={{searchTerms}}"),
        *((FORMATS[name].media_type, f"{feeds}?q={{searchTerms}}&format={name}") for name in FEEDS),
    ]
    urls = "".join(f'<Url type="{kind}" template="{_xml(text)}"/>\n' for kind, text in templates)
    text = (
        f'{_XML}<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{_xml(title[:16])}</ShortName>\n<LongName>{_xml(title[:48])}</LongName>\n"
        f"<Description>{_xml(f'Search the articles of {title}'[:1024])}</Description>\n"
        f"<InputEncoding>UTF-8</InputEncoding>\n{urls}</OpenSearchDescription>\n"
    )
    return Response(text, mimetype="application/opensearchdescription+xml")


@discovery.get("/opensearch/suggestions")
def suggestions() -> Response:
    """Return what may be meant by what is typed so far, as browsers read it."""
    typed = address.read_typed()
    found = current_archive().suggest(**typed)
    texts = [item.text for item in found]
    response = jsonify([typed["text"], texts])
    response.mimetype = "application/x-suggestions+json"
    return response


def _part(archive: Archive, number: int, size: int) -> SearchRequest:
    """Return the search for one part of the articles that have files of their own."""
    return replace(archive.request(sort="oldest", origin="file"), page=number, size=size)


def _urls(archive: Archive, number: int) -> Response:
    results = archive.search(_part(archive, number, MAX_IN_SITEMAP)) if number else ()
    if number != 1 and not results:
        raise NotFoundError(f"there is no part {number} of the sitemap", cure="See /sitemap.xml.")
    before = _xml(absolute(url_for("pages.article", key="-")).removesuffix("-"))
    return _sitemap("urlset", (f"<url><loc>{before}{hit.id}</loc></url>\n" for hit in results))


def _sitemap(kind: str, entries: Iterator[str]) -> Response:
    text = f'{_XML}<{kind} xmlns="{_SITEMAPS}">\n{"".join(entries)}</{kind}>\n'
    return Response(text, mimetype="application/xml")


def _xml(text: str) -> str:
    return escape(fit(text))
