"""Articles as words at positions, one article and one word at a time: what stands where, how often, and what
that is worth. The formulas of the ranking, plain and slow:

BM25F     Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004,
          with Lucene's idf; a word of the title stands twice, in frequency and in length
pairs     the ordered window of Metzler and Croft, SIGIR 2005, as one more term, on the best articles
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Iterator, Sequence

from indexer.analysis import Analyzer, fold_accents
from indexer.article import Article
from indexer.index.schema import EXACT, TEXT, WORD_FIELDS, keys_of, numbers_of
from indexer.nearness import is_near
from tests.indexing import slow_path

K1, B = 1.5, 0.75
PAIRS, POOL = 0.1, 200


def idf(documents: int, frequency: float) -> float:
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def saturated(frequency: float, length: int, average: float) -> float:
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / average))


def single(number: float) -> float:
    """Return a number in single precision, in which scores are compared."""
    return float(struct.unpack("f", struct.pack("f", number))[0])


class Text:
    """An article's words: their positions in `text`, and the lengths of the fields."""

    def __init__(self, article: Article, analyzer: Analyzer) -> None:
        posted, self.lengths, begins = slow_path.words(article, analyzer)
        self._ends = {
            "title": (0, begins["excerpt_at"]),
            "excerpt": (begins["excerpt_at"], begins["body_at"]),
            "body": (begins["body_at"], math.inf),
        }
        self._positions: dict[str, list[int]] = {}
        for term, position, _ in posted:
            self._positions.setdefault(term, []).append(position)
        for positions in self._positions.values():
            positions.sort()
        self.keys = {name: set(values) for name, values in keys_of(article).items()}
        self.keys["id"] = {article.id}
        self.published, self.day, self.quality, self.heat = numbers_of(article)

    def positions(self, field: str, term: str) -> list[int]:
        """Return where a term stands in a field; in a title, of which `text` has each word twice, once."""
        found = self._positions.get(term, [])
        if field == TEXT:
            return found
        first, end = self._ends[field]
        inside = [position for position in found if first <= position < end]
        return inside[::2] if field == "title" else inside

    def frequency(self, field: str, term: str) -> int:
        """Return how often a term stands in a field; of values taken whole, whether it does."""
        if field in WORD_FIELDS:
            return len(self.positions(field, term))
        return int(term in self.keys.get(field, ()))

    def has_any(self, field: str) -> bool:
        """Whether the field has any word or value."""
        if field in WORD_FIELDS:
            return any(self.positions(field, term) for term in self._positions)
        return bool(self.keys.get(field))

    def terms(self) -> Iterator[str]:
        """Yield the terms, but for words as they are written."""
        return (term for term in self._positions if not term.startswith(EXACT))

    def words(self) -> Iterator[str]:
        """Yield the words as they are written."""
        return (term[len(EXACT) :] for term in self._positions if term.startswith(EXACT))

    def has_phrase(self, field: str, words: Sequence[str], slop: int) -> bool:
        """Whether words stand in order, each at most `slop` after the last."""
        ends = set(self.positions(field, words[0]))
        for word in words[1:]:
            ends = {at for at in self.positions(field, word) if any(0 < at - end <= slop for end in ends)}
        return bool(ends)

    def side_by_side(self, pair: tuple[str, str]) -> int:
        """Return how often the second word follows the first."""
        second = set(self.positions(TEXT, pair[1]))
        return sum(at + 1 in second for at in self.positions(TEXT, pair[0]))


class Words:
    """The texts of the articles that there are, by number, and of those that are gone but counted."""

    def __init__(self, live: Sequence[Text], gone: Sequence[Text]) -> None:
        self.live = live
        self._all = [*live, *gone]
        self.size = len(self._all)

    @functools.cached_property
    def written(self) -> list[str]:
        """All words as they are written, in order."""
        return sorted({word for text in self._all for word in text.words()})

    @functools.cache  # noqa: B019 - a test's archive is small, and goes with the test
    def documents(self, field: str, term: str) -> int:
        """Return how many articles have a term, those that are gone among them."""
        return sum(text.frequency(field, term) > 0 for text in self._all)

    @functools.cache  # noqa: B019
    def having(self, field: str, term: str) -> tuple[int, ...]:
        """Return the articles that have a term."""
        return tuple(doc for doc, text in enumerate(self.live) if text.frequency(field, term))

    @functools.cache  # noqa: B019
    def average_length(self, field: str) -> float:
        """Return the average length of a field."""
        total = sum(text.lengths[field] for text in self._all)
        return total / self.size if total else 1.0

    def idf(self, field: str, term: str) -> float:
        """Return the weight of a term."""
        return idf(self.size, self.documents(field, term))

    def score(self, field: str, term: str, doc: int) -> float:
        """Return what a term is worth in an article that has it; 1 in a field of values taken whole."""
        if field not in WORD_FIELDS:
            return 1.0
        text = self.live[doc]
        frequency, length = text.frequency(field, term), text.lengths[field]
        return self.idf(field, term) * saturated(frequency, length, self.average_length(field))

    def pair_documents(self, pair: tuple[str, str], pool: Sequence[int]) -> float:
        """Return how many articles are taken to have a pair, of which some of the `pool` have it."""
        having = sum(self.live[doc].side_by_side(pair) > 0 for doc in pool)
        rarer = min(pair, key=lambda word: self.documents(TEXT, word))
        share = having / sum(self.live[doc].frequency(TEXT, rarer) > 0 for doc in pool)
        return math.sqrt(having * share * self.documents(TEXT, rarer))

    def pair_score(self, pair: tuple[str, str], documents: float, doc: int) -> float:
        """Return what a pair is worth in an article."""
        text = self.live[doc]
        frequency = text.side_by_side(pair)
        weight = PAIRS * idf(self.size, documents)
        return weight * saturated(frequency, text.lengths[TEXT], self.average_length(TEXT))

    def near(self, word: str, edits: int) -> list[str]:
        """Return the words at one edit or up to `edits` from `word`."""
        return [w for w in self.written if (f := fold_accents(w)) != word and is_near(word, f, edits)]
