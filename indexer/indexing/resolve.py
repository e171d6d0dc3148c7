"""A manifest's files -> which of the articles that they offer are the index's: one for each identity.

A pure function of what the files say, so that any history of changes gives the index that a fresh
build gives. Identities are numbered in their order, and everything is done with the numbers of all
articles at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.archive.records import Kind
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable, offsets_of, run_begins
from indexer.indexing.lists import Lists, find, join, number_identities, roots, same_rows
from indexer.indexing.manifest import KINDS, FileTable, text

# The address that more articles than this declare as their AMP variant is a landing page.
_MAX_SHARING = 3


@dataclass(frozen=True, slots=True, eq=False)
class Resolution:
    """The winners, which are the articles that are indexed, in the order of their ids, and the files that
    gave way to them.

    `ids` are S16, (winners,); of each, `rows` (of the file table) and `indexes` (0 is the file's own
    article, from 1 on nested ones) say where it stands, `digests` (uint64) what it is, `aliases` its
    other identities, ascending. `clashes` are the numbers of the winners to which files gave way,
    `losers` the rows of these files.
    """

    paths: BytesTable
    ids: Array
    rows: Array
    indexes: Array
    digests: Array
    aliases: Lists
    clashes: Array
    losers: Lists

    def __len__(self) -> int:
        return len(self.ids)

    def ids_of(self, numbers: Array) -> list[str]:
        """Return the ids of the winners with these numbers."""
        return list(map(text, self.ids[numbers]))

    def path(self, row: int) -> str:
        """Return the path of a file."""
        return self.paths[row].decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What a run does to the articles: `added` and `changed` are numbers of the new resolution's
    winners, `removed` of the old one's."""

    added: Array
    changed: Array
    removed: Array
    unchanged: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many are added, changed, removed and unchanged."""
        return len(self.added), len(self.changed), len(self.removed), self.unchanged


def compare(old: Resolution, new: Resolution) -> Changes:
    """Return what becomes of the articles. An article has changed where its file, its place in it,
    its content or its other identities have."""
    at, known = find(new.ids, old.ids)
    mine, theirs = np.flatnonzero(known), at[known]
    same = new.digests[mine] == old.digests[theirs]
    same &= new.indexes[mine] == old.indexes[theirs]
    rows_old, rows_new = same_rows(old.paths, new.paths)
    row_now = np.full(len(old.paths), -1, np.int64)
    row_now[rows_old] = rows_new
    same &= new.rows[mine] == row_now[old.rows[theirs]]
    same &= new.aliases.equal(mine, old.aliases, theirs)
    gone = np.ones(len(old), np.bool_)
    gone[theirs] = False
    return Changes(np.flatnonzero(~known), mine[~same], np.flatnonzero(gone), int(same.sum()))


@dataclass(frozen=True, slots=True)
class _Offers:
    """Articles that ask for a place, by the numbers of their identities (int32); those that come first
    are preferred where dates are equal."""

    ids: Array
    published: Array  # epoch seconds
    aliases: Lists
    texts: Array  # what related lists without URLs call them; or none at all
    rows: Array  # of their files
    indexes: Array  # their places there
    digests: Array


@dataclass(frozen=True, slots=True)
class _Choice:
    """Of each group of offers that are one article: the best, the other identities, those that gave way."""

    best: Array
    aliases: Lists
    losers: Lists


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The identities of a table, ascending, and its columns as numbers of these. `first` are the rows
    that are articles or withdrawn ones."""

    identities: Array
    first: Array
    ids: Array  # of `first`
    texts: Array
    aliases: Lists
    distinct: Array  # of the nested articles
    distinct_aliases: Lists


def resolve(table: FileTable) -> Resolution:
    """Choose the winner of each identity. The table is in the order of its paths.

    Among files the newer publication date wins, then the path that sorts first. A related article
    is indexed where no file has its identity, by the same rule. A withdrawn file takes no part, but
    what it names is not let in again through another file's related list.
    """
    numbers = _numbers(table)
    count = len(numbers.identities)
    own = _own_offers(table, numbers)
    landing = _landing_pages(own, count)
    nested = _nested_offers(table, numbers, _taken(numbers, landing), landing)
    choices = [(offers, _choose(offers, count)) for offers in (own, nested)]
    ids = np.concatenate([offers.ids[choice.best] for offers, choice in choices])
    order = np.argsort(ids)
    number_of = np.empty(len(ids), np.int64)
    number_of[order] = np.arange(len(ids))
    losers = choices[0][1].losers  # a nested article gives way without being told of
    clashes = np.flatnonzero(losers.lengths)
    clashes = clashes[np.argsort(number_of[clashes])]
    losers = losers.take(clashes)
    return Resolution(
        paths=table.paths,
        ids=numbers.identities[ids[order]],
        rows=np.concatenate([offers.rows[choice.best] for offers, choice in choices])[order],
        indexes=np.concatenate([offers.indexes[choice.best] for offers, choice in choices])[order],
        digests=np.concatenate([offers.digests[choice.best] for offers, choice in choices])[order],
        aliases=_named(join([choice.aliases for _, choice in choices]).take(order), numbers.identities),
        clashes=number_of[clashes],
        losers=Lists(losers.starts, own.rows[losers.values]),
    )


