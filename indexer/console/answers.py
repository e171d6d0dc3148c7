"""Answers to questions, written for a person: results, an article, related ones, a facet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text

from indexer.article import Article, Provider, RelatedLink
from indexer.console.offers import BOUNDS, SINCE, write_filters, write_offers, write_since
from indexer.console.page import DIM, MATCH, PLAIN, TITLE, Page, styled
from indexer.console.stories import also_in
from indexer.console.text import amount, clean_line, day, minute
from indexer.query.answers.parsed import NoteKind, ParsedQuery
from indexer.query.answers.results import (
    STORIES,
    FacetValue,
    FacetValues,
    Highlighted,
    Hit,
    Related,
    RelatedArticle,
    Results,
)
from indexer.query.request import SearchRequest

_ORDERS = {
    "relevance": "by relevance",
    "newest": "newest first",
    "oldest": "oldest first",
    "quality": "by quality",
    "heat": "by heat",
}
_FACET_LABELS = {
    "topic": "Topics",
    "provider": "Providers",
    "date": "Dates",
    "category": "Categories",
    "type": "Types",
    "tag": "Tags",
    "author": "Authors",
}
_SHORT_SUMMARY = ("topic", "provider", "date")
_SUMMARY_VALUES = 10
_ABSENT = 5  # words that are nowhere, told of one search
_SUMMARY_INDENT = 12  # as wide as `Categories: `
_WORD_FIELDS = ("text", "title", "excerpt", "body")  # the fields that have words, not whole values
# What was done to the query that its writer may not expect; --explain tells the rest.
_TOLD = (NoteKind.DROPPED, NoteKind.CORRECTED)
_PARTS = {"before": "Earlier", "same": "The same story", "after": "Later", None: "Related"}
_OUTLETS = 3  # named, of those that copies of an article stand in


@dataclass(frozen=True, slots=True)
class SearchView:
    """How results are to be shown. `facets` None is a short summary on a terminal and none
    elsewhere; `next_command` is what to type for the next page; `by_cursor` says that the page's
    number is not known; `command` gives what to type for another search."""

    facets: bool | None = None
    explain: bool = False
    next_command: str = ""
    by_cursor: bool = False
    command: Callable[[SearchRequest], str] | None = None


def write_results(page: Page, results: Results, view: SearchView) -> None:
    """Write a page of results: how many, what the query was read as, the hits, how to go on."""
    page.line(_headline(results, view), style=TITLE)
    if view.explain:
        _write_explanation(page, results.parsed)
        write_filters(page, results.filters)
        page.line(f"Answered from generation {results.generation}.", style=DIM)
    else:
        for note in results.parsed.notes:
            if note.kind in _TOLD:
                page.wrapped(f"Note: {note.text}.", style=DIM)
    for sentence in results.notes:
        page.wrapped(f"Note: {sentence.rstrip('.')}.", style=DIM)
    if not results.total:
        _write_advice(page, results.parsed, told=bool(results.offers))
        write_offers(page, results.offers, view.command)
    if results.since is not None:
        write_since(page, results.since, results.generation)
    _write_summary(page, results, view.facets)
    _write_hits(page, results, view)
    if view.next_command:
        page.line()
        page.line("Next page: " + view.next_command, style=DIM)


def _write_hits(page: Page, results: Results, view: SearchView) -> None:
    number = 1 if view.by_cursor else (results.page - 1) * results.size + 1
    for place, hit in enumerate(results, start=number):
        page.line()
        _write_hit(page, place, hit)
        if results.counts == STORIES and (also := also_in(hit.story)):
            page.wrapped(also, style=DIM, indent=5 if page.rich else 3)
        if view.explain:
            _write_score(page, hit)


def write_article(page: Page, article: Article, file: str = "") -> None:
    """Write one article, with its body and the editors' links, and the file that it stands in."""
    page.wrapped(article.title, style=TITLE)
    by = "by " + ", ".join(article.authors) if article.authors else ""
    page.wrapped(_joined(_provider(article.provider), minute(article.published_at), by), style=DIM)
    rows = [*_facts(article), *([("File", file)] if file else [])]
    if rows:
        page.line()
        page.table([(styled(name, DIM), value) for name, value in rows])
    for text in (article.excerpt, article.body):
        if text.strip():
            page.line()
            page.paragraphs(text)
    if article.related:
        page.line()
        page.line("Related, by the editors", style=TITLE)
        for link in article.related:
            _write_link(page, link)


