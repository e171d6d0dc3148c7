"""Every failure a user can meet, with one base: what happened, where, and how to repair it.

Each class owns its exit status (for the command line) and its HTTP status (for the web), so that
neither side has a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from indexer.messages import say
from indexer.nearness import nearest


class BackfileError(Exception):
    """The base of all errors that are shown to a user: one clear sentence, then the cure.

    `what` is a clause without a full stop; `where` a path, a setting or a parameter; `cure` a
    whole sentence that says what to do.
    """

    exit_status = 1
    http_status = 500
    code = "error"

    def __init_subclass__(cls, **statuses: Any) -> None:
        """Take the statuses and the code that a subclass states."""
        super().__init_subclass__()
        for name, value in statuses.items():
            setattr(cls, name, value)

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        self.what = what
        self.where = where
        self.cure = cure
        place = f" ({where})" if where else ""
        super().__init__(f"{what}{place}." + (f" {cure}" if cure else ""))

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        return partial(type(self), self.what, where=self.where, cure=self.cure), ()


class ConfigError(BackfileError, code="bad_setting", exit_status=2):
    """A setting is unknown, or its value cannot be used."""


class RequestError(BackfileError, code="bad_request", exit_status=2, http_status=400):
    """A request has a parameter that cannot be used."""


class NotFoundError(BackfileError, code="not_found", exit_status=1, http_status=404):
    """There is no article with that id, URL or path."""


class ArchiveError(BackfileError, code="archive_refused", exit_status=3):
    """The archive folder is missing, empty, another one than before, or has lost most articles."""


class RejectedError(BackfileError, code="mostly_rejected", exit_status=8):
    """A run rejected all files of an archive, or more than half of them."""


class IndexMissingError(BackfileError, code="index_missing", exit_status=4, http_status=503):
    """There is no index where one was looked for."""


class IndexOutdatedError(BackfileError, code="index_outdated", exit_status=4, http_status=503):
    """The index was made by another version of Backfile, with another schema or analysis."""


class IndexDamagedError(BackfileError, code="index_damaged", exit_status=4, http_status=503):
    """A file of the index is missing, cut short or altered."""


class IndexUnreadableError(BackfileError, code="index_unreadable", exit_status=4, http_status=503):
    """The index, or a file of it, may not be read by the user of this process. It may be intact."""


class SourceUnavailableError(BackfileError, code="source_unavailable", exit_status=7, http_status=503):
    """What answers for the archive cannot be reached: it is down, or does not answer in time."""


class BusyError(BackfileError, code="busy", exit_status=7, http_status=503):
    """The server is busy with as many long answers as it gives at once."""


class IndexLockedError(BackfileError, code="index_locked", exit_status=5):
    """Another process is writing this index."""


class BuildError(BackfileError, code="build_failed", exit_status=6):
    """A run could not be completed (a worker died, the disk is full); the old index still serves, or
    the new one, where the message says so."""


def unreadable(path: Path | str) -> IndexUnreadableError:
    """Return the error for a file or folder of an index that the system does not let us read."""
    cure = say("Run as the user who made it, or change its permissions.")
    return IndexUnreadableError(say("the index may not be read"), where=str(path), cure=cure)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean 'x'?`, or the sorted list of what is known when nothing is near."""
    names = sorted(known)
    near = nearest(word, names)
    if near is not None:
        return say("Did you mean '{word}'?", word=near)
    return say("Choose from: {names}.", names=", ".join(names))
