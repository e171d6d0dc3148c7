"""The codec by Whoosh's name for it, its segments and their deletions.

The table of contents pickles segments by the path of their class: `indexer.codec.codec.ArraySegment`
is part of the format, and so are the names in its state.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from pickle import PicklingError
from typing import Any

import numpy as np
from whoosh.codec import base

from indexer.codec.access import ArrayPerDocumentReader, ArrayTermsReader
from indexer.codec.data import SegmentData
from indexer.codec.gather import (
    ArrayFieldWriter,
    ArrayPerDocumentWriter,
    GatheredDocuments,
    synced_file,
)
from indexer.codec.layout import Array, damaged
from indexer.codec.reader import SegmentArrays
from indexer.codec.sections import SectionFile, SectionFileWriter, open_file
from indexer.codec.writer import segment_image

SEGMENT_SUFFIX = ".arrays"
DELETIONS_SUFFIX = ".deleted"
COLUMN_SUFFIX = ".col"


class ArrayCodec(base.Codec):
    """Segments of arrays. `index.writer(codec=ArrayCodec())` writes one with Whoosh's own writer."""

    length_stats = False  # a posting's length is looked up among the document's when all are there

    def per_document_writer(self, storage: Any, segment: Any) -> ArrayPerDocumentWriter:
        """Return a writer of documents into `segment`."""
        return ArrayPerDocumentWriter(segment)

    def field_writer(self, storage: Any, segment: Any) -> ArrayFieldWriter:
        """Return a writer of postings into `segment`; closing it writes the file."""
        return ArrayFieldWriter(storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTermsReader:
        """Return a reader of the terms. Raises IndexDamagedError."""
        return ArrayTermsReader(segment.open_arrays(storage))

    def per_document_reader(self, storage: Any, segment: Any) -> ArrayPerDocumentReader:
        """Return a reader of the documents. Raises IndexDamagedError."""
        return ArrayPerDocumentReader(segment.open_arrays(storage), segment, storage)

    def column_filename(self, segment: Any, fieldname: str) -> str:
        """Return where Whoosh's `add_sortable` shall put a column beside a segment."""
        return str(segment.column_file_name(fieldname))

    def new_segment(self, storage: Any, indexname: str) -> ArraySegment:
        """Return a segment to be written; those just read for the same index learn their storage."""
        _unbound.bind(storage, indexname)
        segment = ArraySegment(indexname)
        segment.bind(storage)
        return segment


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
        self.gathered: GatheredDocuments | None = None  # while it is being written
        self._storage: Any = None
        self._mask: Array | None = None  # uint8, (documents,), 1 where deleted; None where not read
        self._changed = False
        self._changes = 0  # how often deletions changed, by which `_arrays` may be out of date
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
        _unbound.add(self)

    def codec(self) -> ArrayCodec:
        """The codec that reads it."""
        return ArrayCodec()

    def should_assemble(self) -> bool:
        """Return that Whoosh need not put the files of a segment into one: it is one."""
        return False

    # Files

    def file_name(self) -> str:
        """The name of the file of arrays."""
        return str(self.make_filename(SEGMENT_SUFFIX))

    def deletions_file_name(self) -> str:
        """The name of the file of deletions, empty where there is none."""
        return self._deletions_file

    def column_file_name(self, fieldname: str) -> str:
        """The name of the file of a column that was added by Whoosh's `add_sortable`, which merging
        through Whoosh's writer takes in."""
        return str(self.make_filename(f".{fieldname}{COLUMN_SUFFIX}"))

    def file_names(self) -> list[str]:
        """The files that this segment needs; what else begins with its name may go with the tables
        of contents that refer to it. A segment without documents needs none."""
        if not self._doc_count:
            return []
        return [self.file_name()] + ([self._deletions_file] if self._deletions_file else [])

    @property
    def is_bound(self) -> bool:
        """Whether it is known in which storage the segment lies."""
        return self._storage is not None

    def bind(self, storage: Any) -> None:
        """Say in which of Whoosh's storages the segment lies."""
        self._storage = storage

    def open_arrays(self, storage: Any) -> SegmentArrays:
        """Return the arrays; those that are open already, where any are. Raises IndexDamagedError."""
        self.bind(storage)
        opened = self._arrays[0]() if self._arrays is not None else None
        if opened is not None and self._arrays is not None and self._arrays[1] == self._changes:
            return opened
        if opened is not None:
            file = opened.file
        elif self.gathered is not None:
            file = SectionFile(segment_image(self.gathered.segment_data()), "a segment being written")
        elif not self._doc_count:  # all of what was merged into it was deleted
            file = SectionFile(segment_image(SegmentData(0)), self.file_name())
        else:
            file = open_in_storage(storage, self.file_name())
        deleted = np.flatnonzero(self.deleted_mask()).astype(np.uint32) if self._deleted_count else None
        arrays = SegmentArrays(file, deleted)
        if self.gathered is None:
            if arrays.doc_count != self._doc_count:
                what = f"the segment has {arrays.doc_count} documents instead of {self._doc_count}"
                raise damaged(what, file.path, "table")
            self._arrays = (weakref.ref(arrays), self._changes)
        return arrays

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

    def deleted_mask(self) -> Array:
        """Which documents are deleted: bool, (documents,), read-only. Raises IndexDamagedError."""
        mask = self._deletions().view(bool)
        mask.flags.writeable = False
        return mask

    def deleted_docs(self) -> Iterator[int]:
        """The deleted documents, ascending."""
        return iter(np.flatnonzero(self._deletions()).tolist() if self._deleted_count else ())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted; not, where there is none of that number."""
        if not self._deleted_count or docnum >= self._doc_count:
            return False
        return bool(self._deletions().item(docnum))

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Delete a document, or bring it back. Raises IndexError for none of that number."""
        if not 0 <= docnum < self._doc_count:
            raise IndexError(f"segment {self.segment_id()} has no document {docnum}")
        mask = self._deletions()
        if bool(mask[docnum]) != delete:
            mask[docnum] = delete
            self._deleted_count += 1 if delete else -1
            self._note_change()

    def delete_documents(self, docs: Array) -> None:
        """Delete several documents at once."""
        mask = self._deletions()
        mask[docs] = 1
        self._deleted_count = int(mask.sum(dtype=np.int64))
        self._note_change()

    def _note_change(self) -> None:
        self._changed = True
        self._changes += 1

    def save_deletions(self) -> None:
        """Write deletions that were changed to a new file, synced. Raises PicklingError where the
        storage is not known: see `bind`."""
        if not self._changed:
            return
        if self._storage is None:
            raise PicklingError(f"where segment {self.segment_id()} lies is not known: call bind(storage)")
        name = ""
        if self._deleted_count:
            name = str(self.make_filename(f".{self._random_id(8)}{DELETIONS_SUFFIX}"))
            self._write_deletions(name)
        self._deletions_file = name
        self._changed = False

    def _write_deletions(self, name: str) -> None:
        docs = np.flatnonzero(self._deletions()).astype("<u4")
        with synced_file(self._storage, name) as stream:
            file = SectionFileWriter(stream)
            file.add("deleted", docs)
            file.close({"segment": self.segment_id(), "doc_count": self._doc_count})

    def _deletions(self) -> Array:
        if self._mask is None:
            mask = np.zeros(self._doc_count, np.uint8)
            if self._deletions_file:
                mask[self._read_deletions()] = 1
            self._mask = mask
        return self._mask

    def _read_deletions(self) -> Array:
        if self._storage is None:
            raise LookupError(f"where segment {self.segment_id()} lies is not known: call bind(storage)")
        file = open_in_storage(self._storage, self._deletions_file)
        docs = file.section("deleted").whole()
        if file.meta.get("segment") != self.segment_id() or file.meta.get("doc_count") != self._doc_count:
            raise damaged("the deletions are those of another segment", file.path, "table")
        if len(docs) != self._deleted_count or (len(docs) and int(docs[-1]) >= self._doc_count):
            raise damaged("the deletions are not as many as were counted", file.path, "deleted")
        return docs


class _Unbound(threading.local):
    """The segments that this thread unpickled and that are not bound to a storage, by identity.

    Whoosh's writer reads the table of contents, then asks the codec for a new segment: that tells
    where the others lie, so that their deletions can be written.
    """

    def __init__(self) -> None:
        self._segments: weakref.WeakValueDictionary[int, ArraySegment] = weakref.WeakValueDictionary()

    def add(self, segment: ArraySegment) -> None:
        self._segments[id(segment)] = segment

    def bind(self, storage: Any, indexname: str) -> None:
        for key, segment in list(self._segments.items()):
            if segment.indexname == indexname and storage.file_exists(segment.file_name()):
                del self._segments[key]
                if not segment.is_bound:
                    segment.bind(storage)


_unbound = _Unbound()


def open_in_storage(storage: Any, name: str) -> SectionFile:
    """Open a file of one of Whoosh's storages: mapped where it is on a disk. Raises IndexDamagedError."""
    folder = getattr(storage, "folder", "")
    if folder:
        return open_file(str(Path(folder) / name))
    if not storage.file_exists(name):
        raise damaged("a file of the index is missing", name)
    with storage.open_file(name) as file:
        return SectionFile(file.read(), name)
