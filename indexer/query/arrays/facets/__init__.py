"""Documents and filters go in; the documents that pass and the counts of facet values come out."""
