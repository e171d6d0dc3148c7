"""What a command costs before it does anything: processor time beside the bare libraries that it needs."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.checkout import Checkout

TERMINAL = "import click, rich.console"
SEARCHING = "import numpy, click, rich.console, whoosh.query"
HELP, VERSION, MISTYPED, COMMAND, KNOWN, UNKNOWN = (
    "`backfile --help`",
    "`backfile --version`",
    "a mistyped command",
    "`backfile COMMAND --help`",
    "`backfile search WORDS`, words of the index",
    "`backfile search WORDS`, unknown words",
)
_COMMANDS = re.compile(r"^Commands:\n((?:  .*\n)+)", re.MULTILINE)


def processor_seconds(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> float:
    """Return the user and system seconds of a process; how it ends does not matter."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=dict(environment), cwd=folder, **streams)  # type: ignore[call-overload]  # streams are keywords
    _, process.returncode, used = os.wait4(process.pid, 0)
    return float(used.ru_utime + used.ru_stime)


def commands(checkout: Checkout) -> list[str]:
    """Return the names of the commands that `backfile --help` lists."""
    command, environment = checkout.backfile(["--help"]), checkout.environment()
    shown = subprocess.run(  # in its folder, for Python looks for packages in the working folder first
        command, cwd=checkout.root, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found = _COMMANDS.search(shown.stdout)
    assert found, shown.stdout
    return [line.split()[0] for line in found[1].splitlines()]


def measure_startup(
    checkouts: Sequence[Checkout], indexes: Mapping[str, Path], rounds: int
) -> dict[str, dict[str, float]]:
    """Return for each checkout (by its name) the median ratio of each row; of COMMAND, the worst command's.

    In each round everything runs once, the bare imports as well, so that a noisy machine is noisy for all.
    """
    rows = {checkout.name: _rows(checkout, indexes[checkout.name]) for checkout in checkouts}
    ratios: dict[str, dict[tuple[str, str], list[float]]] = {name: {} for name in rows}
    with tempfile.TemporaryDirectory(prefix="backfile-startup-") as folder:
        for number in range(-1, rounds):  # the first round only warms the disk's cache and Python's
            for checkout in checkouts:
                environment = checkout.environment()
                bare = {
                    code: processor_seconds(checkout.python(code), environment, Path(folder))
                    for code in (TERMINAL, SEARCHING)
                }
                for key, (words, base) in rows[checkout.name].items():
                    took = processor_seconds(checkout.backfile(words), environment, Path(folder))
                    if number >= 0:
                        ratios[checkout.name].setdefault(key, []).append(took / bare[base])
    return {name: _worst(found) for name, found in ratios.items()}


def _rows(checkout: Checkout, index: Path) -> dict[tuple[str, str], tuple[list[str], str]]:
    """Return by row and variant the words of the command, and what it is held against."""
    ask = ["search", "--index", str(index)]
    return {
        (HELP, ""): (["--help"], TERMINAL),
        (VERSION, ""): (["--version"], TERMINAL),
        (MISTYPED, ""): (["serch"], TERMINAL),
        **{(COMMAND, name): ([name, "--help"], TERMINAL) for name in commands(checkout)},
        (KNOWN, ""): ([*ask, "facial", "recognition"], SEARCHING),
        (UNKNOWN, ""): ([*ask, "zyzzyvas", "quokkas"], SEARCHING),
    }


def _worst(found: Mapping[tuple[str, str], Sequence[float]]) -> dict[str, float]:
    worst: dict[str, float] = {}
    for (row, _), ratios in found.items():
        worst[row] = max(worst.get(row, 0.0), statistics.median(ratios))
    return worst
