from __future__ import annotations

import contextlib
import functools
import http.client
import json
import re
import signal
import socket
import subprocess
import threading
import time
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from search_web import serve, workers
from tests.archives import REPOSITORY
from tests.cli.conftest import Run, command, environment


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


class FakeWorkers:
    """Answer nothing, and end at once."""

    def __enter__(self) -> FakeWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self) -> None:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.daemon:
                thread.join(5)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the settings of the app, the socket, and how many processes and threads answer."""
    made: list[Any] = []

    def fake(make_app: functools.partial[Any], *given: Any) -> FakeWorkers:
        made.extend((make_app.args[0], *given))
        return FakeWorkers()

    monkeypatch.setattr(workers, "Workers", fake)
    return made


def test_serve_tells_what_and_where(search: Run, served: list[Any]) -> None:
    result = search("serve", "--port", "0")
    assert (result.exit_code, result.stdout) == (0, "")
    assert re.fullmatch(
        r"Serving 2\d\d articles of .*/corpus at http://127\.0\.0\.1:\d+/ \(Ctrl-C ends it\)\n", result.stderr
    )
    settings, _, processes, threads = served
    assert settings.web.images
    assert 1 <= processes <= serve.MAX_USUAL_PROCESSES
    assert threads == settings.web.threads


def test_options_go_before_settings(search: Run, served: list[Any]) -> None:
    search("serve", "--host", "0.0.0.0", "--port", "0", "--no-images")
    settings, listener, *_ = served
    assert (settings.web.host, settings.web.port, settings.web.images) == ("0.0.0.0", 0, False)
    assert listener.fileno() == -1  # closed when the server has ended


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://localhost:"),
        ("localhost", "http://localhost:"),
        ("127.0.0.2", "http://127.0.0.2:"),
    ],
)
def test_the_address_can_be_opened(search: Run, served: list[Any], host: str, url: str) -> None:
    assert f" at {url}" in search("serve", "--host", host, "--port", "0").stderr


@pytest.mark.parametrize(
    ("host", "hops", "warned"),
    [("127.0.0.1", 0, False), ("localhost", 0, False), ("::1", 0, False), ("0.0.0.0", 0, True), ("::", 0, True), ("0.0.0.0", 1, False)],
)  # fmt: skip
def test_it_warns_where_everyone_can_search(
    corpus_index: Path, tmp_path: Path, run: Run, served: list[Any], host: str, hops: int, warned: bool
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[index]\npath = "{corpus_index}"\n[web]\ntrusted_hops = {hops}\n', encoding="utf-8")
    result = run("serve", "--config", str(config), "--host", host, "--port", "0")
    assert result.exit_code == 0
    assert ("Warning: everyone who reaches this machine" in result.stderr) is warned


def test_a_template_that_cannot_be_read_is_one_sentence(
    run: Run, served: list[Any], corpus_index: Path, tmp_path: Path
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "help.html").write_text("{% if %}", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(f'[index]\npath = "{corpus_index}"\n[web]\ntemplates = "pages"\n', encoding="utf-8")
    result = run("serve", "--config", str(config), "--port", "0")
    assert result.exit_code == 2
    assert "help.html, line 1" in result.stderr
    assert not served


def test_a_language_without_a_catalog_is_one_sentence(
    run: Run, served: list[Any], corpus_index: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[index]\npath = "{corpus_index}"\n[web]\nlanguage = "fr"\n', encoding="utf-8")
    result = run("serve", "--config", str(config), "--port", "0")
    assert result.exit_code == 2
    assert "'web.language' = 'fr' has no catalog" in result.stderr
    assert not served


def test_an_address_of_ipv6_is_in_brackets() -> None:
    assert serve._url("::1", 80) == "http://[::1]:80/"
    assert serve._url("::1", 80, "/news") == "http://[::1]:80/news/"


def test_without_an_index_it_starts_with_a_warning(run: Run, served: list[Any], tmp_path: Path) -> None:
    result = run("serve", "--index", tmp_path / "nowhere", "--port", "0")
    assert result.exit_code == 0
    warning, serving = result.stderr.splitlines()
    assert warning.startswith("Warning: there is no index (")
    assert serving.startswith("Serving Backfile at http://")


@pytest.mark.parametrize("works", [True, False])
def test_open_opens_a_browser_where_there_is_one(
    search: Run, served: list[Any], monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    opened: list[str] = []

    def opening(url: str) -> bool:
        opened.append(url)
        return works

    monkeypatch.setattr(webbrowser, "open", opening)
    result = search("serve", "--open", "--port", "0")
    [url] = opened
    assert f" at {url} (Ctrl-C" in result.stderr
    assert ("There is no browser" in result.stderr) is not works


@pytest.mark.parametrize(
    ("by_make", "cure"),
    [
        (False, "Choose another with --port; --port 0 takes a free one."),
        (True, "Choose another: make serve PORT=8001; PORT=0 takes a free one."),
    ],
)
def test_a_port_in_use_is_one_sentence_with_the_cure(
    run: Run, corpus_index: Path, taken: int, by_make: bool, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BACKFILE_BY_MAKE", raising=False)
    if by_make:
        assert "BACKFILE_BY_MAKE=1 exec" in (REPOSITORY / "Makefile").read_text(encoding="utf-8")
        monkeypatch.setenv("BACKFILE_BY_MAKE", "1")
    result = run("serve", "--index", corpus_index, "--port", taken)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"backfile: the port is in use already (127.0.0.1:{taken}). {cure}\n"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied"), "the port is not ours to use"),
        (OSError(99, "Cannot assign"), "the address is not this machine's"),
        (OSError(5, "Input/output error"), "the page cannot be served there"),
    ],
)
def test_an_address_that_cannot_be_used(
    search: Run, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(socket, "create_server", fail)
    result = search("serve")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"backfile: {sentence} (127.0.0.1:8000). ")


def test_a_host_that_cannot_be_found(search: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    result = search("serve", "--host", "no.such.host")
    sentence = "there is no such host (no.such.host). Choose another with --host."
    assert (result.exit_code, result.stderr) == (2, f"backfile: {sentence}\n")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_real_server_answers_and_ends(corpus_index: Path, tmp_path: Path, sent: signal.Signals) -> None:
    running = subprocess.Popen(
        command("serve", "--index", corpus_index, "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(),
    )
    try:
        assert running.stderr
        line = running.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
        ) as connection:
            connection.request("GET", "/api/v1/stats")
            assert connection.getresponse().status == 200
    finally:
        # A signal in the middle of closing our connection leaves its socket to Python, which complains.
        time.sleep(0.3)
        running.send_signal(sent)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out) == (0, "")
    assert [json.loads(line)["path"] for line in err.splitlines()] == ["/api/v1/stats"]
