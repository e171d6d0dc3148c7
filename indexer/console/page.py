"""Where lines are written: wrapped and styled on a terminal, plain and whole elsewhere."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from indexer.console.text import clean, clean_line
from indexer.formats import FORMATS

_MAX_WIDTH = 100  # columns; longer lines are hard to read
_MIN_WIDTH = 20

# Styles by what a text is. Only `match` has a colour, so NO_COLOR loses nothing but that.
TITLE = "bold"
MATCH = "bold red"
DIM = "dim"
PLAIN = ""


class QuietConsole(Console):
    """A console that leaves a broken pipe to its caller; rich's own ends the process with status 1."""

    def on_broken_pipe(self) -> None:
        """Raise what the write raised."""
        raise BrokenPipeError(errno.EPIPE, "the reader of the output is gone")


class Page:
    """Writes lines to a console. Every text is cleaned on its way in, and none is markup."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.rich = console.is_terminal
        self.width = max(_MIN_WIDTH, min(console.width, _MAX_WIDTH))

    def line(self, text: str | Text = "", *, style: str = PLAIN, indent: int = 0) -> None:
        """Write one line that is never wrapped by us, so that what is in it can be copied whole."""
        self._write(" " * indent, text if isinstance(text, Text) else styled(text, style))

    def notes(self, sentences: Iterable[str]) -> None:
        """Write what a reader should know beside an answer, a line each."""
        for sentence in sentences:
            self.wrapped(f"Note: {sentence.rstrip('.')}.", style=DIM)

    def wrapped(
        self, text: str | Text, *, style: str = PLAIN, indent: int = 0, first: Text | None = None
    ) -> None:
        """Write a paragraph, wrapped on a terminal; `first` stands in the first line's indent."""
        whole = text if isinstance(text, Text) else styled(text, style)
        room = self.width - indent
        lines = list(whole.wrap(self.console, room)) if self.rich and room > 0 else [whole]
        for number, piece in enumerate(lines or [Text()]):
            if number == 0 and first is not None:
                self._write(Text(" " * max(0, indent - first.cell_len - 1)) + first + Text(" "), piece)
            else:
                self._write(" " * indent, piece)

    def paragraphs(self, text: str) -> None:
        """Write a text of several lines, each of them a paragraph."""
        for number, part in enumerate(p for p in clean(text).split("\n") if p.strip()):
            if number:
                self.line()
            self.wrapped(part)

    def table(
        self, rows: Iterable[Sequence[str | Text]], *, right: frozenset[int] = frozenset(), indent: int = 0
    ) -> None:
        """Write rows in columns two blanks apart; the columns of `right` end in line."""
        texts = [[cell if isinstance(cell, Text) else styled(cell) for cell in row] for row in rows]
        widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*texts, strict=True)]
        for row in texts:
            line = Text()
            for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
                gap = " " * (width - cell_len(cell.plain))
                line += Text(gap) + cell if at in right else cell + Text(gap)
                line += Text("  ")
            self.line(line, indent=indent)

    def _write(self, before: str | Text, text: Text) -> None:
        line = Text(before) if isinstance(before, str) else before
        line = line + text
        line.rstrip()
        self.console.print(line, soft_wrap=True, overflow="ignore", no_wrap=True)


def styled(text: str, style: str = PLAIN) -> Text:
    """Return a stranger's text on one line, harmless, in one style."""
    return Text(clean_line(text), style=style)


def output_page(*, errors: bool = False) -> Page:
    """Return the page that is standard output, or standard error."""
    return Page(QuietConsole(stderr=errors, markup=False, highlight=False, emoji=False))


def print_exported(name: str, data: Any) -> None:
    """Write `data` to standard output in the format called `name`, whatever the locale."""
    click.echo(FORMATS[name].answer(data, readable=True), nl=False)
