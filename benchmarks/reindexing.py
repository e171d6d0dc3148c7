"""The timing of reindexing: Backfile from files to searchable, and the plain pipelines beside it."""

from __future__ import annotations

import functools
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from benchmarks.collection import all_articles, markdown_files, settings_for
from benchmarks.measure import Spread, ratio, spread, timed
from benchmarks.peers import Peer
from indexer import Article, IndexReport, open_archive, reindex
from indexer.build import Progress

LOAD, FULL, NOTHING, CHANGED = "load", "full", "nothing", "changed"
CHANGED_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the plain YAML loader made of the files."""

    files: int
    failed: int


@dataclass(frozen=True, slots=True)
class BuildTimes:
    """Seconds by what was run (LOAD, FULL, NOTHING, CHANGED or a peer's name), round by round.

    `stages` are the seconds of the stages of each full run; `report` is of the first of them.
    """

    rounds: tuple[Mapping[str, float], ...]
    stages: tuple[Mapping[str, float], ...]
    report: IndexReport
    loaded: Loaded
    changed_files: int

    def seconds(self, name: str) -> Spread:
        """Return how long `name` took."""
        return spread(times[name] for times in self.rounds)

    def ratio(self, name: str, base: str) -> Spread:
        """Return how many times as fast `base` is as `name`."""
        return ratio([r[name] for r in self.rounds], [r[base] for r in self.rounds])

    def pipeline(self, peer: str) -> Spread:
        """Return how long it takes to load the files and index them with `peer`."""
        return spread(r[LOAD] + r[peer] for r in self.rounds)

    def pipeline_ratio(self, peer: str) -> Spread:
        """Return how many times as fast Backfile's full run is as the pipeline with `peer`."""
        return ratio([r[LOAD] + r[peer] for r in self.rounds], [r[FULL] for r in self.rounds])


def load_front_matter(archive: Path) -> Loaded:
    """Load the front matter of every file with `yaml.load(…, CSafeLoader)`, and drop it."""
    files = failed = 0
    for path in _archive_files(archive):
        files += 1
        text = path.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff")
        if text.startswith("---"):
            text = text[3:].split("\n---", 1)[0]
        try:
            yaml.load(text, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError):  # ValueError: a timestamp that is no date
            failed += 1
    return Loaded(files, failed)


def _archive_files(archive: Path) -> Iterator[Path]:
    endings = (".md", ".markdown", ".yaml", ".yml")
    return (p for p in sorted(archive.rglob("*")) if p.suffix.lower() in endings and p.is_file())


@dataclass(slots=True)
class Stages:
    """A progress hook that takes the time of each stage of a run."""

    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = "reading"
    _since: float = field(default_factory=time.perf_counter)

    def __call__(self, progress: Progress) -> None:
        """Take note of where the run is."""
        now = time.perf_counter()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = progress.stage, now


class ReindexTimer:
    """Runs the rounds on an archive whose files may be changed. Folders: `index` is built by the
    full run of each round, and left by the last; what changes, changes on a copy of it."""

    def __init__(self, archive: Path, folder: Path, tell: Callable[[str], None]) -> None:
        self._archive = archive
        self.index = folder / "index"
        self._copy = folder / "index-changing"
        self._tell = tell

    def run(self, peers: Sequence[Peer], rounds: int) -> tuple[BuildTimes, list[Article]]:
        """Time everything `rounds` times; return the times and the articles that are searchable."""
        times: list[dict[str, float]] = []
        stages: list[dict[str, float]] = []
        reports: list[IndexReport] = []
        loaded: list[Loaded] = []
        articles: list[Article] = []
        changed = 0
        for number in range(1, rounds + 1):
            taken: dict[str, float] = {}
            taken[LOAD] = timed(lambda: loaded.append(load_front_matter(self._archive)))
            taken[FULL], stage = self._full(reports)
            taken[NOTHING], taken[CHANGED], changed = self._small_runs(number)
            if not articles:
                with open_archive(index=self.index) as opened:
                    articles = all_articles(opened)
            for peer in peers:
                seconds = timed(functools.partial(peer.build, articles))
                if not peer.shares_index:
                    taken[peer.name] = seconds
            times.append(taken)
            stages.append(stage)
            self._tell(f"reindex, round {number}: " + ", ".join(f"{k} {v:.2f} s" for k, v in taken.items()))
        return BuildTimes(tuple(times), tuple(stages), reports[0], loaded[0], changed), articles

    def _full(self, reports: list[IndexReport]) -> tuple[float, dict[str, float]]:
        shutil.rmtree(self.index, ignore_errors=True)
        settings = settings_for(self._archive, self.index)
        stages: list[Stages] = []

        def build() -> None:
            stages.append(Stages())
            reports.append(reindex(settings, progress=stages[0]))

        return timed(build), stages[0].seconds

    def _small_runs(self, number: int) -> tuple[float, float, int]:
        """Time a run with nothing changed, and one with 1% of the files changed; undo the change."""
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.index, self._copy)
        settings = settings_for(self._archive, self._copy)
        nothing = timed(lambda: reindex(settings))
        before = change_files(self._archive, number)
        changed = timed(lambda: reindex(settings))
        for path, data in before.items():
            path.write_bytes(data)
        shutil.rmtree(self._copy)
        return nothing, changed, len(before)


def change_files(archive: Path, seed: int) -> dict[Path, bytes]:
    """Add a sentence to 1% of the Markdown files; return what they were."""
    files = markdown_files(archive)
    chosen = random.Random(seed).sample(files, max(1, round(len(files) * CHANGED_SHARE)))
    before = {path: path.read_bytes() for path in chosen}
    for path, data in before.items():
        path.write_bytes(data + b"\n\nA correction was added to this article later on.\n")
    return before
