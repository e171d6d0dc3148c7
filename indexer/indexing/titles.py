"""Titles -> a number for each, and numbers -> which articles are one story by their titles alone.

Outlets that write about one event in their own words often keep the title that the wire gave it. So equal
titles of several words, within days of each other, are one story, unless the title is a column's ("Your
morning briefing from the Post"): one provider uses it again and again.

The opposite are titles that are equal but for their numbers ("Week 15", "Release 2.1"), of one provider: its
texts share a template, and are as alike as copies, but each is one of its own.

A title's number has a hash of its words, stemmed, stop words as blanks, in their order, and one of the same
with words that have a digit as blanks: 15 and 16 bits, which is enough for texts that are alike otherwise, or
whose MinHash of the title agrees as well.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.codec.layout import Array
from indexer.codec.tables import offsets_of, run_begins, run_indices
from indexer.index.schema import DAY, NO_DATE
from indexer.indexing.word_hashes import Hashes, hash_of, mixed

TITLE = "story_title"  # the column
MIN_TITLE_WORDS = 5
TITLE_DAYS = 3  # of the earliest
_TEXTS = 3  # of one provider by the same title: it is a column's
_LONG, _TITLE_BITS = 1, 16  # the lowest bit of a number says whether the title has words enough
_UNSPACED = "\u2e80"  # from here on, scripts that are written without blanks, in words of two characters
_DIGITS = re.compile(r"\d+")
_NUMBER = 1  # the hash of any number
_STEP = np.uint64(0x9E3779B97F4A7C15)  # from place to place, and from key to key: Knuth's, 2 ** 64 over phi


class TitleWords(NamedTuple):
    """The words of texts as titles are compared by them, by their numbers, (words,) each: the hash of each,
    0 for what does not count; the same without its number; and how many words it is."""

    hashes: Hashes
    templates: Hashes
    counts: Array


def template_of(surface: str, hashed: int) -> int:
    """Return the hash of a surface without its number; `hashed` is its own."""
    if surface.isalpha() or not _DIGITS.search(surface):
        return hashed
    return hash_of([_DIGITS.sub("0", surface)]) if max(surface) >= _UNSPACED else _NUMBER


def count_words(surface: str) -> int:
    """Return how many words a surface is."""
    return 1 if surface.isascii() or max(surface) < _UNSPACED else (len(surface) + 1) // 2


def title_numbers(rows: Array, counts: Array, words: TitleWords) -> NDArray[np.uint32]:
    """Return the number of each document's title.

    `rows` are the words of all texts, one after another, as numbers in `words`; `counts`, (documents, texts),
    how many each text has, titles first."""
    lengths = counts.sum(axis=1)
    sizes = counts[:, 0]
    of_titles = rows[run_indices(np.cumsum(lengths) - lengths, sizes)]
    ends = offsets_of(sizes)
    places = np.arange(len(of_titles)) - np.repeat(ends[:-1], sizes)
    steps = places.astype(np.uint64) * _STEP

    def hashed(table: Hashes) -> NDArray[np.uint32]:
        sums = offsets_of(mixed(table[of_titles] + steps))
        return mixed((sums[ends[1:]] - sums[ends[:-1]]).astype(np.uint64))

    counted = offsets_of(words.counts[of_titles])
    long = counted[ends[1:]] - counted[ends[:-1]] >= MIN_TITLE_WORDS
    title = (hashed(words.hashes) & np.uint32(0xFFFE)) | (long * np.uint32(_LONG))
    numbers: NDArray[np.uint32] = (hashed(words.templates) << np.uint32(_TITLE_BITS)) | title
    return numbers


def are_long(titles: Array) -> NDArray[np.bool_]:
    """Return which titles have words enough to be compared alone."""
    long: NDArray[np.bool_] = (titles & np.uint32(_LONG)) != 0
    return long


def are_a_series(a: Array, b: Array) -> NDArray[np.bool_]:
    """Return which pairs of titles are equal but for numbers, and not equal."""
    series: NDArray[np.bool_] = (series_of(a) == series_of(b)) & (a != b)
    return series


def series_of(titles: Array) -> Array:
    """Return what the titles of a series have in common."""
    return titles >> np.uint32(_TITLE_BITS)


def same_titles(
    titles: Array, signatures: Array, published: Array, providers: Array, languages: Array
) -> NDArray[np.int32]:
    """Return for each article the earliest one that it is one story with by its title: its own row for most.

    The rows are in the order of time. `signatures` are uint64, (articles, columns), of the text and in the
    last two columns of the title.
    """
    heads = np.arange(len(titles), dtype=np.int32)
    long = np.flatnonzero(are_long(titles))
    numbers = [titles[long].astype(np.uint64), languages[long].astype(np.uint64)]
    keys = _joined([signatures[long, -2], signatures[long, -1], *numbers])
    order = np.argsort(keys, kind="stable")
    rows, keys = long[order], keys[order]
    runs = np.cumsum(run_begins(keys)) - 1
    several = np.bincount(runs)[runs] > 1 if len(runs) else np.zeros(0, np.bool_)
    rows, runs = rows[several], runs[several]
    columns = _used_for_several(runs, providers[rows], _joined([*signatures[rows, :-2].T]))
    left = np.flatnonzero(~np.isin(runs, columns) & (published[rows] != NO_DATE))
    while len(left):  # as often as three days go into the time in which a title is used
        begins = run_begins(runs[left])
        head = rows[left][begins][np.cumsum(begins) - 1]
        near = published[rows[left]] - published[head] <= TITLE_DAYS * DAY
        heads[rows[left][near]] = head[near]
        left = left[~near]
    return heads


def _used_for_several(runs: Array, providers: Array, texts: Hashes) -> Array:
    """Return which of `runs`, of articles by one title, have several texts of one provider."""
    order = np.lexsort((texts, providers, runs))
    uses = runs[order].astype(np.uint64) << np.uint64(32) | providers[order]
    other = run_begins(uses)
    distinct = np.flatnonzero(other | run_begins(texts[order]))
    of_use = np.bincount(np.cumsum(other)[distinct] - 1) if len(distinct) else np.zeros(0, np.int64)
    return runs[order][other][of_use >= _TEXTS]


def _joined(columns: list[Array]) -> Hashes:
    """Return one key for the rows of several columns."""
    keys = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        keys = (keys ^ column) * _STEP
        keys ^= keys >> np.uint64(29)
    return keys
