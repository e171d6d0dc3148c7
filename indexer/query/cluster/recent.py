"""The last answers of a cluster about one generation, which never changes: nor do they."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

MAX_ANSWERS = 256
MAX_ITEMS = 50_000  # hits, values of facets, and bodies by the kB, of all answers together: some 50 MB

Answer = Mapping[str, Any]


class RecentAnswers:
    """Answers by their requests. Safe to share between threads, who must not change them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._items = 0

    def find(self, requests: Iterable[str]) -> dict[str, Answer]:
        """Return the answers that are here, by their requests."""
        with self._lock:
            found = {request: self._answers[request] for request in requests if request in self._answers}
            for request in found:
                self._answers.move_to_end(request)
        return found

    def add(self, answers: Mapping[str, Answer]) -> None:
        """Add answers by their requests; the oldest ones make room."""
        with self._lock:
            for request, answer in answers.items():
                if request not in self._answers:
                    self._answers[request] = answer
                    self._items += _items(answer)
            while self._items > MAX_ITEMS or len(self._answers) > MAX_ANSWERS:
                _, oldest = self._answers.popitem(last=False)
                self._items -= _items(oldest)


def _items(answer: Answer) -> int:
    counted, hits = answer.get("aggregations", {}).values(), answer["hits"]["hits"]
    bodies = sum(len(hit.get("_source", {}).get("more", {}).get("body", "")) for hit in hits)
    return len(hits) + bodies // 1000 + sum(len(one.get("buckets", ())) for one in counted)
