"""What is wrong, or odd, with an archive and its index, as the last run saw them."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from indexer.archive import Kind
from indexer.build.manifest import Manifest, load_manifest
from indexer.build.report import CheckReport, Clash, Dangling
from indexer.build.resolve import Resolution, resolve
from indexer.codec import verify
from indexer.config import Settings
from indexer.errors import IndexDamagedError, IndexMissingError
from indexer.generation import CURE_DAMAGED, CURE_MISSING, open_reader
from indexer.toc import latest_generation


def check_index(settings: Settings) -> CheckReport:
    """Return what the last run rejected and noticed, and whether the index can be read through.

    Raises IndexMissingError where there is no index.
    """
    folder = settings.index.path
    while True:
        generation = latest_generation(folder)
        if generation < 0:
            raise IndexMissingError("there is no index", where=str(folder), cure=CURE_MISSING)
        try:
            report = _check(folder, generation)
        except IndexMissingError:
            if latest_generation(folder) == generation:
                raise
            continue
        if not report.damaged or latest_generation(folder) == generation:
            return report
        # A run committed meanwhile, and its files are the ones to look at.


def _check(folder: Path, generation: int) -> CheckReport:
    try:
        manifest = load_manifest(folder, generation)
    except IndexDamagedError as error:
        return CheckReport("", (), (str(error),), (), (), (), (), (), 0)
    resolution = resolve(manifest.files)
    articles, damaged = _read_through(folder, manifest, resolution)
    notices = manifest.header.notices
    return CheckReport(
        archive=manifest.header.archive,
        rejected=manifest.header.rejections,
        damaged=damaged,
        dangling=tuple(_dangling(articles, manifest, resolution)),
        clashes=tuple(_clashes(resolution, articles)),
        missing_dates=tuple(n.file for n in notices if n.code == "missing_date"),
        future_dates=tuple(_future(manifest)),
        notices=tuple(n for n in notices if n.code not in ("missing_date", "future_date")),
        secured=manifest.header.counts["secured"],
    )


def _future(manifest: Manifest) -> Iterator[str]:
    """Yield the files whose article is dated later than tomorrow: as of now, not of when it was read."""
    tomorrow = time.time() + 86_400
    for entry in manifest.files.values():
        if entry.kind is Kind.ARTICLE and entry.candidates[0].published > tomorrow:
            yield entry.path


def _read_through(
    folder: Path, manifest: Manifest, resolution: Resolution
) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
    """Go through every checksum and reference, then read every document; return the articles by id,
    and what is damaged, by file and section."""
    articles: dict[str, dict[str, Any]] = {}
    damaged = tuple(
        f"{damage.what} ({damage.path}, section {damage.section}). {CURE_DAMAGED}"
        for name in manifest.header.files
        for damage in verify(folder / name)
    )
    if damaged:
        return articles, damaged
    try:
        with contextlib.closing(open_reader(folder, manifest.header)) as reader:
            for _, stored in reader.iter_docs():
                article = json.loads(stored["article"]) | json.loads(stored["more"])
                articles[article["id"]] = article
    except IndexDamagedError as error:
        return articles, (str(error),)
    if articles.keys() != resolution.winners.keys():
        lacks = len(resolution.winners.keys() - articles.keys())
        surplus = len(articles.keys() - resolution.winners.keys())
        return articles, (
            f"the index lacks {lacks} articles of its manifest and has {surplus} others. {CURE_DAMAGED}",
        )
    return articles, ()


def _dangling(
    articles: dict[str, dict[str, Any]], manifest: Manifest, resolution: Resolution
) -> Iterator[Dangling]:
    known = set(resolution.winners) | {a for w in resolution.winners.values() for a in w.aliases}
    for key, article in articles.items():
        for link in article.get("related", ()):
            if link["id"] not in known:
                winner = resolution.winners.get(key)
                yield Dangling(winner.path if winner else "", link["title"], link.get("url"))


def _clashes(resolution: Resolution, articles: dict[str, dict[str, Any]]) -> Iterator[Clash]:
    for key, losers in sorted(resolution.losers.items(), key=lambda item: resolution.winners[item[0]].path):
        url = articles.get(key, {}).get("url")
        yield Clash(key, url, resolution.winners[key].path, losers)