def write_related(page: Page, related: Related) -> None:
    """Write what goes with an article, by when it was written, each with its reason."""
    about = related.article.title or "a text without a title"
    page.wrapped(f"Related to: {about}", style=TITLE)
    for part, items in related.parts().items():
        if items:
            page.line()
            page.line(_PARTS[part], style=TITLE)
        for item in items:
            _write_related(page, item)
    if not related.items and not related.mentioned_by:
        page.line("No article is related to it.")


def write_facet(page: Page, values: FacetValues) -> None:
    """Write the values of a facet with their counts, one a line; a tree is indented."""
    if not values:
        page.line(f"No article has a value of '{clean_line(values.name)}'.")
        return
    page.table([_facet_row(value) for value in values], right=frozenset({0}))
    if values.distinct > len(values):
        page.line()
        page.line(f"{len(values):,} of {amount(values.distinct, 'value')}; --size gives more.", style=DIM)


def _headline(results: Results, view: SearchView) -> str:
    if not results.total:
        return "No article matches."
    order = _ORDERS.get(results.sort, results.sort)
    stories = results.counts == STORIES
    found = amount(results.total, "story", "stories") if stories else amount(results.total, "article")
    found = BOUNDS[results.total_relation].capitalize() + found
    if view.by_cursor:
        return f"{found}, {len(results)} of them here, {order}"
    first = (results.page - 1) * results.size + 1
    if not results.hits:
        return f"{found}; page {results.page:,} is past the end, the last is {results.pages:,}"
    if results.total == 1:
        return found
    last = first + len(results) - 1
    return f"{found}, {f'{first:,}–' if first < last else 'number '}{last:,}, {order}"


def _write_explanation(page: Page, parsed: ParsedQuery) -> None:
    page.line()
    page.wrapped(Text.assemble(("Read as: ", DIM), clean_line(str(parsed.query))))
    if parsed.notes:
        page.table([(styled(f"{note.kind}:", DIM), note.text) for note in parsed.notes])
    if parsed.terms:
        counts = [(f"{t.field}:{t.term}", f"{t.documents:,}", styled("articles", DIM)) for t in parsed.terms]
        page.table(counts, right=frozenset({1}))


def _write_advice(page: Page, parsed: ParsedQuery, *, told: bool) -> None:
    """Tell why nothing was found, where a word that no article has explains it; and what to do, where it
    is not `told` by searches that find something."""
    absent = dict.fromkeys(t.word for t in parsed.terms if not t.documents and t.field in _WORD_FIELDS)
    if absent:
        words = ", ".join(f"'{word}'" for word in list(absent)[:_ABSENT])
        more = "For words spelt nearly so, put ~ behind one; authors and tags have filters of their own."
        page.wrapped(f"No title, excerpt or body has {words}." + ("" if told else f" {more}"))
    if told:
        return
    cure = "Ask for fewer words, put OR between them, or leave out a filter." if parsed.text.strip() else ""
    page.wrapped(cure or "Leave out a filter.", style=DIM)


def _write_summary(page: Page, results: Results, facets: bool | None) -> None:
    """Write facets in a line each; those that cannot narrow anything are left out."""
    if facets is False or (facets is None and not page.rich) or results.total < 2:
        return
    started = False
    for name in results.facets if facets else [n for n in _SHORT_SUMMARY if n in results.facets]:
        values = _summary_values(results.facets[name])
        if len(values) < 2:
            continue
        if not started:
            page.line()
            started = True
        text = _summary_line(values)
        if facets:
            page.wrapped(text, indent=_SUMMARY_INDENT, first=_summary_label(name))
        else:
            line = Text.assemble(_summary_label(name), " ", text)
            line.truncate(page.width, overflow="ellipsis")
            page.line(line)


def _summary_values(values: FacetValues) -> list[FacetValue]:
    """Return the largest values, the chosen ones before them; of dates in their order."""
    largest = sorted(values, key=lambda value: (not value.selected, -value.count))[:_SUMMARY_VALUES]
    return [value for value in values if value in largest] if values.name == "date" else largest


