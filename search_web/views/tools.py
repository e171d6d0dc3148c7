"""What a reader may switch: results, a request and what is of use in the archive -> choices, each with its
link."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from indexer.config import Settings
from indexer.messages import say
from indexer.query.answers.results import Results
from indexer.query.parameters import PARAMETERS, SORTS, Role, States
from indexer.query.request import SearchRequest
from search_web.links import Links
from search_web.views.search import TextLink

SIZES = (10, 20, 50)  # articles on a page, beside what the settings say
AT_TIMES = ("quality", "heat", "featured", "origin")  # not every archive has what these sort or filter by
_ordered = sorted(
    PARAMETERS.values(), key=lambda each: (each.role is Role.FILTER, each.role is not Role.WORDS, each.name)
)
_SWITCHES = tuple((each.name, each.states) for each in _ordered if each.states is not None)


def sort_choices(
    results: Results, request: SearchRequest, links: Links, useful: Container[str]
) -> tuple[TextLink, ...]:
    """Return the orders; relevance only where there is something to be relevant to, and others only where
    they are `useful` or in force."""
    relevant = str(request.query).strip() or results.sort == "relevance"
    labels = {
        name: sort.label
        for name, sort in SORTS.items()
        if (relevant or name != "relevance") and (_shown(name, useful) or name == results.sort)
    }
    return _choices("sort", labels, results.sort, request, links)


def size_choices(
    results: Results, request: SearchRequest, links: Links, settings: Settings
) -> tuple[TextLink, ...]:
    """Return how many articles a page may have; nothing where the least is enough for all."""
    usual, most = settings.search.page_size, settings.search.max_page_size
    sizes = sorted({size for size in (*SIZES, usual) if size <= most} | {request.size})
    found = results.total + results.begun_total + results.some_total
    if found <= sizes[0] and request.size == usual:
        return ()
    return _choices("size", {size: str(size) for size in sizes}, request.size, request, links)


def view_choices(request: SearchRequest, links: Links) -> tuple[TextLink, ...]:
    """Return the two ways to show the articles of a page."""
    return tuple(
        TextLink(label, links.viewed(compact).search(request), links.compact is compact)
        for label, compact in ((say("Full"), False), (say("Compact"), True))
    )


def state_choices(
    results: Results, request: SearchRequest, links: Links, useful: Container[str]
) -> list[tuple[States, tuple[TextLink, ...]]]:
    """Return what a search may be switched between: first what matches, then what is left out; only what is
    `useful` or in force."""
    useless: tuple[str, ...] = ()
    if not request.query:  # there are no words of which any would do
        useless = ("broaden", "match")
    elif len(results.parsed.words) + len(results.parsed.required) < 2 and request.match is None:
        useless = ("match",)
    found = []
    for name, states in _SWITCHES:
        here = request.value(name)
        if name not in useless and (here is not None or _shown(name, useful)):
            here = results.match if name == "match" else here
            found.append((states, _choices(name, states.labels, here, request, links)))
    return found


def _shown(name: str, useful: Container[str]) -> bool:
    return name not in AT_TIMES or name in useful


def _choices(
    name: str, labels: Mapping[Any, str], here: object, request: SearchRequest, links: Links
) -> tuple[TextLink, ...]:
    """Return a link to the search with each of the values of a parameter; it has `here` now."""
    address = links.varying(request, name)
    return tuple([TextLink(label, address(value), value == here) for value, label in labels.items()])
