"""`backfile search`, `backfile facets` and `backfile suggest`: questions to the whole index."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.cli.options import (
    QueryCommand,
    command_for,
    common_options,
    export_options,
    fields_option,
    limit_option,
    names_of_fields,
    one_of,
    open_archive,
    parameter_options,
    print_cut_note,
    prints_answer,
    query_text,
    search_again,
)
from indexer.console.page import output_page, print_exported
from indexer.facets import FACETS
from indexer.query.language.syntax import SYNTAX
from indexer.query.parameters import MAX_SUGGESTIONS, PARAMETERS, SUGGESTION_KINDS, Role

if TYPE_CHECKING:
    from indexer.query.answers.results import Results
    from indexer.query.archive import Archive
    from indexer.query.request import SearchRequest

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
_SUGGEST_EXAMPLES = """\b
Examples:
  backfile suggest facial rec
  backfile suggest recog --kind topic --kind phrase
  backfile suggest ferr --size 5 --json
"""

_LIKE_AN_OPTION = re.compile("-[A-Za-z]")
_LANGUAGE = [(row.example, row.meaning) for row in SYNTAX]


@click.command("search", cls=QueryCommand, epilog=_SEARCH_EXAMPLES, language=_LANGUAGE)
@click.argument("query", nargs=-1)
@parameter_options(Role.FILTER, Role.WORDS, Role.MATCH, Role.PAGE)
@click.option(
    "--facets/--no-facets",
    "show_facets",
    default=None,
    help="Show the facets [on a terminal, a summary].",
)
@click.option("--explain", is_flag=True, help=PARAMETERS["explain"].help)
@limit_option
@common_options
@export_options
@fields_option
def search(
    query: tuple[str, ...],
    config: Path | None,
    index: Path | None,
    export: str | None,
    fields: str | None,
    explain: bool,
    **given: Any,
) -> None:
    """Find articles that match QUERY; without one, list the newest.

    Articles with all of the words come first; then, by relevance, those with some of them, which name the
    words they lack; --match changes that. A word after a plus must occur, one after a dash must not:
    `board +vote -meeting`. Put quotes within quotes for a phrase, because the shell takes the outer ones:
    '"board of directors"'. The rest of the language is below.

    A filter can be given several times: its values are alternatives, while different filters narrow
    each other. The value `none` stands for no value. Days are those in the files.
    """
    from indexer.console.answers import SearchView, write_results

    show_facets = given.pop("show_facets")
    wanted = names_of_fields(fields, export)
    for word in query:
        if _LIKE_AN_OPTION.fullmatch(word):
            note = f"'{word}' leaves out the word '{word[1:]}'; `backfile search --help` lists the options"
            click.echo(f"Note: {note}.", err=True)
    with open_archive(config, index=index) as opened:
        archive = opened.limited(given.pop("time_limit_ms"))
        request = archive.request(query_text(query), **given)
        results = archive.search(request)
        if export:
            print_exported(export, results.to_json(explain=explain, fields=wanted))
            return
        usual = archive.request().blend

        def command(request: SearchRequest) -> str:
            return command_for(request, usual, config, index)

        view = SearchView(
            facets=show_facets,
            explain=explain,
            next_command=_next_command(results, by_cursor=bool(given["cursor"])),
            by_cursor=bool(given["cursor"]),
            command=command,
            wider=_wider(archive, request, results, command),
        )
        write_results(output_page(), results, view)
        print_cut_note(archive)


@click.command(
    "facets",
    cls=QueryCommand,
    epilog=_FACETS_EXAMPLES,
    help="Count articles by the values of one facet.\n\n"
    f"NAME is one of {', '.join(FACETS)}. With a QUERY or filters, only what they find is counted; "
    "`backfile search --help` has the language of queries. The value `none` counts articles without one.",
)
@click.argument("name", metavar="NAME", callback=one_of("there is no facet '{}'", FACETS))
@click.argument("query", nargs=-1)
@parameter_options(Role.FILTER, Role.WORDS, Role.MATCH)
@click.option("--size", "facet_size", type=int, metavar="N", help="At most so many values.")
@prints_answer
def facets(archive: Archive, name: str, query: tuple[str, ...], **given: Any) -> tuple[Any, ...]:
    """Count articles by the values of one facet."""
    from indexer.console.answers import write_facet

    return archive.facet(name, archive.request(query_text(query), **given)), write_facet


@click.command("suggest", epilog=_SUGGEST_EXAMPLES)
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--size",
    type=click.IntRange(1, MAX_SUGGESTIONS),
    default=10,
    metavar="N",
    help="At most so many suggestions [10].",
)
@click.option("--kind", "kinds", metavar="|".join(SUGGESTION_KINDS), multiple=True, help="Only this kind.")
@prints_answer
def suggest(archive: Archive, text: tuple[str, ...], size: int, kinds: tuple[str, ...]) -> tuple[Any, ...]:
    """Suggest topics, providers, phrases and titles.

    TEXT is what is typed so far: its last word is taken as a beginning. Better matches come first,
    then more frequent ones, then newer ones; one letter may be wrong from four letters on. The search
    page suggests the same.
    """
    from indexer.console.answers import write_suggestions

    return archive.suggest(query_text(text), size=size, kinds=kinds or None), write_suggestions


def _wider(
    archive: Archive, request: SearchRequest, results: Results, command: Callable[[SearchRequest], str]
) -> tuple[Results, str] | None:
    """Return the search that finds what an order other than relevance, or `--match all`, leaves out, and what
    to type for it."""
    from indexer.query.wider import search_wider, widened

    if results.match == "auto" and results.sort == "relevance":
        return None
    wider = search_wider(archive, request)
    return None if wider is None else (wider, command(widened(archive, request)))


def _next_command(results: Results, *, by_cursor: bool) -> str:
    if results.is_past_end:
        return search_again("--page", str(results.pages))
    if not results.next_cursor:
        return ""
    if by_cursor:
        return search_again("--cursor", results.next_cursor)
    return search_again("--page", str(results.page + 1))
