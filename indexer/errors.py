"""Every failure a user can meet, with one base: what happened, where, and how to mend it.

Each class owns its exit status (for the command line) and its HTTP status (for the web), so that
neither side has a table of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer.nearness import nearest


class BackfileError(Exception):
    """The base of all errors that are told to a user: one clear sentence, then the cure.

    `what` is a clause without a full stop; `where` a path, a setting or a parameter; `cure` a
    whole sentence that says what to do.
    """

    exit_status = 1
    http_status = 500
    code = "error"

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        self.what = what
        self.where = where
        self.cure = cure
        place = f" ({where})" if where else ""
        super().__init__(f"{what}{place}." + (f" {cure}" if cure else ""))


class ConfigError(BackfileError):
    """A setting is unknown, or its value cannot be used."""

    exit_status = 2
    code = "bad_setting"


class RequestError(BackfileError):
    """A search was asked for with a parameter that cannot be used."""

    exit_status = 2
    http_status = 400
    code = "bad_request"


class NotFoundError(BackfileError):
    """There is no article with that id, URL or path."""

    exit_status = 1
    http_status = 404
    code = "not_found"


class ArchiveError(BackfileError):
    """The archive folder is missing, empty, another one than before, or has lost most articles."""

    exit_status = 3
    code = "archive_refused"


class IndexMissingError(BackfileError):
    """There is no index where one was looked for."""

    exit_status = 4
    http_status = 503
    code = "index_missing"


class IndexOutdatedError(BackfileError):
    """The index was made by another version of Backfile, with another schema or analysis."""

    exit_status = 4
    http_status = 503
    code = "index_outdated"


class IndexDamagedError(BackfileError):
    """A file of the index is missing, cut short or altered."""

    exit_status = 4
    http_status = 503
    code = "index_damaged"


class IndexUnreadableError(BackfileError):
    """The index, or a file of it, may not be read by the user who asks. It may be whole."""

    exit_status = 4
    http_status = 503
    code = "index_unreadable"


class SourceUnavailableError(BackfileError):
    """What answers for the archive cannot be reached: it is down, or does not answer in time."""

    exit_status = 7
    http_status = 503
    code = "source_unavailable"


class IndexLockedError(BackfileError):
    """Another process is writing this index."""

    exit_status = 5
    code = "index_locked"


class BuildError(BackfileError):
    """A run could not be completed (a worker died, the disk is full); the old index still serves, or
    the new one, where the message says so."""

    exit_status = 6
    code = "build_failed"


def unreadable(path: Path | str) -> IndexUnreadableError:
    """Return the error for a file or folder of an index that the system does not let us read."""
    cure = "Run as the user who made it, or change its permissions."
    return IndexUnreadableError("the index may not be read", where=str(path), cure=cure)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean 'x'?`, or the sorted list of what is known when nothing is near."""
    names = sorted(known)
    near = nearest(word, names)
    if near is not None:
        return f"Did you mean '{near}'?"
    return "Known are: " + ", ".join(names) + "."
