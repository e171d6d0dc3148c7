"""`python -m benchmarks`: run everything, write `benchmarks/RESULTS.md`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.report import render
from benchmarks.suite import Plan, run

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
ARCHIVES = ("../shared/archives", "corpus")  # the first that is there, beside the project


def default_archive() -> Path:
    """Return the real archives beside the project, or else the sample archive in it."""
    found = [path for name in ARCHIVES if (path := HERE.parent / name).is_dir()]
    return found[0] if found else HERE.parent / ARCHIVES[-1]


def shown_name(archive: Path) -> str:
    """Return the archive's name for the report: a default as it is written, of another the last part."""
    for name in ARCHIVES:
        if archive.resolve() == (HERE.parent / name).resolve():
            return name
    return archive.resolve().name


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--archive", type=Path, default=default_archive(), help="the archive to measure on")
    parser.add_argument("--queries", type=int, default=300, help="how many queries (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is repeated (%(default)s)")
    parser.add_argument(
        "--write", action=argparse.BooleanOptionalAction, default=True,
        help="write benchmarks/RESULTS.md, or with --no-write print it",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    if not given.archive.is_dir() or given.queries < 1 or given.rounds < 1:
        parser.error("--archive must be a folder, --queries and --rounds at least 1")
    command = f"python -m benchmarks --archive {shown_name(given.archive)} --queries {given.queries}"
    plan = Plan(given.archive, shown_name(given.archive), given.queries, given.rounds, command)
    text = render(run(plan, lambda line: print(line, file=sys.stderr, flush=True)))
    if given.write:
        RESULTS.write_text(text, encoding="utf-8")
        print("benchmarks/RESULTS.md is written", file=sys.stderr)
    else:
        print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
