"""Answers that were made before: readers ask for the same pages, and for the same beginnings of words, again
and again. Those that nobody has asked for longest make room for new ones.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

_SHARE = 16  # the part of all room that one answer may take: 1/16


class KeptAnswer(NamedTuple):
    """What an answer is made of anew: its body, and of what media type that is."""

    body: bytes
    media_type: str


class KeptAnswers:
    """At most `room` bytes of answers by the tags of their states (see `State`), which change with all that
    an answer depends on. Safe to share between threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._size = 0
        self._answers: OrderedDict[str, KeptAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> KeptAnswer | None:
        """Return the answer of a state; None where it is not kept."""
        with self._lock:
            found = self._answers.get(tag)
            if found:
                self._answers.move_to_end(tag)
        return found

    def keep(self, tag: str, answer: KeptAnswer) -> None:
        """Keep the answer of a state, unless it is a large one."""
        if len(answer.body) > self._room // _SHARE:
            return
        with self._lock:
            if tag not in self._answers:  # else another thread was asked for it at the same time
                self._answers[tag] = answer
                self._size += len(answer.body)
            while self._size > self._room:
                _, oldest = self._answers.popitem(last=False)
                self._size -= len(oldest.body)
