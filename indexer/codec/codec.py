"""The codec by Whoosh's name for it, its segments and their deletions.

The table of contents pickles segments by the path of their class: `indexer.codec.codec.ArraySegment`
is part of the format, and so are the names in its state.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import ReadOnlyError
from whoosh.index import FileIndex

from indexer.codec.access import ArrayPerDocumentReader, ArrayTermsReader
from indexer.codec.layout import Array, damaged
from indexer.codec.reader import SegmentArrays, empty_segment
from indexer.codec.sections import SectionFileWriter, open_file

SEGMENT_SUFFIX = ".arrays"
DELETIONS_SUFFIX = ".deleted"
_READ_ONLY = "Whoosh's writer cannot write an index of Backfile's: `backfile index` alone does."


class ArrayCodec(base.Codec):
    """Lets Whoosh read segments of arrays. They are written by `write_segment` and `merge_segments`;
    Whoosh's own writer is refused."""

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTermsReader:
        """Return a reader of the terms. Raises IndexDamagedError."""
        return ArrayTermsReader(segment.open_arrays(storage))

    def per_document_reader(self, storage: Any, segment: Any) -> ArrayPerDocumentReader:
        """Return a reader of the documents. Raises IndexDamagedError."""
        return ArrayPerDocumentReader(segment.open_arrays(storage), segment)

    def new_segment(self, storage: Any, indexname: str) -> NoReturn:
        """Refuse to begin a segment of Whoosh's writer. Raises ReadOnlyError."""
        raise ReadOnlyError(_READ_ONLY)


