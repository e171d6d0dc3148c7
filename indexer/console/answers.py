"""Answers to questions, written for a person: results, an article, related ones, a facet, suggestions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.text import Text

from indexer.article import Article, Provider, RelatedLink
from indexer.console.offers import write_filters, write_offers, write_since
from indexer.console.page import DIM, MATCH, PLAIN, TITLE, Page, styled
from indexer.console.text import amount, clean_line, day, minute
from indexer.facets import FACETS
from indexer.query.answers.facet_values import FacetValue, FacetValues
from indexer.query.answers.labels import BOUNDS, RELATED_PARTS, SINCE, listed
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.answers.parts import PartKind
from indexer.query.answers.related import Related
from indexer.query.answers.results import STORIES, Highlighted, Hit, Results
from indexer.query.answers.story import Story
from indexer.query.answers.suggestions import Suggestion, Suggestions
from indexer.query.answers.translations import ShownArticle, also_in
from indexer.query.answers.wording import (
    found_line,
    notes_beside,
    nothing_left,
    offers_beside,
    offers_heading,
    part_heading,
    part_named,
    wider_line,
)
from indexer.query.parameters import SORTS
from indexer.query.request import SearchRequest

_SHORT_SUMMARY = ("topic", "provider", "date")
_BESIDE_TITLE = ("provider", "date", "author")
_SUMMARY_VALUES = 10
_MAX_ABSENT = 5  # words of a search that no article has, named
_SUMMARY_INDENT = 12  # as wide as `Categories: `
_WORD_FIELDS = ("text", "title", "excerpt", "body")  # the fields that have words, not whole values
# Outlets that are named of those that copies of an article stand in, and a story.
_COPY_OUTLETS, _STORY_OUTLETS = 3, 6


@dataclass(frozen=True, slots=True)
class SearchView:
    """How results are to be shown. `facets` None is a short summary on a terminal and none elsewhere;
    `next_command` is what to type for the next page, past the end for the last; `by_cursor` says that the
    page's number is not known; `command` gives what to type for another search. `wider` is the search by
    relevance that finds more than the part which is shown, and what to type for it."""

    facets: bool | None = None
    explain: bool = False
    next_command: str = ""
    by_cursor: bool = False
    command: Callable[[SearchRequest], str] | None = None
    wider: tuple[Results, str] | None = None


def write_results(page: Page, results: Results, view: SearchView) -> None:
    """Write a page of results: how many, what the query was read as, the hits, how to go on."""
    page.line(_headline(results, view), style=TITLE)
    if view.explain:
        _write_explanation(page, results.parsed)
        write_filters(page, results.filters)
        page.line(f"Answered from generation {results.generation}.", style=DIM)
    page.notes(notes_beside(results))
    if results.forms is not None:
        page.notes([results.forms.text])
    offers = offers_beside(results)
    if not results.total:
        _write_advice(page, results, needed=not (offers or view.wider or results.pages))
    write_offers(page, offers, offers_heading(results), view.command)
    if results.since is not None:
        write_since(page, results.since, results.generation)
    _write_summary(page, results, view.facets)
    _write_hits(page, results, view)
    if view.wider is not None:
        page.line()
        page.line(f"{wider_line(view.wider[0])}, by relevance:")
        page.line(view.wider[1], style=DIM, indent=2)
    if view.next_command:
        page.line()
        which = "Last" if results.is_past_end else "Next"
        page.line(f"{which} page: {view.next_command}", style=DIM)


def _write_hits(page: Page, results: Results, view: SearchView) -> None:
    number = 1 if view.by_cursor else (results.page - 1) * results.size + 1
    part = None
    for place, hit in enumerate(results, start=number):
        page.line()
        if hit.part is not part and (heading := part_heading(results, hit.part)):
            page.wrapped(heading, style=TITLE)
            page.line()
        part = hit.part
        _write_hit(page, place, hit)
        if results.counts == STORIES and (also := _found_in(hit.story)):
            page.wrapped(also, style=DIM, indent=5 if page.rich else 3)
        if view.explain:
            _write_score(page, hit)


def write_article(page: Page, shown: ShownArticle, file: str = "") -> None:
    """Write one article, with its body and the editors' links, and the file that it stands in."""
    article = shown.article
    page.wrapped(article.title, style=TITLE)
    by = "by " + ", ".join(article.authors) if article.authors else ""
    page.wrapped(_joined(_provider(article.provider), minute(article.published_at), by), style=DIM)
    rows = [*_facts(article), *([("File", file)] if file else [])]
    rows += [(f"In {one.name}", one.article.url or one.article.id) for one in shown.translations]
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
            _write_entry(page, link)


def write_related(page: Page, related: Related) -> None:
    """Write what goes with an article, by when it was written, each with its reason."""
    about = related.article.title or "a text without a title"
    page.wrapped(f"Related to: {about}", style=TITLE)
    page.wrapped(also_in(related.translations), style=DIM)
    for part, items in related.parts().items():
        if items:
            page.line()
            page.line(RELATED_PARTS[part].title, style=TITLE)
        for item in items:
            _write_entry(page, item.article, item.reason, _also_in(item.copies) if item.copies else "")
    if not related.items and not related.mentioned_by:
        page.line("No article is related to it.")


