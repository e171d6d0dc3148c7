"""A Whoosh codec whose segment is one file of NumPy arrays.

Give me the arrays of a segment, I return its file (`write_segment`); give me the file, I return the
arrays (`open_segment`), mapped and verified as they are touched; give me several segments, I return
one (`merge_segments`). Whoosh reads and searches such segments too (`ArrayCodec`), but does not write them.
"""