class ArraySegment(base.Segment):
    """A segment: its name, how many documents it has, and which are deleted.

    Deletions are changed in memory and written to a file of their own, under a new name, when the
    segment is pickled (or by `save_deletions`): readers of an older table of contents keep theirs.
    """

    def __init__(self, indexname: str, segid: str | None = None, doc_count: int = 0) -> None:
        super().__init__(indexname)
        if segid is not None:
            self.segid = segid
        self._doc_count = doc_count
        self._deleted_count = 0
        self._deletions_file = ""
        self._start()

    def _start(self) -> None:
        """Set what is not pickled."""
        self.compound = False
        self._folder: Path | None = None
        self._mask: Array | None = None  # uint8, (documents,), 1 where deleted; None where not read
        self._changes = 0  # how often deletions changed, by which `_arrays` may be out of date
        self._saved_changes = 0
        self._arrays: tuple[weakref.ref[SegmentArrays], int] | None = None

    def __getstate__(self) -> dict[str, Any]:
        self.save_deletions()
        return {
            "indexname": self.indexname,
            "segid": self.segid,
            "doc_count": self._doc_count,
            "deleted_count": self._deleted_count,
            "deletions_file": self._deletions_file,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.indexname = str(state["indexname"])
        self.segid = str(state["segid"])
        self._doc_count = int(state["doc_count"])
        self._deleted_count = int(state["deleted_count"])
        self._deletions_file = str(state["deletions_file"])
        self._start()

    def codec(self) -> ArrayCodec:
        """The codec that reads it."""
        return ArrayCodec()

    # Files

    def file_name(self) -> str:
        """The name of the file of arrays."""
        return str(self.make_filename(SEGMENT_SUFFIX))

    def file_names(self) -> list[str]:
        """The files that this segment needs. A segment without documents needs none."""
        if not self._doc_count:
            return []
        return [self.file_name()] + ([self._deletions_file] if self._deletions_file else [])

    def bind(self, storage: Any) -> None:
        """Set in which of Whoosh's storages, a folder, the segment lies."""
        self._folder = Path(storage.folder)

    def open_arrays(self, storage: Any) -> SegmentArrays:
        """Return the arrays; those that are open already, where any are. Raises IndexDamagedError."""
        self.bind(storage)
        opened = self._arrays[0]() if self._arrays is not None else None
        if opened is not None and self._arrays is not None and self._arrays[1] == self._changes:
            return opened
        deleted = np.flatnonzero(self._deletions()).astype(np.uint32) if self._deleted_count else None
        if not self._doc_count:
            arrays = empty_segment(self.file_name())
        else:
            file = open_file(str(self._path(self.file_name()))) if opened is None else opened.file
            arrays = SegmentArrays(file, deleted)
        if arrays.doc_count != self._doc_count:
            what = f"the segment has {arrays.doc_count} documents instead of {self._doc_count}"
            raise damaged(what, arrays.file.path, "table")
        self._arrays = (weakref.ref(arrays), self._changes)
        return arrays

    def _path(self, name: str) -> Path:
        if self._folder is None:
            raise LookupError(f"where segment {self.segment_id()} lies is not known: call bind(storage)")
        return self._folder / name

    # Documents

    def set_doc_count(self, dc: int) -> None:
        """Set how many documents there are."""
        self._doc_count = dc

    def doc_count_all(self) -> int:
        """How many documents there are, deleted ones included."""
        return self._doc_count

    def deleted_count(self) -> int:
        """How many documents are deleted."""
        return self._deleted_count

    def deleted_docs(self) -> Iterator[int]:
        """The deleted documents, ascending."""
        return iter(np.flatnonzero(self._deletions()).tolist() if self._deleted_count else ())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted; not, where there is none of that number."""
        if not self._deleted_count or docnum >= self._doc_count:
            return False
        return bool(self._deletions().item(docnum))

    def delete_documents(self, docs: Array) -> None:
        """Delete documents. Raises IndexError where there is none of a number."""
        mask = self._deletions()
        mask[docs] = 1
        count = int(mask.sum(dtype=np.int64))
        self._changes += count != self._deleted_count
        self._deleted_count = count

    def save_deletions(self) -> None:
        """Write deletions that were changed to a new file, synced. Raises LookupError where the folder
        is not known: see `bind`."""
        if self._changes == self._saved_changes:
            return
        name = str(self.make_filename(f".{self._random_id(8)}{DELETIONS_SUFFIX}"))
        from indexer.codec.writer import synced  # noqa: PLC0415 - readers hardly ever write

        with synced(self._path(name)) as stream:
            file = SectionFileWriter(stream)
            file.add("deleted", np.flatnonzero(self._deletions()).astype("<u4"))
            file.close({"segment": self.segment_id(), "doc_count": self._doc_count})
        self._deletions_file = name
        self._saved_changes = self._changes

    def _deletions(self) -> Array:
        if self._mask is None:
            mask = np.zeros(self._doc_count, np.uint8)
            if self._deletions_file:
                mask[self._read_deletions()] = 1
            self._mask = mask
        return self._mask

    def _read_deletions(self) -> Array:
        file = open_file(str(self._path(self._deletions_file)))
        docs = file.section("deleted").whole()
        if file.meta.get("segment") != self.segment_id() or file.meta.get("doc_count") != self._doc_count:
            raise damaged("the deletions are those of another segment", file.path, "table")
        if len(docs) != self._deleted_count or (len(docs) and int(docs[-1]) >= self._doc_count):
            raise damaged("the deletions are not as many as were counted", file.path, "deleted")
        return docs


def _refusing(writer: Any) -> Any:
    """Return `FileIndex.writer` with a refusal of indexes that have our segments.

    Whoosh has no seam for it: its writer locks the index and makes files before it calls a codec, and
    when it commits, it removes files of the generation that it does not know.
    """

    @functools.wraps(writer)
    def writer_unless_ours(index: FileIndex, *args: Any, **kwargs: Any) -> Any:
        if any(isinstance(segment, ArraySegment) for segment in index._segments()):
            raise ReadOnlyError(_READ_ONLY)
        return writer(index, *args, **kwargs)

    return writer_unless_ours


FileIndex.writer = _refusing(FileIndex.writer)
