"""One run: compare, read, resolve, write, commit. The index is as it was until the last step."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from indexer.analysis import analyzer_for
from indexer.archive import Kind, Notice, Topic, build_topic_tree, read_file
from indexer.article import Article
from indexer.build.entry import Extra, digest
from indexer.build.file_table import KINDS, FileTable
from indexer.build.lock import write_lock
from indexer.build.manifest import Manifest, open_files, read_through, taxonomy_of
from indexer.build.plan import Plan, make_plan, refuse_loss
from indexer.build.report import IndexReport, Progress, ProgressHook
from indexer.build.resolve import Resolution, Winner, compare, resolve
from indexer.build.worker import ReadFile, read_files
from indexer.build.writer import GenerationWriter
from indexer.config import Settings
from indexer.errors import BuildError, IndexDamagedError, IndexMissingError
from indexer.generation import Header, load_header, made_with
from indexer.schema import document
from indexer.toc import latest_generation

_NO_MANIFEST = "the index had no manifest that can be read"
_STEP = 50  # items between two calls of the progress hook


def reindex(
    settings: Settings,
    *,
    full: bool = False,
    allow_loss: bool = False,
    new_archive: bool = False,
    progress: ProgressHook | None = None,
) -> IndexReport:
    """Bring the index in line with the archive, reading only files that are new or changed.

    `full` reads everything and builds anew; so does a change of version, language or field table.
    `allow_loss` lets more than half of the articles vanish, `new_archive` lets the index change to
    another folder. Until the run is committed, searches are answered from the index as it was;
    where a run fails or is interrupted, that is how it stays. Raises ArchiveError,
    IndexLockedError or BuildError.
    """
    started = time.perf_counter()
    folder = settings.index.path
    flags = _Flags(full, allow_loss, new_archive)
    try:
        _check_archive_first(settings)
        folder.mkdir(parents=True, exist_ok=True)
        hook = progress or _silent
        with write_lock(
            folder, settings.index.lock_timeout_seconds, lambda who: hook(Progress("waiting", 0, 0, who))
        ):
            report = _Run(settings, hook).run(flags)
    except OSError as error:
        space = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise BuildError(
            f"the index could not be written: {error.strerror or error}",
            where=str(folder),
            cure="It is as it was. " + ("Make room" if space else "Check the folder") + " and run it again.",
        ) from error
    return replace(report, seconds=time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class _Flags:
    """What the caller says is meant."""

    full: bool
    allow_loss: bool
    new_archive: bool


class _Run:
    """The steps of one run, in the order in which `run` takes them."""

    def __init__(self, settings: Settings, hook: ProgressHook) -> None:
        self._settings = settings
        self._folder = settings.index.path
        self._hook = hook

    def run(self, flags: _Flags) -> IndexReport:
        """Bring the index in line with the archive. Needs the write lock."""
        previous, rebuilt = self._previous(flags.full)
        try:
            plan = self._plan(previous, flags)
            if previous and not rebuilt and _finds_nothing_new(plan, previous.header):
                unchanged = previous.header.counts["articles"]
                return _report(previous, (0, 0, 0, unchanged), 0, "")
            read_through(plan.previous)
        except IndexDamagedError:  # of the manifest, whose columns are read when they are asked for
            previous, rebuilt = None, _NO_MANIFEST
            plan = self._plan(None, flags)
        another = previous is not None and previous.header.archive != str(plan.root)
        rebuilt = rebuilt or ("it is of another archive now" if another else "")
        plan = plan.reading_all() if rebuilt else plan
        records = self._read(plan)
        files = plan.merge(FileTable.of(record.entry for record in records.values()))
        plan = plan.without_files()
        old, new = resolve(plan.previous), resolve(files)
        changes = compare(old, new)
        if not (flags.allow_loss or another):
            refuse_loss(len(changes.removed), len(old), plan.root)
        winners = np.arange(len(new)) if rebuilt else np.concatenate([changes.added, changes.changed])
        gone = [*new.ids_of(changes.changed), *old.ids_of(changes.removed)]
        manifest = self._manifest(plan, files, new)
        with GenerationWriter(self._folder, rebuild=bool(rebuilt)) as writer:
            if not rebuilt:
                writer.delete(gone)
            self._add(writer, new.in_order(winners), len(winners), records, files)
            self._hook(Progress("committing", 0, 1))
            manifest = writer.commit(manifest)
            self._hook(Progress("committing", 1, 1))
        return _report(manifest, changes.counts, len(records), rebuilt)

    def _plan(self, previous: Manifest | None, flags: _Flags) -> Plan:
        return make_plan(self._settings, previous, new_archive=flags.new_archive, allow_loss=flags.allow_loss)

    def _previous(self, full: bool) -> tuple[Manifest | None, str]:
        """Return the current generation's manifest, and why everything must be built anew, if so."""
        generation = latest_generation(self._folder)
        if generation < 0:
            return None, "there was no index"
        try:
            header = load_header(self._folder, generation)
        except (IndexMissingError, IndexDamagedError):
            return None, _NO_MANIFEST
        outdated = header.made_with != made_with(self._settings)
        try:
            files = open_files(self._folder, generation)
        except IndexDamagedError:
            if not outdated:
                return None, _NO_MANIFEST
            files = FileTable.of(())  # earlier versions kept it otherwise
        reason = "the version or the settings changed" if outdated else ""
        return Manifest(header, files), "it was asked for" if full else reason

    def _read(self, plan: Plan) -> dict[str, ReadFile]:
        records: dict[str, ReadFile] = {}
        workers, total = self._settings.index.workers, len(plan.to_read)
        for read in read_files(plan.root, plan.to_read, self._settings.archive, workers):
            records[read.entry.path] = read
            self._tell("reading", len(records), total)
        return records

    def _manifest(self, plan: Plan, files: FileTable, resolution: Resolution) -> Manifest:
        extras = list(files.extras())
        topics, organizations = taxonomy_of(extras)
        header = Header(
            generation=-1,  # the writer knows
            archive=str(plan.root),
            made_with=made_with(self._settings),
            language=self._settings.analysis.language,
            indexed_at=datetime.now(UTC).isoformat(timespec="seconds"),
            counts=_counts(files, resolution),
            topics=topics,
            organizations=organizations,
            rejections=tuple(extra.rejection for extra in extras if extra.rejection),
            notices=_notices(extras, topics, plan),
            files={},  # the writer knows
        )
        return Manifest(header, files)

    def _add(
        self,
        writer: GenerationWriter,
        winners: Iterable[Winner],
        total: int,
        records: Mapping[str, ReadFile],
        files: FileTable,
    ) -> None:
        """Put the winners' articles in, in an order that does not depend on the history."""
        analyzer = analyzer_for(self._settings.analysis.language)
        for done, winner in enumerate(winners, start=1):
            article = self._article(winner, records, files)
            writer.add(document(article, winner.aliases, winner.path, analyzer))
            self._tell("writing", done, total)

    def _article(self, winner: Winner, records: Mapping[str, ReadFile], files: FileTable) -> Article:
        """Return the winner's article; where it is not at hand (it had lost, or stands in several
        lists), read its file."""
        read = records.get(winner.path)
        found = read.articles.get(winner.index) if read else None
        if found is None:
            root = self._settings.archive.path.resolve()
            record = read_file(root, files.source(winner.row), self._settings.archive)
            found = record.found[winner.index].article if winner.index < len(record.found) else None
        if found is None or digest(found) != winner.digest:
            raise BuildError(
                "a file changed while it was being indexed",
                where=winner.path,
                cure="The index is as it was; run it again.",
            )
        return found

    def _tell(self, stage: str, done: int, total: int) -> None:
        if done % _STEP == 0 or done == total:
            self._hook(Progress(stage, done, total))


