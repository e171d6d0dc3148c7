"""What is asked: a search with its filters, order and page, a timeline, a comparison. Loose values
become a checked, frozen `SearchRequest`; a RequestError names the parameter that is wrong."""

from __future__ import annotations

import operator
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from indexer.article import ARTICLE_FIELDS, UNLISTED
from indexer.errors import RequestError, did_you_mean
from indexer.facets import FACETS, VALUE_FACETS
from indexer.messages import say
from indexer.query.checking import CHECKS, check_number
from indexer.query.parameters import (
    DEFAULT_LISTED,
    FINDING,
    INTERVALS,
    KEYWORDS,
    MAX_CHOSEN,
    MAX_LISTED,
    MAX_PAGE,
    MAX_QUERIES,
    NO_FACETS,
    PARAMETERS,
    SUGGESTION_KINDS,
    VALUE_ORDERS,
    Kind,
    Role,
    names_of,
)

if TYPE_CHECKING:
    from whoosh.query import Query

    from indexer.config import RankingSettings, Settings

Side: TypeAlias = "str | Query | Mapping[str, Any]"  # of a comparison
_SIDE_HELP = "Give a query, or filters such as {'provider': 'bbc.com'}."
OF_A_PAGE = ("page", "size", "cursor", "facet_size", "since_generation")  # the same search without them
_SAID = tuple(
    name for name in names_of(Role.FILTER, Role.WORDS, Role.PAGE, Role.MATCH) if name not in OF_A_PAGE
)


def query_text(query: str | Query) -> str:
    """Return a query as text; of a tree whatever form Whoosh gives it, for some have but one of two."""
    try:
        return str(query)
    except NotImplementedError:
        return repr(query)


@dataclass(frozen=True, slots=True)
class Blend:
    """What is mixed into the order of relevance: weights, 0 for not at all, and a half-life in days."""

    recency_weight: float = 0.0
    recency_half_life_days: float = 365.0
    quality_weight: float = 0.0
    heat_weight: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.recency_weight or self.quality_weight or self.heat_weight)


BLENDS = tuple(weight.name for weight in fields(Blend))
_FIELDS = tuple(name for name in KEYWORDS if name not in FACETS and name not in BLENDS)
_fields_of = operator.attrgetter(*_FIELDS)
_PLACES = {name: place for place, name in enumerate(PARAMETERS)}


