"""The arrays of a segment go in and its file comes out, and the other way round: a Whoosh codec.

`write_segment` writes the file, `open_segment` maps it and verifies what is touched, `merge_segments`
makes one of several. Whoosh reads and searches such segments too (`ArrayCodec`), but does not write them.
"""
