"""How far a run is: a bar on a terminal, else now and then a line."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.progress import (
    BarColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from indexer.console.page import Page
from indexer.console.text import amount, duration
from indexer.indexing.report import Progress, ProgressHook

_SECONDS_BETWEEN_LINES = 5.0
_STAGES = {
    "reading": ("Reading", "file"),
    "writing": ("Writing", "article"),
    "committing": ("Committing", ""),
    "sending": ("Sending", "change"),
}


@contextlib.contextmanager
def show_progress(page: Page) -> Iterator[ProgressHook]:
    """Give a hook for a run; what it is given is shown on `page` until the block ends.

    On a terminal one line is drawn over and over, and gone at the end; elsewhere (a log, a pipe)
    there is a line every five seconds at most, so a short run writes nothing.
    """
    if page.rich and not page.console.is_dumb_terminal:
        with _bars(page) as bars:
            yield _BarHook(bars)
    else:
        yield LineHook(page)


class LineHook:
    """Writes a line where the last one was long enough ago."""

    def __init__(self, page: Page, clock: Callable[[], float] = time.monotonic) -> None:
        self._page = page
        self._clock = clock
        self._stage = ""
        self._stage_began = self._last_line = clock()

    def __call__(self, progress: Progress) -> None:
        """Take note of how far the run is."""
        now = self._clock()
        if progress.stage != self._stage:
            self._stage, self._stage_began = progress.stage, now
        if progress.detail:  # what a run waits for is shown at once
            self._last_line = now - _SECONDS_BETWEEN_LINES
        if now - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = now
            # A reader of the log that has gone away must not end the run.
            with contextlib.suppress(OSError):
                self._page.line(_sentence(progress, now - self._stage_began))


def _sentence(progress: Progress, seconds: float) -> str:
    verb, noun = _verb_and_noun(progress)
    if not noun:
        return verb
    text = f"{verb}: {progress.done:,} of {amount(progress.total, noun)}"
    if progress.done and seconds > 0:
        rate = progress.done / seconds
        text += f", {rate:,.0f}/s, {duration((progress.total - progress.done) / rate)} left"
    return text


def _verb_and_noun(progress: Progress) -> tuple[str, str]:
    if progress.stage == "waiting":
        return f"Waiting for another run: {progress.detail}", ""
    return _STAGES.get(progress.stage, (progress.stage.capitalize(), ""))


class _BarHook:
    """Draws one bar a stage, on one line: a stage that is done makes room for the next."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._stage = ""
        self._task: TaskID = bars.add_task("Looking at the archive", total=None, noun="")

    def __call__(self, progress: Progress) -> None:
        if progress.stage != self._stage:
            self._stage = progress.stage
            verb, noun = _verb_and_noun(progress)
            self._bars.remove_task(self._task)
            self._task = self._bars.add_task(verb, total=progress.total if noun else None, noun=noun)
        self._bars.update(self._task, completed=progress.done)


class _CountColumn(ProgressColumn):
    """`1,200 of 18,600 files  830/s`."""

    def render(self, task: Task) -> Text:
        noun = task.fields["noun"]
        if not noun or task.total is None:
            return Text()
        text = Text(f"{task.completed:,.0f} of {amount(int(task.total), noun)}")
        if task.speed:
            text.append(f"  {task.speed:,.0f}/s", style="dim")
        return text


class _TimeLeftColumn(TimeRemainingColumn):
    """`0:00:21 left`, where there is a rate to tell it from."""

    def render(self, task: Task) -> Text:
        if task.total is None or not task.speed:
            return Text()
        return super().render(task) + Text(" left", style="dim")


def _bars(page: Page) -> Bars:
    return Bars(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30, complete_style="green", finished_style="green", pulse_style="green"),
        _CountColumn(),
        _TimeLeftColumn(compact=True),
        console=page.console,
        transient=True,
    )
