"""What suggestions are chosen from, but for titles: topics, providers and phrases, by their words.

Give me words as they were typed, I return the labels that have them all, the best first.
"""

from __future__ import annotations

import functools
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
        self._exact = not phrases.changed
        rows = list(values)
        found = zip(phrases.texts, phrases.counts.tolist(), phrases.newest.tolist(), strict=True)
        for data, count, day in sorted(found, key=lambda row: -row[1]):
            rows.append(("phrase", text := data.decode(), text, count, day))
        rows = [row for row in rows if row[3] and label_words(row[1])]
        self._rows = rows
        self.counts = np.array([count for *_, count, _ in rows], np.int64)
        self.days = np.array([day for *_, day in rows], np.int64)
        self._kind_numbers = np.array([_KINDS.index(kind) for kind, *_ in rows], np.int8)
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

    def _label(self, match: Match, row: int) -> Label:
        kind, text, value, count, day = self._rows[row]
        return Label(match, kind, text, value, count, day, self._exact or kind != "phrase")

    def find(self, typed: Sequence[str], kinds: Sequence[str], most: int, enough: int) -> list[Label]:
        """Return the labels of `kinds` that have all words `typed`, the best first.

        They are at most `most` of each kind for each way of having them: as beginnings, within words, with
        a slip. The next way is looked for where there are fewer than `enough`.
        """
        allowed = np.array([kind in kinds for kind in _KINDS]).take(self._kind_numbers)
        found: list[Label] = []
        if not typed:
            return found
        longest_first = sorted(typed, key=len, reverse=True)  # which the fewest have
        for match, having in self._ways():
            with_all = allowed
            for word in longest_first:
                if with_all.any():
                    with_all = with_all & having(word)
            rows = with_all.nonzero()[0]
            if len(rows):
                found += self._ranked(rows, typed, match, kinds, most)
            if len(found) >= enough:
                break
            allowed[rows] = False
        return found

    def _ways(self) -> tuple[tuple[Match, Callable[[str], Mask]], ...]:
        """Return the ways of having a word, the best first, each with what tells which labels have one so."""
        containing = functools.cache(lambda word: self._having(self._containing(word)))
        return (
            (Match.WORDS, lambda word: self._having_range(*self.vocabulary.beginning(word))),
            (Match.INSIDE, containing),
            (Match.SLIP, lambda word: containing(word) | self._having(self.vocabulary.near(word))),
        )

    def _ranked(
        self, rows: Rows, typed: Sequence[str], match: Match, kinds: Sequence[str], most: int
    ) -> list[Label]:
        """Return the labels of the best of some rows; where beginnings match, those whose first word begins
        with the first typed go before others."""
        matches = np.full(len(rows), match)
        if match is Match.WORDS:
            first, last = self.vocabulary.beginning(typed[0])
            first_words = self._first_word.take(rows)
            matches[(first_words >= first) & (first_words < last)] = Match.BEGINS
        order = np.lexsort((-self.days[rows], -self.counts[rows], matches))
        numbers = self._kind_numbers.take(rows.take(order))
        found = []
        for kind in kinds:
            if kind in _KINDS:
                of_kind = order[numbers == _KINDS.index(kind)][:most]
                found += [self._label(Match(int(matches[i])), int(rows[i])) for i in of_kind.tolist()]
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
