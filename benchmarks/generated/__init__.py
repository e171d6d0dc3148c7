"""A size and a seed -> a large archive of invented articles, as objects or as files.

Words, lengths, providers, topics and dates are distributed as in a real archive, of which nothing is
copied but numbers. The same size and seed give the same bytes.

- `curves`: the numbers, measured and fitted
- `vocabulary`: ranks -> words; `text`: which words stand together, as arrays
- `articles`: a block of 1,000 articles; `files`: an article -> its Markdown file
- `generator`: all blocks, one after the other, or as files in parallel processes
"""

from benchmarks.generated.generator import GeneratedArchive

__all__ = ["GeneratedArchive"]
