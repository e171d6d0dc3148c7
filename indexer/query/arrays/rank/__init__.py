"""Documents and scores go in; their order, a page of it and its explanation come out."""
