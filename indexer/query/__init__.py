"""Give me a question about an archive, I return Results: hits, an exact total, facets, what was read.

The road is one way: text and filters -> SearchRequest -> query tree -> engine -> Results. The tree
is `whoosh.query`; what evaluates it can be exchanged.
"""
