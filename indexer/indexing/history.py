"""What a run does to the articles, and the history up to it -> the history with this run, on the disk."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from whoosh.filedb.filestore import FileStorage

from indexer.article import load_stored
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.index.changes import Change, History, history_in, save_history
from indexer.index.files import CHANGES, open_generation_file
from indexer.index.generation import Header
from indexer.index.toc import read_toc
from indexer.indexing.resolve import Changes, Resolution

MAX_IDS = 500_000  # of all changes of a history: eight megabytes, before they are compressed
MAX_TITLES = 2_000  # removed articles of one run whose titles are stored


@dataclass(frozen=True, slots=True)
class Run:
    """What a run does: `changes` from the `old` articles to the `new` ones. `previous` is the header of the
    generation whose articles the old ones are, None where that is not known. A history has at most
    `max_runs`."""

    old: Resolution
    new: Resolution
    changes: Changes
    previous: Header | None
    max_runs: int


def record(folder: Path, generation: int, run: Run | None, header: Header) -> None:
    """Write the history up to `generation`, whose `header` says when it was made, while the previous one
    still lies in the folder. Without a run to tell of, it begins here."""
    now = _seconds(header)
    history = History(generation, now)
    if run is not None and run.previous is not None:
        removed = run.old.ids[run.changes.removed]
        titles, urls = _titles_and_urls(removed, folder, run.previous.generation)
        change = Change(
            generation, now, run.new.ids[run.changes.added], run.new.ids[run.changes.changed], removed,
            titles, urls,
        )  # fmt: skip
        history = _history(folder, run.previous).append(change, run.max_runs, MAX_IDS)
    save_history(folder, generation, history)


def _history(folder: Path, header: Header) -> History:
    """Return the history up to the previous generation; where it is damaged, it begins there."""
    try:
        return history_in(open_generation_file(folder, CHANGES, header.generation))
    except (IndexDamagedError, IndexOutdatedError):
        return History(header.generation, _seconds(header))


def _seconds(header: Header) -> int:
    return int(datetime.fromisoformat(header.indexed_at).timestamp())


def _titles_and_urls(ids: Array, folder: Path, generation: int) -> tuple[BytesTable, BytesTable]:
    """Return titles and URLs of articles of a generation; nothing of what cannot be read, or is too much."""
    titles, urls = [b""] * len(ids), [b""] * len(ids)
    sought, storage = ids[:MAX_TITLES].tolist(), FileStorage(str(folder))
    # An index that was altered, or another version's, fails in any way. It is about to go, and so are the
    # titles: what was removed is listed without them.
    with contextlib.suppress(Exception):
        for segment in read_toc(folder, generation).segments if sought else ():
            arrays = segment.open_arrays(storage)
            for row, key in enumerate(sought):
                for doc in arrays.postings("id", key)[0].tolist():
                    if arrays.live[doc]:
                        article = load_stored(arrays.near_texts([doc], "article"))[0]
                        titles[row], urls[row] = _bytes(article["title"]), _bytes(article["url"])
    return BytesTable.of(titles), BytesTable.of(urls)


def _bytes(text: str | None) -> bytes:
    return (text or "").encode("utf-8", "replace")
