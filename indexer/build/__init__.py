"""Give me settings, I bring the index in line with the archive, or tell what is wrong with either.

The road is one way: plan (what changed) -> worker (read) -> resolve (one article an identity) ->
writer (documents) -> one rename.
"""

from indexer.build.check import check_index
from indexer.build.reindex import reindex
from indexer.build.report import CheckReport, IndexReport, Progress, ProgressHook

__all__ = ["CheckReport", "IndexReport", "Progress", "ProgressHook", "check_index", "reindex"]