@dataclass(frozen=True)  # without slots: one made of `vars` spares each row of `benchmarks.before` 5 µs
class SearchRequest:
    """A checked request; PARAMETERS says what each of its fields means.

    `filters` has chosen values by facet: alternatives within one, all of them across. `after` and
    `before` are dates as text; `sort` None is relevance where there are words to be relevant to, else
    newest; `match` None is as the settings say. `page` counts from 1 and gives way to `cursor`. `blend`
    changes the order of relevance. `days_included`: whoever asks gave the first and the last day to include,
    from which `after` and `before` were made.
    """

    query: str | Query = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: str | None = None
    before: str | None = None
    featured: bool | None = None
    origin: str | None = None
    sort: str | None = None
    page: int = 1
    size: int = 10
    cursor: str | None = None
    facet_size: int = 20
    match: str | None = None
    unfinished: bool = False
    broaden: bool = False
    blend: Blend = Blend()
    collapse: bool = False
    since_generation: int | None = None
    days_included: bool = field(default=False, compare=False)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the query narrows what is found."""
        return any(self.filters.values()) or any(getattr(self, name) is not None for name in NO_FACETS)

    def changed(self, **changes: Any) -> SearchRequest:
        """Return the same but for some fields. `dataclasses.replace`, which calls `__init__`, takes five
        times as long: a page of `benchmarks.pages` has ten."""
        request = object.__new__(SearchRequest)
        vars(request).update(vars(self) | changes)
        return request

    def value(self, name: str) -> Any:
        """Return what one of PARAMETERS is: of a facet a tuple, empty where no value is chosen."""
        if name in FACETS:
            return self.chosen(name)
        if name in BLENDS:
            return getattr(self.blend, name)
        return getattr(self, "query" if name == "q" else name)

    def differing(self, other: SearchRequest) -> dict[str, Any]:
        """Return what is otherwise than in `other`, by the names of PARAMETERS, in their order."""
        found: dict[str, Any] = {}
        if self.filters != other.filters:
            found = {name: self.chosen(name) for name in FACETS if self.chosen(name) != other.chosen(name)}
        if self.blend != other.blend:
            found |= {name: self.value(name) for name in BLENDS if self.value(name) != other.value(name)}
        pairs = zip(_FIELDS, _fields_of(self), _fields_of(other), strict=True)
        found |= {name: own for name, own, others in pairs if own != others}
        if self.query != other.query:
            found["q"] = self.query
        return {name: found[name] for name in sorted(found, key=_PLACES.__getitem__)}

    def to_json(self, usual: Blend | None = None) -> dict[str, Any]:
        """Return the keywords of `Archive.search` that say what is looked for and in which order.

        Of the blend all is said, since settings can have one that it differs from; but for what is as in
        `usual`, where one is given.
        """
        said: dict[str, Any] = {"query": query_text(self.query)}
        for name in _SAID:
            value = self.value(name)
            if name in BLENDS:
                if usual is None or value != getattr(usual, name):
                    said[name] = value
            elif value not in (None, ()) and not (value is False and PARAMETERS[name].kind is Kind.FLAG):
                said[name] = list(value) if name in FACETS else value
        return said

    def pairs(self, usual: SearchRequest) -> list[tuple[str, str]]:
        """Return names and values as addresses have them, in the order of PARAMETERS, without what is as in
        `usual`."""
        found = self.differing(usual)
        return [
            (name, text) for name, value in found.items() for text in written(PARAMETERS[name].kind, value)
        ]

    def chosen(self, facet: str) -> tuple[str, ...]:
        """Return the values chosen in `facet`."""
        return self.filters.get(facet, ())


def written(kind: Kind, value: Any) -> Iterable[str]:
    """Return a value as addresses have it; of what is as usual, and what is nothing, there is none."""
    if kind is Kind.VALUES:
        return tuple(value)
    if kind is Kind.EITHER:
        return () if value is None else ("yes" if value else "no",)
    if kind is Kind.FLAG:
        return ("1",) if value else ()
    return () if value is None else (repr(value) if kind is Kind.DECIMAL else str(value),)


USUAL = SearchRequest()


def usual_request(settings: Settings) -> SearchRequest:
    """Return the request for everything, with the page size and the blend that the settings have."""
    return _usual_request(settings.search.page_size, settings.search.facet_size, settings.ranking)


@lru_cache
def _usual_request(size: int, facet_size: int, ranking: RankingSettings) -> SearchRequest:
    return SearchRequest(size=size, facet_size=facet_size, blend=Blend(**asdict(ranking)))


def build_request(
    query: str | Query = "", usual: SearchRequest = USUAL, *, max_size: int = 100, **given: Any
) -> SearchRequest:
    """Return the request that the keywords of `Archive.search` describe; what they do not say is as in the
    `usual` one, which has no filters.

    Facets take a value or several; `after`, `before` and `date` take text or dates. None and
    nothing are the same. Raises RequestError.
    """
    if not is_query(query):
        raise RequestError(
            "the query is neither text nor a query tree", where=type(query).__name__, cure="Give a text."
        )
    filters: dict[str, tuple[str, ...]] = {}
    weights: dict[str, float] = {}
    rest: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        if name not in KEYWORDS:
            raise RequestError(
                say("unknown parameter '{name}'", name=name), cure=did_you_mean(name, KEYWORDS)
            )
        parameter = PARAMETERS[name]
        if name == "size":
            parameter = parameter._replace(high=max_size)
        checked = CHECKS[parameter.kind](parameter, value)
        if name in BLENDS:
            weights[name] = checked
        elif name not in FACETS:
            rest[name] = checked
        elif checked:
            filters[name] = checked
    if weights:
        rest["blend"] = replace(usual.blend, **weights)
    return usual.changed(query=query, filters=_ordered(filters), **rest)


def _ordered(filters: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the chosen values in the order of the facets. Raises RequestError for too many."""
    chosen = sum(map(len, filters.values()))
    if chosen > MAX_CHOSEN:
        raise RequestError(
            say("a search takes at most {most} values of facets, not {count}", most=MAX_CHOSEN, count=chosen),
            cure=say("Choose fewer, or search in steps."),
        )
    return {name: filters[name] for name in FACETS if name in filters}