def _named(lists: Lists, identities: Array) -> Lists:
    return Lists(lists.starts, identities[lists.values])


def _numbers(table: FileTable) -> _Numbers:
    kinds = table.columns["kind"]
    first = np.flatnonzero((kinds == KINDS.index(Kind.ARTICLE)) | (kinds == KINDS.index(Kind.WITHDRAWN)))
    aliases, nested = table.lists("own/aliases").take(first), table.lists("distinct/aliases")
    columns = [_at(table.columns[name], first) for name in ("own/id", "own/text_id")] + [aliases.values]
    columns += [table.columns["distinct/id"], nested.values]
    identities, (ids, texts, own, distinct, others) = number_identities(columns)
    return _Numbers(
        identities, first, ids, texts, Lists(aliases.starts, own), distinct, Lists(nested.starts, others)
    )


def _at(column: Array, rows: Array) -> Array:
    """Return the elements in these rows, which ascend: where that is all of them, without a copy."""
    return column if len(rows) == len(column) else column[rows]


def _own_offers(table: FileTable, numbers: _Numbers) -> _Offers:
    articles = np.flatnonzero(table.columns["kind"][numbers.first] == KINDS.index(Kind.ARTICLE))
    rows = numbers.first[articles]
    return _Offers(
        ids=numbers.ids[articles],
        published=table.columns["own/published"][rows],
        aliases=numbers.aliases.take(articles),
        texts=numbers.texts[articles],
        rows=rows,
        indexes=np.zeros(len(rows), np.int64),
        digests=table.columns["own/digest"][rows],
    )


def _taken(numbers: _Numbers, landing: Array) -> Array:
    """Return which identities a file has, withdrawn ones included: bool, (identities,)."""
    taken = np.zeros(len(landing), np.bool_)
    taken[numbers.texts] = True
    taken[numbers.aliases.values] = True
    taken &= ~landing
    taken[numbers.ids] = True
    return taken


def _nested_offers(table: FileTable, numbers: _Numbers, taken: Array, landing: Array) -> _Offers:
    """Return the best of each identity that no file has, with all the variants that any of them has."""
    refs = table.lists("nested/refs")
    ids, aliases = numbers.distinct, numbers.distinct_aliases
    hidden = taken[ids]
    hidden[aliases.owners[(taken & ~landing)[aliases.values]]] = True
    first = np.full(len(ids), -1, np.int64)  # where each is named first
    first[refs.values[::-1]] = np.arange(len(refs.values) - 1, -1, -1)
    live = np.flatnonzero(~hidden & (first >= 0))
    published = table.columns["distinct/published"]
    live = live[np.lexsort((first[live], ~published[live], ids[live]))]
    begins = run_begins(ids[live])
    best = live[begins]
    owner = np.zeros(len(ids), np.int64)
    owner[live] = np.cumsum(begins) - 1
    variants = aliases.take(live)
    merged = _merge(owner[live][variants.owners], variants.values, len(best), len(taken))
    order = np.argsort(first[best])
    best, at = best[order], first[best[order]]
    rows = np.searchsorted(refs.starts, at, side="right") - 1
    return _Offers(
        ids=ids[best],
        published=published[best],
        aliases=merged.take(order),
        texts=np.zeros(0, np.int32),
        rows=rows,
        indexes=at - refs.starts[rows] + 1,
        digests=table.columns["distinct/digest"][best],
    )


def _choose(offers: _Offers, count: int) -> _Choice:
    """Return the best of each group of offers that are one article: they share an identity, or an AMP
    variant. `count` identities are numbered."""
    owners, variants = offers.aliases.owners, offers.aliases.values
    joins = ~_landing_pages(offers, count)[variants]
    group = roots(count, offers.ids[owners[joins]], variants[joins])[offers.ids]
    order = np.lexsort((~offers.published, group))  # ~x falls as x rises, whatever x is
    begins = run_begins(group[order])
    number = np.empty(len(order), np.int32)
    number[order] = np.cumsum(begins, dtype=np.int32) - 1
    best = order[begins]
    groups = np.concatenate([number, number[owners], number[: len(offers.texts)]])
    others = np.concatenate([offers.ids, variants, offers.texts])
    differs = others != offers.ids[best][groups]
    losers = order[~begins]
    return _Choice(
        best=best,
        aliases=_merge(groups[differs], others[differs], len(best), count),
        losers=Lists(offsets_of(np.bincount(number[losers], minlength=len(best))), losers),
    )


def _landing_pages(offers: _Offers, count: int) -> Array:
    """Return which identities too many articles declare to be any one's variant: bool, (count,)."""
    declared = _merge(offers.aliases.values, offers.ids[offers.aliases.owners], count, count)
    return declared.lengths > _MAX_SHARING


def _merge(owners: Array, values: Array, lists: int, count: int) -> Lists:
    """Return for each of `lists` owners its values, numbers below `count`, each once and ascending."""
    pairs = owners.astype(np.int64)
    pairs *= count
    pairs += values
    pairs.sort()
    pairs = pairs[run_begins(pairs)]  # np.unique hashes them: four times the time, and the memory
    starts = np.searchsorted(pairs, np.arange(lists + 1) * count)
    pairs %= max(count, 1)
    return Lists(starts, pairs.astype(np.int32))
