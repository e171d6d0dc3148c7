"""What beside its words may raise an article: how new it is, its quality, its heat. All off by default.

The score of the words is multiplied by 1 + the sum of each weight times a value from 0 to 1:

    recency        2 ** (-age / half-life), the age in days before the archive was indexed (so that it is
                   the same on each page): exponential decay, as Li and Croft, "Time-Based Language
                   Models", CIKM 2003; 0 without a date
    quality, heat  the share of the archive's articles that have one and have no more: what the numbers
                   mean differs from archive to archive, their order holds; 0 without one
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.index.schema import DAY, NO_DATE
from indexer.query.arrays.store.postings import Docs, Scores
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.request import Blend


class BlendPart(NamedTuple):
    """One of them: its weight, and the value of each document, float64 from 0 to 1, (documents,)."""

    name: str
    weight: float
    values: NDArray[np.float64]


def blend_parts(blend: Blend, snapshot: Snapshot, docs: Docs) -> Iterator[BlendPart]:
    """Yield what is mixed into the scores of `docs`."""
    if blend.recency_weight:
        published = snapshot.columns.published.take(docs)
        now = datetime.fromisoformat(snapshot.header.indexed_at).timestamp()
        ages = np.maximum(now - published, 0) / DAY
        values = np.where(published == NO_DATE, 0.0, np.exp2(-ages / blend.recency_half_life_days))
        yield BlendPart("recency", blend.recency_weight, values)
    for name, weight in (("quality", blend.quality_weight), ("heat", blend.heat_weight)):
        if weight:
            yield BlendPart(name, weight, getattr(snapshot.columns, f"{name}_shares").take(docs))


def blended(parts: list[BlendPart], scores: Scores) -> Scores:
    """Return `scores` with `parts` mixed in."""
    factor = np.ones(len(scores), np.float64)
    for part in parts:
        factor += part.weight * part.values
    return (scores * factor).astype(np.float32)
