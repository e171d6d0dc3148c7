"""A question about an archive goes in; an answer comes out: hits, an exact total, facets, what was read.

archive    what scripts and faces use: `open_archive`, which opens the source that the settings name
engine     one SearchEngine: request -> parse -> find -> order -> answer
source     what it asks of a source of answers
arrays/    the source over segments on this machine
language/  a query's text -> a `whoosh.query` tree
assist/    what helps the reader: offers, highlights, related articles, peaks
answers/   what is answered, as frozen values
request, parameters, filters    what is asked, and the tables of it
periods, edits, ranking         days and months, distances of words, formulas
"""
