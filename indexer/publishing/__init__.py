"""Settings go in; an index in line with its archive comes out, and where a cluster answers, the same articles
there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.config import Settings
from indexer.indexing.reindex import reindex as reindex_folder
from indexer.indexing.report import IndexReport, Progress, ProgressHook, silent

if TYPE_CHECKING:
    from indexer.publishing.publish import Published

__all__ = ["reindex"]


def reindex(  # noqa: PLR0913 - a keyword for each flag of `backfile index`
    settings: Settings,
    *,
    full: bool = False,
    allow_loss: bool = False,
    new_archive: bool = False,
    verify: bool = False,
    progress: ProgressHook | None = None,
) -> IndexReport:
    """Bring the index in line with the archive, reading only files that are new or changed.

    `full` reads everything and builds anew; so does a change of version, language or field table.
    `verify` reads the contents of all files, whatever their sizes and times say, to see which changed.
    `allow_loss` lets more than half of the articles vanish, `new_archive` lets the index change to
    another folder. Until the run is committed, searches are answered from the index as it was;
    where a run fails or is interrupted before it, that is how it stays. With `source.kind` `opensearch` the
    same holds of the cluster, which then gets what has changed. Raises ArchiveError, RejectedError,
    IndexLockedError, IndexUnreadableError, BuildError, IndexDamagedError where an old segment that
    is to be merged cannot be read, InterruptedRun, a KeyboardInterrupt, and SourceUnavailableError.
    """
    report = reindex_folder(
        settings,
        full=full,
        allow_loss=allow_loss,
        new_archive=new_archive,
        verify=verify,
        progress=progress,
    )
    if settings.source.kind != "opensearch":
        return report
    published, warnings = _publish(settings, progress or silent, full=full)
    rejections = (*report.rejections, *published.rejected)
    return replace(report, cluster=published.report, rejections=rejections, warnings=warnings)


def _publish(settings: Settings, progress: ProgressHook, *, full: bool) -> tuple[Published, tuple[str, ...]]:
    """Return what a run did in the cluster, and what is wrong with that."""
    from indexer.cluster.connection import connect
    from indexer.cluster.health import warnings_of
    from indexer.publishing.publish import publish
    from indexer.query.arrays.store.snapshot import open_snapshot

    with connect(settings.source) as client:
        published = publish(
            client,
            settings.source,
            open_snapshot(settings.index.path),
            kept_generations=settings.index.kept_generations,
            rebuild=full,
            progress=lambda done, total: progress(Progress("sending", done, total)),
        )
        return published, warnings_of(client, settings.source.alias)
