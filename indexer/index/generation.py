"""What readers and the writer of an index agree on: which generation is current, and its header.

An index folder holds Whoosh's files (`_MAIN_<generation>.toc` and the segments that it names),
`generation-<n>.json` (the header: what the index was made of and with), `manifest-<n>.arrays` (what
was read from which file), `stories-<n>.arrays` (which articles are near copies), `phrases-<n>.arrays`
(its frequent phrases) and `MAIN_<n>.changes` (see `changes`). The rename of the table of contents is the
commit; the number ties the others to it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from indexer.analysis import ANALYSIS_VERSION
from indexer.archive.records import Notice, Organization, Rejection, Topic
from indexer.config import Settings
from indexer.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    IndexUnreadableError,
    unreadable,
)
from indexer.index.schema import SCHEMA_VERSION
from indexer.index.toc import ArchiveIndex, read_toc

FORMAT_VERSION = 1  # of what readers read; one index of each lies in tests/formats
MANIFEST_VERSION = 5  # of what only the next run reads: an index with another serves till it is rebuilt
_READABLE = ((FORMAT_VERSION, SCHEMA_VERSION),)
CURE_MISSING = "Run `backfile index` first."
CURE_DAMAGED = "Run `backfile index --full` to build it anew."


@dataclass(frozen=True, slots=True)
class Header:
    """What a generation was made of and with. `indexed_at` is ISO 8601, UTC."""

    generation: int
    archive: str  # the archive's folder, absolute
    made_with: str  # see `made_with`
    language: str
    indexed_at: str
    counts: Mapping[str, int]
    topics: tuple[Topic, ...]
    organizations: tuple[Organization, ...]
    rejections: tuple[Rejection, ...]
    notices: tuple[Notice, ...]
    files: Mapping[str, int]  # all but this header and the table of contents, and their bytes


def made_with(settings: Settings) -> str:
    """Return what decides how a file becomes terms: where it differs, the index is rebuilt."""
    table = {name: list(names) for name, names in settings.archive.fields.items()}
    digest = hashlib.blake2b(json.dumps(table).encode(), digest_size=8).hexdigest()
    terms = terms_made_with(settings.analysis.language)
    return f"{terms}-{MANIFEST_VERSION}-{settings.archive.max_file_bytes}-{digest}"


def terms_made_with(language: str) -> str:
    """Return the part of `made_with` that says how terms are written."""
    return _terms(FORMAT_VERSION, SCHEMA_VERSION, language)


def _terms(format_version: int, schema_version: int, language: str) -> str:
    return f"{format_version}-{schema_version}-{ANALYSIS_VERSION}-{language}"


def open_reader(folder: Path, header: Header) -> Any:
    """Return Whoosh's reader of the generation that `header` describes.

    Raises IndexDamagedError where a file is missing, cut short or altered; IndexUnreadableError.
    """
    for name, size in header.files.items():
        path = folder / name
        found = _size(path)
        if found != size:
            state = "is missing" if found is None else f"has {found} bytes instead of {size}"
            raise IndexDamagedError(f"a file of the index {state}", where=str(path), cure=CURE_DAMAGED)
    try:
        toc = read_toc(folder, header.generation)
        return ArchiveIndex(folder).reader_of(toc)
    except (IndexOutdatedError, IndexUnreadableError):
        raise
    except Exception as error:  # a pickle or an array that was altered can fail in any way
        what = f"the index cannot be opened: {type(error).__name__}: {error}"
        raise IndexDamagedError(what, where=str(folder), cure=CURE_DAMAGED) from error


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # asking first would be of no use: a run may remove it meanwhile
        return None
    except PermissionError:  # of the folder
        raise unreadable(path) from None


def header_path(folder: Path, generation: int) -> Path:
    """Return where the header of `generation` is kept."""
    return folder / f"generation-{generation}.json"


def save_header(folder: Path, header: Header) -> None:
    """Write the header, and let it reach the disk before anything refers to it."""
    write_durably(header_path(folder, header.generation), asdict(header))


def load_header(folder: Path, generation: int) -> Header:
    """Read the header of `generation`. Raises IndexMissingError, IndexDamagedError, IndexUnreadableError."""
    path = header_path(folder, generation)
    try:
        data = json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
        return Header(
            **{
                **data,
                "topics": tuple(topic_from_json(t) for t in data["topics"]),
                "organizations": tuple(Organization(**o) for o in data["organizations"]),
                "rejections": tuple(Rejection(**r) for r in data["rejections"]),
                "notices": tuple(Notice(**n) for n in data["notices"]),
            }
        )
    except FileNotFoundError:
        raise IndexMissingError(
            "there is no index of Backfile's", where=str(folder), cure=CURE_MISSING
        ) from None
    except PermissionError:
        raise unreadable(path) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(
            "the header of the index cannot be read", where=str(path), cure=CURE_DAMAGED
        ) from error


def check_header(header: Header, folder: Path) -> None:
    """Raise IndexOutdatedError where this version would look for other terms than were written."""
    readable = tuple(f"{_terms(*versions, header.language)}-" for versions in _READABLE)
    if not header.made_with.startswith(readable):
        raise IndexOutdatedError(
            "the index was made by another version of Backfile",
            where=str(folder),
            cure="Run `backfile index` to rebuild it.",
        )


def topic_from_json(data: dict[str, Any]) -> Topic:
    """The inverse of `asdict` for a topic."""
    return Topic(**{**data, "keywords": tuple(data["keywords"])})


def write_durably(path: Path, data: object) -> None:
    """Write `data` as JSON, and return when it is on the disk."""
    with path.open("w", encoding="utf-8", errors="surrogateescape") as stream:
        # At once: `json.dump` goes without the C encoder.
        stream.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
        stream.flush()
        os.fsync(stream.fileno())
