"""The best documents for many weighted terms times a date prior, none scored that cannot be among them.

MaxScore (Turtle and Flood, "Query evaluation: strategies and optimizations", Information Processing &
Management 31, 1995), term by term over arrays. The terms come in the order of the highest score that each
can give. The first ones are added up for all documents that have them; once what is left, with the
highest prior that counts, cannot bring a new document among the best, the rest (the common words, which
have most of the postings) is only looked up for the documents that may still be.

The documents and their scores, to the last bit, are those that adding up everything gives.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.codec.tables import run_begins
from indexer.index.schema import DAY, NO_DATE, TEXT
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.postings import Docs, Mask, Postings, Scores
from indexer.query.ranking import date_prior
from indexer.query.source import Weight

_ROUNDING = 1.0001  # a bound must not fall short by how single precision rounds
_NEAR_DAYS = 28  # articles within so many days are looked at one by one; beyond, the prior is below 1.4
_SAMPLE = 20_000  # postings of the terms that give most: enough for a first bound
_MARGIN = 0.5  # of the bound: turning to few documents late is faster than to many early
_LOOK_AT = 0.6  # the bound is computed anew when what is left has fallen to this part of it


@dataclass(frozen=True)
class DatePrior:
    """`date_prior` of each document; 1 where it, or the question, has no date.

    `published` is the question's date in epoch seconds."""

    columns: Columns
    published: float | None

    def of(self, docs: Docs) -> NDArray[np.float64]:
        """Return the prior of `docs`: float64, (docs,)."""
        if self.published is None:
            return np.ones(len(docs))
        other = self.columns.published.take(docs)
        days = np.abs(other - self.published) / DAY
        return np.where(other == NO_DATE, 1.0, date_prior(days))

    def near(self) -> tuple[Docs, float]:
        """Return the live documents of the days around, and the highest prior that any other can have."""
        if self.published is None:
            return np.empty(0, np.uint32), 1.0
        reach = _NEAR_DAYS * DAY
        by_date, published = self.columns.by_date, self.columns.published
        first, last = (
            bisect_left(by_date, self.published + bound, key=published.item) for bound in (-reach, reach)
        )
        return by_date[first:last], date_prior(_NEAR_DAYS)


class Best(NamedTuple):
    """Documents that may be among the best, ascending, with their scores; all that are among them are
    here."""

    docs: Docs
    scores: Scores


def in_order(weights: Sequence[Weight], postings: Postings) -> list[tuple[Weight, float]]:
    """Return the terms with the highest score that each can give, highest first."""
    bounds = [
        (weight, weight.times * postings.most_score(TEXT, weight.term) * _ROUNDING) for weight in weights
    ]
    return sorted(bounds, key=lambda pair: (-pair[1], pair[0].term))


def score_best(
    weights: Sequence[Weight], postings: Postings, prior: DatePrior, count: int, exclude: Docs
) -> Best:
    """Return what may be among the `count` best of the live documents but `exclude`. A score is the
    sum, in single precision and in the order of `in_order`, of times * BM25, then times the prior.
    """
    ordered = in_order(weights, postings)
    left = [*np.cumsum([bound for _, bound in ordered][::-1])[::-1].tolist(), 0.0]
    search = _Search(postings, prior, count, exclude)
    done = 0
    while done < len(ordered) and not search.is_over(left[done]):
        search.add(ordered[done][0])
        done += 1
    search.narrow(left[done])
    for (weight, _), rest in zip(ordered[done:], left[done:], strict=False):
        search.look_up(weight, rest)
    return search.result()


