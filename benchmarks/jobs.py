"""What runs in a process of its own, so that nothing else is in its memory: see `processes`."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from benchmarks.collection import settings_for
from benchmarks.peers import Question
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.processes import memory
from indexer import open_archive, reindex
from indexer.indexing import writer

_COUNTS = ("files", "articles", "duplicates", "withdrawn", "rejected", "related", "added", "changed")


@dataclass(slots=True)
class Stages:
    """A progress hook that takes the time of each stage of a run."""

    seconds: dict[str, float] = field(default_factory=dict)
    _stage: str = "starting"
    _since: float = field(default_factory=time.perf_counter)

    def __call__(self, progress: Any) -> None:
        """Take note of where the run is."""
        now = time.perf_counter()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = progress.stage, now

    def end(self) -> dict[str, float]:
        """Return the seconds of each stage, the last one up to now."""
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + time.perf_counter() - self._since
        return self.seconds


def run_reindex(archive: str, index: str, merge: bool = True) -> dict[str, Any]:
    """Bring an index in line with its archive; return the seconds, in all and by stage, and the report.

    Without `merge`, what is new becomes a segment of its own whatever the policy says.
    """
    settings = settings_for(Path(archive), Path(index))
    stages = Stages()
    policy = contextlib.nullcontext() if merge else patch.object(writer, "to_merge", lambda *_: [])
    began = time.perf_counter()
    with policy:
        report = reindex(settings, progress=stages)
    seconds = time.perf_counter() - began
    counts = {name: getattr(report, name, 0) for name in _COUNTS}
    return {"seconds": seconds, "stages": stages.end(), "report": counts}


def load(files: list[str]) -> dict[str, Any]:
    """Load the front matter of every file with `yaml.load(…, CSafeLoader)`, and drop it."""
    failed = 0
    began = time.perf_counter()
    for path in files:
        text = Path(path).read_text(encoding="utf-8", errors="replace").lstrip("\ufeff")
        if text.startswith("---"):
            text = text[3:].split("\n---", 1)[0]
        try:
            yaml.load(text, Loader=yaml.CSafeLoader)
        except (yaml.YAMLError, ValueError):  # ValueError: a timestamp that is no date
            failed += 1
    return {"seconds": time.perf_counter() - began, "files": len(files), "failed": failed}


def open_index(archive: str, index: str, questions: list[list[str]]) -> dict[str, Any]:
    """Open an index, ask it questions of words, and return the seconds and the memory of each step."""
    before = memory()
    began = time.perf_counter()
    opened = open_archive(index=index)
    took = time.perf_counter() - began
    after = memory()
    began = time.perf_counter()
    results = opened.search(" ".join(questions[0]) if questions else "")
    _ = (
        results.total,
        [hit.article for hit in results],
        [results.facets[n] for n in ("topic", "provider", "date")],
    )
    first = time.perf_counter() - began
    opened.close()
    peer = BackfilePeer(settings_for(Path(archive), Path(index)), snippets=False)
    peer.open()
    for words in questions:
        peer.ask(Question("words", tuple(words)))
    return {"open": took, "first": first, "memory": [before, after, memory()]}


JOBS: dict[str, Callable[..., dict[str, Any]]] = {"reindex": run_reindex, "load": load, "open": open_index}


def main(job: str, given: str, found: str) -> None:
    """Run a job with what the file `given` holds, and write what it found."""
    result = JOBS[job](**json.loads(Path(given).read_text(encoding="utf-8")))
    Path(found).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
