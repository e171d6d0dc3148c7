"""The stories of a generation: found by a run, read for answers.

A story is several articles that are nearly one text: copies of a wire's, versions of one. The file has
the documents that share one; each of the others is a story by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.codec.layout import Array
from indexer.index.files import (
    STORIES,
    GenerationFile,
    generation_path,
    save_generation_file,
)


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
    arrays: dict[str, Array] = {
        "members": stories.members.astype(np.uint32, copy=False),
        "starts": stories.starts.astype(np.int64, copy=False),
    }
    save_generation_file(generation_path(folder, STORIES, generation), {}, arrays.items())


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