def write_story(page: Page, story: Story) -> None:
    """Write the articles of a story, the earliest first."""
    page.wrapped(story.article.title, style=TITLE)
    if len(story) == 1:
        page.line("No other article is nearly the same text.")
        return
    page.line(f"{amount(len(story), 'article')} that are nearly one text, the earliest first", style=DIM)
    for article in story:
        _write_entry(page, article)


def write_suggestions(page: Page, found: Suggestions) -> None:
    """Write one suggestion a line: how many articles it gives, its kind, its text with what matched."""
    if not found:
        page.line("Nothing in the archive begins with that.")
        return
    page.table([_suggestion_row(item) for item in found], right=frozenset({0}))
    if any(not item.exact for item in found):
        page.line()
        page.line("~ marks a count from before the last changes of the archive.", style=DIM)
    if found.bounded:
        page.line()
        page.line("Not all titles were looked at: type more letters.", style=DIM)


def write_facet(page: Page, values: FacetValues) -> None:
    """Write the values of a facet with their counts, one a line; a tree is indented."""
    page.notes(values.notes)
    if not values:
        page.line(f"No article has a value of '{clean_line(values.name)}'.")
        return
    _write_part(page, values.part)
    page.table([_facet_row(value) for value in values], right=frozenset({0}))
    if values.distinct > len(values):
        page.line()
        bound = f"{BOUNDS[values.distinct_relation]} " if values.is_cut else ""
        every = amount(values.distinct, "value")
        page.line(f"{len(values):,} of {bound}{every}; --size gives more.", style=DIM)


def _headline(results: Results, view: SearchView) -> str:
    if not results.pages and results.timed_out:
        return "No article was found in time."
    if not results.pages:
        return "No article has all of the words." if view.wider else "No article matches."
    order = SORTS[results.sort].phrase
    found = found_line(results)
    if view.by_cursor:
        return f"{found}, {len(results)} of them here, {order}"
    first = (results.page - 1) * results.size + 1
    if not results.hits:
        return f"{found}; page {results.page:,} is past the end, the last is {results.pages:,}"
    last = first + len(results) - 1
    if results.total + results.begun_total + results.some_total == 1:
        return found
    return f"{found}, {f'{first:,}–' if first < last else 'number '}{last:,}, {order}"


def _write_explanation(page: Page, parsed: ParsedQuery) -> None:
    page.line()
    page.wrapped(Text.assemble(("Read as: ", DIM), clean_line(str(parsed.query))))
    if parsed.notes:
        page.table([(styled(f"{note.kind}:", DIM), note.text) for note in parsed.notes])
    if parsed.terms:
        counts = [(f"{t.field}:{t.term}", f"{t.documents:,}", styled("articles", DIM)) for t in parsed.terms]
        page.table(counts, right=frozenset({1}))


def _write_advice(page: Page, results: Results, *, needed: bool) -> None:
    """Write why nothing has all of the words, where a word that no article has explains it; and where advice
    is `needed`, for no search that finds something stands below, what to do."""
    parsed = results.parsed
    present = {t.word for t in parsed.terms if t.documents}  # in one form or another
    words_asked = (t.word for t in parsed.terms if t.field in _WORD_FIELDS)
    unknown = {word for word in words_asked if word not in present}
    # The parts of a compound are not named beside it.
    absent = [word for word in unknown if not any(word in other for other in unknown - {word})]
    if absent and not results.begun_total:  # else the last one is the beginning of words that there are
        absent.sort(key=parsed.text.find)
        words = listed([f"'{word}'" for word in absent[:_MAX_ABSENT]], "or")
        more = "For similar spellings, put ~ behind a word; authors and tags have filters of their own."
        page.wrapped(f"No title, excerpt or body has {words}." + (f" {more}" if needed else ""))
    if not needed or nothing_left(parsed):
        return
    cure = "Use fewer words, put OR between them, or leave out a filter."
    if results.match == "auto":  # then none of the words is found
        cure = "Use other words, or leave out a filter."
    page.wrapped(cure if parsed.text.strip() else "Leave out a filter.", style=DIM)


def _write_summary(page: Page, results: Results, facets: bool | None) -> None:
    """Write facets in a line each; those that cannot narrow anything are left out."""
    if facets is False or (facets is None and not page.rich) or results.pages < 1 or results.total == 1:
        return
    started = False
    for name in results.facets if facets else [n for n in _SHORT_SUMMARY if n in results.facets]:
        values = _summary_values(results.facets[name])
        if len(values) < 2:
            continue
        if not started:
            page.line()
            _write_part(page, results.facet_part)
            started = True
        text = Text.assemble((" · ", DIM)).join(
            styled(one.label, TITLE if one.selected else PLAIN) + Text(f" {one.count:,}", style=DIM)
            for one in values
        )
        if facets:
            page.wrapped(text, indent=_SUMMARY_INDENT, first=_summary_label(name))
        else:
            line = Text.assemble(_summary_label(name), " ", text)
            line.truncate(page.width, overflow="ellipsis")
            page.line(line)


