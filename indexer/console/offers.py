"""What is written beside results: searches that find something, what each filter removes, how exact a
total is, what became of the results since an earlier generation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from indexer.console.page import DIM, TITLE, Page, styled
from indexer.console.text import amount, minute
from indexer.query.answers.labels import BOUNDS, NOUNS
from indexer.query.answers.ledger import FilterCount, Offer, Since
from indexer.query.request import SearchRequest

_SHOWN = 10  # removed articles


def write_since(page: Page, since: Since, current: int) -> None:
    """Write what became of the results, and of the archive, since an earlier generation."""
    page.line()
    when = f"Since generation {since.generation} ({minute(since.made)}; now {current})"
    new, touched = amount(since.added, "new article"), amount(since.changed, "changed one")
    page.wrapped(f"{when}: {new} and {touched} are among these results.")
    others, gone = amount(since.changed_elsewhere, "other article"), amount(since.removed, "article")
    unknown = "whether they were among the results then is not known."
    listed = " Those that left:" if since.departed else ""
    page.wrapped(f"{others} changed and {gone} left the archive; {unknown}{listed}", style=DIM)
    for article in since.departed[:_SHOWN]:
        page.wrapped(article.title or article.id, indent=2)
        if article.url:
            page.line(article.url, style=DIM, indent=4)
    if since.removed > _SHOWN:
        exported = len(since.departed)
        listed = "them" if exported == since.removed else f"the first {exported}"
        page.line(f"{since.removed - _SHOWN:,} more; --json lists {listed}.", style=DIM, indent=2)


def write_offers(
    page: Page, offers: Sequence[Offer], heading: str, command: Callable[[SearchRequest], str] | None
) -> None:
    """Write each search that is offered with its number, and below it what to type for it."""
    if not offers:
        return
    page.line()
    page.line(heading, style=TITLE)
    for offer in offers:
        page.line()
        total = amount(offer.total, *NOUNS[offer.request.collapse])
        total = f"{BOUNDS[offer.total_relation]} {total}".lstrip()
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
