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
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.index.schema import TEXT
from indexer.invisible import without_invisible
from indexer.query.answers.timeline import DistinctiveTerm
from indexer.query.assist.broadening import rare_terms
from indexer.query.assist.content_words import is_content_word
from indexer.query.source import Counts, Documents, View

SAMPLE = 64  # documents that are read of a set
BACKGROUND = 400  # documents that are read of the archive, once a generation
CANDIDATES = 24  # terms that are counted exactly
SHOWN = 10
THRESHOLD = 1.96  # standard deviations: what chance exceeds one time in forty
MAX_SHARE = 0.2  # a term that more than this part of the archive has sets nothing apart, and costs most
_ALWAYS_RARE = 50  # but in a small archive every term counts that no more documents than this have
MIN_DOCUMENTS = 2  # documents of a set that a term is in, at the least
_UNSEEN = 0.5  # documents of a sample that have a term which none has
_SMALL = 20  # documents of which every word is looked at
_NEXT_TO_NOTHING = 1e-9
_UNSPACED = "\u2e80"  # from here on, scripts that are written without blanks
_EDGES = ".,;:!?\"'()[]{}<>*…“”„‘’«»–—|/"  # marks that stand around words
_LONGEST = 40  # characters of a stretch without blanks; what is longer is an address

Floats = NDArray[np.float64]
_Form = tuple[str, str]  # of a term: the stretch of text that has it, and the word as written


class Having(NamedTuple):
    """In how many of `size` documents each of some terms is: (terms,)."""

    counts: Counts | Floats
    size: float

    def worth(self, documents: float) -> Having:
        """Return the same shares of so many documents."""
        shares: Floats = self.counts / self.size
        return Having(shares * documents, documents)


