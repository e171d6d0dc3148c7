"""What a request passes before the app sees it: the log, the proxy, the prefix, the limit, the refusal of bodies."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import load_settings
from indexer.config import Settings
from indexer.errors import ConfigError
from search_web import create_app, rates
from search_web.logs import JsonLines, write_lines
from tests.web.fake import failing_archive, fake_archive
from tests.web.page import Page

Lines = Callable[[], list[dict[str, Any]]]
ELSEWHERE = "203.0.113.7"


def client_of(settings: Settings, counts: Path | None = None, /, **web: Any) -> FlaskClient:
    given = dataclasses.replace(settings, web=dataclasses.replace(settings.web, **web))
    return create_app(given, fake_archive(given), counts=counts).test_client()


def from_there(address: str = ELSEWHERE, **headers: str) -> dict[str, Any]:
    return {"environ_overrides": {"REMOTE_ADDR": address}, "headers": headers, "buffered": True}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    """Return the lines of the log, as they are read back."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logging.getLogger("search_web").addHandler(handler)
    with caplog.at_level(logging.INFO, logger="search_web"):
        yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger("search_web").removeHandler(handler)


# --- the log ---


def test_a_request_is_a_line(settings: Settings, lines: Lines) -> None:
    response = client_of(settings, prefix="/news").get("/news/search?q=caf%C3%A9", **from_there())
    [line] = lines()
    assert line["time"].endswith("Z")
    assert (line["method"], line["path"], line["query"]) == ("GET", "/news/search", "q=caf%C3%A9")
    assert (line["status"], line["client"]) == (200, ELSEWHERE)
    assert line["bytes"] == len(response.data) > 0
    assert line["ms"] >= 0
    assert line["request_id"] == response.headers["X-Request-ID"]


def test_what_readers_type_is_left_out_where_the_settings_say_so(settings: Settings, lines: Lines) -> None:
    client = client_of(settings, log_queries=False)
    for address in (
        "/search?q=secret",
        "/?q=secret",
        "/api/v1/suggest?q=secret",
        "/api/v1/search?q=secret&x=1",
    ):
        client.get(address, buffered=True)
    assert len(lines()) == 4
    assert "secret" not in json.dumps(lines())


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_that_is_asked_ends_a_line(path: str, query: str) -> None:
    record = logging.makeLogRecord({"msg": "%s", "args": (path,), "fields": {"path": path, "query": query}})
    for written in (JsonLines().format(record), JsonLines().format(logging.makeLogRecord({"msg": query}))):
        assert written.isascii()
        assert written.isprintable()
        json.loads(written)


def test_a_failure_has_the_id_of_its_request(settings: Settings, lines: Lines) -> None:
    client = create_app(settings, failing_archive(settings, RuntimeError("the cause"))).test_client()
    response = client.get("/search?q=x", buffered=True)
    failure, request = lines()
    assert response.status_code == request["status"] == 500
    assert "the cause" in failure["traceback"]
    assert failure["request_id"] == request["request_id"] == response.headers["X-Request-ID"]


def test_an_id_is_taken_from_a_proxy_alone(settings: Settings) -> None:
    for hops, given_id, kept in ((1, "abc-1", True), (0, "abc-1", False), (1, "a b\tc", False)):
        response = client_of(settings, trusted_hops=hops).get("/healthz", headers={"X-Request-ID": given_id})
        assert (response.headers["X-Request-ID"] == given_id) is kept


@pytest.mark.parametrize("terminal", [False, True])
def test_a_process_writes_its_lines_to_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        write_lines()
        logging.getLogger("search_web.any").info("told")
        logging.getLogger("search_web.any").warning("a warning")
        logging.getLogger("elsewhere").info("not told")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        logging.getLogger("search_web").setLevel(logging.NOTSET)
    told = [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()]
    assert told == (["a warning"] if terminal else ["told", "a warning"])


# --- how often ---


@pytest.mark.parametrize("shared", [False, True])
def test_who_asks_too_often_is_told_when_to_ask_again(
    settings: Settings, tmp_path: Path, shared: bool
) -> None:
    client = client_of(settings, tmp_path / "counts" if shared else None, requests_per_minute=3)
    for _ in range(3):
        assert client.get("/search", **from_there()).status_code == 200
    for address in ("/search", "/api/v1/search"):
        refused = client.get(address, **from_there())
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["Content-Security-Policy"]
    assert refused.json["error"]["code"] == "too_many_requests"
    for free in ("/healthz", "/readyz", "/static/backfile.css"):
        with client.get(free, **from_there()) as response:
            assert response.status_code == 200
    assert client.get("/search", **from_there("203.0.113.8")).status_code == 200


def test_this_machine_is_not_counted(settings: Settings) -> None:
    client = client_of(settings, requests_per_minute=1)
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        for _ in range(3):
            assert client.get("/search", **from_there(address)).status_code == 200


def test_0_is_without_limit(settings: Settings) -> None:
    client = client_of(settings, requests_per_minute=0)
    assert {client.get("/help", **from_there()).status_code for _ in range(50)} == {200}


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5678", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
        ("", None),
        ("127.8.8.8", None),
    ],
)
def test_what_a_client_is_counted_under(address: str, counted_as: str | None) -> None:
    assert rates.client_of(address) == counted_as


