"""The terms that set some documents apart: from the archive, from a larger set, from another one.

The measure is Monroe, Colaresi and Quinn's log-odds ratio with an informative Dirichlet prior ("Fightin'
Words: Lexical Feature Selection and Evaluation for Identifying the Content of Political Conflict",
Political Analysis 16(4), 2008, doi 10.1093/pan/mpn018, equations 15, 16, 18 to 20). See `log_odds`.

There are no term vectors, so the terms are found in two steps. The titles and excerpts of a sample of
the documents give candidates; that is the part that is a sample, and what a rare term may be missed by.
The candidates that do best in the sample are then counted in all documents, by their postings, and it
is these exact counts that are scored and shown.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer, Token
from indexer.index.schema import TEXT
from indexer.query.arrays.store.kept import Kept
from indexer.query.arrays.store.postings import Docs
from indexer.query.arrays.store.snapshot import Snapshot

SAMPLE = 64  # documents that are read of a set
BACKGROUND = 400  # documents that are read of the archive, once a generation
CANDIDATES = 24  # terms that are counted exactly
SHOWN = 10
LEAST = 1.96  # standard deviations: what chance exceeds one time in forty
MOST_COMMON = 0.2  # a term that more than this part of the archive has sets nothing apart, and costs most
_EVERY = 50  # but in a small archive every term counts that no more documents than this have
FEWEST = 2  # documents of a set that a term is in, at the least
_UNSEEN = 0.5  # documents of a sample that have a term which none has
_FEW = 20  # documents of which every word is looked at
_NEXT_TO_NOTHING = 1e-9
_UNSPACED = "\u2e80"  # from here on, scripts that are written without blanks
_EDGES = ".,;:!?\"'()[]{}<>*…“”„‘’«»–—|/"  # marks that stand around words
_LONGEST = 40  # characters of a stretch without blanks; what is longer is an address

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


class Having(NamedTuple):
    """In how many of `size` documents each of some terms is: (terms,)."""

    counts: Counts | Floats
    size: float

    def worth(self, documents: float) -> Having:
        """Return the same shares of so many documents."""
        shares: Floats = self.counts / self.size
        return Having(shares * documents, documents)


class DistinctiveTerm(NamedTuple):
    """A term that sets some documents apart: `word` as it is mostly written, `documents` of the set that
    have it and `of_all` of what it is compared with, `score` in standard deviations."""

    term: str
    word: str
    documents: int
    of_all: int
    score: float

    def to_json(self) -> dict[str, Any]:
        """Return it as the API prints it."""
        return {
            "term": self.term,
            "word": self.word,
            "documents": self.documents,
            "of_all": self.of_all,
            "score": round(self.score, 2),
        }


def log_odds(one: Having, other: Having, prior: Having) -> Floats:
    """Return the z-score of each term's log-odds ratio: positive for what `one` set has more of.

    For a term that y_i of the n_i documents of one set have, and y_j of the n_j documents of the other,

        delta = ln((y_i + a) / (n_i + A - y_i - a)) - ln((y_j + a) / (n_j + A - y_j - a))
        z = delta / sqrt(1 / (y_i + a) + 1 / (y_j + a))

    where A is the size of the prior, how many documents it is worth, and a how many of these have the term:
    it draws what is seen in few documents to what is usual. The paper counts words; documents that have a
    word are counted here, since a word that one article repeats twenty times tells of that article alone.
    All three are of the same terms.
    """
    pseudo = np.maximum(prior.counts, _NEXT_TO_NOTHING)
    has, other_has = one.counts + pseudo, other.counts + pseudo
    lacks = np.maximum(one.size + prior.size - has, _NEXT_TO_NOTHING)
    other_lacks = np.maximum(other.size + prior.size - other_has, _NEXT_TO_NOTHING)
    scores: Floats = (np.log(has / lacks) - np.log(other_has / other_lacks)) / np.sqrt(
        1 / has + 1 / other_has
    )
    return scores


class Sample:
    """The terms of the titles and excerpts of some of `docs`, evenly spread: the same for the same docs.

    `size` is how many were read; `counts` how many of them have each term, whatever forms it has in one.
    """

    def __init__(self, snapshot: Snapshot, docs: Docs, most: int = SAMPLE) -> None:
        if len(docs) > most:
            docs = docs.take(np.arange(most) * len(docs) // most)
        self.size = len(docs)
        self._written: dict[str, dict[str, int]] = {}
        texts = [{chunk.strip(_EDGES) for chunk in snapshot.near_text(doc).split()} for doc in docs.tolist()]
        chunks = Counter(itertools.chain.from_iterable(texts))
        # What stands in one document of many can hardly be a candidate; but text that is written without
        # blanks has no stretch twice.
        least = FEWEST if self.size > _FEW else 1
        forms: dict[str, list[str]] = {}
        for chunk, count in chunks.items():
            if count >= least or (not chunk.isascii() and max(chunk) >= _UNSPACED):
                for term, word in _terms(chunk, snapshot.analyzer):
                    forms.setdefault(term, []).append(chunk)
                    written = self._written.setdefault(term, {})
                    written[word] = written.get(word, 0) + count
        self.counts = {term: chunks[its[0]] for term, its in forms.items()}
        self._count_together({term: its for term, its in forms.items() if len(its) > 1}, texts)

    def _count_together(self, forms: Mapping[str, Sequence[str]], texts: Iterable[set[str]]) -> None:
        """Count the terms that have several forms: a document that has two of one counts once."""
        terms: dict[str, list[str]] = {}
        for term, chunks in forms.items():
            for chunk in chunks:
                terms.setdefault(chunk, []).append(term)
        known = frozenset(terms)
        found = ({term for chunk in text & known for term in terms[chunk]} for text in texts)
        self.counts |= Counter(itertools.chain.from_iterable(found))

    def word(self, term: str) -> str:
        """Return how a term is mostly written, or the term where the sample does not have it."""
        written = self._written.get(term, {term: 0})
        return max(written, key=written.__getitem__)


def _terms(chunk: str, analyzer: Analyzer) -> list[tuple[str, str]]:
    """Return the terms of a stretch without blanks that tell something, and how each is written."""
    if chunk.isascii():
        if len(chunk) > _LONGEST or "://" in chunk:
            return []
        if chunk.isalpha():  # as most are: one form, whose word is the stretch
            form = analyzer.forms(chunk)[0]
            return [(form.term, chunk)] if len(chunk) > 1 and form.exact not in analyzer.query_stops else []
    # The whole of a compound stands beside its parts (`facial-recognition`), and is taken only where they
    # do not tell it all (`AT&T`).
    tokens = [(token, _tells(token, analyzer)) for token in analyzer.tokens(chunk)]
    in_parts = all(tells for token, tells in tokens if token.counts)
    found: dict[str, str] = {}
    for token, tells in tokens:
        if tells and (token.counts or not in_parts):
            found.setdefault(token.term, chunk[token.start : token.end][: len(token.exact)])
    return list(found.items())


def _tells(token: Token, analyzer: Analyzer) -> bool:
    bare = token.term.replace(",", "").replace(".", "")
    return len(token.term) > 1 and not bare.isdigit() and token.exact not in analyzer.query_stops


# A sample of the whole archive.
_BACKGROUND = Kept(lambda snapshot: Sample(snapshot, snapshot.columns.live_docs, BACKGROUND))


class Whole:
    """What sets of documents are compared with that lie within it: `docs`, or None for the whole archive.

    `left_out` are terms that tell nothing, such as those that were searched for. Its sample is read once,
    however many sets are compared with it.

    A set is compared with the whole that it lies in, not with the rest. A term that no other document has
    would there have y_j = 0 and a variance of 1 / a, which the prior alone decides and which grows with
    the archive: the very terms that are looked for would come last. Which terms a set has more of is the
    same either way. The prior is the archive's own share of documents with the term, and worth the root of
    n_i documents, as much as keeps the largest error of an estimated share the least (J. L. Hodges and
    E. L. Lehmann, "Some Problems in Minimax Point Estimation", 1950): a larger one would draw a set
    nearer to the archive than the whole that it is compared with.
    """

    def __init__(self, snapshot: Snapshot, docs: Docs | None = None, left_out: Collection[str] = ()) -> None:
        self._snapshot = snapshot
        self._docs = docs
        self._left_out = left_out

    @functools.cached_property
    def _sample(self) -> Sample:
        snapshot = self._snapshot
        return _BACKGROUND.of(snapshot) if self._docs is None else Sample(snapshot, self._docs)

    def terms(self, part: Docs, size: int = SHOWN) -> tuple[DistinctiveTerm, ...]:
        """Return at most `size` terms that set the documents `part` apart, the most telling first."""
        snapshot, docs = self._snapshot, self._docs
        live = len(snapshot.columns.live_docs)
        of_all = live if docs is None else len(docs)
        if len(part) < FEWEST or len(part) == of_all:
            return ()
        own, sample = Sample(snapshot, part), self._sample
        terms, mine, usual = _sampled(own, sample, self._left_out)
        guessed = log_odds(mine, usual, usual.worth(own.size**0.5))
        terms = _best(terms, guessed, snapshot)
        counted = _Counted(terms, part, docs, snapshot)
        of_whole = counted.archive if docs is None else counted.second
        usual = Having(counted.archive, live).worth(len(part) ** 0.5)
        scores = log_odds(Having(counted.first, len(part)), Having(of_whole, of_all), usual)
        # Compared with the whole, a part f of it comes out that much nearer than if compared with the rest.
        share = len(part) / of_all
        least = LEAST * ((1 - share) / (1 + share)) ** 0.5
        return _told(own, terms, (counted.first, of_whole, scores), least)[:size]


def contrasted_terms(
    one: Docs, other: Docs, snapshot: Snapshot, left_out: Collection[str] = (), size: int = SHOWN
) -> tuple[tuple[DistinctiveTerm, ...], tuple[DistinctiveTerm, ...]]:
    """Return the terms that set each of two sets apart from the other; `of_all` counts the other's.

    The prior is the two sets together, as they are: shares of both, worth as many documents as both have.
    So a term that one of them lacks is weighed by how many the other has, whichever is the larger.
    """
    if min(len(one), len(other)) < FEWEST:
        return (), ()
    samples = Sample(snapshot, one), Sample(snapshot, other)
    terms = [
        *dict.fromkeys(
            term
            for own, rest in (samples, samples[::-1])
            for term in _contrasts(own, rest, left_out, snapshot)
        )
    ]
    counted = _Counted(terms, one, other, snapshot)
    scores = _pooled(Having(counted.first, len(one)), Having(counted.second, len(other)))
    return (
        _told(samples[0], terms, (counted.first, counted.second, scores), LEAST)[:size],
        _told(samples[1], terms, (counted.second, counted.first, -scores), LEAST)[:size],
    )


def _contrasts(own: Sample, rest: Sample, left_out: Collection[str], snapshot: Snapshot) -> list[str]:
    terms, mine, usual = _sampled(own, rest, left_out)
    return _best(terms, _pooled(mine, usual), snapshot)


def _pooled(one: Having, other: Having) -> Floats:
    return log_odds(one, other, Having(one.counts + other.counts, one.size + other.size))


def _sampled(own: Sample, other: Sample, left_out: Collection[str]) -> tuple[list[str], Having, Having]:
    """Return the terms of `own`, and in how many documents of it and of the other sample they are."""
    terms = [term for term, count in own.counts.items() if count >= FEWEST and term not in left_out]
    mine = np.array([own.counts[term] for term in terms], float)
    others = np.array([other.counts.get(term, 0) for term in terms], float)
    return terms, Having(mine, own.size), Having(np.maximum(others, _UNSEEN), other.size)


def _best(terms: list[str], scores: Floats, snapshot: Snapshot) -> list[str]:
    """Return the terms of the highest scores, but for those that are everywhere."""
    most = max(_EVERY, MOST_COMMON * snapshot.columns.size)
    chosen: list[str] = []
    for at in np.argsort(-scores, kind="stable").tolist():
        if scores[at] > 0 and snapshot.document_frequency(TEXT, terms[at]) <= most:
            chosen.append(terms[at])
            if len(chosen) == CANDIDATES:
                break
    return chosen


class _Counted:
    """How many live documents have each of some terms, (terms,): of a first set, of a second, of all."""

    def __init__(self, terms: list[str], first: Docs, second: Docs | None, snapshot: Snapshot) -> None:
        marks = np.zeros(snapshot.columns.size, np.uint8)
        if second is not None:
            marks[second] = 2
        marks[first] += 1
        counts = np.zeros((4, len(terms)), np.int64)
        with snapshot.lock:
            for at, term in enumerate(terms):
                docs = snapshot.postings.docs(snapshot.postings.posting(TEXT, term))
                counts[:, at] = np.bincount(marks.take(docs), minlength=4)
        self.first: Counts = counts[1] + counts[3]
        self.second: Counts = counts[2] + counts[3]
        self.archive: Counts = counts.sum(axis=0)


def _told(
    own: Sample, terms: list[str], columns: tuple[Counts, Counts, Floats], least: float
) -> tuple[DistinctiveTerm, ...]:
    found = [
        DistinctiveTerm(term, own.word(term), documents, of_all, score)
        for term, documents, of_all, score in zip(terms, *(c.tolist() for c in columns), strict=True)
        if score >= least and documents >= FEWEST
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.term)))
