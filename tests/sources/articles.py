"""What a plain source answers from: the articles of a generation, read from their files one by one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from indexer.archive.discover import discover
from indexer.archive.read import read_file
from indexer.archive.records import Kind, Notice, Organization, Rejection, Topic
from indexer.archive.site import PLAIN_SITE
from indexer.archive.taxonomy import ProviderDirectory, TopicTree, build_provider_directory, build_topic_tree
from indexer.article import Article
from indexer.config import Settings
from indexer.indexing.entry import file_entry
from indexer.query.arrays.store.snapshot import open_snapshot
from tests.indexing.resolve_oracle import Resolution, resolve


@dataclass(frozen=True)
class Entry:
    """An article, the file that it stands in, its place there and its other identities."""

    article: Article
    file: str = ""
    place: int = 0
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrase:
    """A frequent phrase; `day` counts from 1970."""

    text: str
    count: int
    day: int


@dataclass(frozen=True)
class Generation:
    """All that is known of one generation. `gone` are articles that are no more, but are still counted in
    document frequencies and average lengths; `stories` are ids, the earliest first."""

    number: int
    made: datetime
    entries: tuple[Entry, ...]
    gone: tuple[Entry, ...] = ()
    topics: TopicTree = field(default_factory=TopicTree)
    providers: ProviderDirectory = field(default_factory=ProviderDirectory)
    stories: tuple[tuple[str, ...], ...] = ()
    phrases: tuple[Phrase, ...] = ()
    phrases_are_exact: bool = True
    archive: str = ""
    language: str = "english"
    votes: Mapping[str, int] | None = None
    timezone: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    rejections: tuple[Rejection, ...] = ()
    notices: tuple[Notice, ...] = ()


def generation_of(
    articles: Sequence[Article],
    *,
    topics: Sequence[Topic] = (),
    organizations: Sequence[Organization] = (),
    **given: Any,
) -> Generation:
    """Return a generation of some articles that stand in no files."""
    counts = dict.fromkeys(
        (
            "files",
            "duplicates",
            "withdrawn",
            "rejected",
            "passed_over",
            "topics",
            "organizations",
            "related",
            "secured",
        ),
        0,
    )
    return Generation(
        **{
            "number": 1,
            "made": datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
            "archive": "/srv/news",
            "entries": tuple(map(Entry, articles)),
            "topics": build_topic_tree(topics),
            "providers": build_provider_directory(organizations),
            "counts": {**counts, "articles": len(articles), "rejected": len(given.get("rejections", ()))},
            **given,
        }
    )


def read_generation(settings: Settings, before: Generation | None = None) -> Generation:
    """Read the archive, which was just indexed: the files anew, but for what only a run can tell, its
    number and time, the stories and the frequent phrases. What went or changed since the generation
    `before` is counted as if its segments had not been merged."""
    root = settings.archive.path
    files = {}
    records = {}
    sources = list(discover(root).files)
    snapshot = open_snapshot(settings.index.path)
    site = dataclasses.replace(PLAIN_SITE, language=snapshot.header.site["language"])
    site = site.with_paths(source.path for source in sources)
    for source in sources:
        records[source.path] = read_file(root, source, settings.archive, site=site)
        files[source.path] = file_entry(source, records[source.path])
    resolution = resolve(files)
    entries = [
        Entry(_as_stored(records[w.path].found[w.index].article, w.index), w.path, w.index, w.aliases)
        for w in resolution.winners.values()
    ]
    entries.sort(key=_indexing_order)
    earlier = before.entries if before else ()
    kept = [entry for entry in earlier if entry in entries]
    extras = [entry.extra for entry in files.values()]
    topics = [topic for extra in extras for topic in extra.topics]
    organizations = [extra.organization for extra in extras if extra.organization]
    phrases = snapshot.phrases
    tree = build_topic_tree(topics)
    problems = tuple(Notice("", "topic_tree", problem) for problem in tree.problems)
    made = Generation(
        number=snapshot.number,
        made=datetime.fromisoformat(snapshot.header.indexed_at),
        entries=(*kept, *(entry for entry in entries if entry not in kept)),
        gone=(*(before.gone if before else ()), *(entry for entry in earlier if entry not in kept)),
        topics=tree,
        providers=build_provider_directory(organizations),
        stories=_stories(snapshot),
        phrases=tuple(
            Phrase(text.decode(), int(count), int(day))
            for text, count, day in zip(phrases.texts, phrases.counts, phrases.newest, strict=True)
        ),
        phrases_are_exact=not phrases.changed,
        archive=str(root.resolve()),
        language=snapshot.header.language,
        votes=snapshot.header.votes,
        timezone=settings.archive.timezone,
        counts=_counts(files, resolution),
        rejections=tuple(extra.rejection for extra in extras if extra.rejection),
        notices=(
            *(notice for extra in extras for notice in extra.notices),
            *problems,
            *(notice for notice in snapshot.header.notices if notice.code == "language"),
        ),
    )
    snapshot.close()
    return made


def _as_stored(article: Article, place: int) -> Article:
    """Return an article as it comes back from the index: whole seconds."""
    record, more = map(json.loads, article.to_stored())
    return dataclasses.replace(Article.from_stored([record], [lambda: more])[0])


def _indexing_order(entry: Entry) -> tuple[object, ...]:
    """Files' own articles by the files' names, then nested ones by their paths: the order that answers
    which read "the first" or "evenly spread" articles go by."""
    name = entry.file.rpartition("/")[2].encode()
    return (0, name, entry.file.encode()) if not entry.place else (1, entry.file.encode(), entry.place)


def _stories(snapshot: object) -> tuple[tuple[str, ...], ...]:
    columns, stories = snapshot.columns, snapshot.stories  # type: ignore[attr-defined]
    groups = {tuple(stories.members(doc)) for doc in columns.live_docs.tolist()}
    return tuple(
        tuple(columns.ids[doc].decode() for doc in group) for group in sorted(groups) if len(group) > 1
    )


def _counts(files: Mapping[str, object], resolution: Resolution) -> dict[str, int]:
    kinds = [entry.kind for entry in files.values()]  # type: ignore[attr-defined]
    return {
        "files": len(files),
        "articles": len(resolution.winners),
        "duplicates": sum(map(len, resolution.losers.values())),
        "withdrawn": kinds.count(Kind.WITHDRAWN),
        "rejected": kinds.count(Kind.REJECTED),
        "topics": kinds.count(Kind.TOPIC),
        "organizations": kinds.count(Kind.ORGANIZATION),
        "related": sum(winner.nested for winner in resolution.winners.values()),
        "secured": sum(entry.secured for entry in files.values()),  # type: ignore[attr-defined]
    }
