"""The file of a generation's frequent phrases: written by a run, mapped by whoever suggests them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.codec.layout import Array, damaged
from indexer.codec.sections import SectionFile, SectionFileWriter, open_file
from indexer.codec.tables import BytesTable

_CONTENT = "phrases"  # what the file's table says it is
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


def phrases_path(folder: Path, generation: int) -> Path:
    """Return where the phrases of `generation` are kept."""
    return folder / f"phrases-{generation}.arrays"


def write_phrases(path: Path, table: PhraseTable) -> int:
    """Write the file, and return its size in bytes when it is on the disk."""
    with path.open("wb") as stream:
        writer = SectionFileWriter(stream)
        writer.add("texts/starts", table.texts.starts.astype(np.uint32))
        writer.add("texts/data", table.texts.data)
        writer.add("counts", table.counts.astype(np.uint32))
        writer.add("newest", table.newest.astype(np.int32))
        size = writer.close({"content": _CONTENT, "phrases": len(table), "changed": table.changed})
        stream.flush()
        os.fsync(stream.fileno())
    return size


NO_PHRASES = PhraseTable(BytesTable.of(()), np.zeros(0, np.int64), np.zeros(0, np.int32))


def open_phrases(path: Path) -> SectionFile:
    """Open the file, which a later run removes. Raises IndexDamagedError where it is missing, or none of
    phrases."""
    file = open_file(str(path))
    if file.meta.get("content") != _CONTENT:
        raise damaged("the file has no phrases", file.path, "table")
    return file


def read_phrases(path: Path) -> PhraseTable:
    """Return the phrases of a file. Raises IndexDamagedError as `open_phrases` and `phrases_in` do."""
    return phrases_in(open_phrases(path))


def phrases_in(file: SectionFile) -> PhraseTable:
    """Return the phrases of an open file. Raises IndexDamagedError where it is not what was written."""
    meta: Mapping[str, Any] = file.meta
    starts, data = file.section("texts/starts").whole(), file.section("texts/data").whole()
    counts, newest = file.section("counts").whole(), file.section("newest").whole()
    ends = len(starts) == meta.get("phrases", -1) + 1 and int(starts[-1]) == len(data)
    if not (ends and len(counts) == len(newest) == len(starts) - 1 and np.all(starts[1:] >= starts[:-1])):
        raise damaged("what it refers to is not there, or not in order", file.path, "texts/starts")
    return PhraseTable(BytesTable(starts, data), counts, newest, int(meta["changed"]))
