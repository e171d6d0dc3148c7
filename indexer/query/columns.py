"""What is known of every document of a generation, as arrays: numbers, facet values, orders.

Document numbers count over all segments, deleted documents included; `live` tells which are not.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold_accents, fold_case
from indexer.archive.taxonomy import ProviderDirectory, TopicTree
from indexer.codec import BytesColumn, SegmentArrays
from indexer.query.postings import segments_of
from indexer.query.request import NONE
from indexer.schema import NO_DATE

Mask = NDArray[np.bool_]
Docs = NDArray[np.int32]
Numbers = NDArray[np.float64]

VALUE_FACETS = ("topic", "provider", "author", "category", "type", "tag")


@dataclass(frozen=True, slots=True)
class FacetKey:
    """A value of a facet: `value` to choose it by, `label` to show."""

    value: str
    label: str
    parent: int | None = None  # ordinal
    depth: int = 0


class FacetColumn:
    """The values of one facet for every document, as (document, ordinal) pairs, each pair once.

    A document without a value has the ordinal of `none`; in a tree it has its values' ancestors too.
    """

    def __init__(self, keys: list[FacetKey], docs: Docs, ordinals: Docs, size: int) -> None:
        self.keys = keys
        self._docs = docs
        self._ordinals = ordinals
        self._size = size
        self._others: dict[str, list[Docs]] = defaultdict(list)
        self._by_value = {fold_key(key.value): ordinal for ordinal, key in enumerate(keys)}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        for ordinal, key in enumerate(keys):
            self.add_name(key.label, ordinal)

    @functools.cached_property
    def label_rank(self) -> Docs:
        """Each ordinal's place in the order of labels, whatever their letter case."""
        order = sorted(range(len(self.keys)), key=lambda i: (self.keys[i].label.casefold(), i))
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return rank

    @property
    def none(self) -> int:
        """The ordinal of what has no value."""
        return self._by_value[NONE]

    def add_name(self, name: str, ordinal: int) -> None:
        """Let `name` choose the value, where it is not itself one."""
        self._by_name[fold_key(name)].add(ordinal)

    def add_documents(self, name: str, docs: Docs) -> None:
        """Let `name` choose `docs`, where it is no value's (one of several names of a domain)."""
        self._others[fold_key(name)].append(docs)

    def choose(self, text: str) -> Mask | None:
        """Return which documents are chosen by the value, label or other name `text`, if it is one.

        A value chooses what it counts, and no more; a name chooses all that is so called.
        """
        found = self.mask(self.find(text))
        folded = fold_key(text)
        if folded not in self._by_value:
            for docs in self._others.get(folded, ()):
                found[docs] = True
            if folded not in self._by_name and folded not in self._others:
                return None
        return found

    def named(self, text: str) -> Mask | None:
        """Return which documents have a value, a label or another name `text`, if there is any."""
        folded = fold_key(text)
        own = {self._by_value[folded]} if folded in self._by_value else set()
        found = self.mask(own | self._by_name.get(folded, set()))
        for docs in self._others.get(folded, ()):
            found[docs] = True
        known = own or folded in self._by_name or folded in self._others
        return found if known else None

    def find(self, text: str) -> list[int]:
        """Return the ordinal of the value `text`, else those of the values with that label."""
        folded = fold_key(text)
        if folded in self._by_value:
            return [self._by_value[folded]]
        return sorted(self._by_name.get(folded, ()))

    def find_words(self, text: str) -> list[int]:
        """Return the ordinals of the values whose label has all words of `text`."""
        words = fold_key(text).split()
        return [
            i for i, key in enumerate(self.keys) if words and set(words) <= set(fold_key(key.label).split())
        ]

    def mask(self, ordinals: Iterable[int]) -> Mask:
        """Return which documents have one of `ordinals`."""
        wanted = np.zeros(len(self.keys), bool)
        wanted[list(ordinals)] = True
        found = np.zeros(self._size, bool)
        found[self._docs[wanted[self._ordinals]]] = True
        return found

    def counts(self, hits: Mask) -> NDArray[np.int64]:
        """Return for each ordinal how many of the documents in `hits` have it."""
        return np.bincount(self._ordinals[hits[self._docs]], minlength=len(self.keys)).astype(np.int64)


