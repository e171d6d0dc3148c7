"""What is told beside results: searches that find something, what each filter removes, how exact a
total is, what became of the results since an earlier generation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from indexer.console.page import DIM, TITLE, Page, styled
from indexer.console.text import amount, minute
from indexer.query.answers.ledger import ADDED, CHANGED, FilterCount, Offer, Since, TotalRelation
from indexer.query.request import SearchRequest

# What stands before a total.
BOUNDS: Mapping[TotalRelation, str] = {
    TotalRelation.EXACT: "",
    TotalRelation.AT_LEAST: "at least ",
    TotalRelation.AT_MOST: "at most ",
    TotalRelation.ABOUT: "about ",
}

SINCE: Mapping[str, str] = {ADDED: "new since then", CHANGED: "changed since then"}
_SHOWN = 10  # removed articles


def write_since(page: Page, since: Since, current: int) -> None:
    """Write what became of the results, and of the archive, since an earlier generation."""
    page.line()
    when = f"Since generation {since.generation} ({minute(since.made)}; now {current})"
    new, touched = amount(since.added, "new article"), amount(since.changed, "changed one")
    page.wrapped(f"{when}: {new} and {touched} are among these results.")
    others, gone = amount(since.changed_elsewhere, "other article"), amount(since.removed, "article")
    unknown = "whether they were among the results then is not kept."
    listed = " Those that left:" if since.departed else ""
    page.wrapped(f"{others} changed and {gone} left the archive; {unknown}{listed}", style=DIM)
    for article in since.departed[:_SHOWN]:
        page.wrapped(article.title or article.id, indent=2)
        if article.url:
            page.line(article.url, style=DIM, indent=4)
    if since.removed > _SHOWN:
        told = len(since.departed)
        listed = "them" if told == since.removed else f"the first {told}"
        page.line(f"{since.removed - _SHOWN:,} more; --json lists {listed}.", style=DIM, indent=2)


def write_offers(page: Page, offers: Sequence[Offer], command: Callable[[SearchRequest], str] | None) -> None:
    """Write each search that finds something with its number, and below it what to type for it."""
    if not offers:
        return
    page.line()
    page.line("Searches nearby that find something:", style=TITLE)
    for offer in offers:
        page.line()
        noun = ("story", "stories") if offer.request.collapse else ("article", "articles")
        total = BOUNDS[offer.total_relation] + amount(offer.total, *noun)
        page.wrapped(f"Search {offer.text}: {total}", indent=2)
        if command is not None:
            page.line(command(offer.request), style=DIM, indent=4)


def write_filters(page: Page, filters: Sequence[FilterCount]) -> None:
    """Write what each filter removes of what is found without it."""
    rows = [
        (
            styled(f"{counted.name}:", DIM),
            ", ".join(counted.values),
            styled(f"removes {counted.removes:,} of {counted.without:,}", DIM),
        )
        for counted in filters
    ]
    page.table(rows)
