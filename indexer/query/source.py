"""What the search engine asks of a source of answers, and the values that pass between them.

    view = source.open()                    # one generation
    found = view.find(tree, plan)           # the plan has what the page and the facets will need
    found.total, found.page, found.facet("topic")

A view is released with the last answer that holds it. All methods are safe to share between threads,
and raise BackfileError where the source cannot answer.

What the answers of all sources have in common, `tests/query/contract` holds. A source evaluates the nodes
that the grammar makes (Term, Phrase with slop, Prefix, Wildcard, FuzzyTerm, NumericRange, Every, And, Or,
AndNot, AndMaybe) and those of scripts that it knows; it refuses any other by name. Scores count N, document
frequencies and average lengths of what the source holds, in the arrays deleted articles among them until they
are merged away. Where articles tie, the newest comes first, then the lowest id. Ids are hashes: those of the
lowest ids are a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.request import Blend

if TYPE_CHECKING:
    from datetime import tzinfo

    import numpy as np
    from numpy.typing import NDArray
    from whoosh.query import Query

    from indexer.analysis import Analyzer
    from indexer.article import Article
    from indexer.index.changes import Difference, History
    from indexer.query.answers.facet_values import FacetValues
    from indexer.query.answers.parsed import Note
    from indexer.query.answers.results import Explanation
    from indexer.query.answers.stats import ArchiveStats
    from indexer.query.language.dates import DayRange

Key: TypeAlias = Any  # a view's own name for an article: a document number, an id
Terms: TypeAlias = "Sequence[tuple[str, str]]"  # (field, term)
Counts: TypeAlias = "NDArray[np.int64]"


class Filter(NamedTuple):
    """A filter of a search: any of `values` will do. Of dates, `periods` has what each value stands for,
    None for articles without a date."""

    values: tuple[str, ...]
    periods: tuple[DayRange | None, ...] = ()


class SortValues(NamedTuple):
    """The place of a hit in an order: by `key` ascending, then the newest first, then by id. `published`
    is in epoch seconds."""

    key: float
    published: int
    id: str


class Plan(NamedTuple):
    """What an answer will need, so that a source can fetch it at once.

    filters          by name: a facet, `after`, `before`, `featured`, `origin`
    sort             one of SORTS
    pairs            terms that were typed side by side
    start, size      the hits of the page: `size` from the `start`-th on, or from `after` on
    collapse         whether stories are given and counted in place of articles
    facet_size       the most values of a facet, beside the chosen ones
    expansion_limit  the most words that a pattern stands for
    reusable         whether the tree object will be searched for again (another page, a filter)
    beyond           what searches under the same filters found: its articles are left out once all are in
                     order; where stories are collapsed, its stories
    deadline         of the whole request: a source asks it before each clause, and where it cuts, finds some
                     of the articles, and none that does not match
    """

    filters: Mapping[str, Filter] = MappingProxyType({})
    sort: str = "relevance"
    blend: Blend = Blend()
    pairs: tuple[tuple[str, str], ...] = ()
    start: int = 0
    size: int = 0
    after: SortValues | None = None
    collapse: bool = False
    facet_size: int = 50
    expansion_limit: int = 500
    reusable: bool = False
    beyond: tuple[Found, ...] = ()
    deadline: Deadline = NO_DEADLINE


class Page(NamedTuple):
    """The hits of a page in order; `before` counts the hits of the pages before it."""

    keys: list[Key]
    scores: list[float]
    before: int


class DayCounts(NamedTuple):
    """How many articles each day has; days count from 1970-01-01, ascending. Both are int64, (days,)."""

    days: Counts
    counts: Counts


class Documents(Protocol):
    """Some articles of a view."""

    @property
    def count(self) -> int:
        """How many articles these are."""

    def sample(self, size: int) -> list[str]:
        """Return title and excerpt of the `size` of them whose ids come first, in that order."""

    def days(self) -> tuple[Counts, int] | None:
        """Return how many there are on each day of the view's `days`, and how many without a date; None
        where there was no time to count."""

    def value_days(self, facet: str, values: Sequence[str]) -> Counts:
        """Return how many of them have each of some values, as `largest` names these, on each day of the
        view's `days`: (values, days)."""

    def date_span(self) -> tuple[int, int] | None:
        """Return the first and the last day, from 1970-01-01 on; None where none has a date."""

    def within(self, first: int, last: int) -> Documents:
        """Return those of the days from `first` to `last`, both included."""

    def common(self, other: Documents) -> int:
        """Return how many are in both."""

    def stories(self) -> int | None:
        """Return how many stories these are; None where there was no time to count, or too many share one."""

    def count_ids(self, ids: NDArray[np.bytes_]) -> int:
        """Return how many have one of `ids`, sorted, of 16 bytes each."""

    def largest(self, facet: str, size: int | None) -> FacetValues:
        """Return the largest values of a facet, whatever was chosen; all of them for None."""