def fold_key(text: str) -> str:
    """Return what spellings of one facet value share."""
    return " ".join(fold_accents(fold_case(text)).split())


class Columns:
    """All columns of a generation; facets are gathered when one is first asked for."""

    def __init__(self, reader: Any, topics: TopicTree, providers: ProviderDirectory) -> None:
        self._reader = reader
        self._topics = topics
        self._providers = providers
        self._segments = list(segments_of(reader))
        self.size = int(reader.doc_count_all())
        self.live = np.ones(self.size, bool)
        self.published = np.full(self.size, NO_DATE, np.int64)
        self.quality = np.full(self.size, np.nan)
        self.heat = np.full(self.size, np.nan)
        ids: list[bytes] = []
        leaves = reader.leaf_readers() if self.size else ()
        for (arrays, offset), (leaf, _) in zip(self._segments, leaves, strict=True):
            part = slice(offset, offset + arrays.doc_count)
            self.live[part] = arrays.live
            for name in ("published", "quality", "heat"):
                if name in arrays.column_kinds:
                    # Whoosh keeps numbers in a form that sorts as unsigned; its reader takes it back.
                    getattr(self, name)[part] = leaf.column_reader(name, translate=True).load()
            ids += _byte_rows(arrays, "id")
        self.ids = np.array(ids, dtype="S16")

    @functools.cached_property
    def dated(self) -> Mask:
        """Which documents have a date."""
        found: Mask = self.published != NO_DATE
        return found

    @functools.cached_property
    def newest_rank(self) -> Docs:
        """Each document's place in the order newest first, undated last, then by id."""
        return self.rank(-self.published)

    def rank(self, key: NDArray[Any]) -> Docs:
        """Return each document's place in ascending order of `key`, ties newest first, then by id."""
        order = np.lexsort((self.ids, -self.published, key))
        places = np.empty(self.size, np.int32)
        places[order] = np.arange(self.size, dtype=np.int32)
        return places

    def facet(self, name: str) -> FacetColumn:
        """Return the column of one of VALUE_FACETS."""
        return self._facets[name]()

    @functools.cached_property
    def _facets(self) -> dict[str, Callable[[], FacetColumn]]:
        return {name: functools.cache(functools.partial(self._gather, name)) for name in VALUE_FACETS}

    def term_docs(self, field: str, term: str | bytes) -> Docs:
        """Return the documents that have `term` in `field`, sorted."""
        key = term if isinstance(term, bytes) else term.encode("utf-8", "replace")
        parts = [arrays.postings(field, key)[0] + offset for arrays, offset in self._segments]
        return np.concatenate(parts).astype(np.int32) if parts else np.empty(0, np.int32)

    def term_mask(self, field: str, term: str | bytes) -> Mask:
        """Return which live documents have `term` in `field`."""
        found: Mask = np.zeros(self.size, bool)
        found[self.term_docs(field, term)] = True
        return found & self.live

    def _gather(self, name: str) -> FacetColumn:
        builder = _FacetBuilder(self.size, self.live)
        for term, docs in self._values(name):
            builder.add(self._canonical(name, term), docs)
        if name == "topic":
            builder.add_tree(self._topics)
        if name == "provider":
            self._name_providers(builder)
        column = builder.build()
        if name == "topic":
            for topic in self._topics.topics:
                for ordinal in column.find(topic.name) if topic.shortname else ():
                    column.add_name(topic.shortname or "", ordinal)
        if name == "provider":
            for term, docs in self._values("provider_name"):
                column.add_documents(term.split("\t", 1)[1], docs)
        return column

    def _values(self, field: str) -> Iterator[tuple[str, Docs]]:
        if self.size:
            for term in self._reader.lexicon(field):
                docs = self.term_docs(field, term)
                docs = docs[self.live[docs]]
                if len(docs):  # a deleted article's value is none of the archive's
                    yield term.decode("utf-8"), docs

    def _canonical(self, name: str, term: str) -> str:
        """Return what the archive elsewhere calls a value that it has under several names."""
        if name == "topic" and (topic := self._topics.find(term)):
            return topic.name
        if name == "provider":
            return self._domains.get(fold_key(term), term)
        return term

    @functools.cached_property
    def _domains(self) -> dict[str, str]:
        """The domain of each provider's name, where just one provider with a domain is so called."""
        domains: dict[str, set[str]] = defaultdict(set)
        for term, _ in self._values("provider_name"):
            key, name = term.split("\t", 1)
            if fold_key(name) != fold_key(key):
                domains[fold_key(name)].add(key)
        return {name: keys.pop() for name, keys in domains.items() if len(keys) == 1}

    def _name_providers(self, builder: _FacetBuilder) -> None:
        """Label providers by the directory, else by the name that most of their articles give.

        Where no name has half of a domain's articles (a video site, an aggregator), the domain is
        the label.
        """
        for term, docs in self._values("provider_name"):
            key, name = term.split("\t", 1)
            builder.label(self._canonical("provider", key), name, len(docs))
        for key in builder.values():
            known = self._providers.find(key)
            if known:
                builder.label(key, known.name, 2 * self.size)
            builder.label(key, key, (builder.count(key) + 1) // 2)


def _byte_rows(arrays: SegmentArrays, name: str) -> list[bytes]:
    column = arrays.column(name)
    return list(column.values) if isinstance(column, BytesColumn) else []


class _FacetBuilder:
    """Collects the values of a facet; spellings that differ in letter case or accents are one."""

    def __init__(self, size: int, live: Mask) -> None:
        self._size = size
        self._live = live
        self._docs: dict[str, list[Docs]] = {}  # by folded value
        self._spellings: dict[str, dict[str, int]] = defaultdict(dict)
        self._labels: dict[str, dict[str, int]] = defaultdict(dict)
        self._parents: dict[str, str] = {}
        self._official: dict[str, str] = {}

    def add(self, value: str, docs: Docs) -> None:
        folded = fold_key(value)
        self._docs.setdefault(folded, []).append(docs)
        self._spellings[folded][value] = self._spellings[folded].get(value, 0) + len(docs)

    def label(self, value: str, label: str, weight: int) -> None:
        labels = self._labels[fold_key(value)]
        labels[label] = max(labels.get(label, 0), weight)

    def count(self, value: str) -> int:
        return sum(map(len, self._docs[fold_key(value)]))

    def values(self) -> list[str]:
        return [self._value(folded) for folded in self._docs]

    def add_tree(self, topics: TopicTree) -> None:
        """Give every topic its descendants' documents."""
        by_key = {fold_key(topic.name): topic for topic in topics.topics}
        for folded, docs in list(self._docs.items()):
            topic = by_key.get(folded)
            if topic is None:
                continue
            self._official[folded] = topic.name
            child = folded
            for ancestor in topics.ancestors(topic.name):  # nearest first
                above = fold_key(ancestor)
                self._official[above] = ancestor
                self._parents[child] = above
                self._docs.setdefault(above, []).extend(docs)
                child = above

    def build(self) -> FacetColumn:
        order = sorted(self._docs)
        if NONE not in self._docs:
            order.append(NONE)
        ordinal = {folded: i for i, folded in enumerate(order)}
        has_value = np.zeros(self._size, bool)
        pairs: list[tuple[int, Docs]] = []
        for folded, parts in self._docs.items():
            docs = np.unique(np.concatenate(parts)) if len(parts) > 1 else parts[0]
            docs = docs[self._live[docs]]
            has_value[docs] = True
            pairs.append((ordinal[folded], docs))
        pairs.append((ordinal[NONE], np.flatnonzero(self._live & ~has_value).astype(np.int32)))
        docs = np.concatenate([docs for _, docs in pairs])
        ordinals = np.concatenate([np.full(len(docs), i, np.int32) for i, docs in pairs])
        return FacetColumn([self._key(folded, ordinal) for folded in order], docs, ordinals, self._size)

    def _key(self, folded: str, ordinal: dict[str, int]) -> FacetKey:
        value = self._value(folded)
        parent, depth, above = self._parents.get(folded), 0, folded
        while above in self._parents:
            depth, above = depth + 1, self._parents[above]
        return FacetKey(
            value, _commonest(self._labels[folded]) or value, ordinal[parent] if parent else None, depth
        )

    def _value(self, folded: str) -> str:
        return self._official.get(folded) or _commonest(self._spellings[folded]) or folded


def _commonest(weights: dict[str, int]) -> str | None:
    # Of equals the shortest: a domain, rather than one of several names.
    return min(weights, key=lambda name: (-weights[name], len(name), name)) if weights else None
