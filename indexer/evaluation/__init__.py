"""Give me questions whose answers are known, I return how well they are answered: nDCG, AP, recall.

`collection` grades a folder in the form of public test collections.
"""
