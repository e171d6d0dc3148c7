"""Generations go in and come out again: schema, table of contents and the files beside the segments."""
