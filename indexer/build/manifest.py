"""What was read from which file, for one generation: `manifest-<generation>.json`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from indexer.archive import FileRecord, FoundArticle, Kind, Notice, Organization, Rejection, SourceFile, Topic
from indexer.article import Article
from indexer.errors import IndexDamagedError
from indexer.generation import (
    CURE_DAMAGED,
    Header,
    header_path,
    load_header,
    save_header,
    topic_from_json,
    write_durably,
)
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
class FileEntry:
    """One file as it was when it was read. `candidates` has its own article first, then nested ones."""

    path: str
    size: int
    mtime_ns: int
    content_hash: str
    kind: Kind
    candidates: tuple[Candidate, ...] = ()
    topics: tuple[Topic, ...] = ()
    organization: Organization | None = None
    rejection: Rejection | None = None
    notices: tuple[Notice, ...] = ()
    secured: int = 0

    def matches(self, source: SourceFile) -> bool:
        """Whether `source` looks, by a stat, as this file did when it was read."""
        return self.size == source.size and self.mtime_ns == source.mtime_ns


@dataclass(frozen=True, slots=True)
class Manifest:
    """A generation's header, and all its files by path, in order."""

    header: Header
    files: dict[str, FileEntry] = field(default_factory=dict)

    def numbered(self, generation: int, files: dict[str, int]) -> Self:
        """Return the manifest as that of `generation`, whose files have these sizes in bytes."""
        return replace(self, header=replace(self.header, generation=generation, files=files))


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
        topics=record.topics,
        organization=record.organization,
        rejection=record.rejection,
        notices=record.notices,
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


def taxonomy_of(files: Iterable[FileEntry]) -> tuple[tuple[Topic, ...], tuple[Organization, ...]]:
    """Return the topics and the organizations of all files, in the order of their paths."""
    topics: list[Topic] = []
    organizations: list[Organization] = []
    for entry in files:
        topics += entry.topics
        organizations += [entry.organization] if entry.organization else []
    return tuple(topics), tuple(organizations)


def manifest_path(folder: Path, generation: int) -> Path:
    """Return where the manifest of `generation` is kept."""
    return folder / f"manifest-{generation}.json"


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Write header and manifest, and let them reach the disk before anything refers to them."""
    save_header(folder, manifest.header)
    path = manifest_path(folder, manifest.header.generation)
    write_durably(path, [_entry_to_json(entry) for entry in manifest.files.values()])


def load_manifest(folder: Path, generation: int) -> Manifest:
    """Read the manifest of `generation`. Raises IndexMissingError or IndexDamagedError."""
    header = load_header(folder, generation)
    path = manifest_path(folder, generation)
    try:
        data = json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
        return Manifest(header, {item["path"]: _entry_from_json(item) for item in data})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(
            "the index's manifest cannot be read", where=str(path), cure=CURE_DAMAGED
        ) from error


def drop_manifest(folder: Path, generation: int) -> None:
    """Remove header and manifest of `generation`."""
    header_path(folder, generation).unlink(missing_ok=True)
    manifest_path(folder, generation).unlink(missing_ok=True)


def drop_other_manifests(folder: Path, current: int) -> None:
    """Remove headers and manifests of all generations but `current`."""
    keep = {header_path(folder, current), manifest_path(folder, current)}
    for pattern in ("generation-*.json", "manifest-*.json"):
        for path in folder.glob(pattern):
            if path not in keep:
                path.unlink(missing_ok=True)


def _entry_to_json(entry: FileEntry) -> dict[str, Any]:
    data: dict[str, Any] = {
        "path": entry.path,
        "size": entry.size,
        "mtime_ns": entry.mtime_ns,
        "hash": entry.content_hash,
        "kind": str(entry.kind),
    }
    if entry.candidates:  # the bulk of a manifest: lists, not mappings
        data["candidates"] = [[c.id, c.aliases, c.published, c.digest, c.text_id] for c in entry.candidates]
    if entry.topics:
        data["topics"] = [asdict(topic) for topic in entry.topics]
    if entry.organization:
        data["organization"] = asdict(entry.organization)
    if entry.rejection:
        data["rejection"] = asdict(entry.rejection)
    if entry.notices:
        data["notices"] = [asdict(notice) for notice in entry.notices]
    if entry.secured:
        data["secured"] = entry.secured
    return data


def _entry_from_json(data: dict[str, Any]) -> FileEntry:
    return FileEntry(
        path=data["path"],
        size=data["size"],
        mtime_ns=data["mtime_ns"],
        content_hash=data["hash"],
        kind=Kind(data["kind"]),
        candidates=tuple(Candidate(i, tuple(a), p, d, t) for i, a, p, d, t in data.get("candidates", ())),
        topics=tuple(topic_from_json(topic) for topic in data.get("topics", ())),
        organization=Organization(**data["organization"]) if "organization" in data else None,
        rejection=Rejection(**data["rejection"]) if "rejection" in data else None,
        notices=tuple(Notice(**notice) for notice in data.get("notices", ())),
        secured=data.get("secured", 0),
    )
