"""What a reader can take away of a search: a request goes in, links to its formats come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.formats import CITATIONS, EXPORTS, FEEDS, FORMATS
from indexer.query.request import SearchRequest
from search_web.links import Links

_DOWNLOADS = tuple(name for name in EXPORTS if name not in FEEDS)


class FormatLink(NamedTuple):
    """A link to something in a format."""

    label: str
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Taking:
    """The links below the results: to all of them, to feeds of them, to references to the search."""

    downloads: tuple[FormatLink, ...]
    feeds: tuple[FormatLink, ...]
    references: tuple[FormatLink, ...]


def taking(request: SearchRequest, links: Links) -> Taking:
    """Return the links to a search in all formats."""

    def in_formats(endpoint: str, names: Sequence[str]) -> tuple[FormatLink, ...]:
        before = links.whole(endpoint, request, names[0]).removesuffix(names[0])  # they differ in their ends
        return tuple(
            [FormatLink(FORMATS[name].label, FORMATS[name].media_type, before + name) for name in names]
        )

    return Taking(
        in_formats("exports.export", _DOWNLOADS),
        in_formats("exports.export", FEEDS),
        in_formats("exports.cite_search", CITATIONS),
    )
