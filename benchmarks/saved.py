"""What is measured apart, kept as JSON, and shown as a section of `RESULTS.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS, CRASH = HERE / "RESULTS.md", HERE / "crash.json"
QUALITY, HOUSE, BEFORE = HERE / "quality.json", HERE / "house.json", HERE / "before.json"
KNOWN_ITEMS, PAGES = HERE / "known_items.json", HERE / "pages.json"
CLUSTER, CLUSTER_FAULTS = HERE / "cluster.json", HERE / "cluster_faults.json"
_LAST = "## How noisy"  # the section that ends the page: a new one goes before it

Saved = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was measured apart, by the command that did so: `make crash`, `benchmarks.quality`,
    `benchmarks.house`, `benchmarks.before`, `benchmarks.known_items`, `benchmarks.pages`,
    `benchmarks.cluster`, `make cluster-faults`."""

    crash: Saved | None = None
    quality: Saved | None = None
    house: Saved | None = None
    before: Saved | None = None
    known_items: Saved | None = None
    pages: Saved | None = None
    cluster: Saved | None = None
    cluster_faults: Saved | None = None


def load_kept(folder: Path = HERE) -> Kept:
    """Return what lies in `folder` of all that is measured apart."""
    paths = (CRASH, QUALITY, HOUSE, BEFORE, KNOWN_ITEMS, PAGES, CLUSTER, CLUSTER_FAULTS)
    return Kept(*(load(folder / path.name) for path in paths))


def load(path: Path) -> Saved | None:
    """Return what the file holds, or None where there is no such file."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def save(path: Path, found: Saved) -> None:
    """Write `found` as JSON."""
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def replace_section(text: str, section: Sequence[str]) -> str:
    """Return the page with `section`, whose first paragraph is its `## ` heading, in its place.

    A section that is not there yet goes before the last one.
    """
    heading, new = section[0], "\n\n".join(section)
    parts = text.rstrip("\n").split("\n\n## ")
    parts[1:] = ["## " + part for part in parts[1:]]
    places = [at for at, part in enumerate(parts) if part.partition("\n")[0] == heading]
    if places:
        parts[places[0]] = new
    else:
        last = [at for at, part in enumerate(parts) if part.startswith(_LAST)]
        parts.insert(last[0] if last else len(parts), new)
    return "\n\n".join(parts) + "\n"


def write_section(section: Sequence[str], page: Path) -> None:
    """Put a section into the page."""
    page.write_text(replace_section(page.read_text(encoding="utf-8"), section), encoding="utf-8")
