"""Options that commands share, and the command whose words may begin with a dash."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.query.request import ORIGINS, Blend, SearchRequest

if TYPE_CHECKING:
    from indexer.query.archive import Archive

type_of_file = click.Path(dir_okay=False, path_type=Path)
type_of_folder = click.Path(file_okay=False, path_type=Path)

_ARGUMENTS = "indexer.cli.arguments"  # the key in a context's `meta` of the words as they were typed

Decorated = Callable[..., Any]


def open_archive(config: Path | None, *, index: Path | None) -> Archive:
    """Open an archive as `indexer.query.archive` does, which is imported only now."""
    from indexer.query import archive

    return archive.open_archive(config, index=index)


def common_options(command: Decorated) -> Decorated:
    """Add `--config` and `--index`, which every command takes."""
    for option in (
        click.option("--index", metavar="DIR", type=type_of_folder, help="The folder of the index."),
        click.option(
            "--config",
            metavar="FILE",
            type=type_of_file,
            help="The settings [config.toml, where there is one].",
        ),
    ):
        command = option(command)
    return command


def json_option(command: Decorated) -> Decorated:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def filter_options(command: Decorated) -> Decorated:
    """Add the filters that `search` and `facets` have in common."""
    options = [
        click.option(f"--{name}", metavar=metavar, multiple=True, help=f"Only {what}.")
        for name, metavar, what in (
            ("topic", "TOPIC", "this topic (in a tree: those below it, too)"),
            ("provider", "PROVIDER", "this provider, by name or domain"),
            ("author", "AUTHOR", "this author"),
            ("category", "CATEGORY", "this category"),
            ("type", "TYPE", "this type"),
            ("tag", "TAG", "this tag"),
            ("date", "DATE", "this year, month or day: 2020, 2020-06, 2020-06-25"),
        )
    ]
    options += [
        click.option("--after", metavar="DATE", help="Only later than this year, month or day (UTC)."),
        click.option("--before", metavar="DATE", help="Only earlier than this year, month or day (UTC)."),
        click.option(
            "--featured/--not-featured", default=None, help="Only what is featured, or only what is not."
        ),
        click.option(
            "--origin", metavar="|".join(ORIGINS), help="Only articles of files, or known as related only."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def broaden_option(command: Decorated) -> Decorated:
    """Add `--broaden`; not given, it is None."""
    return click.option(
        "--broaden",
        is_flag=True,
        default=None,
        help="Find any of the words, and words of the best articles.",
    )(command)


def ranking_options(command: Decorated) -> Decorated:
    """Add what changes which articles come first."""
    options = [
        click.option(f"--{name.replace('_', '-')}", type=float, metavar="N", help=f"{what}.")
        for name, what in (
            ("recency_weight", "How much being new adds to the relevance; 1 doubles it today"),
            ("recency_half_life_days", "The age at which half of that is left"),
            ("quality_weight", "How much a high quality adds; 1 doubles the highest"),
            ("heat_weight", "How much a high heat adds; 1 doubles the highest"),
        )
    ]
    for option in reversed(options):
        command = option(command)
    return command


class QueryCommand(click.Command):
    """A command whose query may have words such as `-meeting`: one dash is the query's, two ours.

    A literal `--` ends the options, as everywhere. `parameter` is the argument with the words;
    `language` has examples of queries and their meaning, for the help.
    """

    parameter = "query"

    def __init__(self, *args: Any, language: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        self._language = language
        kwargs["context_settings"] = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
        super().__init__(*args, **kwargs)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, and the language of queries where it is to be explained."""
        super().format_epilog(ctx, formatter)
        if self._language:
            with formatter.section("The language of queries"):
                formatter.write_dl(self._language)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the options out of the words; refuse an unknown one, which click was told to ignore."""
        end = args.index("--") if "--" in args else len(args)
        if "-h" in args[:end]:  # hardly ever means "without the word h", which NOT h can say
            args = ["--help"]
        ctx.meta[_ARGUMENTS] = tuple(args)
        behind = max(0, len(args) - end - 1)
        rest = super().parse_args(ctx, args)
        words: Sequence[str] = ctx.params.get(self.parameter) or ()
        for word in words[: len(words) - behind]:
            if word.startswith("--") and not ctx.resilient_parsing:
                known = [
                    name for parameter in self.params for name in (*parameter.opts, *parameter.secondary_opts)
                ]
                raise click.NoSuchOption(
                    word.split("=")[0], possibilities=_near(word.split("=")[0], known), ctx=ctx
                )
        return rest


def _near(word: str, known: Sequence[str]) -> list[str]:
    return difflib.get_close_matches(word, [name for name in known if name.startswith("--")])


def query_text(words: Sequence[str]) -> str:
    """Return the words as one query; bytes that the locale cannot read become a mark of their own."""
    return " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def command_again(name: str, option: str, value: str) -> str:
    """Return what to type to run this command for another page: `option` takes the place of both."""
    kept: list[str] = []
    behind: list[str] = []
    typed = iter(click.get_current_context().meta[_ARGUMENTS])
    for word in typed:
        if word == "--":
            behind = [word, *typed]
        elif word in {"--page", "--cursor"}:
            next(typed, None)
        elif not word.startswith(("--page=", "--cursor=")):
            kept.append(word)
    return shlex.join(["backfile", name, *kept, option, value, *behind])


def command_for(request: SearchRequest, usual: Blend, config: Path | None, index: Path | None) -> str:
    """Return what to type to search for `request` on the same index, whose settings' blend is `usual`."""
    given = request.to_json(usual)
    query = given.pop("query")
    words = [word for name, value in given.items() for word in _option(name, value)]
    # What begins with two dashes would be read as an option.
    asked = (
        ["--", query] if any(word.startswith("--") for word in query.split()) else [query] if query else []
    )
    behind, before = (asked, []) if asked[:1] == ["--"] else ([], asked)
    return shlex.join(["backfile", "search", *before, *words, *_place(config, index), *behind])


def _option(name: str, value: Any) -> list[str]:
    """Return the words that give `value`, as `SearchRequest.to_json` has it, to the option of `name`."""
    flag = f"--{name.replace('_', '-')}"
    if name == "featured":
        return [flag if value else "--not-featured"]
    if isinstance(value, bool):  # those that are off are not given
        return [flag]
    return [word for one in (value if isinstance(value, list) else [value]) for word in (flag, str(one))]


def _place(config: Path | None, index: Path | None) -> list[str]:
    return [*(["--config", str(config)] if config else []), *(["--index", str(index)] if index else [])]


def command_here(name: str, config: Path | None, index: Path | None) -> str:
    """Return what to type to run another command on the same index."""
    return shlex.join(["backfile", name, *_place(config, index)])
