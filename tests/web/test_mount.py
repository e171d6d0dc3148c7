"""The page within another app, and for other servers."""

from __future__ import annotations

import dataclasses
import importlib
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask, Response, abort, request
from flask.testing import FlaskClient
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer.config import Settings
from indexer.errors import ConfigError
from search_web import create_blueprint
from tests.archives import REPOSITORY, settings_for

SITE = "https://news.example"
MOUNT = "/papers/archive"  # a proxy serves the other app below /papers
BEHIND = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "news.example", "X-Forwarded-Prefix": "/papers"}
MOST = 300  # addresses that are followed
_LINK = re.compile(r'(?:href|src|content)="([^"]*)"')
_ASKED = re.compile(r'(?:action|formaction|data-[a-z-]+)="(/[^"]*)"')  # with fields that the address lacks


@pytest.fixture(scope="module")
def host(corpus_index: Path) -> Iterator[Flask]:
    """Another app with the page mounted in it, behind a proxy."""
    given = settings_for(corpus_index.parent)
    web = dataclasses.replace(given.web, prefix="/elsewhere", requests_per_minute=1)
    index = dataclasses.replace(given.index, path=corpus_index)
    archive = dataclasses.replace(given.archive, path=REPOSITORY / "corpus")
    blueprint = create_blueprint(dataclasses.replace(given, web=web, index=index, archive=archive))
    app = Flask(__name__)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_prefix=1, x_host=1)  # type: ignore[method-assign]

    @app.get("/")
    def front() -> str:
        return "the other app"

    @app.before_request
    def ask_who_it_is() -> None:
        if request.headers.get("Authorization") == "nobody":
            abort(401)

    @app.after_request
    def leave_a_trace(response: Response) -> Response:
        response.headers["X-Host-App"] = "yes"
        return response

    app.register_blueprint(blueprint, url_prefix="/archive")
    yield app
    blueprint.app.extensions["backfile"].close()  # type: ignore[attr-defined]


@pytest.fixture
def visitor(host: Flask) -> FlaskClient:
    return host.test_client()


def fetch(client: FlaskClient, url: str) -> Response:
    """Return what the proxy gives for an address of the site."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}" == SITE, url
    assert parts.path.startswith(f"{MOUNT}/") or parts.path == MOUNT, f"{url} is not below the mount"
    path = parts.path.removeprefix("/papers") + (f"?{parts.query}" if parts.query else "")
    return client.get(path, headers=BEHIND, buffered=True)  # type: ignore[return-value]


def links_of(page: str, base: str) -> Iterator[str]:
    for found in _LINK.findall(page):
        if re.match(rf"/(?!/)|\?|{SITE}", found):
            yield urljoin(base, unescape(found)).partition("#")[0]


def test_every_link_leads_to_a_page_below_the_mount(visitor: FlaskClient) -> None:
    queue, seen = [f"{SITE}{MOUNT}/"], set[str]()
    pages, redirects = 0, 0
    while queue and len(seen) < MOST:
        url = queue.pop(0)
        if url in seen:
            continue
        seen.add(url)
        response = fetch(visitor, url)
        assert response.headers["X-Host-App"] == "yes"
        if response.status_code in (301, 302, 308):
            redirects += 1
            queue.insert(0, urljoin(url, response.headers["Location"]))
            continue
        assert response.status_code == 200, url
        if response.mimetype in ("text/html", "application/atom+xml", "application/xml"):
            pages += 1
            # One of each kind of page goes first, so that all kinds are among those that are followed.
            text = response.get_data(as_text=True)
            assert all(address.startswith(f"{MOUNT}/") for address in _ASKED.findall(text)), url
            found = [*dict.fromkeys(links_of(text, url))]
            kinds = {urlsplit(one).path for one in seen}
            queue[:0] = [one for one in found if urlsplit(one).path not in kinds][:20]
            queue += found
    assert pages > 100
    assert len({urlsplit(url).path for url in seen}) > 30


@pytest.mark.parametrize("address", ["/archive", "/archive/?q=bridge"])
def test_redirects_stay_below_the_mount(visitor: FlaskClient, address: str) -> None:
    response = visitor.get(address, headers=BEHIND)
    assert response.status_code in (302, 308)
    target = urljoin(SITE, response.headers["Location"])
    assert target.startswith(f"{SITE}{MOUNT}/")
    assert fetch(visitor, target).status_code == 200


def test_an_article_is_found_by_its_url_below_the_mount(visitor: FlaskClient) -> None:
    [hit] = visitor.get("/archive/api/v1/search?size=1&q=has:url").get_json()["hits"][:1]
    response = visitor.get(f"/archive/article/{hit['article']['url']}", headers=BEHIND)
    assert response.status_code == 301
    assert urlsplit(response.headers["Location"]).path == f"{MOUNT}/article/{hit['article']['id']}"


def test_what_the_other_app_asks_holds_and_its_pages_stay(visitor: FlaskClient) -> None:
    assert visitor.get("/archive/", headers={"Authorization": "nobody"}).status_code == 401
    front = visitor.get("/")
    assert front.text == "the other app"
    assert "Content-Security-Policy" not in front.headers
    assert visitor.get("/nowhere").text.count("Backfile") == 0


def test_failures_are_answered_by_the_page(visitor: FlaskClient) -> None:
    missing = visitor.get("/archive/nowhere")
    assert missing.status_code == 404
    assert "There is nothing here" in missing.text
    assert visitor.get("/archive/api/v1/nowhere").get_json()["error"]["code"] == "not_found"
    assert visitor.post("/archive/search").status_code == 405
    assert visitor.post("/archive/search", data=b"x").status_code == 413
    assert all(visitor.get("/archive/healthz").status_code == 200 for _ in range(3))


def test_two_archives_in_one_app(settings: Settings, corpus_index: Path) -> None:
    given = dataclasses.replace(settings, index=dataclasses.replace(settings.index, path=corpus_index))
    app = Flask(__name__)
    mounted = [create_blueprint(given, name=name) for name in ("one", "two")]
    for blueprint in mounted:
        app.register_blueprint(blueprint, url_prefix=f"/{blueprint.name}")
    for name in ("one", "two"):
        assert f'href="/{name}/help"' in app.test_client().get(f"/{name}/").text
    for blueprint in mounted:
        blueprint.app.extensions["backfile"].close()  # type: ignore[attr-defined]


def test_the_entry_for_other_servers_takes_its_settings_from_the_environment(
    corpus_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "news.toml"
    config.write_text(f'[index]\npath = "{corpus_index}"\n[web]\ntitle = "The Herald"\n', encoding="utf-8")
    monkeypatch.setenv("BACKFILE_CONFIG", str(config))
    sys.modules.pop("search_web.wsgi", None)
    app = importlib.import_module("search_web.wsgi").app
    assert "The Herald" in app.test_client().get("/").text
    app.extensions["backfile"].close()
    monkeypatch.setenv("BACKFILE_CONFIG", str(tmp_path / "missing.toml"))
    sys.modules.pop("search_web.wsgi", None)
    with pytest.raises(ConfigError, match="no such settings file"):
        importlib.import_module("search_web.wsgi")
