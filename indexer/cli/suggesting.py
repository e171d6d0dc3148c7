"""`backfile suggest`: what a reader may mean, from what is typed so far."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.cli.options import common_options, export_options, open_archive, print_answer, query_text
from indexer.query.parameters import MAX_SUGGESTIONS, SUGGESTION_KINDS

_EXAMPLES = """\b
Examples:
  backfile suggest facial rec
  backfile suggest recog --kind topic --kind phrase
  backfile suggest ferr --size 5 --json
"""


@click.command("suggest", epilog=_EXAMPLES)
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--size",
    type=click.IntRange(1, MAX_SUGGESTIONS),
    default=10,
    metavar="N",
    help="The most suggestions [10].",
)
@click.option("--kind", "kinds", metavar="|".join(SUGGESTION_KINDS), multiple=True, help="Only this kind.")
@common_options
@export_options
def suggest(
    text: tuple[str, ...],
    size: int,
    kinds: tuple[str, ...],
    config: Path | None,
    index: Path | None,
    export: str | None,
) -> None:
    """Suggest topics, providers, phrases and titles.

    TEXT is what is typed so far: its last word is taken as a beginning. Better matches come first,
    then more frequent ones, then newer ones; one letter may be wrong from four letters on. The search
    page suggests the same.
    """
    from indexer.console.answers import write_suggestions

    with open_archive(config, index=index) as archive:
        found = archive.suggest(query_text(text), size=size, kinds=kinds or None)
    print_answer(export, found, write_suggestions)
