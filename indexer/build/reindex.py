"""One run: compare, read, resolve, write, commit. The index is as it was until the last step."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from indexer.analysis import analyzer_for
from indexer.archive import Kind, Notice, SourceFile, build_topic_tree, read_file
from indexer.article import Article
from indexer.build.lock import write_lock
from indexer.build.manifest import FileEntry, Manifest, digest, load_manifest, taxonomy_of
from indexer.build.plan import Plan, make_plan, refuse_loss
from indexer.build.report import IndexReport, Progress, ProgressHook
from indexer.build.resolve import Resolution, Winner, resolve
from indexer.build.worker import ReadFile, read_files
from indexer.build.writer import GenerationWriter
from indexer.config import Settings
from indexer.errors import BuildError, IndexDamagedError, IndexMissingError
from indexer.generation import Header, made_with
from indexer.schema import document
from indexer.toc import latest_generation

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


@dataclass(frozen=True, slots=True)
class _Changes:
    """What a run does to the articles, by id."""

    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    unchanged: int = 0


class _Run:
    """The steps of one run, in the order in which `run` takes them."""

    def __init__(self, settings: Settings, hook: ProgressHook) -> None:
        self._settings = settings
        self._folder = settings.index.path
        self._hook = hook

    def run(self, flags: _Flags) -> IndexReport:
        """Bring the index in line with the archive. Needs the write lock."""
        previous, rebuilt = self._previous(flags.full)
        plan = make_plan(self._settings, previous, new_archive=flags.new_archive, allow_loss=flags.allow_loss)
        another = previous is not None and previous.header.archive != str(plan.root)
        if another:
            rebuilt = rebuilt or "it is of another archive now"
        records = self._read(plan, plan.files if rebuilt else plan.to_read)
        files = _entries(plan, records)
        unchanged = previous is not None and not rebuilt and files == previous.files
        if previous and unchanged and _notices(files, plan) == previous.header.notices:
            return _report(previous, _Changes(unchanged=previous.header.counts["articles"]), len(records), "")
        old = resolve(previous.files) if previous else Resolution()
        new = resolve(files)
        if not (flags.allow_loss or another):
            refuse_loss(old, new, plan.root)
        changes = _compare(old, new)
        manifest = self._write(self._manifest(plan, files, new), changes, new, records, rebuild=bool(rebuilt))
        return _report(manifest, changes, len(records), rebuilt)

    def _previous(self, full: bool) -> tuple[Manifest | None, str]:
        """Return the current generation's manifest, and why everything must be built anew, if so."""
        generation = latest_generation(self._folder)
        if generation < 0:
            return None, "there was no index"
        try:
            previous = load_manifest(self._folder, generation)
        except (IndexMissingError, IndexDamagedError):
            return None, "the index had no manifest that can be read"
        if full:
            return previous, "it was asked for"
        if previous.header.made_with != made_with(self._settings):
            return previous, "the version or the settings changed"
        return previous, ""

    def _read(self, plan: Plan, files: tuple[SourceFile, ...]) -> dict[str, ReadFile]:
        records: dict[str, ReadFile] = {}
        for read in read_files(plan.root, files, self._settings.archive, self._settings.index.workers):
            records[read.entry.path] = read
            self._tell("reading", len(records), len(files))
        return records

    def _manifest(self, plan: Plan, files: dict[str, FileEntry], resolution: Resolution) -> Manifest:
        topics, organizations = taxonomy_of(files.values())
        header = Header(
            generation=-1,  # the writer knows
            archive=str(plan.root),
            made_with=made_with(self._settings),
            language=self._settings.analysis.language,
            indexed_at=datetime.now(UTC).isoformat(timespec="seconds"),
            counts=_counts(files, resolution),
            topics=topics,
            organizations=organizations,
            rejections=tuple(e.rejection for e in files.values() if e.rejection),
            notices=_notices(files, plan),
            files={},  # the writer knows
        )
        return Manifest(header, files)

    def _write(
        self,
        manifest: Manifest,
        changes: _Changes,
        resolution: Resolution,
        records: Mapping[str, ReadFile],
        *,
        rebuild: bool,
    ) -> Manifest:
        """Write the generation, its documents in an order that does not depend on the history."""
        ids: Iterable[str] = resolution.winners if rebuild else changes.added | changes.changed
        winners = sorted((resolution.winners[i] for i in ids), key=lambda w: (w.path, w.index))
        analyzer = analyzer_for(self._settings.analysis.language)
        with GenerationWriter(self._folder, rebuild=rebuild) as writer:
            if not rebuild:
                writer.delete(changes.changed | changes.removed)
            for done, winner in enumerate(winners, start=1):
                article = self._article(winner, records, manifest)
                writer.add(document(article, winner.aliases, winner.path, analyzer))
                self._tell("writing", done, len(winners))
            self._hook(Progress("committing", 0, 1))
            manifest = writer.commit(manifest)
            self._hook(Progress("committing", 1, 1))
        return manifest

    def _article(self, winner: Winner, records: Mapping[str, ReadFile], manifest: Manifest) -> Article:
        """Return the winner's article; where it is not at hand (it had lost, or stands in several
        lists), read its file."""
        read = records.get(winner.path)
        found = read.articles.get(winner.index) if read else None
        if found is None:
            entry = manifest.files[winner.path]
            source = SourceFile(entry.path, entry.size, entry.mtime_ns)
            record = read_file(self._settings.archive.path.resolve(), source, self._settings.archive)
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


