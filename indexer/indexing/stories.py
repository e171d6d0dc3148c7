"""Texts -> signatures, and signatures -> stories: which articles are near copies of one another.

A signature is a MinHash (Broder, On the resemblance and containment of documents, 1997) of an article's
words: for each of some hash functions, the least hash of any of its words, of which the lowest 8 bits
are kept (b-bit minwise hashing, Li and König 2010). Two articles agree in as large a part of the bytes
as they have of all their words in common, and in 1 of 256 by chance.

The shingles are single words, stemmed, without the stop words that add nothing to a field's length.
Pairs of words are what long texts are compared by; of a title and an excerpt, 57 words, 15% changed
leave .74 of the words in common, but .57 of the pairs.

Four bytes of the 64 are a band; articles that have a band alike are candidates (16 bands: of texts with
half of their words in common 64% are, with .74 in common 99.6%), each with the next few such ones in the
order of time. That is as many sorts as there are bands, and no more pairs than a small multiple of the
articles, however many are alike. A candidate is joined where `_are_alike` says so, or where `titles` says
that both have one title. A story is what is joined to one another, but no chain: each of its articles is
near the earliest one, too, in words and in time, or has the title of one that is. All of a story are in one
language: a text and its translations, which may share a title or have none of their own yet, are several. No
two articles of one provider are in it whose titles are equal but for numbers.

What comes out depends on the articles alone, not on the numbers of their documents or the order in
which they came: any history of changes gives the stories of a fresh build.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.codec.data import Column, NumberColumn, OrdinalColumn
from indexer.codec.layout import Array
from indexer.codec.reader import SegmentArrays
from indexer.codec.tables import fixed, run_begins, run_indices
from indexer.index.derived import NO_STORIES, Stories
from indexer.index.schema import DAY, NO_DATE
from indexer.indexing.lists import order_of, published, roots
from indexer.indexing.titles import (
    TITLE,
    TitleWords,
    are_a_series,
    are_long,
    same_titles,
    series_of,
    title_numbers,
)
from indexer.indexing.word_hashes import Hashes, mixed

TEXT_BYTES = 64  # of the whole text
TITLE_BYTES = 16  # of the title alone
_PER_COLUMN = 8
SIGNATURE = tuple(f"story_{nth}" for nth in range((TEXT_BYTES + TITLE_BYTES) // _PER_COLUMN))
WORDS = "story_words"  # how many different words the text has; MAX_COUNTED for more
MAX_COUNTED = 255
# Of a text, the first so many words are compared: copies that are cut short begin as the whole does.
MAX_WORDS = 400
_SEEDS = np.random.default_rng(1997).integers(0, 2**64, TEXT_BYTES, np.uint64)  # part of the format

_BAND = 4  # bytes
_NEXT = 4  # candidates of each article in a band: the next ones in time
_AT_ONCE = 1 << 16  # pairs that are compared at once
_ROUNDS = 50  # of setting apart what is not near its story's earliest article
# How many bytes of a signature are alike. Of 14,400 real articles, pairs with less than half of their
# words in common are two texts about one event more often than copies.
_ALIKE = 32
_NEAR = 26  # to the earliest article of a story: a later version may differ by more
# A text of a few words is like another by its subject ("Work with Power Apps portals", "Extend Power
# Apps portals"), and without a date two parts of a manual are like two versions of a text.
_SHORT_TEXT, _MIN_WORDS = 12, 5
_ALL_BUT_ALIKE = 52
# Within one provider a repeated excerpt is what stands below each of its articles ("About the company")
# unless the titles are alike as well.
_TITLES_ALIKE = 9
_WINDOW = 14 * DAY  # seconds: of real pairs that are alike by .8 and more, 90% lie 16 days apart or less


def signature_columns(rows: Array, counts: Array, compared: TitleWords) -> dict[str, Column]:
    """Return the signatures of documents as columns.

    `rows` are the words of all texts, one after another, as numbers in `compared`; `counts`, (documents,
    texts), how many each text has, titles first.
    """
    lengths = counts.sum(axis=1)
    starts = np.cumsum(lengths) - lengths
    distinct, numbers = np.unique(compared.hashes, return_inverse=True)  # surfaces may be one word
    words = numbers.astype(np.uint32)[rows]
    signature = np.zeros((len(counts), TEXT_BYTES + TITLE_BYTES), np.uint8)
    texts = _distinct(words, starts, np.minimum(lengths, MAX_WORDS), distinct)
    titles = _distinct(words, starts, np.minimum(counts[:, 0], MAX_WORDS), distinct)
    _fill(signature[:, :TEXT_BYTES], *texts, distinct)
    _fill(signature[:, TEXT_BYTES:], *titles, distinct)
    packed = signature.view("<u8")
    columns: dict[str, Column] = {
        name: NumberColumn(np.ascontiguousarray(packed[:, nth])) for nth, name in enumerate(SIGNATURE)
    }
    sizes = np.minimum(np.bincount(texts[1], minlength=len(counts)), MAX_COUNTED)
    columns[WORDS] = NumberColumn(sizes.astype(np.uint8))
    columns[TITLE] = NumberColumn(title_numbers(rows, counts, compared))
    return columns


def _distinct(words: Array, starts: Array, lengths: Array, hashes: Hashes) -> tuple[Array, Array]:
    """Return the words that count of the runs of `words`, each once a document, and whose they are."""
    owners = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    found = words[run_indices(starts, lengths)]
    keys = ((owners << np.uint64(32)) | found)[hashes[found] != 0]
    keys.sort()
    keys = keys[run_begins(keys)]
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int64), (keys >> np.uint64(32)).astype(np.int64)


def _fill(signature: Array, words: Array, owners: Array, hashes: Hashes) -> None:
    """Set the bytes of each document that has words; `owners` ascend."""
    if not len(words):
        return
    begins = np.flatnonzero(run_begins(owners))
    documents = owners[begins]
    for nth in range(signature.shape[1]):
        hashed = mixed(hashes ^ _SEEDS[nth])
        signature[documents, nth] = np.minimum.reduceat(hashed.take(words), begins).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Articles as they are compared, in the order of time, then of ids: (articles, ...) each.

    `signatures` uint8, `words` their numbers of words, `titles` as `title_numbers` has them, `published`
    epoch seconds, `providers` hashes, 0 for none, `languages` hashes; `documents` their numbers in the
    generation.
    """

    signatures: Array
    words: Array
    titles: Array
    published: Array
    providers: Array
    languages: Array
    documents: Array

    def __len__(self) -> int:
        return len(self.documents)


