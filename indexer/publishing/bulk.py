"""Documents -> the cluster: many at once, several requests at a time, again where it is busy."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from opensearchpy import OpenSearch
from opensearchpy.helpers import streaming_bulk

from indexer.publishing.lease import Lease

_DOCUMENTS = 500  # of a request
_BYTES = 8 << 20  # of a request
_REQUESTS = 2  # at a time: more are refused by nodes with little memory
_RETRIES = 8  # of what was refused because a node is busy: some four minutes in all
_FIRST_WAIT, _LONGEST_WAIT = 1, 60  # seconds


class Rejected(NamedTuple):
    """An article that the cluster refused, by its id, and why."""

    id: str
    reason: str


class Bulk:
    """Sends the changes of a run to one index."""

    def __init__(
        self, client: OpenSearch, index: str, lease: Lease, sent: Callable[[int, int], None]
    ) -> None:
        self._client, self._index, self._lease, self._sent = client, index, lease, sent

    def send(self, actions: Iterator[dict[str, Any]], total: int) -> tuple[Rejected, ...]:
        """Send all, `total` new versions of articles and ends of old ones; return what was refused."""
        rejected: list[Rejected] = []
        done = 0
        with ThreadPoolExecutor(_REQUESTS) as pool:
            running: deque[tuple[int, Future[list[Rejected]]]] = deque()
            for some in _batches(actions):
                running.append((len(some), pool.submit(self._request, some)))
                while len(running) > _REQUESTS or (running and running[0][1].done()):
                    count, request = running.popleft()
                    rejected += request.result()
                    done += count
                    self._sent(done, total)
                    self._lease.renew()
            for count, request in running:
                rejected += request.result()
                done += count
                self._sent(done, total)
        return tuple(rejected)

    def _request(self, actions: list[dict[str, Any]]) -> list[Rejected]:
        results = streaming_bulk(
            self._client,
            actions,
            index=self._index,
            chunk_size=_DOCUMENTS,
            max_chunk_bytes=_BYTES,
            max_retries=_RETRIES,
            initial_backoff=_FIRST_WAIT,
            max_backoff=_LONGEST_WAIT,
            raise_on_error=False,
        )
        return [_rejected(result) for fine, result in results if not fine]


def _batches(actions: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for action in actions:
        some.append(action)
        if len(some) == _DOCUMENTS:
            yield some
            some = []
    if some:
        yield some


def _rejected(result: dict[str, Any]) -> Rejected:
    item = next(iter(result.values()))
    error = item.get("error", {})
    reason = error.get("reason") if isinstance(error, dict) else str(error)
    return Rejected(str(item["_id"]).partition(":")[0], str(reason))
