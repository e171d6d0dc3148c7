"""Give me settings, I bring the index in line with the archive, or report what is wrong with either.

The road is one way: plan (what changed) -> worker, shards (read) -> resolve (one article an identity) ->
writer (documents, phrases, stories, history) -> one rename.
"""

from indexer.indexing.check import check_index
from indexer.indexing.lock import InterruptedRun
from indexer.indexing.reindex import reindex
from indexer.indexing.report import CheckReport, IndexReport, Progress, ProgressHook

__all__ = [
    "CheckReport",
    "IndexReport",
    "InterruptedRun",
    "Progress",
    "ProgressHook",
    "check_index",
    "reindex",
]
