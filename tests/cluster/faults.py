"""An archive in a cluster while things go wrong: what its searches answered, and what its runs came to.

Every answer is compared with those of an index folder of the same files. While a run is at work, two generations may
answer, each of them whole.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from indexer import Archive, Settings, open_archive, reindex
from indexer.cluster.connection import connect
from indexer.cluster.store import ClusterStore
from indexer.errors import BusyError, SourceUnavailableError
from indexer.query.cluster.source import ClusterSource
from indexer.query.engine import SearchEngine
from tests.archives import REPOSITORY, write
from tests.cluster.nodes import Cluster
from tests.cluster.writer import FAILED, settings_of

ARTICLES = 240
THREADS = 4
FRESH = 0.2  # seconds after which a search looks for a newer generation
QUERIES: Sequence[tuple[str, dict[str, Any]]] = (
    ("harbour", {}),
    ("ferry island", {}),
    ("", {"sort": "newest"}),
    ("tide", {"topic": "Sea"}),
)

Answer = tuple[Any, ...]
Valid = tuple[frozenset[Answer], ...]  # by query, what may be answered


@contextlib.contextmanager
def meanwhile(work: Callable[[threading.Event, int], None], count: int) -> Iterator[None]:
    """Let `work` run in several threads until the block ends: it is given the event that then stops it, and the
    number of its thread."""
    stop = threading.Event()
    threads = [threading.Thread(target=work, args=(stop, number)) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@dataclasses.dataclass(slots=True)
class Outcome:
    """What came of a fault: how often it was made, searches by what they answered, runs by how they ended, articles
    that were lost or there twice in the end."""

    rounds: int = 0
    right: int = 0
    refused: int = 0
    wrong: int = 0
    runs: int = 0
    failed: int = 0
    killed: int = 0
    lost: int = 0
    twice: int = 0
    busy: int = 0
    faults: list[str] = dataclasses.field(default_factory=list)  # anything that must not be, in words

    @property
    def is_right(self) -> bool:
        """Whether nothing was wrong, lost or twice, and every failure was a sentence."""
        return not (self.wrong or self.lost or self.twice or self.faults)


class Trial:
    """An archive of ARTICLES articles, called `alias` in the cluster."""

    def __init__(self, cluster: Cluster, folder: Path, alias: str, seed: int = 0) -> None:
        self.cluster = cluster
        self.outcome = Outcome()
        self.dice = random.Random(f"{alias} {seed}")
        self._folder = folder
        self._alias = alias
        self._turn = 0
        self._first = ""
        self._lock = threading.Lock()
        (folder / "archive").mkdir(parents=True)
        self.change(1.0)
        self._valid: Valid = self._expected()
        self.ended(self.run(), must=True)

    # Files, and what is right

    def settings(self, writer: int = 0, alias: str = "") -> Settings:
        """Return the settings of one of several writers: each has an index folder of its own."""
        return settings_of(self._given(writer, alias))

    def _given(self, writer: int = 0, alias: str = "", breaks: str = "") -> dict[str, Any]:
        return {
            "archive": str(self._folder / "archive"),
            "index": str(self._folder / f"index-{writer}"),
            "hosts": self.cluster.hosts,
            "alias": alias or self._alias,
            "replicas": min(1, len(self.cluster.nodes) - 1),
            "timeout_ms": 10_000,
            "breaks": breaks,
        }

    def change(self, share: float = 0.2) -> None:
        """Write a share of the files anew, and remove or bring back some of these."""
        self._turn += 1
        for number in range(ARTICLES):
            if self.dice.random() >= share:
                continue
            path = self._folder / "archive" / f"{number}.md"
            if self._turn > 1 and path.exists() and self.dice.random() < 0.2:
                path.unlink()
                continue
            word = self.dice.choice(["tide", "ferry", "bridge"])
            write(
                path.parent, path.name, f"The {word} and the harbour of an island, and a ferry. " * 5,
                title=f"Article {number} in turn {self._turn}", url=f"https://a.example/{number}",
                date=f"2020-{number % 12 + 1:02}-{number % 28 + 1:02}", topics=self.dice.sample(["Sea", "Air", "Rail"], 2),
            )  # fmt: skip

    def _expected(self) -> Valid:
        """Return what an index folder of the files as they are now answers."""
        settings = self.settings(writer=99)
        alone = dataclasses.replace(settings, source=dataclasses.replace(settings.source, kind="embedded"))
        reindex(alone, allow_loss=True)
        with open_archive(alone) as archive:
            found = tuple(frozenset([answer(archive, query)]) for query in range(len(QUERIES)))
            assert archive.search("harbour").total == len(list((self._folder / "archive").iterdir()))
        return found

    # Runs

    def start(self, writer: int = 0, breaks: str = "") -> subprocess.Popen[str]:
        """Start a run for the files as they are now, and wait until it publishes."""
        expected = self._expected()
        self._valid = tuple(one | other for one, other in zip(self._valid, expected, strict=True))
        run = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.writer", json.dumps(self._given(writer, breaks=breaks))],
            cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert run.stdout
        self._first = run.stdout.readline()  # a run that cannot begin has its error here
        return run

    def run(self, writer: int = 0) -> subprocess.Popen[str]:
        """Run, and return the process that has ended."""
        run = self.start(writer)
        run.wait()
        return run

    def ended(self, run: subprocess.Popen[str], *, must: bool = False) -> bool:
        """Count a run that ends; return whether it succeeded. Where it `must`, all else is a fault."""
        out, err = run.communicate()
        outcome = self.outcome
        out = (self._first + out).removeprefix("publishing\n")
        outcome.runs += 1
        outcome.killed += run.returncode < 0
        outcome.failed += run.returncode == FAILED
        in_sentence = run.returncode == FAILED and out.count("\n") == 1 and not err
        if run.returncode > 0 and (must or not in_sentence):
            outcome.faults.append(f"a run ended with {run.returncode}: {out}{err}")
        if run.returncode == 0:
            time.sleep(FRESH * 2)
            self._valid = self._expected()
        return run.returncode == 0

    # Searches

    @contextlib.contextmanager
    def searching(self) -> Iterator[None]:
        """Search in several threads meanwhile, and compare every answer."""
        with (
            self._opened(self.settings()) as archive,
            meanwhile(lambda stop, thread: self._search(archive, stop, thread), THREADS),
        ):
            yield

    def _opened(self, settings: Settings) -> Archive:
        source = ClusterSource(connect(settings.source), settings.source.alias, fresh=FRESH)
        return Archive(settings, SearchEngine(settings, source))

    def _search(self, archive: Archive, stop: threading.Event, thread: int) -> None:
        dice = random.Random(thread)
        while not stop.wait(0.05):
            query = dice.randrange(len(QUERIES))
            before = self._valid[query]
            found: Answer = ()
            name, fault = "right", ""
            try:
                found = answer(archive, query)
                if found not in before | self._valid[query]:
                    name, fault = (
                        "wrong",
                        f"{QUERIES[query]}: {short(found)} is none of {[*map(short, before)]}",
                    )
            except BusyError:
                name = "busy"
            except SourceUnavailableError:
                name = "refused"
            except Exception as error:
                name, fault = "wrong", f"{QUERIES[query]}: {type(error).__name__}: {error}"
            with self._lock:
                setattr(self.outcome, name, getattr(self.outcome, name) + 1)
                if fault and len(self.outcome.faults) < 20:
                    self.outcome.faults.append(fault)

    # The end

    def finish(self) -> Outcome:
        """Let every node run and a last run end; compare with a cluster that was filled at once."""
        self.cluster.restore()
        self.cluster.wait("green")
        self.ended(self.run(writer=7), must=True)
        outcome = self.outcome
        fresh = self.settings(writer=8, alias=f"{self._alias}-fresh")
        reindex(fresh)
        with self._opened(self.settings()) as archive, self._opened(fresh) as other:
            for query in range(len(QUERIES)):
                answers = {answer(archive, query), answer(other, query), *self._valid[query]}
                if len(answers) > 1:
                    outcome.wrong += 1
                    outcome.faults.append(f"in the end: {[*map(short, answers)]}")
        wanted, there = self._live(fresh), self._live(self.settings())
        outcome.lost += len(wanted - there)
        outcome.twice += len(there - wanted)
        self._remove()
        return outcome

    def _live(self, settings: Settings) -> Counter[str]:
        """Return the articles of the current generation as the documents of the cluster say."""
        with connect(settings.source) as client:
            current, _ = ClusterStore(client, settings.source.alias).current()
            assert current
            bounds = [
                {"range": {"since": {"lte": current.generation}}},
                {"range": {"until": {"gt": current.generation}}},
            ]
            body = {"query": {"bool": {"filter": bounds}}, "size": 10_000, "_source": ["id", "article.title"]}
            hits = client.search(index=current.articles, body=body)["hits"]["hits"]
        return Counter(f"{hit['_source']['id']} {hit['_source']['article']['title']}" for hit in hits)

    def _remove(self) -> None:
        with connect(self.settings().source) as client:
            for name in client.indices.get(index=f"{self._alias}-*"):
                client.indices.delete(index=name)

    def repeat(self, fault: Callable[[Trial, int], None], rounds: int) -> Outcome:
        """Make a fault so many times while searches go on, each followed by a run that sets all right."""
        for number in range(rounds):
            with self.searching():
                fault(self, number)
                self.cluster.restore()
                self.cluster.wait("green")
                self.ended(self.run(writer=1 + number % 2), must=True)
            self.outcome.rounds += 1
        return self.finish()


def answer(archive: Archive, query: int) -> Answer:
    """Return what one of QUERIES finds: the total, the articles with their versions, the counts of topics."""
    text, more = QUERIES[query]
    results = archive.search(text, size=ARTICLES, **more)
    topics = tuple((value.value, value.count) for value in results.facets["topic"])
    return results.total, tuple(sorted((hit.article.id, hit.article.title) for hit in results)), topics


def short(found: Answer) -> str:
    """Return an answer for the eye."""
    total, hits, topics = found
    turns = Counter(title.rpartition(" ")[2] for _, title in hits)
    return f"{total} in all, {len(hits)} hits of turns {dict(sorted(turns.items()))}, {topics}"
