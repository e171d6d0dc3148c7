"""A query's text goes in; a `whoosh.query` tree and notes on how it was read come out."""
