"""`backfile timeline`, `backfile overview` and `backfile compare`: what a search finds, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from indexer.cli.options import QueryCommand, one_of, parameter_options, prints_answer, query_text
from indexer.facets import FACETS
from indexer.query.parameters import INTERVALS, Role

if TYPE_CHECKING:
    from indexer.query.archive import Archive

_TIMELINE_EXAMPLES = """\b
Examples:
  backfile timeline 'facial recognition' ferry
  backfile timeline ferry --interval week --after 2020
  backfile timeline ferry --topic Politics --json
"""
_OVERVIEW_EXAMPLES = """\b
Examples:
  backfile overview facial recognition
  backfile overview --provider meridianwire.example --after 2020
"""
_COMPARE_EXAMPLES = """\b
Examples:
  backfile compare provider meridianwire.example harbourpost.example
  backfile compare topic Politics Technology facial recognition --after 2020
  backfile compare query ferry 'harbour bridge' --json
"""
_interval_option = click.option(
    "--interval", metavar="|".join(INTERVALS), help="The length of a period [chosen by the span]."
)


class _QueriesCommand(QueryCommand):
    parameter = "queries"


@click.command("timeline", cls=_QueriesCommand, epilog=_TIMELINE_EXAMPLES)
@click.argument("queries", nargs=-1, metavar="[QUERY]...")
@_interval_option
@parameter_options(Role.FILTER, Role.WORDS)
@prints_answer
def timeline(
    archive: Archive, queries: tuple[str, ...], interval: str | None, **filters: Any
) -> tuple[Any, ...]:
    """Count what up to five queries find, by day, week, month or year.

    Each QUERY is one argument: put quotes around several words. Without one, everything is counted.
    The share is that of all articles of the archive; a period for which it has none at all has no data.
    Weeks begin on Monday. A peak is a time in which a query is found far more often than usual; its
    terms set it apart from the query's other articles.
    """
    from indexer.console.timelines import write_timeline

    asked = [query_text([query]) for query in queries] or [""]
    return archive.timeline(asked, interval=interval, **filters), write_timeline


@click.command("overview", cls=QueryCommand, epilog=_OVERVIEW_EXAMPLES)
@click.argument("query", nargs=-1)
@parameter_options(Role.FILTER, Role.WORDS)
@prints_answer
def overview(archive: Archive, query: tuple[str, ...], **filters: Any) -> tuple[Any, ...]:
    """Summarize what QUERY finds: how much, from when to when, what about, from whom.

    The terms set what is found apart from the archive; behind each stands how many of the articles
    found have it, of how many in all.
    """
    from indexer.console.timelines import write_overview

    return archive.overview(query_text(query), **filters), write_overview


@click.command(
    "compare",
    cls=QueryCommand,
    epilog=_COMPARE_EXAMPLES,
    help="Put two providers, two topics or two queries side by side.\n\n"
    f"BY is one of {', '.join(FACETS)} or query; ONE and OTHER are two values of it. With a QUERY or "
    "filters, only what these find is compared. Behind each term stands how many articles of its own side "
    "have it, of how many of the other.",
)
@click.argument("by", metavar="BY", callback=one_of("cannot compare by '{}'", (*FACETS, "query")))
@click.argument("one", metavar="ONE")
@click.argument("other", metavar="OTHER")
@click.argument("query", nargs=-1)
@_interval_option
@parameter_options(Role.FILTER, Role.WORDS)
@prints_answer
def compare(
    archive: Archive, by: str, one: str, other: str, query: tuple[str, ...], **given: Any
) -> tuple[Any, ...]:
    """Put two providers, two topics or two queries side by side."""
    from indexer.console.timelines import write_comparison

    sides = ({by: query_text([text])} for text in (one, other))
    return archive.compare(*sides, query=query_text(query), **given), write_comparison
