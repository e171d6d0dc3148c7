"""Reports on an archive and its index, written for a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from indexer.archive.records import Notice, Rejection
from indexer.archive.site import BACKFILE, OBSIDIAN, PLAIN, article_of
from indexer.console.page import DIM, TITLE, Page, styled
from indexer.console.text import amount, day, duration, minute
from indexer.indexing.report import CheckReport, ClusterReport, IndexReport
from indexer.query.answers.stats import ArchiveStats

_FIRST_REJECTED = 5
_FIRST_NOTICES = 3
_MANY = 10  # articles of which it is worth a sentence that none has a date
_NUMBERS = frozenset({1})
_WITHOUT_PAGES = (PLAIN, BACKFILE, OBSIDIAN)  # kinds of archives

# The codes of `records.Notice`, as one and several are called; an unknown one is shown as it is.
_NOTICES = {
    "duplicate_key": ("key is given twice", "keys are given twice"),
    "bad_bytes": ("file has bytes in another encoding", "files have bytes in another encoding"),
    "control_characters": ("file has control characters", "files have control characters"),
    "bad_date": ("date cannot be read", "dates cannot be read"),
    "bad_language": ("name of a language is not known", "names of languages are not known"),
    "bad_url": ("URL cannot be used", "URLs cannot be used"),
    "bad_related": ("related entry cannot be used", "related entries cannot be used"),
    "passed_over": ("file is not an article", "files are not articles"),
    "ignored": (
        "file or folder is left out by the setting archive.ignore",
        "files and folders are left out by the setting archive.ignore",
    ),
    "not_followed": ("symbolic link is not followed", "symbolic links are not followed"),
}
_WHOLE_ARCHIVE = ("notice about the archive as a whole", "notices about the archive as a whole")


def write_index_report(page: Page, report: IndexReport, archive: Path, check_command: str) -> None:
    """Write what a run did, and what the index now holds; the first rejected files by name."""
    took = duration(report.seconds)
    if not (report.added or report.changed or report.removed or report.rebuilt):
        read = "no file was read" if not report.read else f"{amount(report.read, 'file')} read again"
        # What the files have not changed may change a cluster that another machine has written to.
        is_new = report.cluster is not None and report.cluster.generation != report.cluster.previous
        where = " in the files" if is_new else ""
        page.line(f"Nothing has changed{where}: {read}. ({took})", style=TITLE)
    else:
        # On the first run that there was no index is no news.
        again = report.rebuilt and report.added < report.articles
        why = f" Everything was read, because {report.rebuilt}." if again else ""
        page.wrapped(f"Indexed {archive} in {took}: {amount(report.read, 'file')} read.{why}", style=TITLE)
        page.line()
        names = ("added", "changed", "removed", "unchanged", "rejected")
        page.table(((name, f"{getattr(report, name):,}") for name in names), right=_NUMBERS, indent=2)
    if report.cluster is not None:
        page.wrapped(cluster_line(report, report.cluster))
        page.notes(report.warnings)
    page.line()
    page.wrapped(_holdings(report))
    page.wrapped(_taken_for(report.site), style=DIM)
    if said := language_line(report.language, report.votes, report.language_note):
        page.wrapped(said)
    own = report.articles - report.related
    if own >= _MANY and report.undated >= own:
        page.wrapped(
            f"None of the {own:,} articles has a date: `archive.fields` names the field that has it, and "
            "`archive.file_dates` takes the time of each file's last change."
        )
    if report.rejections:
        page.line()
        _write_rejections(page, report.rejections[:_FIRST_REJECTED], archive)
        more = len(report.rejections) - _FIRST_REJECTED
        page.line(
            (f"{more:,} more; all of them: " if more > 0 else "More about the archive: ") + check_command,
            style=DIM,
        )


def write_check(page: Page, report: CheckReport, archive: Path, *, everything: bool) -> None:
    """Write the faults, each on a line that an editor can open, then the notices by kind."""
    _write_faults(page, report, archive)
    limit = None if everything else _FIRST_NOTICES
    for heading, lines in _notice_groups(report, archive):
        page.line()
        page.line(heading, style=TITLE)
        for line in lines[:limit]:
            page.line(line, indent=2)
        if limit is not None and len(lines) > limit:
            page.line(f"and {len(lines) - limit:,} more; --all lists them", style=DIM, indent=2)
    if report.withdrawn:
        page.line()
        files = amount(sum(report.withdrawn.values()), "file is", "files are")
        page.line(f"{files} not published, because of", style=TITLE)
        page.table(
            ((name, f"{count:,}") for name, count in report.withdrawn.items()), right=_NUMBERS, indent=2
        )
    if report.secured:
        page.line()
        page.line(
            f"{amount(report.secured, 'secured text')} left out: neither indexed nor shown", style=TITLE
        )


def _write_faults(page: Page, report: CheckReport, archive: Path) -> None:
    if report.ok:
        page.line("No faults: every file was understood, and the whole index can be read.", style=TITLE)
    if report.damaged:
        page.line("The index is damaged", style=TITLE)
        for text in report.damaged:
            page.wrapped(text, indent=2)
    if report.rejected:
        page.line(f"{amount(len(report.rejected), 'file')} rejected", style=TITLE)
        _write_rejections(page, report.rejected, archive)
    indexed = [notice for notice in report.repaired if notice.file not in report.not_indexed]
    _write_repairs(page, indexed, "repaired: indexed, but correct the front matter", archive)
    others = [notice for notice in report.repaired if notice.file in report.not_indexed]
    _write_repairs(page, others, "repaired, but not published and not indexed", archive)


def _write_repairs(page: Page, repairs: Sequence[Notice], heading: str, archive: Path) -> None:
    if repairs:
        page.line()
        page.line(f"{amount(len({notice.file for notice in repairs}), 'file')} {heading}", style=TITLE)
        found = (Rejection(notice.file, notice.text, notice.line) for notice in repairs)
        _write_rejections(page, found, archive)


def write_stats(page: Page, stats: ArchiveStats) -> None:
    """Write what is indexed, since when, and what was left out."""
    dates = f"{day(stats.first_date)} to {day(stats.last_date)}" if stats.first_date else "none"
    facts = (
        ("Archive", stats.archive),
        ("Indexed at", minute(stats.indexed_at)),
        ("Language", _language(stats)),
        ("Dates", dates),
    )
    page.table((styled(name, DIM), value) for name, value in facts)
    page.line()
    counts = (
        ("articles", stats.articles, "searchable"),
        ("related", stats.related, "of them are known from other articles' lists only"),
        ("undated", stats.undated, "of them have no date"),
        ("files", stats.files, "in the archive"),
        ("duplicates", stats.duplicates, "gave way to another file of the same article"),
        ("withdrawn", stats.withdrawn, "not published, or removed; not searchable"),
        ("rejected", stats.rejected, "not understood; `backfile check` says why"),
        ("passed over", stats.passed_over, "not articles, or ignored; `backfile check` lists them"),
        ("topics", stats.topics, "described by a file"),
        ("organizations", stats.organizations, "described by a file"),
        ("secured", stats.secured, "texts passed over"),
    )
    page.table(((name, f"{number:,}", styled(what, DIM)) for name, number, what in counts), right=_NUMBERS)
    if stats.warnings:
        page.line()
        page.notes(stats.warnings)


def cluster_line(report: IndexReport, cluster: ClusterReport) -> str:
    """Return what a run did in a cluster: what was sent, and what has changed there where the index folder
    has not changed alike."""
    found = []
    if cluster.sent:
        why = f", all of them, because {cluster.rebuilt}" if cluster.rebuilt else ""
        found.append(f"{amount(cluster.sent, 'article')} sent to the cluster{why}.")
    if any(cluster.counts) and cluster.counts != (report.added, report.changed, report.removed):
        parts = zip(cluster.counts, ("added to", "changed in", "removed from"), strict=True)
        found.append(f"{', '.join(f'{number:,} {what}' for number, what in parts if number)} the cluster.")
    if not found:
        is_new = cluster.generation != cluster.previous
        return f"The cluster has it all{', as a new generation' if is_new else ''}."
    return " ".join(found)


def _holdings(report: IndexReport) -> str:
    """Return the sentence about the index as it now is."""
    parts = (
        (report.duplicates, "duplicate", ""),
        (report.withdrawn, "not published", "not published"),
        (report.rejected, "rejected", "rejected"),
        (report.passed_over, "without an article", "without an article"),
        (report.topics, "topic", ""),
        (report.organizations, "organization", ""),
    )
    others = ", ".join(amount(number, noun, plural) for number, noun, plural in parts if number)
    related = f" ({report.related:,} known only as related)" if report.related else ""
    articles = (
        f"The index has {amount(report.articles, 'article')}{related} from {amount(report.files, 'file')}"
    )
    return articles + (f"; among the files: {others}." if others else ".")


def language_line(language: str, votes: Mapping[str, int] | None, note: str) -> str:
    """Return which language an archive is taken to be in, and why; nothing where it was set."""
    if votes is None:
        return ""
    if note:
        return f"Language: {note}. The setting analysis.language names another."
    first, texts = next(iter(votes.values())), sum(votes.values())
    return f"Language: {language.title()}, as {first:,} of {amount(texts, 'text')} that were looked at."


def _language(stats: ArchiveStats) -> str:
    if stats.votes is None:
        return f"{stats.language}, as it is set"
    note = "".join(notice.text for notice in stats.notices if notice.code == "language")
    first, texts = next(iter(stats.votes.values()), 0), sum(stats.votes.values())
    return f"{stats.language} ({note or f'{first:,} of {texts:,} texts'})"


def _taken_for(site: Mapping[str, str]) -> str:
    """Return what the archive was taken for, and why."""
    if not site:
        return ""
    if site["base_url"]:
        links = f"Addresses begin with {site['base_url']}."
    elif site["kind"] in _WITHOUT_PAGES:
        links = "Where they name no address, `archive.base_url` says where the articles are published."
    else:
        links = "Addresses are relative; `archive.base_url` makes them links."
    return f"Taken for {article_of(site['kind'])}: {site['why']}. {links}"


def _write_rejections(page: Page, rejections: Iterable[Rejection], archive: Path) -> None:
    """Write `file:line:column: reason`, which editors and terminals take for a link."""
    for rejection in rejections:
        place = ":".join(
            str(n) for n in (_shown(archive, rejection.file), rejection.line, rejection.column) if n
        )
        page.line(f"{place}: {rejection.reason}")


def _shown(archive: Path, file: str) -> str:
    """Return a file's path from here, where it is in `archive`, else as the archive names it."""
    path = archive / file
    return str(path) if path.exists() else file


