"""Jobs in processes of their own: a job -> what it says of itself, and the memory it took.

A job is a function of `benchmarks.jobs`. All its processes are watched together: resident memory
(RSS), in which a page that several share counts several times, and the proportional share (PSS), in
which it counts once. Anywhere but on Linux the memory is unknown, 0.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).resolve().parent.parent
_PROC = Path("/proc")
_PAUSE = 0.1  # seconds between two looks at the resident memory
_EVERY = 5  # looks for one at the proportional share, which takes longer


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest sums over all processes of a job, in bytes."""

    resident: int = 0
    proportional: int = 0
    processes: int = 0


def run_job(job: str, **given: Any) -> dict[str, Any]:
    """Run a job in a fresh process; return what it found. Raises RuntimeError where it failed."""
    return run_watched(job, watch=False, **given)[0]


def run_watched(job: str, *, watch: bool = True, **given: Any) -> tuple[dict[str, Any], Peak]:
    """Run a job in a fresh process; return what it found and how much memory all its processes took."""
    with tempfile.TemporaryDirectory(prefix="backfile-job-") as folder:
        question, answer = Path(folder, "given.json"), Path(folder, "found.json")
        question.write_text(json.dumps(given), encoding="utf-8")
        path = os.pathsep.join(filter(None, (str(_PROJECT), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.jobs", job, str(question), str(answer)],
            env={**os.environ, "PYTHONPATH": path},
        )
        peak = _watch(process) if watch else Peak()
        if process.wait():
            raise RuntimeError(f"the job '{job}' failed")
        found: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return found, peak


def _watch(process: subprocess.Popen[bytes]) -> Peak:
    resident = proportional = most = looks = 0
    while process.poll() is None:
        tree = process_tree(process.pid)
        most = max(most, len(tree))
        resident = max(resident, sum(_resident(pid) for pid in tree))
        if looks % _EVERY == 0:
            proportional = max(proportional, sum(memory(pid).get("Pss", 0) for pid in tree))
        looks += 1
        time.sleep(_PAUSE)
    return Peak(resident, proportional, most)


def process_tree(root: int) -> list[int]:
    """Return a process, its children, their children and so on."""
    children: dict[int, list[int]] = {}
    for place in _PROC.glob("[0-9]*/stat"):
        try:
            parent = int(place.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        children.setdefault(parent, []).append(int(place.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _resident(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def memory(pid: int | str = "self") -> Mapping[str, int]:
    """Return a process's memory in bytes by the names of `smaps_rollup`; nothing where there is none."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.endswith("kB")}
