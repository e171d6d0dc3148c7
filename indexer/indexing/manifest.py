"""What was read from which file, for one generation: its header and `manifest-<generation>.arrays`.

Only a run and `check` read it, and each column whole: they are compressed, each by itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from indexer.archive import Organization, Topic
from indexer.codec.layout import Array, damaged
from indexer.codec.sections import SectionFile, SectionFileWriter, open_file
from indexer.index.generation import Header, header_path, load_header, save_header
from indexer.index.phrases import phrases_path
from indexer.index.stories import PATTERN as STORIES_PATTERN
from indexer.index.stories import stories_path
from indexer.indexing.entry import Extra
from indexer.indexing.file_table import COLUMNS, LISTS, FileTable

_CONTENT = "manifest"  # what the file's table says it is
_STARTS = "/starts"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A generation's header, and all its files in the order of their paths."""

    header: Header
    files: FileTable

    def numbered(self, generation: int, files: Mapping[str, int]) -> Self:
        """Return the manifest as that of `generation`, whose files have these sizes in bytes."""
        return replace(self, header=replace(self.header, generation=generation, files=files))


def taxonomy_of(extras: Iterable[Extra]) -> tuple[tuple[Topic, ...], tuple[Organization, ...]]:
    """Return the topics and the organizations of all files, in the order of their paths."""
    topics: list[Topic] = []
    organizations: list[Organization] = []
    for extra in extras:
        topics += extra.topics
        organizations += [extra.organization] if extra.organization else []
    return tuple(topics), tuple(organizations)


def manifest_path(folder: Path, generation: int) -> Path:
    """Return where the manifest of `generation` is kept."""
    return folder / f"manifest-{generation}.arrays"


def save_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Write manifest and header, and let them reach the disk before anything refers to them.

    Returns the manifest with its own file among the header's.
    """
    path = manifest_path(folder, manifest.header.generation)
    with path.open("wb") as stream:
        writer = SectionFileWriter(stream)
        for name, dtype in COLUMNS.items():
            if name in LISTS:
                starts = manifest.files.columns[f"{name}{_STARTS}"]
                writer.add_compressed(f"{name}{_STARTS}", starts.astype("<i8", copy=False))
            writer.add_compressed(name, manifest.files.columns[name].astype(dtype, copy=False))
        size = writer.close({"content": _CONTENT, "files": len(manifest.files), "compressed": True})
        stream.flush()
        os.fsync(stream.fileno())
    header = replace(manifest.header, files={**manifest.header.files, path.name: size})
    save_header(folder, header)
    return replace(manifest, header=header)


def load_manifest(folder: Path, generation: int) -> Manifest:
    """Open the manifest of `generation`. Raises IndexMissingError or IndexDamagedError.

    The columns are read, and verified, when they are first asked for; see `read_through`.
    """
    return Manifest(load_header(folder, generation), open_files(folder, generation))


def open_files(folder: Path, generation: int) -> FileTable:
    """Open the manifest's table of files alone. Raises IndexDamagedError."""
    return FileTable(_Columns(open_file(str(manifest_path(folder, generation)))))


def read_through(table: FileTable) -> None:
    """Verify all columns, and that they belong together. Raises IndexDamagedError."""
    columns = table.columns
    if isinstance(columns, _Columns):
        columns.check()


def drop_manifest(folder: Path, generation: int) -> None:
    """Remove header, manifest, stories and phrases of `generation`."""
    for path_of in (header_path, manifest_path, stories_path, phrases_path):
        path_of(folder, generation).unlink(missing_ok=True)


def drop_other_manifests(folder: Path, current: int) -> None:
    """Remove headers, manifests, stories and phrases of all generations but `current`, those of earlier
    formats too."""
    keep = {path_of(folder, current) for path_of in (header_path, manifest_path, stories_path, phrases_path)}
    for pattern in (
        "generation-*.json",
        "manifest-*.arrays",
        "manifest-*.json",
        "phrases-*.arrays",
        STORIES_PATTERN,
    ):
        for path in folder.glob(pattern):
            if path not in keep:
                path.unlink(missing_ok=True)


class _Columns(Mapping[str, Array]):
    """A file's columns by name; each is verified when it is first asked for."""

    def __init__(self, file: SectionFile) -> None:
        self._file = file
        self._known: dict[str, Array] = {}
        if file.meta.get("content") != _CONTENT:
            raise damaged("the file is no manifest", file.path, "table")

    def __getitem__(self, name: str) -> Array:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._read(name)
        return known

    def __iter__(self) -> Iterator[str]:
        for name in COLUMNS:
            if name in LISTS:
                yield f"{name}{_STARTS}"
            yield name

    def __len__(self) -> int:
        return len(COLUMNS) + len(LISTS)

    def check(self) -> None:
        """Raise IndexDamagedError where a column is damaged, or is not what the others refer to."""
        files, having = self._file.meta["files"], len(self["extra/rows"])
        distinct = len(self["distinct/id"])
        rows = {"distinct": distinct, "nested": files, "own": files, "path": files, "extra": having}
        for name in self:
            part = name.partition("/")[0]
            if name.endswith(_STARTS):
                sound = _is_offsets(self[name], rows[part], len(self[name.removesuffix(_STARTS)]))
            else:
                sound = name in LISTS or len(self[name]) == rows.get(part, files)
            if not sound:
                raise self._fault(name)
        for name, limit in (("nested/refs", distinct), ("extra/rows", files)):
            if len(self[name]) and int(self[name].max()) >= limit:
                raise self._fault(name)

    def _read(self, name: str) -> Array:
        if self._file.meta.get("compressed"):
            values = self._file.decompressed(name)
        else:  # before version 3, and offsets as short as could be
            values = self._file.section(name).whole()
            if name.endswith(_STARTS):
                return values.astype(np.int64)
        dtype = np.dtype("<i8" if name.endswith(_STARTS) else COLUMNS[name])
        if values.nbytes % dtype.itemsize:
            raise self._fault(name)
        return values.view(dtype)

    def _fault(self, name: str) -> Exception:
        return damaged("what it refers to is not there, or not in order", self._file.path, name)


def _is_offsets(starts: Array, rows: int, values: int) -> bool:
    """Whether these are the offsets of as many lists of as many values."""
    ends = len(starts) == rows + 1 and int(starts[0]) == 0 and int(starts[-1]) == values
    return ends and bool(np.all(starts[1:] >= starts[:-1]))
