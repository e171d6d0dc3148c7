"""`backfile eval related`: how well an archive's own related lists are found again."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.cli.options import common_options, export_options, type_of_folder
from indexer.config import Settings, load_settings
from indexer.console.page import error_page, output_page, print_exported

if TYPE_CHECKING:
    from indexer.evaluation.related_lists import RelatedGrades

_EXAMPLES = """\b
Examples:
  backfile eval related ARCHIVE
  backfile eval related ARCHIVE --sample 1000 --json
  backfile eval related --index FOLDER
"""


@click.command("related", epilog=_EXAMPLES)
@click.argument("archive", required=False, type=type_of_folder)
@common_options
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="Ask for so many articles [all].")
@click.option("--seed", type=int, default=1, metavar="N", help="What the articles are drawn by [1].")
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

    Each article with a list is asked for, its list hidden: what is computed is held against it. nDCG@10,
    R@10 and RR are given for short lists (ten or fewer) and long ones, beside a search for the title's
    words and one for five key terms. ARCHIVE is indexed in a temporary folder; without it, the
    index at hand is asked.
    """
    from indexer.console.grades import write_related_grades
    from indexer.evaluation.related_lists import evaluate_related

    settings = load_settings(config, archive=archive, index=index)
    if archive is None or index is not None:
        grades = evaluate_related(settings, sample=sample, seed=seed)
    else:
        with tempfile.TemporaryDirectory() as folder:
            grades = _indexed(settings, Path(folder) / "index", sample, seed)
    if export:
        print_exported(export, grades.to_json())
    else:
        write_related_grades(output_page(), grades)


def _indexed(settings: Settings, folder: Path, sample: int | None, seed: int) -> RelatedGrades:
    from indexer.console.progress import show_progress
    from indexer.evaluation.related_lists import evaluate_related
    from indexer.indexing import reindex

    own = dataclasses.replace(settings, index=dataclasses.replace(settings.index, path=folder))
    with show_progress(error_page()) as hook:
        reindex(own, progress=hook)
    return evaluate_related(own, sample=sample, seed=seed)
