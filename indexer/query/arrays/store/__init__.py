"""Segments go in; postings, columns and words of one generation come out, as arrays."""
