"""The addresses of the API: what each takes and gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from indexer.errors import BackfileError
from indexer.facets import FACETS, VALUE_FACETS
from indexer.formats import ANSWERS, CITATIONS, EXPORTS, FEEDS, FORMATS
from indexer.query.parameters import (
    CALENDAR,
    DEFAULT_LISTED,
    DEFAULT_SUGGESTIONS,
    INTERVALS,
    MAX_LISTED,
    MAX_PERIODS,
    MAX_SUGGESTIONS,
    PARAMETERS,
    SUGGESTION_KINDS,
    VALUE_ORDERS,
    Kind,
    Parameter,
    Role,
    names_of,
)
from search_web.address import COMPARED, FEED_SIZE
from search_web.gate import MAX_REQUEST
from search_web.links import SEARCHED
from search_web.reference.found import FOUND
from search_web.reference.sets import SETS
from search_web.reference.shapes import Shape

PREFIX = "/api/v1"
SHAPES: Mapping[str, Shape] = {**FOUND, **SETS}
JSON = FORMATS["json"].media_type

# What may stand in a path: how Flask's rules write it, and what it is.
KEYS: Mapping[str, tuple[str, str]] = {
    "id": (
        "<key:key>",
        "An article's id, its URL (with `%3F` for a question mark) or the path of its file in the archive.",
    ),
    "name": ("<name>", "The facet:"),
}


@dataclass(frozen=True)
class Endpoint:
    """One address of the API, below PREFIX. `example` can be opened as it is where it has no `{`; `answer` is
    the shape of what it gives as JSON, `formats` are those of what it gives, the usual one first, `needs`
    names the parameters that it cannot do without, `facets` are those that may stand in its path."""

    below: str
    gives: str
    answer: str
    example: str
    takes: tuple[Parameter, ...] = ()
    note: str = ""
    formats: tuple[str, ...] = ANSWERS
    needs: frozenset[str] = frozenset()
    facets: tuple[str, ...] = tuple(FACETS)

    @property
    def media_types(self) -> tuple[str, ...]:
        """Those of its formats."""
        return tuple(dict.fromkeys(FORMATS[name].media_type for name in self.formats))

    @property
    def path(self) -> str:
        """The address, with `{id}` and the like for what differs."""
        return PREFIX + self.below

    @property
    def keys(self) -> tuple[str, ...]:
        """What differs in the path."""
        return tuple(name for name in KEYS if f"{{{name}}}" in self.below)

    def about_key(self, name: str) -> str:
        """Return what one of `keys` is."""
        return f"{KEYS[name][1]} {', '.join(self.facets)}." if name == "name" else KEYS[name][1]

    @property
    def rule(self) -> str:
        """The address as Flask's rules write it."""
        rule = self.path
        for name in self.keys:
            rule = rule.replace(f"{{{name}}}", KEYS[name][0])
        return rule

    @property
    def operation(self) -> str:
        """Its name for programs, and its place on the page of the API: `related-id`."""
        return "".join(one if one.isalpha() else "-" for one in self.below.strip("/}")).replace("--", "-")

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """What the address may have behind its question mark, by name."""
        form = PARAMETERS["format"]
        if self.formats is not ANSWERS:
            meaning = f"One of {', '.join(self.formats)}; without it {self.formats[0]}."
            form = form._replace(help=meaning, example=self.formats[-1], choices=self.formats)
        return {parameter.name: parameter for parameter in (*self.takes, form)}

    @property
    def own(self) -> tuple[Parameter, ...]:
        """The parameters that no search has, or that mean something else here."""
        return tuple(one for one in self.parameters.values() if PARAMETERS.get(one.name) is not one)


def _of_search(names: Iterable[str]) -> tuple[Parameter, ...]:
    return tuple(PARAMETERS[name] for name in names if name != "format")


def _text(name: str, meaning: str, example: str) -> Parameter:
    return Parameter(name, Kind.TEXT, Role.ADDRESS, meaning, example)


