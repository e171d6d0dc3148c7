"""Everything in order: files, reindex, peers, questions, profile. A Plan -> Findings."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.asking import KindTimes, time_kind
from benchmarks.collection import Collection, copy_sample, settings_for
from benchmarks.derived import DerivedTimes, time_derived
from benchmarks.machine import Machine, describe_machine
from benchmarks.peers import KINDS, WORDS, Builder, Peer, Question, other_peers
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.processes import run_job
from benchmarks.profiling import Profile, profile
from benchmarks.queries import draw_questions
from benchmarks.reindexing import BuildTimes, ReindexTimer, build_peer, change_files
from benchmarks.segmented import build_in_segments, time_segments
from indexer import Article, reindex
from indexer.index.files import generation_in

_PROFILED_FILES = 2000
_TITLES = 20_000  # articles that questions are drawn from, at most
_OPENED = 3  # times that an index is opened, each in a fresh process

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, `queries` of each kind. `command` stands in the report; `keep` is a folder that
    collections and the peers' indexes are kept in, and taken from where they are there."""

    collections: tuple[Collection, ...]
    queries: int
    rounds: int
    command: str
    keep: Path | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """An index opened in fresh processes: seconds to open, seconds of the first query (medians), and
    memory in bytes by the names of `smaps_rollup`: before, after opening, after all queries."""

    seconds: float
    first: float
    memory: tuple[Mapping[str, int], ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on disk by engine, by part of Backfile's own index, and of all files of the archive."""

    engines: Mapping[str, int]
    parts: Mapping[str, int]
    archive: int


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured on one collection. `indexing` are the peers' seconds; `derived` the times of
    what is derived from a search, `segmented` those of an index in several segments beside one, of a
    large collection."""

    collection: Collection
    builds: BuildTimes
    indexing: Mapping[str, float]
    kinds: Mapping[str, KindTimes]
    sizes: Sizes
    opened: Opened
    profiles: Sequence[Profile]
    derived: DerivedTimes
    segmented: Mapping[str, KindTimes]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was measured, by collection."""

    plan: Plan
    machine: Machine
    about: Mapping[str, str]  # by peer, how it is set up
    left_out: Sequence[str]
    results: Sequence[Results]
    load_after: float  # the machine's load when all was done


def run(plan: Plan, tell: Tell) -> Findings:
    """Measure everything on one collection after the other, in a temporary folder or the kept one."""
    machine = describe_machine()
    about: dict[str, str] = {}
    left_out: dict[str, None] = {}
    results = []
    for collection in plan.collections:
        with _folder(plan, collection) as folder:
            tell(f"{collection.shown}: writing the files")
            bench = _Bench(plan, collection, folder, tell)
            results.append(bench.run())
            about.update({peer.name: peer.about for peer in (*bench.peers, *bench.sized)})
            left_out.update(dict.fromkeys(bench.left_out))
    return Findings(plan, machine, about, tuple(left_out), results, os.getloadavg()[0])


@contextlib.contextmanager
def _folder(plan: Plan, collection: Collection) -> Iterator[Path]:
    if plan.keep is not None:
        folder = plan.keep / collection.name
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="backfile-benchmark-") as temporary:
        yield Path(temporary)


