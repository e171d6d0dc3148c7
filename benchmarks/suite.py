"""Everything in order: copy, reindex, check, time, profile. Give me a Plan, I return Findings."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.agreement import Agreements, compare
from benchmarks.asking import QueryTimes, time_queries
from benchmarks.collection import copy_archive, copy_sample, settings_for
from benchmarks.machine import Machine, describe_machine
from benchmarks.peers import Peer, other_peers
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.profiling import Profile, profile
from benchmarks.queries import Words, draw_words
from benchmarks.reindexing import BuildTimes, ReindexTimer, change_files
from indexer import reindex

_PROFILED_FILES = 2000

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `shown` and `command` stand in the report."""

    archive: Path
    shown: str
    queries: int
    rounds: int
    command: str


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was measured."""

    plan: Plan
    machine: Machine
    about: Mapping[str, str]  # by peer, how it is set up
    left_out: Sequence[str]
    builds: BuildTimes
    queries: Sequence[Words]
    agreements: Agreements
    times: QueryTimes
    bytes_on_disk: Mapping[str, int]
    backfile_files: Mapping[str, int]  # the parts of Backfile's own index
    profiles: Sequence[Profile]
    base: str  # Backfile doing the same work as the others
    whole: str  # Backfile with its snippets
    load_after: float  # the machine's load when all was done


def run(plan: Plan, tell: Tell) -> Findings:
    """Measure everything in a temporary folder, on a copy of the archive."""
    with tempfile.TemporaryDirectory(prefix="backfile-benchmark-") as temporary:
        return _run(plan, Path(temporary), tell)


def _run(plan: Plan, folder: Path, tell: Tell) -> Findings:
    machine = describe_machine()
    archive = folder / "archive"
    copy_archive(plan.archive, archive)
    others, left_out = other_peers(folder)
    timer = ReindexTimer(archive, folder, tell)
    ours = [BackfilePeer(settings_for(archive, timer.index), snippets=s) for s in (True, False)]
    whole, base = ours
    peers: list[Peer] = [*ours, *others]
    try:
        builds, articles = timer.run(others, plan.rounds)
        for backfile in ours:
            backfile.build(articles)
        queries = draw_words(articles, plan.queries)
        tell(f"{len(articles)} articles, {len(queries)} queries: comparing the answers")
        agreements = compare(base, others, queries)
        tell("timing the queries")
        times = time_queries(peers, queries, plan.rounds)
        tell("profiling")
        profiles = (
            profile("queries, with snippets", lambda: [whole.query(words) for words in queries]),
            *_profile_reindex(archive, folder),
        )
        return Findings(
            plan=plan,
            machine=machine,
            about={peer.name: peer.about for peer in peers},
            left_out=left_out,
            builds=builds,
            queries=queries,
            agreements=agreements,
            times=times,
            bytes_on_disk={peer.name: peer.size() for peer in peers if not peer.shares_index},
            backfile_files=_parts(timer.index),
            profiles=profiles,
            base=base.name,
            whole=whole.name,
            load_after=os.getloadavg()[0],
        )
    finally:
        for peer in peers:
            peer.close()


def _profile_reindex(archive: Path, folder: Path) -> tuple[Profile, Profile]:
    """Profile a full run and one with 1% changed, in one process, on a sample: cProfile sees no other."""
    sample = folder / "sample"
    count = copy_sample(archive, sample, _PROFILED_FILES)
    settings = settings_for(sample, folder / "sample-index", workers=1)
    full = profile(f"full reindex of {count:,} files, one process", lambda: reindex(settings))
    change_files(sample, seed=1)
    return full, profile("1% of these files changed, one process", lambda: reindex(settings))


def _parts(index: Path) -> dict[str, int]:
    """Return the bytes of an index by its files' endings, the largest first."""
    parts: dict[str, int] = {}
    for path in index.iterdir():
        of_a_generation = path.name.startswith(("manifest-", "generation-"))
        kind = path.name.split("-")[0] if of_a_generation else path.suffix or path.name
        parts[kind] = parts.get(kind, 0) + path.stat().st_size
    return dict(sorted(parts.items(), key=lambda item: -item[1]))
