"""A folder goes in and its files come out; a file goes in and its record comes out.

    discovery = discover(Path("corpus"))                 # which files, in stable order
    record = read_file(root, discovery.files[0], settings.archive)
    record.kind                                          # article, withdrawn, topic, organization, rejected
    record.found[0].article.title

A file goes through `text` (bytes to text), `front_matter` (text to a mapping and a body, with a reader
for each form), `markdown` (the body to paragraphs) and `dialects` (the mapping to an `Article`, by way
of `values`, `dates` and `paths`); `read` holds them together and says what becomes of each mess.
`taxonomy` makes a topic tree and a provider directory of the records.
"""
