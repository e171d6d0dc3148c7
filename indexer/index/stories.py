"""The stories of a generation: `stories-<generation>.arrays`, written by a run, read for answers.

A story is several articles that are nearly one text: copies of a wire's, versions of one. The file has
the documents that share one; each of the others is a story by itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.codec.layout import Array, damaged
from indexer.codec.sections import SectionFileWriter, open_file

_CONTENT = "stories"  # what the file's table says it is
PATTERN = "stories-*.arrays"


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


def stories_path(folder: Path, generation: int) -> Path:
    """Return where the stories of `generation` are kept."""
    return folder / f"stories-{generation}.arrays"


def save_stories(folder: Path, generation: int, stories: Stories) -> Path:
    """Write the file, and let it reach the disk before anything refers to it; return its path."""
    path = stories_path(folder, generation)
    with path.open("wb") as stream:
        writer = SectionFileWriter(stream)
        writer.add("members", stories.members.astype("<u4", copy=False))
        writer.add("starts", stories.starts.astype("<i8", copy=False))
        writer.close({"content": _CONTENT})
        stream.flush()
        os.fsync(stream.fileno())
    return path


class StoriesFile:
    """The file of a generation, open: it is read, and verified, when `read` is called."""

    def __init__(self, folder: Path, generation: int) -> None:
        self._file = open_file(str(stories_path(folder, generation)))
        if self._file.meta.get("content") != _CONTENT:
            raise damaged("the file has no stories", self._file.path, "table")

    def read(self, documents: int) -> Stories:
        """Return the stories of a generation of so many documents. Raises IndexDamagedError."""
        members, starts = self._file.section("members").whole(), self._file.section("starts").whole()
        sound = members.dtype == np.uint32 and starts.dtype == np.int64
        sound = sound and len(starts) > 0 and starts[0] == 0 and starts[-1] == len(members)
        if not sound or np.any(np.diff(starts) < 2) or not _are_distinct(members, documents):
            raise damaged("what it refers to is not there, or not in order", self._file.path, "members")
        return Stories(members, starts)


def _are_distinct(members: Array, documents: int) -> bool:
    if not len(members):
        return True
    return int(members.max()) < documents and int(np.bincount(members).max()) == 1
