"""Options that commands share, and the command whose words may begin with a dash."""

from __future__ import annotations

import difflib
import functools
import shlex
import shutil
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.console.page import output_page, print_exported
from indexer.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    RequestError,
    did_you_mean,
)
from indexer.formats import ANSWERS, FORMATS
from indexer.query.parameters import PARAMETERS, Kind, Parameter, Role, names_of
from indexer.query.request import Blend, SearchRequest

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
    """Add `--config` and `--index`, which every command takes; an index that cannot be used is reported with
    the command that makes it."""

    @functools.wraps(command)
    def run(*args: Any, config: Path | None, index: Path | None, **given: Any) -> Any:
        try:
            return command(*args, config=config, index=index, **given)
        except (IndexMissingError, IndexOutdatedError, IndexDamagedError) as error:
            here = command_here(["index", *(["ARCHIVE"] if index else [])], config, index)
            cure = error.cure.replace("backfile index", here)
            raise type(error)(error.what, where=error.where, cure=cure) from error

    settings = "The settings [config.toml, where there is one]."
    option = click.option("--index", metavar="DIR", type=type_of_folder, help="The folder of the index.")
    return click.option("--config", metavar="FILE", type=type_of_file, help=settings)(option(run))


def program() -> str:
    """Return what to type for this command line: `backfile`, or the script's path where it was started by
    that and the name finds none or another one."""
    name, script = click.get_current_context().find_root().info_name or "backfile", Path(sys.argv[0])
    if name != "backfile" or script.name != name or not script.is_file():
        return name
    found = shutil.which(name)
    return name if found and script.samefile(found) else shlex.quote(sys.argv[0])


def export_options(command: Decorated) -> Decorated:
    """Add a flag for each format that answers are exported in; `export` is its name, None without one."""
    for name in reversed(ANSWERS):
        text = f"Print {FORMATS[name].label}."
        command = click.option(f"--{name}", "export", flag_value=name, help=text)(command)
    return command


def fields_option(command: Decorated) -> Decorated:
    """Add `--fields`, the names of which `names_of_fields` gives."""
    return click.option("--fields", metavar="NAMES", help=PARAMETERS["fields"].help)(command)


def names_of_fields(fields: str | None, export: str | None) -> list[str]:
    """Return what is wanted of each article. Raises RequestError where the answer is not written as data."""
    if fields is not None and export is None:
        cure = f"Add {option_of(next(iter(FORMATS)))}."
        raise RequestError("--fields chooses what an answer has as data", cure=cure)
    return (fields or "").split(",")


def limit_option(command: Decorated) -> Decorated:
    """Add `--time-limit-ms`, which is 0 where it is not given."""
    text = "Answer with what has been found after so many milliseconds [no limit]."
    return click.option("--time-limit-ms", metavar="N", type=click.IntRange(min=0), default=0, help=text)(
        command
    )


def parameter_options(*roles: Role, without: Collection[str] = ()) -> Callable[[Decorated], Decorated]:
    """Return what adds the options of the parameters that have one of `roles`, but for some, in the table's
    order."""

    def add(command: Decorated) -> Decorated:
        for name in reversed(names_of(*roles)):
            if name not in without:
                command = _option(PARAMETERS[name])(command)
        return command

    return add


def _option(parameter: Parameter) -> Callable[[Decorated], Decorated]:
    """Return the option of a parameter; not given, it is None, or of a facet nothing."""
    flag = option_of(parameter.name)
    given: dict[str, Any] = {"metavar": parameter.name.upper()}
    text = parameter.help
    if parameter.kind is Kind.EITHER:
        no = f"--not-{flag[2:]}"
        text = text.replace("`yes`", flag).replace("`no`", no)
        flag, given = f"{flag}/{no}", {"default": None}
    elif parameter.kind is Kind.FLAG:
        given = {"is_flag": True, "default": None}
    elif parameter.kind is Kind.VALUES:
        given["multiple"] = True
    elif parameter.kind is Kind.CHOICE:
        given["metavar"] = "|".join(parameter.choices)
    elif parameter.kind is Kind.DATE:
        given["metavar"] = "DATE"
    elif parameter.kind in (Kind.WHOLE, Kind.DECIMAL):
        given = {"metavar": "N", "type": int if parameter.kind is Kind.WHOLE else float}
    return click.option(flag, help=text, **given)


def one_of(refusal: str, known: Collection[str]) -> Callable[..., str]:
    """Return what checks the value of an argument: raises RequestError with `refusal` for one not `known`."""

    def check(_context: click.Context, _argument: click.Parameter, value: str) -> str:
        if value not in known:
            raise RequestError(refusal.format(value), cure=did_you_mean(value, known))
        return value

    return check


