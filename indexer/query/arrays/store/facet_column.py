"""One facet over all documents: its values, which documents have which, and how often each occurs.

Give me documents, I return counts by value; give me a value's name, I return which documents it chooses.
"""

from __future__ import annotations

import functools
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold_key
from indexer.codec.layout import Array
from indexer.codec.tables import run_indices
from indexer.query.arrays.store.postings import Docs
from indexer.query.parameters import NONE

Mask = NDArray[np.bool_]
Test = Callable[[Docs], Mask]

_FEW = 2048  # documents whose values are gathered run by run; of more, the first values are looked up
_FIRSTS = 2  # values a document that are looked up so; few have more
_MOST_PAIRS = 1 << 13  # of two values of a facet: counted as one number each
_MOST_KEPT = 64  # masks, of a bit a document


@dataclass(frozen=True, slots=True)
class FacetKey:
    """A value of a facet: `value` to choose it by, `label` to show."""

    value: str
    label: str
    parent: int | None = None  # ordinal
    depth: int = 0


class Values(Protocol):
    """Which ordinals each document has: at least one, that of `none` where it has no value."""

    def count(self, docs: Docs) -> NDArray[np.int64]:
        """Return for each ordinal how many of `docs` have it."""

    def list_of(self, docs: list[int]) -> list[int]:
        """Return the ordinals of some documents, one after another: of few, faster than arrays."""

    def having(self, wanted: Mask) -> Mask:
        """Return which documents have an ordinal that is `wanted`, of shape (ordinals,)."""

    def pairs(self, docs: Docs) -> tuple[Array, Array]:
        """Return the ordinals of `docs`, one after another, and before them the places of their documents
        in `docs`."""

    def latest(self, numbers: NDArray[np.int64], least: int) -> NDArray[np.int64]:
        """Return for each ordinal the largest of `numbers`, (documents,), of those that have it; `least`
        for none."""


class SingleValues:
    """One ordinal a document: (documents,). `keys` is the number of ordinals."""

    def __init__(self, ordinals: Array, keys: int) -> None:
        self._ordinals = ordinals
        self._keys = keys

    def count(self, docs: Docs) -> NDArray[np.int64]:
        """Return for each ordinal how many of `docs` have it."""
        return np.bincount(self._ordinals.take(docs), minlength=self._keys)

    def list_of(self, docs: list[int]) -> list[int]:
        """Return the ordinals of some documents."""
        ordinals = self._ordinals.data
        return [ordinals[doc] for doc in docs]

    def having(self, wanted: Mask) -> Mask:
        """Return which documents have an ordinal that is wanted."""
        return wanted.take(self._ordinals)

    def pairs(self, docs: Docs) -> tuple[Array, Array]:
        """Return the place and the ordinal of each of `docs`."""
        return np.arange(len(docs)), self._ordinals.take(docs)

    def latest(self, numbers: NDArray[np.int64], least: int) -> NDArray[np.int64]:
        """Return for each ordinal the largest of `numbers` of those that have it."""
        found = np.full(self._keys, least, np.int64)
        np.maximum.at(found, self._ordinals, numbers)
        return found

    def having_among(self, docs: Docs, wanted: Mask) -> Mask:
        """Return which of `docs` have an ordinal that is wanted."""
        return wanted.take(self._ordinals.take(docs))


