from __future__ import annotations

import ast
import dataclasses
import threading
from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from flask import Flask, Response, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

import search_web
from indexer import reindex
from indexer.config import Settings
from search_web import create_app, warming
from search_web.opened import current_archive
from tests.archives import settings_for, write
from tests.sources.articles import generation_of
from tests.sources.plain import PlainSource
from tests.web.fake import archive_over, fake_archive
from tests.web.page import Page


def test_a_missing_index_is_told_and_comes_alive(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    app = create_app(settings)
    client = app.test_client()
    for address in ("/", "/search?q=x", "/about", "/article/x"):
        response = client.get(address)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert "backfile index" in Page(response.text).text_of("code")
    assert client.get("/api/v1/search").json["error"]["code"] == "index_missing"
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/help").status_code == 200
    with client.get("/static/backfile.css") as response:
        assert response.status_code == 200

    write(settings.archive.path, "a.md", title="The bridge", date="2020-06-25", url="https://x.example/a")
    reindex(settings)
    assert "The bridge" in client.get("/").text
    write(settings.archive.path, "b.md", title="The tunnel", date="2020-06-26", url="https://x.example/b")
    reindex(settings)
    assert "The tunnel" in client.get("/").text
    app.extensions["backfile"].close()
    assert "The tunnel" in client.get("/").text
    app.extensions["backfile"].close()


def test_a_damaged_index_is_to_be_built_anew(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "a.md", title="The bridge", url="https://x.example/a")
    reindex(settings)
    max(settings.index.path.glob("*.arrays"), key=lambda file: file.stat().st_size).write_bytes(b"")
    response = create_app(settings).test_client().get("/")
    assert response.status_code == 503
    codes = Page(response.text).text_of("code")
    assert "backfile index --full" in codes
    assert "backfile index" not in codes


def test_closing_closes_the_archive(settings: Settings) -> None:
    source = PlainSource(settings, generation_of([]))
    create_app(settings, archive_over(settings, source)).extensions["backfile"].close()
    assert source.closed


def test_the_title_is_the_settings(settings: Settings) -> None:
    given = dataclasses.replace(settings, web=dataclasses.replace(settings.web, title="The <Daily> Stacks"))
    page = Page(create_app(given, fake_archive(given)).test_client().get("/help").text)
    assert "Help – The <Daily> Stacks" in page.text_of("title")


def test_the_page_works_below_a_prefix(settings: Settings) -> None:
    client = create_app(settings, fake_archive(settings)).test_client()
    page = Page(client.get("/search?q=x", environ_overrides={"SCRIPT_NAME": "/news"}).text)
    assert page.all("form")[0]["action"] == "/news/search"
    assert all(link.startswith(("/news/", "#")) for link in page.links())


@pytest.mark.parametrize(
    "address", ["/search?q=a+%22b%22&topic=x?", "/search?q=why?", "/article/50%25%3F%20%C3%A9", "/about"]
)
def test_a_page_that_failed_is_loaded_again_below_a_prefix(tmp_path: Path, address: str) -> None:
    mounted = DispatcherMiddleware(Flask("other"), {"/news": create_app(settings_for(tmp_path)).wsgi_app})
    response = Client(mounted).get(f"/news{address}")
    assert response.status_code == 503
    assert f"/news{address}" in Page(response.text).links()


def test_static_files_are_kept_and_named_by_their_content(settings: Settings) -> None:
    client = create_app(settings, fake_archive(settings)).test_client()
    page = Page(client.get("/help").text)
    for link in [page.all("link", rel="stylesheet")[0]["href"], page.scripts()[0]["src"]]:
        with client.get(link) as response:
            assert "?v=" in link
            assert "max-age=31536000" in response.headers["Cache-Control"]


def test_imports_within_the_package_run_in_no_circle() -> None:
    """Also those within a function. What the package exports, it imports when it is used: that arrow is none."""
    root = Path(search_web.__file__).parent
    names = {".".join(file.relative_to(root).with_suffix("").parts): file for file in root.rglob("*.py")}
    graph = {}
    for name, file in names.items():
        imports = [
            node
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        ]
        ours = [node for node in imports if (node.module or "").split(".")[0] == "search_web"]
        places = {
            f"{node.module}.{each.name}".removeprefix("search_web.") for node in ours for each in node.names
        }
        graph[name] = {place if place in names else place.rpartition(".")[0] for place in places} & set(names)
    assert len(graph["app"]) > 5
    del graph["__init__"]
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_an_app_is_ready_when_it_has_answered_a_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "a.md", title="The bridge", date="2020-06-25", url="https://x.example/a")
    reindex(settings)
    app = create_app(
        dataclasses.replace(settings, search=dataclasses.replace(settings.search, time_limit_ms=1))
    )
    going, answered = threading.Event(), []
    for endpoint in ("pages.search", "pages.live", "api.suggest"):

        def answer(view: Callable[[], Response] = app.view_functions[endpoint], name: str = endpoint) -> None:
            assert going.wait(30)
            answered.append((name, request.args["q"], view().status_code, current_archive().timed_out))

        monkeypatch.setitem(app.view_functions, endpoint, answer)
    warming.start_warming(app)
    assert app.test_client().get("/healthz").status_code == 200  # which does not wait
    threading.Timer(0.1, going.set).start()
    assert app.test_client().get("/readyz").json["articles"] == 1
    names = ("pages.search", "pages.live", "api.suggest")
    assert answered == [(name, "The bridge", 200, False) for name in names]


def test_an_app_without_an_index_is_warm_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(settings_for(tmp_path))
    warming.start_warming(app)
    assert app.test_client().get("/readyz").status_code == 503
    assert "first search" not in caplog.text
