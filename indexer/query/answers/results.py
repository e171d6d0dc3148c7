"""What a search gives back. Everything is made when it is looked at: an article is read, a snippet
cut, a facet's values put in order only for those who ask."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeVar, overload

from indexer.article import UNLISTED, Article
from indexer.messages import say, template
from indexer.query.answers.answer import Answer, Limited, Listing
from indexer.query.answers.facet_values import FacetValues
from indexer.query.answers.ledger import FilterCount, Forms, Offer, Since, TotalRelation
from indexer.query.answers.parsed import ParsedQuery, shown_notes
from indexer.query.answers.parts import PartKind
from indexer.query.answers.story import Story
from indexer.query.answers.translations import Translation
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.request import fields_left_out

ARTICLES, STORIES = "articles", "stories"  # what totals and facets may count
_PAST_END = template("page {page} is past the end, the last is {pages}")
T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - read as a decorator, like `property`
    """A value that is computed when it is first looked at.

    Like `functools.cached_property`, which in Python 3.11 holds one lock for all objects of a class while
    it computes: answers of several threads would wait for each other."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> T: ...
    def __get__(self, owner: object, kind: type) -> Self | T:
        """Compute the value, and let it stand in the place of this from now on."""
        if owner is None:
            return self
        value: T = self._compute(owner)
        # Of two threads the first one's value stays, and the other takes it too.
        return vars(owner).setdefault(self._compute.__name__, value)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Highlighted:
    """A text and what matched in it: `ranges` are (start, end) in code points, sorted, apart."""

    text: str
    ranges: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        return self.text

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """Yield the text in order, cut into pieces: (piece, whether it matched)."""
        at = 0
        for start, end in self.ranges:
            if start > at:
                yield self.text[at:start], False
            yield self.text[start:end], True
            at = end
        if at < len(self.text):
            yield self.text[at:], False

    def to_json(self) -> dict[str, Any]:
        """Return `text` and `ranges` as plain values."""
        return {"text": self.text, "ranges": [list(r) for r in self.ranges]}


class ScorePart(NamedTuple):
    """One summand of a score. `kind` is `term`, `phrase`, `words` (of a wildcard or a fuzzy word), `pair`
    (two words side by side), `broadened` (a word of the best articles), `recency`, `quality`, `heat`,
    `every` or `other`; `detail` has the numbers that it comes from."""

    kind: str
    what: str
    score: float
    detail: Mapping[str, float] = {}

    def to_json(self) -> dict[str, Any]:
        """Return the part as the API prints it."""
        return {"kind": self.kind, "what": self.what, "score": self.score, "detail": dict(self.detail)}


@dataclass(frozen=True, slots=True)
class Explanation(Answer):
    """How the score of a hit is made: the parts add up to it, as far as single precision goes."""

    score: float
    parts: tuple[ScorePart, ...] = ()


class PageReader(Protocol):
    """What reads the hits of a page, by their places on it."""

    kind: PartKind

    @property
    def missing(self) -> Sequence[tuple[str, ...]]:
        """The words of the query that each article lacks."""

    @property
    def ids(self) -> Sequence[str]:
        """The ids of the articles."""

    @property
    def articles(self) -> Sequence[Article]:
        """The articles."""

    @property
    def highlights(self) -> Sequence[tuple[Highlighted, Highlighted]]:
        """The title and the best passage of each, with what matched."""

    def file(self, place: int) -> str:
        """Return the path, within the archive, of the file that an article stands in."""

    def explain(self, place: int) -> Explanation:
        """Return how the score of a hit is made."""

    def translations(self, place: int) -> tuple[Translation, ...]:
        """Return the article in other languages."""

    def story(self, place: int) -> Story:
        """Return the articles that were found and are nearly this text, the earliest first."""


