"""The facets of a search as boxes to tick: results and a request -> views, of one form for all facets and of
a page for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indexer.facets import FACETS, VALUE_FACETS
from indexer.messages import say
from indexer.query.answers.facet_values import FacetValue, FacetValues
from indexer.query.answers.results import Results
from indexer.query.parameters import NONE
from indexer.query.request import SearchRequest
from search_web.links import FacetAsked, Links, changed, with_values
from search_web.views.search import TextLink, value_label, with_distinct_labels

SHOWN = 8  # values of a facet beside the hits; its own page has all
LISTED = 200  # values on a page of one facet's
ORDERS = {"count": say("By number"), "name": say("A to Z")}


class FacetBox(NamedTuple):
    """A value of a facet as a box; `below` are those under it in the tree, which is `open` where one of them
    or it itself is ticked."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # a tuple's own `count` is no use here
    selected: bool
    below: tuple[FacetBox, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet: what is shown beside the hits, and the links to its own page and to the search without it.
    `hidden` is what the form that finds a value carries."""

    name: str
    title: str
    shown: tuple[FacetBox, ...]
    distinct: int
    is_cut: bool  # whether there are more than were counted
    all_url: str  # empty where all are shown
    clear_url: str  # empty where nothing is chosen
    hidden: tuple[tuple[str, str], ...]

    @property
    def is_tree(self) -> bool:
        """Whether a value has others below it."""
        return any(box.below for box in self.shown)


@dataclass(frozen=True, slots=True)
class FacetPage:
    """A page of the values of one facet: those that are listed, of how many; what the form of the boxes and
    that of the filter carry; links to other orders and pages."""

    boxes: tuple[FacetBox, ...]
    first: int
    found: int
    hidden: tuple[tuple[str, str], ...]
    find_hidden: tuple[tuple[str, str], ...]
    orders: tuple[TextLink, ...]
    previous_url: str
    next_url: str


def facet_views(results: Results, request: SearchRequest, links: Links) -> tuple[FacetView, ...]:
    """Return the facets but the date, without those that change nothing."""
    return tuple(
        _facet_view(name, values, request, links)
        for name in VALUE_FACETS
        if _tells(values := results.facets[name])
    )


def form_pairs(results: Results, request: SearchRequest, links: Links) -> tuple[tuple[str, str], ...]:
    """Return what the form of all facets carries beside its boxes: the rest of the search, and chosen values
    that have no box."""
    pairs = links.pairs(changed(request), *VALUE_FACETS)
    for name in VALUE_FACETS:
        pairs += _without_box(name, request, results.facets[name].selected)
    return tuple(pairs)


def facet_page(values: FacetValues, asked: FacetAsked, links: Links) -> FacetPage:
    """Return the page of a facet's values that is asked for."""
    name, request = values.name, asked.request
    named = [
        value._replace(label=value_label(name, value.value, value.label))
        for value in with_distinct_labels(values)
    ]
    found = [value for value in named if value.has(asked.find)]
    if asked.order == "name":
        found.sort(key=(lambda value: (value.value, "")) if name == "date" else FacetValue.sort_key)
    else:
        found.sort(key=lambda value: -value.count)
    last = max(1, -(-len(found) // LISTED))
    part = min(asked.part, last)
    first = (part - 1) * LISTED
    listed = found[first : first + LISTED]
    selected = [value for value in listed if value.selected]
    own = links.pairs(changed(request), name) + _without_box(name, request, selected)
    find_hidden = links.pairs(changed(request)) + ([("order", "name")] if asked.order == "name" else [])

    orders = ORDERS | ({"name": say("By date")} if name == "date" else {})

    def to(**changes: object) -> str:
        return links.facet(name, asked, **changes)

    return FacetPage(
        boxes=tuple([_box(name, [value]) for value in listed]),
        first=first + 1,
        found=len(found),
        hidden=tuple(own),
        find_hidden=tuple(find_hidden),
        orders=tuple(
            TextLink(label, to(order=order, part=1), order == asked.order) for order, label in orders.items()
        ),
        previous_url=to(part=part - 1) if part > 1 else "",
        next_url=to(part=part + 1) if part < last else "",
    )


def _tells(values: FacetValues) -> bool:
    """Return whether choosing a value may change anything: one that all articles have does not."""
    if any(value.selected for value in values):
        return True
    known = sum(value.value != NONE for value in values)
    return known > 1 or (known == 1 and len(values) > 1)


def _without_box(name: str, request: SearchRequest, selected: Iterable[FacetValue]) -> list[tuple[str, str]]:
    """Return the chosen values that none of the `selected` ones with a box is called."""
    boxes = tuple(selected)
    return [
        (name, chosen)
        for chosen in request.chosen(name)
        if not any(value.is_called(chosen) for value in boxes)
    ]


def _facet_view(name: str, values: FacetValues, request: SearchRequest, links: Links) -> FacetView:
    found = _groups(with_distinct_labels(values))
    shown = found
    if len(found) > SHOWN + 2:  # two lines are no longer than the link and the field for the others
        chosen = [group for group in found[SHOWN:] if any(value.selected for value in group)]
        shown = found[:SHOWN] + chosen
    is_cut = len(shown) < len(found) or values.distinct > sum(value.count > 0 for value in values)
    return FacetView(
        name=name,
        title=FACETS[name].title,
        shown=tuple([_box(name, group) for group in shown]),
        distinct=values.distinct,
        is_cut=values.is_cut,
        all_url=links.facet(name, FacetAsked(request)) if is_cut else "",
        clear_url=links.search(with_values(request, name, ())) if request.chosen(name) else "",
        hidden=tuple(links.pairs(changed(request))) if is_cut else (),
    )


def _groups(values: Iterable[FacetValue]) -> list[list[FacetValue]]:
    """Return values, each with those below it in the tree, which follow it."""
    groups: list[list[FacetValue]] = []
    for value in values:
        if groups and value.depth > groups[-1][0].depth:
            groups[-1].append(value)
        else:
            groups.append([value])
    return groups


def _box(name: str, group: Sequence[FacetValue]) -> FacetBox:
    """Return the box of a value, with those of what is below it."""
    value, *others = group
    below = tuple([_box(name, each) for each in _groups(others)])
    is_open = bool(below) and any(one.selected for one in group)
    label = value_label(name, value.value, value.label)
    return FacetBox(value.value, label, value.count, value.selected, below, is_open)
