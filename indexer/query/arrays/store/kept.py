"""What is made of a generation once, when it is first asked for, and kept as long as its snapshot is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from indexer.query.arrays.store.snapshot import Snapshot

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """What `make` returns for each snapshot; it must not hold the snapshot, or neither would ever go.

    It is made under the snapshot's lock, which who asks may hold already: with a lock of its own, two
    threads could wait for each other.
    """

    def __init__(self, make: Callable[[Snapshot], Made]) -> None:
        self._make = make
        self._known: WeakKeyDictionary[Snapshot, Made] = WeakKeyDictionary()

    def of(self, snapshot: Snapshot) -> Made:
        """Return what is kept for `snapshot`, made now where it is not."""
        with snapshot.lock:
            found = self._known.get(snapshot)
            if found is None:
                found = self._known[snapshot] = self._make(snapshot)
            return found
