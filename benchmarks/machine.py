"""What it ran on: cores, memory, versions. No names of hosts, users or folders."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

_LIBRARIES = ("whoosh3", "numpy", "nltk", "PyYAML", "tantivy", "bm25s")
_CPU, _MEMORY = Path("/proc/cpuinfo"), Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and the moment; `load` is what it was busy with before the run began."""

    when: str
    cpu: str
    cores: int
    memory_gib: float | None
    system: str
    python: str
    libraries: tuple[str, ...]
    load: float


def describe_machine() -> Machine:
    """Return what this runs on."""
    return Machine(
        when=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        cpu=_proc_value(_CPU, "model name") or platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gib=_memory(),
        system=f"{platform.system()} {platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        libraries=(*_versions(), f"SQLite {sqlite3.sqlite_version}"),
        load=os.getloadavg()[0],
    )


def _versions() -> list[str]:
    found = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    libyaml = ".".join(map(str, yaml._yaml.get_version())) if yaml.__with_libyaml__ else "none"
    return [*found, f"libyaml {libyaml}"]


def _memory() -> float | None:
    text = _proc_value(_MEMORY, "MemTotal")
    return int(text.split()[0]) / 2**20 if text else None


def _proc_value(path: Path, name: str) -> str:
    if not path.is_file():
        return ""
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
