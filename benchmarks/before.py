"""Whether this checkout is as fast as another one: the same questions and a full reindex, in turns.

    python -m benchmarks.before PATH [--size 25000] [--archive PATH] [--queries N] [--rounds N]
                                     [--keep FOLDER] [--no-write]

Each checkout answers from an index of its own, in a process of its own, through the public names of
`indexer`. Ratios are of the other's time to ours: above 1 this checkout is faster. Writes
`benchmarks/before.json`, and the section of `RESULTS.md` that it fills.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.answering import ASKED, write_question
from benchmarks.checkout import HERE, Checkout
from benchmarks.collection import archive_files, generated
from benchmarks.derived import spread_articles
from benchmarks.figures import table
from benchmarks.measure import BLOCK, Spread, percentile, ratio, spread
from benchmarks.queries import draw_questions
from benchmarks.saved import BEFORE, RESULTS, Saved, save, write_section

THIS, OTHER = "this", "other"
LEAST = 0.95  # of the other's speed
_PERCENTILES = (50, 95)
_ANSWERS = {True: "same", False: "**differ**", None: ""}

Tell = Callable[[str], None]


class Answerer:
    """A process that answers from one checkout's index; see `answering`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, *words: str | int) -> Any:
        """Return what the process says to one request. Raises RuntimeError where it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(words), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that was asked {words} has ended")
        return json.loads(line)


@contextmanager
def answering(checkout: Checkout, index: Path, questions: Path) -> Iterator[Answerer]:
    """Start a process over `index`, and end it."""
    with checkout.benchmark("benchmarks.answering", "ask", str(index), str(questions)) as process:
        yield Answerer(process)


def time_row(name: str, count: int, rounds: int, sides: Mapping[str, Answerer]) -> dict[str, Any]:
    """Time the first `count` questions of a row on both sides, which take turns block by block, each time
    another one first. Of each question its best round counts: what disturbs one does not disturb all."""
    answers = {side.ask("warm", name) for side in sides.values()}
    alike = None if None in answers else len(answers) == 1
    order = list(sides)
    taken = []
    for _ in range(rounds):
        seconds: dict[str, list[float]] = {side: [] for side in sides}
        for start in range(0, count, BLOCK):
            for side in order:
                seconds[side] += sides[side].ask("time", name, start, min(start + BLOCK, count))
            order.reverse()
        taken.append(seconds)
    best = {side: [min(found) for found in zip(*(one[side] for one in taken), strict=True)] for side in sides}
    found: dict[str, Any] = {"row": name, "questions": count, "alike": alike}
    for percent in _PERCENTILES:
        ours, theirs = (percentile(best[side], percent) for side in (THIS, OTHER))
        rounds_apart = spread(
            percentile(one[OTHER], percent) / percentile(one[THIS], percent) for one in taken
        )
        found[f"p{percent}"] = {"seconds": ours, "ratio": theirs / ours, "rounds": asdict(rounds_apart)}
    return found


class Comparison:
    """Two checkouts, and what they are compared by."""

    def __init__(self, other: Checkout, folder: Path, rounds: int, tell: Tell) -> None:
        self._sides = {THIS: Checkout(THIS, HERE), OTHER: other}
        self._folder = folder
        self._rounds = rounds
        self._tell = tell

    def reindex(self, archive: Path, shown: str, rounds: int) -> dict[str, Any]:
        """Build both indexes `rounds` times, in turns; the last of each stays."""
        taken: dict[str, list[float]] = {side: [] for side in self._sides}
        order = list(self._sides)
        for _ in range(rounds):
            for side in order:
                index = self.index(side)
                shutil.rmtree(index, ignore_errors=True)
                found = self._sides[side].run("benchmarks.answering", "build", str(archive), str(index))
                taken[side].append(json.loads(found))
                self._tell(f"reindex of {shown}, {side}: {taken[side][-1]:.2f} s")
            order.reverse()
        return {
            "archive": shown,
            "files": len(archive_files(archive)),
            "rounds": rounds,
            "seconds": asdict(spread(taken[THIS])),
            "ratio": asdict(ratio(taken[OTHER], taken[THIS])),
        }

    def index(self, side: str) -> Path:
        """Return the folder of a side's index."""
        return self._folder / f"index-{side}"

    def questions(self, count: int) -> list[dict[str, Any]]:
        """Time every row on the indexes as they are."""
        articles = spread_articles(self.index(THIS))
        drawn = {kind: draw_questions(kind, articles, count) for kind in set(ASKED.values())}
        file = self._folder / "questions.json"
        written = {kind: [write_question(one) for one in found] for kind, found in drawn.items()}
        file.write_text(json.dumps(written), encoding="utf-8")
        rows = []
        with ExitStack() as stack:
            sides = {
                side: stack.enter_context(answering(checkout, self.index(side), file))
                for side, checkout in self._sides.items()
            }
            for name, kind in ASKED.items():
                if drawn[kind]:
                    rows.append(time_row(name, len(drawn[kind]), self._rounds, sides))
                    self._tell(f"{name}: " + ", ".join(_ratio(rows[-1], p) for p in _PERCENTILES))
        return rows


