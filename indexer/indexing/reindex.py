"""Settings -> one run: compare, read, resolve, write, commit. The index is as it was until the last step."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indexer.archive.path_languages import PathLanguages
from indexer.archive.read import read_file
from indexer.archive.records import FileRecord, Kind, Notice, SourceFile
from indexer.archive.site import Site, find_site
from indexer.archive.taxonomy import build_topic_tree
from indexer.checks import AUTO
from indexer.config import Settings
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.index.generation import Header, load_header, made_with
from indexer.index.toc import latest_generation, read_toc
from indexer.indexing.history import Run
from indexer.indexing.language import Election, elect, language_of_others, with_ballots
from indexer.indexing.lists import same_rows
from indexer.indexing.lock import writing
from indexer.indexing.manifest import KINDS, FileTable, Manifest, check_files, load_files
from indexer.indexing.plan import Plan, make_plan, refuse_loss
from indexer.indexing.rejected import verdict
from indexer.indexing.report import IndexReport, Progress, ProgressHook, silent
from indexer.indexing.resolve import Changes, Resolution, compare, resolve
from indexer.indexing.worker import ShardReader, cycles_rarely, prepare
from indexer.indexing.writer import GenerationWriter
from indexer.languages import language_name

_OUTDATED = "the version or the settings changed"
_OTHER_SITE = "the configuration of its site changed"
_NO_MANIFEST = "the index had no manifest that can be read"
LANGUAGE_NOTICE = "language"
_NO_CONTENTS = "the index had no table of contents that can be read"


def reindex(  # noqa: PLR0913 - a keyword for each flag of `backfile index`
    settings: Settings,
    *,
    full: bool = False,
    allow_loss: bool = False,
    new_archive: bool = False,
    verify: bool = False,
    progress: ProgressHook | None = None,
) -> IndexReport:
    """Bring the index folder in line with the archive. The flags, and what is raised, are those of
    `indexer.reindex`, but for a cluster's."""
    started = time.perf_counter()
    hook = progress or silent
    if not settings.archive.path.is_dir():  # refused before an index folder is made for it
        make_plan(settings, None)
    with writing(settings.index, lambda holder: hook(Progress("waiting", 0, 0, holder))), cycles_rarely():
        now, site = datetime.now(UTC), find_site(settings.archive)
        report = _Run(settings, hook, full, allow_loss, new_archive, verify, site, now).run()
    return replace(report, seconds=time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class _Work:
    """What a run has to do: `rebuilt` is why everything is built anew, if so; `election` chose the language
    where the settings name none; `may_lose` lets most articles vanish."""

    plan: Plan
    election: Election | None
    rebuilt: str
    may_lose: bool


@dataclass(frozen=True, slots=True)
class _Run:
    """The steps of one run, in the order in which `run` takes them."""

    settings: Settings
    hook: ProgressHook
    full: bool
    allow_loss: bool
    new_archive: bool
    verify: bool
    site: Site
    now: datetime

    def run(self) -> IndexReport:
        """Bring the index in line with the archive. Needs the write lock."""
        previous, rebuilt = self._previous()
        if rebuilt and self.settings.index.workers != 1:
            prepare(self.settings.archive.path)
        try:
            plan = self._plan(previous)
            if previous and not rebuilt and self._finds_nothing_new(plan, previous.header):
                unchanged = previous.header.counts["articles"]
                return _report(previous, (0, 0, 0, unchanged), 0, "")
            check_files(plan.previous)
        except IndexDamagedError:
            # The header still says of which archive the files were, and how many articles.
            previous = replace(previous, files=FileTable.of(())) if previous else None
            rebuilt, plan = _NO_MANIFEST, self._plan(previous)
        another = previous is not None and previous.header.archive != str(plan.root)
        rebuilt = rebuilt or ("it is of another archive now" if another else "")
        plan = plan.reading_all() if rebuilt else plan
        header = previous.header if previous else None
        step = replace(self, site=self.site.with_paths(plan.paths))
        if header and not rebuilt:
            plan = plan.saying(step.site, self._site_before(header, plan.previous))
        election = elect(plan, step._read) if self._is_elected else None
        others = language_of_others(self.site.rules.main_language, election, self.settings.analysis.language)
        if header and not rebuilt:
            rebuilt = _other_language(header, election, others)
            plan = plan.reading_all() if rebuilt else plan
        site = replace(step.site, language=others)
        step = replace(step, settings=with_language(self.settings, election), site=site)
        with ShardReader(step.settings, plan.root, self.hook, step.site, self.now) as gathering:
            work = _Work(plan, election, rebuilt, may_lose=self.allow_loss or another)
            return step._follow(work, gathering, header)

    def _site_before(self, header: Header, files: FileTable) -> Site:
        """Return the site with what the paths of the files said that the index has read."""
        languages = PathLanguages.from_json(header.site.get("languages", {}))
        paths = (path.decode("utf-8", "surrogatepass") for path in files.paths)
        return replace(self.site, languages=languages, bundles=self.site.bundles_of(paths))

    def _read(self, source: SourceFile) -> FileRecord:
        root = self.settings.archive.path.resolve()
        return read_file(root, source, self.settings.archive, site=self.site, now=self.now)

    @property
    def _is_elected(self) -> bool:
        return self.settings.analysis.language == AUTO

    def _finds_nothing_new(self, plan: Plan, header: Header) -> bool:
        """Whether files and links are those that the index has read, of the same archive, and its language
        was chosen in the same way."""
        left_out = tuple(notice for notice in header.notices if notice.code in ("not_followed", "ignored"))
        same = header.archive == str(plan.root) and plan.changes_nothing() and left_out == plan.left_out
        return same and self._is_elected == (header.votes is not None)

    def _follow(self, work: _Work, gathering: ShardReader, previous: Header | None) -> IndexReport:
        """Read the files, and let the index follow what they say."""
        plan, rebuilt = work.plan, work.rebuilt
        files = with_ballots(plan.merge(gathering.read(plan.to_read)), work.election)
        old, new = resolve(plan.previous), resolve(files)
        changes = compare(old, new)
        lost, missing = (0, 0) if work.may_lose else _lost(old, changes, plan.previous, files)
        all_missing = 0 < lost == missing  # then no article is lost by what was rejected
        if not (self.allow_loss or all_missing):
            _refuse_rejected(previous, files, len(new), plan.root, missing)
        if not work.may_lose:
            refuse_loss(*_loss(previous, old, new, lost), plan.root)
        # Where the manifest cannot be read, it is not known which articles there were.
        known = previous if previous and previous.counts["articles"] == len(old) else None
        winners = np.arange(len(new)) if rebuilt else np.concatenate([changes.added, changes.changed])
        gone = [*new.ids_of(changes.changed), *old.ids_of(changes.removed)]
        manifest = make_manifest(self.settings, plan.root, files, new, election=work.election, plan=plan)
        problems = (Notice("", "site", problem) for problem in self.site.problems)
        notices = (*manifest.header.notices, *problems)
        header = replace(manifest.header, site=self.site.to_json(), notices=notices)
        manifest = replace(manifest, header=header)
        run = Run(old, new, changes, known, self.settings.index.kept_generations)
        with GenerationWriter(self.settings.index.path, rebuild=bool(rebuilt), progress=self.hook) as writer:
            if not rebuilt:
                writer.delete(gone)
            for shard, live in gathering.shards_of(winners, new, files):
                writer.add(shard, live)
            self.hook(Progress("committing", 0, 1))
            manifest = writer.commit(manifest, new, run)
            self.hook(Progress("committing", 1, 1))
        return _report(manifest, changes.counts, len(plan.to_read), rebuilt)

    def _plan(self, previous: Manifest | None) -> Plan:
        return make_plan(
            self.settings,
            previous,
            new_archive=self.new_archive,
            allow_loss=self.allow_loss,
            verify=self.verify,
            now=self.now,
        )

    def _previous(self) -> tuple[Manifest | None, str]:
        """Return the current generation's manifest, and why everything must be built anew, if so."""
        folder = self.settings.index.path
        generation = latest_generation(folder)
        if generation < 0:
            return None, "there was no index"
        try:
            header = load_header(folder, generation)
        except IndexOutdatedError:
            return None, _OUTDATED
        except IndexDamagedError:
            return None, _NO_MANIFEST
        language = header.language if self._is_elected else self.settings.analysis.language
        reason = "" if header.made_with == made_with(self.settings, language) else _OUTDATED
        if not reason and header.site.get("fingerprint") != self.site.fingerprint:
            reason = _OTHER_SITE
        try:
            files = load_files(folder, generation)
        except (IndexDamagedError, IndexOutdatedError):
            return Manifest(header, FileTable.of(())), reason or _NO_MANIFEST
        reason = "it was asked for" if self.full else reason or _fault(folder, generation)
        return Manifest(header, files), reason


def _other_language(header: Header, election: Election | None, others: str) -> str:
    """Return which language is another one than it was, the archive's or that of articles which name none."""
    if election and election.language != header.language:
        return f"its language is {election.language.title()} now, not {header.language.title()}"
    before = header.site.get("language", "")
    if others == before:
        return ""
    if not others:
        return "it is not sure any more which language articles are in that name none"
    instead = f", not in {language_name(before)}" if before else ""
    return f"articles that name no language are in {language_name(others)} now{instead}"


def _fault(folder: Path, generation: int) -> str:
    """Return why nothing can be added to the segments, if so."""
    try:
        read_toc(folder, generation)
    except IndexDamagedError:
        return _NO_CONTENTS
    return ""


def _lost(old: Resolution, changes: Changes, before: FileTable, after: FileTable) -> tuple[int, int]:
    """Return how many of the articles that are removed were in files whose contents are in none now, and how
    many of these files are not there: a file that was only renamed is no loss, even where its path was all
    that its articles were known by."""
    rows = old.rows[changes.removed]
    if not len(rows):
        return 0, 0
    contents = before.columns["content"][rows]
    rows = rows[~np.isin(contents, after.columns["content"]) | (contents == 0)]
    still_there = np.isin(rows, same_rows(before.paths, after.paths)[0])
    return len(rows), int(np.count_nonzero(~still_there))


def _refuse_rejected(previous: Header | None, files: FileTable, articles: int, root: Path, gone: int) -> None:
    """Raise RejectedError where more than half of the files were rejected, and more than half of the articles
    that the index has would go; also where the files of some, `gone`, are not there any more."""
    before = previous.counts["articles"] if previous else 0
    if articles * 2 < before:
        rejections = [extra.rejection for extra in files.extras() if extra.rejection]
        passed_over = np.count_nonzero(files.columns["kind"] == KINDS.index(Kind.PASSED_OVER))
        failure = verdict(rejections, len(files) - int(passed_over), str(root), gone)
        if failure:
            raise failure


def _loss(previous: Header | None, old: Resolution, new: Resolution, lost: int) -> tuple[int, int]:
    """Return how many articles would vanish, and of how many. Where no manifest says which ones there
    were, as many vanish as there are fewer now."""
    if len(old) or not previous:
        return lost, len(old)
    articles = previous.counts["articles"]
    return max(0, articles - len(new)), articles


def with_language(settings: Settings, election: Election | None) -> Settings:
    """Return the settings with the language that was chosen."""
    if election is None:
        return settings
    return replace(settings, analysis=replace(settings.analysis, language=election.language))


def make_manifest(  # noqa: PLR0913 - all that a manifest is made of
    settings: Settings,
    root: Path,
    files: FileTable,
    resolution: Resolution,
    *,
    election: Election | None = None,
    plan: Plan | None = None,
) -> Manifest:
    """Return the manifest of a generation of the archive at `root`; its number, and the files that it is
    made of, are the writer's to add. `settings` name the language, also where an `election` has chosen it."""
    extras = list(files.extras())
    topics = tuple(topic for extra in extras for topic in extra.topics)
    problems = (Notice("", "topic_tree", problem) for problem in build_topic_tree(topics).problems)
    header = Header(
        generation=-1,
        archive=str(root),
        made_with=made_with(settings, settings.analysis.language),
        language=settings.analysis.language,
        votes=election.counts if election else None,
        indexed_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        counts=_counts(files, resolution, plan.ignored if plan else 0),
        topics=topics,
        organizations=tuple(extra.organization for extra in extras if extra.organization),
        rejections=tuple(extra.rejection for extra in extras if extra.rejection),
        notices=(
            *(notice for extra in extras for notice in extra.notices),
            *(plan.left_out if plan else ()),
            *problems,
            *([Notice("", LANGUAGE_NOTICE, election.note)] if election and election.note else []),
        ),
        files={},
        timezone=settings.archive.timezone,
    )
    return Manifest(header, files)


def _counts(files: FileTable, resolution: Resolution, ignored: int) -> dict[str, int]:
    """Return how many there are of what, as a header has it."""
    kinds = np.bincount(files.columns["kind"], minlength=len(KINDS)).tolist()
    count = dict(zip(KINDS, kinds, strict=True))
    return {
        "files": len(files) + ignored,
        "articles": len(resolution),
        "duplicates": len(resolution.losers.values),
        "withdrawn": count[Kind.WITHDRAWN],
        "rejected": count[Kind.REJECTED],
        "passed_over": count[Kind.PASSED_OVER] + ignored,
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
        site=manifest.header.site,
        language=manifest.header.language,
        votes=manifest.header.votes,
        undated=sum(notice.code == "missing_date" for notice in manifest.header.notices),
        language_note="".join(n.text for n in manifest.header.notices if n.code == LANGUAGE_NOTICE),
        cluster=None,
        warnings=(),
        **{name: value for name, value in manifest.header.counts.items() if name != "secured"},
    )
