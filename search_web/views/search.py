"""What a template is given: frozen values, each with its link. Results -> a view."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from indexer.article import Article, Image, Provider
from indexer.facets import FACETS
from indexer.messages import joined, say, say_number
from indexer.query.answers.directory import DirectoryValue
from indexer.query.answers.facet_values import FacetValue, FacetValues
from indexer.query.answers.labels import NOUNS, quoted
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import Hit, Results
from indexer.query.answers.wording import part_heading
from indexer.query.parameters import FINDING, NONE, PARAMETERS
from indexer.query.request import SearchRequest
from search_web import formatting
from search_web.formatting import Row, day_name, rows, safe_url
from search_web.links import FacetAsked, Links, changed, toggled, with_values
from search_web.values import DAY

MAX_REPEATED = 3_000  # characters that the addresses of all bars repeat
NEIGHBOURS = 2  # pages on either side of the one that is shown
_BESIDE_TITLE = ("provider", "date", "author")  # the facets of an article that its page lists nowhere else


class TextLink(NamedTuple):
    """A text that leads to a search; of several (sorts, states, pages) one is `current`."""

    label: str
    url: str
    current: bool = False


class FacetLink(NamedTuple):
    """A value of a facet with the link that toggles it; `depth` indents it."""

    label: str
    count: int  # type: ignore[assignment]  # a tuple's own `count` is no use here
    selected: bool
    url: str
    depth: int
    noun: str  # what is counted


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is in force, with the link that removes it."""

    kind: str
    label: str
    url: str
    request: SearchRequest  # without the filter


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with the searches that it leads to; `image` is the first that may be shown."""

    article: Article
    url: str  # of its page
    provider: TextLink | None
    topics: tuple[TextLink, ...]
    image: Image | None


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of a page that are of one part of the answer, numbered from `start`. `heading` is empty for
    the first part."""

    heading: str
    start: int
    hits: tuple[tuple[ArticleView, Hit], ...]


@dataclass(frozen=True, slots=True)
class DateView:
    """The date facet: the drawing, the articles without a date, and what the two fields hold."""

    rows: tuple[Row, ...]
    none: FacetLink | None
    first: str
    last: str
    hidden: tuple[tuple[str, str], ...]  # what a form that sets the dates must carry
    all_url: str  # of the list of them
    clear_url: str


@dataclass(frozen=True, slots=True)
class Pager:
    """Links from page to page; a None among `pages` is a gap."""

    pages: tuple[TextLink | None, ...]
    previous_url: str
    next_url: str


class Toggle:
    """Gives the values of a facet their links, which choose them, or take them back."""

    def __init__(self, name: str, request: SearchRequest, links: Links) -> None:
        self._name = name
        self._chosen = request.chosen(name)
        self._address = links.varying(request, name)
        self._nouns = NOUNS[request.collapse]

    def link(self, value: FacetValue) -> FacetLink:
        """Return a value with its link."""
        target = self._without(value) if value.selected else self._narrowed(value)
        label = value_label(self._name, value.value, value.label)
        url = self._address(target)
        noun = say_number(*self._nouns, value.count)
        return FacetLink(label, value.count, value.selected, url, min(value.depth, 4), noun)

    def _narrowed(self, value: FacetValue) -> tuple[str, ...]:
        """Return what is chosen with a value beside it; one below a chosen one takes its place.

        Beside its parent, which has all of its articles, it would change nothing.
        """
        if not self._chosen:
            return (value.value,)
        rest = tuple(chosen for chosen in self._chosen if not value.is_below(chosen))
        if value.value in rest:
            return tuple(chosen for chosen in rest if chosen != value.value)
        return (*rest, value.value)

    def _without(self, value: FacetValue) -> tuple[str, ...]:
        """Return what is chosen without a value, by whichever of its names it was chosen."""
        rest = tuple(chosen for chosen in self._chosen if not value.is_called(chosen))
        return () if len(rest) == len(self._chosen) else rest


