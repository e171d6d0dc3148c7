"""The values of a facet in every segment -> one FacetColumn: spellings joined, named, in their tree.

What is done a value at a time is Python's; what is done a document at a time is work on whole arrays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from indexer.analysis import fold_key
from indexer.archive.taxonomy import ProviderDirectory, TopicTree
from indexer.codec.data import OrdinalColumn
from indexer.codec.layout import Array, smallest_dtype
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import offsets_of, run_indices
from indexer.facets import FACETS, Facet
from indexer.query.arrays.store.facet_column import FacetColumn
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.facet_names import FacetKey, lines_of
from indexer.query.parameters import NONE

_AT_ONCE = 1 << 18  # values that are counted at once

Segments = Sequence[tuple[SegmentArrays, int]]


@dataclass(frozen=True, slots=True)
class Names:
    """What an archive calls its topics and providers."""

    topics: TopicTree
    providers: ProviderDirectory


def gather_facet(name: str, segments: Segments, live: Mask, names: Names) -> FacetColumn:
    """Return the column of the facet `name` over all segments; `live`: (documents,)."""
    domains = _domains(segments) if name == "provider" else {}
    builder = _Builder(name, len(live))
    for arrays, _ in segments:
        column = arrays.ordinals(name) if name in arrays.column_kinds else None
        builder.add_segment(arrays, column, partial(_canonical, name, names, domains))
    facet = FACETS[name]
    if name == "topic":
        builder.add_tree(names.topics)
    if name == "provider":
        _name_providers(builder, segments, names, domains)
    if facet.above:
        builder.add_lines(facet.above)
    built = builder.build(live, facet.label)
    _add_names(built, facet, names)
    if name == "provider":
        built.docs_of_name = partial(_live_docs, segments, "provider_name", live)
        for term, _ in _term_counts(segments, "provider_name"):
            built.add_provider_name(term.split("\t", 1)[1], term)
    return built


def _add_names(built: FacetColumn, facet: Facet, names: Names) -> None:
    """Let other names choose values: of topics their short ones."""
    if facet.known_as:
        for ordinal, key in enumerate(built.keys):
            for other in facet.known_as(key.value):
                built.add_name(other, ordinal)
    if facet.name == "topic":
        for topic in names.topics.topics:
            for ordinal in built.find(topic.name) if topic.shortname else ():
                built.add_name(topic.shortname or "", ordinal)


def _canonical(name: str, names: Names, domains: dict[str, str], value: str) -> str:
    """Return what the archive elsewhere calls a value that it has under several names."""
    if name == "topic" and (topic := names.topics.find(value)):
        return topic.name
    return domains.get(fold_key(value), value) if name == "provider" else value


def _term_counts(segments: Segments, field: str) -> Iterator[tuple[str, int]]:
    """Yield the terms of `field` that a live document has, and how many have each."""
    counts: dict[bytes, int] = defaultdict(int)
    for arrays, _ in segments:
        postings = arrays.field(field)
        if postings is None:
            continue
        starts = postings.starts.whole().astype(np.int64)
        df = np.diff(starts)
        if arrays.has_deletions:
            df = np.add.reduceat(arrays.live[postings.docs.whole()], starts[:-1], dtype=np.int64)
        for term, count in zip(postings.terms(), df.tolist(), strict=True):
            counts[term] += count
    yield from ((term.decode(), counts[term]) for term in sorted(counts) if counts[term])


def _live_docs(segments: Segments, field: str, live: Mask, term: str) -> Docs:
    parts = [arrays.postings(field, term.encode())[0] + np.uint32(offset) for arrays, offset in segments]
    docs: Docs = np.concatenate(parts)
    return docs[live[docs]]


def _domains(segments: Segments) -> dict[str, str]:
    """The domain of each provider's name, where just one provider with a domain is so called."""
    domains: dict[str, set[str]] = defaultdict(set)
    for term, _ in _term_counts(segments, "provider_name"):
        key, name = term.split("\t", 1)
        if fold_key(name) != fold_key(key):
            domains[fold_key(name)].add(key)
    return {name: keys.pop() for name, keys in domains.items() if len(keys) == 1}


