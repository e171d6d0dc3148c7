"""The formulas of the ranking, plain and slow, one article and one word at a time.

BM25F     Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple weighted fields", CIKM 2004,
          with Lucene's idf; the title weighs 2 in frequency and in length
pairs     the ordered window of Metzler and Croft, SIGIR 2005, as one more term, on the best articles
RM3       Lavrenko and Croft, SIGIR 2001; Abdul-Jaleel et al., TREC 2004
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

K1, B = 1.5, 0.75
PAIRS, POOL = 0.1, 200


@dataclass(frozen=True)
class Text:
    """An article: its words by field in the order in which they stand, and those that are counted."""

    id: str
    fields: tuple[tuple[int, tuple[str, ...]], ...]  # weight, words
    uncounted: frozenset[str]

    def frequency(self, word: str) -> int:
        return sum(weight * words.count(word) for weight, words in self.fields)

    @property
    def length(self) -> int:
        return sum(
            weight * sum(word not in self.uncounted for word in words) for weight, words in self.fields
        )

    def side_by_side(self, pair: tuple[str, str]) -> int:
        return sum(
            weight * sum((a, b) == pair for a, b in itertools.pairwise(words))
            for weight, words in self.fields
        )


def idf(documents: int, frequency: float) -> float:
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


def saturated(frequency: float, length: int, average: float) -> float:
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length / average))


class Reference:
    def __init__(self, texts: Sequence[Text]) -> None:
        self.texts = {text.id: text for text in texts}
        total = sum(text.length for text in texts)
        self.average = total / len(texts) if total else 1.0

    def df(self, word: str) -> int:
        return sum(text.frequency(word) > 0 for text in self.texts.values())

    def word(self, text: Text, word: str) -> float:
        weight = idf(len(self.texts), self.df(word))
        return weight * saturated(text.frequency(word), text.length, self.average)

    def words(self, weights: dict[str, float], *, every: bool) -> dict[str, float]:
        """The articles that have every word, or any, and what the words add up to."""
        found = {}
        for text in self.texts.values():
            has = [text.frequency(word) > 0 for word in weights]
            if all(has) if every else any(has):
                found[text.id] = sum(weight * self.word(text, word) for word, weight in weights.items())
        return found

    def with_pairs(self, scores: dict[str, float], typed: Sequence[str]) -> dict[str, float]:
        """Needs as many articles as the pool has, at most."""
        assert len(scores) <= POOL
        added = dict(scores)
        for pair in dict.fromkeys(itertools.pairwise(typed)):
            pool = [self.texts[identity] for identity in scores]
            having = [text for text in pool if text.side_by_side(pair)]
            if having:
                rarer = min(pair, key=self.df)
                share = len(having) / sum(text.frequency(rarer) > 0 for text in pool)
                df = math.sqrt(len(having) * share * self.df(rarer))
                weight = PAIRS * idf(len(self.texts), df)
                for text in having:
                    added[text.id] += weight * saturated(text.side_by_side(pair), text.length, self.average)
        return added

    def feedback(self, best: Sequence[tuple[str, float]], dropped: frozenset[str]) -> dict[str, float]:
        """The weights of RM3's words: 30 of 10 articles, none that over a tenth of the articles have."""
        total: Counter[str] = Counter()
        scores = sum(score for _, score in best[:10])
        for identity, score in best[:10]:
            text = self.texts[identity]
            words = {w for _, field in text.fields for w in field if w not in dropped}
            length = sum(text.frequency(word) for word in words)
            for word in words:
                total[word] += text.frequency(word) / length * score / scores  # type: ignore[assignment]
        rare = [word for word in total if self.df(word) <= len(self.texts) / 10]
        chosen = sorted(rare, key=lambda word: (-total[word], word))[:30]
        whole = sum(total[word] for word in chosen)
        return {word: total[word] / whole for word in chosen}