class Found(Documents, Protocol):
    """What a search finds."""

    @property
    def total(self) -> int:
        """How many articles pass all filters; stories, where the plan collapses them."""

    @property
    def is_about(self) -> bool:
        """Whether the total, and what is counted by value, is but about right: not all stories were told
        apart."""

    @property
    def page(self) -> Page:
        """The page that the plan asks for."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the patterns and the names of values in the query stand for."""

    @property
    def cut(self) -> frozenset[Query]:
        """The patterns of the tree that stand for more words than were searched for."""

    def words(self, pattern: Query) -> frozenset[tuple[str, str]]:
        """Return the words as written that a pattern of the tree stands for, as (field, `=word`)."""

    def facet(self, name: str) -> FacetValues:
        """Return the values of a facet, counted without the facet's own filter."""

    def without(self, name: str) -> int:
        """Return the total without the filter called `name`."""

    def place(self, key: Key) -> int | None:
        """Return how many hits come before an article in the order; None where it is no hit."""

    def sort_values(self, place: int) -> SortValues:
        """Return the place in the order of the hit at `place` of the page."""

    def explain(self, place: int) -> Explanation:
        """Return how the score of the hit at `place` of the page is made."""


class NearWord(NamedTuple):
    """A word of the archive, folded: so many edits away, at such a cost (`indexer.query.edits`)."""

    word: str
    edits: int
    cost: float


class Match(IntEnum):
    """How a suggestion has what was typed; the less, the better."""

    BEGINS = 0  # its first word begins with the first that was typed, and others do with the others
    WORDS = 1  # words of it begin with those that were typed
    INSIDE = 2  # one stands within a word
    SLIP = 3  # one is typed with one letter wrong


@dataclass(frozen=True, slots=True)
class Label:
    """A topic, a provider or a phrase of the archive. `value` chooses it; `count` articles have it, where
    that is not `exact`, some generations ago; `day` is that of the newest, counted from 1970-01-01."""

    match: Match
    kind: str
    text: str
    value: str
    count: int
    day: int
    exact: bool = True


class Title(NamedTuple):
    """The title of an article, with its id and the day of its date; `begins` where it begins as typed."""

    id: str
    text: str
    day: int
    begins: bool


class Weight(NamedTuple):
    """A term of a question, and how often it counts."""

    term: str
    times: float


