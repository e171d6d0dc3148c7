"""Give me questions whose answers are known, I return how well they are answered: nDCG, AP, recall.

`related_lists` grades related articles on an archive's own lists.
"""
