"""The manifest: which files a run has read and what they were, as arrays, in memory and on the disk.

table = FileTable.of(entries)              # of what a worker read; small to pickle
whole = combine([table, another], rows)    # these rows of all, in this order
whole.entry(3)                             # one file as a `FileEntry`, again

A million files are some arrays, not a million objects. Only a run and `check` read the manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from indexer.archive.records import Kind, SourceFile
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable, as_array, offsets_of
from indexer.index.files import MANIFEST, GenerationFile, open_generation_file, outdated, save_generation_file
from indexer.index.generation import Header
from indexer.indexing.entry import NO_EXTRA, Candidate, Extra, FileEntry, decode_extra, encode_extra
from indexer.indexing.lists import Lists, join, lower_bound

KINDS = tuple(Kind)  # their place is their number in the column, and part of the format
ID = "S16"  # an identity's letters and digits, in ASCII

# Each column of the table and the dtype that its elements have in memory. A column of `LISTS` is
# two arrays, the other is `<name>/starts`; `own/...` has a row a file, empty where it offers no
# article; `nested/refs` are numbers of rows of `distinct/...`: related articles are named over and
# over, 102,873 times in an archive that has 7,262 of them. `extra/...` has a row for each file that
# has one, `extra/rows` says which. `vote` is what `language` keeps of the files that it asked.
COLUMNS: Mapping[str, str] = MappingProxyType({
    "size": "<i8", "mtime": "<i8", "ctime": "<i8", "inode": "<i8", "content": "<u8", "due": "<i8",
    "kind": "|u1", "secured": "<u4", "vote": "<u2",
    "own/id": ID, "own/published": "<i8", "own/digest": "<u8", "own/text_id": ID,
    "path": "|u1", "own/aliases": ID, "nested/refs": "<u4",
    "distinct/id": ID, "distinct/published": "<i8", "distinct/digest": "<u8", "distinct/aliases": ID,
    "extra/rows": "<i8", "extra/json": "|u1",
})  # fmt: skip
LISTS = ("path", "own/aliases", "nested/refs", "distinct/aliases", "extra/json")
STAT = ("size", "mtime", "ctime", "inode")  # as `SourceFiles.stats` has them
_OWN = ("own/id", "own/published", "own/digest", "own/text_id")
_PLAIN = (*STAT, "content", "due", "kind", "secured", "vote", *_OWN)
_DISTINCT = ("distinct/id", "distinct/published", "distinct/digest")
_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
_ATTRIBUTES: Mapping[str, Callable[[FileEntry], int]] = MappingProxyType({
    "size": attrgetter("size"), "mtime": attrgetter("mtime_ns"), "ctime": attrgetter("ctime_ns"),
    "inode": attrgetter("inode"), "content": attrgetter("content"), "due": attrgetter("due"),
    "secured": attrgetter("secured"), "kind": lambda entry: _NUMBERS[entry.kind],
})  # fmt: skip
_NO_CANDIDATE = Candidate("", (), 0, "0", "")


@dataclass(frozen=True, slots=True, eq=False)
class FileTable:
    """Files in the order in which they were given; a manifest's are in the order of their paths.

    `columns` has the arrays by name, `COLUMNS` and `<list>/starts` of each of `LISTS`; where it is
    a file's, an array is decompressed when it is first asked for.
    """

    columns: Mapping[str, Array]

    @classmethod
    def of(cls, entries: Iterable[FileEntry]) -> Self:
        """Return the table of `entries`, in their order."""
        entries = list(entries)
        columns = {
            name: np.array(list(map(attribute, entries)), COLUMNS[name])
            for name, attribute in _ATTRIBUTES.items()
        }
        columns["vote"] = np.zeros(len(entries), COLUMNS["vote"])
        _put_texts(columns, "path", [entry.path.encode("utf-8", "surrogatepass") for entry in entries])
        own = [entry.candidates[0] if entry.candidates else _NO_CANDIDATE for entry in entries]
        columns["own/text_id"] = np.array([candidate.text_id for candidate in own], ID)
        _put_candidates(columns, "own", own)
        # Nested ones by `id`: one that many files have is one object, whose hash takes longer than all this.
        nested = [entry.candidates[1:] for entry in entries]
        distinct = {id(candidate): candidate for candidates in nested for candidate in candidates}
        numbers = {key: number for number, key in enumerate(distinct)}
        refs = [numbers[id(candidate)] for candidates in nested for candidate in candidates]
        _put_lists(columns, "nested/refs", nested, refs)
        _put_candidates(columns, "distinct", list(distinct.values()))
        extras = [(row, entry.extra) for row, entry in enumerate(entries) if entry.extra != NO_EXTRA]
        columns["extra/rows"] = np.array([row for row, _ in extras], COLUMNS["extra/rows"])
        _put_texts(columns, "extra/json", [encode_extra(extra) for _, extra in extras])
        return cls(columns)

    def __len__(self) -> int:
        return len(self.columns["size"])

    def __iter__(self) -> Iterator[FileEntry]:
        return map(self.entry, range(len(self)))

    @property
    def paths(self) -> BytesTable:
        """The paths within the archive, UTF-8."""
        return BytesTable(self.columns["path/starts"], self.columns["path"])

    def lists(self, name: str) -> Lists:
        """Return a column of `LISTS`."""
        return Lists(self.columns[f"{name}/starts"], self.columns[name])

    def path(self, row: int) -> str:
        """Return the path of the file in `row`."""
        return self.paths[row].decode("utf-8", "surrogatepass")

    def row_of(self, path: str) -> int | None:
        """Return the row of the file at `path`, None where there is none. The paths must ascend."""
        key = path.encode("utf-8", "surrogatepass")
        row = lower_bound(self.paths, key)
        return row if row < len(self) and self.paths[row] == key else None

    def source(self, row: int) -> SourceFile:
        """Return the file in `row` as a stat saw it."""
        return SourceFile(self.path(row), *(int(self.columns[name][row]) for name in STAT))

    def entry(self, row: int) -> FileEntry:
        """Return all that is known of the file in `row`."""
        column = self.columns
        at = int(np.searchsorted(column["extra/rows"], row))
        has_extra = at < len(column["extra/rows"]) and int(column["extra/rows"][at]) == row
        return FileEntry(
            path=self.path(row),
            size=int(column["size"][row]),
            mtime_ns=int(column["mtime"][row]),
            kind=KINDS[column["kind"][row]],
            candidates=tuple(self._candidates(row)),
            extra=decode_extra(self.lists("extra/json")[at].tobytes()) if has_extra else NO_EXTRA,
            secured=int(column["secured"][row]),
            ctime_ns=int(column["ctime"][row]),
            inode=int(column["inode"][row]),
            content=int(column["content"][row]),
            due=int(column["due"][row]),
        )

    def extras(self) -> Iterator[Extra]:
        """Yield what few files have, in their order."""
        return map(decode_extra, BytesTable(self.columns["extra/json/starts"], self.columns["extra/json"]))

    def _candidates(self, row: int) -> Iterator[Candidate]:
        if self.columns["own/id"][row]:
            yield self._candidate("own", row, text(self.columns["own/text_id"][row]))
        for ref in self.lists("nested/refs")[row].tolist():
            yield self._candidate("distinct", ref, "")

    def _candidate(self, where: str, row: int, text_id: str) -> Candidate:
        return Candidate(
            id=text(self.columns[f"{where}/id"][row]),
            aliases=tuple(map(text, self.lists(f"{where}/aliases")[row])),
            published=int(self.columns[f"{where}/published"][row]),
            digest=f"{int(self.columns[f'{where}/digest'][row]):016x}",
            text_id=text_id,
        )


def text(identity: Any) -> str:
    """Return an element of a column of identities as text."""
    return bytes(identity).decode("ascii")


def combine(tables: Sequence[FileTable], rows: Array) -> FileTable:
    """Return the files with these numbers, int64 (files,), when those of all tables are counted
    through; a column at a time, so that no more than the result is in memory."""
    tables = tables or [FileTable.of(())]
    columns: dict[str, Array] = {}
    for name in _PLAIN:
        columns[name] = np.concatenate([table.columns[name] for table in tables])[rows]
    for name in ("path", "own/aliases"):
        _put(columns, name, join([table.lists(name) for table in tables]).take(rows))
    _combine_nested(columns, tables, rows)
    _combine_extras(columns, tables, rows)
    return FileTable(columns)


def _combine_nested(columns: dict[str, Array], tables: Sequence[FileTable], rows: Array) -> None:
    """Put in what `rows` refer to of the distinct nested articles, each once."""
    counts = [len(table.columns["distinct/id"]) for table in tables]
    base = offsets_of(np.array(counts, np.int64))
    shifted = [
        Lists(refs.starts, refs.values + np.uint32(first))
        for first, refs in zip(base.tolist(), (t.lists("nested/refs") for t in tables), strict=False)
    ]
    refs = join(shifted).take(rows)
    used = np.zeros(base[-1], np.bool_)
    used[refs.values] = True
    kept = np.flatnonzero(used)
    distinct = {name: np.concatenate([t.columns[name] for t in tables])[kept] for name in _DISTINCT}
    aliases = join([table.lists("distinct/aliases") for table in tables]).take(kept)
    number = np.zeros(base[-1], np.uint32)
    first, number[kept] = _unique(distinct, aliases)
    columns |= {name: values[first] for name, values in distinct.items()}
    _put(columns, "distinct/aliases", aliases.take(first))
    _put(columns, "nested/refs", Lists(refs.starts, number[refs.values]))


def _unique(distinct: Mapping[str, Array], aliases: Lists) -> tuple[Array, Array]:
    """Return the row of the first of those that are the same, in ascending order of rows, and for
    each row its number among these."""
    count = len(aliases)
    key = np.zeros((count, 64), np.uint8)
    for name, at, end in zip(_DISTINCT, (0, 16, 24), (16, 24, 32), strict=True):
        key[:, at:end] = np.ascontiguousarray(distinct[name]).view(np.uint8).reshape(count, end - at)
    lengths = aliases.lengths
    for nth in range(2):  # two aliases have room in a key ...
        has = np.flatnonzero(lengths > nth)
        part = aliases.values[aliases.starts[:-1][has] + nth]
        key[has, 32 + 16 * nth : 48 + 16 * nth] = part.view(np.uint8).reshape(len(has), 16)
    longer = np.flatnonzero(lengths > 2)
    numbers: dict[bytes, int] = {}
    for row in longer.tolist():  # ... and who has more is rare
        number = numbers.setdefault(aliases[row].tobytes(), len(numbers))
        key[row, 32:] = as_array(b"\xff" * 24 + number.to_bytes(8, "big"))  # no identity begins so
    _, first, inverse = np.unique(key.view("S64")[:, 0], return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.uint32)
    rank[order] = np.arange(len(order), dtype=np.uint32)
    return first[order], rank[inverse]


def _combine_extras(columns: dict[str, Array], tables: Sequence[FileTable], rows: Array) -> None:
    base = offsets_of(np.array([len(table) for table in tables], np.int64))
    having = np.concatenate([t.columns["extra/rows"] + n for t, n in zip(tables, base, strict=False)])
    at = np.minimum(np.searchsorted(having, rows), max(len(having) - 1, 0))
    found = np.flatnonzero(having[at] == rows) if len(having) else np.zeros(0, np.int64)
    columns["extra/rows"] = found
    _put(columns, "extra/json", join([table.lists("extra/json") for table in tables]).take(at[found]))


def _put(columns: dict[str, Array], name: str, lists: Lists) -> None:
    columns[name] = lists.values
    columns[f"{name}/starts"] = lists.starts


def _put_candidates(columns: dict[str, Array], where: str, candidates: Sequence[Candidate]) -> None:
    """Put in what each candidate is, but for what its own file alone knows."""
    columns[f"{where}/id"] = np.array([candidate.id for candidate in candidates], ID)
    columns[f"{where}/published"] = np.array([candidate.published for candidate in candidates], np.int64)
    columns[f"{where}/digest"] = np.array([int(candidate.digest, 16) for candidate in candidates], np.uint64)
    aliases = [candidate.aliases for candidate in candidates]
    _put_lists(columns, f"{where}/aliases", aliases, [alias for found in aliases for alias in found])


def _put_texts(columns: dict[str, Array], name: str, texts: Sequence[bytes]) -> None:
    columns[name] = as_array(b"".join(texts))
    columns[f"{name}/starts"] = offsets_of(np.array(list(map(len, texts)), np.int64))


def _put_lists(columns: dict[str, Array], name: str, lists: Sequence[Sized], values: Sequence[Any]) -> None:
    """Put in a list for each row, of which `values` are all elements, one after another."""
    columns[name] = np.array(values, COLUMNS[name])
    columns[f"{name}/starts"] = offsets_of(np.array(list(map(len, lists)), np.int64))


@dataclass(frozen=True, slots=True)
class Manifest:
    """A generation's header, and all its files in the order of their paths."""

    header: Header
    files: FileTable


