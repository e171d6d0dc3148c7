"""What readers and the writer of an index agree on: which generation is current, and its header.

An index folder holds Whoosh's files (`_MAIN_<generation>.toc` and the segments that it names) and those of
`files`, one of each kind a generation: `generation` (the header: what the index was made of and with),
`manifest` (what was read from which file), `stories` (which articles are near copies), `phrases` (its
frequent phrases) and `changes` (what the last runs did). The rename of the table of contents is the commit;
the number ties the others to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from indexer.analysis import ANALYSIS_VERSION
from indexer.archive.records import Notice, Organization, Rejection, Topic
from indexer.codec.layout import damaged
from indexer.config import Settings
from indexer.errors import BackfileError, unreadable
from indexer.facets import VALUE_FACETS
from indexer.index.files import (
    FORMAT_VERSION,
    HEADER,
    open_generation_file,
    outdated,
    save_generation_file,
)
from indexer.index.schema import DERIVED_VERSION, SCHEMA_VERSION
from indexer.index.toc import ArchiveIndex, read_toc
from indexer.messages import say

CURE_MISSING = say("Run `backfile index` first.")


@dataclass(frozen=True, slots=True)
class Header:
    """What a generation was made of and with. `indexed_at` is ISO 8601, UTC, to the microsecond: it tells two
    indexes apart that were built one after the other under one number. `votes` says how many texts are in
    which language, by its code, where these have chosen the `language`; it is None where it was set."""

    generation: int
    archive: str  # the archive's folder, absolute
    made_with: str  # see `made_with`
    language: str
    votes: Mapping[str, int] | None
    indexed_at: str
    counts: Mapping[str, int]
    topics: tuple[Topic, ...]
    organizations: tuple[Organization, ...]
    rejections: tuple[Rejection, ...]
    notices: tuple[Notice, ...]
    files: Mapping[str, int]  # all but this header and the table of contents, and their bytes
    timezone: str = ""  # in which all days are; else each article's are its file's
    site: Mapping[str, Any] = field(default_factory=dict)  # `Site.to_json`: what the archive was taken for

    def stats(self) -> dict[str, Any]:
        """Return what it has of `ArchiveStats`, by the names of that."""
        names = ("archive", "generation", "language", "votes", "timezone", "rejections", "notices")
        found = {name: getattr(self, name) for name in names}
        return {**found, **self.counts, "indexed_at": datetime.fromisoformat(self.indexed_at)}


def made_with(settings: Settings, language: str) -> str:
    """Return what decides how a file becomes terms, those of a `language`: where it differs, the index is
    rebuilt."""
    table = {name: list(names) for name, names in settings.archive.fields.items()}
    read_with = json.dumps([table, settings.archive.timezone, settings.archive.file_dates])
    digest = hashlib.blake2b(read_with.encode(), digest_size=8).hexdigest()
    terms = terms_made_with(language)
    return f"{terms}-{settings.archive.max_file_bytes}-{DERIVED_VERSION}-{digest}"


def terms_made_with(language: str) -> str:
    """Return the part of `made_with` that says how terms are written."""
    return f"{FORMAT_VERSION}-{SCHEMA_VERSION}-{ANALYSIS_VERSION}-{'+'.join(VALUE_FACETS)}-{language}"


def open_reader(folder: Path, header: Header) -> Any:
    """Return Whoosh's reader of the generation that `header` describes.

    Raises IndexDamagedError where a file is missing, cut short or altered; IndexUnreadableError.
    """
    for name, size in header.files.items():
        path = folder / name
        found = _size(path)
        if found != size:
            state = "is missing" if found is None else f"has {found} bytes instead of {size}"
            raise damaged(f"a file of the index {state}", str(path))
    toc = read_toc(folder, header.generation)
    try:
        return ArchiveIndex(folder).reader_of(toc)
    except BackfileError:
        raise
    except Exception as error:  # an array that was altered can fail in any way
        what = f"the index cannot be opened: {type(error).__name__}: {error}"
        raise damaged(what, str(folder)) from error


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # asking first would be of no use: a run may remove it meanwhile
        return None
    except PermissionError:  # of the folder
        raise unreadable(path) from None


def save_header(folder: Path, header: Header) -> None:
    """Write the header, and return when it is on the disk."""
    save_generation_file(folder, HEADER, header.generation, asdict(header), {})


def load_header(folder: Path, generation: int) -> Header:
    """Read the header of `generation`. Raises IndexDamagedError, IndexOutdatedError, IndexUnreadableError."""
    data = open_generation_file(folder, HEADER, generation).meta
    return Header(
        **{
            **data,
            "topics": tuple(topic_from_json(t) for t in data["topics"]),
            "organizations": tuple(Organization(**o) for o in data["organizations"]),
            "rejections": tuple(Rejection(**r) for r in data["rejections"]),
            "notices": tuple(Notice(**n) for n in data["notices"]),
        }
    )


def check_header(header: Header, folder: Path) -> None:
    """Raise IndexOutdatedError where this version would look for other terms than were written."""
    if not header.made_with.startswith(f"{terms_made_with(header.language)}-"):
        raise outdated(folder)


def topic_from_json(data: dict[str, Any]) -> Topic:
    """The inverse of `asdict` for a topic."""
    return Topic(**{**data, "keywords": tuple(data["keywords"])})
