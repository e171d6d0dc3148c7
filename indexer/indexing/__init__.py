"""Give me settings, I bring the index in line with the archive, or tell what is wrong with either.

The road is one way: plan (what changed) -> worker (read) -> resolve (one article an identity) ->
writer (documents) -> one rename.
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
