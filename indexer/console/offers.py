"""What is told beside results: searches that find something, what each filter removes, how exact a
total is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from indexer.console.page import DIM, TITLE, Page, styled
from indexer.console.text import amount
from indexer.query.ledger import FilterCount, Offer, TotalRelation
from indexer.query.request import SearchRequest

# What stands before a total.
BOUNDS: Mapping[TotalRelation, str] = {
    TotalRelation.EXACT: "",
    TotalRelation.AT_LEAST: "at least ",
    TotalRelation.AT_MOST: "at most ",
    TotalRelation.ABOUT: "about ",
}


def write_offers(page: Page, offers: Sequence[Offer], command: Callable[[SearchRequest], str] | None) -> None:
    """Write each search that finds something with its number, and below it what to type for it."""
    if not offers:
        return
    page.line()
    page.line("Searches nearby that find something:", style=TITLE)
    for offer in offers:
        page.line()
        total = BOUNDS[offer.total_relation] + amount(offer.total, "article")
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