class _Bench:
    """One collection, and all that is done with it."""

    def __init__(self, plan: Plan, collection: Collection, folder: Path, tell: Tell) -> None:
        self._plan = plan
        self._collection = collection
        self._folder = folder
        self._tell = tell
        self._rounds = 1 if collection.large else plan.rounds
        self._archive = collection.prepare(folder)
        self._timer = ReindexTimer(self._archive, folder, tell)
        settings = settings_for(self._archive, self._timer.index)
        self._ours = [BackfilePeer(settings, snippets=snippets) for snippets in (False, True)]
        self._others, self.left_out = other_peers(folder, whoosh=not collection.large)
        self.peers: list[Peer] = [*self._ours, *self._others]
        self.sized = _sized(folder)

    def run(self) -> Results:
        """Measure everything."""
        try:
            builds = self._timer.run(self._rounds)
            indexing = {peer.name: self._index(peer) for peer in (*self._others, *self.sized)}
            for backfile in self._ours:
                backfile.open()
            sample = self._sample(builds.report["articles"])
            questions = {kind: draw_questions(kind, sample, self._plan.queries) for kind in KINDS}
            kinds = {kind: self._time(kind, asked) for kind, asked in questions.items() if asked}
            return Results(
                collection=self._collection,
                builds=builds,
                indexing=indexing,
                kinds=kinds,
                sizes=self._sizes(),
                opened=self._open(questions[WORDS]),
                profiles=tuple(self._profiles(questions[WORDS])),
                derived=time_derived(self._timer.index, sample, self._plan.queries, self._plan.rounds),
                segmented=self._segmented(questions) if self._collection.large else {},
            )
        finally:
            for peer in self.peers:
                peer.close()

    def _index(self, builder: Builder) -> float:
        seconds = build_peer(builder, self._collection, self._folder, self._timer.index)
        self._tell(f"{builder.name}: indexed in {seconds:.1f} s")
        return seconds

    def _sample(self, articles: int) -> list[Article]:
        step = -(-articles // _TITLES) or 1
        found = self._collection.articles(self._timer.index)
        return [article for place, article in enumerate(found) if place % step == 0]

    def _time(self, kind: str, questions: Sequence[Question]) -> KindTimes:
        times = time_kind(kind, self.peers, questions, self._plan.rounds)
        told = (f"{name} {times.percentile(name, 50).median * 1e3:.2f}" for name in times.peers)
        self._tell(f"{len(questions)} of {kind}, p50 in ms: {', '.join(told)}")
        return times

    def _segmented(self, questions: Mapping[str, Sequence[Question]]) -> dict[str, KindTimes]:
        several = build_in_segments(self._archive, self._folder / "segmented", self._tell)
        return time_segments(self._archive, self._timer.index, several, questions, self._plan.rounds)

    def _sizes(self) -> Sizes:
        builders: list[Builder] = [peer for peer in self.peers if not peer.shares_index]
        return Sizes(
            engines={builder.name: builder.size() for builder in (*builders, *self.sized)},
            parts=_parts(self._timer.index),
            archive=sum(path.stat().st_size for path in self._archive.rglob("*") if path.is_file()),
        )

    def _open(self, questions: Sequence[Question]) -> Opened:
        given = {
            "archive": str(self._archive),
            "index": str(self._timer.index),
            "questions": [question.words for question in questions],
        }
        found = [run_job("open", **given) for _ in range(_OPENED)]
        seconds, first = (statistics.median(f[name] for f in found) for name in ("open", "first"))
        return Opened(seconds, first, tuple(found[-1]["memory"]))

    def _profiles(self, questions: Sequence[Question]) -> Iterator[Profile]:
        backfile, snippets = self._ours
        self._tell("profiling")
        asked = len(questions)
        yield profile("the search-page query", lambda: [backfile.ask(q) for q in questions], asked)
        if not self._collection.large:
            yield profile("the same with snippets", lambda: [snippets.ask(q) for q in questions], asked)
            yield from self._reindex_profiles()

    def _reindex_profiles(self) -> Iterator[Profile]:
        """Profile a full run and one with 1% changed, in one process, on a sample: cProfile sees no other."""
        sample = self._folder / "sample"
        count = copy_sample(self._archive, sample, _PROFILED_FILES)
        index = self._folder / "sample-index"
        shutil.rmtree(index, ignore_errors=True)  # a kept one would not be built in full
        settings = settings_for(sample, index, workers=1)
        yield profile(
            f"full reindex of {count:,} files, one process", lambda: reindex(settings), count, "file"
        )
        change_files(sample, seed=1)
        yield profile("1% of these files changed, one process", lambda: reindex(settings), count, "file")


def _sized(folder: Path) -> list[Builder]:
    """Return what only its size is asked of: it is there where tantivy is."""
    if importlib.util.find_spec("tantivy") is None:
        return []
    module = importlib.import_module("benchmarks.peers.tantivy_index")
    return [module.SameFields(folder / "tantivy-same-fields")]


def _parts(index: Path) -> dict[str, int]:
    """Return the bytes of an index by its files' endings, the largest first."""
    parts: dict[str, int] = {}
    for path in index.iterdir():
        of_a_generation = generation_in(path.name) is not None
        kind = path.name.split("-")[0] if of_a_generation else path.suffix or path.name
        parts[kind] = parts.get(kind, 0) + path.stat().st_size
    return dict(sorted(parts.items(), key=lambda item: -item[1]))