def only_filters(given: Mapping[str, object]) -> dict[str, Any]:
    """Return `given`. Raises RequestError for what does not change what is found: an order or a page means
    nothing here."""
    for name in given:
        if name not in FINDING:
            raise RequestError(f"'{name}' is not a filter", cure=did_you_mean(name, FINDING))
    return dict(given)


@dataclass(frozen=True, slots=True)
class DirectoryRequest:
    """A page of the values of a facet, of all articles: those that have `find` in what they are called, in
    one of VALUE_ORDERS. `page` counts from 1."""

    facet: str
    find: str = ""
    order: str = VALUE_ORDERS[0]
    page: int = 1
    size: int = DEFAULT_LISTED


def check_directory(request: DirectoryRequest) -> DirectoryRequest:
    """Return `request`. Raises RequestError for what cannot be listed."""
    if request.facet not in VALUE_FACETS:
        cure = did_you_mean(request.facet, VALUE_FACETS)
        raise RequestError(f"there is no directory of '{request.facet}'", cure=cure)
    if request.order not in VALUE_ORDERS:
        cure = did_you_mean(request.order, VALUE_ORDERS)
        raise RequestError(f"'order' cannot be '{request.order}'", cure=cure)
    check_number("page", request.page, 1, MAX_PAGE)
    check_number("size", request.size, 1, MAX_LISTED)
    return request


def check_interval(interval: str | None) -> str | None:
    """Return `interval`. Raises RequestError for an unknown one."""
    if interval is not None and interval not in INTERVALS:
        raise RequestError(
            say("'{name}' cannot be '{value}'", name="interval", value=interval),
            cure=did_you_mean(str(interval), INTERVALS),
        )
    return interval


def check_queries(requests: list[SearchRequest]) -> list[SearchRequest]:
    """Return `requests`. Raises RequestError for none and for too many."""
    if not 1 <= len(requests) <= MAX_QUERIES:
        raise RequestError(
            say("a timeline takes one to {most} queries, not {count}", most=MAX_QUERIES, count=len(requests)),
            cure=say("Use several requests.") if requests else "Give one; an empty text finds every article.",
        )
    return requests


def named_side(
    side: Side, query: str | Query, filters: Mapping[str, Any]
) -> tuple[str, str | Query, dict[str, Any]]:
    """Return the name of a side of a comparison, its query and its filters: what it gives itself, and
    `query` and `filters` for the rest."""
    if isinstance(side, Mapping):
        own = dict(side)
        text = own.pop("query", query)
        if not own and "query" not in side:
            raise RequestError("a side of a comparison has nothing of its own", cure=_SIDE_HELP)
        name = " ".join(_in_words(value) for value in side.values() if value is not None)
        return name, text, {**filters, **own}
    if not is_query(side):
        raise RequestError("a side of a comparison cannot be read", where=repr(side), cure=_SIDE_HELP)
    return query_text(side), side, dict(filters)


def is_query(value: object) -> bool:
    """Return whether `value` is a text or a query tree."""
    if isinstance(value, str):
        return True
    trees = sys.modules.get("whoosh.query")  # where it was not loaded there is no tree
    return trees is not None and isinstance(value, trees.Query)


def _in_words(value: object) -> str:
    """Return a value of a side, or several, of which any will do."""
    return " or ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)


def fields_left_out(names: Iterable[str]) -> Collection[str]:
    """Return the fields of an article that a list leaves out where just those called `names` are wanted, or
    without a name what it leaves out anyway. Raises RequestError for an unknown one."""
    wanted = {name.strip() for name in names} - {""}
    for name in sorted(wanted):
        if name not in ARTICLE_FIELDS:
            raise RequestError(f"an article has no field '{name}'", cure=did_you_mean(name, ARTICLE_FIELDS))
    return frozenset(ARTICLE_FIELDS) - wanted if wanted else UNLISTED


def check_kinds(kinds: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the kinds that are asked for, each once, in the order of the table. Raises RequestError."""
    if kinds is None:
        return SUGGESTION_KINDS
    asked = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    for kind in asked:
        if kind not in SUGGESTION_KINDS:
            raise RequestError(
                f"there is no kind of suggestion '{kind}'", cure=did_you_mean(kind, SUGGESTION_KINDS)
            )
    return tuple(kind for kind in SUGGESTION_KINDS if kind in asked)
