"""`backfile eval`: how good the answers are, measured against judgements, and how well an archive's own
related lists are found again."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.group import Group
from indexer.cli.options import common_options, export_options, print_answer, type_of_folder
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.console.page import output_page

if TYPE_CHECKING:
    from indexer.evaluation.related_lists import RelatedGrades

_EXAMPLES = """\b
Examples:
  backfile eval collection cranfield
  backfile eval related ~/news
"""
_COLLECTION_EXAMPLES = """\b
Examples:
  backfile eval collection cranfield
  backfile eval collection cranfield --broaden
  backfile eval collection cranfield --as-typed
  backfile eval collection cranfield --json | jq '."nDCG@10"'
"""
_RELATED_EXAMPLES = """\b
Examples:
  backfile eval related ARCHIVE
  backfile eval related ARCHIVE --sample 1000 --json
  backfile eval related --index FOLDER
"""

evaluate = Group(name="eval", help="Grade the answers against known good ones.", epilog=_EXAMPLES)


@evaluate.command(
    "collection",
    epilog=_COLLECTION_EXAMPLES,
    short_help="Grade the search on a test collection with judgements.",
)
@click.argument("folder", metavar="DIR", type=type_of_folder)
@click.option("--broaden", is_flag=True, help="Search for words of the best articles, too.")
@click.option("--as-typed", is_flag=True, help="Also search for the queries as they are written.")
@common_options
@export_options
def collection(
    folder: Path,
    config: Path | None,
    index: Path | None,
    broaden: bool,
    as_typed: bool,
    export: str | None,
) -> None:
    """Grade the search on the test collection in DIR.

    DIR has corpus.jsonl (id, title, text), queries.jsonl (id, text) and qrels.tsv (query id,
    document id, relevance). The documents are indexed into a folder that is removed afterwards, or,
    with --index, into that one, which must be empty; each judged query finds articles with
    any of its words, and the first 1000 hits are graded with the settings' ranking. With --as-typed
    each is also searched for as it is written; Success@10 is how often a relevant document is among the
    first ten, and nothing found how often there is no hit.
    """
    from indexer.console.grades import write_grades
    from indexer.evaluation.collection import evaluate_collection

    settings = load_settings(config)
    grades = evaluate_collection(folder, settings, broaden=broaden, as_typed=as_typed, index=index)
    print_answer(export, grades, write_grades, folder.name)


@evaluate.command(
    "related", epilog=_RELATED_EXAMPLES, short_help="Grade related articles on an archive's own lists."
)
@click.argument("archive", required=False, type=type_of_folder)
@common_options
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Grade so many articles [all].")
@click.option("--seed", type=int, default=1, metavar="N", help="The seed of the sample [1].")
@export_options
def related(
    archive: Path | None,
    config: Path | None,
    index: Path | None,
    sample: int | None,
    seed: int,
    export: str | None,
) -> None:
    """Grade related articles on an archive's own `related` lists.

    For each article with a list, what is computed without the list is compared with it. nDCG@10,
    R@10 and RR are given for short lists (ten or fewer) and long ones, beside a search for the title's
    words and one for five key terms. ARCHIVE is indexed in a temporary folder; without it, the
    existing index is used.
    """
    from indexer.console.grades import write_related_grades
    from indexer.evaluation.related_lists import evaluate_related

    settings = load_settings(config, archive=archive, index=index)
    if archive is None or index is not None:
        grades = evaluate_related(settings, sample=sample, seed=seed)
    else:
        with tempfile.TemporaryDirectory() as folder:
            grades = _indexed(settings, Path(folder) / "index", sample, seed)
    print_answer(export, grades, write_related_grades)


def _indexed(settings: Settings, folder: Path, sample: int | None, seed: int) -> RelatedGrades:
    from indexer.console.progress import show_progress
    from indexer.evaluation.related_lists import evaluate_related
    from indexer.indexing import reindex

    own = dataclasses.replace(
        settings,
        index=dataclasses.replace(settings.index, path=folder),
        source=dataclasses.replace(settings.source, kind="embedded"),
    )
    with show_progress(output_page(errors=True)) as hook:
        reindex(own, progress=hook)
    return evaluate_related(own, sample=sample, seed=seed)
