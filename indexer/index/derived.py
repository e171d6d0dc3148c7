"""What a run derives from the articles of a generation, for answers: its stories and its frequent phrases.

A story is several articles that are nearly one text: copies of a wire's, versions of one. The file has
the documents that share one; each of the others is a story by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.index.files import (
    PHRASES,
    STORIES,
    GenerationFile,
    open_generation_file,
    save_generation_file,
)

NO_DAY = -(2**31)


@dataclass(frozen=True, slots=True, eq=False)
class Stories:
    """Story s is the documents `members[starts[s]:starts[s + 1]]`, the earliest first: two or more.

    `members` are numbers of documents of the generation, uint32, each once; `starts` int64, (stories + 1,).
    """

    members: Array
    starts: Array

    def __len__(self) -> int:
        return len(self.starts) - 1


NO_STORIES = Stories(np.zeros(0, np.uint32), np.zeros(1, np.int64))


def save_stories(folder: Path, generation: int, stories: Stories) -> None:
    """Write the stories of a generation, and return when they are on the disk."""
    arrays = {"members": stories.members, "starts": stories.starts}
    save_generation_file(folder, STORIES, generation, {}, arrays)


def stories_in(file: GenerationFile, documents: int) -> Stories:
    """Return the stories of an open file, of a generation of so many documents. Raises
    IndexDamagedError where they do not belong together."""
    members, starts = file["members"], file["starts"]
    sound = len(starts) > 0 and starts[0] == 0 and starts[-1] == len(members)
    if not sound or np.any(np.diff(starts) < 2) or not _are_distinct(members, documents):
        raise file.damage("members")
    return Stories(members, starts)


def _are_distinct(members: Array, documents: int) -> bool:
    if not len(members):
        return True
    return int(members.max()) < documents and int(np.bincount(members).max()) == 1


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
    save_generation_file(folder, PHRASES, generation, {"changed": table.changed}, arrays)


def load_phrases(folder: Path, generation: int) -> PhraseTable:
    """Return the phrases of a generation. Raises IndexDamagedError."""
    return phrases_in(open_generation_file(folder, PHRASES, generation))


def phrases_in(file: GenerationFile) -> PhraseTable:
    """Return the phrases of an open file. Raises IndexDamagedError where they do not belong together."""
    starts, data = file["texts/starts"], file["texts/data"]
    counts, newest = file["counts"], file["newest"]
    sound = int(starts[-1]) == len(data) and len(counts) == len(newest) == len(starts) - 1
    if not sound or np.any(starts[1:] < starts[:-1]):
        raise file.damage("texts/starts")
    return PhraseTable(BytesTable(starts, data), counts, newest, int(file.meta["changed"]))
