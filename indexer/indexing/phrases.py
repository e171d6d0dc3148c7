"""Finds the frequent phrases of an archive: two or three words that stand together more often than
chance lets them.

Give me the segments of a generation, I return its phrases with the number of articles that have
each. Which words go together is said by NLTK's measures (see `analysis.collocations`). A triple is
taken as two parts, its first pair and the last word or the first word and its last pair, and is as
good as the worse of both: so neither a chance word beside a phrase nor half a phrase gets in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import analyzer_for
from indexer.analysis.collocations import LEAST_RATIO, LEAST_T, likelihood_ratios, student_t
from indexer.codec import BytesTable, SegmentArrays
from indexer.codec.layout import Array
from indexer.index.phrases import NO_PHRASES, PhraseTable
from indexer.indexing.neighbours import Counted, Neighbours, pair_key, parts_of
from indexer.indexing.surfaces import Spelling, spell
from indexer.indexing.word_streams import WordStreams

MOST_PHRASES = 20_000
_LEAST = 3  # articles; more in large archives: a twentieth of the root of their number
_ROOT_SHARE = 20
_FEW = 1_000  # articles: their phrases are found in a moment
# The share of articles that may come and go (one that changes does both) before phrases are looked for
# anew: until then their counts are said to be of some changes ago, and made exact where that is cheap.
_MOST_CHANGED = 0.1
_INSIDE = 0.8  # of a pair's articles have it as part of one and the same triple: half a phrase
_WEIGHED = 2  # candidates by Student's t for each phrase that is wanted: their ratios are taken one by one

_ADDRESS = frozenset(["http", "https", "www", "com", "html"])  # what is left of a web address

Counts = NDArray[np.int64]


def follow_phrases(
    previous: PhraseTable | None, segments: Sequence[SegmentArrays], changed: int, language: str, folder: Path
) -> PhraseTable:
    """Return the phrases of a generation.

    `previous` are those of the generation before, of which `changed` articles came, went or are
    others now. They are looked for anew where there are none, where too much has changed since they
    were counted, or where that takes no time; else they are taken over, with how much it is.
    """
    if previous is not None:
        changed += previous.changed
        live = sum(int(arrays.live.sum()) for arrays in segments)
        if not changed or (live > _FEW and changed <= _MOST_CHANGED * live):
            return replace(previous, changed=changed)
    return find_phrases(segments, language, folder)


def find_phrases(segments: Sequence[SegmentArrays], language: str, folder: Path) -> PhraseTable:
    """Return the phrases of the live documents of `segments`, at most MOST_PHRASES.

    `folder` is where a file without a name may lie meanwhile. Counts are exact: each phrase's is the
    total of a search for it in quotes. Only where an accented word has two terms (`nación`) may it
    be less.
    """
    live = sum(int(arrays.live.sum()) for arrays in segments)
    least = max(_LEAST, round(live**0.5 / _ROOT_SHARE))
    with tempfile.TemporaryFile(dir=folder) as stream:
        streams = WordStreams(segments, least, stream)
        if not streams.terms:
            return NO_PHRASES
        chosen = _choose(streams, Neighbours(streams, least), language)
        spelling = spell(
            streams, chosen.neighbours, chosen.pairs, (chosen.pair_rows, chosen.triples), segments
        )
        return _table(
            spelling, np.concatenate([chosen.pairs.documents[chosen.pair_rows], chosen.triples.documents])
        )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """All frequent pairs, the rows of those that are phrases, and the triples that are."""

    neighbours: Neighbours
    pairs: Counted
    pair_rows: Array
    triples: Counted


def _choose(streams: WordStreams, neighbours: Neighbours, language: str) -> _Chosen:
    fit = _fit_ends(streams.terms, language)
    words, total = neighbours.words(), streams.total
    pairs = neighbours.pairs()
    first, second = parts_of(pairs.keys)
    pair_rows = np.flatnonzero(fit[first] & fit[second])
    marginals = pairs.occurrences, words[first], words[second]
    pair_rows, pair_scores = _rated(pair_rows, [marginals], total)

    triples = neighbours.triples(pairs, fit, fit)
    begin, last = parts_of(triples.keys)
    end, _ = pairs.find(pair_key(second[begin], last))
    splits = [
        (triples.occurrences, pairs.occurrences[begin], words[last]),
        (triples.occurrences, words[first[begin]], pairs.occurrences[end]),
    ]
    triple_rows, triple_scores = _rated(np.arange(len(triples.keys)), splits, total)
    rest = ~_halves(pairs, triples, triple_rows, (begin, end))[pair_rows]
    pair_rows, pair_scores = pair_rows[rest], pair_scores[rest]

    scores = np.concatenate([pair_scores, triple_scores])
    best = np.sort(np.argsort(-scores, kind="stable")[:MOST_PHRASES])
    kept_pairs, kept_triples = best[best < len(pair_rows)], best[best >= len(pair_rows)] - len(pair_rows)
    return _Chosen(
        neighbours,
        pairs,
        np.sort(pair_rows[kept_pairs]),
        triples.only(np.sort(triple_rows[kept_triples])),
    )


def _fit_ends(terms: Sequence[bytes], language: str) -> NDArray[np.bool_]:
    """Return by number which words a phrase may begin and end with: no stop words, no single letters,
    no bare numbers,
    nothing of a web address."""
    analyzer = analyzer_for(language)
    stops = {surface.term for word in analyzer.query_stops for surface in analyzer.surfaces(word)} | _ADDRESS
    words = (word.decode() for word in terms)
    fit = (len(word) > 1 and not word.isdigit() and word not in stops for word in words)
    return np.concatenate([[False], np.fromiter(fit, bool, len(terms))])


def _rated(rows: Array, splits: Sequence[tuple[Counts, Counts, Counts]], total: int) -> tuple[Array, Array]:
    """Return those of `rows` that are no chance, and their scores; for each split the occurrences of the
    whole and of both parts."""
    t = np.min([student_t(n[rows], a[rows], b[rows], total) for n, a, b in splits], axis=0)
    kept = np.flatnonzero(t >= LEAST_T)
    kept = kept[np.argsort(-t[kept], kind="stable")[: _WEIGHED * MOST_PHRASES]]
    rows = rows[np.sort(kept)]
    ratios = [
        likelihood_ratios(n[rows].tolist(), a[rows].tolist(), b[rows].tolist(), total) for n, a, b in splits
    ]
    scores = np.min(ratios, axis=0)
    sure = scores >= LEAST_RATIO
    return rows[sure], scores[sure]


def _halves(pairs: Counted, triples: Counted, rows: Array, parts: tuple[Array, Array]) -> NDArray[np.bool_]:
    """Return which pairs are mostly a part of one of the triples `rows`."""
    most = np.zeros(len(pairs.keys), np.int64)
    for part in parts:
        np.maximum.at(most, part[rows], triples.documents[rows])
    halves: NDArray[np.bool_] = most >= _INSIDE * pairs.documents
    return halves


def _table(spelling: Spelling, counts: Counts) -> PhraseTable:
    """Return the phrases by their bytes; of those that are written alike, the most frequent."""
    order = sorted(range(len(counts)), key=lambda row: (spelling.texts[row], -int(counts[row])))
    rows = [
        row for at, row in enumerate(order) if not at or spelling.texts[row] != spelling.texts[order[at - 1]]
    ]
    texts = BytesTable.of(spelling.texts[row] for row in rows)
    return PhraseTable(texts, counts[rows], spelling.newest[rows])
