"""Suggestions, written for a person."""

from __future__ import annotations

from rich.text import Text

from indexer.console.page import DIM, MATCH, PLAIN, Page, styled
from indexer.query.answers.results import Highlighted
from indexer.query.answers.suggestions import Suggestion, Suggestions


def write_suggestions(page: Page, found: Suggestions) -> None:
    """Write one suggestion a line: how many articles it gives, its kind, its text with what matched."""
    if not found:
        page.line("Nothing in the archive begins so.")
        return
    rows = [(_count(item), styled(item.kind, DIM), _text(item)) for item in found]
    page.table(rows, right=frozenset({0}))
    if any(not item.exact for item in found):
        page.line()
        page.line("~ was counted some changes of the archive ago.", style=DIM)
    if found.bounded:
        page.line()
        page.line("Not all titles were looked at: type more letters.", style=DIM)


def _count(item: Suggestion) -> str:
    return f"{'' if item.exact else '~'}{item.count:,}"


def _text(item: Suggestion) -> Text:
    text = Text()
    for piece, matched in Highlighted(item.text, item.ranges).pieces():
        text += styled(piece, MATCH if matched else PLAIN)
    # What --provider takes, where it is not what is read; what `show` takes.
    shown = item.value if item.kind == "title" or item.value.strip('"') != item.text else ""
    return text + styled(f"  {shown}" if shown else "", DIM)