def find_stories(segments: Sequence[SegmentArrays], language: str = "en") -> Stories:
    """Return the stories of a generation, whose segments these are, in order; `language` is the code of that
    which articles are in that name none."""
    return group(load_texts(segments, language)) if segments else NO_STORIES


def load_texts(segments: Sequence[SegmentArrays], language: str) -> Texts:
    """Return the live articles that have words enough to be compared. There is at least one segment."""
    docs = np.flatnonzero(np.concatenate([_compared(arrays) for arrays in segments]))

    def gathered(values: Callable[[SegmentArrays], Array]) -> Array:
        return np.concatenate([values(arrays) for arrays in segments])[docs]

    dates = gathered(published)
    moments = np.where(dates == NO_DATE, np.iinfo(np.int64).max, dates)  # undated ones last
    order = order_of(gathered(lambda arrays: fixed(arrays.byte_strings("id"), 16)))
    order = order[np.argsort(moments[order], kind="stable")]

    def numbers(name: str) -> Array:
        return gathered(lambda arrays: arrays.numbers(name))[order]

    signatures = np.empty((len(order), len(SIGNATURE)), "<u8")
    for nth, name in enumerate(SIGNATURE):  # one by one: all of them are most of what there is
        signatures[:, nth] = numbers(name)
    return Texts(
        signatures.view(np.uint8),
        numbers(WORDS),
        numbers(TITLE),
        dates[order],
        gathered(_providers)[order],
        gathered(lambda arrays: _languages(arrays, language))[order],
        docs[order],
    )


def _compared(arrays: SegmentArrays) -> Array:
    """Return which documents are live and have words enough in their text, or in the title alone."""
    enough: Array = (arrays.numbers(WORDS) >= _MIN_WORDS) | are_long(arrays.numbers(TITLE))
    return arrays.live & enough


def _providers(arrays: SegmentArrays) -> NDArray[np.uint32]:
    """Return a hash of each document's provider, 0 for none."""
    return _hashes(arrays, "provider", lambda key: zlib.crc32(key) | 1)


def _languages(arrays: SegmentArrays, language: str) -> NDArray[np.uint32]:
    """Return a hash of each document's language; where it has translations, those in other regions' language
    are distinguished."""
    primary = _hashes(arrays, "language", lambda tag: zlib.crc32(tag.partition(b"-")[0]))
    whole = _hashes(arrays, "language", zlib.crc32)
    translated = arrays.field("translation")
    if translated is not None:
        docs = translated.docs.whole()
        primary[docs] = whole[docs]
    primary[whole == 0] = zlib.crc32(language.encode())
    return primary


def _hashes(arrays: SegmentArrays, name: str, hashed: Callable[[bytes], int]) -> NDArray[np.uint32]:
    """Return the hash of each document's first value in a column, 0 for none."""
    hashes = np.zeros(arrays.doc_count, np.uint32)
    if name in arrays.column_kinds:
        column: OrdinalColumn = arrays.ordinals(name)
        table = np.array([*map(hashed, column.table), 0], np.uint32)
        if column.starts is None:
            hashes = table[np.minimum(column.ordinals, len(column.table))]
        else:
            first = column.starts[:-1].astype(np.int64)
            has = np.flatnonzero(np.diff(column.starts.astype(np.int64)))
            hashes[has] = table[column.ordinals[first[has]]]
    return hashes


