"""The rules of `indexer.indexing.resolve`, an article at a time: what the arrays are tested against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from indexer.archive.records import Kind
from indexer.indexing.entry import Candidate, FileEntry

# The address that more articles than this declare as their AMP variant is a landing page.
_MAX_SHARING = 3


@dataclass(frozen=True, slots=True)
class Winner:
    """The article that is indexed: candidate `index` of file `path` (0 is the file's own)."""

    path: str
    index: int
    digest: str
    aliases: tuple[str, ...]

    @property
    def nested(self) -> bool:
        """Whether it is a related article without a file of its own."""
        return self.index > 0


@dataclass(frozen=True, slots=True)
class Resolution:
    """Winners by id, and for each winner's id the files that gave way to it."""

    winners: Mapping[str, Winner] = field(default_factory=dict)
    losers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Own = tuple[str, Candidate]


def resolve(files: Mapping[str, FileEntry]) -> Resolution:
    """Choose the winner of each identity.

    Among files the newer publication date wins, then the path that sorts first. A related article
    is indexed where no file has its identity, by the same rule. A withdrawn file takes no part, but
    what it names is not let in again through another file's related list.
    """
    own = [(e.path, e.candidates[0]) for e in files.values() if e.kind is Kind.ARTICLE]
    winners: dict[str, Winner] = {}
    losers: dict[str, tuple[str, ...]] = {}
    for group in _groups(own):
        group.sort(key=lambda item: (-item[1].published, item[0]))
        path, best = group[0]
        winners[best.id] = Winner(path, 0, best.digest, _other_ids(best.id, (c for _, c in group)))
        if len(group) > 1:
            losers[best.id] = tuple(path for path, _ in group[1:])
    firsts = [e.candidates[0] for e in files.values() if e.kind in (Kind.ARTICLE, Kind.WITHDRAWN)]
    landing = _landing_pages(own)
    taken = {i for c in firsts for i in (*_ids(c), c.text_id)} - landing | {c.id for c in firsts}
    winners |= _nested_winners(files.values(), taken, landing)
    return Resolution(winners, losers)


def _landing_pages(own: list[Own]) -> frozenset[str]:
    """Return the AMP addresses that too many articles declare to be any one's variant."""
    declared: dict[str, set[str]] = defaultdict(set)
    for _, candidate in own:
        for alias in candidate.aliases:
            declared[alias].add(candidate.id)
    return frozenset(alias for alias, ids in declared.items() if len(ids) > _MAX_SHARING)


def _ids(candidate: Candidate) -> tuple[str, ...]:
    return (candidate.id, *candidate.aliases)


def _other_ids(own: str, group: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(sorted({i for c in group for i in (*_ids(c), c.text_id)} - {own, ""}))


def _nested_winners(
    files: Iterable[FileEntry], taken: set[str], landing: frozenset[str]
) -> dict[str, Winner]:
    nested = [
        (entry.path, index, candidate)
        for entry in files
        if entry.kind is Kind.ARTICLE
        for index, candidate in enumerate(entry.candidates[1:], start=1)
        if candidate.id not in taken and taken.isdisjoint(a for a in candidate.aliases if a not in landing)
    ]
    # Most are named over and over: the best of each identity first, then those that share a variant.
    best: dict[str, tuple[str, int, Candidate]] = {}
    aliases: dict[str, set[str]] = defaultdict(set)
    for item in nested:
        candidate = item[2]
        aliases[candidate.id].update(candidate.aliases)
        if candidate.id not in best or _nested_rank(item) < _nested_rank(best[candidate.id]):
            best[candidate.id] = item
    merged = ((p, n, replace(c, aliases=tuple(sorted(aliases[c.id])))) for p, n, c in best.values())
    by_path = {f"{path}\n{index}": (path, index, c) for path, index, c in merged}
    winners: dict[str, Winner] = {}
    for group in _groups([(key, c) for key, (_, _, c) in by_path.items()]):
        items = sorted((by_path[key] for key, _ in group), key=_nested_rank)
        path, index, first = items[0]
        winners[first.id] = Winner(path, index, first.digest, _other_ids(first.id, (c for _, _, c in items)))
    return winners


def _nested_rank(item: tuple[str, int, Candidate]) -> tuple[int, str, int]:
    path, index, candidate = item
    return -candidate.published, path, index


def _groups(own: list[Own]) -> Iterator[list[Own]]:
    """Yield the candidates that are one article: they share an identity, or an AMP variant."""
    landing = _landing_pages(own)
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while (up := parent.get(key, key)) != key:
            parent[key] = parent.get(up, up)  # halve the path on the way
            key = up
        return key

    for _, candidate in own:
        for alias in candidate.aliases:
            if alias not in landing:
                a, b = root(candidate.id), root(alias)
                parent[max(a, b)] = min(a, b)
    groups: dict[str, list[Own]] = defaultdict(list)
    for item in own:
        groups[root(item[1].id)].append(item)
    yield from groups.values()
