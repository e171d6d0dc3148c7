"""One file -> one `FileRecord`, whatever the file is; a bad one never stops the others.

What becomes of each mess (a test each, in `tests/archive/test_mess.py`):

==================================  ===========================================================
the file has                        then
==================================  ===========================================================
invalid YAML                        rejected: file, line, column, reason
no front matter, no closing `---`   rejected, with that reason
nothing, or only white space        rejected: the file is empty
TOML front matter                   rejected: only YAML is read
several YAML documents              rejected, unless one alone holds something
a YAML alias bomb, a loop           rejected: its aliases stand for more than 100,000 values
lists 100 deep                      rejected, at the line
a size over `max_file_bytes`        rejected, unread; the limit is named
no permission to read it            rejected, with the system's reason
no title                            rejected
no date, no URL and no excerpt      rejected
a byte order mark, CRLF, CR         read like any other; UTF-16 with its mark too
bytes that are not UTF-8            read as Windows-1252, one by one; notice `bad_bytes`
control characters                  left out; notice `control_characters`
HTML entities and tags in texts     decoded, stripped
an explicit tag (`!!python/…`)      the tag is ignored, nothing is constructed
duplicate keys                      the last one holds; notice `duplicate_key` with its line
a title `12:30`, `010`, `yes`       kept as these characters; so is "Null", but `~` is no title
topics as one text                  one topic; authors and tags are cut at commas
provider as a text                  its name, and its domain where it looks like one
`images:` empty, or relative        no images
a date without a time               midnight UTC; without an offset: UTC; with one: converted
an impossible, unreadable date      no date; notice `bad_date`
a date in the future                kept; notice `future_date` (from a day ahead)
no date                             that of the file's name, else none; notice `missing_date`
a language that is none (`php`)     no language; notice `bad_language`
a URL that is not http or https     no URL; notice `bad_url`
a related entry without a title     left out; notice `bad_related`; so is one that is no mapping
an address on the site, `/a/`       kept; a link where the site's own address is known
`removed`, `draft`, `private` …     withdrawn, unless the value surely says no (see withheld)
`published: false`                  withdrawn; beside `webUrl` and its kin: not featured
`secured`                           counted; its value is never built (see front_matter)
a link out of the archive           not followed (see discover)
==================================  ===========================================================
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from indexer.archive.dialects import Context, read_mapping
from indexer.archive.discover import YAML_ENDINGS
from indexer.archive.front_matter import parse_front_matter, parse_yaml_file
from indexer.archive.records import FileError, FileRecord, Kind, Notice, Rejection, SourceFile
from indexer.archive.site import PLAIN_SITE, Site
from indexer.archive.text import decode
from indexer.config import ArchiveSettings

MAX_NOTICES = 100  # of one file; of a million odd things a hundred are reported
_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # Windows would change line ends


def read_file(
    root: Path,
    source: SourceFile,
    settings: ArchiveSettings,
    *,
    site: Site | None = None,
    now: datetime | None = None,
) -> FileRecord:
    """Read one file of the archive at `root`; a file that cannot be used gives a rejected record.

    `site` is what `find_site` finds, plain files if not given. `now` is what dates in the future are later
    than, the present moment if not given.
    """
    try:
        data = _bytes(os.path.join(root, source.path), settings.max_file_bytes)
    except OSError as error:
        return _rejected(source.path, f"it cannot be read: {error.strerror or type(error).__name__}")
    except ValueError:  # a NUL in a path
        return _rejected(source.path, "its name is no file name")
    if data is None:
        limit = f"{settings.max_file_bytes:,} bytes (archive.max_file_bytes)"
        return _rejected(source.path, f"it is larger than {limit}")
    return replace(read_bytes(source.path, data, settings, site=site, now=now), content=_digest(data))


def read_bytes(
    path: str,
    data: bytes,
    settings: ArchiveSettings,
    *,
    site: Site | None = None,
    now: datetime | None = None,
) -> FileRecord:
    """Read a file that is in memory, like `read_file`; `path` is its path in the archive."""
    notices: list[Notice] = []

    def note(code: str, text: str) -> None:
        if len(notices) < MAX_NOTICES:
            notices.append(Notice(path, code, text))

    parse = parse_yaml_file if path.lower().endswith(YAML_ENDINGS) else parse_front_matter
    site = site or PLAIN_SITE
    language, original = site.languages.of(path)
    context = Context(
        path,
        settings.fields,
        now or datetime.now(UTC),
        note,
        site,
        language=language,
        original=original,
    )
    secured = 0
    try:
        parsed = parse(decode(data, note), note, settings.fields["secured"])
        secured = parsed.secured
        record = read_mapping(parsed.data, parsed.body, context)
    except FileError as error:
        rejection = Rejection(path, error.reason, error.line, error.column)
        return FileRecord(path, Kind.REJECTED, rejection=rejection, secured=secured)
    return replace(record, notices=tuple(notices), secured=secured) if notices or secured else record


def content_digest(root: Path, path: str, limit: int) -> int:
    """Return the digest of a file's bytes, as `FileRecord.content` has it; 0 where it cannot be read, or
    has more than `limit` bytes."""
    try:
        data = _bytes(os.path.join(root, path), limit)
    except (OSError, ValueError):
        return 0
    return 0 if data is None else _digest(data)


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little") or 1


def _bytes(path: str, limit: int) -> bytes | None:
    """Return the file's bytes, or None where there are more than `limit`."""
    # Without a file object, which takes longer to make than a small file to read.
    descriptor = os.open(path, _READ_ONLY)
    try:
        size = os.fstat(descriptor).st_size
        if size > limit:
            return None
        data = b"".join(iter(partial(os.read, descriptor, size + 1), b""))
    finally:
        os.close(descriptor)
    return None if len(data) > limit else data  # it may have grown since


def _rejected(path: str, reason: str) -> FileRecord:
    return FileRecord(path, Kind.REJECTED, rejection=Rejection(path, reason))
