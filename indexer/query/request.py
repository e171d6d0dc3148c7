"""A search as it is asked for: text or a query tree, filters, order, page. Give me loose values, I
return a checked, frozen `SearchRequest`, or raise a RequestError that names the parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from indexer.article import ORIGIN_FILE, ORIGIN_RELATED
from indexer.errors import RequestError, did_you_mean

if TYPE_CHECKING:
    from whoosh.query import Query

FACETS: tuple[str, ...] = ("topic", "provider", "date", "category", "type", "tag", "author")
VALUE_FACETS = tuple(name for name in FACETS if name != "date")
SORTS: tuple[str, ...] = ("relevance", "newest", "oldest", "quality", "heat")
INTERVALS: tuple[str, ...] = ("day", "week", "month", "year")
SUGGESTION_KINDS: tuple[str, ...] = ("topic", "provider", "phrase", "title")
MAX_SUGGESTIONS = 100
ORIGINS: tuple[str, ...] = (ORIGIN_FILE, ORIGIN_RELATED)
NONE = "none"  # the facet value of what has no value

# Between which numbers each may be, as in the settings.
BLENDS: Mapping[str, tuple[float, float]] = {
    "recency_weight": (0, 100),
    "recency_half_life_days": (0.01, 100_000),
    "quality_weight": (0, 100),
    "heat_weight": (0, 100),
}

MOST_CHOSEN = 50  # values of one facet in a request; a page has links in proportion to their square
DATE_CURE = "Write a year, a month or a day, such as 2020, 2020-06 or 2020-06-25."


@dataclass(frozen=True, slots=True)
class Blend:
    """What is mixed into the order of relevance: weights, 0 for not at all, and a half-life in days."""

    recency_weight: float = 0.0
    recency_half_life_days: float = 365.0
    quality_weight: float = 0.0
    heat_weight: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.recency_weight or self.quality_weight or self.heat_weight)


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A checked request. `filters` has chosen values by facet: alternatives within one, all of them
    across. `after` and `before` are dates as text; `sort` None is relevance where there are words
    to be relevant to, else newest. `page` counts from 1 and gives way to `cursor`. With `broaden` any of
    the words will do, and words of the best articles; `blend` changes the order of relevance. `collapse`
    gives and counts stories, near-identical articles as one, in place of articles.
    `since_generation` asks what became of the results since, and changes nothing in them."""

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
    facet_size: int = 50
    broaden: bool = False
    blend: Blend = Blend()
    collapse: bool = False
    since_generation: int | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the query narrows what is found."""
        given = (self.after, self.before, self.featured, self.origin)
        return bool(self.filters) or any(value is not None for value in given)

    def to_json(self, usual: Blend | None = None) -> dict[str, Any]:
        """Return the keywords of `Archive.search` that say what is looked for and in which order.

        Of the blend all is said, since settings can have one that it differs from; but for what is as in
        `usual`, where one is given.
        """
        named = {"after": self.after, "before": self.before, "featured": self.featured}
        named |= {"origin": self.origin, "sort": self.sort}
        given = {name: value for name, value in named.items() if value is not None}
        given |= {name: True for name in ("broaden", "collapse") if getattr(self, name)}
        given |= {
            name: value
            for name, value in asdict(self.blend).items()
            if usual is None or value != getattr(usual, name)
        }
        chosen = {name: list(values) for name, values in self.filters.items()}
        return {"query": str(self.query), **chosen, **given}

    def chosen(self, facet: str) -> tuple[str, ...]:
        """Return the values chosen in `facet`."""
        return self.filters.get(facet, ())


def _is_tree(query: object) -> bool:
    from whoosh.query import Query  # noqa: PLC0415 - the tables of this module are read without Whoosh

    return isinstance(query, Query)


def build_request(query: str | Query = "", *, max_size: int = 100, **given: Any) -> SearchRequest:
    """Return the request that the keywords of `Archive.search` describe.

    Facets take a value or several; `after`, `before` and `date` take text or dates. None and
    nothing are the same. Raises RequestError.
    """
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    known = {
        *FACETS, "after", "before", "featured", "origin", "sort", "page", "size", "cursor", "facet_size",
        "broaden", "collapse", "since_generation", *BLENDS,
    }  # fmt: skip
    for name in values:
        if name not in known:
            raise RequestError(f"unknown parameter '{name}'", cure=did_you_mean(name, known))
    if not isinstance(query, str) and not _is_tree(query):
        raise RequestError(
            "the query is neither text nor a query tree", where=type(query).__name__, cure="Give a text."
        )
    filters = {name: chosen for name in FACETS if (chosen := _texts(name, values.pop(name, ())))}
    for name in ("after", "before"):
        if name in values:
            values[name] = _date_text(name, values[name])
    _check_choice("sort", values, SORTS)
    _check_choice("origin", values, ORIGINS)
    if not isinstance(values.get("cursor", ""), str):
        raise RequestError("'cursor' takes the text of a page's `next_cursor`", where=repr(values["cursor"]))
    _check_number("page", values, 1, 10**9)
    _check_number("size", values, 1, max_size)
    _check_number("facet_size", values, 0, 10**6)
    _check_number("since_generation", values, 1, 10**9)
    _take_ranking(values)
    _check_flag("featured", values, "Leave it out for any.")
    _check_flag("collapse", values, "True gives each story once.")
    return SearchRequest(query=query, filters=filters, **values)


def _take_ranking(values: dict[str, Any]) -> None:
    """Check `broaden`, and put the values of BLENDS together as `blend`."""
    _check_flag("broaden", values, "True takes any of the words.")
    weights: dict[str, float] = {}
    for name in BLENDS:
        if name in values:
            weights[name] = _number_between(name, values.pop(name), *BLENDS[name])
    if weights:
        values["blend"] = Blend(**weights)


def _number_between(name: str, value: object, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RequestError(f"'{name}' must be a number from {low:g} to {high:g}, not {value!r}")
    return float(value)


def _texts(name: str, given: object) -> tuple[str, ...]:
    """Return the chosen values of a facet as texts, each once, in the order given."""
    items: Iterable[object] = (
        (given,) if isinstance(given, str | date) else given if isinstance(given, Iterable) else (given,)
    )
    texts: dict[str, None] = {}
    for item in items:
        if not isinstance(item, str | date):
            raise RequestError(
                f"'{name}' takes a text or several", where=repr(item), cure=f"For example {name}='{NONE}'."
            )
        text = _date_text(name, item) if isinstance(item, date) else item.strip()
        if text:
            texts[text] = None
    if len(texts) > MOST_CHOSEN:
        raise RequestError(
            f"'{name}' takes at most {MOST_CHOSEN} values", cure="Choose fewer, or search in steps."
        )
    return tuple(texts)


def _date_text(name: str, given: object) -> str | None:
    if isinstance(given, datetime):
        return given.date().isoformat()
    if isinstance(given, date):
        return given.isoformat()
    if not isinstance(given, str):
        raise RequestError(f"'{name}' takes a date", where=repr(given), cure=DATE_CURE)
    return given.strip() or None


def _check_choice(name: str, values: dict[str, Any], known: tuple[str, ...]) -> None:
    if name in values and values[name] not in known:
        raise RequestError(
            f"'{name}' cannot be {values[name]!r}", cure=did_you_mean(str(values[name]), known)
        )


def _check_flag(name: str, values: dict[str, Any], cure: str) -> None:
    if not isinstance(values.get(name, True), bool):
        raise RequestError(f"'{name}' must be true or false", where=repr(values[name]), cure=cure)


def _check_number(name: str, values: dict[str, Any], low: int, high: int) -> None:
    check_number(name, values.get(name, low), low, high)


def check_number(name: str, value: object, low: int, high: int) -> int:
    """Return `value`. Raises RequestError for what is no whole number from `low` to `high`."""
    if type(value) is not int or not low <= value <= high:
        raise RequestError(f"'{name}' must be a whole number from {low} to {high}, not {value!r}")
    return value
