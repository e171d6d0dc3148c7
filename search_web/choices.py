"""Links of which one is in force: orders, and the states of a search. Give me a request, I return them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.query.answers.results import Results
from indexer.query.request import SORTS, SearchRequest
from search_web.links import Links
from search_web.params import changed

SORT_LABELS: Mapping[str, str] = {
    "relevance": "Relevance",
    "newest": "Newest",
    "oldest": "Oldest",
    "quality": "Quality",
    "heat": "Heat",
}
# By the request's attribute, what each of its values is called.
STATES: Mapping[str, Mapping[str | bool | None, str]] = {
    "featured": {None: "All", True: "Featured", False: "Not featured"},
    "origin": {None: "All", "file": "With a file of their own", "related": "Known from related lists"},
    "broaden": {False: "The words of the query", True: "Any of them, and related words"},
    "collapse": {False: "Every article", True: "Each story once"},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that is one of several: a sort, a state, a page."""

    label: str
    url: str
    current: bool = False


def nouns(request: SearchRequest) -> tuple[str, str]:
    """Return what a search counts: one, and several of it."""
    return ("story", "stories") if request.collapse else ("article", "articles")


def sort_choices(results: Results, request: SearchRequest, links: Links) -> tuple[Choice, ...]:
    """Return the orders; relevance only where there is something to be relevant to."""
    names = SORTS if str(request.query).strip() or results.sort == "relevance" else SORTS[1:]
    return tuple(
        Choice(SORT_LABELS[name], links.search(changed(request, sort=name)), name == results.sort)
        for name in names
    )


def state_choices(name: str, request: SearchRequest, links: Links) -> tuple[Choice, ...]:
    """Return the states of one of STATES."""
    return tuple(
        Choice(label, links.search(changed(request, **{name: state})), getattr(request, name) == state)
        for state, label in STATES[name].items()
    )
