"""What an engine must do. The embedded engine does it over an index; another may do it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from indexer.article import Article, Provider
from indexer.query.answers.results import FacetValues, Related, Results
from indexer.query.answers.stats import ArchiveStats
from indexer.query.answers.story import Story
from indexer.query.assist.overview import Comparison, Overview
from indexer.query.assist.spelling import Spelling
from indexer.query.assist.suggest import Suggestions
from indexer.query.assist.timeline import Timeline
from indexer.query.request import SearchRequest


class Engine(Protocol):
    """A question in, an answer out; safe to share between threads.

    What takes a request raises RequestError where it asks for what cannot be answered: a date that cannot
    be read, a cursor of another search, a generation since which nothing is kept, too many periods.
    """

    def search(self, request: SearchRequest) -> Results:
        """Return the page of results that `request` asks for."""

    def facet(self, name: str, request: SearchRequest) -> FacetValues:
        """Return the values of one facet for `request`; raise RequestError for an unknown one, too."""

    def article(self, key: str) -> Article:
        """Return the article whose id, URL, AMP variant or file is `key`; raise NotFoundError."""

    def file(self, article: Article) -> str:
        """Return the path, within the archive, of the file that `article` stands in."""

    def logo(self, provider: Provider) -> str | None:
        """Return the URL of a provider's logo, where the archive has one."""

    def related(self, article: Article, size: int) -> Related:
        """Return what goes with `article`, at most `size` of them."""

    def spelling(self, text: str, size: int) -> list[Spelling]:
        """Return the words of the archive that `text` may mean, at most `size`, the likeliest first."""

    def timeline(self, requests: Sequence[SearchRequest], interval: str | None) -> Timeline:
        """Return how much each of `requests` finds over time."""

    def overview(self, request: SearchRequest) -> Overview:
        """Return what `request` finds, in short."""

    def compare(self, sides: Sequence[tuple[str, SearchRequest]], interval: str | None) -> Comparison:
        """Return two named requests side by side."""

    def story(self, article: Article) -> Story:
        """Return the articles that are nearly this one's text, the earliest first; itself among them."""

    def suggest(self, text: str, *, size: int, kinds: Sequence[str]) -> Suggestions:
        """Return at most `size` suggestions of some kinds for what was typed so far."""

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""

    def close(self) -> None:
        """Let the index go."""