class _Search:
    """Totals while terms are added: first of all documents, then of those that may be among the best."""

    def __init__(self, postings: Postings, prior: DatePrior, count: int, exclude: Docs) -> None:
        self._postings = postings
        self._prior = prior
        self._count = count
        self._totals = np.zeros(prior.columns.size, np.float32)
        self._totals[exclude] = -np.inf  # whatever is added
        self._near, self._beyond = prior.near()
        self._added: list[Docs] = []
        self._least = 0.0  # what the last of the best has, at least
        self._looked = np.inf  # how much was left when that was last computed
        self._docs: Docs = np.empty(0, np.uint32)
        self._sums: Scores = np.empty(0, np.float32)
        self._priors: NDArray[np.float64] = np.empty(0)

    def add(self, weight: Weight) -> None:
        """Add a term's scores to all documents that have it."""
        docs, scores = self._postings.scored(TEXT, weight.term)
        places = docs.astype(np.intp)  # once: NumPy would at each use
        sums = self._totals.take(places)
        sums += np.float32(weight.times) * scores
        self._totals[places] = sums
        self._added.append(docs)

    def is_over(self, rest: float) -> bool:
        """Whether to turn to the documents that may be among the best: one of no day near, and with none
        of the terms so far, cannot when it gets all that is left, and few others can."""
        if self._added and rest <= self._looked * _LOOK_AT:
            self._looked = rest
            sums = self._totals.take(self._sample)
            self._least = max(self._least, self._last_of(sums, self._sample_priors))
        return rest * self._beyond < self._least * _MARGIN

    @functools.cached_property
    def _sample(self) -> Docs:
        """Documents with the terms that give most: the best of them are nearly those of all."""
        return _distinct(np.concatenate(self._added)[:_SAMPLE])

    @functools.cached_property
    def _sample_priors(self) -> NDArray[np.float64]:
        return self._prior.of(self._sample)

    def _last_of(self, sums: Scores, priors: NDArray[np.float64]) -> float:
        """Return the score of the last of the `count` best of some documents, 0 where they are fewer."""
        if len(sums) < self._count:
            return 0.0
        scores = sums * priors
        return float(np.partition(scores, len(scores) - self._count)[len(scores) - self._count]) / _ROUNDING

    def narrow(self, rest: float) -> None:
        """Turn to the documents that may be among the best when they get all that is `rest`."""
        enough = max(self._least / self._beyond - rest, 0.0) / _ROUNDING
        far = np.flatnonzero(self._totals >= np.float32(enough) if enough else self._totals > 0)
        docs = far.astype(np.uint32)
        if (rest or enough) and len(self._near):
            near = self._near[self._may_be(self._totals.take(self._near), self._prior.of(self._near), rest)]
            docs = _distinct(np.concatenate([docs, near]))
        self._docs, self._sums, self._priors = docs, self._totals.take(docs), self._prior.of(docs)
        self._keep(rest)

    def look_up(self, weight: Weight, rest: float) -> None:
        """Add a term's scores to the documents that may be among the best; `rest` is what the terms
        from this one on can give."""
        self._keep(rest)
        places, scores = self._postings.scores_among(TEXT, weight.term, self._docs)
        self._sums[places] += np.float32(weight.times) * scores
        self._least = max(self._least, self._last_of(self._sums, self._priors))

    def _keep(self, rest: float) -> None:
        kept = np.flatnonzero(self._may_be(self._sums, self._priors, rest))
        self._docs, self._sums = self._docs.take(kept), self._sums.take(kept)
        self._priors = self._priors.take(kept)

    def _may_be(self, sums: Scores, priors: NDArray[np.float64], rest: float) -> Mask:
        may: Mask = (sums * _ROUNDING + rest) * priors >= self._least
        return may

    def result(self) -> Best:
        """Return what is left, all terms added."""
        self._least = max(self._least, self._last_of(self._sums, self._priors))
        self._keep(0.0)
        scores = (self._sums * self._priors).astype(np.float32)
        return Best(self._docs, scores)


def _distinct(docs: Docs) -> Docs:
    """Return `docs` ascending, each once; `np.unique` takes a hundred times as long."""
    docs = np.sort(docs)
    return docs[run_begins(docs)]
