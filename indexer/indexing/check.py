"""An index -> what is wrong, or odd, with it and with its archive, as the last run saw them."""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from indexer.archive.records import Kind
from indexer.codec.check import verify
from indexer.codec.layout import CURE
from indexer.config import Settings
from indexer.errors import IndexDamagedError, IndexMissingError
from indexer.index.changes import history_in
from indexer.index.derived import phrases_in, stories_in
from indexer.index.files import (
    CHANGES,
    KINDS,
    PHRASES,
    STORIES,
    GenerationFile,
    generation_in,
    open_generation_file,
)
from indexer.index.generation import CURE_MISSING, Header, load_header, open_reader
from indexer.index.schema import DAY
from indexer.index.toc import latest_generation
from indexer.indexing.lists import find, number_identities
from indexer.indexing.manifest import ID, FileTable, check_files, load_files, text
from indexer.indexing.manifest import KINDS as KINDS_OF_FILES
from indexer.indexing.report import CheckReport, Clash, Dangling
from indexer.indexing.resolve import Resolution, resolve

# What says whether the arrays of a file belong together; of stories the number of documents does, too.
_READERS: Mapping[str, Callable[[GenerationFile], object]] = {CHANGES: history_in, PHRASES: phrases_in}
_AT_ONCE = 10_000  # articles whose links are looked up together


def check_index(settings: Settings) -> CheckReport:
    """Return what the last run rejected and noticed, and whether the index can be read through.

    Raises IndexMissingError where there is no index, IndexOutdatedError where another version wrote it,
    IndexUnreadableError where it may not be read.
    """
    folder = settings.index.path
    while True:
        generation = latest_generation(folder)
        if generation < 0:
            raise IndexMissingError("there is no index", where=str(folder), cure=CURE_MISSING)
        report = _check(folder, generation)
        if not report.damaged or latest_generation(folder) == generation:
            return report
        # A run committed meanwhile, and its files are the ones to look at.


def _check(folder: Path, generation: int) -> CheckReport:
    try:
        header = load_header(folder, generation)
    except IndexDamagedError as error:
        return CheckReport("", (), (str(error),), (), (), (), (), (), 0)
    damaged = tuple(_damaged_files(folder, header))
    try:
        files = load_files(folder, generation)
        check_files(files)
    except IndexDamagedError as error:
        return _report(header, damaged or (str(error),))
    seen = _Seen(resolve(files))
    damaged = damaged or _read_through(folder, header, seen)
    return _report(header, damaged, seen, files)


def _damaged_files(folder: Path, header: Header) -> Iterator[str]:
    """Yield what is damaged in segments, in their deletions, and in the other files of a generation."""
    for name in header.files:
        if generation_in(name) is None:
            for damage in verify(folder / name):
                yield f"{damage.what} ({damage.path}, section {damage.section}). {CURE}"
    for kind in KINDS:
        try:
            file = open_generation_file(folder, kind, header.generation)
            if kind in _READERS:
                _READERS[kind](file)
        except IndexDamagedError as error:
            yield str(error)


def _report(
    header: Header, damaged: tuple[str, ...], seen: _Seen | None = None, files: FileTable | None = None
) -> CheckReport:
    """Return the report; `seen` and `files` are None where the manifest does not say what should be there."""
    notices = header.notices
    return CheckReport(
        archive=header.archive,
        rejected=header.rejections,
        damaged=damaged,
        dangling=tuple(sorted(seen.dangling, key=lambda link: link.file)) if seen else (),
        clashes=tuple(seen.clashes()) if seen else (),
        missing_dates=tuple(n.file for n in notices if n.code == "missing_date"),
        future_dates=tuple(_future(files)) if files else (),
        notices=tuple(n for n in notices if n.code not in ("missing_date", "future_date", "repaired")),
        repaired=tuple(n for n in notices if n.code == "repaired"),
        secured=header.counts["secured"],
        withdrawn=_withdrawn(files) if files else {},
        not_indexed=frozenset(_not_indexed(files, (n.file for n in notices if n.code == "repaired")))
        if files
        else frozenset(),
    )


