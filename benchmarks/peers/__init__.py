"""Engines to compare with: articles -> an index, a Question -> an Answer. One module an engine.

`other_peers` lists those beside Backfile that can run here. Each does the same work a question: parse
the text, find all articles that match, the best ten with title, excerpt and URL, the exact total, and
exact counts by topic, by provider (the 50 largest) and by month; or as much of it as is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path

from benchmarks.peers.base import (
    COUNTED,
    KINDS,
    NONE,
    PROVIDERS,
    WORDS,
    Answer,
    Builder,
    Peer,
    Question,
    Words,
    folder_bytes,
)
from benchmarks.peers.fts5 import Fts5Peer
from benchmarks.peers.plain_whoosh import PlainWhooshPeer

__all__ = [
    "COUNTED",
    "EXTRAS",
    "KINDS",
    "NONE",
    "PROVIDERS",
    "WORDS",
    "Answer",
    "Builder",
    "Peer",
    "Question",
    "Words",
    "folder_bytes",
    "other_peers",
]

# Peers of the extra `.[bench]`: library, module, class.
EXTRAS = (
    ("tantivy", "benchmarks.peers.tantivy_index", "TantivyPeer"),
    ("bm25s", "benchmarks.peers.bm25s_arrays", "Bm25sPeer"),
)


def other_peers(folder: Path, *, whoosh: bool = True) -> tuple[list[Peer], list[str]]:
    """Return the peers that can run here, their indexes under `folder`, and a sentence for each that cannot.

    `whoosh` says whether stock Whoosh, which takes a Python call a posting, is among them.
    """
    peers: list[Peer] = []
    if whoosh:
        stock = folder / "whoosh"
        peers += [PlainWhooshPeer(stock), PlainWhooshPeer(stock, topics_from="field")]
    peers.append(Fts5Peer(folder / "fts5"))
    left_out = []
    for library, module, name in EXTRAS:
        if importlib.util.find_spec(library) is None:
            left_out.append(f"{library} is not installed (`pip install -e '.[bench]'`) and is left out.")
        else:
            peers.append(getattr(importlib.import_module(module), name)(folder / library))
    return peers, left_out