class View(Protocol):
    """One generation of an archive."""

    number: int
    analyzer: Analyzer
    zone: tzinfo  # in which it is today

    @property
    def size(self) -> int:
        """How many articles there are."""

    def find(self, tree: Query, plan: Plan) -> Found:
        """Return what `tree` finds; refuse at once what cannot be searched for."""

    def totals(self, asks: Sequence[tuple[Query, Plan]]) -> Sequence[Found]:
        """Return what several searches find; only their totals, notes and cuts are looked at."""

    def prefetch(self, searches: Callable[[], Sequence[Found]]) -> None:
        """Fetch at once what the plans of some searches say: they are likely to be made soon. Where searches
        do not wait for another machine, nothing is done."""

    def contains(self, sets: Sequence[Documents], keys: Sequence[Key]) -> list[list[bool]]:
        """Return for each set which of some articles are in it."""

    def everything(self) -> Documents:
        """Return all articles."""

    def days(self) -> DayCounts:
        """Return the days that have an article, and how many articles each has."""

    def resolve(self, ids: Sequence[str]) -> list[Key | None]:
        """Return for each id, or identity of another of an article's URLs, the article that has it."""

    def at_path(self, path: str) -> Key | None:
        """Return the article that the file `path` of the archive is about, None where there is none."""

    def linking(self, keys: Sequence[Key], ids: Sequence[str]) -> list[Key]:
        """Return the articles whose editors link to one of the articles `keys` or to one of `ids`, newest
        first."""

    def translated(self, shared: str) -> list[Key]:
        """Return the articles that have this `translation` in common."""

    def articles(self, keys: Sequence[Key]) -> list[Article]:
        """Return articles, decoded as they are looked at."""

    def ids(self, keys: Sequence[Key]) -> list[str]:
        """Return the ids of articles."""

    def file(self, key: Key) -> str:
        """Return the path, within the archive, of the file that gave an article."""

    def holds(self, terms: Sequence[str], keys: Sequence[Key]) -> list[set[str]]:
        """Return for each article which of some terms of the text it has."""

    def frequency(self, terms: Terms) -> list[int]:
        """Return how many articles have each term."""

    def term_counts(self, terms: Sequence[str], sets: Sequence[Documents]) -> Counts:
        """Return how many articles of each set have each term of the text, (sets, terms)."""

    def near(self, word: str, edits: int) -> list[NearWord]:
        """Return the words at one edit or up to `edits` from `word`, folded; a swap is one edit."""

    def facet_labels(self, facet: str) -> list[str]:
        """Return the labels of a facet's values, in the order of the values."""

    def has_value(self, facet: str, text: str) -> bool:
        """Return whether a value, a label or another name of the facet is `text`."""

    def labels(self, typed: Sequence[str], kinds: Sequence[str], most: int, enough: int) -> list[Label]:
        """Return topics, providers and phrases that have all words `typed`, at most `most` of each of `kinds`
        and each way of having them. The next way is tried where there are fewer than `enough`: for 0, none
        but beginnings."""

    def titles(
        self, typed: Sequence[str], most: int, *, whole: bool, slip: bool
    ) -> tuple[Iterator[Title], bool]:
        """Return titles with all words `typed`, the last one begun where it is not `whole`, one of them
        misspelt for `slip`; and whether some were passed over because the words are too common."""

    def logo(self, provider: str) -> str | None:
        """Return the URL of the logo of a provider, by its key."""

    def likely(
        self, weights: Sequence[Weight], published: float | None, size: int, without: Sequence[Key]
    ) -> list[tuple[Key, float]]:
        """Return the best articles for weighted terms, times the prior of their dates, in order."""

    def idf(self, frequency: int) -> float:
        """Return the weight of a term that so many articles have."""

    def story(self, key: Key) -> list[Key]:
        """Return the articles of an article's story, the earliest first, itself among them."""

    def history(self) -> History:
        """Return since which generation changes are kept."""

    def changes(self, generation: int) -> Difference:
        """Return what the changes after a generation come to."""

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""

    def warnings(self) -> tuple[str, ...]:
        """Return what whoever looks after the archive should know of the machines that it lies on, in
        sentences; a source on this one has none."""


class Source(Protocol):
    """An archive that can be searched, whatever it lies in."""

    def open(self) -> View:
        """Return the view of the newest generation: the same object while that stays, which can be hashed
        and weakly referred to. Raises BackfileError where there is none to be had."""

    def close(self) -> None:
        """Release the source; answers already given keep what they need."""


@dataclass(frozen=True, slots=True)
class HeldView:
    """A source that has one view, whatever becomes newer meanwhile."""

    view: View

    def open(self) -> View:
        """Return the view."""
        return self.view

    def close(self) -> None:
        """Release nothing: the view is its source's."""
