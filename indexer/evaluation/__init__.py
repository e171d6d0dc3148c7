"""Give me questions whose answers are known, I return how well they are answered: nDCG, AP, recall.

`collection` grades the search on a folder in the form of public test collections, `related_lists`
related articles on an archive's own lists.
"""
