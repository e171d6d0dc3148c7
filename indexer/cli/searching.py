"""`backfile search` and `backfile facets`: questions to the whole index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.cli.options import (
    QueryCommand,
    command_again,
    command_for,
    common_options,
    export_options,
    open_archive,
    parameter_options,
    print_answer,
    query_text,
)
from indexer.console.page import output_page, print_exported
from indexer.errors import RequestError, did_you_mean
from indexer.facets import FACETS
from indexer.query.language.syntax import SYNTAX
from indexer.query.parameters import PARAMETERS, Role

if TYPE_CHECKING:
    from indexer.query.answers.results import Results

_SEARCH_EXAMPLES = """\b
Examples:
  backfile search facial recognition
  backfile search board -meeting --after 2020-06 --sort newest
  backfile search '"facial recognition"' --topic Politics --topic Law
  backfile search 'title:ban OR title:"face scanning"' --json
"""
_FACETS_EXAMPLES = """\b
Examples:
  backfile facets topic
  backfile facets provider facial recognition --after 2020
  backfile facets date --topic Politics --json
"""


_LIKE_AN_OPTION = re.compile("-[A-Za-z]")
_LANGUAGE = [(row.example, row.meaning) for row in SYNTAX]


@click.command("search", cls=QueryCommand, epilog=_SEARCH_EXAMPLES, language=_LANGUAGE)
@click.argument("query", nargs=-1)
@parameter_options(Role.FILTER, Role.MATCH, Role.PAGE)
@click.option(
    "--facets/--no-facets",
    "show_facets",
    default=None,
    help="Show how the results divide [on a terminal, in short].",
)
@click.option("--explain", is_flag=True, help=PARAMETERS["explain"].help)
@common_options
@export_options
def search(
    query: tuple[str, ...],
    config: Path | None,
    index: Path | None,
    export: str | None,
    explain: bool,
    **given: Any,
) -> None:
    """Find articles that match QUERY; without one, list the newest.

    All words of the query must occur. A word after a dash must not: `board -meeting`. Put quotes
    within quotes for a phrase, because the shell takes the outer ones: '"board of directors"'. The rest of
    the language is below.

    A filter can be given several times: its values are alternatives, while different filters narrow
    each other. The value `none` is what has none. Dates are UTC.
    """
    from indexer.console.answers import SearchView, write_results

    show_facets = given.pop("show_facets")
    for word in query:
        if _LIKE_AN_OPTION.fullmatch(word):
            told = f"'{word}' leaves out the word '{word[1:]}'; `backfile search --help` lists the options"
            click.echo(f"Note: {told}.", err=True)
    with open_archive(config, index=index) as archive:
        results = archive.search(query_text(query), **given)
        if export:
            print_exported(export, results.to_json(explain=explain))
            return
        usual = archive.request().blend
        view = SearchView(
            facets=show_facets,
            explain=explain,
            next_command=_next_command(results, by_cursor=bool(given["cursor"])),
            by_cursor=bool(given["cursor"]),
            command=lambda request: command_for(request, usual, config, index),
        )
        write_results(output_page(), results, view)


@click.command(
    "facets",
    cls=QueryCommand,
    epilog=_FACETS_EXAMPLES,
    help="Count articles by the values of one facet.\n\n"
    f"NAME is one of {', '.join(FACETS)}. With a QUERY or filters, only what they find is counted; "
    "`backfile search --help` has the language of queries. The value `none` counts what has none.",
)
@click.argument("name", metavar="NAME")
@click.argument("query", nargs=-1)
@parameter_options(Role.FILTER, Role.MATCH)
@click.option("--size", "facet_size", type=int, metavar="N", help="The most values.")
@common_options
@export_options
def facets(
    name: str,
    query: tuple[str, ...],
    config: Path | None,
    index: Path | None,
    export: str | None,
    **given: Any,
) -> None:
    """Count articles by the values of one facet."""
    from indexer.console.answers import write_facet

    if name not in FACETS:
        raise RequestError(f"there is no facet '{name}'", cure=did_you_mean(name, FACETS))
    with open_archive(config, index=index) as archive:
        values = archive.facet(name, archive.request(query_text(query), **given))
        print_answer(export, values, write_facet)


def _next_command(results: Results, *, by_cursor: bool) -> str:
    if not results.next_cursor:
        return ""
    if by_cursor:
        return command_again("search", "--cursor", results.next_cursor)
    return command_again("search", "--page", str(results.page + 1))
