"""What waiting segments cost: the same articles in ten segments beside one, asked the same questions."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.asking import KindTimes, time_kind
from benchmarks.collection import archive_files, settings_for
from benchmarks.peers import Question
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.peers.base import RELATED
from benchmarks.processes import run_job
from indexer.codec.layout import FORMAT_VERSION
from indexer.index.schema import SCHEMA_VERSION

SEGMENTS = 10
IN_SEGMENTS = f"Backfile, {SEGMENTS} segments"
_WARM = 5  # questions of each kind


def build_in_segments(archive: Path, folder: Path, tell: Callable[[str], None]) -> Path:
    """Return an index of `archive` in ten segments of one size, built in `folder` or found there.

    It is what ten runs over a growing archive leave where none of them merges.
    """
    index, growing, mark = folder / "index", folder / "archive", folder / "made.json"
    files = archive_files(archive)
    made = {"files": len(files), "format": FORMAT_VERSION, "schema": SCHEMA_VERSION}
    if mark.is_file() and json.loads(mark.read_text(encoding="utf-8")) == made:
        return index
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(SEGMENTS):
        for path in files[number * len(files) // SEGMENTS : (number + 1) * len(files) // SEGMENTS]:
            place = growing / Path(path).relative_to(archive)
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, place)
        took = run_job("reindex", archive=str(growing), index=str(index), merge=False)["seconds"]
        tell(f"segment {number + 1} of {SEGMENTS}: {took:.1f} s")
    shutil.rmtree(growing)
    mark.write_text(json.dumps(made), encoding="utf-8")
    return index


def time_segments(
    archive: Path, one: Path, several: Path, questions: Mapping[str, Sequence[Question]], rounds: int
) -> dict[str, KindTimes]:
    """Ask the indexes `one` and `several` in turn: all questions that are searches."""
    peers = [
        BackfilePeer(settings_for(archive, index), snippets=False, name=name)
        for index, name in ((one, None), (several, IN_SEGMENTS))
    ]
    try:
        for peer in peers:
            peer.open()
            # What an opened index reads once must not make its first questions look too slow to go on.
            for asked in questions.values():
                for question in asked[:_WARM]:
                    peer.ask(question)
        return {
            kind: time_kind(kind, peers, asked, rounds)
            for kind, asked in questions.items()
            if asked and kind != RELATED
        }
    finally:
        for peer in peers:
            peer.close()
