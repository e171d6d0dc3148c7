from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer.cli import command_line
from indexer.console.page import Page, QuietConsole
from tests.archives import REPOSITORY

Run = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run() -> Run:
    """Run `backfile` within this process; its output is no terminal."""

    def run(*words: object) -> Result:
        result = CliRunner().invoke(command_line(), [str(word) for word in words], prog_name="backfile")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def search(run: Run, corpus_index: Path) -> Run:
    """Run a command on the index of the sample archive."""

    def on_corpus(command: str, *words: object) -> Result:
        return run(command, "--index", corpus_index, *words)

    return on_corpus


def command(*words: object) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "indexer", *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"FORCE_COLOR", "NO_COLOR", "COLUMNS"}
    }
    return kept | {"PYTHONPATH": str(REPOSITORY)} | more


@pytest.fixture
def process(tmp_path: Path) -> Process:
    """Run `backfile` as a process of its own, away from the project's own config.toml."""

    def run_process(*words: object, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*words),
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment(**more),
            check=False,
            timeout=120,
        )

    return run_process


def terminal(width: int = 80, **given: Any) -> tuple[Page, io.StringIO]:
    """Return a page on a terminal of our making, and what is written to it."""
    written = io.StringIO()
    console = QuietConsole(
        file=written,
        force_terminal=True,
        width=width,
        color_system="standard",
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={"TERM": "xterm"},
        **given,
    )
    return Page(console), written


def plain(width: int = 80) -> tuple[Page, io.StringIO]:
    """Return a page that is no terminal, and what is written to it."""
    written = io.StringIO()
    return Page(QuietConsole(file=written, force_terminal=False, width=width, _environ={})), written