def _future(files: FileTable) -> Iterator[str]:
    """Yield the files whose article is dated later than tomorrow: as of now, not of when it was read."""
    late = files.columns["own/published"] > time.time() + DAY
    articles = files.columns["kind"] == KINDS_OF_FILES.index(Kind.ARTICLE)
    yield from map(files.path, np.flatnonzero(late & articles).tolist())


def _not_indexed(files: FileTable, paths: Iterable[str]) -> Iterator[str]:
    """Yield those of the files that are withdrawn."""
    withdrawn = KINDS_OF_FILES.index(Kind.WITHDRAWN)
    for path in paths:
        row = files.row_of(path)
        if row is not None and files.columns["kind"][row] == withdrawn:
            yield path


def _withdrawn(files: FileTable) -> dict[str, int]:
    """Return how many files each field or folder withdraws, the most first."""
    return dict(Counter(extra.withdrawn_by for extra in files.extras() if extra.withdrawn_by).most_common())


def _read_through(folder: Path, header: Header, seen: _Seen) -> tuple[str, ...]:
    """Read every document into `seen`; return what is damaged."""
    try:
        with contextlib.closing(open_reader(folder, header)) as reader:
            stories_in(open_generation_file(folder, STORIES, header.generation), reader.doc_count_all())
            for _, stored in reader.iter_docs():
                seen.add(json.loads(stored["article"]) | json.loads(stored["more"]))
    except IndexDamagedError as error:
        return (str(error),)
    lacks, surplus = seen.finish()
    if lacks or surplus:
        return (f"the index lacks {lacks} articles of its manifest and has {surplus} others. {CURE}",)
    return ()


@dataclass
class _Seen:
    """What the documents of an index say, next to what they should be; of a million, not much is kept."""

    resolution: Resolution
    dangling: list[Dangling] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = number_identities([self.resolution.ids, self.resolution.aliases.values])[0]
        self._found = np.zeros(len(self.resolution), np.bool_)
        self._surplus = 0
        self._waiting: list[tuple[str, list[dict[str, Any]]]] = []
        clashing = self.resolution.ids_of(self.resolution.clashes)
        self._urls: dict[str, str | None] = dict.fromkeys(clashing)

    def add(self, article: dict[str, Any]) -> None:
        """Take note of an article."""
        identity = article["id"]
        if identity in self._urls:
            self._urls[identity] = article.get("url")
        self._waiting.append((identity, article.get("related") or []))
        if len(self._waiting) >= _AT_ONCE:
            self._look_up()

    def finish(self) -> tuple[int, int]:
        """Return how many articles were missing, and how many should not be there."""
        self._look_up()
        return int(np.count_nonzero(~self._found)), self._surplus

    def clashes(self) -> Iterator[Clash]:
        """Yield the articles that several files hold, in the order of the files that won."""
        resolution = self.resolution
        order = np.argsort(resolution.rows[resolution.clashes])
        for at in order.tolist():
            number = resolution.clashes[at]
            identity = text(resolution.ids[number])
            losers = tuple(map(resolution.path, resolution.losers[at].tolist()))
            path = resolution.path(int(resolution.rows[number]))
            yield Clash(identity, self._urls[identity], path, losers)

    def _look_up(self) -> None:
        """Find the articles that wait, and what they link to."""
        ids = np.array([identity for identity, _ in self._waiting], ID)
        numbers, is_known = find(ids, self.resolution.ids)
        self._found[numbers[is_known]] = True
        self._surplus += int(np.count_nonzero(~is_known))
        links = [(at, link) for at, (_, related) in enumerate(self._waiting) for link in related]
        _, leads = find(np.array([link["id"] for _, link in links], ID), self._known)
        for nth in np.flatnonzero(~leads).tolist():
            at, link = links[nth]
            file = self.resolution.path(int(self.resolution.rows[numbers[at]])) if is_known[at] else ""
            self.dangling.append(Dangling(file, link["title"], link.get("url")))
        self._waiting.clear()
