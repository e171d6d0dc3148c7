"""A checkout of the project, this one or another: how a process runs its code, whatever is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent  # this checkout

# The packages of the checkout are loaded first, then ours are found: a checkout may have other benchmarks.
_INSIDE = """
import runpy, sys
checkout, ours, module, *sys.argv[1:] = sys.argv[1:]
sys.path.insert(0, checkout)
import indexer, search_web
sys.path[0] = ours
assert indexer.__file__.startswith(checkout), indexer.__file__
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """The code of a folder; `name` is that of the reports."""

    name: str
    root: Path

    def python(self, code: str, *arguments: str) -> list[str]:
        """Return the command that runs `code` with the checkout's packages; see `environment`."""
        return [sys.executable, "-c", code, *arguments]

    def environment(self) -> dict[str, str]:
        """Return the variables of a process in which the checkout's packages are found first."""
        return {**os.environ, "PYTHONPATH": str(self.root)}

    def benchmark(self, module: str, *arguments: str) -> list[str]:
        """Return the command that runs a module of this checkout's benchmarks on the other's packages."""
        return [sys.executable, "-c", _INSIDE, str(self.root), str(HERE), module, *arguments]

    def run(self, module: str, *arguments: str) -> str:
        """Run such a module and return what it prints."""
        command = self.benchmark(module, *arguments)
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def backfile(self, words: Sequence[str]) -> list[str]:
        """Return the command that does what the installed script `backfile` does."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        module, _, function = project["scripts"]["backfile"].partition(":")
        return self.python(f"import sys; from {module} import {function}; sys.exit({function}())", *words)
