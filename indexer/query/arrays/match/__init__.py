"""A query tree goes in; the matching documents and their scores come out."""
