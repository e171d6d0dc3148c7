"""Questions with known answers go in; how well they are answered comes out: nDCG, AP, recall.

`collection` grades the search on a folder in the form of public test collections, `related_lists`
related articles on an archive's own lists.
"""