def option_of(name: str) -> str:
    """Return the option of a parameter."""
    return f"--{name.replace('_', '-')}"


def print_answer(export: str | None, answer: Any, write: Callable[..., None], *more: Any) -> None:
    """Print an answer in the format called `export`, or with `write`, which is given `more` as well, for a
    person to read."""
    if export:
        print_exported(export, answer.to_json())
    else:
        write(output_page(), answer, *more)


def print_cut_note(archive: Archive) -> None:
    """Print, behind an answer, that it was cut short, if it was."""
    if archive.deadline is not None and archive.timed_out:
        page = output_page()
        page.line()
        page.notes([archive.deadline.note])


def prints_answer(command: Callable[..., tuple[Any, ...]]) -> Decorated:
    """Return a command that gives `command` the open archive, and prints the answer that it returns beside
    what `print_answer` needs to write it; with the options that every question takes."""

    @limit_option
    @common_options
    @export_options
    @functools.wraps(command)
    def run(
        config: Path | None, index: Path | None, export: str | None, time_limit_ms: int, **given: Any
    ) -> None:
        with open_archive(config, index=index) as archive:
            limited = archive.limited(time_limit_ms)
            print_answer(export, *command(limited, **given))
            if not export:
                print_cut_note(limited)

    return run


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
        """Take the options out of the words; refuse an unknown one, which click is set to ignore."""
        end = args.index("--") if "--" in args else len(args)
        if "-h" in args[:end]:  # hardly ever means "without the word h", which NOT h can say
            args = ["--help"]
        ctx.meta[_ARGUMENTS] = tuple(args)
        behind = max(0, len(args) - end - 1)
        rest = super().parse_args(ctx, args)
        words: Sequence[str] = ctx.params.get(self.parameter) or ()
        for word in words[: len(words) - behind]:
            if word.startswith("--") and not ctx.resilient_parsing:
                name = word.split("=")[0]
                known = [known for each in self.params for known in (*each.opts, *each.secondary_opts)]
                near = difflib.get_close_matches(name, [one for one in known if one.startswith("--")])
                raise click.NoSuchOption(name, possibilities=near, ctx=ctx)
        return rest


def query_text(words: Sequence[str]) -> str:
    """Return the words as one query; bytes that the locale cannot read become a mark of their own."""
    return " ".join(words).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def search_again(option: str, value: str) -> str:
    """Return what to type to search for another page: `option` takes the place of both."""
    words: list[str] = []
    behind: list[str] = []
    typed = iter(click.get_current_context().meta[_ARGUMENTS])
    for word in typed:
        if word == "--":
            behind = [word, *typed]
        elif word in {"--page", "--cursor"}:
            next(typed, None)
        elif not word.startswith(("--page=", "--cursor=")):
            words.append(word)
    return _joined(["search", *words, option, value, *behind])


def command_for(request: SearchRequest, usual: Blend, config: Path | None, index: Path | None) -> str:
    """Return what to type to search for `request` on the same index, whose settings' blend is `usual`."""
    given = request.to_json(usual)
    query = given.pop("query")
    words = [word for name, value in given.items() for word in _words(name, value)]
    before, behind = [query] if query else [], []
    if any(word.startswith("--") for word in query.split()):  # it would be read as an option
        before, behind = [], ["--", query]
    return _joined(["search", *before, *words, *_place(config, index), *behind])


def _words(name: str, value: Any) -> list[str]:
    """Return the words that give `value`, as `SearchRequest.to_json` has it, to the option of `name`."""
    flag = option_of(name)
    if isinstance(value, bool):
        return [flag if value else f"--not-{flag[2:]}"]
    return [word for one in (value if isinstance(value, list) else [value]) for word in (flag, str(one))]


def _place(config: Path | None, index: Path | None) -> list[str]:
    return [*(["--config", str(config)] if config else []), *(["--index", str(index)] if index else [])]


def command_here(words: Sequence[str], config: Path | None, index: Path | None) -> str:
    """Return what to type to run a command, with its arguments, on the same index."""
    return _joined([*words, *_place(config, index)])


def _joined(words: Sequence[str]) -> str:
    return f"{program()} {shlex.join(words)}"


def key_within(archive: Archive, key: str) -> str:
    """Return `key` as a path within the archive, where it is the path from here of a file of it."""
    try:
        return (
            Path(key).resolve().relative_to(archive.stats().archive).as_posix() if Path(key).exists() else key
        )
    except (ValueError, OSError):  # no path of the archive, or none at all (a NUL, too long)
        return key
