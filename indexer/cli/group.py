"""The group of commands: finds one, runs it, and turns every failure into a sentence and a status."""

from __future__ import annotations

import _thread
import contextlib
import functools
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from indexer.console.text import clean_line
from indexer.errors import BackfileError, did_you_mean

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
_REPEAT_AFTER = 0.05  # seconds
EXIT_STATUSES: Mapping[int, str] = {
    0: "Done; also where a search finds nothing.",
    1: "There is no such article; or `check` found a fault.",
    2: "An option, a setting or a request cannot be used.",
    3: "The archive was refused: missing, empty, another one, or mostly gone.",
    4: "The index is missing, outdated or damaged, or may not be read.",
    5: "Another run is writing the index.",
    6: "The run could not be completed; its message says how the index is.",
    7: "What answers for the archive cannot be reached; try again later.",
    8: "More than half of the files were rejected; the message says why.",
    INTERRUPTED: "Interrupted.",
}
_HELP = """Full-text search over archives of articles kept as files: Markdown, MDX, HTML,
reStructuredText, text, YAML, JSON, TOML.

Index a folder once, and again whenever its files have changed; then search it here, in a browser
or from Python.
"""
_EXAMPLES = """\b
Examples:
  backfile index ARCHIVE
  backfile search facial recognition --topic Politics
  backfile serve --open
"""


@dataclass(frozen=True, slots=True)
class LazyCommand:
    """The module and name of a command, and its line in the list of commands, which loads none."""

    module: str
    attribute: str
    help: str

    def load(self) -> click.Command:
        """Import the command."""
        command: click.Command = getattr(importlib.import_module(self.module), self.attribute)
        return command


class Group(click.Group):
    """Commands within a command, which alone prints its help."""

    def __init__(self, **given: Any) -> None:
        alone = {"invoke_without_command": True, "no_args_is_help": False, "callback": _help_without_command}
        super().__init__(**{**alone, **given})

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise click.UsageError(f"there is no command '{args[0]}'. {did_you_mean(args[0], known)}", ctx)
        return super().resolve_command(ctx, args)


class CommandLine(Group):
    """All commands, by name. None is loaded for `--help` or a mistyped name."""

    def __init__(self, lazy: Mapping[str, LazyCommand]) -> None:
        self._lazy = lazy
        statuses = "\n".join(f"  {status:<4} {meaning}" for status, meaning in EXIT_STATUSES.items())
        super().__init__(
            name="backfile",
            help=_HELP,
            epilog=f"{_EXAMPLES}\n\b\nExit statuses:\n{statuses}",
            params=[
                click.Option(
                    ["--version"],
                    is_flag=True,
                    is_eager=True,
                    expose_value=False,
                    callback=_print_version,
                    help="Show the version and exit.",
                )
            ],
            context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]},
        )

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name."""
        return self._lazy[cmd_name].load() if cmd_name in self._lazy else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in self._lazy.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; end quietly where the reader of a pipe has gone or the user says so."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()
            return 0
        except KeyboardInterrupt:
            if sys.stderr.isatty():
                click.echo(err=True)  # the terminal has written ^C without a line's end
            return report_interruption("Interrupted.")
        return result

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line and exit; with `standalone_mode=False`, return what a command returns."""
        _write_anything()
        exits = kwargs.pop("standalone_mode", True)
        run = functools.partial(super().main, *args, **kwargs, standalone_mode=False)
        if not exits:
            return run()
        sys.exit(_status(run))


def _status(run: Callable[[], Any]) -> int:
    """Run, report what went wrong in a sentence, and return the exit status."""
    try:
        result = run()
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        report_error(_usage_sentence(error))
        return error.exit_code
    except BackfileError as error:
        report_error(str(error))
        return error.exit_status
    return result if isinstance(result, int) else 0


def report_error(sentence: str) -> None:
    """Write what went wrong to standard error, on one line."""
    click.echo(f"backfile: {clean_line(sentence)}", err=True)


def repeat_dropped_interruptions() -> None:
    """Repeat an interruption that Python drops because it fell into a destructor. Only for a process that
    runs nothing but the command: it changes what becomes of such errors."""
    sys.unraisablehook = _interrupt_again


def _interrupt_again(dropped: Any) -> None:
    if dropped.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(dropped)
        return
    again = threading.Timer(_REPEAT_AFTER, _interrupt)
    again.daemon = True
    again.start()


def _interrupt() -> None:
    if hasattr(signal, "pthread_kill"):  # ends a wait of the main thread's as well
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


def report_interruption(sentence: str) -> int:
    """Write that the user ended the run; return the exit status."""
    click.echo(sentence, err=True)
    return INTERRUPTED


def _usage_sentence(error: click.ClickException) -> str:
    """Return click's message as one sentence with a cure, whatever version of click made it."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.NoSuchOption):
        near = f" Did you mean '{error.possibilities[0]}'?" if error.possibilities else ""
        message = f"there is no option {error.option_name}.{near}"
    else:
        message = error.format_message().rstrip(". ")
        message = message[:1].lower() + message[1:] + ("" if message.endswith("?") else ".")
    return f"{message} See `{context.command_path} --help`." if context else message


def _help_without_command() -> None:
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib import metadata  # a quarter of the time of `--help`

    try:
        version = metadata.version("backfile")
    except metadata.PackageNotFoundError:  # run from a checkout
        version = "(not installed)"
    click.echo(f"backfile {version}")
    context.exit()


def _write_anything() -> None:
    """Let standard output write out what its encoding cannot, as standard error does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Point standard output at nothing, so that what is left in it does not fail at the end."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