def log_odds(one: Having, other: Having, prior: Having) -> Floats:
    """Return the z-score of each term's log-odds ratio: positive for what `one` set has more of.

    For a term that y_i of the n_i documents of one set have, and y_j of the n_j documents of the other,

        delta = ln((y_i + a) / (n_i + A - y_i - a)) - ln((y_j + a) / (n_j + A - y_j - a))
        z = delta / sqrt(1 / (y_i + a) + 1 / (y_j + a))

    where A is the size of the prior, how many documents it is worth, and a how many of these have the term:
    it draws what is seen in few documents to what is usual. The paper counts words; documents that have a
    word are counted here, since a word that one article repeats twenty times is about that article alone.
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
    """The terms of some texts, the titles and excerpts of a sample of articles.

    `size` is how many there are; `counts` how many of them have each term, whatever forms it has in one.
    """

    def __init__(self, sample: Sequence[str], analyzer: Analyzer) -> None:
        self.size = len(sample)
        # Most have no marks, and need no strip: 4% of the time of an overview (`benchmarks.before`).
        texts = [{one if one.isalpha() else one.strip(_EDGES) for one in text.split()} for text in sample]
        self._chunks = chunks = Counter(itertools.chain.from_iterable(texts))
        # What stands in one document of many can hardly be a candidate; but text that is written without
        # blanks has no stretch twice.
        least = MIN_DOCUMENTS if self.size > _SMALL else 1
        self._forms: dict[str, list[_Form]] = {}
        for chunk, count in chunks.items():
            if count >= least or (not chunk.isascii() and max(chunk) >= _UNSPACED):
                for term, word in _terms(chunk, analyzer):
                    self._forms.setdefault(term, []).append((chunk, word))
        self.counts = {term: chunks[its[0][0]] for term, its in self._forms.items()}
        self._count_together(texts)

    def _count_together(self, texts: Iterable[set[str]]) -> None:
        """Count the terms that have several forms: a document that has two of one counts once."""
        terms: dict[str, list[str]] = {}
        for term, its in self._forms.items():
            if len(its) > 1:
                for chunk, _ in its:
                    terms.setdefault(chunk, []).append(term)
        known = frozenset(terms)
        found = ({term for chunk in text & known for term in terms[chunk]} for text in texts)
        self.counts |= Counter(itertools.chain.from_iterable(found))

    def word(self, term: str) -> str:
        """Return how a term is mostly written, or the term where the sample does not have it."""
        written: Counter[str] = Counter()
        for chunk, word in self._forms.get(term, [("", term)]):
            written[word] += self._chunks[chunk]
        return max(written, key=lambda word: (written[word], word))


def _terms(chunk: str, analyzer: Analyzer) -> list[tuple[str, str]]:
    """Return the terms of the content words in a stretch without blanks, and how each is written."""
    if chunk.isascii():
        if len(chunk) > _LONGEST:
            return []
        if chunk.isalpha():  # as most are: one form, whose word is the stretch
            form = analyzer.surface_forms(chunk)[0]
            return [(form.term, chunk)] if len(chunk) > 1 and is_content_word(form.exact, analyzer) else []
        if "://" in chunk:
            return []
    # The whole of a compound stands beside its parts (`facial-recognition`), and is taken only where they
    # are not all content words (`AT&T`).
    tokens = [
        (token, len(token.term) > 1 and is_content_word(token.exact, analyzer))
        for token in analyzer.tokens(chunk)
    ]
    in_parts = all(is_content for token, is_content in tokens if token.counts)
    found: dict[str, str] = {}
    for token, is_content in tokens:
        if is_content and (token.counts or not in_parts):
            written = without_invisible(chunk[token.start : token.end])
            found.setdefault(token.term, written[: len(token.exact)])
    return list(found.items())


class Whole:
    """What sets of documents are compared with that lie within it: some documents, or None for the archive.

    `excluded` are terms to leave out, such as those that were searched for. Its sample is read once,
    however many sets are compared with it.

    A set is compared with the whole that it lies in, not with the rest. A term that no other document has
    would there have y_j = 0 and a variance of 1 / a, which the prior alone decides and which grows with
    the archive: the very terms that are looked for would come last. Which terms a set has more of is the
    same either way. The prior is the archive's own share of documents with the term, and worth the root of
    n_i documents, as much as keeps the largest error of an estimated share the least (J. L. Hodges and
    E. L. Lehmann, "Some Problems in Minimax Point Estimation", 1950): a larger one would draw a set
    nearer to the archive than the whole that it is compared with.
    """

    def __init__(
        self, view: View, documents: Documents | None = None, excluded: Collection[str] = ()
    ) -> None:
        self._view = view
        self._documents = documents
        self._excluded = excluded

    @functools.cached_property
    def _sample(self) -> Sample:
        view = self._view
        if self._documents is None:
            return _background(view)
        return Sample(self._documents.sample(SAMPLE), view.analyzer)

    def terms(self, part: Documents, size: int = SHOWN) -> tuple[DistinctiveTerm, ...]:
        """Return at most `size` terms that set the documents `part` apart, the most distinctive first."""
        view, whole = self._view, self._documents
        of_all = view.size if whole is None else whole.count
        if part.count < MIN_DOCUMENTS or part.count == of_all:
            return ()
        own = Sample(part.sample(SAMPLE), view.analyzer)
        if not (own.size and self._sample.size):  # there was no time to read any
            return ()
        terms, mine, usual = _sampled(own, self._sample, self._excluded)
        guessed = log_odds(mine, usual, usual.worth(own.size**0.5))
        terms = _best(terms, guessed, view)
        of_part, of_whole, of_archive = _counts(terms, part, whole, view)
        usual = Having(of_archive, view.size).worth(part.count**0.5)
        scores = log_odds(Having(of_part, part.count), Having(of_whole, of_all), usual)
        # Compared with the whole, a part f of it comes out that much nearer than if compared with the rest.
        share = part.count / of_all
        threshold = THRESHOLD * ((1 - share) / (1 + share)) ** 0.5
        return _distinctive(own, terms, (of_part, of_whole, scores), threshold)[:size]


_backgrounds: WeakKeyDictionary[View, Sample] = WeakKeyDictionary()


def _background(view: View) -> Sample:
    """Return the sample of the whole archive; it is read once a view."""
    found = _backgrounds.get(view)
    if found is None:
        found = _backgrounds[view] = Sample(view.everything().sample(BACKGROUND), view.analyzer)
    return found


def contrasted_terms(
    sides: tuple[Documents, Documents], view: View, excluded: Collection[str]
) -> tuple[tuple[DistinctiveTerm, ...], tuple[DistinctiveTerm, ...]]:
    """Return the terms that set each of two sets apart from the other; `of_all` counts the other's.

    The prior is the two sets together, as they are: shares of both, worth as many documents as both have.
    So a term that one of them lacks is weighed by how many the other has, whichever is the larger.
    """
    sizes = [side.count for side in sides]
    if min(sizes) < MIN_DOCUMENTS:
        return (), ()
    samples = [Sample(side.sample(SAMPLE), view.analyzer) for side in sides]
    if not all(sample.size for sample in samples):
        return (), ()
    terms = [
        *dict.fromkeys(
            term for own, rest in (samples, samples[::-1]) for term in _contrasts(own, rest, excluded, view)
        )
    ]
    first, second = view.term_counts(terms, sides)
    scores = _pooled(Having(first, sizes[0]), Having(second, sizes[1]))
    return (
        _distinctive(samples[0], terms, (first, second, scores), THRESHOLD)[:SHOWN],
        _distinctive(samples[1], terms, (second, first, -scores), THRESHOLD)[:SHOWN],
    )


def _counts(
    terms: list[str], part: Documents, whole: Documents | None, view: View
) -> tuple[Counts, Counts, Counts]:
    """Return how many articles of a part, of the whole that it lies in and of the archive have each term."""
    of_archive = np.array(view.frequency([(TEXT, term) for term in terms]), np.int64)
    if whole is None:
        (of_part,) = view.term_counts(terms, [part])
        return of_part, of_archive, of_archive
    of_part, of_whole = view.term_counts(terms, [part, whole])
    return of_part, of_whole, of_archive


def _contrasts(own: Sample, rest: Sample, excluded: Collection[str], view: View) -> list[str]:
    terms, mine, usual = _sampled(own, rest, excluded)
    return _best(terms, _pooled(mine, usual), view)


def _pooled(one: Having, other: Having) -> Floats:
    return log_odds(one, other, Having(one.counts + other.counts, one.size + other.size))


def _sampled(own: Sample, other: Sample, excluded: Collection[str]) -> tuple[list[str], Having, Having]:
    """Return the terms of `own`, and in how many documents of it and of the other sample they are."""
    # In order: the sets of a sample have none, and of equal scores the first counts.
    terms = sorted(
        term for term, count in own.counts.items() if count >= MIN_DOCUMENTS and term not in excluded
    )
    mine = np.array([own.counts[term] for term in terms], float)
    others = np.array([other.counts.get(term, 0) for term in terms], float)
    return terms, Having(mine, own.size), Having(np.maximum(others, _UNSEEN), other.size)


def _best(terms: list[str], scores: Floats, view: View) -> list[str]:
    """Return the terms of the highest scores, but for those that are everywhere."""
    limit = max(_ALWAYS_RARE, MAX_SHARE * view.size)
    order = [terms[at] for at in np.argsort(-scores, kind="stable").tolist() if scores[at] > 0]
    return rare_terms(order, limit, CANDIDATES, view)


def _distinctive(
    own: Sample, terms: list[str], columns: tuple[Counts, Counts, Floats], threshold: float
) -> tuple[DistinctiveTerm, ...]:
    found = [
        DistinctiveTerm(term, own.word(term), documents, of_all, score)
        for term, documents, of_all, score in zip(terms, *(c.tolist() for c in columns), strict=True)
        if score >= threshold and documents >= MIN_DOCUMENTS
    ]
    return tuple(sorted(found, key=lambda one: (-one.score, one.term)))
