"""The API as tables, of which its checks, its OpenAPI document, its page and its documents are made.

`shapes` is the notation of answers, `found` and `sets` have the shapes, `endpoints` has the addresses with
what each takes and gives, `openapi` makes the document of them.
"""