@lru_cache(maxsize=2_000)  # strangers give long ones
def value_label(name: str, value: str, label: str) -> str:
    """Return what a facet's value is called on the page."""
    if value == NONE:
        return say("No {facet}", facet=say(name))
    if name == "language":
        return say(label)
    return formatting.date_name(value) if name == "date" else label


def distinct_labels(values: Sequence[FacetValue | DirectoryValue]) -> list[str]:
    """Return what values of a facet are called; of several with one name, as of a publisher's two domains,
    with the value beside it."""
    labels = [value.label for value in values]
    if len(set(labels)) == len(labels):
        return labels
    return [
        f"{label} ({value.value})" if labels.count(label) > 1 and label != value.value else label
        for value, label in zip(values, labels, strict=True)
    ]


def with_distinct_labels(values: Iterable[FacetValue]) -> list[FacetValue]:
    """Return values that are called as `distinct_labels` has it."""
    found = list(values)
    return [
        value if value.label == label else value._replace(label=label)
        for value, label in zip(found, distinct_labels(found), strict=True)
    ]


def chips(request: SearchRequest, facets: Mapping[str, FacetValues], links: Links) -> tuple[Chip, ...]:
    """Return the filters in force, in the order of the address."""
    found: list[tuple[str, str, SearchRequest]] = []
    for name in FACETS:
        for chosen in request.chosen(name):
            label = _chosen_label(name, chosen, with_distinct_labels(facets[name].selected))
            found.append((FACETS[name].title, label, toggled(request, name, chosen)))
    if request.after:
        names = _bound_label(
            (say("From"), say("After")), request.after, formatting.first_day_after(request.after)
        )
        found.append((*names, changed(request, after=None)))
    if request.before:
        last = formatting.last_day_before(request.before)
        names = _bound_label((say("Until"), say("Before")), request.before, last)
        found.append((*names, changed(request, before=None)))
    for name in FINDING:
        states, state = PARAMETERS[name].states, request.value(name)
        if name == "match" and (state == links.match or not request.query):
            continue
        if states is not None and state is not None:
            found.append((states.chip, states.labels[state], changed(request, **{name: None})))
    return tuple(Chip(kind, label, links.search(target), target) for kind, label, target in found)


def unfiltered(request: SearchRequest) -> SearchRequest:
    """Return the request without any of the filters that `chips` shows; all else stays."""
    return changed(request, filters={}, after=None, before=None, featured=None, origin=None, match=None)


def _bound_label(names: tuple[str, str], text: str, day: date | None) -> tuple[str, str]:
    """Return what a bound is called: a day by the first or last `day` that it takes in, else as it is."""
    inner, outer = names
    return (inner, day_name(day)) if len(text) == DAY and day else (outer, formatting.date_name(text))


def _chosen_label(name: str, chosen: str, selected: Sequence[FacetValue]) -> str:
    label = next((value.label for value in reversed(selected) if value.is_called(chosen)), chosen)
    return value_label(name, chosen, label)


def date_view(values: FacetValues, request: SearchRequest, links: Links) -> DateView:
    """Return the histogram and the two date fields."""
    none = next((one for one in values if one.value == NONE and (one.count or one.selected)), None)
    taken = formatting.taken(request)
    first, last = taken[0] if len(taken) == 1 else (date.min, date.max)
    dated = bool(request.chosen("date") or request.after or request.before)
    own = links.varying(request, "date")
    is_long = len(own(())) * len(values) > MAX_REPEATED  # then forms carry it, once for all
    return DateView(
        rows=rows(values, request, (lambda _: "") if is_long else own),
        none=Toggle("date", request, links).link(none) if none else None,
        first=first.isoformat() if first != date.min else "",
        last=last.isoformat() if last != date.max else "",
        hidden=tuple(links.pairs(changed(request), "after", "before", "date")),
        all_url=links.facet("date", FacetAsked(request, order="name")),
        clear_url=links.search(changed(with_values(request, "date", ()), after=None, before=None))
        if dated
        else "",
    )


