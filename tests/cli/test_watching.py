"""`index --watch` and `serve --watch`, as processes that are ended by a signal."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import open_archive
from indexer.errors import BackfileError
from tests.archives import write
from tests.cli.conftest import Process, Run, command, environment

LIMIT = 90.0  # seconds: far more than any machine needs


@contextlib.contextmanager
def running(folder: Path, *words: object) -> Iterator[subprocess.Popen[str]]:
    out, err = (folder / name for name in ("out", "err"))
    with out.open("w") as stdout, err.open("w") as stderr:
        process = subprocess.Popen(
            command(*words), stdout=stdout, stderr=stderr, text=True, cwd=folder, env=environment()
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(LIMIT)


def until(found: Callable[[], Any], process: subprocess.Popen[str]) -> Any:
    """Return what is found, as soon as it is."""
    limit = time.monotonic() + LIMIT
    while not (value := found()):
        assert process.poll() is None, "it has ended"
        assert time.monotonic() < limit
        time.sleep(0.05)
    return value


def ended(process: subprocess.Popen[str], sent: signal.Signals) -> int:
    process.send_signal(sent)
    return process.wait(LIMIT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    for number in range(3):
        write(root, f"{number}.md", title=f"Title {number}", date="2020-01-01")
    return root


def total(folder: Path, query: str) -> int:
    try:
        with open_archive(index=folder / "index") as archive:
            return archive.search(query).total
    except BackfileError:
        return 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_edited_file_is_found(root: Path, tmp_path: Path, sent: signal.Signals) -> None:
    with running(tmp_path, "index", root, "--index", "index", "--watch") as process:
        until(lambda: total(tmp_path, "title") == 3, process)
        write(root, "1.md", title="A harbour", date="2020-01-01")
        until(lambda: total(tmp_path, "harbour") == 1, process)
        until(lambda: "0 added, 1 changed, 0 removed" in (tmp_path / "out").read_text(), process)
        assert ended(process, sent) == 0
    assert (tmp_path / "err").read_text() == "The archive is no longer watched.\n"


def test_a_run_that_fails_does_not_end_it(root: Path, tmp_path: Path) -> None:
    with running(tmp_path, "index", root, "--index", "index", "--watch", "--json") as process:
        until(lambda: total(tmp_path, "title") == 3, process)
        for number in (0, 1):
            (root / f"{number}.md").unlink()
        until(lambda: "2 of 3 articles would vanish" in (tmp_path / "err").read_text(), process)
        assert total(tmp_path, "title") == 3
        write(root, "0.md", title="Title 0", date="2020-01-01")
        until(lambda: total(tmp_path, "title") == 2, process)
        assert ended(process, signal.SIGTERM) == 0
    reports = [json.loads(text) for text in re.split(r"(?<=})\s*(?={)", (tmp_path / "out").read_text())]
    assert [(report["added"], report["removed"]) for report in reports] == [(3, 0), (0, 1)]
    assert (tmp_path / "err").read_text().count("would vanish") == 1


def test_without_an_archive_it_does_not_begin(process: Process, tmp_path: Path) -> None:
    result = process("index", "nowhere", "--index", "index", "--watch")
    assert (result.returncode, result.stdout) == (3, "")
    assert result.stderr.startswith("backfile: there is no such archive folder (nowhere).")


def test_the_server_follows_the_archive_of_its_index(run: Run, root: Path, tmp_path: Path) -> None:
    run("index", root, "--index", tmp_path / "index")
    with running(tmp_path, "serve", "--index", "index", "--port", "0", "--watch") as process:
        log = tmp_path / "err"
        url = until(lambda: re.search(r"http://\S+/", log.read_text()), process)[0]

        def found() -> bool:
            with urllib.request.urlopen(f"{url}api/v1/search?q=lighthouse", timeout=LIMIT) as answer:
                return bool(json.load(answer)["total"])

        until(lambda: "The index has 3 articles" in log.read_text(), process)
        write(root, "1.md", title="A lighthouse", date="2020-01-01")
        until(found, process)
        assert ended(process, signal.SIGTERM) == 0
    assert log.read_text().endswith("The archive is no longer watched.\n")
