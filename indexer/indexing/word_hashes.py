"""Words -> hashes, by which texts and titles are compared. They are part of the format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from indexer.indexing.lists import MIXER

Hashes = NDArray[np.uint64]


def hash_of(terms: Iterable[str]) -> int:
    """Return the hash of a word that is written as these terms, 64 bits; 0 for none."""
    key = "\0".join(terms)
    if not key:
        return 0
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def mixed(values: Hashes) -> NDArray[np.uint32]:
    """Return 32 bits of each value that any bit of it may change (in the manner of MurmurHash3's end,
    with other shifts and another factor)."""
    values = (values ^ (values >> np.uint64(33))) * MIXER
    values = (values ^ (values >> np.uint64(29))) * MIXER
    return (values >> np.uint64(32)).astype(np.uint32)