def test_processes_count_together(tmp_path: Path) -> None:
    one, other = rates.SharedCounts(tmp_path / "counts"), rates.SharedCounts(tmp_path / "counts")
    assert [one.incr("a", 60), other.incr("a", 60), one.incr("b", 60)] == [1, 2, 1]
    assert other.get("a") == 2
    assert 0 < other.get_expiry("a") - time.time() <= 60
    other.clear("a")
    assert (one.get("a"), one.get("b"), one.check()) == (0, 1, True)
    one.reset()
    assert other.get("b") == 0


def test_a_counter_begins_anew_when_it_has_ended(tmp_path: Path) -> None:
    counts = rates.SharedCounts(tmp_path / "counts")
    assert [counts.incr("a", -1), counts.incr("a", 60), counts.incr("a", 60)] == [1, 1, 2]


def test_ended_counters_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = rates.SharedCounts(tmp_path / "counts")
    counts.incr("old", -1)
    monkeypatch.setattr(rates, "_SWEEP_EVERY", -1.0)
    counts.incr("new", 60)
    with sqlite3.connect(tmp_path / "counts") as database:
        assert database.execute("SELECT key FROM counts").fetchall() == [("new",)]
    database.close()


def test_a_count_that_cannot_be_had_lets_pass(tmp_path: Path) -> None:
    counts = rates.SharedCounts(tmp_path / "counts")
    counts.incr("a", 60)
    counts._database.execute("PRAGMA query_only = 1")  # as on a disk that takes no more
    assert counts.incr("a", 60) == 0


# --- behind a proxy ---


@pytest.mark.parametrize(
    ("hops", "forwarded", "client"),
    [
        (0, "198.51.100.1", ELSEWHERE),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "127.0.0.1, 198.51.100.1", "198.51.100.1"),
        (2, "127.0.0.1, 198.51.100.1, 198.51.100.2", "198.51.100.1"),
        (2, "198.51.100.2", ELSEWHERE),
    ],
)
def test_a_client_is_whom_trusted_proxies_name(
    settings: Settings, lines: Lines, hops: int, forwarded: str, client: str
) -> None:
    client_of(settings, trusted_hops=hops).get("/healthz", **from_there(**{"X-Forwarded-For": forwarded}))
    [line] = lines()
    assert line["client"] == client


def test_each_client_behind_a_proxy_is_counted_by_itself(settings: Settings) -> None:
    client = client_of(settings, requests_per_minute=1, trusted_hops=1)

    def status(forwarded: str) -> int:
        return client.get("/help", **from_there("127.0.0.1", **{"X-Forwarded-For": forwarded})).status_code

    assert [status("198.51.100.1"), status("198.51.100.2")] == [200, 200]
    assert [status("127.0.0.1, 198.51.100.1"), status("198.51.100.2")] == [429, 429]


def test_no_header_of_a_stranger_moves_links(settings: Settings) -> None:
    client = client_of(settings, trusted_hops=1)
    headers = {"X-Forwarded-Prefix": "//evil.example", "X-Forwarded-Host": "evil.example"}
    for address in ("/search?q=x", "/?q=x", "/nowhere"):
        response = client.get(address, headers=headers)
        assert "evil.example" not in response.text
        assert "evil.example" not in response.headers.get("Location", "")


@pytest.mark.parametrize("stripped", [False, True])
def test_the_page_lies_below_its_prefix(settings: Settings, stripped: bool) -> None:
    client = client_of(settings, prefix="/news/archive")
    asked = "" if stripped else "/news/archive"
    for address in ("/search?q=x", "/help", "/nowhere"):
        page = Page(client.get(asked + address).text)
        assert all(link.startswith(("/news/archive/", "#")) for link in page.links())
    assert client.get(f"{asked}/?q=x").headers["Location"] == "/news/archive/search?q=x"
    with client.get(f"{asked}/static/backfile.css") as response:
        assert response.status_code == 200
    assert client.get("/news/archive").status_code == 200


@pytest.mark.parametrize(
    ("raw", "shown"), [(b"caf\xe9", "caf%E9"), ("café".encode(), "café"), (b"a%20b", "a b")]
)
@pytest.mark.parametrize("path", ["/search", "/api/v1/search", "/timeline"])
def test_bytes_that_are_no_text_stay_quoted(settings: Settings, path: str, raw: bytes, shown: str) -> None:
    environ = {"QUERY_STRING": "q=" + raw.decode("latin-1")}  # as gunicorn and waitress pass them on
    response = client_of(settings).get(path, environ_overrides=environ)
    assert response.status_code == 200
    assert shown in response.text or response.is_json


@pytest.mark.parametrize("prefix", ["news", "/news/", "/", "//x", "/a b", "/../x", "/.", '/"', "https://x"])
def test_a_prefix_that_is_no_path_is_refused(tmp_path: Path, prefix: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"[web]\nprefix = {prefix!r}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="must be a path such as /news"):
        load_settings(config)


# --- bodies ---


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_body_is_refused(settings: Settings, method: str) -> None:
    client = client_of(settings)
    for address in ("/search", "/api/v1/search", "/nowhere", "/healthz"):
        response = client.open(address, method=method, data=b"x")
        assert response.status_code == 413
        assert response.headers["Content-Security-Policy"]
