"""Identities as numbers in their order, and which of them are one, by whole arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.tables import run_begins


def number_identities(arrays: Sequence[Array]) -> tuple[Array, list[Array]]:
    """Return all identities that occur, S16, each once and ascending, and each array as their numbers.

    The numbers are int32: there are fewer than two billion.
    """
    everything = np.ascontiguousarray(np.concatenate([np.zeros(0, "S16"), *arrays]))
    order = order_of(everything)
    ordered = everything[order]
    begins = run_begins(ordered)
    numbers = np.empty(len(ordered), np.int32)
    numbers[order] = np.cumsum(begins, dtype=np.int32) - 1
    ends = np.cumsum([len(array) for array in arrays])
    return ordered[begins], np.split(numbers, ends[:-1])


def order_of(identities: Array) -> Array:
    """Return the order of identities, S16."""
    return _order(np.ascontiguousarray(identities).view(">u8").reshape(-1, 2))


def _order(halves: Array) -> Array:
    """Return the order of identities, given as two numbers of eight bytes each. Most differ in the first;
    sorting by both, or as texts, would take several times as long."""
    order = np.argsort(halves[:, 0].astype(np.uint64))
    first = halves[:, 0][order]
    same = first[1:] == first[:-1]
    tied = np.zeros(len(order), np.bool_)
    tied[1:] |= same
    tied[:-1] |= same
    among = order[tied]
    order[tied] = among[np.lexsort((halves[:, 1][among], halves[:, 0][among]))]
    return order


def roots(count: int, a: Array, b: Array) -> Array:
    """Return for each of `count` numbers the smallest that it is connected with: int32, (count,).

    `a[i]` and `b[i]` are connected directly. In each round the larger of two roots is hung below
    the smaller, then every path is cut to one step; so the number of rounds is small.
    """
    root = np.arange(count, dtype=np.int32)
    while True:
        root_a, root_b = root[a], root[b]
        apart = np.flatnonzero(root_a != root_b)
        if not len(apart):
            return root
        a, b = a[apart], b[apart]
        root_a, root_b = root_a[apart], root_b[apart]
        np.minimum.at(root, np.maximum(root_a, root_b), np.minimum(root_a, root_b))
        while not np.array_equal(above := root[root], root):
            root = above
