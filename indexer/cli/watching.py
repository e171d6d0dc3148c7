"""`backfile index --watch`, and the process that follows the archive beside `backfile serve --watch`."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from indexer.cli.group import report_error
from indexer.cli.options import open_archive
from indexer.config import Settings
from indexer.console.text import clean_line
from indexer.errors import ArchiveError, BackfileError

if TYPE_CHECKING:
    from indexer.indexing import IndexReport

# Set for the process that `watched` starts: the number of the process with which it ends.
_PARENT = "BACKFILE_WATCHES_FOR"
_PATIENCE = 10.0  # seconds that a process has to end a run


@dataclass
class _Runs:
    """The runs of a followed archive. `reported` is the last failure that was reported."""

    root: Path
    run: Callable[[], IndexReport]
    show: Callable[..., None]
    first: bool = True
    reported: str = ""

    def next(self) -> bool:
        """Run once; return whether it succeeded."""
        try:
            report = self.run()
        except BackfileError as error:
            if self.first and isinstance(error, ArchiveError) and not self.root.is_dir():
                raise
            if str(error) != self.reported:
                report_error(str(error))
            self.reported = str(error)
            return False
        if self.first or report.added or report.changed or report.removed or report.rebuilt:
            self.show(report, first=self.first)
        self.first, self.reported = False, ""
        return True


def watch_archive(settings: Settings, run: Callable[[], IndexReport], show: Callable[..., None]) -> None:
    """Run at once and after each change of the archive, until Ctrl-C or SIGTERM. `show` is given the report
    of the first run, and of each that changed something, and whether it is the first.

    Raises ArchiveError where there is no archive at the start; what else stops a run is written, and the
    next one may do better.
    """
    from indexer.indexing import InterruptedRun
    from indexer.indexing.watch import follow

    runs = _Runs(settings.archive.path, run, show)
    try:
        with terminated_as_interrupted():
            follow(settings, runs.next, _parent_ended)
    except InterruptedRun as interrupted:
        outcome = "the new index is in place" if interrupted.committed else "the index is unchanged"
        click.echo(f"Interrupted: {outcome}. The archive is no longer watched.", err=True)
    except KeyboardInterrupt:
        click.echo("The archive is no longer watched.", err=True)


def _parent_ended() -> bool:
    parent = os.environ.get(_PARENT)
    return parent is not None and parent != str(os.getppid())


@contextlib.contextmanager
def watched(config: Path | None, index: Path | None) -> Iterator[None]:
    """Let a process of its own follow the archive of the index until the block ends, so that answers have the
    whole of this one. Where nothing is indexed yet, it is the archive of the settings."""
    import subprocess

    words = [sys.executable, "-m", "indexer", "index", "--watch"]
    with contextlib.suppress(BackfileError), open_archive(config, index=index) as archive:
        words.append(archive.stats().archive)
    for option, path in (("--config", config), ("--index", index)):
        words += [option, str(path)] if path else []
    environment = {**os.environ, _PARENT: str(os.getpid())}
    # A session of its own: Ctrl-C is for this process, which ends the other one.
    with subprocess.Popen(words, stdout=2, env=environment, start_new_session=True) as process:  # noqa: S603
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def followed_line(report: IndexReport, archive: Path) -> str:
    """Return what a run of a followed archive did, as a line of a log."""
    from indexer.console.reports import cluster_line

    counts = ", ".join(f"{getattr(report, name):,} {name}" for name in ("added", "changed", "removed"))
    line = f"{time.strftime('%H:%M:%S')} {clean_line(str(archive))}: {counts}."
    return f"{line} {cluster_line(report, report.cluster)}" if report.cluster else line