def _entries(plan: Plan, records: Mapping[str, ReadFile]) -> dict[str, FileEntry]:
    """Return the new manifest's files, in order: those just read, and those that were kept."""
    files = {s.path: records[s.path].entry if s.path in records else plan.kept[s.path] for s in plan.files}
    for rejection in plan.unreadable:
        files[rejection.file] = FileEntry(rejection.file, 0, 0, "", Kind.REJECTED, rejection=rejection)
    return dict(sorted(files.items()))


def _notices(files: Mapping[str, FileEntry], plan: Plan) -> tuple[Notice, ...]:
    """Return what the files and the folder gave cause to notice, and what is odd in the topic tree."""
    links = (Notice(link.file, "not_followed", link.reason) for link in plan.not_followed)
    tree = build_topic_tree(taxonomy_of(files.values())[0])
    problems = (Notice("", "topic_tree", problem) for problem in tree.problems)
    return (*(notice for entry in files.values() for notice in entry.notices), *links, *problems)


def _compare(old: Resolution, new: Resolution) -> _Changes:
    common = new.winners.keys() & old.winners.keys()
    changed = frozenset(i for i in common if new.winners[i] != old.winners[i])
    return _Changes(
        added=frozenset(new.winners.keys() - old.winners.keys()),
        changed=changed,
        removed=frozenset(old.winners.keys() - new.winners.keys()),
        unchanged=len(common) - len(changed),
    )


def _counts(files: Mapping[str, FileEntry], resolution: Resolution) -> dict[str, int]:
    kinds = [entry.kind for entry in files.values()]
    return {
        "files": len(files),
        "articles": len(resolution.winners),
        "duplicates": sum(map(len, resolution.losers.values())),
        "withdrawn": kinds.count(Kind.WITHDRAWN),
        "rejected": kinds.count(Kind.REJECTED),
        "topics": kinds.count(Kind.TOPIC),
        "organizations": kinds.count(Kind.ORGANIZATION),
        "related": sum(winner.nested for winner in resolution.winners.values()),
        "secured": sum(entry.secured for entry in files.values()),
    }


def _report(manifest: Manifest, changes: _Changes, read: int, rebuilt: str) -> IndexReport:
    return IndexReport(
        added=len(changes.added),
        changed=len(changes.changed),
        removed=len(changes.removed),
        unchanged=changes.unchanged,
        read=read,
        seconds=0.0,
        rebuilt=rebuilt,
        rejections=manifest.header.rejections,
        **{name: value for name, value in manifest.header.counts.items() if name != "secured"},
    )
