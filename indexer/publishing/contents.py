"""A generation of an index folder as a cluster has it: documents, signatures of these, tables."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from indexer.analysis import fold_key
from indexer.cluster.documents import DocumentMaker, Resolved
from indexer.cluster.mapping import MAPPING_VERSION, scale_for
from indexer.cluster.tables import Dictionary, Tables
from indexer.codec.layout import Array
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import BytesTable
from indexer.facets import VALUE_FACETS
from indexer.index.changes import History
from indexer.index.schema import TEXT, WORD_FIELDS
from indexer.indexing.manifest import load_files
from indexer.indexing.resolve import resolve
from indexer.query.arrays.store.postings import segments_of
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.arrays.suggest.labels import label_rows
from indexer.query.ranking import weight_of

_AT_ONCE = 500  # articles that are read together
_SHIFT = np.uint64(0x9E3779B97F4A7C15)  # an odd number: to multiply by it loses nothing


@dataclass(frozen=True, slots=True)
class Measures:
    """What the parts of scores are made with: the average length of each field, and their scale."""

    averages: Mapping[str, float]
    scale: int


class Contents:
    """What a snapshot holds, article by article; they are numbered in the order of their ids."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        columns = snapshot.columns
        order = np.argsort(columns.ids.take(columns.live_docs), kind="stable")
        self._docs = columns.live_docs.take(order)
        self.ids: Array = columns.ids.take(self._docs)  # S16

    @functools.cached_property
    def measures(self) -> Measures:
        """The lengths as they are now."""
        averages = {name: self._snapshot.postings.average_length(name) for name in WORD_FIELDS}
        return Measures(averages, scale_for(averages[TEXT]))

    @property
    def made_with(self) -> str:
        """What decides how documents are written: where it differs, all are written anew."""
        return f"{MAPPING_VERSION}-{self._snapshot.header.made_with}"

    def file(self, identity: str) -> str:
        """Return the path of the file that gave an article."""
        return self._snapshot.file_of(int(self._docs[self.ids.searchsorted(identity.encode())]))

    # What tells whether an article, and its document, have changed

    @functools.cached_property
    def articles(self) -> Array:
        """A number of each article, uint64, (articles,), which changes where a run counts the article as
        changed: see `resolve.compare`."""
        resolution = resolve(load_files(self._snapshot.folder, self._snapshot.number))
        if not np.array_equal(resolution.ids, self.ids):
            raise AssertionError("the manifest has other articles than the segments")
        found = resolution.digests.copy()
        paths = np.array([_number(path) for path in resolution.paths], np.uint64)
        _mix(found, paths.take(resolution.rows))
        _mix(found, resolution.indexes.astype(np.uint64))
        aliases = np.array([_number(bytes(one)) for one in resolution.aliases.values], np.uint64)
        _mix(found, _sums(aliases, resolution.aliases.starts))
        return found

    @functools.cached_property
    def signatures(self) -> Array:
        """A number of each article, uint64, (articles,), which changes with anything of its document: also
        with what other articles make of that."""
        found = self.articles.copy()
        for name in VALUE_FACETS:
            column = self._snapshot.columns.facet(name)
            values = np.array([_number(value.encode()) for value in self._folded[name]], np.uint64)
            places, ordinals = column.pairs(self._docs)
            sums = np.zeros(len(self._docs), np.uint64)
            np.add.at(sums, places, values.take(ordinals))
            _mix(found, sums)
        stories = np.zeros(len(self._docs), np.uint64)
        numbers = {int(doc): row for row, doc in enumerate(self._docs)}
        for doc, (story, place) in self._stories.items():
            stories[numbers[doc]] = _number(f"{story} {place}".encode())
        _mix(found, stories)
        return found

    @functools.cached_property
    def _folded(self) -> dict[str, list[str]]:
        """Of each facet the values as documents have them, by ordinal."""
        facets = {name: self._snapshot.columns.facet(name) for name in VALUE_FACETS}
        return {name: [fold_key(key.value) for key in column.keys] for name, column in facets.items()}

    @functools.cached_property
    def _stories(self) -> dict[int, tuple[str, int]]:
        """Of each article that shares a story, what that is called, and the article's place in it."""
        stories, ids = self._snapshot.stories, self._snapshot.columns.ids
        found: dict[int, tuple[str, int]] = {}
        for members in stories.shared_by():
            name = min(bytes(ids[doc]) for doc in members).decode()
            found |= {doc: (name, place) for place, doc in enumerate(members)}
        return found

    # Documents

    def documents(self, rows: Sequence[int], measures: Measures) -> Iterator[dict[str, Any]]:
        """Yield the documents of the articles with these numbers. Raises IndexDamagedError."""
        maker = DocumentMaker(self._snapshot.analyzer, measures.averages, measures.scale, weight_of)
        for at in range(0, len(rows), _AT_ONCE):
            docs = self._docs.take(rows[at : at + _AT_ONCE])
            facets = {name: self._values(name, docs) for name in VALUE_FACETS}
            for place, article in enumerate(self._snapshot.stored(docs.tolist())):
                doc = int(docs[place])
                story, nth = self._stories.get(doc, (None, 0))
                yield maker.make(
                    article,
                    Resolved(
                        {name: values[place] for name, values in facets.items()},
                        self._snapshot.aliases_of(doc),
                        self._snapshot.file_of(doc),
                        story,
                        nth,
                    ),
                )

    def _values(self, name: str, docs: Array) -> list[list[str]]:
        """Return the values of a facet that each document has."""
        found: list[list[str]] = [[] for _ in docs]
        folded = self._folded[name]
        places, ordinals = self._snapshot.columns.facet(name).pairs(docs)
        for place, ordinal in zip(places.tolist(), ordinals.tolist(), strict=True):
            found[place].append(folded[ordinal])
        return found

    # Tables

    def tables(self, number: int, history: History, measures: Measures) -> Tables:
        """Return the tables of the generation that is called `number` in the cluster."""
        snapshot = self._snapshot
        columns, stats = snapshot.columns, snapshot.stats
        days = columns.days
        return Tables(
            header=replace(snapshot.header, generation=number, files={}),
            words={name: self._dictionary(name) for name in WORD_FIELDS},
            averages=measures.averages,
            documents=columns.size,
            articles=len(self._docs),
            undated=stats.undated,
            facets={name: columns.facet(name).to_json() for name in VALUE_FACETS},
            labels=list(label_rows(columns)),
            phrases=snapshot.phrases,
            history=history,
            days=(days.periods, days.archive),
            shares={name: self._shares(getattr(columns, name)) for name in ("quality", "heat")},
        )

    def _dictionary(self, name: str) -> Dictionary:
        parts = [_terms(arrays, name) for arrays, _ in segments_of(self._snapshot.reader)]
        parts = [part for part in parts if len(part)]
        if len(parts) == 1:
            return parts[0]
        counts: dict[bytes, tuple[int, int]] = {}
        for part in parts:
            for term, df, live in zip(part.table, part.df.tolist(), part.live.tolist(), strict=True):
                others = counts.get(term, (0, 0))
                counts[term] = others[0] + df, others[1] + live
        terms = sorted(counts)
        found = np.array([counts[term] for term in terms], np.uint32).reshape(-1, 2)
        return Dictionary(BytesTable.of(terms), found[:, 0], found[:, 1])

    def _shares(self, values: Array) -> tuple[Array, Array]:
        own = values.take(self._docs)
        known = np.sort(own[~np.isnan(own)])
        distinct = np.unique(known)
        return distinct, known.searchsorted(distinct, "right") / max(len(known), 1)


def _terms(arrays: SegmentArrays, name: str) -> Dictionary:
    field = arrays.field(name)
    if field is None:
        return Dictionary(BytesTable.of(()), *np.zeros((2, 0), np.uint32))
    starts = field.starts.whole().astype(np.int64)
    df = np.diff(starts).astype(np.uint32)
    live = df
    if arrays.has_deletions:
        live = np.add.reduceat(arrays.live[field.docs.whole()], starts[:-1], dtype=np.uint32)
    return Dictionary(field.terms(), df, live)


def _number(text: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def _mix(numbers: Array, others: Array) -> None:
    """Let `numbers` depend on `others` as well, in this place."""
    numbers *= _SHIFT
    numbers ^= numbers >> np.uint64(29)
    numbers += others


def _sums(values: Array, starts: Array) -> Array:
    """Return the sum of each list of values."""
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    found: Array = sums[starts[1:]] - sums[starts[:-1]]
    return found