def pager(results: Results, request: SearchRequest, links: Links) -> Pager:
    """Return the links to other pages; none where there is one page, or where not all was found."""
    here, last = results.page, results.pages
    if results.timed_out or (last <= 1 and here == 1):
        return Pager((), "", "")

    to = links.varying(request, "page")
    near = range(here - NEIGHBOURS, here + NEIGHBOURS + 1)
    numbers = sorted(number for number in {1, last, *near} if 1 <= number <= last)
    pages: list[TextLink | None] = []
    for number in numbers:
        if pages and number - int(getattr(pages[-1], "label", number)) > 1:
            pages.append(None)
        pages.append(TextLink(str(number), to(number), number == here))
    return Pager(
        tuple(pages), to(min(here - 1, last)) if here > 1 else "", to(here + 1) if here < last else ""
    )


def article_view(article: Article, links: Links, *, images: bool, url: str = "") -> ArticleView:
    """Return an article with its links; `url` leads to its page, in the place of its usual address. Without
    `images` it has none."""
    usable = (image for image in article.images if images and safe_url(image.url))
    return ArticleView(
        article=article,
        url=url or links.article(article.id),
        provider=next(iter(facet_links(article, "provider", links)), None),
        topics=facet_links(article, "topic", links),
        image=next(usable, None),
    )


def facet_links(article: Article, facet: str, links: Links) -> tuple[TextLink, ...]:
    """Return the values that an article has of a facet, each with everything that has it."""
    values = facet_values(article, facet)
    return tuple([TextLink(label, links.only(facet, value)) for value, label in values])


def facet_values(article: Article, facet: str) -> list[tuple[str, str]]:
    """Return the values that an article has of a facet, each with what it is called."""
    value = getattr(article, FACETS[facet].attribute)
    if isinstance(value, Provider):
        return [(value.key, value.name)]
    names = value if isinstance(value, tuple) else (value,) if value else ()
    return [_named(facet, name) for name in names]


@lru_cache(maxsize=10_000)  # a page has fifty, and the next one nearly the same
def _named(facet: str, value: str) -> tuple[str, str]:
    return value, value_label(facet, value, FACETS[facet].label(value))


def article_facts(article: Article, links: Links) -> list[tuple[str, tuple[TextLink, ...]]]:
    """Return the names of the facets that an article has values of, with these; those of which it may have
    several come first."""
    listed = [facet for name, facet in FACETS.items() if name not in _BESIDE_TITLE]
    listed.sort(key=lambda facet: not facet.several)
    return [
        (facet.plural if facet.several else facet.title, facet_links(article, facet.name, links))
        for facet in listed
    ]


def headline(query: str, chips: Iterable[Chip]) -> str:
    """Return what a page of results is called: the query, else the filters."""
    if query:
        return quoted(query)
    return joined((chip.label for chip in chips), " · ") or say("All articles")


def tab_title(query: str, chips: Sequence[Chip], page: int) -> str:
    """Return what the window with a page of results is called: the query, the filters, the page."""
    filters = [chip.label for chip in chips] if query else []
    pages = [say("page {page}", page=page)] if page > 1 else []
    return joined([headline(query, chips), *filters, *pages], " · ")


def hit_groups(
    results: Results, links: Links, address: Callable[[str], str], *, images: bool
) -> tuple[HitGroup, ...]:
    """Return the hits of a page by their parts, each part behind its heading; their texts are marked, so that
    the page can say whether there was time for that. `address` gives that of a hit's page, by its id."""
    groups = []
    start = (results.page - 1) * results.size + 1
    for kind, hits in groupby(results, lambda hit: hit.part):
        shown = tuple(
            (article_view(hit.article, links, images=images, url=address(hit.article.id)), hit)
            for hit in hits
        )
        _ = [hit.snippet for _, hit in shown]
        groups.append(HitGroup(part_heading(results, kind), start, shown))
        start += len(shown)
    return tuple(groups)


def counted(results: Results, request: SearchRequest) -> SearchRequest:
    """Return the request for all that the facets of `results` count, as pages need it that count what has
    all that was asked for."""
    if results.facet_part is PartKind.SOME:
        return changed(request, match="any")
    return changed(request, unfinished=True) if results.facet_part is PartKind.BEGUN else request
