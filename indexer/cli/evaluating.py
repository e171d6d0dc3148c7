"""`backfile eval`: how good the answers are, measured against judgements."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from indexer.cli.group import LazyCommand, LazyGroup
from indexer.cli.options import common_options, export_options, type_of_folder
from indexer.config import load_settings
from indexer.console.page import output_page, print_exported

# A subcommand is a row here.
SUBCOMMANDS: Mapping[str, LazyCommand] = {
    "collection": LazyCommand(
        "indexer.cli.evaluating", "collection", "Grade the search on a test collection with judgements."
    ),
    "related": LazyCommand(
        "indexer.cli.evaluating_related", "related", "Grade related articles on an archive's own lists."
    ),
}

_EXAMPLES = """\b
Examples:
  backfile eval collection cranfield
  backfile eval related ~/news
"""
_COLLECTION_EXAMPLES = """\b
Examples:
  backfile eval collection cranfield
  backfile eval collection cranfield --broaden
  backfile eval collection cranfield --json | jq '."nDCG@10"'
"""

evaluate = LazyGroup(
    SUBCOMMANDS,
    name="eval",
    help="Grade the answers against known good ones.",
    epilog=_EXAMPLES,
)


@click.command("collection", epilog=_COLLECTION_EXAMPLES)
@click.argument("folder", metavar="DIR", type=type_of_folder)
@click.option("--broaden", is_flag=True, help="Search for words of the best articles, too.")
@common_options
@export_options
def collection(
    folder: Path, config: Path | None, index: Path | None, broaden: bool, export: str | None
) -> None:
    """Grade the search on the test collection in DIR.

    DIR has corpus.jsonl (id, title, text), queries.jsonl (id, text) and qrels.tsv (query id,
    document id, relevance). The documents are indexed into a folder that is removed afterwards, or,
    with --index, into that one, which must not hold anything yet; each judged query is asked for
    any of its words, and the first 1000 hits are graded with the settings' ranking.
    """
    from indexer.console.grades import write_grades
    from indexer.evaluation.collection import evaluate_collection

    settings = load_settings(config)
    grades = evaluate_collection(folder, settings, broaden=broaden, index=index)
    if export:
        print_exported(export, grades.to_json())
    else:
        write_grades(output_page(), folder.name, grades.to_json(), grades.documents, grades.queries)
