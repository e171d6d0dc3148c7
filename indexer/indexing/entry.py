"""A file's record -> its line of the manifest: what it was when it was read, the articles that it offers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from indexer.archive.records import (
    FileRecord,
    FoundArticle,
    Kind,
    Notice,
    Organization,
    Rejection,
    SourceFile,
    Topic,
)
from indexer.identity import text_identity
from indexer.index.generation import topic_from_json
from indexer.index.schema import NO_DATE

NEVER = 2**62  # epoch seconds at which a file is to be read again that does not depend on the time


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that a file offers: its identities, its date (epoch seconds), a digest of its content.

    `text_id` is what a related list without URLs would call it; it joins no files, and nested ones
    have none.
    """

    id: str
    aliases: tuple[str, ...]
    published: int
    digest: str
    text_id: str


@dataclass(frozen=True, slots=True)
class Extra:
    """What few files have: of a taxonomy, why a file was rejected, what was odd in it."""

    topics: tuple[Topic, ...] = ()
    organization: Organization | None = None
    rejection: Rejection | None = None
    notices: tuple[Notice, ...] = ()
    withdrawn_by: str = ""


NO_EXTRA = Extra()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file as it was when it was read. `candidates` has its own article first, then nested ones;
    `content` is the digest of its bytes, 0 where they could not be read; `due` when it is to be read again
    though it has not changed, in epoch seconds."""

    path: str
    size: int
    mtime_ns: int
    kind: Kind
    candidates: tuple[Candidate, ...] = ()
    extra: Extra = NO_EXTRA
    secured: int = 0
    ctime_ns: int = 0
    inode: int = 0
    content: int = 0
    due: int = NEVER


def digest_of(stored: tuple[str, str]) -> str:
    """Return a digest of an article's `to_stored`, which are all that is stored of it: 16
    hexadecimal digits."""
    text = "\n".join(stored).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def file_entry(source: SourceFile, record: FileRecord, own: tuple[str, str] | None = None) -> FileEntry:
    """Return the manifest's line for a file that was just read; `own` are the `to_stored` of its
    own article, where it has one."""
    return FileEntry(
        path=source.path,
        size=source.size,
        mtime_ns=source.mtime_ns,
        kind=record.kind,
        candidates=(*_own_candidate(record, own), *map(_nested_candidate, record.found[1:])),
        extra=_extra(record),
        secured=record.secured,
        ctime_ns=source.ctime_ns,
        inode=source.inode,
        content=record.content,
        due=int(record.due.timestamp()) if record.due else NEVER,
    )


def _extra(record: FileRecord) -> Extra:
    topics, withdrawn_by = record.topics, record.withdrawn_by
    if not (record.notices or topics or withdrawn_by or record.rejection or record.organization):
        return NO_EXTRA  # as of most files
    return Extra(topics, record.organization, record.rejection, record.notices, withdrawn_by)


def _own_candidate(record: FileRecord, own: tuple[str, str] | None) -> Iterator[Candidate]:
    for found in record.found[:1]:
        text_id = text_identity(found.article.title, found.article.published_at)
        yield _candidate(found, own or found.article.to_stored(), text_id)


def _candidate(found: FoundArticle, stored: tuple[str, str], text_id: str) -> Candidate:
    article = found.article
    published = int(article.published_at.timestamp()) if article.published_at else NO_DATE
    return Candidate(article.id, found.aliases, published, digest_of(stored), text_id)


# Reading gives one object for a related article that is nested in many files: its digest was half of
# the time that reading takes. It is kept beside the candidate, so that its id() is not given again.
_nested: dict[int, tuple[FoundArticle, Candidate]] = {}
_MAX_NESTED = 20_000


def _nested_candidate(found: FoundArticle) -> Candidate:
    known = _nested.get(id(found))
    if known is None:
        if len(_nested) >= _MAX_NESTED:
            _nested.clear()
        known = _nested[id(found)] = (found, _candidate(found, found.article.to_stored(), ""))
    return known[1]


def encode_extra(extra: Extra) -> bytes:
    """Return the JSON, in ASCII: a text of a damaged file may have characters that no UTF-8 has."""
    data = {name: value for name, value in asdict(extra).items() if value}
    return json.dumps(data, separators=(",", ":")).encode("ascii")


def decode_extra(text: bytes) -> Extra:
    """The inverse of `encode_extra`."""
    data = json.loads(text)
    return Extra(
        topics=tuple(topic_from_json(topic) for topic in data.get("topics", ())),
        organization=Organization(**data["organization"]) if "organization" in data else None,
        rejection=Rejection(**data["rejection"]) if "rejection" in data else None,
        notices=tuple(Notice(**notice) for notice in data.get("notices", ())),
        withdrawn_by=data.get("withdrawn_by", ""),
    )
