"""The frequent phrases of a generation: found by a run, suggested by a reader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.index.files import (
    PHRASES,
    GenerationFile,
    generation_path,
    open_generation_file,
    save_generation_file,
)

NO_DAY = -(2**31)


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """Frequent phrases, sorted by their bytes.

    texts    the phrases as they are mostly written, UTF-8
    counts   (phrases,) int64: articles that a search for the quoted phrase finds
    newest   (phrases,) int32: day (since 1970, UTC) of the newest of these, NO_DAY where none has a date
    changed  how many articles came, went or changed since they were counted
    """

    texts: BytesTable
    counts: Array
    newest: Array
    changed: int = 0

    def __len__(self) -> int:
        return len(self.texts)


NO_PHRASES = PhraseTable(BytesTable.of(()), np.zeros(0, np.int64), np.zeros(0, np.int32))


def save_phrases(folder: Path, generation: int, table: PhraseTable) -> None:
    """Write the phrases of a generation, and return when they are on the disk."""
    arrays = {
        "texts/starts": table.texts.starts.astype(np.uint32),
        "texts/data": table.texts.data,
        "counts": table.counts.astype(np.uint32),
        "newest": table.newest.astype(np.int32),
    }
    meta = {"changed": table.changed}
    save_generation_file(generation_path(folder, PHRASES, generation), meta, arrays.items())


def load_phrases(folder: Path, generation: int) -> PhraseTable:
    """Return the phrases of a generation. Raises IndexDamagedError."""
    return phrases_in(open_generation_file(folder, PHRASES, generation))


def phrases_in(file: GenerationFile) -> PhraseTable:
    """Return the phrases of an open file. Raises IndexDamagedError where they do not belong together."""
    starts, data = file["texts/starts"], file["texts/data"]
    counts, newest = file["counts"], file["newest"]
    rows = len(starts) - 1
    if not (int(starts[-1]) == len(data) and len(counts) == len(newest) == rows):
        raise file.damage("texts/starts")
    if np.any(starts[1:] < starts[:-1]):
        raise file.damage("texts/starts")
    return PhraseTable(BytesTable(starts, data), counts, newest, int(file.meta["changed"]))
