"""`python -m benchmarks`: run everything, write `benchmarks/RESULTS.md`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.collection import Collection, generated, shown_name
from benchmarks.goals import ARCHIVE, LARGE, SMALL
from benchmarks.report import render
from benchmarks.saved import RESULTS, load_kept
from benchmarks.suite import Plan, run


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line asks for."""
    given = _parse(arguments)
    findings = run(_plan(given), lambda line: print(line, file=sys.stderr, flush=True))
    text = render(findings, load_kept(RESULTS.parent))
    if given.write:
        RESULTS.write_text(text, encoding="utf-8")
        print("benchmarks/RESULTS.md is written", file=sys.stderr)
    else:
        print(text)
    return 0


def _plan(given: argparse.Namespace) -> Plan:
    collections = [generated(size) for size in given.sizes]
    command = f"python -m benchmarks --sizes {','.join(map(str, given.sizes))} --queries {given.queries}"
    if given.archive:
        shown = shown_name(given.archive)
        collections.append(Collection(ARCHIVE, f"`{shown}`", given.archive))
        command += f" --archive {shown}"
    return Plan(tuple(collections), given.queries, given.rounds, command, given.keep)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--sizes", type=_sizes, default=[SMALL, LARGE],
        help=f"articles of the generated collections, by commas, or nothing ({SMALL},{LARGE})",
    )  # fmt: skip
    parser.add_argument("--archive", type=Path, help="a real archive to measure on as well")
    parser.add_argument("--queries", type=int, default=300, help="how many of each kind (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is repeated (%(default)s)")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER",
        help="keep generated files and the peers' indexes here, and take them from here the next time",
    )  # fmt: skip
    parser.add_argument(
        "--write", action=argparse.BooleanOptionalAction, default=True,
        help="write benchmarks/RESULTS.md, or with --no-write print it",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    if given.archive and not given.archive.is_dir():
        parser.error("--archive must be a folder")
    if given.queries < 1 or given.rounds < 1:
        parser.error("--queries and --rounds must be at least 1")
    if not given.sizes and not given.archive:
        parser.error("there is nothing to measure on: give --sizes or --archive")
    return given


def _sizes(text: str) -> list[int]:
    sizes = [int(part) for part in text.split(",") if part.strip()]
    if any(size < 1 for size in sizes):
        raise ValueError(text)
    return sizes


if __name__ == "__main__":
    raise SystemExit(main())
