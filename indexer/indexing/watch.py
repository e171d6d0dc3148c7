"""A folder that is being edited -> a run after each quiet second.

    follow(load_settings(), run)  # until KeyboardInterrupt

The system reports what changes; where it cannot (too many folders, some network drives), the folder is looked
at again and again. So is the site's configuration, which may lie above the folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import watch

from indexer.archive.site import find_site
from indexer.config import ArchiveSettings, Settings

QUIET = 1.0  # seconds without a change, before a run
MAX_WAIT = 30.0  # seconds from the first change to a run, where it never is quiet
RETRY = 30.0  # seconds until a run that failed is tried again
_TICK = 100  # milliseconds between two looks at the clock
_POLL = 2000  # milliseconds between two looks at the files, where the system does not tell
_AWAY = 0.5  # seconds between two looks for a folder that is gone
_LOOK = 0.5  # seconds between two looks at the configuration, and
_SHARE = 50  # how many times longer than a look they are at least: it takes 2% of a processor, at most


def follow(settings: Settings, run: Callable[[], bool], ended: Callable[[], bool] = lambda: False) -> None:
    """Call `run` at once, and again whenever files of the archive, or the configuration of its site, have
    changed and a second has passed without another change. Where it returns False, it has failed, and is
    called again after a while.

    Changes in hidden files that say nothing of the site, and in the index, are none. What changes during a
    run is followed by the next. Returns when `ended` does.
    """
    due: float | None = time.monotonic()
    began: float | None = None
    configuration = _Configuration(settings.archive)
    for changed in _changes(settings.archive.path, settings.index.path):
        now = time.monotonic()
        if ended():
            return
        if configuration.changed(now) or changed:
            began = now if began is None else began
            due = min(now + QUIET, began + MAX_WAIT)
        if due is not None and now >= due:
            due = began = None
            if not run():
                due = time.monotonic() + RETRY


class _Configuration:
    """The configuration of an archive's site, which is read from time to time."""

    def __init__(self, archive: ArchiveSettings) -> None:
        self._archive = archive
        self._known = self._fingerprint()
        self._due = 0.0

    def changed(self, now: float) -> bool:
        """Whether it is time to look, and it is another one than before."""
        if now < self._due:
            return False
        before, self._known = self._known, self._fingerprint()
        self._due = now + max(_LOOK, _SHARE * (time.monotonic() - now))
        return self._known != before

    def _fingerprint(self) -> str:
        try:
            return find_site(self._archive).fingerprint
        except OSError:  # the next run says what is wrong
            return ""


def _changes(root: Path, index: Path) -> Iterator[bool]:
    """Yield, ten times a second, whether there were changes. A folder that goes and comes back is followed
    again: what the system watches is the one that has gone."""
    polls = again = False
    while True:
        watched = _identity(root)
        if watched is not None:
            try:
                for changed in _changes_of(root, index, polls=polls):
                    yield changed or again
                    again = False
                    if _identity(root) != watched:
                        break
            except (OSError, RuntimeError):  # the system watches no more folders; or this one went just now
                polls = _identity(root) == watched
        again = True
        time.sleep(_AWAY)
        yield False


def _changes_of(root: Path, index: Path, *, polls: bool) -> Iterator[bool]:
    folder, own = root.resolve(), index.resolve()

    def counts(_: object, path: str) -> bool:
        found = Path(path)
        hidden = found.is_relative_to(folder) and any(
            part.startswith(".") for part in found.relative_to(folder).parts
        )
        return not hidden and not found.is_relative_to(own)

    for changes in watch(
        folder,
        watch_filter=counts,
        rust_timeout=_TICK,
        yield_on_timeout=True,
        force_polling=True if polls else None,
        poll_delay_ms=_POLL,
        ignore_permission_denied=True,
    ):
        yield bool(changes)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another one at its path; None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
