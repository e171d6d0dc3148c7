"""`backfile export` and `backfile cite`: what is found, and references to it, in the formats of others."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from indexer.cli.group import Group
from indexer.cli.options import (
    Decorated,
    QueryCommand,
    common_options,
    key_within,
    open_archive,
    parameter_options,
    query_text,
    type_of_file,
)
from indexer.errors import RequestError
from indexer.formats import CITATIONS, EXPORTS, FORMATS, encoded
from indexer.query.parameters import Role
from indexer.query.request import OF_A_PAGE, SearchRequest

if TYPE_CHECKING:
    from indexer.formats.references import Reference
    from indexer.query.answers.export import Place
    from indexer.query.archive import Archive

_EXPORT_EXAMPLES = """\b
Examples:
  backfile export ferry strike --format csv --output strike.csv
  backfile export --topic Rail --after 2020 --format ndjson | jq .title
  backfile export wildfire --format atom --size 50 --output wildfire.atom
  backfile export ferry --format bibtex > ferry.bib
"""
_CITE_EXAMPLES = """\b
Examples:
  backfile cite article news/2020-06-24-port-halden.md
  backfile cite search ferry strike
"""
_ARTICLE_EXAMPLES = """\b
Examples:
  backfile cite article https://www.meridianwire.example/article/idMW17003
  backfile cite article news/2020-06-24-port-halden.md --format bibtex
"""
_SEARCH_EXAMPLES = """\b
Examples:
  backfile cite search ferry strike
  backfile cite search --topic Rail --after 2020 --format csl
"""

cite = Group(name="cite", help="Print a reference to an article or a search.", epilog=_CITE_EXAMPLES)


def _format_option(known: tuple[str, ...], usual: str) -> Callable[[Decorated], Decorated]:
    labels = ", ".join(FORMATS[name].label for name in known)
    text = f"The format [{usual}]: {labels}."
    return click.option(
        "--format", "form", metavar="|".join(known), type=click.Choice(known), default=usual, help=text
    )


@click.command("export", cls=QueryCommand, epilog=_EXPORT_EXAMPLES)
@click.argument("query", nargs=-1)
@_format_option(EXPORTS, EXPORTS[0])
@click.option(
    "--output", metavar="FILE", type=type_of_file, help="The file; it is replaced when all is written."
)
@click.option("--size", type=click.IntRange(min=1), metavar="N", help="At most so many articles [all].")
@parameter_options(Role.FILTER, Role.WORDS, Role.MATCH, Role.PAGE, without=OF_A_PAGE)
@common_options
def export(
    query: tuple[str, ...],
    config: Path | None,
    index: Path | None,
    form: str,
    output: Path | None,
    size: int | None,
    **given: Any,
) -> None:
    """Write all articles that QUERY finds; without one, all of the archive.

    However many there are, all of them are of one generation of the index, in the order of `backfile search`
    (a feed has the newest first). Articles with only some of the words say so in their `part`. JSON and
    newline-delimited JSON have the whole articles, the other formats no bodies. Texts that a spreadsheet
    would take for a formula have an apostrophe before them in CSV.
    """
    from indexer.query.answers.export import newest_first

    written = FORMATS[form]
    with open_archive(config, index=index) as archive:
        request = archive.request(query_text(query), **given)
        if written.is_feed:
            request = newest_first(request)
        found = archive.export(request, most=size)
        place = _place(archive)
        head = found.head(place, {"page": _page(archive, request)})
        text = encoded(written.exported(head, found.articles(place, written.leaves_out)))
        if output is None:
            for piece in text:
                click.echo(piece, nl=False)
        else:
            with _replaced(output) as file:
                file.writelines(text)


@cite.command("article", epilog=_ARTICLE_EXAMPLES)
@click.argument("key")
@_format_option(CITATIONS, "text")
@common_options
def cite_article(key: str, config: Path | None, index: Path | None, form: str) -> None:
    """Print a reference to an article.

    KEY is an article's id, its URL or the path of its file within the archive.
    """
    from indexer.formats.references import to_article

    with open_archive(config, index=index) as archive:
        place = _place(archive)
        article = archive.article(key_within(archive, key))
        _print_reference(form, to_article(place.described(article), place.site))


@cite.command(
    "search",
    cls=QueryCommand,
    epilog=_SEARCH_EXAMPLES,
    short_help="Print a reference to a search as it is answered now.",
)
@click.argument("query", nargs=-1)
@_format_option(CITATIONS, "text")
@parameter_options(Role.FILTER, Role.WORDS, Role.MATCH, Role.PAGE, without=OF_A_PAGE)
@common_options
def cite_search(
    query: tuple[str, ...], config: Path | None, index: Path | None, form: str, **given: Any
) -> None:
    """Print a reference to a search: its query, its filters, what it finds, and the generation of the archive
    that it is answered on."""
    from dataclasses import replace

    from indexer.formats.references import to_search

    with open_archive(config, index=index) as archive:
        request = archive.request(query_text(query), **given)
        found = archive.export(request, most=1)
        page = _page(archive, replace(request, since_generation=found.generation))
        head = found.head(_place(archive), {"page": page})
        _print_reference(form, to_search(head, date.today().isoformat()))


def _print_reference(form: str, reference: Reference) -> None:
    click.echo(FORMATS[form].cited(reference).encode("utf-8", "replace"), nl=False)


def _place(archive: Archive) -> Place:
    """Return where the archive is on the web, as the settings say it."""
    from indexer.query.answers.export import Place

    web = archive.settings.web
    return Place(web.title, lambda identity: web.address(f"/article/{identity}"))


def _page(archive: Archive, request: SearchRequest) -> str | None:
    """Return the address of the page of a search, where the settings say it."""
    return archive.settings.web.address(
        f"/search?{urlencode(request.pairs(archive.request()), errors='replace')}"
    )


@contextlib.contextmanager
def _replaced(output: Path) -> Iterator[IO[bytes]]:
    """Open a file aside, which takes the place of `output` when the block ends; where it fails, `output`
    stays as it is. Raises RequestError for what cannot be written."""
    target = output.resolve()
    is_plain = target.is_file() or not target.exists()
    aside = target.with_name(f".{target.name}.{os.getpid()}") if is_plain else target
    try:
        with aside.open("xb" if is_plain else "wb") as file:
            yield file
        if is_plain:
            aside.replace(target)
    except OSError as error:
        raise RequestError(
            f"the file cannot be written: {error.strerror}",
            where=str(output),
            cure="Choose another with --output, or make room for it.",
        ) from error
    finally:
        if is_plain:
            aside.unlink(missing_ok=True)
