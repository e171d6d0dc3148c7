"""What a generation has beside its articles, as files of the kind that an index folder has: the words with
how many articles have each, the names of facets' values, what is suggested, the days.

They are written to a folder, and lie in the cluster in pieces; a reader writes them to a folder of its own
and opens them there.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.index.changes import History, history_in, save_history
from indexer.index.derived import PhraseTable, phrases_in, save_phrases
from indexer.index.files import (
    CHANGES,
    HEADER,
    PHRASES,
    TABLES,
    generation_path,
    open_generation_file,
    save_generation_file,
)
from indexer.index.generation import Header, load_header, save_header

KINDS = (HEADER, PHRASES, CHANGES, TABLES)


@dataclass(frozen=True, slots=True, eq=False)
class Dictionary:
    """The terms of a field, ascending, and how many articles have each: `df` for scores, which may count some
    that are gone, and `live` without these."""

    table: BytesTable
    df: Array
    live: Array

    def __len__(self) -> int:
        return len(self.table)

    def term(self, ordinal: int) -> bytes:
        """Return the term of that ordinal."""
        return self.table[ordinal]

    def terms(self, first: int = 0, last: int | None = None) -> BytesTable:
        """Return the terms of ordinals `first` up to `last` (all)."""
        starts = self.table.starts[first : len(self) + 1 if last is None else last + 1].astype(np.int64)
        return BytesTable(starts - starts[0], self.table.data[starts[0] : starts[-1]])

    def find(self, term: bytes) -> int | None:
        """Return the ordinal of `term`, or None."""
        at = bisect.bisect_left(self.table, term)
        return at if at < len(self) and self.table[at] == term else None

    def frequency(self, term: bytes) -> int:
        """Return how many articles have `term`, as scores count them."""
        at = self.find(term)
        return 0 if at is None else int(self.df[at])

    def live_frequency(self, term: bytes) -> int:
        """Return how many articles that there are have `term`."""
        at = self.find(term)
        return 0 if at is None else int(self.live[at])

    def prefix_range(self, prefix: bytes) -> tuple[int, int]:
        """Return the ordinals (first, last + 1) of the terms that begin with `prefix`."""
        behind = prefix.rstrip(b"\xff")
        end = behind[:-1] + bytes([behind[-1] + 1]) if behind else None
        first = bisect.bisect_left(self.table, prefix)
        return first, len(self) if end is None else bisect.bisect_left(self.table, end)

    def doc_frequencies(self, ordinals: Array) -> Array:
        """Return how many articles have each term: int64."""
        return self.df.take(ordinals).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """All of it.

    header        of the generation that the documents were made of, with the cluster's number for it
    words         by field of words: its dictionary
    averages      by field of words: the average length that scores are made with
    documents     how many articles scores count
    facets        by facet: the names of its values, as plain values
    labels        what is suggested but for phrases: rows of kind, text, value, articles, day of the newest
    days, counts  the days that have an article, and how many each has
    quality, heat pairs of the values that there are, ascending, and the share of those that have no more
    """

    header: Header
    words: Mapping[str, Dictionary]
    averages: Mapping[str, float]
    documents: int
    articles: int
    undated: int
    facets: Mapping[str, Any]
    labels: Sequence[Sequence[Any]]
    phrases: PhraseTable
    history: History
    days: tuple[Array, Array]
    shares: Mapping[str, tuple[Array, Array]]


def save_tables(folder: Path, tables: Tables) -> list[Path]:
    """Write the files of a generation, and return where they are."""
    number = tables.header.generation
    save_header(folder, tables.header)
    save_phrases(folder, number, tables.phrases)
    save_history(folder, number, tables.history)
    arrays = {"days": tables.days[0], "days/counts": tables.days[1]}
    for name, dictionary in tables.words.items():
        arrays[f"words/{name}/starts"] = dictionary.table.starts.astype(np.int64)
        arrays[f"words/{name}/data"] = dictionary.table.data
        arrays[f"words/{name}/df"], arrays[f"words/{name}/live"] = dictionary.df, dictionary.live
    for name, (values, shares) in tables.shares.items():
        arrays[f"shares/{name}/values"], arrays[f"shares/{name}"] = values, shares
    meta = {
        "words": list(tables.words),
        "averages": dict(tables.averages),
        "documents": tables.documents,
        "articles": tables.articles,
        "undated": tables.undated,
        "facets": tables.facets,
        "labels": tables.labels,
        "shares": list(tables.shares),
    }
    save_generation_file(folder, TABLES, number, meta, arrays)
    return [generation_path(folder, kind, number) for kind in KINDS]


def load_tables(folder: Path, number: int) -> Tables:
    """Open the files of a generation. Raises IndexDamagedError, IndexOutdatedError."""
    file = open_generation_file(folder, TABLES, number)
    meta = file.meta
    return Tables(
        header=load_header(folder, number),
        words={
            name: Dictionary(
                BytesTable(file[f"words/{name}/starts"], file[f"words/{name}/data"]),
                file[f"words/{name}/df"],
                file[f"words/{name}/live"],
            )
            for name in meta["words"]
        },
        averages=meta["averages"],
        documents=meta["documents"],
        articles=meta["articles"],
        undated=meta["undated"],
        facets=meta["facets"],
        labels=meta["labels"],
        phrases=phrases_in(open_generation_file(folder, PHRASES, number)),
        history=history_in(open_generation_file(folder, CHANGES, number)),
        days=(file["days"], file["days/counts"]),
        shares={name: (file[f"shares/{name}/values"], file[f"shares/{name}"]) for name in meta["shares"]},
    )
