"""Titles by the words typed: from the postings of the words as written, of which no title is kept.

The work is bounded: of a beginning with very many postings (one letter is that of a fifth of the
dictionary) only the commonest words are followed, and of these as many postings as a suggestion may
cost. The answer says so.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.article import load_stored
from indexer.codec.layout import Array
from indexer.codec.tables import run_begins
from indexer.index.derived import NO_DAY
from indexer.index.schema import EXACT, EXCERPT_AT
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.lexicon import SegmentLexicon, as_array
from indexer.query.arrays.store.postings import Docs
from indexer.query.arrays.suggest.slips import COMMON, CommonWords, suspects
from indexer.query.source import Title

MAX_POSTINGS = 1 << 15  # followed for one typed word in one segment: half a millisecond
_MAX_WORDS = 8  # of those that a beginning stands for, where it has more postings
_SPARE = 3  # titles that are at hand for each that is wanted

Integers = NDArray[np.int64]


class _Word(NamedTuple):
    """A typed word in one segment: the ordinals that it stands for, ascending, and their postings
    together. Most stand for neighbours, a range."""

    ordinals: range | Array
    postings: int


class TitleFinder:
    """Finds titles over all segments of a generation, given the words of each."""

    def __init__(self, lexicons: Sequence[SegmentLexicon], columns: Columns) -> None:
        self._parts = [_Part(lexicon) for lexicon in lexicons]
        self._columns = columns

    def find(self, typed: Sequence[str], *, whole: bool, most: int) -> tuple[Iterator[Title], bool]:
        """Return titles with all words `typed`, the last a beginning where it is not `whole`: those that
        begin so first, then the newest; and whether some were passed over. Each is read when it is
        come to; there are three times as many as `most`, for some repeat others, or lack a word that
        is too common to be followed."""
        return self._search(self._words(typed, whole=whole), most)

    def near(self, typed: Sequence[str], *, whole: bool, most: int) -> tuple[Iterator[Title], bool]:
        """As `find`, where one of the words was typed with a slip."""
        found: list[Iterator[Title]] = []
        bounded = False
        rows = self._words(typed, whole=whole)
        known = [any(row[at].postings for row in rows) for at in range(len(typed))]
        for at in suspects(typed, known):
            near = self._common.near(typed[at])
            if not near:
                continue
            pairs = zip(self._parts, rows, strict=True)
            titles, cut = self._search(
                [[*row[:at], part.spelt(near), *row[at + 1 :]] for part, row in pairs], most
            )
            found.append(titles)
            bounded |= cut
        return chain.from_iterable(found), bounded

    def _words(self, typed: Sequence[str], *, whole: bool) -> list[list[_Word]]:
        """Return for each segment what each typed word stands for: itself, or a last one that is not `whole`
        for any that begins so."""
        rows = [[part.spelt([word]) for word in typed[: None if whole else -1]] for part in self._parts]
        if not whole:
            for part, row in zip(self._parts, rows, strict=True):
                row.append(part.beginning(typed[-1]))
        return rows

    @functools.cached_property
    def _common(self) -> CommonWords:
        counts: dict[str, int] = {}
        for part in self._parts:
            for word, count in part.commonest(COMMON // len(self._parts)):
                counts[word] = counts.get(word, 0) + count
        return CommonWords(counts)

    def _search(self, rows: Sequence[Sequence[_Word]], most: int) -> tuple[Iterator[Title], bool]:
        pairs = zip(self._parts, rows, strict=True)
        having = [(part, words) for part, words in pairs if all(word.postings for word in words)]
        if not having:
            return iter(()), False
        found = [(part.offset, *part.titles(words)) for part, words in having]
        docs = np.concatenate([docs + np.uint32(offset) for offset, docs, _, _ in found])
        begins = np.concatenate([begins for *_, begins, _ in found])
        if not self._columns.all_live:
            live = self._columns.live.take(docs)
            docs, begins = docs[live], begins[live]
        best = self._best(docs, begins, most * _SPARE)
        return self._read(docs.take(best), begins.take(best), most), any(cut for *_, cut in found)

    def _best(self, docs: Docs, begins: NDArray[np.bool_], most: int) -> Integers:
        """Return the places of those that begin with what was typed, then of the newest."""
        published = self._columns.published.take(docs)
        places = np.arange(len(docs))
        if len(docs) > most:
            # Those that begin so go before all others, whatever their dates, and those without one.
            places = _newest(begins.nonzero()[0], published, most)
            if len(places) < most:
                others = _newest((~begins).nonzero()[0], published, most - len(places))
                places = np.concatenate([places, others])
        ids = self._columns.ids.take(docs.take(places))
        order = np.lexsort((ids, -published.take(places), ~begins.take(places)))
        best: Integers = places.take(order[:most])
        return best

    def _read(self, docs: Docs, begins: NDArray[np.bool_], most: int) -> Iterator[Title]:
        """Yield titles. As many as are wanted are read at once, in half the time that it takes one by one:
        `benchmarks.pages` asks for ten with each suggestion."""
        days = np.where(self._columns.dated.take(docs), self._columns.days.of(docs), NO_DAY)
        rows = list(zip(docs.tolist(), days.tolist(), begins.tolist(), strict=True))
        for at in range(0, len(rows), most):
            some = rows[at : at + most]
            records = self._records([doc for doc, *_ in some])
            for record, (_, day, first) in zip(records, some, strict=True):
                yield Title(record["id"], record["title"], day, first)

    def _records(self, docs: Sequence[int]) -> list[dict[str, Any]]:
        """Return what is stored of some documents; those of one segment are read together."""
        found: dict[int, dict[str, Any]] = {}
        for part in self._parts:
            own = [doc for doc in docs if part.offset <= doc < part.end]
            if own:
                texts = part.arrays.near_texts([doc - part.offset for doc in own], "article")
                found |= zip(own, load_stored(texts), strict=True)
        return [found[doc] for doc in docs]


class _Part:
    """The words of one segment, and where they stand; `offset` is its first document's number."""

    def __init__(self, lexicon: SegmentLexicon) -> None:
        self.arrays = lexicon.arrays
        self.offset, self.end = lexicon.offset, lexicon.offset + lexicon.arrays.doc_count
        self._field = lexicon.field
        self._lexicon = lexicon
        has_excerpts = EXCERPT_AT in self.arrays.column_kinds
        self._excerpt_at = self.arrays.numbers(EXCERPT_AT) if has_excerpts else None

    def spelt(self, words: Sequence[str]) -> _Word:
        """Return what any of some whole words stands for."""
        found = sorted({ordinal for word in words for ordinal in self._lexicon.spelt(word)})
        one = len(found) == 1
        return self._word(range(found[0], found[0] + 1) if one else np.array(found, np.int64))

    def beginning(self, word: str) -> _Word:
        """Return what a beginning stands for."""
        return self._word(self._lexicon.begun(word))

    def _word(self, ordinals: range | Array) -> _Word:
        if isinstance(ordinals, range):
            starts = self._field.starts
            return _Word(ordinals, starts.at(ordinals.stop) - starts.at(ordinals.start))
        return _Word(ordinals, int(self._field.doc_frequencies(ordinals).sum()))

    def commonest(self, most: int) -> Iterator[tuple[str, int]]:
        """Yield the words that most documents have, and how many do."""
        first, last = self._field.prefix_range(EXACT.encode())
        df = np.diff(self._field.starts.part(first, last + 1).astype(np.int64))
        rows = np.arange(len(df)) if len(df) <= most else np.argpartition(-df, most)[:most]
        table = self._field.terms(first, last).take(rows)
        for word, count in zip(table, df[rows].tolist(), strict=True):
            yield word[len(EXACT) :].decode(), count

    def titles(self, words: Sequence[_Word]) -> tuple[Docs, NDArray[np.bool_], bool]:
        """Return the documents whose titles have all words, which of them begin with the first, and
        whether any were passed over. A word with too many postings restricts none that another does:
        who reads the titles sees whether it is there."""
        order = sorted(range(len(words)), key=lambda i: words[i].postings)
        docs, begins, bounded = self._in_title(words[order[0]])
        if order[0] != 0:
            begins = np.zeros(len(docs), bool)
        for i in order[1:]:
            if words[i].postings > MAX_POSTINGS:
                bounded = True
                continue
            having = np.zeros(self.arrays.doc_count, bool)
            having[docs] = True
            others, first, _ = self._in_title(words[i], having)
            having[docs] = False
            having[others] = True
            kept = having.take(docs).nonzero()[0]
            docs, begins = docs.take(kept), begins.take(kept)
            if i == 0:
                having[others] = False
                having[others[first]] = True
                begins = having.take(docs)
        if len(words[order[0]].ordinals) > 1:  # two words of a title may begin so
            docs, begins = _each_once(docs, begins)
        return docs, begins, bounded

    def _in_title(
        self, word: _Word, among: NDArray[np.bool_] | None = None
    ) -> tuple[Docs, NDArray[np.bool_], bool]:
        """Return the documents that have a word in their title, one again for each word that a beginning
        stands for; which of these titles it is the first word of; and whether any were passed over. `among`:
        (documents,), which are asked about."""
        runs, bounded = self._runs(word)
        found = [self._first_places(*run, among) for run in runs]
        docs, places = found[0]
        if len(runs) > 1:
            docs = np.concatenate([docs for docs, _ in found])
            places = np.concatenate([places for _, places in found])
        if self._excerpt_at is not None:
            kept = (places < self._excerpt_at.take(docs)).nonzero()[0]
            docs, places = docs.take(kept), places.take(kept)
        return docs, places == 0, bounded

    def _runs(self, word: _Word) -> tuple[list[tuple[int, int, int]], bool]:
        """Return runs of postings of a word, (first, last + 1, ordinal of the first), as many as may be
        followed; and whether there are more."""
        field, is_bounded = self._field, word.postings > MAX_POSTINGS
        if isinstance(word.ordinals, range) and not is_bounded:
            first, stop = word.ordinals.start, word.ordinals.stop
            return [(field.starts.at(first), field.starts.at(stop), first)], False
        ordinals = as_array(word.ordinals)
        best = np.argsort(-field.doc_frequencies(ordinals), kind="stable")
        if is_bounded:
            best = best[:_MAX_WORDS]
        runs, left = [], MAX_POSTINGS
        for ordinal in ordinals[best].tolist():
            first, last = field.extent(ordinal)
            runs.append((first, min(last, first + left), ordinal))
            left -= last - first
            if left <= 0:
                break
        return runs, is_bounded

    def _first_places(
        self, first: int, last: int, ordinal: int, among: NDArray[np.bool_] | None
    ) -> tuple[Docs, Integers]:
        """Return the documents of a run of postings, and the first position in each."""
        field = self._field
        if field.positions is None:
            raise KeyError("text has no positions")
        docs = field.docs.part(first, last)
        starts = np.arange(len(docs))
        if field.freqs is not None:
            field.freqs.part(first, last - 1).cumsum(out=starts[1:])
        at, _ = field.position_extent(ordinal)
        positions = field.positions.part(at, at + int(starts[-1]) + 1)
        if among is not None:
            rows = among.take(docs).nonzero()[0]
            docs, starts = docs.take(rows), starts.take(rows)
        return docs, positions.take(starts)


def _newest(places: Integers, published: Integers, count: int) -> Integers:
    """Return those of some places that have the newest `count` dates, and others of the oldest of these."""
    if len(places) <= count:
        return places
    dates = published.take(places)
    oldest = np.partition(dates, len(dates) - count)[len(dates) - count]
    newest: Integers = places[dates >= oldest]
    return newest


def _each_once(docs: Docs, begins: NDArray[np.bool_]) -> tuple[Docs, NDArray[np.bool_]]:
    """Return each document once, and whether it begins so anywhere."""
    keys = docs.astype(np.int64) << 1 | ~begins
    keys.sort()
    keys = keys[run_begins(keys >> 1)]
    return (keys >> 1).astype(np.uint32), keys & 1 == 0