class Hit:
    """One article of a page of results, with its score; the rest is read when it is looked at. `since` is
    what became of the article since the generation that is asked about: ADDED, CHANGED or nothing."""

    __slots__ = ("_page", "_place", "score", "since")

    def __init__(self, page: PageReader, place: int, score: float, since: str = "") -> None:
        self._page = page
        self._place = place
        self.score = score
        self.since = since

    @property
    def id(self) -> str:
        """The id of the article, for which the article is not read."""
        return self._page.ids[self._place]

    @property
    def article(self) -> Article:
        """The article, read from the index."""
        return self._page.articles[self._place]

    @property
    def title(self) -> Highlighted:
        """The whole title, with what matched in it."""
        return self._page.highlights[self._place][0]

    @property
    def snippet(self) -> Highlighted:
        """The best passage of the excerpt or the body, with what matched in it."""
        return self._page.highlights[self._place][1]

    @property
    def part(self) -> PartKind:
        """The part of the answer that the hit is of."""
        return self._page.kind

    @property
    def missing(self) -> tuple[str, ...]:
        """The words of the query that the article lacks, as they were typed."""
        return self._page.missing[self._place]

    @property
    def file(self) -> str:
        """The path, within the archive, of the file that the article stands in."""
        return self._page.file(self._place)

    @property
    def translations(self) -> tuple[Translation, ...]:
        """The article in other languages, in their order."""
        return self._page.translations(self._place)

    @property
    def story(self) -> Story:
        """The articles that were found and are nearly this text, the earliest first; this one among them."""
        return self._page.story(self._place)

    def explain(self) -> Explanation:
        """Return how the score is made."""
        return self._page.explain(self._place)

    def __repr__(self) -> str:
        return f"<Hit {self.article.title!r} {self.score:.3f}>"

    def to_json(self, *, story: bool = False, without: Collection[str] = UNLISTED) -> dict[str, Any]:
        """Return the hit as the API prints it, its article without some fields, and with its story where that
        is what is counted."""
        data = {
            "article": self.article.to_json(without=without),
            "score": self.score,
            "title": self.title.to_json(),
            "snippet": self.snippet.to_json(),
            "part": str(self.part),
            "missing": list(self.missing),
            "translations": [one.to_json() for one in self.translations],
            **({"since": self.since} if self.since else {}),
        }
        return data | {"story": self.story.to_json()} if story else data


def hits_of(page: PageReader, scores: Sequence[float], became: Sequence[str] = ()) -> list[Hit]:
    """Return the hits of a page, each with its score and what became of it."""
    since = became or [""] * len(scores)
    return [Hit(page, place, score, since[place]) for place, score in enumerate(scores)]


class Details(Protocol):
    """What makes the rest of an answer."""

    def parsed(self) -> ParsedQuery:
        """Return the query as it was read."""

    def total(self, kind: PartKind) -> int:
        """Return how many hits a part has."""

    def counted(self) -> PartKind:
        """Return the part that is counted by facets."""

    def filters(self) -> tuple[FilterCount, ...]:
        """Return what each filter removes."""

    def forms(self) -> Forms | None:
        """Return what a query of one word found beside the word as typed."""

    def offers(self) -> tuple[Offer, ...]:
        """Return the searches nearby that find more."""

    def variants(self) -> tuple[Offer, ...]:
        """Return the search with words written apart or together."""

    def next_cursor(self, sort: str) -> str | None:
        """Return where the next page begins."""