def group(texts: Texts) -> Stories:
    """Return the stories of `texts`."""
    heads = same_titles(
        texts.titles, texts.signatures.view(np.uint64), texts.published, texts.providers, texts.languages
    )
    a, b = _pairs(texts)
    titled = np.flatnonzero(heads != np.arange(len(texts))).astype(np.int32)
    a, b = np.concatenate([a, heads[titled]]), np.concatenate([b, titled])
    root = np.arange(len(texts), dtype=np.int32)
    for _ in range(_ROUNDS):
        if not len(a):
            break
        # Only what is joined to something is looked at.
        among = np.unique(np.concatenate([a, b]))
        first = among[roots(len(among), np.searchsorted(among, a), np.searchsorted(among, b))]
        near = _belong(texts, first, among, heads[among])
        root[among[near]] = first[near]
        apart = np.zeros(len(texts), np.bool_)
        apart[among[~near]] = True
        kept = apart[a] & apart[b]
        a, b = a[kept], b[kept]
    return _stories(root, texts.documents)


def _belong(texts: Texts, first: Array, rows: Array, heads: Array) -> NDArray[np.bool_]:
    """Return which `rows` are one story with the earliest articles `first` that they are joined to: those
    whose `heads`, what they have their title of, are near; of a series only one."""
    own = heads == first
    near: NDArray[np.bool_] = own | _are_alike(texts, first, heads, _NEAR)
    titles, providers = texts.titles[rows], texts.providers[rows]
    at = np.flatnonzero(near)
    at = at[np.lexsort((~own[at], series_of(titles[at]), providers[at], first[at]))]
    begins = run_begins(first[at]) | run_begins(providers[at]) | run_begins(series_of(titles[at]))
    others = titles[at] != titles[at][begins][np.cumsum(begins) - 1]
    near &= own | ~np.isin(heads, heads[at][others])
    return near


def _stories(root: Array, documents: Array) -> Stories:
    """Return the stories: what has the same root, where that is several."""
    sizes = np.bincount(root, minlength=len(root))
    shared = np.flatnonzero(sizes[root] > 1)
    shared = shared[np.argsort(root[shared], kind="stable")]
    counts = sizes[sizes > 1]
    return Stories(
        documents[shared].astype(np.uint32), np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    )


def _pairs(texts: Texts) -> tuple[Array, Array]:
    """Return the pairs that are joined, as int32 rows of `texts`; one may come several times."""
    found: list[tuple[Array, Array]] = []
    for first, second in _candidates(texts):
        for at in range(0, len(first), _AT_ONCE):
            a, b = first[at : at + _AT_ONCE], second[at : at + _AT_ONCE]
            alike = _are_alike(texts, a, b, _ALIKE)
            found.append((a[alike].astype(np.int32), b[alike].astype(np.int32)))
    empty = np.zeros(0, np.int32)
    return np.concatenate([empty, *(a for a, _ in found)]), np.concatenate([empty, *(b for _, b in found)])


def _candidates(texts: Texts) -> Iterator[tuple[Array, Array]]:
    """Yield pairs of rows that have a band alike, the earlier first."""
    rows = np.flatnonzero(texts.words >= _MIN_WORDS).astype(np.uint64)
    signatures = texts.signatures[rows]
    for at in range(0, TEXT_BYTES, _BAND):
        keys = np.ascontiguousarray(signatures[:, at : at + _BAND]).view("<u4")[:, 0].astype(np.uint64)
        keys <<= np.uint64(32)
        keys |= rows
        keys.sort()
        bands = (keys >> np.uint64(32)).astype(np.uint32)
        keys &= np.uint64(0xFFFFFFFF)
        for step in range(1, _NEXT + 1):
            same = np.flatnonzero(bands[step:] == bands[:-step])
            if not len(same):
                break
            yield keys[same].astype(np.int64), keys[same + step].astype(np.int64)


def _are_alike(texts: Texts, a: Array, b: Array, least: int) -> NDArray[np.bool_]:
    """Return which pairs of rows are one story, their texts being alike by `least` bytes."""
    text, title = _agreement(texts.signatures, a, b)
    words = np.minimum(texts.words[a], texts.words[b])
    few = words < _SHORT_TEXT
    earlier, later = texts.published[a], texts.published[b]
    undated = (earlier == NO_DATE) | (later == NO_DATE)
    alike = text >= np.where(few | undated, _ALL_BUT_ALIKE, least)
    alike &= undated | (np.abs(later - earlier) <= _WINDOW)
    provider, other = texts.providers[a], texts.providers[b]
    alike &= (provider == 0) | (provider != other) | (title >= _TITLES_ALIKE)
    alike &= (provider != other) | ~are_a_series(texts.titles[a], texts.titles[b])
    alike &= words >= _MIN_WORDS
    alike &= texts.languages[a] == texts.languages[b]
    return alike


def _agreement(signatures: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Return how many bytes of texts, and of titles, are alike in each pair of rows."""
    same = (signatures[a] == signatures[b]).view(np.uint64)
    counts = np.bitwise_count(same)
    text = counts[:, : TEXT_BYTES // 8].sum(axis=1, dtype=np.int16)
    return text, counts[:, TEXT_BYTES // 8 : (TEXT_BYTES + TITLE_BYTES) // 8].sum(axis=1, dtype=np.int16)
