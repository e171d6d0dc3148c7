"""What a template is given: frozen values, each with its link. Give me results, I return a view."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.analysis import fold_key
from indexer.article import Article, Image, Provider
from indexer.query.answers.ledger import ADDED, CHANGED, TotalRelation
from indexer.query.answers.parsed import NoteKind
from indexer.query.answers.results import (
    STORIES,
    Explanation,
    FacetValue,
    FacetValues,
    Highlighted,
    Related,
    RelatedArticle,
    Results,
)
from indexer.query.answers.story import Story
from indexer.query.request import FACETS, NONE, SearchRequest
from search_web import dates
from search_web.choices import STATES, Choice, nouns
from search_web.filters import safe_url
from search_web.histogram import Row, rows, without_date
from search_web.links import Links, toggled
from search_web.params import changed, with_values

SHOWN = 8  # values of a facet before "more"
NEIGHBOURS = 2  # pages on either side of the one that is shown
TOLD = (NoteKind.DROPPED, NoteKind.CORRECTED, NoteKind.EXPANDED)

FACET_TITLES: Mapping[str, str] = {
    "topic": "Topic",
    "provider": "Provider",
    "date": "Date",
    "category": "Category",
    "type": "Type",
    "tag": "Tag",
    "author": "Author",
}
SINCE: Mapping[str, str] = {ADDED: "New since then", CHANGED: "Changed since then"}
# What stands before a total.
BOUNDS: Mapping[TotalRelation, str] = {
    TotalRelation.EXACT: "",
    TotalRelation.AT_LEAST: "at least",
    TotalRelation.AT_MOST: "at most",
    TotalRelation.ABOUT: "about",
}


RELATED_TITLES: Mapping[str | None, tuple[str, str]] = {
    "before": ("Earlier", "What this builds on."),
    "same": ("The same story", "The same words, within days."),
    "after": ("Later", "What came of it."),
    None: ("Related", "Without a date to place it by."),
}


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value of a facet with the link that toggles it; `depth` indents it."""

    label: str
    count: int
    selected: bool
    url: str
    depth: int
    nouns: tuple[str, str] = ("article", "articles")  # what is counted: one, several


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet: what is shown at once, what is behind "more", and the link to what was not counted."""

    name: str
    title: str
    shown: tuple[FacetLink, ...]
    more: tuple[FacetLink, ...]
    distinct: int
    all_url: str  # empty where nothing is left out
    clear_url: str  # empty where nothing is chosen


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is in force, with the link that removes it."""

    kind: str
    label: str
    url: str
    request: SearchRequest  # without the filter


@dataclass(frozen=True, slots=True)
class TextLink:
    """A text that leads to a search."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class OfferView:
    """A search nearby: `label` completes "Search …", `bound` stands before the total."""

    label: str
    url: str
    total: int
    bound: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with the searches that it leads to; `image` is the first that may be shown."""

    article: Article
    provider: TextLink | None
    topics: tuple[TextLink, ...]
    tags: tuple[TextLink, ...]
    authors: tuple[TextLink, ...]
    image: Image | None


@dataclass(frozen=True, slots=True)
class HitView:
    """One result."""

    view: ArticleView
    title: Highlighted
    snippet: Highlighted
    score: float
    explanation: Explanation | None = None
    story: Story | None = None  # where several articles are one hit
    since: str = ""


