"""One file -> one `FileRecord`, whatever the file is; a bad one never stops the others.

What becomes of each mess (a test each, in `tests/archive/test_mess.py`):

==================================  ===========================================================
the file has                        then
==================================  ===========================================================
invalid YAML or TOML                read key by key; listed as repaired, with line and what was assumed
the same, and `draft`, `secured` …  held back, where its value is not sure: rejected, with the line
no closing `---` or `+++`           repaired: the text begins where the lines are no keys
nothing, or only white space        rejected: the file is empty
TOML, JSON, `Key: value` lines      read like YAML; what is invalid is rejected like it
no front matter                     an article, with its first heading or its name as the title
several YAML documents              rejected, unless one alone holds something
a YAML alias bomb, a loop           rejected: its aliases stand for more than 100,000 values
lists 100 deep                      rejected, at the line
a size over `max_file_bytes`        rejected, unread; the limit is named
data without an article, people …   passed over; counted, and named in `passed_over`
what `archive.ignore` matches       passed over unread (see discover)
no permission to read it            rejected, with the system's reason
no title                            `name`, the first heading, the file's name; no text: rejected
a title alone                       an article; an index, a page in HTML: passed over
keys in other letter case, - or _   as the table has them
a byte order mark, CRLF, CR         read like any other; UTF-16 with its mark too
bytes that are no text              rejected: a picture, junk behind the mark of UTF-16
bytes that are not UTF-8            read as Windows-1252, one by one; notice `bad_bytes`
control characters                  left out; notice `control_characters`
HTML entities and tags in texts     decoded, stripped
an explicit tag (`!!python/…`)      the tag is ignored, nothing is constructed
duplicate keys                      the last one holds; notice `duplicate_key` with its line
a title `12:30`, `010`, `yes`       kept as these characters; so is "Null", but `~` is no title
topics as one text                  one topic; authors and tags are cut at commas
provider as a text                  its name, and its domain where it looks like one
`images:` empty, or relative        no images
a date without a time               midnight; without an offset: `archive.timezone`, the site's zone, UTC
a time with an offset               its day is that of the offset, or of `archive.timezone`
an impossible, unreadable date      no date; notice `bad_date`
a date in the future                kept; notice `future_date` (from a day ahead)
no date                             that of its path, else of its last change; or `missing_date`
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
from typing import Any

from indexer.archive.authors import AUTHORS
from indexer.archive.dialects import Context, read_mapping
from indexer.archive.front_matter import Form, FrontMatter, parse_data_file, parse_front_matter
from indexer.archive.html_page import TEMPLATE, read_html
from indexer.archive.keys import SealedKeys, careful_names, fold_keys, spell
from indexer.archive.markdown import MDX, NOTE, Body, read_markdown
from indexer.archive.mdx import is_mdx
from indexer.archive.no_article import (
    CONFIGURATION,
    DATA,
    DATA_ENDINGS,
    PAGE,
    is_configuration,
    is_list_page,
    what_it_is,
)
from indexer.archive.records import (
    ASSUMED,
    FileError,
    FileRecord,
    Kind,
    NothingSaidError,
    Notice,
    Rejection,
    Repair,
    SourceFile,
)
from indexer.archive.rst import read_rst
from indexer.archive.site import PLAIN_SITE, Site
from indexer.archive.text import decode
from indexer.archive.values import FieldValues, Note
from indexer.config import ArchiveSettings
from indexer.messages import template

MAX_NOTICES = 100  # of one file; of a million odd things a hundred are reported
_set = object.__setattr__  # what is frozen is set while it is made
_DATA_FILES = {"yaml": Form.YAML, "yml": Form.YAML, "json": Form.JSON, "toml": Form.TOML}
_PAGES = (".html", ".htm", ".rst")
TEMPLATE_PAGE = template("a template")
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
    record = read_bytes(source.path, data, settings, site=site, now=now)
    _set(record, "content", _digest(data))  # `replace` takes thirty times as long
    return _dated(record, source) if settings.file_dates else record


def _dated(record: FileRecord, source: SourceFile) -> FileRecord:
    """Return the record with the date of the file's last change, where it tells none."""
    if record.kind is not Kind.ARTICLE or record.found[0].article.published_at is not None:
        return record
    changed = datetime.fromtimestamp(source.mtime_ns // 1_000_000_000, UTC)
    own = replace(record.found[0], article=replace(record.found[0].article, published_at=changed))
    notices = tuple(notice for notice in record.notices if notice.code != "missing_date")
    return replace(record, found=(own, *record.found[1:]), notices=notices)


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

    site = site or PLAIN_SITE
    moment, said = now or datetime.now(UTC), site.languages_of(path)
    zones = settings.zone, site.zone_of(path)
    context = Context(path, settings.fields, moment, note, site, False, *zones, *said, site.language)
    secured = 0
    broken: FileError | None = None
    try:
        parsed, body = _parsed(path, decode(data, note), note, settings, context.site)
        secured, broken = parsed.secured, parsed.error
        notices.extend(_notice(path, repair) for repair in parsed.repairs[:MAX_NOTICES])
        what = what_it_is(path, parsed.data, body, settings.fields)
        record = _passed_over(path, what) if what else read_mapping(parsed.data, body, context)
    except FileError as error:
        error = broken or error  # of what was repaired in vain, what was wrong
        if what := site.passes_over(path) or _no_fault(path, error, data):
            return _passed_over(path, what)
        rejection = Rejection(path, error.reason, error.line, error.column)
        return FileRecord(path, Kind.REJECTED, rejection=rejection, secured=0 if broken else secured)
    if record.kind is Kind.PASSED_OVER:
        return record
    if notices:
        _set(record, "notices", tuple(notices))
    _set(record, "secured", secured)
    return record


def _no_fault(path: str, error: FileError, data: bytes) -> str:
    """Return what a file is that holds no article but need not be mended; nothing where it must be."""
    ending = path.lower().rpartition(".")[2]
    if isinstance(error, NothingSaidError):
        if error.reason == TEMPLATE_PAGE or ending in DATA_ENDINGS:
            return TEMPLATE_PAGE if error.reason == TEMPLATE_PAGE else DATA
        if AUTHORS & set(path.lower().split("/")[:-1]):
            return "a person"
        return PAGE if is_list_page(path) else ""
    if is_configuration(path):
        return CONFIGURATION
    # What is broken and has no title would hardly have been an article.
    return DATA if error.mendable and ending in ("json", "toml") and b"title" not in data.lower() else ""


def _passed_over(path: str, what: str) -> FileRecord:
    return FileRecord(path, Kind.PASSED_OVER, notices=(Notice(path, "passed_over", what),))


def _notice(path: str, repair: Repair) -> Notice:
    return Notice(path, "repaired", f"{repair.wrong}{ASSUMED}{repair.assumed}", repair.line)


def _parsed(
    path: str, text: str, note: Note, settings: ArchiveSettings, site: Site
) -> tuple[FrontMatter, Body | None]:
    """Return what a file says, by its ending, and its body; None where a file of data has none."""
    names = careful_names(settings.fields)
    form = _DATA_FILES.get(path.rpartition(".")[2].lower())
    if form is None:
        parsed = parse_front_matter(text, note, names)
        if path.lower().endswith(_PAGES):
            return _page(path, parsed, names)
        read_body = read_markdown(parsed.body, _flavour(path, parsed.body, site))
        if path.lower().endswith(".txt") and not parsed.body.lstrip().startswith("#"):
            read_body = replace(read_body, heading=None)  # a line below another is no heading there
        return parsed, read_body
    parsed = parse_data_file(text, form, note, names)
    if not isinstance(parsed.data, dict):
        return parsed, None
    read = FieldValues(spell(parsed.data, settings.fields), settings.fields)
    body = read.first("body", _text) if read.candidates("title") else None
    return parsed, read_markdown(body) if body else None


def _page(path: str, parsed: FrontMatter, names: SealedKeys) -> tuple[FrontMatter, Body]:
    """Return what a page in HTML or reStructuredText says: front matter goes before its own head."""
    is_html = not path.lower().endswith(".rst")
    if is_html and "title" not in fold_keys(parsed.data) and TEMPLATE.search(parsed.body):
        raise NothingSaidError(TEMPLATE_PAGE)
    values, body = (read_html if is_html else read_rst)(parsed.body)
    own = {name: value for name, value in values.items() if not names[name]}
    return replace(parsed, data={**own, **parsed.data}), body


def _flavour(path: str, body: str, site: Site) -> str:
    """Return what a Markdown body is written in besides Markdown."""
    if path.lower().endswith(".mdx") or (site.kind == "docusaurus" and is_mdx(body)):
        return MDX
    return NOTE if site.kind == "obsidian" else ""


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def content_digest(root: Path, path: str, limit: int) -> int:
    """Return the digest of a file's bytes, as `FileRecord.content` has it; 0 where it cannot be read, or
    has more than `limit` bytes."""
    try:
        data = _bytes(os.path.join(root, path), limit)
    except (OSError, ValueError):
        return 0
    return 0 if data is None else _digest(data)


def _digest(data: bytes) -> int:
    # (Where the processor knows SHA, half the time of blake2b; of 122 MB, an eighth of a second.)
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "little") or 1


def _bytes(path: str, limit: int) -> bytes | None:
    """Return the file's bytes, or None where there are more than `limit`."""
    # Without a file object, which takes longer to make than a small file to read.
    descriptor = os.open(path, _READ_ONLY)
    try:
        size = os.fstat(descriptor).st_size
        if size > limit:
            return None
        data = os.read(descriptor, size + 1)
        if len(data) != size:  # it has changed since, or comes in parts
            data += b"".join(iter(partial(os.read, descriptor, size + 1), b""))
    finally:
        os.close(descriptor)
    return None if len(data) > limit else data  # it may have grown since


def _rejected(path: str, reason: str) -> FileRecord:
    return FileRecord(path, Kind.REJECTED, rejection=Rejection(path, reason))