_SIZE = Parameter("size", Kind.WHOLE, Role.ADDRESS, "At most so many articles.", "5", low=1)
_FIELDS = PARAMETERS["fields"]
_FILTERED = _of_search(name for name in SEARCHED if name != "q")
_INTERVAL = Parameter(
    "interval",
    Kind.CHOICE,
    Role.ADDRESS,
    f"The length of the periods; without it, chosen by the span. More than {MAX_PERIODS:,} are refused.",
    "month",
    choices=tuple(INTERVALS),
)
# A facet is that of a search, whichever page of it is shown.
_COUNTED = ("q", "from", "to", "sort", "facet_size", *names_of(Role.FILTER, Role.WORDS, Role.MATCH))
# What an export takes in another sense than a search.
_EXPORTED = {
    "sort": PARAMETERS["sort"]._replace(
        help=f"{PARAMETERS['sort'].help} Feeds have the newest first: they refuse another order."
    ),
    "size": _SIZE._replace(help=f"Of a feed: articles on a page; without it {FEED_SIZE}.", example="20"),
    "cursor": _text(
        "cursor", "Of a feed: where its next page begins, as the address of that page has it.", "…"
    ),
}
_ANY_PAGE = "Which page of the search an address names, and how that is shown, changes nothing."

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "/search",
        "A page of what a search finds, with its facets.",
        "SearchAnswer",
        "/api/v1/search?q=recognition&sort=newest&size=2",
        _of_search(PARAMETERS),
    ),
    Endpoint(
        "/article/{id}",
        "One article, whole.",
        "Article",
        "/api/v1/article/{id}",
    ),
    Endpoint(
        "/related/{id}",
        "What goes with an article: the editors' choice first, then what is computed.",
        "RelatedAnswer",
        "/api/v1/related/{id}?size=5",
        (_SIZE, _FIELDS),
    ),
    Endpoint(
        "/related",
        "The same for an article that the archive need not have.",
        "RelatedAnswer",
        "/api/v1/related?title=Harbour+board+closes+pier&date=2020-06-24&size=5",
        (
            _text("title", "Its title.", "Harbour board closes pier"),
            _text("excerpt", "Its excerpt.", "The pier is to be repaired."),
            _text(
                "text",
                "Its text; only the beginning is used, and only without an excerpt.",
                "The harbour board…",
            ),
            _text(
                "url",
                "Its address; where the archive has it, that article is used. An address alone must be one "
                "that the archive has.",
                "https://a.example/1",
            ),
            _text("date", f"Its day, or moment (UTC). {CALENDAR}", "2020-06-24"),
            _SIZE,
            _FIELDS,
        ),
        "One of title, excerpt, text and url must be given. The `id` of the answer is what the article "
        "would have.",
    ),
    Endpoint(
        "/story/{id}",
        "The articles that are nearly one text with an article: copies and versions.",
        "Story",
        "/api/v1/story/{id}",
    ),
    Endpoint(
        "/suggest",
        "Suggestions for what is typed so far.",
        "SuggestAnswer",
        "/api/v1/suggest?q=recog",
        (
            _text("q", "What is typed so far.", "recog"),
            _SIZE._replace(
                help=f"The most suggestions; without it {DEFAULT_SUGGESTIONS}.", high=MAX_SUGGESTIONS
            ),
            Parameter(
                "kind",
                Kind.VALUES,
                Role.ADDRESS,
                "What is suggested; without it all kinds.",
                "topic",
                choices=SUGGESTION_KINDS,
            ),
        ),
    ),
    Endpoint(
        "/facets/{name}",
        "The values of one facet of a search.",
        "FacetAnswer",
        "/api/v1/facets/provider?q=recognition",
        _of_search(name for name in PARAMETERS if name in _COUNTED),
    ),
    Endpoint(
        "/directory/{name}",
        "The values of one facet, of all articles: how many each has, and when.",
        "DirectoryAnswer",
        "/api/v1/directory/provider?find=post&size=2",
        (
            _text("find", "Letters in the name of a value.", "post"),
            Parameter(
                "order", Kind.CHOICE, Role.ADDRESS, "The order of the values.", "name", choices=VALUE_ORDERS
            ),
            PARAMETERS["page"],
            _SIZE._replace(help=f"Values on a page; without it {DEFAULT_LISTED}.", high=MAX_LISTED),
        ),
        facets=tuple(VALUE_FACETS),
    ),
    Endpoint(
        "/timeline",
        "How much up to five queries find over time, and their peaks.",
        "TimelineAnswer",
        "/api/v1/timeline?q=recognition&q=ferry&interval=year",
        (
            Parameter("q", Kind.VALUES, Role.ADDRESS, "A query; may be given up to five times.", "ferry"),
            *_FILTERED,
            _INTERVAL,
        ),
    ),
    Endpoint(
        "/overview",
        "A summary of what a search finds.",
        "OverviewAnswer",
        "/api/v1/overview?q=recognition",
        _of_search(SEARCHED),
    ),
    Endpoint(
        "/compare",
        "Two searches side by side.",
        "CompareAnswer",
        "/api/v1/compare?by=topic&a=Climate&b=Energy",
        (
            Parameter("by", Kind.CHOICE, Role.ADDRESS, "What the two differ in.", "topic", choices=COMPARED),
            _text(
                "a",
                "The first query, or value of the facet; with `by=date` as in `date`.",
                "Climate",
            ),
            _text("b", "The second one.", "Energy"),
            *_of_search(SEARCHED),
            _INTERVAL,
        ),
        "The other parameters hold for both.",
        needs=frozenset({"by", "a", "b"}),
    ),
    Endpoint(
        "/export",
        "All that a search finds, of one generation.",
        "Export",
        "/api/v1/export?q=recognition&format=csv",
        tuple(_EXPORTED.get(one.name, one) for one in _of_search(PARAMETERS) if one is not _FIELDS),
        f"{' and '.join(FEEDS)} are feeds: the newest first, in pages. {_ANY_PAGE} The headers "
        "`Backfile-Generation` and `Backfile-Count` say which generation it is, and how many articles.",
        EXPORTS,
    ),
    Endpoint(
        "/cite/{id}",
        "A reference to an article.",
        "",
        "/api/v1/cite/{id}?format=bibtex",
        formats=CITATIONS,
    ),
    Endpoint(
        "/cite",
        "A reference to a search as it is answered now.",
        "",
        "/api/v1/cite?q=recognition",
        _of_search(PARAMETERS),
        _ANY_PAGE,
        formats=CITATIONS,
    ),
    Endpoint(
        "/stats",
        "The numbers of the index, and the rejected files with their reasons.",
        "Stats",
        "/api/v1/stats",
    ),
    Endpoint(
        "/openapi.json",
        "This API as an OpenAPI 3.1 document.",
        "",
        "/api/v1/openapi.json",
    ),
)
ENDPOINT_OF: Mapping[str, Endpoint] = {endpoint.rule: endpoint for endpoint in ENDPOINTS}


def errors() -> list[tuple[int, str, str]]:
    """Return status, code and meaning of each failure of the API."""
    rows = {
        (kind.http_status, kind.code, (kind.__doc__ or "").strip().splitlines()[0])
        for kind in BackfileError.__subclasses__()
        if kind.http_status != 500
    }
    rows |= {
        (405, "method_not_allowed", "The request has another method than GET."),
        (413, "body_refused", "A request had a body: none is read."),
        (
            414,
            "address_too_long",
            f"An address has more than {MAX_REQUEST:,} characters; of 65,535 or more the answer has no body.",
        ),
        (
            429,
            "too_many_requests",
            "A client sent too many requests; `Retry-After` says in how many seconds to try again.",
        ),
        (500, "internal_error", "An unexpected error; it has been written to the server's log."),
    }
    return sorted(rows)
