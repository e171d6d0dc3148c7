"""Segments -> the frequent phrases of an archive: two or three words that stand together more often than
chance lets them, with the number of articles that have each, and as they are mostly written.

Which words go together is said by NLTK's measures (see `analysis.collocations`). A triple is taken as two
parts, its first pair and the last word or the first word and its last pair, and is as good as the worse of
both: so neither a chance word beside a phrase nor half a phrase gets in.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import analyzer_for
from indexer.analysis.collocations import MIN_RATIO, MIN_T, likelihood_ratios, student_t
from indexer.article import load_stored
from indexer.codec.layout import Array
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import BytesTable, offsets_of
from indexer.index.derived import NO_DAY, NO_PHRASES, PhraseTable
from indexer.indexing.lists import MIXER, numbers
from indexer.indexing.neighbours import Counted, Neighbours, pair_key, parts_of, triples_of
from indexer.indexing.word_streams import Piece, WordStreams

MAX_PHRASES = 20_000
_MIN_ARTICLES = 3  # articles; more in large archives: a twentieth of the root of their number
_ROOT_SHARE = 20
_SMALL_ARCHIVE = 1_000  # articles: their phrases are found in a moment
# The share of articles that may come and go (one that changes does both) before phrases are looked for
# anew: until then their counts are said to be of some changes ago, and made exact where that is cheap.
_MAX_CHANGED = 0.1
_INSIDE = 0.8  # of a pair's articles have it as part of one and the same triple: half a phrase
_WEIGHED = 2  # candidates by Student's t for each phrase that is wanted: their ratios are taken one by one

_ADDRESS = frozenset(["http", "https", "www", "com", "html"])  # what is left of a web address

Counts = NDArray[np.int64]

_FORM_BITS = 44
_BETWEEN = (" ", "-")  # what mostly stands between the words of a phrase


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
        if not changed or (live > _SMALL_ARCHIVE and changed <= _MAX_CHANGED * live):
            return replace(previous, changed=changed)
    return find_phrases(segments, language, folder)


def find_phrases(segments: Sequence[SegmentArrays], language: str, folder: Path) -> PhraseTable:
    """Return the phrases of the live documents of `segments`, at most MAX_PHRASES.

    `folder` is where a file without a name may lie meanwhile. Counts are exact: each phrase's is the
    total of a search for it in quotes. Only where an accented word has two terms (`nación`) may it
    be less.
    """
    live = sum(int(arrays.live.sum()) for arrays in segments)
    least = max(_MIN_ARTICLES, round(live**0.5 / _ROOT_SHARE))
    with tempfile.TemporaryFile(dir=folder) as stream:
        streams = WordStreams(segments, least, stream)
        if not streams.terms:
            return NO_PHRASES
        neighbours = Neighbours(streams, least)
        chosen = _choose(streams, neighbours, language)
        texts, newest = _spell(streams, neighbours, chosen, segments)
    counts = np.concatenate([chosen.pairs.documents[chosen.pair_rows], chosen.triples.documents])
    return _table(texts, newest, counts)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """All frequent pairs, the rows of those that are phrases, and the triples that are."""

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
    end, _ = pairs.lookup.find(pair_key(second[begin], last))
    splits = [
        (triples.occurrences, pairs.occurrences[begin], words[last]),
        (triples.occurrences, words[first[begin]], pairs.occurrences[end]),
    ]
    triple_rows, triple_scores = _rated(np.arange(len(triples.keys)), splits, total)
    rest = ~_halves(pairs, triples, triple_rows, (begin, end))[pair_rows]
    pair_rows, pair_scores = pair_rows[rest], pair_scores[rest]

    scores = np.concatenate([pair_scores, triple_scores])
    best = np.sort(np.argsort(-scores, kind="stable")[:MAX_PHRASES])
    kept_pairs, kept_triples = best[best < len(pair_rows)], best[best >= len(pair_rows)] - len(pair_rows)
    return _Chosen(pairs, np.sort(pair_rows[kept_pairs]), triples.take(np.sort(triple_rows[kept_triples])))


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
    kept = np.flatnonzero(t >= MIN_T)
    kept = kept[np.argsort(-t[kept], kind="stable")[: _WEIGHED * MAX_PHRASES]]
    rows = rows[np.sort(kept)]
    ratios = [
        likelihood_ratios(n[rows].tolist(), a[rows].tolist(), b[rows].tolist(), total) for n, a, b in splits
    ]
    scores = np.min(ratios, axis=0)
    sure = scores >= MIN_RATIO
    return rows[sure], scores[sure]


def _halves(pairs: Counted, triples: Counted, rows: Array, parts: tuple[Array, Array]) -> NDArray[np.bool_]:
    """Return which pairs are mostly a part of one of the triples `rows`."""
    most = np.zeros(len(pairs.keys), np.int64)
    for part in parts:
        np.maximum.at(most, part[rows], triples.documents[rows])
    halves: NDArray[np.bool_] = most >= _INSIDE * pairs.documents
    return halves


def _table(texts: Sequence[bytes], newest: Array, counts: Counts) -> PhraseTable:
    """Return the phrases by their bytes; of those that are written alike, the most frequent."""
    order = sorted(range(len(counts)), key=lambda row: (texts[row], -int(counts[row])))
    rows = [row for at, row in enumerate(order) if not at or texts[row] != texts[order[at - 1]]]
    return PhraseTable(BytesTable.of(texts[row] for row in rows), counts[rows], newest[rows])


@dataclass(frozen=True, slots=True)
class _Forms:
    """Ways in which phrases are written: phrase, the words (forms, 3), how often, and two articles."""

    phrases: Array
    words: Array
    counts: Array
    docs: Array
    others: Array


def _spell(
    streams: WordStreams, neighbours: Neighbours, chosen: _Chosen, segments: Sequence[SegmentArrays]
) -> tuple[list[bytes], NDArray[np.int32]]:
    """Return for each phrase, pairs first, how it is mostly written, and the day of the newest article that
    has it."""
    pairs, pair_rows, triples = chosen.pairs, chosen.pair_rows, chosen.triples
    numbers = np.full(len(pairs.keys), -1, np.int64)
    numbers[pair_rows] = np.arange(len(pair_rows))
    count = len(pair_rows) + len(triples.keys)
    days = np.concatenate([_days(arrays) for arrays in segments])
    newest = np.full(count, NO_DAY, np.int32)
    parts: list[_Forms] = []
    for piece in streams.pieces():
        at, rows = neighbours.located(piece, pairs)
        triples_at, keys = triples_of(piece, at, rows)
        phrases = numbers[rows]
        at, phrases = at[phrases >= 0], phrases[phrases >= 0]
        rows, known = triples.lookup.find(keys)
        triples_at, rows = triples_at[known], rows[known] + len(pair_rows)
        np.maximum.at(newest, phrases, days[piece.docs[at]])
        np.maximum.at(newest, rows, days[piece.docs[triples_at]])
        parts += [_forms(piece, at, phrases, 2), _forms(piece, triples_at, rows, 3)]
    best = _commonest(parts, count)
    return _as_written(best, streams.exact, segments), newest


def _forms(piece: Piece, at: Array, phrases: Array, length: int) -> _Forms:
    """Return the forms of phrases of `length` words that begin at some places."""
    words = np.zeros((len(at), 3), np.uint32)
    for i in range(length):
        words[:, i] = piece.exact[at + i]
    whole = np.flatnonzero((words[:, :length] > 0).all(axis=1))  # a rare form has no number
    docs = piece.docs[at[whole]]
    return _summed(_Forms(phrases[whole], words[whole], np.ones(len(whole), np.int64), docs, docs))


def _summed(forms: _Forms) -> _Forms:
    """Add up what is written alike; the first article stays, and the last of the others."""
    mixed = np.zeros(len(forms.phrases), np.uint64)
    for i in range(3):
        mixed = (mixed + forms.words[:, i]) * MIXER
        mixed ^= mixed >> np.uint64(29)
    # Two forms of one phrase with the same 44 bits would be taken for one: of a million, none.
    keys = (forms.phrases.astype(np.uint64) << np.uint64(_FORM_BITS)) | (mixed >> np.uint64(64 - _FORM_BITS))
    _, firsts, places = np.unique(keys, return_index=True, return_inverse=True)
    counts = np.bincount(places, weights=forms.counts, minlength=len(firsts)).astype(np.int64)
    others = np.zeros(len(firsts), np.uint32)
    np.maximum.at(others, places, forms.others)
    return _Forms(forms.phrases[firsts], forms.words[firsts], counts, forms.docs[firsts], others)


def _commonest(parts: Sequence[_Forms], count: int) -> _Forms:
    """Return the commonest form of each phrase, by its number; those without any have words of 0."""
    joined = _summed(
        _Forms(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(_Forms)))
    )
    order = np.lexsort((-joined.counts, joined.phrases))
    phrases, firsts = np.unique(joined.phrases[order], return_index=True)
    best = order[firsts]
    words, docs = np.zeros((count, 3), np.uint32), np.zeros((2, count), np.uint32)
    counts = np.zeros(count, np.int64)
    words[phrases], counts[phrases] = joined.words[best], joined.counts[best]
    docs[0, phrases], docs[1, phrases] = joined.docs[best], joined.others[best]
    return _Forms(np.arange(count), words, counts, docs[0], docs[1])


def _as_written(forms: _Forms, exact: Sequence[bytes], segments: Sequence[SegmentArrays]) -> list[bytes]:
    """Return the texts of forms, in the letters of one of two articles that have each."""
    count = len(forms.phrases)
    words = [[exact[number - 1].decode() for number in row if number] for row in forms.words.tolist()]
    texts = [" ".join(row) for row in words]
    written = [""] * count
    docs = np.concatenate([forms.docs, forms.others])
    article_texts = _texts(segments, np.unique(docs))
    for place in np.argsort(docs, kind="stable").tolist():
        row = place % count
        if not words[row]:
            continue
        found = _in_its_letters(words[row], article_texts[int(docs[place])])
        if found and (not written[row] or _capitals(found) < _capitals(written[row])):
            written[row] = found
    return [(own or plain).encode("utf-8", "replace") for own, plain in zip(written, texts, strict=True)]


def _texts(segments: Sequence[SegmentArrays], docs: Array) -> dict[int, str]:
    """Return excerpt and title of articles by their numbers in all segments: a title's capitals say less, so
    it stands behind."""
    texts: dict[int, str] = {}
    starts = offsets_of(np.array([arrays.doc_count for arrays in segments]))
    for arrays, start, stop in zip(segments, starts, starts[1:], strict=False):
        mine = docs[docs.searchsorted(start) : docs.searchsorted(stop)]
        stored = arrays.near_texts((mine - start).tolist(), "article")
        for doc, text in zip(mine.tolist(), stored, strict=True):
            record = load_stored([text])[0]
            texts[doc] = f"{record['excerpt']}\n{record['title']}"
    return texts


def _in_its_letters(words: Sequence[str], text: str) -> str:
    """Return the words as `text` writes them, where it does so side by side."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose other case is two
        return ""
    for between in product(_BETWEEN, repeat=len(words) - 1):
        sought = "".join(chain(*zip(words, (*between, ""), strict=True)))
        at = lower.find(sought)
        if at >= 0:
            return text[at : at + len(sought)]
    return ""


def _capitals(text: str) -> int:
    return sum(map(str.isupper, text))


def _days(arrays: SegmentArrays) -> NDArray[np.int32]:
    """Return the day of each document's date, NO_DAY for none."""
    days: NDArray[np.int32] = np.maximum(numbers(arrays, "day"), NO_DAY).astype(np.int32)
    return days
