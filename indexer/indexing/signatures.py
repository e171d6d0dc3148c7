"""Texts -> signatures: a few bytes of each article by which its near copies are found.

A signature is a MinHash (Broder, On the resemblance and containment of documents, 1997) of an article's
words: for each of some hash functions, the least hash of any of its words, of which the lowest 8 bits
are kept (b-bit minwise hashing, Li and König 2010). Two articles agree in as large a part of the bytes
as they have of all their words in common, and in 1 of 256 by chance.

The shingles are single words, stemmed, without the stop words that add nothing to a field's length.
Pairs of words are what long texts are compared by; of a title and an excerpt, 57 words, 15% changed
leave .74 of the words in common, but .57 of the pairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from indexer.codec import Column, NumberColumn, run_indices
from indexer.codec.layout import Array
from indexer.codec.tables import run_begins

TEXT_BYTES = 64  # of the whole text
TITLE_BYTES = 16  # of the title alone
_PER_COLUMN = 8
SIGNATURE = tuple(f"story_{nth}" for nth in range((TEXT_BYTES + TITLE_BYTES) // _PER_COLUMN))
WORDS = "story_words"  # how many different words the text has; MOST_COUNTED for more
MOST_COUNTED = 255
# Of a text, the first so many words are compared: copies that are cut short begin as the whole does.
MOST_WORDS = 400
_SEEDS = np.random.default_rng(1997).integers(0, 2**64, TEXT_BYTES, np.uint64)  # part of the format
_MIX = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


def hash_of(terms: Iterable[str]) -> int:
    """Return the hash of a word that is written as these terms, 64 bits; 0 for none."""
    key = "\0".join(terms)
    if not key:
        return 0
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def signature_columns(rows: Array, counts: Array, hashes: Hashes) -> dict[str, Column]:
    """Return the signatures of documents as columns.

    `rows` are the words of all texts, one after another, as numbers in `hashes` (0 for a word that does
    not count); `counts`, (documents, texts), how many each text has, titles first.
    """
    lengths = counts.sum(axis=1)
    starts = np.cumsum(lengths) - lengths
    distinct, numbers = np.unique(hashes, return_inverse=True)  # surfaces may be one word
    words = numbers.astype(np.uint32)[rows]
    signature = np.zeros((len(counts), TEXT_BYTES + TITLE_BYTES), np.uint8)
    texts = _distinct(words, starts, np.minimum(lengths, MOST_WORDS), distinct)
    titles = _distinct(words, starts, np.minimum(counts[:, 0], MOST_WORDS), distinct)
    _fill(signature[:, :TEXT_BYTES], *texts, distinct)
    _fill(signature[:, TEXT_BYTES:], *titles, distinct)
    packed = signature.view("<u8")
    columns: dict[str, Column] = {
        name: NumberColumn(np.ascontiguousarray(packed[:, nth])) for nth, name in enumerate(SIGNATURE)
    }
    sizes = np.minimum(np.bincount(texts[1], minlength=len(counts)), MOST_COUNTED)
    columns[WORDS] = NumberColumn(sizes.astype(np.uint8))
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
        hashed = _mixed(hashes ^ _SEEDS[nth])
        signature[documents, nth] = np.minimum.reduceat(hashed.take(words), begins).astype(np.uint8)


def _mixed(values: Hashes) -> NDArray[np.uint32]:
    """Return 32 bits of each value that any bit of it may change (in the manner of MurmurHash3's end,
    with other shifts and another factor)."""
    values = (values ^ (values >> np.uint64(33))) * _MIX
    values = (values ^ (values >> np.uint64(29))) * _MIX
    return (values >> np.uint64(32)).astype(np.uint32)
