"""When an answer has to be ready, and how much may be read for it: one deadline for all of a request.

    deadline = Deadline(milliseconds=1000, postings=10**8)
    if deadline.cuts():
        return nothing  # the step is left out, and the reader of the answer is warned

It is made where a request comes in, and handed down with it. Nothing is interrupted: each step of work (a
clause, a facet, a hit) asks before it begins; a request to another machine is given what is left. What was
left out, was left out whole.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from indexer.messages import say

_FOREVER = float("inf")
_T = TypeVar("_T")


class Deadline:
    """A limit of time, from now on, and of work; 0 is none. `has_cut`: something was left out."""

    __slots__ = ("_end", "_left", "_milliseconds", "_postings", "has_cut")

    def __init__(self, milliseconds: int = 0, postings: int = 0) -> None:
        self._milliseconds = milliseconds
        self._postings = postings
        self._end = monotonic() + milliseconds / 1000 if milliseconds else _FOREVER
        self._left: float = postings or _FOREVER
        self.has_cut = False

    def cuts(self) -> bool:
        """Return whether what comes next is to be left out; from the first time on, everything is."""
        if not self.has_cut and (self._left < 0 or monotonic() >= self._end):
            self.has_cut = True
        return self.has_cut

    def cut(self) -> None:
        """Leave out everything from now on: a step was not ready in time."""
        self.has_cut = True

    def whole(self, make: Callable[[], _T], otherwise: _T) -> _T:
        """Return what `make` gives, or `otherwise` where there is no time for it, or not for all of it."""
        if self.cuts():
            return otherwise
        made = make()
        return otherwise if self.has_cut else made

    @property
    def left(self) -> float:
        """How many seconds are left: infinite without a limit."""
        return max(self._end - monotonic(), 0.0)

    def spend(self, postings: int) -> None:
        """Count work: articles that have a word, places where it stands."""
        self._left -= postings

    def renewed(self) -> Deadline:
        """Return a deadline of the same limits, from now on."""
        return Deadline(self._milliseconds, self._postings)

    @property
    def note(self) -> str:
        """What a reader should see of it, without a full stop; nothing where nothing was left out."""
        if not self.has_cut:
            return ""
        if self._left < 0:
            limit = say("{count} postings", count=self._postings)
        else:
            limit = say("{count} ms", count=self._milliseconds)
        return say(
            "cut short after {limit}: there may be more, and what is left out was not counted", limit=limit
        )


NO_DEADLINE = Deadline()