@dataclass(frozen=True, slots=True)
class DateView:
    """The date facet: the drawing, the articles without a date, and what the two fields hold."""

    rows: tuple[Row, ...]
    none: FacetLink | None
    first: str
    last: str
    hidden: tuple[tuple[str, str], ...]  # what a form that sets the dates must carry
    clear_url: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Links from page to page; a None among `pages` is a gap."""

    pages: tuple[Choice | None, ...]
    previous_url: str
    next_url: str


@dataclass(frozen=True, slots=True)
class RelatedView:
    """A part of what goes with an article: its heading, a line about it, and what is in it."""

    name: str
    title: str
    note: str
    items: tuple[RelatedArticle, ...]


def related_views(related: Related, without: Container[str] = ()) -> tuple[RelatedView, ...]:
    """Return the parts of what goes with an article that have something in them; an article whose id is
    among `without` is left out, for it is shown as a copy."""
    shown = {
        part: tuple(item for item in items if item.article.id not in without)
        for part, items in related.parts().items()
    }
    return tuple(
        RelatedView(part or "undated", *RELATED_TITLES[part], items) for part, items in shown.items() if items
    )


def facet_views(results: Results, request: SearchRequest, links: Links) -> tuple[FacetView, ...]:
    """Return the facets but the date, without those that tell nothing."""
    views = []
    for name in FACETS:
        if name == "date":
            continue
        values = results.facets[name]
        if any(value.value != NONE or value.selected for value in values):
            views.append(_facet_view(name, values, request, links))
    return tuple(views)


def _facet_view(name: str, values: FacetValues, request: SearchRequest, links: Links) -> FacetView:
    facet_links = [_facet_link(name, value, request, links) for value in values]
    shown, more = facet_links[:SHOWN], facet_links[SHOWN:]
    if len(more) <= 2:  # two lines are shorter than a button and a list
        shown, more = facet_links, []
    else:
        shown += [link for link in more if link.selected]
        more = [link for link in more if not link.selected]
    known = sum(value.count > 0 for value in values)
    whole = changed(request, page=request.page, cursor=request.cursor, facet_size=values.distinct)
    return FacetView(
        name=name,
        title=FACET_TITLES[name],
        shown=tuple(shown),
        more=tuple(more),
        distinct=values.distinct,
        all_url=links.search(whole) if values.distinct > known else "",
        clear_url=links.search(with_values(request, name, ())) if request.chosen(name) else "",
    )


def _facet_link(name: str, value: FacetValue, request: SearchRequest, links: Links) -> FacetLink:
    target = _without(name, value, request) if value.selected else _narrowed(name, value, request)
    label = value_label(name, value.value, value.label)
    depth = min(value.depth, 4)
    return FacetLink(label, value.count, value.selected, links.search(target), depth, nouns(request))


def _narrowed(name: str, value: FacetValue, request: SearchRequest) -> SearchRequest:
    """Return the request with a value chosen; one below a chosen one takes its place.

    Beside its parent, which has all of its articles, it would change nothing.
    """
    parent = fold_key(value.parent) if value.parent else None
    kept = [chosen for chosen in request.chosen(name) if fold_key(chosen) != parent]
    return toggled(with_values(request, name, kept), name, value.value)


def _without(name: str, value: FacetValue, request: SearchRequest) -> SearchRequest:
    """Return the request without a chosen value, by whichever of its names it was chosen."""
    names = {fold_key(value.value), fold_key(value.label)}
    rest = [chosen for chosen in request.chosen(name) if fold_key(chosen) not in names]
    return with_values(request, name, () if len(rest) == len(request.chosen(name)) else rest)


def value_label(name: str, value: str, label: str) -> str:
    """Return what a facet's value is called on the page."""
    return f"No {FACET_TITLES[name].lower()}" if value == NONE else label


def chips(request: SearchRequest, facets: Mapping[str, FacetValues], links: Links) -> tuple[Chip, ...]:
    """Return the filters in force, in the order of the address."""
    found: list[tuple[str, str, SearchRequest]] = []
    for name in FACETS:
        for chosen in request.chosen(name):
            label = _chosen_label(name, chosen, facets[name].selected)
            found.append((FACET_TITLES[name], label, toggled(request, name, chosen)))
    if request.after:
        first = dates.first_day_after(request.after)
        found.append(_bound_chip("From", "After", request.after, first, changed(request, after=None)))
    if request.before:
        last = dates.last_day_before(request.before)
        found.append(_bound_chip("Until", "Before", request.before, last, changed(request, before=None)))
    if request.featured is not None:
        found.append(("Chosen", STATES["featured"][request.featured], changed(request, featured=None)))
    if request.origin:
        found.append(("Origin", STATES["origin"][request.origin], changed(request, origin=None)))
    return tuple(Chip(kind, label, links.search(target), target) for kind, label, target in found)


def unfiltered(request: SearchRequest) -> SearchRequest:
    """Return the request without any of the filters that `chips` shows; all else stays."""
    return changed(request, filters={}, after=None, before=None, featured=None, origin=None)


