"""What one file was when it was read, and the articles that it offers: a line of the manifest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from indexer.archive import FileRecord, FoundArticle, Kind, Notice, Organization, Rejection, SourceFile, Topic
from indexer.article import Article
from indexer.identity import text_identity
from indexer.schema import NO_DATE


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


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file as it was when it was read. `candidates` has its own article first, then nested ones."""

    path: str
    size: int
    mtime_ns: int
    content_hash: str  # 40 hexadecimal digits; empty for a file that was not read
    kind: Kind
    candidates: tuple[Candidate, ...] = ()
    extra: Extra = Extra()
    secured: int = 0


def digest(article: Article) -> str:
    """Return a digest of all that is stored of an article: 16 hexadecimal digits."""
    text = json.dumps(article.to_json(), ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def file_entry(source: SourceFile, record: FileRecord) -> FileEntry:
    """Return the manifest's line for a file that was just read."""
    return FileEntry(
        path=source.path,
        size=source.size,
        mtime_ns=source.mtime_ns,
        content_hash=record.content_hash,
        kind=record.kind,
        candidates=tuple(_candidate(found, own=n == 0) for n, found in enumerate(record.found)),
        extra=Extra(record.topics, record.organization, record.rejection, record.notices),
        secured=record.secured,
    )


def _candidate(found: FoundArticle, *, own: bool) -> Candidate:
    article = found.article
    published = int(article.published_at.timestamp()) if article.published_at else NO_DATE
    text_id = text_identity(article.title, article.published_at) if own else ""
    digested = digest(article) if own else _nested_digest(article)
    return Candidate(article.id, found.aliases, published, digested, text_id)


# Reading gives one object for a related article that is nested in many files: its digest is half of
# the time that reading takes. The article is kept beside it, so that its id() is not given again.
_nested_digests: dict[int, tuple[Article, str]] = {}
_MOST_DIGESTS = 20_000


def _nested_digest(article: Article) -> str:
    known = _nested_digests.get(id(article))
    if known is None:
        if len(_nested_digests) >= _MOST_DIGESTS:
            _nested_digests.clear()
        known = _nested_digests[id(article)] = (article, digest(article))
    return known[1]