@dataclass(frozen=True)
class Results(Limited, Listing[Hit]):
    """A page of hits, in order, and what was found in all. `len()` is that of the page.

    `total` counts what has all that was asked for, `begun_total` what has it with the last word as the
    beginning of a longer one, `some_total` what has some of the words; each article counts once, and the hits
    run through the three in this order. The facets count one of them, `facet_part`: the first that finds
    something. `match` is what the words required.

    `counts` says what the total and the facets count: "articles", or "stories", of which each hit is one, and
    stands for the articles of `hit.story`. `details` makes what is looked at."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, FacetValues]
    sort: str
    page: int
    size: int
    generation: int
    details: Details = field(repr=False)
    sentences: tuple[str, ...] = ()  # of `notes`, what is no note on the query
    relation: TotalRelation = TotalRelation.EXACT  # as far as all of the total was found
    since: Since | None = None
    counts: str = ARTICLES
    match: str = "auto"
    deadline: Deadline = field(default=NO_DEADLINE, repr=False, compare=False)

    @property
    def total_relation(self) -> TotalRelation:
        """How the true total stands to `total`; where the request met its limit, it is at least that."""
        if not self.timed_out or self.relation is TotalRelation.AT_LEAST:
            return self.relation
        return TotalRelation.AT_LEAST if self.relation is TotalRelation.EXACT else TotalRelation.ABOUT

    @lazy
    def parsed(self) -> ParsedQuery:
        """The query as it was read."""
        return self.details.parsed()

    @lazy
    def begun_total(self) -> int:
        """How many more have all of the words, the last one as the beginning of a longer one."""
        return self.details.total(PartKind.BEGUN)

    @lazy
    def some_total(self) -> int:
        """How many more have some of the words."""
        return self.details.total(PartKind.SOME)

    @property
    def facet_part(self) -> PartKind:
        """The part that the facets count."""
        return self.details.counted()

    @lazy
    def offers(self) -> tuple[Offer, ...]:
        """Searches nearby that find more, each with its number; nothing of them is in the hits.

        They are made when they are looked at. An answer as JSON has them only where nothing was found, else
        the `variants`.
        """
        return self.details.offers()

    @lazy
    def variants(self) -> tuple[Offer, ...]:
        """Those of the offers that write a word as two, or two as one, where other articles have it so."""
        return self.details.variants()

    @lazy
    def forms(self) -> Forms | None:
        """What a query of one word found beside the word as typed; None where that is nothing."""
        return self.details.forms()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that the reader of the page should see, without a full stop: what was ignored, read
        otherwise or corrected, what a pattern or the last word stands for, other `forms` of a word, that a
        cursor is of an old generation, that there was no time for more."""
        forms = (self.forms.text,) if self.forms else ()
        cut = (self.cut_note,) if self.timed_out else ()
        end = (say(_PAST_END, page=self.page, pages=self.pages),) if self.is_past_end else ()
        return (*shown_notes(self.parsed.notes), *self.sentences, *forms, *end, *cut)

    @lazy
    def filters(self) -> tuple[FilterCount, ...]:
        """What each filter removes of what the search would find without it."""
        return self.details.filters()

    @lazy
    def next_cursor(self) -> str | None:
        """Where the next page begins, None where there is none, or where not all was found."""
        return self.details.next_cursor(self.sort)

    def _items(self) -> Sequence[Hit]:
        return self.hits

    @property
    def pages(self) -> int:
        """How many pages of this size there are."""
        return -(-(self.total + self.begun_total + self.some_total) // self.size)

    @property
    def is_past_end(self) -> bool:
        """Whether the page is behind the last one."""
        return self.page > self.pages > 0

    def to_json(self, *, explain: bool = False, fields: Iterable[str] = ()) -> dict[str, Any]:
        """Return the answer as the command line and the API print it, without the facets that there was no
        time for. `fields` are those of each article that are wanted; without them all but `related`. Raises
        RequestError for an unknown one."""
        without = fields_left_out(fields)
        data: dict[str, Any] = {
            "total": self.total,
            "begun_total": self.begun_total,
            "some_total": self.some_total,
            "match": self.match,
            "hits": [hit.to_json(story=self.counts == STORIES, without=without) for hit in self.hits],
            "facets": {
                name: [v.to_json() for v in values]
                for name, values in self.facets.items()
                if not values.timed_out
            },
            "facet_part": str(self.facet_part),
            "next_cursor": self.next_cursor,
            "sort": self.sort,
            "page": self.page,
            "size": self.size,
            "generation": self.generation,
            "notes": list(self.notes),
            "total_relation": str(self.total_relation),
            "offers": [offer.to_json() for offer in (self.variants if self.total else self.offers)],
            "counts": self.counts,
            "forms": self.forms.to_json() if self.forms else None,
        }
        if self.since:
            data["since"] = self.since.to_json()
        if explain:
            data["explain"] = self.parsed.to_json()
            data["explain"]["filters"] = [counted.to_json() for counted in self.filters]
            for hit, shown in zip(self.hits, data["hits"], strict=True):
                shown["explanation"] = hit.explain().to_json()
        if self.timed_out:  # perhaps not before it was too late for some of this
            data |= {
                "next_cursor": None,
                "total_relation": str(self.total_relation),
                "notes": list(self.notes),
            }
        return data | {"timed_out": self.timed_out}