def _summary_label(name: str) -> Text:
    label = _FACET_LABELS.get(name, name.capitalize()) + ":"
    return Text(f"{label:<{_SUMMARY_INDENT - 1}}", style=DIM)


def _summary_line(values: list[FacetValue]) -> Text:
    line = Text()
    for at, value in enumerate(values):
        line += Text(" · " if at else "", style=DIM)
        line += styled(value.label, TITLE if value.selected else PLAIN) + Text(f" {value.count:,}", style=DIM)
    return line


def _write_hit(page: Page, place: int, hit: Hit) -> None:
    indent = 5 if page.rich else 3
    number = Text(f"{place}." if not page.rich else f"{place}", style=DIM)
    indent = max(indent, number.cell_len + 1)
    page.wrapped(_marked(hit.title, TITLE), indent=indent, first=number)
    article = hit.article
    became = SINCE.get(hit.since, "")
    topics = ", ".join(article.topics)
    about = _joined(became, _provider(article.provider), day(article.published_at), topics)
    if about:
        page.wrapped(about, style=DIM, indent=indent)
    if hit.snippet.text.strip():
        page.wrapped(_marked(hit.snippet, PLAIN), indent=indent)
    page.line(article.url or hit.file or article.id, style=DIM, indent=indent)


def _write_score(page: Page, hit: Hit) -> None:
    """Write the parts of a score, one a line."""
    explanation = hit.explain()
    page.line(f"Score {explanation.score:.3f}", style=DIM, indent=5)
    rows = [
        (f"{part.score:.3f}", styled(part.kind, DIM), clean_line(part.what)) for part in explanation.parts
    ]
    if rows:
        page.table(rows, right=frozenset({0}))


def _marked(highlighted: Highlighted, style: str) -> Text:
    """Return a text with its matches marked; each piece is cleaned by itself, so ranges hold."""
    text = Text()
    for piece, matched in highlighted.pieces():
        text += styled(piece, MATCH if matched else style)
    return text


def _write_related(page: Page, item: RelatedArticle) -> None:
    page.line()
    page.wrapped(item.article.title, indent=2)
    about = _joined(_provider(item.article.provider), day(item.article.published_at), item.reason)
    if about:
        page.wrapped(about, style=DIM, indent=2)
    if item.copies:
        page.wrapped(_also_in(item.copies), style=DIM, indent=2)
    page.line(_address(item.article), style=DIM, indent=2)


def _also_in(copies: Sequence[Article]) -> str:
    """Return a line about an article's copies: how many there are, and where."""
    outlets = list(dict.fromkeys(filter(None, (_provider(copy.provider) for copy in copies))))
    named = ", ".join(outlets[:_OUTLETS]) + (", …" if len(outlets) > _OUTLETS else "")
    many = "1 copy" if len(copies) == 1 else f"{len(copies)} copies"
    return f"also in {many}" + (f": {named}" if named else "")


def _write_link(page: Page, link: RelatedLink) -> None:
    page.line()
    page.wrapped(link.title, indent=2)
    about = _joined(_provider(link.provider), day(link.published_at))
    if about:
        page.wrapped(about, style=DIM, indent=2)
    page.line(link.url or link.id, style=DIM, indent=2)


def _facts(article: Article) -> list[tuple[str, str]]:
    """Return the names and values of what an article is, where the file says it."""
    kind = _joined(article.category or "", article.type or "", "featured" if article.featured else "")
    rows = (
        ("Topics", ", ".join(article.topics)),
        ("Tags", ", ".join(article.tags)),
        ("Kind", kind),
        ("Quality", _number(article.quality)),
        ("Heat", _number(article.heat)),
        ("Origin", "" if article.origin == "file" else "listed as related, without a file of its own"),
        ("URL", article.url or ""),
        ("Id", article.id),
    )
    return [(name, value) for name, value in rows if value]


def _facet_row(value: FacetValue) -> tuple[str | Text, ...]:
    label = styled("  " * value.depth + value.label, TITLE if value.selected else PLAIN)
    # What --provider and its kin take, where it is not what is read.
    return f"{value.count:,}", label, styled(value.value if value.value != value.label else "", DIM)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _provider(provider: Provider | None) -> str:
    return provider.name if provider else ""


def _address(article: Article) -> str:
    """Return what `backfile show` takes for the article."""
    return article.url or article.id


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
