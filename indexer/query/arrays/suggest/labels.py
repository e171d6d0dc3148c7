"""What suggestions are chosen from, but for titles: topics, providers and phrases, by their words.

Words as they were typed give the labels that have them all, the best first.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from indexer.analysis import label_words
from indexer.codec.tables import offsets_of, run_indices
from indexer.index.derived import NO_DAY, PhraseTable
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.postings import Mask
from indexer.query.arrays.suggest.vocabulary import Rows, Vocabulary
from indexer.query.source import Label, Match

Row = tuple[str, str, str, int, int]  # of a label: kind, text, value, articles and the day of the newest

_KINDS = ("topic", "provider", "phrase")  # those of suggestions that have labels
_MIN_INSIDE = 2  # letters that are looked for within words


class Labels:
    """Topics, providers and phrases: a row for each value of each kind, whatever others are called. `values`
    are those of the topics and providers."""

    def __init__(self, values: Iterable[Row], phrases: PhraseTable) -> None:
        found = zip(phrases.texts, phrases.counts.tolist(), phrases.newest.tolist(), strict=True)
        texts = [("phrase", text := data.decode(), text, count, day) for data, count, day in found]
        # Kind by kind, of each the best first: what is found need not be put in order.
        ordered = sorted((*values, *texts), key=lambda row: (_KINDS.index(row[0]), -row[3], -row[4]))
        rows = [row for row in ordered if row[3] and label_words(row[1])]
        kinds = [_KINDS.index(kind) for kind, *_ in rows]
        self._edges = np.array([bisect.bisect_left(kinds, number) for number in range(len(_KINDS) + 1)])
        exact = not phrases.changed
        self._rows = [(*row, exact or row[0] != "phrase") for row in rows]
        self._index([label_words(text) for _, text, *_ in rows])

    def _index(self, words: Sequence[Sequence[str]]) -> None:
        """Put words in order, with the labels that have each."""
        self.vocabulary = Vocabulary(sorted({word for row in words for word in row}))
        number = {word: i for i, word in enumerate(self.vocabulary.words)}
        owners = np.repeat(np.arange(len(words)), [len(row) for row in words])
        flat = np.array([number[word] for row in words for word in row], np.int64)
        order = np.argsort(flat, kind="stable")
        self._labels = owners[order].astype(np.int32)
        self._starts = offsets_of(np.bincount(flat, minlength=len(number)))
        self._first_word = np.array([number[row[0]] for row in words], np.int64)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, typed: Sequence[str], kinds: Sequence[str], most: int, enough: int) -> list[Label]:
        """Return the labels of `kinds` that have all words `typed`, the best first.

        They are at most `most` of each kind for each way of having them: as beginnings, within words, with
        a slip. The next way is looked for where there are fewer than `enough`.
        """
        allowed = np.zeros(len(self), bool)
        for kind, first, last in zip(_KINDS, self._edges, self._edges[1:], strict=False):
            allowed[first:last] = kind in kinds
        found: list[Label] = []
        if not typed:
            return found
        longest_first = sorted(typed, key=len, reverse=True)  # which the fewest have
        for match, having in self._ways():
            rows = (allowed & having(longest_first[0])).nonzero()[0]
            for word in longest_first[1:]:
                if len(rows):
                    rows = rows[having(word).take(rows)]
            if len(rows):
                found += self._best(self._ranked(rows, match, typed[0]), most)
            if len(found) >= enough:
                break
            allowed[rows] = False
        return found

    def _ways(self) -> Iterator[tuple[Match, Callable[[str], Mask]]]:
        """Yield the ways of having a word, the best first, each with what tells which labels have one so."""
        yield Match.WORDS, lambda word: self._having_range(*self.vocabulary.beginning(word))
        containing = functools.cache(lambda word: self._having(self._containing(word)))
        yield Match.INSIDE, containing
        yield Match.SLIP, lambda word: containing(word) | self._having(self.vocabulary.near(word))

    def _ranked(self, rows: Rows, match: Match, first: str) -> list[tuple[Match, Rows]]:
        """Return rows by how they match: where beginnings do, apart from others those whose first word begins
        with the `first` that was typed."""
        if match is not Match.WORDS:
            return [(match, rows)]
        low, high = self.vocabulary.beginning(first)
        words = self._first_word.take(rows)
        begins = (words >= low) & (words < high)
        return [(Match.BEGINS, rows[begins]), (match, rows[~begins])]

    def _best(self, ranked: Sequence[tuple[Match, Rows]], most: int) -> list[Label]:
        """Return the labels of the first `most` rows of each kind."""
        found = []
        left = [most] * len(_KINDS)
        for match, rows in ranked:
            edges = rows.searchsorted(self._edges).tolist()
            for kind, (first, last) in enumerate(itertools.pairwise(edges)):
                best = rows[first : min(last, first + left[kind])].tolist()
                left[kind] -= len(best)
                found += [Label(match, *self._rows[row]) for row in best]
        return found

    def _containing(self, word: str) -> Rows:
        if len(word) < _MIN_INSIDE:
            return np.arange(*self.vocabulary.beginning(word))
        return self.vocabulary.containing(word)

    def _having_range(self, first: int, last: int) -> Mask:
        having = np.zeros(len(self), bool)
        having[self._labels[self._starts[first] : self._starts[last]]] = True
        return having

    def _having(self, words: Rows) -> Mask:
        having = np.zeros(len(self), bool)
        starts = self._starts[words]
        having[self._labels[run_indices(starts, self._starts[words + 1] - starts)]] = True
        return having


def label_rows(columns: Columns) -> Iterator[Row]:
    """Yield the rows of the topics and providers that there are."""
    for kind in ("topic", "provider"):
        yield from _facet_rows(columns, kind)


def _facet_rows(columns: Columns, kind: str) -> Iterator[Row]:
    column = columns.facet(kind)
    live = np.flatnonzero(columns.live).astype(np.uint32)  # not kept, as `live_docs` would be
    counts = column.counts(live).tolist()
    dated = columns.days.of(np.arange(columns.size, dtype=np.uint32))
    days = column.latest(np.where(columns.live & columns.dated, dated, NO_DAY), NO_DAY).tolist()
    order = sorted(range(len(counts)), key=lambda ordinal: -counts[ordinal])
    for ordinal in order:
        if ordinal != column.none:
            key = column.keys[ordinal]
            yield kind, key.label, key.value, counts[ordinal], days[ordinal]
