"""What only shows in processes of their own: pipes, signals, locales, a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.archives import write
from tests.cli.conftest import Process, Run, command, environment


def test_a_search_as_a_process(process: Process, corpus_index: Path) -> None:
    done = process("search", "--index", corpus_index, "café", "marisol", "--size", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Café Marisol" in done.stdout
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) > 80


def test_json_is_utf_8_whatever_the_locale(process: Process, corpus_index: Path) -> None:
    done = process("search", "--index", corpus_index, "marisol", "--json", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Café" in json.dumps(json.loads(done.stdout), ensure_ascii=False)
    assert "Café" in done.stdout


def test_text_survives_a_locale_without_its_characters(process: Process, corpus_index: Path) -> None:
    done = process("search", "--index", corpus_index, "marisol", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Caf\\xe9 Marisol" in done.stdout


def test_a_failure_leaves_standard_output_empty(process: Process, tmp_path: Path) -> None:
    done = process("search", "--index", tmp_path / "nowhere", "x", "--json")
    assert (done.returncode, done.stdout) == (4, "")
    assert re.fullmatch(r"backfile: there is no index \(.*\)\. .*\n", done.stderr)


def test_progress_and_summary_do_not_mix(process: Process, tmp_path: Path) -> None:
    write(tmp_path / "archive", "a.md", title="A", date="2020-01-01T00:00:00Z")
    done = process("index", tmp_path / "archive", "--index", tmp_path / "index", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["added"] == 1


@pytest.mark.parametrize("words", [["search"], ["search", "--json"], ["stats"], ["--help"]])
def test_a_reader_that_leaves_is_no_failure(corpus_index: Path, tmp_path: Path, words: list[str]) -> None:
    place = ["--index", corpus_index] if words[0] != "--help" else []
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command(*words, *place),
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == (1 if words == ["--help"] else 0)  # click's own status for its help


def _on_terminal(words: list[str], folder: Path, **more: str) -> str:
    """Run `backfile` on a pseudo-terminal; return what it wrote there."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command(*words),
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environment(TERM="xterm-256color", COLUMNS="70", **more),
    )
    os.close(theirs)
    written = b""
    try:
        while piece := os.read(ours, 65536):
            written += piece
    except OSError:  # Linux: the other end is closed
        pass
    finally:
        os.close(ours)
    assert running.wait(timeout=60) == 0
    return written.decode("utf-8")


def test_a_search_on_a_terminal(corpus_index: Path, tmp_path: Path) -> None:
    words = ["search", "facial", "recognition", "--size", "2", "--index", str(corpus_index)]
    told = _on_terminal(words, tmp_path)
    assert "\x1b[1;31mfacial" in told
    assert "Topics:" in told
    told = _on_terminal(words, tmp_path, NO_COLOR="1")
    assert "31m" not in told
    assert "\x1b[1mfacial" in told


def test_an_index_run_on_a_terminal_shows_a_bar(tmp_path: Path) -> None:
    write(tmp_path / "archive", "a.md", title="A", date="2020-01-01T00:00:00Z")
    told = _on_terminal(["index", "archive", "--index", "index"], tmp_path)
    assert "Looking at the archive" in told
    assert "1 file read." in told


def test_a_command_within_another_process_leaves_its_errors_alone(search: Run) -> None:
    before = sys.unraisablehook
    assert search("search", "ferry").exit_code == 0
    assert sys.unraisablehook is before


def test_ctrl_c_that_falls_into_a_destructor_is_not_lost(tmp_path: Path) -> None:
    """Python only warns of what is raised there, and goes on."""
    script = (
        "import sys, time\n"
        "from indexer import publishing\n"
        "from indexer.cli import main\n"
        "class Dropping:\n"
        "    def __del__(self):\n"
        "        raise KeyboardInterrupt\n"
        "def reindex(*given, **options):\n"
        "    Dropping()\n"
        "    time.sleep(20)\n"
        "publishing.reindex = reindex\n"
        "sys.argv = ['backfile', 'index', '.']\n"
        "main()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (130, "Interrupted.\n")


def test_ctrl_c_leaves_the_old_index_whole(process: Process, tmp_path: Path) -> None:
    archive, index = tmp_path / "archive", tmp_path / "index"
    # Read in the process itself, so that the signal is met where the test sends it.
    (tmp_path / "config.toml").write_text(
        '[archive]\npath = "archive"\n[index]\npath = "index"\nworkers = 1\n', encoding="utf-8"
    )
    write(archive, "0.md", title="The first board", date="2020-01-01T00:00:00Z")
    assert process("index").returncode == 0
    for number in range(1, 2000):
        write(archive, f"{number}.md", title=f"Board {number}", date="2020-01-01T00:00:00Z")
    holder = index / "write.holder.json"
    holder.unlink(missing_ok=True)  # the first run's
    running = subprocess.Popen(
        command("index"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(),
    )
    while not holder.exists():
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "Interrupted: the index is unchanged.\n")
    found = process("search", "board", "--json")
    assert json.loads(found.stdout)["total"] == 1
    assert json.loads(process("index", "--json").stdout)["added"] == 1999
