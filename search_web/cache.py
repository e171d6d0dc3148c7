"""Answers that were made before: readers ask for the same pages, and for the same beginnings of words, again
and again. The least recently used make room for new ones.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

CACHE = "backfile_cache"  # the name of the cache among an app's extensions

_MAX_SHARE = 1 / 16  # of the cache that one answer may take
_OVERHEAD = 270  # bytes that an answer takes beside its body, as measured with CPython 3.11


class CachedAnswer(NamedTuple):
    """What an answer is made of anew: its body, and of what media type that is."""

    body: bytes
    media_type: str


class AnswerCache:
    """Answers by the tags of their states (see `State`), which change with all that an answer depends on, in
    `capacity` bytes of memory at most. Safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._answers: OrderedDict[str, CachedAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, tag: str) -> CachedAnswer | None:
        """Return the answer of a state; None where it is not here."""
        with self._lock:
            found = self._answers.get(tag)
            if found:
                self._answers.move_to_end(tag)
        return found

    def put(self, tag: str, answer: CachedAnswer) -> None:
        """Store the answer of a state, unless it is a large one."""
        if _size(answer) > self._capacity * _MAX_SHARE:
            return
        with self._lock:
            if tag not in self._answers:  # else another thread was asked for it at the same time
                self._answers[tag] = answer
                self._size += _size(answer)
            while self._size > self._capacity:
                _, oldest = self._answers.popitem(last=False)
                self._size -= _size(oldest)


def _size(answer: CachedAnswer) -> int:
    return len(answer.body) + _OVERHEAD
