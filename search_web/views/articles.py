"""An article -> what the template of its page is given: the search that found it, its place in time, what
goes with it."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.article import Article
from indexer.facets import FACETS
from indexer.query.answers.hit_place import HitPlace
from indexer.query.answers.labels import RELATED_PARTS, Part
from indexer.query.answers.related import Related, RelatedArticle
from indexer.query.archive import Archive
from indexer.query.request import SearchRequest
from search_web.links import Links, changed, with_values
from search_web.views.search import facet_values

MAX_RELATED = 30  # articles that go with one, of all parts
MAX_SHOWN = 5  # of a part of what goes with an article; the others are a click away
# The facets by which an article is placed in time: the first that it has a value of.
_OF_TIME = ("topic", "category", "provider")


class ArticleLink(NamedTuple):
    """An article, and the address of its page."""

    article: Article
    url: str


@dataclass(frozen=True, slots=True)
class Trail:
    """The search that found an article: its query, the page of results that the article is on, where it
    stands among the hits (0 for nowhere), and the hits beside it."""

    query: str
    results_url: str
    number: int
    total: int
    previous: ArticleLink | None
    next: ArticleLink | None


@dataclass(frozen=True, slots=True)
class TimePlace:
    """Where an article stands among those of one topic, the oldest first: `number` of `total`, and the ones
    before and after it."""

    kind: str  # what the facet calls it
    label: str
    url: str
    number: int
    total: int
    earlier: ArticleLink | None
    later: ArticleLink | None


@dataclass(frozen=True, slots=True)
class RelatedPart:
    """A part of what goes with an article, in order of time: the nearest articles are shown, `before` and
    `after` them there are others."""

    anchor: str
    words: Part
    before: Sequence[RelatedArticle]
    shown: Sequence[RelatedArticle]
    after: Sequence[RelatedArticle]


def trail(place: HitPlace, request: SearchRequest, links: Links) -> Trail:
    """Return the way back to the results of `request`, and on to the hits beside an article."""
    number = place.number or 0
    return Trail(
        str(request.query),
        links.search(_page_of(number, request) if number else request),
        number,
        place.total,
        _link(place.previous, links.hits(_page_of(number - 1, request))),
        _link(place.next, links.hits(_page_of(number + 1, request))),
    )


def time_place(archive: Archive, article: Article, links: Links) -> TimePlace | None:
    """Return where an article stands in time among those of its first topic, or else of its category or its
    provider; None without a date, and where it is the only one."""
    named = ((facet, found[0]) for facet in _OF_TIME if (found := facet_values(article, facet)))
    facet, (value, label) = next(named, ("", ("", "")))
    if not facet or article.published_at is None:
        return None
    asked = with_values(archive.request(sort="oldest"), facet, (value,))
    place = archive.place(article, asked)
    if place.number is None or place.total == 1:
        return None
    return TimePlace(
        FACETS[facet].title,
        label,
        links.search(_page_of(place.number, asked)),
        place.number,
        place.total,
        _link(place.previous, links.article),
        _link(place.next, links.article),
    )


def related_parts(related: Related, without: Container[str] = ()) -> list[RelatedPart]:
    """Return the parts of what goes with an article that have something in them; an article whose id is among
    `without` is left out, for it is shown as a copy."""
    found = []
    for part, items in related.parts().items():
        listed = [item for item in items if item.article.id not in without]
        hidden = max(0, len(listed) - MAX_SHOWN)
        before, after = (listed[:hidden], []) if part == "before" else ([], listed[MAX_SHOWN:])
        shown = listed[len(before) : len(listed) - len(after)]
        if shown:
            found.append(RelatedPart(part or "undated", RELATED_PARTS[part], before, shown, after))
    return found


def _page_of(number: int, request: SearchRequest) -> SearchRequest:
    """Return the request for the page that the hit `number` is on."""
    return changed(request, page=(number - 1) // request.size + 1)


def _link(article: Article | None, address: Callable[[str], str]) -> ArticleLink | None:
    return ArticleLink(article, address(article.id)) if article else None
