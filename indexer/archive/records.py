"""What reading one file gives: a `FileRecord`, whatever the file turned out to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from indexer.article import Article


class Kind(StrEnum):
    """What a file is; each file is just one of these."""

    ARTICLE = "article"
    WITHDRAWN = "withdrawn"
    TOPIC = "topic"
    ORGANIZATION = "organization"
    REJECTED = "rejected"
    PASSED_OVER = "passed over"


class SourceFile(NamedTuple):
    """A file of the archive, by its path within it (with `/`), as a stat saw it."""

    path: str
    size: int  # bytes
    mtime_ns: int
    ctime_ns: int = 0
    inode: int = 0


@dataclass(eq=False)
class FileError(Exception):
    """Why a file cannot be used; line and column of the file, from 1, or None.

    `reason` never quotes what is broken: it may be what is secured.
    """

    reason: str
    line: int | None = None
    column: int | None = None
    mendable: bool = False  # whether a part of the file may be read all the same


ASSUMED = "; assumed: "
"""Stands in the text of a notice `repaired` between what was wrong and what it was read as."""


class NothingSaidError(FileError):
    """A file that can be read, and says too little to be an article."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What was wrong on a line of a file, and what it was read as all the same."""

    line: int
    wrong: str
    assumed: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a file is not in the index; line and column count from 1, None where there is none."""

    file: str
    reason: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something odd that was repaired or passed over in a file that is in the index.

    `code` is one of `duplicate_key`, `bad_bytes`, `control_characters`, `bad_date`, `future_date`,
    `missing_date`, `bad_language`, `bad_url`, `bad_related`, `not_followed` (a link out of the archive),
    `passed_over` (what is no article, and no fault), `ignored` (a file or folder that is not read),
    `repaired` (front matter that no parser accepts; it has a line), `topic_tree`,
    `site` (what of its configuration cannot be read) and `language` (these are of no one file).
    """

    file: str
    code: str
    text: str
    line: int | None = None  # from 1


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as a taxonomy file describes it; `parent` is another topic's name."""

    name: str
    shortname: str | None = None
    parent: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Organization:
    """A provider as a taxonomy file describes it; `logo` is an image's URL."""

    name: str
    domain: str | None = None
    description: str | None = None
    logo: str | None = None


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article found in a file: the file's own, or one nested in it as related.

    `article.id` is the identity of its canonical URL (or path); `aliases` are the other identities
    that its AMP variants have, sorted, without `article.id`.
    """

    article: Article
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file, read. `found` has the file's own article first, then the nested ones in order.

    `withdrawn_by` is the field, or the folder, by which it is withdrawn; `due` the next time from which
    the file may be judged otherwise although it has not changed: it is published, or expires.

    A withdrawn file keeps its own article in `found` (its identity suppresses nested copies) and
    none of its nested ones. `secured` counts the ciphertexts that were passed over, `content` is the
    digest of the file's bytes, 0 where they could not be read.
    """

    path: str
    kind: Kind
    found: tuple[FoundArticle, ...] = ()
    topics: tuple[Topic, ...] = ()
    organization: Organization | None = None
    rejection: Rejection | None = None
    notices: tuple[Notice, ...] = ()
    secured: int = 0
    withdrawn_by: str = ""
    due: datetime | None = None
    content: int = 0
