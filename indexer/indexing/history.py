"""Writes down what a run does to the articles, beside what the runs before it did."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from whoosh.filedb.filestore import FileStorage

from indexer.article import load_stored
from indexer.codec import BytesTable, SegmentArrays
from indexer.codec.layout import Array
from indexer.errors import IndexDamagedError
from indexer.index.changes import Change, History, changes_path, open_changes, read_history, save_history
from indexer.index.generation import Header
from indexer.index.toc import read_toc
from indexer.indexing.resolve import Changes, Resolution

MOST_IDS = 500_000  # of all changes that are kept together: eight megabytes, before they are compressed
MOST_TITLES = 2_000  # removed articles of one run whose titles are kept


@dataclass(frozen=True, slots=True)
class Made:
    """What a run does: `changes` from the `old` articles to the `new` ones, at most so many runs of which
    are `kept`. `previous` is the header of the generation whose articles the old ones are; None where
    that is not known."""

    old: Resolution
    new: Resolution
    changes: Changes
    previous: Header | None
    kept: int


def record(folder: Path, generation: int, made: Made, header: Header) -> Path:
    """Write what is known of the changes up to `generation`, whose `header` says when it was made, while
    the previous one still lies in the folder. Returns the file's path."""
    now = _seconds(header)
    history = History(generation, now)
    if made.previous is not None:
        removed = made.old.ids[made.changes.removed]
        titles, urls = _told(removed, folder, made.previous.generation)
        change = Change(
            generation, now, made.new.ids[made.changes.added], made.new.ids[made.changes.changed], removed,
            titles, urls,
        )  # fmt: skip
        history = _history(folder, made.previous).and_then(change, made.kept, MOST_IDS)
    path = changes_path(folder, generation)
    save_history(path, history)
    return path


def _history(folder: Path, header: Header) -> History:
    """Return the history up to the previous generation: of an index without one, or with one that is
    damaged, it begins there."""
    path = changes_path(folder, header.generation)
    try:
        if path.name in header.files:
            return read_history(open_changes(path))
    except IndexDamagedError:
        pass
    return History(header.generation, _seconds(header))


def _seconds(header: Header) -> int:
    return int(datetime.fromisoformat(header.indexed_at).timestamp())


def _told(ids: Array, folder: Path, generation: int) -> tuple[BytesTable, BytesTable]:
    """Return titles and URLs of articles of a generation; nothing of what cannot be read, or is too much."""
    titles, urls = [b""] * len(ids), [b""] * len(ids)
    sought = ids[:MOST_TITLES].tolist()
    # An index that was altered, or another version's, fails in any way. It is about to go, and so are the
    # titles: what was removed is told without them.
    with contextlib.suppress(Exception):
        for arrays in _segments(folder, generation) if sought else ():
            for row, key in enumerate(sought):
                for doc in arrays.postings("id", key)[0].tolist():
                    if arrays.live[doc]:
                        article = load_stored(arrays.near_text(doc, "article"))
                        titles[row], urls[row] = _bytes(article["title"]), _bytes(article["url"])
    return BytesTable.of(titles), BytesTable.of(urls)


def _segments(folder: Path, generation: int) -> Iterator[SegmentArrays]:
    storage = FileStorage(str(folder))
    for segment in read_toc(folder, generation).segments:
        yield segment.open_arrays(storage)


def _bytes(text: str | None) -> bytes:
    return (text or "").encode("utf-8", "replace")