def _name_providers(builder: _Builder, segments: Segments, names: Names, domains: dict[str, str]) -> None:
    """Label providers by the directory, else by the name that most of their articles give.

    Where no name has half of a domain's articles (a video site, an aggregator), the domain is
    the label.
    """
    for term, count in _term_counts(segments, "provider_name"):
        key, name = term.split("\t", 1)
        builder.label(_canonical("provider", names, domains, key), name, count)
    for key, count in builder.values():
        known = names.providers.find(key)
        if known:
            builder.label(key, known.name, 2 * builder.size)
        builder.label(key, key, (count + 1) // 2)


class _Builder:
    """Collects the values of a facet; spellings that differ in letter case or accents are one."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self.size = size
        self._segments: list[tuple[OrdinalColumn | None, int, Array]] = []
        self._numbers: dict[str, int] = {}  # of folded values, in the order they came
        self._counts: list[int] = []
        self._spellings: dict[str, dict[str, int]] = defaultdict(dict)
        self._labels: dict[str, dict[str, int]] = defaultdict(dict)
        self._parents: dict[str, str] = {}
        self._official: dict[str, str] = {}

    def add_segment(
        self, arrays: SegmentArrays, column: OrdinalColumn | None, canonical: Callable[[str], str]
    ) -> None:
        """Take the values of a segment; those of deleted documents alone are none of the archive's."""
        counts = _live_counts(column, arrays).tolist() if column is not None else []
        numbers = np.zeros(len(counts) + 1, np.int64)  # one more, for the ordinal of none
        for ordinal, (value, count) in enumerate(zip(column.table if column else (), counts, strict=True)):
            if count:
                numbers[ordinal] = self._add(canonical(value.decode()), count)
        self._segments.append((column, arrays.doc_count, numbers))

    def _add(self, value: str, count: int) -> int:
        folded = fold_key(value)
        number = self._numbers.setdefault(folded, len(self._numbers))
        if number == len(self._counts):
            self._counts.append(0)
        self._counts[number] += count
        self._spellings[folded][value] = self._spellings[folded].get(value, 0) + count
        return number

    def label(self, value: str, label: str, weight: int) -> None:
        labels = self._labels[fold_key(value)]
        labels[label] = max(labels.get(label, 0), weight)

    def values(self) -> list[tuple[str, int]]:
        """Return the values so far, and how often each was given."""
        return [(self._value(folded), self._counts[number]) for folded, number in self._numbers.items()]

    def add_tree(self, topics: TopicTree) -> None:
        """Give every topic its descendants' documents."""
        by_key = {fold_key(topic.name): topic for topic in topics.topics}
        for folded in list(self._numbers):
            topic = by_key.get(folded)
            if topic is not None:
                self._add_line(folded, (topic.name, *topics.ancestors(topic.name)))

    def add_lines(self, above: Callable[[str], Sequence[str]]) -> None:
        """Give every value's documents to those that are `above` it, the nearest first."""
        for value, _ in self.values():
            if ancestors := above(value):
                self._add_line(fold_key(value), (value, *ancestors))

    def _add_line(self, child: str, line: Sequence[str]) -> None:
        """Take a value, `child` when it is folded, and those above it: its `line`, the nearest first."""
        self._official[child] = line[0]
        for ancestor in line[1:]:
            above = fold_key(ancestor)
            self._official[above] = ancestor
            self._parents[child] = above
            self._numbers.setdefault(above, len(self._numbers))
            child = above

    def build(self, live: Mask, label: Callable[[str], str]) -> FacetColumn:
        """Return the column; a value without a label of its own is called what `label` says."""
        order = sorted(self._numbers)
        if NONE not in self._numbers:
            order.append(NONE)
        ordinal = {folded: i for i, folded in enumerate(order)}
        # What a deleted document has may read as another value, or as none where no live one has any:
        # it is not counted.
        found = [ordinal[folded] for folded in self._numbers] or [ordinal[NONE]]
        ranks = np.array(found, smallest_dtype(len(order)))
        keys = [self._key(folded, ordinal, label) for folded in order]
        counts, flat = self._pairs(ranks, keys)
        ordinals, starts = _by_document(counts, flat, ordinal[NONE], smallest_dtype(len(keys)))
        return FacetColumn(self._name, keys, ordinals, starts, live)

    def _pairs(self, ranks: Array, keys: list[FacetKey]) -> tuple[Array, Array]:
        """Return how many ordinals each document has, and the ordinals, ancestors' among them."""
        counts: list[Array] = []
        flat, plain = [ranks[:0]], True
        for column, doc_count, numbers in self._segments:
            if column is None:
                counts.append(np.zeros(doc_count, np.uint8))
                continue
            mine, ordinals = _flat(column)
            counts.append(mine)
            flat.append(ranks[numbers][ordinals])
            plain &= len(np.unique(numbers[:-1])) == len(numbers) - 1
        joined = np.concatenate(counts) if counts else np.zeros(0, np.uint8)
        ordinals = np.concatenate(flat)
        if plain and not self._parents:
            return joined, ordinals
        return _distinct(joined, ordinals, keys)

    def _key(self, folded: str, ordinal: dict[str, int], label: Callable[[str], str]) -> FacetKey:
        value = self._value(folded)
        label_of = _commonest(self._labels[folded]) or label(value)
        parent, depth, above = self._parents.get(folded), 0, folded
        while above in self._parents:
            depth, above = depth + 1, self._parents[above]
        return FacetKey(value, label_of, ordinal[parent] if parent else None, depth)

    def _value(self, folded: str) -> str:
        return self._official.get(folded) or _commonest(self._spellings[folded]) or folded


def _live_counts(column: OrdinalColumn, arrays: SegmentArrays) -> Array:
    """Return how many live documents have each value of a segment."""
    counts, ordinals = _flat(column)
    if arrays.has_deletions:
        ordinals = ordinals[np.repeat(arrays.live, counts)]
    found = np.zeros(len(column.table), np.int64)
    for at in range(0, len(ordinals), _AT_ONCE):  # NumPy makes eight bytes of each
        found += np.bincount(ordinals[at : at + _AT_ONCE], minlength=len(found))
    return found


def _flat(column: OrdinalColumn) -> tuple[Array, Array]:
    """Return how many ordinals each document has, and the ordinals."""
    if column.starts is None:
        has = column.ordinals < len(column.table)
        return has.view(np.uint8), column.ordinals[has]
    return np.diff(column.starts), column.ordinals


def _distinct(counts: Array, ordinals: Array, keys: list[FacetKey]) -> tuple[Array, Array]:
    """Add the ancestors of each ordinal, and let each document have each ordinal once."""
    docs = np.repeat(np.arange(len(counts)), counts)
    lines = lines_of(keys)
    lengths = np.array([len(line) for line in lines])
    starts, above = offsets_of(lengths)[:-1], np.array([i for line in lines for i in line], np.int64)
    expanded = above[run_indices(starts[ordinals], lengths[ordinals])]
    pairs = np.unique(np.repeat(docs, lengths[ordinals]) * len(keys) + expanded)
    return np.bincount(pairs // len(keys), minlength=len(counts)), pairs % len(keys)


def _by_document(counts: Array, flat: Array, none: int, dtype: Any) -> tuple[Array, Array | None]:
    """Return the ordinals of each document, `none` for those that have no other, and where those of each
    begin; None where each has one."""
    if not len(counts) or counts.max() <= 1:
        single = np.full(len(counts), none, dtype)
        single[counts == 1] = flat
        return single, None
    filled = np.maximum(counts, 1)
    starts = np.zeros(len(counts) + 1, np.uint32)
    np.cumsum(filled, dtype=np.uint32, out=starts[1:])
    ordinals = np.full(int(starts[-1]), none, dtype)
    ordinals[np.repeat(counts > 0, filled)] = flat
    return ordinals, starts


def _commonest(weights: dict[str, int]) -> str | None:
    # Of equals the shortest: a domain, rather than one of several names.
    return min(weights, key=lambda name: (-weights[name], len(name), name)) if weights else None