class SeveralValues:
    """Document d has `ordinals[starts[d]:starts[d + 1]]`. `keys` is the number of ordinals, and fits
    into their dtype as well."""

    def __init__(self, ordinals: Array, starts: Array, keys: int) -> None:
        self._ordinals = ordinals
        self._starts = starts
        self._keys = keys

    def count(self, docs: Docs) -> NDArray[np.int64]:
        """Return for each ordinal how many of `docs` have it."""
        if len(docs) <= _FEW:
            return self._count_runs(docs, 0)[:-1]
        firsts, more = self._firsts
        counts = self._count_runs(docs[more.take(docs)], _FIRSTS)
        size = self._keys + 1
        if len(firsts) == 1:
            pairs = np.bincount(firsts[0].take(docs), minlength=size * size).reshape(size, size)
            counts += pairs.sum(axis=0) + pairs.sum(axis=1)
        else:
            for ordinals in firsts:
                counts += np.bincount(ordinals.take(docs), minlength=size)
        return counts[:-1]

    def list_of(self, docs: list[int]) -> list[int]:
        """Return the ordinals of some documents, one after another."""
        ordinals, starts = self._ordinals.data, self._starts.data
        found: list[int] = []
        for doc in docs:
            found += ordinals[starts[doc] : starts[doc + 1]].tolist()
        return found

    def having(self, wanted: Mask) -> Mask:
        """Return which documents have an ordinal that is wanted."""
        found = wanted.take(self._ordinals)
        return np.logical_or.reduceat(found, self._starts[:-1]) if len(found) else found

    def pairs(self, docs: Docs) -> tuple[Array, Array]:
        """Return the ordinals of `docs`, one after another, and before them the places of their documents."""
        starts = self._starts.take(docs).astype(np.int64)
        lengths = self._starts.take(docs + np.uint32(1)) - starts
        return np.repeat(np.arange(len(docs)), lengths), self._ordinals.take(run_indices(starts, lengths))

    def latest(self, numbers: NDArray[np.int64], least: int) -> NDArray[np.int64]:
        """Return for each ordinal the largest of `numbers` of those that have it."""
        found = np.full(self._keys, least, np.int64)
        np.maximum.at(found, self._ordinals, np.repeat(numbers, np.diff(self._starts)))
        return found

    def _count_runs(self, docs: Docs, first: int) -> NDArray[np.int64]:
        """Count the ordinals of `docs` but for the `first` ones of each: (keys + 1,)."""
        starts = self._starts.take(docs).astype(np.int64) + first
        places = run_indices(starts, self._starts.take(docs + np.uint32(1)) - starts)
        return np.bincount(self._ordinals.take(places), minlength=self._keys + 1)

    @functools.cached_property
    def _firsts(self) -> tuple[list[Array], Mask]:
        """Return each document's first ordinals, `keys` for none, and which have more than these: an array
        for the first and one for the second, or one for both, first * (keys + 1) + second, where no more
        pairs are possible than can be added up in no time."""
        counts = np.diff(self._starts)
        firsts = []
        for nth in range(_FIRSTS):
            ordinals = np.full(len(counts), self._keys, self._ordinals.dtype)
            has = counts > nth
            ordinals[has] = self._ordinals[self._starts[:-1][has] + nth]
            firsts.append(ordinals)
        size = self._keys + 1
        if size * size <= _MOST_PAIRS:
            pairs = firsts[0].astype(np.uint16)
            pairs *= np.uint16(size)
            pairs += firsts[1]
            firsts = [pairs]
        return firsts, counts > _FIRSTS


