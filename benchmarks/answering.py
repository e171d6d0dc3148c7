"""Runs inside a checkout, beside another: answers what `before` asks, one JSON object a line.

Only the public names of `indexer` are used, which every checkout has: `open_archive`, `reindex`,
`load_settings`, and through them an archive's `search`, `related`, `suggest`, `timeline`, `overview`.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from benchmarks.derived import DERIVED, asker
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.peers.base import KINDS, WORDS, Question
from indexer import load_settings, open_archive, reindex

SNIPPETS = "words, with snippets"
# Of every row the kind of question that it is asked.
ASKED: Mapping[str, str] = {
    **{kind: kind for kind in KINDS},
    SNIPPETS: WORDS,
    **{row.name: row.kind for row in DERIVED if row.name not in KINDS},
}

Call = Callable[[int], object]


def write_question(question: Question) -> dict[str, Any]:
    """Return a question as JSON has it."""
    days = (day and day.isoformat() for day in (question.first, question.last))
    return {
        "kind": question.kind,
        "words": question.words,
        "topic": question.topic,
        "url": question.url,
    } | dict(zip(("first", "last"), days, strict=True))


def read_question(given: Mapping[str, Any]) -> Question:
    """Return the question that `write_question` wrote."""
    first, last = (given[name] and date.fromisoformat(given[name]) for name in ("first", "last"))
    return Question(given["kind"], tuple(given["words"]), given["topic"], first, last, given["url"])


def build(archive: str, index: str) -> float:
    """Return the seconds of a full run from `archive` to `index`."""
    settings = load_settings(archive=archive, index=index)
    began = time.perf_counter()
    reindex(settings)
    return time.perf_counter() - began


class Asking:
    """An index, open, and the questions that it is asked."""

    def __init__(self, index: str, questions: str, stack: ExitStack) -> None:
        drawn = json.loads(Path(questions).read_text(encoding="utf-8"))
        self._questions = {kind: [read_question(one) for one in found] for kind, found in drawn.items()}
        settings = load_settings(index=index)
        self._calls: dict[str, Call] = {}
        for name in ASKED:
            if name in KINDS or name == SNIPPETS:
                peer = BackfilePeer(settings, snippets=name == SNIPPETS)
                peer.open()
                stack.callback(peer.close)
                self._calls[name] = self._call(peer, ASKED[name])
        for row in DERIVED:
            if row.name not in KINDS:
                archive = stack.enter_context(open_archive(index=index))
                self._calls[row.name] = asker(row, archive, self._questions[row.kind])

    def _call(self, peer: BackfilePeer, kind: str) -> Call:
        return lambda at: peer.ask(self._questions[kind][at])

    def warm(self, name: str) -> str | None:
        """Ask every question of a row once; return a hash of the answers, None for what has no one text."""
        digest = hashlib.sha256()
        for at in range(len(self._questions[ASKED[name]])):
            digest.update(repr(self._calls[name](at)).encode())
        gc.collect()
        gc.freeze()
        return digest.hexdigest() if name in KINDS or name == SNIPPETS else None

    def time(self, name: str, start: int, end: int) -> list[float]:
        """Return the seconds of each question of a row from `start` to `end`."""
        call = self._calls[name]
        gc.collect()
        taken = []
        for at in range(start, end):
            began = time.perf_counter()
            call(at)
            taken.append(time.perf_counter() - began)
        return taken


def serve(index: str, questions: str, lines: TextIO) -> None:
    """Answer `["warm", ROW]` and `["time", ROW, START, END]` until the lines end."""
    with ExitStack() as stack:
        asking = Asking(index, questions, stack)
        for line in lines:
            verb, name, *numbers = json.loads(line)
            found = asking.warm(name) if verb == "warm" else asking.time(name, *numbers)
            print(json.dumps(found), flush=True)


def main(job: str, *given: str) -> None:
    """Do one job, `build` or `ask`, and print what it finds."""
    if job == "build":
        archive, index = given
        print(json.dumps(build(archive, index)))
    else:
        index, questions = given
        serve(index, questions, sys.stdin)