def _ratio(row: Mapping[str, Any], percent: int) -> str:
    return f"p{percent} {row[f'p{percent}']['ratio']:.2f}"


def before_section(saved: Saved | None) -> list[str]:
    """Return the report's section about another checkout beside this one."""
    if not saved:
        return []
    rows = [
        [row["row"], str(row["questions"]), *_cells(row), _ANSWERS[row["alike"]], _met(row)]
        for row in saved["rows"]
    ]
    builds = [
        [
            build["archive"],
            f"{build['files']:,}",
            f"{build['seconds']['median']:.2f}",
            _spread(build["ratio"]),
        ]
        for build in saved["reindex"]
    ]
    head = ("", "questions", *(f"p{p} ms, now" for p in _PERCENTILES), *(f"ratio p{p}" for p in _PERCENTILES))
    return [
        "## Before and after",
        f"By `python -m benchmarks.before` on {saved['date']}: this checkout beside {saved['other']}, "
        f"{saved['size']:,} generated articles, {saved['rounds']} rounds in which both took turns, each with "
        "its own code, index and process. A ratio says how many times as fast this checkout is: **below 1 "
        f"it is slower**; wanted is {LEAST} or more at both percentiles. Of each question its best round "
        "counts; brackets are the ratios of single rounds, the smallest and the largest. Answers are "
        "compared but for those that are derived from a search.",
        table((*head, "answers", ""), rows),
        "A full reindex:",
        table(("archive", "files", "seconds, now", "ratio"), builds),
    ]


def _cells(row: Mapping[str, Any]) -> list[str]:
    found = [row[f"p{p}"] for p in _PERCENTILES]
    times = (f"{one['seconds'] * 1e3:.2f}" for one in found)
    return [*times, *(_spread({**one["rounds"], "median": one["ratio"]}) for one in found)]


def _met(row: Mapping[str, Any]) -> str:
    worst = min(row[f"p{p}"]["ratio"] for p in _PERCENTILES)
    return "met" if worst >= LEAST else "**missed**"


def _spread(found: Mapping[str, float]) -> str:
    one = Spread(**found)
    return f"{one.median:.2f} ({one.low:.2f}–{one.high:.2f})"


def compare(given: argparse.Namespace, folder: Path, tell: Tell) -> dict[str, Any]:
    """Run what the command line asks for."""
    comparison = Comparison(Checkout(OTHER, given.path.resolve()), folder, given.rounds, tell)
    builds = []
    if given.archive:
        shown = f"`{given.archive.resolve().name}`"
        builds.append(comparison.reindex(given.archive.resolve(), shown, given.rounds))
    collection = generated(given.size)
    archive = collection.prepare(folder)
    builds.append(comparison.reindex(archive, collection.shown, given.builds))
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "other": _commit(given.path),
        "size": given.size,
        "rounds": given.rounds,
        "rows": comparison.questions(given.queries),
        "reindex": builds,
    }


def _commit(root: Path) -> str:
    """Return what the other checkout is called: its commit, where git knows it."""
    command = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"commit {found.stdout.strip()}" if not found.returncode else "another checkout"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, keep what came of it, and put it into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.before", description=__doc__)
    parser.add_argument("path", type=Path, help="the other checkout")
    parser.add_argument("--size", type=int, default=25_000, help="generated articles (%(default)s)")
    parser.add_argument("--archive", type=Path, help="an archive that is indexed as well")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="times that each is asked (%(default)s)")
    parser.add_argument("--builds", type=int, default=2, help="runs of the generated archive (%(default)s)")
    parser.add_argument("--keep", type=Path, help="a folder that files and indexes are kept in")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True, help="write the page")
    given = parser.parse_args(arguments)
    if not (given.path / "indexer").is_dir():
        parser.error("there is no checkout of the project there")

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    with ExitStack() as stack:
        folder = given.keep
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="backfile-before-")))
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        found = compare(given, folder, tell)
    section = before_section(found)
    print("\n\n".join(section[2:]))
    if given.write:
        save(BEFORE, found)
        write_section(section, RESULTS)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
