"""Front matter, path and the site's rules -> whether the owner has published a file, and until when.

Read fail-closed: a field that holds an article back does so unless its value surely says no, and one that
publishes it does not unless its value surely says yes, or is a date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from indexer.archive import values
from indexer.archive.presets.preset import Page
from indexer.archive.site import BACKFILE, Site
from indexer.archive.values import FieldValues

# Who has one of these writes the reference dialect, in which `published` says whether an article is featured.
REFERENCE = ("webUrl", "originalUrl", "sourceUrl")
FUTURE = "a date in the future"
_DRAFTS = "_drafts"


class Judgement(NamedTuple):
    """`by` is the field or folder by which a file is withdrawn, empty where it is published; `due` the next
    time from which that may be otherwise."""

    by: str = ""
    due: datetime | None = None


def is_reference(data: Any, site: Site) -> bool:
    """Whether a mapping is of the reference dialect."""
    return "webUrl" in data or "sourceUrl" in data or "originalUrl" in data or site.kind == BACKFILE


def flagged(read: FieldValues, *, reference: bool) -> str:
    """Return the first field that withdraws what a mapping describes, empty where none does."""
    for name in read.names("withdrawn"):
        value = read.data[name]
        if not values.is_null(value) and values.flag_of(value) is not False:
            return name
    for name in read.names("public"):
        if not (reference and name in read.names("featured")) and not _is_yes(read.data[name]):
            return name
    return ""


def judge(read: FieldValues, page: Page, site: Site, now: datetime, *, reference: bool) -> Judgement:
    """Return what becomes of a file's own article at the time `now`."""
    by = flagged(read, reference=reference)
    if not by and _DRAFTS in page.path:
        by = f"{_DRAFTS}/" if _DRAFTS in page.path.split("/")[:-1] else ""
    by = by or site.rules.holds_back(page) or ""
    if by:
        return Judgement(by)
    due = None
    for name, expires in _expiries(read, page):
        if expires is None or expires <= now:
            return Judgement(name)
        due = min(due or expires, expires)
    publication = site.rules.publication(page)
    if publication is not None and publication > now:
        return Judgement(FUTURE, min(due or publication, publication))
    return Judgement("", due)


def _expiries(read: FieldValues, page: Page) -> Iterator[tuple[str, datetime | None]]:
    """Yield the fields that say when an article expires; None where that cannot be read."""
    for name in read.names("expires_at"):
        value = read.data[name]
        if not values.is_null(value):
            yield name, page.written(value)


def _is_yes(value: Any) -> bool:
    """Whether a value publishes: nothing, a yes, or a date does."""
    if value is True or value is None or isinstance(value, values.NullText):
        return True
    if isinstance(value, str):
        return not value.strip() or values.flag_of(value) is True or values.written_time(value) is not None
    return False
