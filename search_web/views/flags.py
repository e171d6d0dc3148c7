"""The labels of peaks over a chart: for each peak its place across and its words go in; where each label
stands comes out, so that no label lies on another, and no line from a label down to its bar crosses one.

A label begins or ends over its bar, and leads to the middle of the drawing. Of two that would lie over each
other's bars, the lesser peak's leads to the edge instead, or has only its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, count
from typing import NamedTuple


class Label(NamedTuple):
    """A text that begins at `x` per cent of the drawing (`anchor` is start), or ends there (end)."""

    text: str
    x: float
    anchor: str
    width: float
    lane: int = 0  # from the ground up

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where it goes."""
        return (self.x, self.x + self.width) if self.anchor == "start" else (self.x - self.width, self.x)

    def covers(self, x: float) -> bool:
        """Return whether a line down at `x` would cross it."""
        low, high = self.ends
        return low <= x <= high

    def overlaps(self, other: Label) -> bool:
        """Return whether both take the same room."""
        return self.ends[0] <= other.ends[1] and other.ends[0] <= self.ends[1]


def placed(peaks: Sequence[tuple[float, str]], letter: float) -> list[Label]:
    """Return the labels of peaks, the weightiest first, each given by its place across and its text, which
    begins with its number; `letter` is the width of one, all in per cent of the drawing."""
    waiting = dict(enumerate(_apart([_forms(x, text, letter) for x, text in peaks])))
    done: dict[int, Label] = {}
    while waiting:
        # What is above a label must not be crossed by its line: first those that lie over no other bar.
        number, label = next(
            (number, one)
            for number, one in waiting.items()
            if not any(one.covers(other.x) for other in waiting.values() if other is not one)
        )
        above = max((other.lane for other in done.values() if label.covers(other.x)), default=-1) + 1
        lane = next(
            lane
            for lane in count(above)
            if not any(other.lane == lane and label.overlaps(other) for other in done.values())
        )
        done[number] = label._replace(lane=lane)
        del waiting[number]
    return [done[number] for number in range(len(peaks))]


def _forms(x: float, text: str, letter: float) -> list[Label]:
    """Return the labels that a peak may have, the best first."""
    number = text.partition(" ")[0]
    sides = ("start", "end") if x < 50 else ("end", "start")
    whole, short = (
        [Label(one, x, side, (len(one) + 2) * letter) for side in sides] for one in (text, number)
    )
    return [whole[0], *(one for one in whole[1:] if one.ends[0] >= 0 and one.ends[1] <= 100), *short]


def _apart(forms: list[list[Label]]) -> list[Label]:
    """Return a form of each label, so that no two lie over each other's bars. There always are such: the last
    ones lead away from the middle, where none can lie over the bar of one on the other side."""
    taken = [0] * len(forms)
    while True:
        labels = [own[at] for own, at in zip(forms, taken, strict=True)]
        pair = next(
            (
                (one, other)
                for one, other in combinations(range(len(labels)), 2)
                if labels[one].covers(labels[other].x) and labels[other].covers(labels[one].x)
            ),
            None,
        )
        if pair is None:
            return labels
        lesser = next(at for at in reversed(pair) if taken[at] < len(forms[at]) - 1)
        taken[lesser] += 1
