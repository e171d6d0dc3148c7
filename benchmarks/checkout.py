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
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"

# The checkout's packages are found first, by its worker processes too; the benchmarks alone are ours.
_INSIDE = """
import importlib, sys
checkout, ours, module, *arguments = sys.argv[1:]
sys.path.insert(0, ours)
import benchmarks
sys.path[0] = checkout
import indexer
assert indexer.__file__.startswith(checkout), indexer.__file__
importlib.import_module(module).main(*arguments)
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
        """Return the variables of a process in which the checkout's packages are found first, and compiled
        once: as where they are installed, whatever ours says of writing bytecode."""
        inherited = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
        return {**inherited, "PYTHONPATH": str(self.root)}

    def benchmark(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        """Start `main` of one of our own benchmarks on the checkout's packages; return the process.

        It runs in the checkout: `multiprocessing` looks for what it preloads in the working folder first.
        """
        command = [sys.executable, "-c", _INSIDE, str(self.root), str(HERE), module, *arguments]
        return subprocess.Popen(
            command, cwd=self.root, env=self.environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, module: str, *arguments: str) -> str:
        """Run such a module and return what it prints. Raises RuntimeError where it fails."""
        with self.benchmark(module, *arguments) as process:
            printed, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{module} failed in {self.name}")
        return printed

    def backfile(self, words: Sequence[str]) -> list[str]:
        """Return the command that does what the installed script `backfile` does."""
        project = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        module, _, function = project["scripts"]["backfile"].partition(":")
        return self.python(f"import sys; from {module} import {function}; sys.exit({function}())", *words)
