"""Answers and reports made by hand, some of them hostile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from whoosh.query import Every

from indexer.archive.records import Notice, Rejection
from indexer.article import Article, Provider, RelatedLink
from indexer.indexing.report import CheckReport, Clash, Dangling, IndexReport
from indexer.query.answers.facet_values import FacetValue, FacetValues, LazyFacets
from indexer.query.answers.parsed import Note, NoteKind, ParsedQuery, TermCount
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import Explanation, Highlighted, Hit, Results
from indexer.query.answers.story import Story
from indexer.query.answers.translations import Translation

HOSTILE = "A \x1b[31mred\x1b]0;owned\x07 [bold]title[/bold] :smile: \u202eback\x9b2J\ud800"


def article(title: str = "Board meets", **given: Any) -> Article:
    values: dict[str, Any] = {
        "id": "abc",
        "url": "https://bbc.example/board",
        "excerpt": "The board met.",
        "published_at": datetime(2020, 6, 25, 10, 31, tzinfo=UTC),
        "provider": Provider("The BBC", "bbc.example"),
        "topics": ("Politics", "Law"),
    }
    return Article(title=title, **(values | given))


@dataclass
class _Page:
    """A page whose hits were read already."""

    articles: list[Article]
    highlights: list[tuple[Highlighted, Highlighted]]
    kind: PartKind = PartKind.ALL
    missing: list[tuple[str, ...]] = field(default_factory=lambda: [()])

    def file(self, place: int) -> str:
        return ""

    def explain(self, place: int) -> Explanation:
        return Explanation(1.5)

    def story(self, place: int) -> Story:
        return Story(self.articles[place], ())

    def translations(self, place: int) -> tuple[Translation, ...]:
        return ()


def hit_of(kind: PartKind, *missing: str, **given: Any) -> Hit:
    """Return a hit of a part of an answer."""
    found = article(**given)
    return Hit(_Page([found], [(Highlighted(found.title), Highlighted("A text."))], kind, [missing]), 0, 1.5)


def hit(title: Highlighted | None = None, snippet: Highlighted | None = None, **given: Any) -> Hit:
    found = article(**({"title": title.text} if title else {}) | given)
    marked = (title or Highlighted(found.title), snippet or Highlighted(found.excerpt))
    return Hit(_Page([found], [marked]), 0, 1.5)


def facets(counts: dict[str, dict[str, int]], selected: str = "") -> LazyFacets:
    def count(name: str) -> FacetValues:
        values = [FacetValue(v.lower(), v, n, v == selected) for v, n in counts[name].items()]
        return FacetValues(name, values, len(values))

    return LazyFacets(tuple(counts), count)


@dataclass
class Details:
    """What an answer has beside its hits; `counts` are of its parts."""

    read: ParsedQuery
    counts: Mapping[PartKind, int]
    first: PartKind

    def parsed(self) -> ParsedQuery:
        return self.read

    def total(self, kind: PartKind) -> int:
        return self.counts.get(kind, 0)

    def counted(self) -> PartKind:
        return self.first

    def filters(self) -> tuple[()]:
        return ()

    offers = variants = filters

    def forms(self) -> None:
        return None

    def next_cursor(self, sort: str) -> str | None:
        return None


def results(*hits: Hit, **given: Any) -> Results:
    """Return an answer; `parsed`, `counts_of` and `facet_part` are those of its details."""
    details = Details(
        given.pop("parsed", ParsedQuery("board", Every())),
        given.pop("counts_of", {}),
        given.pop("facet_part", PartKind.ALL),
    )
    values: dict[str, Any] = {
        "total": len(hits),
        "hits": hits,
        "facets": facets({"topic": {"Politics": 2, "Law": 1}, "provider": {"The BBC": 2}}),
        "details": details,
        "sort": "relevance",
        "page": 1,
        "size": 10,
        "generation": 1,
    }
    return Results(**(values | given))


PARSED = ParsedQuery(
    "the board -x",
    Every(),
    (Note(NoteKind.DROPPED, "'the' does not restrict"), Note(NoteKind.READ, "'-': what follows is left out")),
    (TermCount("text", "board", 1234, "boards"), TermCount("text", "xyzzy", 0, "xyzzy")),
)

Made = Callable[..., Any]


def index_report(**given: Any) -> IndexReport:
    names = (
        "added",
        "changed",
        "removed",
        "unchanged",
        "files",
        "articles",
        "duplicates",
        "withdrawn",
        "rejected",
        "topics",
        "organizations",
        "related",
        "read",
    )
    values: dict[str, Any] = dict.fromkeys(names, 0)
    return IndexReport(**(values | {"seconds": 1.25} | given))


def check_report(**given: Any) -> CheckReport:
    names = ("rejected", "damaged", "dangling", "clashes", "missing_dates", "future_dates", "notices")
    values: dict[str, Any] = dict.fromkeys(names, ())
    return CheckReport(**(values | {"archive": "", "secured": 0} | given))


FULL_CHECK = check_report(
    rejected=(Rejection("a.md", "invalid YAML: \x1b[2J", 3, 13), Rejection("b.md", "no title")),
    damaged=("the index cannot be read through.",),
    dangling=(Dangling("c.md", "Gone", "https://x.example/gone"), Dangling("c.md", "Lost", None)),
    clashes=(Clash("id", "https://x.example/1", "d.md", ("e.md", "f.md")),),
    missing_dates=tuple(f"{n}.md" for n in range(5)),
    future_dates=("g.md",),
    notices=(Notice("h.md", "bad_bytes", "2 bytes replaced"), Notice("h.md", "brand_new", "odd")),
    secured=2,
)

LINK = RelatedLink("def", "Board resigns", None, datetime(2020, 7, 1, tzinfo=UTC), Provider("Wire"))