def _bound_chip(
    inner: str, outer: str, text: str, day: object, target: SearchRequest
) -> tuple[str, str, SearchRequest]:
    whole_day = len(text) == 10 and day is not None
    return (inner, dates.name(str(day)), target) if whole_day else (outer, dates.name(text), target)


def _chosen_label(name: str, chosen: str, selected: Sequence[FacetValue]) -> str:
    if chosen == NONE:
        return value_label(name, NONE, "")
    known = {fold_key(text): value.label for value in selected for text in (value.label, value.value)}
    return dates.name(chosen) if name == "date" else known.get(fold_key(chosen), chosen)


def date_view(values: FacetValues, request: SearchRequest, links: Links) -> DateView:
    """Return the histogram and the two date fields."""
    none = without_date(values)
    first, last = dates.first_day_after(request.after), dates.last_day_before(request.before)
    dated = bool(request.chosen("date") or request.after or request.before)
    cleared = changed(with_values(request, "date", ()), after=None, before=None)
    return DateView(
        rows=rows(values, request, links),
        none=_facet_link("date", none, request, links) if none else None,
        first=first.isoformat() if first else "",
        last=last.isoformat() if last else "",
        hidden=tuple(links.pairs(changed(request), "after", "before", "date")),
        clear_url=links.search(cleared) if dated else "",
    )


def pager(results: Results, request: SearchRequest, links: Links) -> Pager:
    """Return the links to other pages; none where there is one page."""
    here, last = results.page, results.pages
    if last <= 1 and here == 1:
        return Pager((), "", "")

    def to(page: int) -> str:
        return links.search(changed(request, page=page))

    near = range(max(1, here - NEIGHBOURS), min(last, here + NEIGHBOURS) + 1)
    numbers = sorted({1, last, *near} & set(range(1, last + 1)))
    pages: list[Choice | None] = []
    for number in numbers:
        if pages and number - int(getattr(pages[-1], "label", number)) > 1:
            pages.append(None)
        pages.append(Choice(str(number), to(number), number == here))
    return Pager(
        tuple(pages), to(min(here - 1, last)) if here > 1 else "", to(here + 1) if here < last else ""
    )


def hit_views(results: Results, links: Links, *, images: bool, explain: bool = False) -> tuple[HitView, ...]:
    """Return what is shown of each result."""
    return tuple(
        HitView(
            article_view(hit.article, links, images=images),
            hit.title,
            hit.snippet,
            hit.score,
            hit.explain() if explain else None,
            hit.story if results.counts == STORIES and len(hit.story) > 1 else None,
            SINCE.get(hit.since, ""),
        )
        for hit in results
    )


def article_view(article: Article, links: Links, *, images: bool) -> ArticleView:
    """Return an article with its links; without `images` it has none."""
    usable = (image for image in article.images if images and safe_url(image.url))
    return ArticleView(
        article=article,
        provider=_provider_link(article.provider, links) if article.provider else None,
        topics=_links("topic", article.topics, links),
        tags=_links("tag", article.tags, links),
        authors=_links("author", article.authors, links),
        image=next(usable, None),
    )


def _provider_link(provider: Provider, links: Links) -> TextLink:
    return TextLink(provider.name, links.only("provider", provider.key))


def _links(facet: str, names: Iterable[str], links: Links) -> tuple[TextLink, ...]:
    return tuple(TextLink(name, links.only(facet, name)) for name in names)


def headline(query: str, chips: Iterable[Chip]) -> str:
    """Return what a page of results is called: the query, else the filters."""
    if query:
        return query if '"' in query else f"“{query}”"
    return " · ".join(chip.label for chip in chips) or "All articles"


def told(results: Results) -> tuple[str, ...]:
    """Return the sentences that a reader should see about how the query was read, each once."""
    notes = [note.text for note in results.parsed.notes if note.kind in TOLD]
    return tuple(dict.fromkeys([*results.notes, *notes]))


def offer_views(results: Results, links: Links) -> tuple[OfferView, ...]:
    """Return the searches that are offered in the place of one that finds nothing."""
    return tuple(
        OfferView(offer.text, links.search(offer.request), offer.total, BOUNDS[offer.total_relation])
        for offer in results.offers
    )
