"""A Whoosh codec whose segment is one file of NumPy arrays.

Give me the arrays of a segment, I return its file (`write_segment`); give me the file, I return the
arrays (`open_segment`), mapped and verified as they are touched; give me several segments, I return
one (`merge_segments`). Whoosh reads and searches such segments too (`ArrayCodec`), but does not write them.
"""

from indexer.codec.check import verify
from indexer.codec.codec import ArrayCodec, ArraySegment
from indexer.codec.column import OrdinalsColumn, number_column
from indexer.codec.data import (
    EXACT_MARK,
    BytesColumn,
    Column,
    DerivedField,
    FieldData,
    NumberColumn,
    OrdinalColumn,
    SegmentData,
    invert,
    ordinals_of_postings,
)
from indexer.codec.field_arrays import FieldArrays
from indexer.codec.merge import Supplied, merge_segments
from indexer.codec.merge_documents import ordinals_of
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.codec.sections import Damage
from indexer.codec.stored import Apart, decode_stored, encode_stored
from indexer.codec.tables import BytesTable, offsets_of, run_indices
from indexer.codec.writer import write_segment

__all__ = [
    "EXACT_MARK",
    "Apart",
    "ArrayCodec",
    "ArraySegment",
    "BytesColumn",
    "BytesTable",
    "Column",
    "Damage",
    "DerivedField",
    "FieldArrays",
    "FieldData",
    "NumberColumn",
    "OrdinalColumn",
    "OrdinalsColumn",
    "SegmentArrays",
    "SegmentData",
    "Supplied",
    "decode_stored",
    "encode_stored",
    "invert",
    "merge_segments",
    "number_column",
    "offsets_of",
    "open_segment",
    "ordinals_of",
    "ordinals_of_postings",
    "run_indices",
    "verify",
    "write_segment",
]
