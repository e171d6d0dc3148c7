"""What a search leaves out that looks for all of the words: those with some of them, by relevance."""

from __future__ import annotations

from dataclasses import replace

from indexer.query.answers.results import Results
from indexer.query.archive import Archive
from indexer.query.request import SearchRequest


def search_wider(archive: Archive, request: SearchRequest) -> Results | None:
    """Return what `request` finds by relevance in all of its parts, where there is more than the first; None
    where there is not, or no part is left out."""
    match = request.match or archive.settings.search.match
    if match == "any" or not isinstance(request.query, str) or not request.query.strip():
        return None
    found = archive.search(
        replace(request, match="auto", sort="relevance", page=1, cursor=None, size=1, since_generation=None)
    )
    return found if found.begun_total or found.some_total else None


def widened(archive: Archive, request: SearchRequest) -> SearchRequest:
    """Return `request` by relevance, with some of the words behind all of them."""
    usual = archive.settings.search.match == "auto"
    return replace(request, match=None if usual else "auto", sort=None, page=1, cursor=None)