def _write_part(page: Page, part: PartKind) -> None:
    """Write what of a search the numbers below are of, where it is not what has all of the words."""
    if named := part_named(part):
        page.line(f"Of those {named}:", style=DIM)


def _summary_values(values: FacetValues) -> list[FacetValue]:
    """Return the largest values, the chosen ones before them; of dates in their order."""
    largest = sorted(values, key=lambda value: (not value.selected, -value.count))[:_SUMMARY_VALUES]
    return [value for value in values if value in largest] if values.name == "date" else largest


def _summary_label(name: str) -> Text:
    return Text(f"{FACETS[name].plural + ':':<{_SUMMARY_INDENT - 1}}", style=DIM)


def _write_hit(page: Page, place: int, hit: Hit) -> None:
    indent = 5 if page.rich else 3
    number = Text(f"{place}." if not page.rich else f"{place}", style=DIM)
    indent = max(indent, number.cell_len + 1)
    page.wrapped(_highlighted(hit.title, TITLE), indent=indent, first=number)
    article = hit.article
    became = SINCE.get(hit.since, "")
    topics = ", ".join(article.topics)
    about = _joined(became, _provider(article.provider), day(article.published_at), topics)
    if about:
        page.wrapped(about, style=DIM, indent=indent)
    if hit.snippet.text.strip():
        page.wrapped(_highlighted(hit.snippet, PLAIN), indent=indent)
    if line := also_in(hit.translations):
        page.wrapped(line, style=DIM, indent=indent)
    if hit.missing:
        page.wrapped(f"Without: {', '.join(hit.missing)}", style=DIM, indent=indent)
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


def _highlighted(highlighted: Highlighted, style: str) -> Text:
    """Return a text with its matches marked; each piece is cleaned by itself, so ranges hold."""
    text = Text()
    for piece, matched in highlighted.pieces():
        text += styled(piece, MATCH if matched else style)
    return text


def _write_entry(page: Page, article: Article | RelatedLink, reason: str = "", also: str = "") -> None:
    """Write an article of a list: its title, where and when, and what `backfile show` takes for it."""
    page.line()
    page.wrapped(article.title, indent=2)
    for line in (_joined(_provider(article.provider), day(article.published_at), reason), also):
        if line:
            page.wrapped(line, style=DIM, indent=2)
    page.line(article.url or article.id, style=DIM, indent=2)


def _suggestion_row(item: Suggestion) -> tuple[str | Text, ...]:
    text = _highlighted(Highlighted(item.text, item.ranges), PLAIN)
    # What --provider takes, where it is not what is read; what `show` takes.
    shown = item.value if item.kind == "title" or item.value.strip('"') != item.text else ""
    count = f"{'' if item.exact else '~'}{item.count:,}"
    before = styled(f"{clean_line(item.before)} " if item.before else "", DIM)
    return count, styled(item.kind, DIM), before + text + styled(f"  {shown}" if shown else "", DIM)


def _found_in(story: Story) -> str:
    """Return where else the story of a hit is, in a line; nothing where it is nowhere else."""
    if len(story) == 1:
        return ""
    count = amount(story.other_outlets, "outlet") if story.other_outlets else ""
    where = count or amount(len(story.others), "more version")
    names = _outlets(story.others, _STORY_OUTLETS) if count else ""
    return f"Also in {where}" + (f": {names}" if names else "")


def _also_in(copies: Sequence[Article]) -> str:
    """Return a line about an article's copies: how many there are, and where."""
    named = _outlets(copies, _COPY_OUTLETS)
    many = "1 copy" if len(copies) == 1 else f"{len(copies)} copies"
    return f"also in {many}" + (f": {named}" if named else "")


def _outlets(articles: Sequence[Article], most: int) -> str:
    """Return the names of the providers of some articles, each once, at most so many."""
    outlets = list(dict.fromkeys(article.provider.name for article in articles if article.provider))
    return ", ".join(outlets[:most]) + (", …" if len(outlets) > most else "")


def _facts(article: Article) -> list[tuple[str, str]]:
    """Return the names and values of what an article is, where the file says it; facets that are shown
    beside its title are left out."""
    listed = [facet for name, facet in FACETS.items() if name not in _BESIDE_TITLE]
    kinds = [facet.label(getattr(article, facet.attribute) or "") for facet in listed if not facet.several]
    rows = (
        *((facet.plural, ", ".join(getattr(article, facet.attribute))) for facet in listed if facet.several),
        ("Kind", _joined(*kinds, "featured" if article.featured else "")),
        ("Quality", _number(article.quality)),
        ("Popularity", _number(article.heat)),
        ("Entry", "" if article.origin == "file" else "only linked from others, has no file"),
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


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
