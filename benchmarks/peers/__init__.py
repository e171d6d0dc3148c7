"""Give me articles, I build an index; give me words, I return an Answer. One module an engine.

`other_peers` lists those beside Backfile that can run here. Each does the same work
a query: parse the text, find all articles with every word, the best ten with title, excerpt and
URL, the exact total, and exact counts by topic, by provider (the 50 largest) and by month.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from benchmarks.peers.base import NONE, PROVIDERS, Answer, Peer, folder_bytes
from benchmarks.peers.fts5 import Fts5Peer
from benchmarks.peers.plain_whoosh import PlainWhooshPeer

__all__ = ["NONE", "PROVIDERS", "Answer", "Peer", "folder_bytes", "other_peers"]


def other_peers(folder: Path) -> tuple[list[Peer], list[str]]:
    """Return the peers that can run here, their indexes under `folder`, and a for each that cannot."""
    peers: list[Peer] = [
        PlainWhooshPeer(folder / "whoosh"),
        PlainWhooshPeer(folder / "whoosh", topics_from="field"),
        Fts5Peer(folder / "fts5"),
    ]
    if importlib.util.find_spec("tantivy") is None:
        return peers, ["tantivy is not installed (`pip install -e '.[bench]'`) and is left out."]
    from benchmarks.peers.tantivy_index import TantivyPeer  # noqa: PLC0415 - an extra: it may be missing

    return [*peers, TantivyPeer(folder / "tantivy")], []
