"""The source over segments on this machine: a query tree goes in; documents, scores and counts come out."""
