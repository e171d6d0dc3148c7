"""`backfile index` and `backfile check`: the archive's side."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.group import report_error, report_interruption
from indexer.cli.options import command_here, common_options, export_options, print_answer, type_of_folder
from indexer.cli.watching import followed_line, watch_archive
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.console.page import output_page

if TYPE_CHECKING:
    from indexer.indexing import CheckReport, IndexReport

_INDEX_EXAMPLES = """\b
Examples:
  backfile index                            the archive that config.toml names
  backfile index ~/news --index ~/news.idx  this archive, into this folder
  backfile index --full --json              everything anew, the report as JSON
  backfile index --watch                    now, and whenever files have changed
"""
_CHECK_EXAMPLES = """\b
Examples:
  backfile check              faults, and the first notices of each kind
  backfile check --all        every notice
  backfile check --json | jq '.rejected[] | .file'

Ends with status 1 where a file was rejected or the index is damaged; notices are no faults.
"""


@click.command("index", epilog=_INDEX_EXAMPLES)
@click.argument("archive", required=False, type=type_of_folder)
@common_options
@click.option("--full", is_flag=True, help="Read every file and build the index anew.")
@click.option("--verify", is_flag=True, help="Compare the contents of all files, not only sizes and times.")
@click.option(
    "--allow-loss", is_flag=True, help="Continue where the archive is empty or has lost most articles."
)
@click.option("--new-archive", is_flag=True, help="Let the index change to another archive folder.")
@click.option("--watch", is_flag=True, help="Keep running: index changes, a second after the last one.")
@export_options
def index_archive(
    archive: Path | None,
    config: Path | None,
    index: Path | None,
    export: str | None,
    *,
    watch: bool,
    **flags: bool,
) -> int | None:
    """Bring the index in line with an archive.

    Reads the files that are new or changed since the last run, and takes out what is gone. Until
    the run is complete, searches are answered from the index as it was; an interrupted run is
    simply run again. With --watch it goes on until Ctrl-C.
    """
    from indexer.console.progress import show_progress
    from indexer.console.reports import write_index_report
    from indexer.indexing import InterruptedRun
    from indexer.publishing import reindex

    settings = load_settings(config, archive=archive, index=index)
    check_command = command_here(["check"], config, index)

    def run() -> IndexReport:
        with show_progress(output_page(errors=True)) as hook:
            return reindex(settings, progress=hook, **flags)

    def show(report: IndexReport, *, first: bool = True) -> None:
        flags["full"] = False  # of those that follow, each reads what has changed
        if first or export:
            print_answer(export, report, write_index_report, settings.archive.path, check_command)
        else:
            click.echo(followed_line(report, settings.archive.path))

    if watch:
        watch_archive(settings, run, show)
        return None
    try:
        show(report := run())
    except InterruptedRun as interrupted:
        outcome = "the new index is in place" if interrupted.committed else "the index is unchanged"
        return report_interruption(f"Interrupted: {outcome}.")
    if (failure := report.failure) and not flags["allow_loss"]:
        report_error(str(failure))
        return failure.exit_status
    return None


@click.command("check", epilog=_CHECK_EXAMPLES)
@common_options
@click.option("--all", "everything", is_flag=True, help="List every notice, not the first of each kind.")
@export_options
def check(config: Path | None, index: Path | None, everything: bool, export: str | None) -> int:
    """List rejected files, and what is odd.

    Reports what the last `backfile index` found: files that were rejected, with line and reason;
    related links that lead nowhere, files that hold the same article, dates that are missing or in
    the future. Reads the whole index through, to see that it can be.
    """
    from indexer.console.reports import write_check
    from indexer.indexing import check_index

    settings = load_settings(config, index=index)
    report = check_index(settings)
    write = functools.partial(write_check, everything=everything)
    print_answer(export, report, write, _archive(report, settings))
    return 0 if report.ok else 1


def _archive(report: CheckReport, settings: Settings) -> Path:
    """Return the folder that the index is of, from here where it is below; it may not be the settings'."""
    root = Path(report.archive) if report.archive else settings.archive.path
    return root.relative_to(Path.cwd()) if root.is_relative_to(Path.cwd()) else root