def _silent(_: Progress) -> None:
    """Take no notice of the progress."""


def _check_archive_first(settings: Settings) -> None:
    """Refuse a missing archive before an index folder is made for it."""
    if not settings.archive.path.is_dir():
        make_plan(settings, None, new_archive=False, allow_loss=False)


def _finds_nothing_new(plan: Plan, header: Header) -> bool:
    """Whether files and links are those that the index has read, of the same archive."""
    links = tuple(notice for notice in header.notices if notice.code == "not_followed")
    return header.archive == str(plan.root) and plan.changes_nothing() and links == plan.not_followed


def _notices(extras: Iterable[Extra], topics: tuple[Topic, ...], plan: Plan) -> tuple[Notice, ...]:
    """Return what the files and the folder gave cause to notice, and what is odd in the topic tree."""
    problems = (Notice("", "topic_tree", problem) for problem in build_topic_tree(topics).problems)
    return (*(notice for extra in extras for notice in extra.notices), *plan.not_followed, *problems)


def _counts(files: FileTable, resolution: Resolution) -> dict[str, int]:
    kinds = np.bincount(files.columns["kind"], minlength=len(KINDS)).tolist()
    count = dict(zip(KINDS, kinds, strict=True))
    return {
        "files": len(files),
        "articles": len(resolution),
        "duplicates": len(resolution.losers.values),
        "withdrawn": count[Kind.WITHDRAWN],
        "rejected": count[Kind.REJECTED],
        "topics": count[Kind.TOPIC],
        "organizations": count[Kind.ORGANIZATION],
        "related": int(np.count_nonzero(resolution.indexes)),
        "secured": int(files.columns["secured"].sum(dtype=np.int64)),
    }


def _report(manifest: Manifest, changes: tuple[int, int, int, int], read: int, rebuilt: str) -> IndexReport:
    """Return the report; `changes` are the numbers of added, changed, removed, unchanged articles."""
    added, changed, removed, unchanged = changes
    return IndexReport(
        added=added,
        changed=changed,
        removed=removed,
        unchanged=unchanged,
        read=read,
        seconds=0.0,
        rebuilt=rebuilt,
        rejections=manifest.header.rejections,
        **{name: value for name, value in manifest.header.counts.items() if name != "secured"},
    )
