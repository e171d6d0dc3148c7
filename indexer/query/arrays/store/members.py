"""A set of documents, told in the way that it was found."""

from __future__ import annotations

import functools

import numpy as np

from indexer.query.arrays.store.postings import Docs, Mask


class Members:
    """Some documents: by their numbers, ascending, or by `mask`, which of all documents they are,
    (documents,). Few are found as numbers; of many, looking others up among them is all that is
    mostly asked for, and numbering them would take longer than finding them did."""

    def __init__(self, docs: Docs | None = None, mask: Mask | None = None) -> None:
        self._docs = docs
        self.mask = mask

    @functools.cached_property
    def docs(self) -> Docs:
        """The numbers of the documents, ascending."""
        if self._docs is not None:
            return self._docs
        return np.flatnonzero(self.mask if self.mask is not None else ()).astype(np.uint32)
