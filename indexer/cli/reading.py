"""`backfile show`, `backfile related` and `backfile stats`: one article, or the index in numbers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.cli.options import (
    common_options,
    export_options,
    fields_option,
    key_within,
    limit_option,
    names_of_fields,
    open_archive,
    print_cut_note,
    prints_answer,
)
from indexer.console.page import output_page, print_exported

if TYPE_CHECKING:
    from indexer.query.archive import Archive

_KEY = "KEY is an article's id, its URL or the path of its file within the archive."
_SHOW_EXAMPLES = """\b
Examples:
  backfile show https://www.meridianwire.example/article/idMW17003
  backfile show news/2020-06-24-port-halden.md --json
"""
_RELATED_EXAMPLES = """\b
Examples:
  backfile related https://www.meridianwire.example/article/idMW17003
  backfile related news/2020-06-24-port-halden.md --size 5 --json
  backfile related --title "Port Halden closes its pier" --date 2020-06-24 --text - < draft.txt
"""
_STORY_EXAMPLES = """\b
Examples:
  backfile story https://www.meridianwire.example/article/idMW17003
  backfile story news/2020-06-24-port-halden.md --json
"""
_STATS_EXAMPLES = """\b
Examples:
  backfile stats
  backfile stats --json | jq .articles
"""


@click.command("show", epilog=_SHOW_EXAMPLES, help=f"Print one article.\n\n{_KEY}")
@click.argument("key")
@prints_answer
def show(archive: Archive, key: str) -> tuple[Any, ...]:
    """Print one article."""
    from indexer.console.answers import write_article
    from indexer.query.answers.translations import ShownArticle

    article = archive.article(key_within(archive, key))
    shown = ShownArticle(article, archive.translations(article))
    return shown, write_article, archive.file(article)


@click.command(
    "related",
    epilog=_RELATED_EXAMPLES,
    help="List what goes with an article: what was written earlier, of the same story, and later; in each "
    "the editors' choice first, then the articles that mention it, then what is alike and near in time, "
    f"with the reasons.\n\n{_KEY} An article that the index does not have is described by options.",
)
@click.argument("key", required=False)
@click.option("--title", metavar="TEXT", help="The title of an article that the index need not have.")
@click.option("--excerpt", metavar="TEXT", help="Its excerpt.")
@click.option("--text", metavar="TEXT", help="Its text, of use without an excerpt; - reads standard input.")
@click.option("--url", metavar="URL", help="Its URL; where the index has it, that article is used.")
@click.option("--date", metavar="DATE", help="Its day, or moment (UTC).")
@click.option("--size", type=click.IntRange(min=1), metavar="N", help="At most so many related articles.")
@limit_option
@common_options
@export_options
@fields_option
def related(
    key: str | None,
    config: Path | None,
    index: Path | None,
    size: int | None,
    export: str | None,
    fields: str | None,
    time_limit_ms: int,
    **described: Any,
) -> None:
    """List what goes with an article."""
    from indexer.console.answers import write_related

    wanted = names_of_fields(fields, export)
    known = {name: value for name, value in described.items() if value is not None}
    if (key is None) == (not known):
        raise click.UsageError("give either KEY or what describes an article", click.get_current_context())
    if known.get("text") == "-":
        # Bytes, so that a text in another encoding is read but for its odd letters.
        known["text"] = sys.stdin.buffer.read().decode("utf-8", "replace")
    with open_archive(config, index=index) as opened:
        archive = opened.limited(time_limit_ms)
        if key is None:
            found = archive.related_to(**known, size=size)
        else:
            found = archive.related(key_within(archive, key), size=size)
    if export:
        print_exported(export, found.to_json(fields=wanted))
    else:
        write_related(output_page(), found)
        print_cut_note(archive)


@click.command(
    "story",
    epilog=_STORY_EXAMPLES,
    help="List the articles that are nearly one text with an article, copies and versions of it, the "
    f"earliest first.\n\n{_KEY}",
)
@click.argument("key")
@prints_answer
def story(archive: Archive, key: str) -> tuple[Any, ...]:
    """List the copies and versions of an article."""
    from indexer.console.answers import write_story

    return archive.story(key_within(archive, key)), write_story


@click.command("stats", epilog=_STATS_EXAMPLES)
@prints_answer
def stats(archive: Archive) -> tuple[Any, ...]:
    """Show what is indexed, and since when."""
    from indexer.console.reports import write_stats

    return archive.stats(check=True), write_stats
