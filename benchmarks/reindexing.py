"""The timing of reindexing: Backfile from files to searchable, and the plain pipelines beside it.

Backfile and the plain loader each run in a process of their own.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.collection import Collection, archive_files, markdown_files, spread_evenly
from benchmarks.measure import Spread, ratio, spread, timed
from benchmarks.peers import Builder
from benchmarks.processes import Peak, run_job, run_watched
from indexer import Article

LOAD, FULL, NOTHING, CHANGED = "load", "full", "nothing", "changed"
CHANGED_SHARE = 0.01
_LOADED = 20_000  # files of a large collection that the plain loader is given


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the plain YAML loader was given (of `files` so many), and how many of them it refused."""

    files: int
    loaded: int
    failed: int


@dataclass(frozen=True, slots=True)
class BuildTimes:
    """Seconds by what was run (LOAD, FULL, NOTHING, CHANGED), round by round; of a sample, scaled up.

    `stages` are the seconds of the stages of each full run, `peaks` their memory; `report` has the
    counts of the first of them.
    """

    rounds: tuple[Mapping[str, float], ...]
    stages: tuple[Mapping[str, float], ...]
    peaks: tuple[Peak, ...]
    report: Mapping[str, int]
    loaded: Loaded
    changed_files: int

    def seconds(self, name: str) -> Spread:
        """Return how long `name` took."""
        return spread(times[name] for times in self.rounds)

    def ratio(self, name: str, base: str) -> Spread:
        """Return how many times as fast `base` is as `name`."""
        return ratio([r[name] for r in self.rounds], [r[base] for r in self.rounds])

    def pipeline(self, seconds: float) -> Spread:
        """Return how long it takes to load the files and then index them in `seconds`."""
        return spread(r[LOAD] + seconds for r in self.rounds)

    def pipeline_ratio(self, seconds: float) -> Spread:
        """Return how many times as fast Backfile's full run is as that."""
        return ratio([r[LOAD] + seconds for r in self.rounds], [r[FULL] for r in self.rounds])


class ReindexTimer:
    """Runs the rounds on an archive whose files may be changed. Folders: `index` is built by the
    full run of each round, and left by the last; what changes, changes on a copy of it."""

    def __init__(self, archive: Path, folder: Path, tell: Callable[[str], None]) -> None:
        self._archive = archive
        self.index = folder / "index"
        self._copy = folder / "index-changing"
        self._tell = tell

    def run(self, rounds: int) -> BuildTimes:
        """Time everything `rounds` times."""
        files = archive_files(self._archive)
        sample = spread_evenly(files, _LOADED)
        times: list[dict[str, float]] = []
        fulls: list[tuple[dict[str, Any], Peak]] = []
        for number in range(1, rounds + 1):
            found = run_job("load", files=sample)
            taken = {LOAD: found["seconds"] * len(files) / max(1, len(sample))}
            shutil.rmtree(self.index, ignore_errors=True)
            fulls.append(self._reindex(self.index))
            taken[FULL] = fulls[-1][0]["seconds"]
            taken[NOTHING], taken[CHANGED], changed = self._small_runs(number)
            times.append(taken)
            self._tell(f"reindex, round {number}: " + ", ".join(f"{k} {v:.2f} s" for k, v in taken.items()))
        return BuildTimes(
            rounds=tuple(times),
            stages=tuple(full["stages"] for full, _ in fulls),
            peaks=tuple(peak for _, peak in fulls),
            report=fulls[0][0]["report"],
            loaded=Loaded(len(files), len(sample), found["failed"]),
            changed_files=changed,
        )

    def _reindex(self, index: Path) -> tuple[dict[str, Any], Peak]:
        return run_watched("reindex", archive=str(self._archive), index=str(index))

    def _small_runs(self, number: int) -> tuple[float, float, int]:
        """Time a run with nothing changed, and one with 1% of the files changed; undo the change."""
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.index, self._copy)
        nothing = self._reindex(self._copy)[0]["seconds"]
        before = change_files(self._archive, number)
        changed = self._reindex(self._copy)[0]["seconds"]
        for path, data in before.items():
            path.write_bytes(data)
        shutil.rmtree(self._copy)
        return nothing, changed, len(before)


def change_files(archive: Path, seed: int) -> dict[Path, bytes]:
    """Add a sentence to 1% of the Markdown files; return what they were."""
    files = markdown_files(archive)
    chosen = random.Random(seed).sample(files, max(1, round(len(files) * CHANGED_SHARE)))
    before = {Path(path): Path(path).read_bytes() for path in chosen}
    for path, data in before.items():
        path.write_bytes(data + b"\n\nA correction was added to this article later on.\n")
    return before


class _Stream:
    """Articles one after the other; `seconds` is the time that making them took."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = iter(articles)
        self.seconds = 0.0

    def __iter__(self) -> Iterator[Article]:
        return self

    def __next__(self) -> Article:
        began = time.perf_counter()
        try:
            return next(self._articles)
        finally:
            self.seconds += time.perf_counter() - began


def build_peer(peer: Builder, collection: Collection, folder: Path, index: Path) -> float:
    """Return the seconds in which `peer` indexes all articles; one that did so before is only opened.

    The time that making or reading the articles takes is not its own, and is left out.
    """
    mark = folder / f"{peer.name}.json"
    made = {"articles": collection.shown, "about": peer.about}
    if collection.generated and mark.is_file():
        known: dict[str, Any] = json.loads(mark.read_text(encoding="utf-8"))
        if {name: known.get(name) for name in made} == made:
            peer.open()
            return float(known["seconds"])
    articles = _Stream(collection.articles(index))
    seconds = timed(lambda: peer.build(articles)) - articles.seconds
    mark.write_text(json.dumps({**made, "seconds": seconds}), encoding="utf-8")
    return seconds