def save_files(folder: Path, generation: int, table: FileTable) -> None:
    """Write the files of a generation, and return when they are on the disk."""
    names = [f"{name}/starts" for name in LISTS] + list(COLUMNS)
    arrays = {name: table.columns[name] for name in names}
    save_generation_file(folder, MANIFEST, generation, {"files": len(table)}, arrays)


def load_files(folder: Path, generation: int) -> FileTable:
    """Open the files of a generation. Raises IndexDamagedError, IndexUnreadableError, and IndexOutdatedError
    where another version has written other columns."""
    columns = open_generation_file(folder, MANIFEST, generation)
    if not set(COLUMNS).issubset(columns):
        raise outdated(folder)
    return FileTable(columns)


def check_files(table: FileTable) -> None:
    """Raise IndexDamagedError where columns of a file do not belong together."""
    columns = table.columns
    if not isinstance(columns, GenerationFile):
        return
    files, distinct = columns.meta["files"], len(columns["distinct/id"])
    rows = {"distinct": distinct, "extra": len(columns["extra/rows"])}
    for name, values in columns.items():
        expected = rows.get(name.partition("/")[0], files)
        if name.endswith("/starts"):
            sound = _are_offsets(values, expected, len(columns[name.removesuffix("/starts")]))
        else:
            sound = name in LISTS or len(values) == expected
        if not sound:
            raise columns.damage(name)
    for name, limit in (("nested/refs", distinct), ("extra/rows", files)):
        if len(columns[name]) and int(columns[name].max()) >= limit:
            raise columns.damage(name)


def _are_offsets(starts: Array, rows: int, values: int) -> bool:
    """Whether these are the offsets of as many lists of as many values."""
    ends = len(starts) == rows + 1 and int(starts[0]) == 0 and int(starts[-1]) == values
    return ends and bool(np.all(starts[1:] >= starts[:-1]))
