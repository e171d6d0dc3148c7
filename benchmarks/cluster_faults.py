"""What goes wrong in a cluster of three nodes, again and again, and whether any answer is wrong then.

    make cluster-faults

Four threads search all the while, and each answer is compared with that of an index folder of the same files.
Each fault is followed by a run that has to set all right; in the end the articles are those of a cluster that
was filled at once. It takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from opensearchpy.exceptions import OpenSearchException

from benchmarks.figures import table
from benchmarks.saved import CLUSTER_FAULTS, RESULTS, Saved, load, save, write_section
from indexer.cluster.connection import connect
from indexer.errors import BackfileError
from tests.cluster.faults import Outcome, Trial, meanwhile
from tests.cluster.nodes import Cluster

_DETECTED = {  # so that a node that does not answer is given up after some seconds
    f"cluster.fault_detection.{check}.{name}": value
    for check in ("follower_check", "leader_check")
    for name, value in (("timeout", "2s"), ("retry_count", "2"))
}
_TIGHT = {  # nodes that refuse what is more than two requests at a time
    **_DETECTED,
    "thread_pool.write.queue_size": "1",
    "thread_pool.search.queue_size": "1",
}
_PAUSED = 12.0  # seconds of a partition: the others have given the node up by then


def _searching(trial: Trial, number: int) -> None:
    trial.dice.choice(trial.cluster.nodes).kill()
    time.sleep(2)


def _publishing(trial: Trial, number: int) -> None:
    trial.change(0.8 if number % 3 == 2 else 0.2)
    run = trial.start()
    time.sleep(trial.dice.uniform(0, 1))
    trial.dice.choice(trial.cluster.nodes).kill()
    trial.ended(run)


def _manager(trial: Trial, number: int) -> None:
    trial.change()
    run = trial.start()
    time.sleep(trial.dice.uniform(0, 0.5))
    trial.cluster.manager.kill()
    trial.ended(run)


def _two(trial: Trial, number: int) -> None:
    trial.change()
    run = trial.start()
    time.sleep(trial.dice.uniform(0, 0.5))
    for node in trial.dice.sample(trial.cluster.nodes, 2):
        node.kill()
    trial.ended(run)


def _bulk(trial: Trial, number: int) -> None:
    trial.change()
    trial.ended(trial.start(breaks=("cut", "die")[number % 2]))


def _all(trial: Trial, number: int) -> None:
    trial.change()
    run = trial.start()
    for node in trial.cluster.nodes:
        node.stop()
    trial.ended(run)


def _partition(trial: Trial, number: int) -> None:
    trial.change()
    run = trial.start()
    time.sleep(trial.dice.uniform(0, 0.5))
    node = trial.dice.choice(trial.cluster.nodes)
    node.pause()
    time.sleep(_PAUSED)
    trial.ended(run)
    trial.change()
    trial.ended(trial.run(writer=1))
    node.resume()


def _writer(trial: Trial, number: int) -> None:
    trial.change(0.8 if number % 5 == 4 else 0.2)
    run = trial.start()
    time.sleep(trial.dice.uniform(0, 0.7))
    run.kill()
    trial.ended(run)


def _busy(trial: Trial, number: int) -> None:
    with _flood(trial):
        trial.change(0.8 if number % 2 else 0.2)
        trial.ended(trial.run())


@contextmanager
def _flood(trial: Trial) -> Iterator[None]:
    """Write to another index meanwhile, more than the nodes take."""
    settings = trial.settings().source
    with connect(settings) as client:

        def write(stop: threading.Event, _: int) -> None:
            lines = [part for _ in range(300) for part in ({"index": {}}, {"text": "harbour " * 20})]
            while not stop.is_set():
                try:
                    client.bulk(body=lines, index=f"{settings.alias}-flood")
                except (BackfileError, OpenSearchException):
                    time.sleep(0.01)

        with meanwhile(write, 8):
            yield


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """What is done each time, in words and as a function, how often, and to nodes with which settings."""

    name: str
    make: Callable[[Trial, int], None]
    rounds: int
    settings: Mapping[str, str] = dataclasses.field(default_factory=lambda: _DETECTED)


COLUMNS = ("rounds", "right", "refused", "busy", "wrong", "runs", "failed", "killed", "lost", "twice")

FAULTS: Mapping[str, Fault] = {
    "searching": Fault("a node killed while searching", _searching, 3),
    "publishing": Fault("a node killed while a run publishes", _publishing, 4),
    "manager": Fault("the elected manager killed", _manager, 3),
    "two": Fault("two of three nodes killed", _two, 3),
    "bulk": Fault("a bulk cut off half-way", _bulk, 4),
    "restart": Fault("all nodes stopped", _all, 2),
    "partition": Fault("a node suspended, and continued", _partition, 3),
    "writer": Fault("a writer killed", _writer, 20),
    "busy": Fault("more than the nodes take (429)", _busy, 3, _TIGHT),
}


def measure(names: Sequence[str]) -> Iterator[tuple[str, Outcome]]:
    """Make the faults; yield what came of each."""
    for settings in (_DETECTED, _TIGHT):
        chosen = [name for name in names if FAULTS[name].settings == settings]
        if not chosen:
            continue
        with (
            tempfile.TemporaryDirectory(prefix="backfile-") as folder,
            Cluster(3, Path(folder) / "nodes", settings) as cluster,
        ):
            for name in chosen:
                trial = Trial(cluster, Path(folder) / name, name)
                yield name, trial.repeat(FAULTS[name].make, FAULTS[name].rounds)


def faults_section(saved: Saved | None) -> list[str]:
    """Return the section of the page, paragraph by paragraph; nothing where nothing was measured."""
    if not saved:
        return []
    rows = [
        (FAULTS[name].name, *(f"{saved['faults'][name][column]:,}" for column in COLUMNS))
        for name in FAULTS
        if name in saved["faults"]
    ]
    return [
        "## What goes wrong in a cluster",
        f"By `make cluster-faults` on {saved['date']}: three nodes of OpenSearch on one machine, 240 "
        "articles, each of them on two nodes, four threads that search all the while. Each answer is "
        "compared with that of an index folder of the same files: total, articles, counts of "
        "topics. Each fault is followed by a run that has to set all right.",
        table(
            ("fault", "times", "right", "unavailable", *COLUMNS[3:]),
            rows,
        ),
        "“Unavailable” and “busy” are searches that ended with a sentence that says so, “failed” runs "
        "that did; “lost” and “twice” are articles in the end.",
    ]


def main(arguments: list[str] | None = None) -> int:
    """Make the faults, keep the counts, and put them into the page. Status 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster_faults", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"{', '.join(FAULTS)}; else all")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.faults if name not in FAULTS]:
        parser.error(f"there is no fault called {unknown[0]}")
    saved = load(CLUSTER_FAULTS) or {"faults": {}}
    all_right = True
    for name, outcome in measure(given.faults or list(FAULTS)):
        all_right &= outcome.is_right
        print(f"{FAULTS[name].name}: {'right' if outcome.is_right else 'WRONG'}", file=sys.stderr, flush=True)
        print("".join(f"  {fault}\n" for fault in outcome.faults), file=sys.stderr, end="")
        counts = {column: getattr(outcome, column) for column in COLUMNS}
        saved = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "faults": {**saved["faults"], name: counts}}
        save(CLUSTER_FAULTS, saved)
    print("\n\n".join(faults_section(saved)))
    write_section(faults_section(saved), RESULTS)
    return int(not all_right)


if __name__ == "__main__":
    raise SystemExit(main())