class FacetColumn:
    """The values of one facet for every document. A document without a value has the ordinal of
    `none`; in a tree it has its values' ancestors too."""

    def __init__(self, name: str, keys: list[FacetKey], values: Values, live: Mask) -> None:
        self.name = name
        self.keys = keys
        self.is_tree = any(key.parent is not None for key in keys)
        self._values = values
        self._live = live
        self._others: dict[str, list[Callable[[], Docs]]] = defaultdict(list)
        self._by_value = {fold_key(key.value): ordinal for ordinal, key in enumerate(keys)}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self.none = self._by_value[NONE]  # the ordinal of what has no value
        self._masks: OrderedDict[tuple[int, ...], NDArray[np.uint8]] = OrderedDict()
        for ordinal, key in enumerate(keys):
            self.add_name(key.label, ordinal)

    @functools.cached_property
    def label_rank(self) -> NDArray[np.int32]:
        """Each ordinal's place in the order of labels, whatever their letter case."""
        order = sorted(range(len(self.keys)), key=lambda i: (self.keys[i].label.casefold(), i))
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return rank

    @functools.cached_property
    def named_ordinals(self) -> list[tuple[str, str, int, str | None]]:
        """Of each ordinal the value, the label to show, the depth in the tree and the value above it."""
        keys = self.keys
        named = [
            (key.value, key.label, key.depth, None if key.parent is None else keys[key.parent].value)
            for key in keys
        ]
        named[self.none] = NONE, f"no {self.name}", 0, None
        return named

    def add_name(self, name: str, ordinal: int) -> None:
        """Let `name` choose the value, where it is not itself one."""
        self._by_name[fold_key(name)].add(ordinal)

    def add_documents(self, name: str, docs: Callable[[], Docs]) -> None:
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
                found[docs()] = True
            if folded not in self._by_name and folded not in self._others:
                return None
        return found

    def test(self, chosen: Sequence[str]) -> Test:
        """Return what tells which of some documents are chosen by one of the values or names."""
        ordinals: set[int] = set()
        for text in chosen:
            if fold_key(text) not in self._by_value and fold_key(text) in self._others:
                return self._test_masks(chosen)
            ordinals.update(self.find(text))
        key = tuple(sorted(ordinals))
        if isinstance(self._values, SingleValues):
            return functools.partial(self._values.having_among, wanted=self._wanted(key))
        bits = self._bits(key)
        return functools.partial(_bits_at, bits)

    def _test_masks(self, chosen: Sequence[str]) -> Test:
        masks = [mask for text in chosen if (mask := self.choose(text)) is not None]
        chosen_by_any: Mask = np.logical_or.reduce(masks)
        return chosen_by_any.take

    def _bits(self, ordinals: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return the mask of some ordinals as bits; it is kept for the next who asks."""
        bits = self._masks.get(ordinals)
        if bits is None:
            bits = np.packbits(self.mask(ordinals), bitorder="little")
            while len(self._masks) >= _MOST_KEPT:
                self._masks.popitem(last=False)
            self._masks[ordinals] = bits
        return bits

    def named(self, text: str) -> Mask | None:
        """Return which documents have a value, a label or another name `text`, if there is any."""
        folded = fold_key(text)
        own = {self._by_value[folded]} if folded in self._by_value else set()
        found = self.mask(own | self._by_name.get(folded, set()))
        for docs in self._others.get(folded, ()):
            found[docs()] = True
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
        """Return which live documents have one of `ordinals`."""
        return self._values.having(self._wanted(ordinals)) & self._live

    def counts(self, docs: Docs) -> NDArray[np.int64]:
        """Return for each ordinal how many of `docs` have it."""
        return self._values.count(docs)

    def list_of(self, docs: list[int]) -> list[int]:
        """Return the ordinals of some documents, one after another."""
        return self._values.list_of(docs)

    def pairs(self, docs: Docs) -> tuple[Array, Array]:
        """Return the ordinals of `docs`, one after another, and before them the places of their documents
        in `docs`."""
        return self._values.pairs(docs)

    def latest(self, numbers: NDArray[np.int64], least: int) -> NDArray[np.int64]:
        """Return for each ordinal the largest of `numbers`, (documents,), of those that have it; `least`
        for none."""
        return self._values.latest(numbers, least)

    @functools.cached_property
    def label_ranks(self) -> list[int]:
        """What `label_rank` has, as a list."""
        ranks: list[int] = self.label_rank.tolist()
        return ranks

    def _wanted(self, ordinals: Iterable[int]) -> Mask:
        wanted = np.zeros(len(self.keys), bool)
        wanted[list(ordinals)] = True
        return wanted


def _bits_at(bits: NDArray[np.uint8], docs: Docs) -> Mask:
    of_docs = bits.take(docs >> np.uint32(3)) >> (docs & np.uint32(7)).astype(np.uint8)
    return (of_docs & 1).astype(bool)