def _notice_groups(report: CheckReport, archive: Path) -> list[tuple[str, list[str]]]:
    """Return a heading and its lines for every kind of notice that there is."""

    def shown(file: str) -> str:
        return _shown(archive, file)

    groups = [
        (
            ("article is in several files", "articles are in several files"),
            [f"{shown(c.winner)} is indexed, not {', '.join(map(shown, c.losers))}" for c in report.clashes],
        ),
        (
            ("related link leads nowhere", "related links lead nowhere"),
            [f"{shown(d.file)}: {d.title}" + (f" ({d.url})" if d.url else "") for d in report.dangling],
        ),
        (("article has no date", "articles have no date"), [*map(shown, report.missing_dates)]),
        (
            ("article is dated in the future", "articles are dated in the future"),
            [*map(shown, report.future_dates)],
        ),
    ]
    groups.append((_WHOLE_ARCHIVE, [n.text for n in report.notices if not n.file]))
    by_code: dict[str, list[str]] = {}
    for notice in filter(lambda notice: notice.file, report.notices):
        why = "" if notice.code == "ignored" else f": {notice.text}"
        by_code.setdefault(notice.code, []).append(f"{shown(notice.file)}{why}")
    for code, lines in sorted(by_code.items()):
        groups.append((_NOTICES.get(code, (f"notice '{code}'", f"notices '{code}'")), lines))
    return [(amount(len(lines), *nouns), lines) for nouns, lines in groups if lines]
