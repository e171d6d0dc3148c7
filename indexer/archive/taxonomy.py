"""Taxonomy files -> a topic tree and a provider directory, as the index's manifest keeps them.

The topics and organizations of all files, in the order of the files' paths, give look-ups by name,
whatever its letter case. The same input gives the same answer, cycles and
repetitions included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from indexer.archive.records import Organization, Topic
from indexer.article import Provider


@dataclass(frozen=True)
class TopicTree:
    """Topics by name, each under its parent. `topics` is in order; no parent in it makes a cycle.

    `problems` says, a sentence each, what was mended: repeated names, cycles, unknown parents.
    """

    topics: tuple[Topic, ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)

    def __len__(self) -> int:
        return len(self.topics)

    def find(self, name: str) -> Topic | None:
        """Return the topic with this name, or else with this short name."""
        key = name.strip().casefold()
        return self._by_name.get(key) or self._by_shortname.get(key)

    def parent(self, name: str) -> str | None:
        """Return the name of a topic's parent; None for a root, and for what is no topic."""
        topic = self._by_name.get(name.casefold())
        return topic.parent if topic else None

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Return the names above a topic, its parent first, the root last."""
        above: list[str] = []
        parent = self.parent(name)
        while parent is not None:
            above.append(parent)
            parent = self.parent(parent)
        return tuple(above)

    @cached_property
    def _by_name(self) -> dict[str, Topic]:
        return {topic.name.casefold(): topic for topic in self.topics}

    @cached_property
    def _by_shortname(self) -> dict[str, Topic]:
        return {t.shortname.casefold(): t for t in reversed(self.topics) if t.shortname}


def build_topic_tree(topics: Iterable[Topic]) -> TopicTree:
    """Return the tree of `topics`, which come in the order of their files' paths.

    Of topics with one name the first holds. A parent is looked up by name, then by short name; one
    that is unknown, and the topic itself, make a root. Of a cycle the topic that comes first
    becomes a root.
    """
    problems: list[str] = []
    by_name: dict[str, Topic] = {}
    for topic in topics:
        if topic.name.casefold() in by_name:
            problems.append(f"The topic '{topic.name}' is described more than once; the first one holds.")
        else:
            by_name[topic.name.casefold()] = topic
    parents = _parents(by_name, problems)
    problems.extend(
        f"The topic '{by_name[key].name}' is its own ancestor; it was made a root."
        for key in _break_cycles(parents)
    )
    names: dict[str | None, str] = {key: topic.name for key, topic in by_name.items()}
    placed = (replace(topic, parent=names.get(parents[key])) for key, topic in by_name.items())
    return TopicTree(tuple(placed), tuple(problems))


def _parents(by_name: Mapping[str, Topic], problems: list[str]) -> dict[str, str | None]:
    """Return the key of each topic's parent."""
    tree = TopicTree(tuple(by_name.values()))
    parents: dict[str, str | None] = {}
    for key, topic in by_name.items():
        parent = tree.find(topic.parent) if topic.parent else None
        if topic.parent and parent is None:
            problems.append(
                f"The topic '{topic.name}' has an unknown parent, '{topic.parent}'; it was made a root."
            )
        parents[key] = parent.name.casefold() if parent else None
    return parents


def _break_cycles(parents: dict[str, str | None]) -> list[str]:
    """Take the parent from the first topic of each cycle; return the keys of these topics."""
    order = {key: number for number, key in enumerate(parents)}
    broken: list[str] = []
    done: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        current: str | None = start
        while current is not None and current not in done and current not in path:
            path[current] = None
            current = parents[current]
        if current is not None and current in path:
            walked = list(path)
            first = min(walked[walked.index(current) :], key=order.__getitem__)
            parents[first] = None
            broken.append(first)
        done.update(path)
    return broken


@dataclass(frozen=True)
class ProviderDirectory:
    """Organizations by a provider's key: its domain, or its name where it has none."""

    organizations: tuple[Organization, ...] = ()

    def __len__(self) -> int:
        return len(self.organizations)

    def find(self, key: str) -> Organization | None:
        """Return the organization with this `Provider.key` (a domain or a name)."""
        return self._by_key.get(key.casefold())

    def name(self, provider: Provider) -> str:
        """Return the name to show: the organization's where it is known, else the provider's own.

        A domain can stand for many providers (each channel of youtube.com), so a provider that
        has a name of its own keeps it; one known by its domain alone gets its organization's name.
        """
        if provider.name.casefold() != provider.key:
            return provider.name
        known = self.find(provider.key)
        return known.name if known else provider.name

    def logo(self, key: str) -> str | None:
        """Return the URL of the logo, where there is one."""
        known = self.find(key)
        return known.logo if known else None

    @cached_property
    def _by_key(self) -> dict[str, Organization]:
        by_key: dict[str, Organization] = {}
        for known in self.organizations:  # domains first: a name must not hide one
            if known.domain:
                by_key.setdefault(known.domain.casefold(), known)
        for known in self.organizations:
            by_key.setdefault(known.name.casefold(), known)
        return by_key


def build_provider_directory(organizations: Iterable[Organization]) -> ProviderDirectory:
    """Return the directory of `organizations`, in the order of their files; of one key the first holds."""
    by_key: dict[str, Organization] = {}
    for known in organizations:
        by_key.setdefault((known.domain or known.name).casefold(), known)
    return ProviderDirectory(tuple(by_key.values()))
