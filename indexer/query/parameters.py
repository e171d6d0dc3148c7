"""What a search can be asked with: one table of parameters, of which the module's keywords, the options
of the command line, the addresses of the page and the reference of the API are made; and the orders, the
intervals and the other choices that parameters have.

A parameter is a row of PARAMETERS, a key of `SearchOptions` and a field of `SearchRequest`. Nothing here
needs a library but what the article model needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import NamedTuple

from indexer.article import ARTICLE_FIELDS
from indexer.checks import MATCHES
from indexer.facets import FACETS, ChosenValues
from indexer.formats import ANSWERS
from indexer.messages import say

ORIGINS: tuple[str, ...] = ("file", "related")
SUGGESTION_KINDS: tuple[str, ...] = ("topic", "provider", "phrase", "title")
NONE = "none"  # the facet value of what has no value

MAX_CHOSEN = 50  # values of all facets in a request; a page has links in proportion to their square
MAX_PAGE = 100_000
MAX_FACET_SIZE = 10_000
MAX_QUERIES = 5  # of a timeline
MAX_PERIODS = 10_000  # of a timeline
MAX_DIRECTORY = 10_000  # values of a directory, the largest
MAX_LISTED = 500  # of them on a page
DEFAULT_LISTED = 50
VALUE_ORDERS = ("count", "name")  # of values
MAX_SUGGESTIONS = 100
DEFAULT_SUGGESTIONS = 10
MAX_NUMBER = 10**9
CALENDAR = "The date must exist."


class Sort(NamedTuple):
    """An order: `label` in a list of orders, `phrase` behind a number of articles."""

    label: str
    phrase: str


SORTS: Mapping[str, Sort] = {
    "relevance": Sort(say("Relevance"), "by relevance"),
    "newest": Sort(say("Newest"), "newest first"),
    "oldest": Sort(say("Oldest"), "oldest first"),
    "quality": Sort(say("Quality"), "by quality"),
    "heat": Sort(say("Popularity"), "by popularity"),
}


class Interval(NamedTuple):
    """The length of the periods of a timeline: `longest` is the span in days up to which it is chosen,
    `before` what stands before the name of such a period."""

    longest: float
    before: str


# A quarter, three years, sixteen: so there are no more than about two hundred periods, and years only
# where months would be too many.
INTERVALS: Mapping[str, Interval] = {
    "day": Interval(92, "on"),
    "week": Interval(3 * 366, "in the"),
    "month": Interval(16 * 366, "in"),
    "year": Interval(float("inf"), "in"),
}


class Kind(Enum):
    """How the value of a parameter is read, checked and written."""

    TEXT = "text"
    VALUES = "values"  # of a facet: one or several
    DATE = "date"
    FLAG = "flag"  # true, or left out
    EITHER = "either"  # true or false; left out, it is both
    CHOICE = "choice"
    NAMES = "names with commas between"
    WHOLE = "whole number"
    DECIMAL = "number"


class Role(Enum):
    """What a parameter changes, and so where it is taken."""

    QUERY = "the words; each of the module's methods has them as its first argument"
    FILTER = "what is found: taken wherever anything is searched"
    WORDS = "how the words are read: taken wherever anything is searched"
    MATCH = "what is found and counted: taken by searches and their facets"
    PAGE = "the order, the page, and what is reported of it: taken by searches alone"
    ADDRESS = "how an address is read or answered: taken by the page and the API alone"


class States(NamedTuple):
    """The values of a parameter as a reader chooses among them: under which heading of the page, whose
    anchor is `facet-ANCHOR`, what the filter is called where it is in force, and each value's label. Where
    None has none, the settings say what it stands for."""

    heading: str
    anchor: str
    chip: str
    labels: Mapping[str | bool | None, str]


class Parameter(NamedTuple):
    """One row of the table. `low` and `high` are the limits of a number, where the settings have none."""

    name: str
    kind: Kind
    role: Role
    help: str
    example: str
    low: float = 0
    high: float = MAX_NUMBER
    choices: tuple[str, ...] = ()
    states: States | None = None

    @property
    def repeats(self) -> bool:
        """Whether it can be given several times."""
        return self.kind is Kind.VALUES

    @property
    def meaning(self) -> str:
        """What it means in an address, where what is true is written as 1."""
        return f"`1` {self.help[0].lower()}{self.help[1:]}" if self.kind is Kind.FLAG else self.help


_ROWS = (
    Parameter(
        "q",
        Kind.TEXT,
        Role.QUERY,
        "The query, in the language above; nothing matches everything.",
        "facial recognition",
    ),
    *(Parameter(f.name, Kind.VALUES, Role.FILTER, f.help, f.example) for f in FACETS.values()),
    Parameter(
        "after",
        Kind.DATE,
        Role.FILTER,
        f"Articles after this day, month or year, which is not included. {CALENDAR}",
        "2020-06",
    ),
    Parameter(
        "before",
        Kind.DATE,
        Role.FILTER,
        f"Articles before this day, month or year, which is not included. {CALENDAR}",
        "2020-06",
    ),
    Parameter(
        "from",
        Kind.DATE,
        Role.ADDRESS,
        f"The first day, month or year to include; not together with `after`. {CALENDAR}",
        "2020-06-01",
    ),
    Parameter(
        "to",
        Kind.DATE,
        Role.ADDRESS,
        f"The last day, month or year to include; not together with `before`. {CALENDAR}",
        "2020-06-30",
    ),
    Parameter(
        "featured",
        Kind.EITHER,
        Role.FILTER,
        "`yes` for featured articles only, `no` for the others; without it, both.",
        "yes",
        states=States(
            say("Featured"),
            "featured",
            say("Chosen"),
            {None: say("All"), True: say("Featured"), False: say("Not featured")},
        ),
    ),
    Parameter(
        "origin",
        Kind.CHOICE,
        Role.FILTER,
        "`file` for articles with a file of their own, `related` for the others.",
        "file",
        choices=ORIGINS,
        states=States(
            say("Entries"),
            "origin",
            say("Entries"),
            {
                None: say("All"),
                "file": say("Articles of the archive"),
                "related": say("Only linked from others"),
            },
        ),
    ),
    Parameter(
        "match",
        Kind.CHOICE,
        Role.WORDS,
        "`all` for articles with all of the words, `any` for any of them; `auto` gives first those with all, "
        "then those with some.",
        "any",
        choices=MATCHES,
        states=States(
            say("Words"),
            "match",
            say("Words"),
            {
                "auto": say("All of them, then some"),
                "all": say("All of them only"),
                "any": say("Any of them"),
            },
        ),
    ),
    Parameter(
        "unfinished",
        Kind.FLAG,
        Role.WORDS,
        "Also reads the last word as the beginning of a longer one: for results while typing.",
        "1",
    ),
    Parameter(
        "collapse",
        Kind.FLAG,
        Role.MATCH,
        "Gives each story once: copies and versions of a text as one.",
        "1",
        states=States(
            say("Duplicates"),
            "copies",
            say("Duplicates"),
            {False: say("Every version"), True: say("Each story once")},
        ),
    ),
    Parameter(
        "sort",
        Kind.CHOICE,
        Role.PAGE,
        f"One of {', '.join(SORTS)}; by default relevance where the query has words, otherwise newest.",
        "newest",
        choices=tuple(SORTS),
    ),
    Parameter("page", Kind.WHOLE, Role.PAGE, "The page, from 1.", "2", low=1, high=MAX_PAGE),
    Parameter("size", Kind.WHOLE, Role.PAGE, "Articles on a page.", "20", low=1),
    Parameter(
        "cursor", Kind.TEXT, Role.PAGE, "The `next_cursor` of an answer, unchanged; it overrides `page`.", "…"
    ),
    Parameter(
        "facet_size",
        Kind.WHOLE,
        Role.PAGE,
        "How many values of each facet are given.",
        "100",
        high=MAX_FACET_SIZE,
    ),
    Parameter(
        "since_generation",
        Kind.WHOLE,
        Role.PAGE,
        "The `generation` of an earlier answer: the answer shows what has changed since then. One that is "
        "to come, or no longer known, is refused.",
        "1",
        low=1,
    ),
    Parameter(
        "broaden",
        Kind.FLAG,
        Role.MATCH,
        "Finds any of the words, and words of the best articles.",
        "1",
        states=States(
            say("Matching"),
            "broaden",
            say("Matching"),
            {False: say("The words of the query"), True: say("Any of them, and related words")},
        ),
    ),
    Parameter(
        "recency_weight",
        Kind.DECIMAL,
        Role.PAGE,
        "How much recency adds to the relevance; 1 doubles that of an article of today.",
        "0.5",
        high=100,
    ),
    Parameter(
        "recency_half_life_days",
        Kind.DECIMAL,
        Role.PAGE,
        "The age in days at which half of that remains.",
        "90",
        low=0.01,
        high=100_000,
    ),
    Parameter(
        "quality_weight",
        Kind.DECIMAL,
        Role.PAGE,
        "How much quality adds to the relevance; 1 doubles that of the best article.",
        "0.5",
        high=100,
    ),
    Parameter(
        "heat_weight",
        Kind.DECIMAL,
        Role.PAGE,
        "How much popularity adds to the relevance; 1 doubles that of the most popular article.",
        "0.5",
        high=100,
    ),
    Parameter(
        "compact", Kind.FLAG, Role.ADDRESS, "Shows more articles at once on the page, with less of each.", "1"
    ),
    Parameter(
        "explain", Kind.FLAG, Role.ADDRESS, "Shows how the query was read, and how each score is made.", "1"
    ),
    Parameter(
        "fields",
        Kind.NAMES,
        Role.ADDRESS,
        "The fields of each article in JSON, separated by commas; by default all but `related`.",
        "title,url",
        choices=ARTICLE_FIELDS,
    ),
    Parameter(
        "format",
        Kind.CHOICE,
        Role.ADDRESS,
        f"The format of an answer of the API: {', '.join(ANSWERS)}; of an export and of a reference, others.",
        ANSWERS[0],
        choices=ANSWERS,
    ),
)
PARAMETERS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in _ROWS}


def names_of(*roles: Role) -> tuple[str, ...]:
    """Return the names of the parameters of these roles, in the order of the table."""
    return tuple(name for name, parameter in PARAMETERS.items() if parameter.role in roles)


FILTERS = names_of(Role.FILTER)
NO_FACETS = tuple(name for name in FILTERS if name not in FACETS)  # filters that are none
FINDING = names_of(Role.FILTER, Role.WORDS)  # what changes what is found
KEYWORDS = names_of(Role.FILTER, Role.WORDS, Role.MATCH, Role.PAGE)  # those of the module


class FilterOptions(ChosenValues, total=False):
    """What is found, as keywords. Values of one facet are alternatives, facets narrow each other."""

    after: str | date | None
    before: str | date | None
    featured: bool | None
    origin: str | None
    match: str | None
    unfinished: bool | None


class SearchOptions(FilterOptions, total=False):
    """All of the table as keywords; None is as if left out."""

    collapse: bool | None
    sort: str | None
    page: int | None
    size: int | None
    cursor: str | None
    facet_size: int | None
    since_generation: int | None
    broaden: bool | None
    recency_weight: float | None
    recency_half_life_days: float | None
    quality_weight: float | None
    heat_weight: float | None
