"""An archive on a real node of OpenSearch, in one shard and in three, beside its index folder, in one run.

    python -m benchmarks.cluster --sizes 25000,250000

Each question is asked once, so that none is answered from what was answered before.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.collection import generated, settings_for
from benchmarks.figures import count, megabytes, table
from benchmarks.machine import describe_machine
from benchmarks.measure import percentile, take_turns, timed
from benchmarks.peers.backfile import BackfilePeer
from benchmarks.peers.base import DATE, NEWEST, PHRASE, TOPIC, WORDS
from benchmarks.queries import draw_questions
from benchmarks.saved import CLUSTER, RESULTS, Saved, save, write_section
from indexer import Settings, reindex
from indexer.cluster.connection import connect
from indexer.publishing.publish import publish
from indexer.query.arrays.store.snapshot import open_snapshot
from tests.cluster.nodes import Cluster

FOLDER = "index folder"
SHARDS: Mapping[str, int] = {"1 shard": 1, "3 shards": 3}
KINDS = (WORDS, PHRASE, TOPIC, DATE, NEWEST)
HEAP = "512m"

Say = Callable[[str], None]


def measure(size: int, questions: int, say: Say) -> dict[str, Any]:
    """Return what was measured on `size` generated articles."""
    with tempfile.TemporaryDirectory(prefix="backfile-cluster-") as name, ExitStack() as stack:
        folder = Path(name)
        collection = generated(size)
        say(f"{size:,} articles: files, index folder")
        settings = settings_for(collection.prepare(folder), folder / "index")
        settings = dataclasses.replace(settings, search=dataclasses.replace(settings.search, time_limit_ms=0))
        seconds = {FOLDER: timed(lambda: reindex(settings))}
        cluster = stack.enter_context(Cluster(1, folder / "nodes", heap=HEAP))
        peers = {FOLDER: BackfilePeer(settings, snippets=False)}
        sizes: dict[str, Mapping[str, int]] = {FOLDER: {"index": peers[FOLDER].size()}}
        work = {}
        for shown, shards in SHARDS.items():
            say(f"{size:,} articles: {shown}")
            there = in_cluster(settings, cluster, shards)
            began = processor_time(cluster)
            seconds[shown] = timed(functools.partial(fill, there))
            work[shown] = [
                after - before for after, before in zip(processor_time(cluster), began, strict=True)
            ]
            sizes[shown] = bytes_in(there)
            peers[shown] = BackfilePeer(there, snippets=False, name=shown)
        articles = list(collection.articles(settings.index.path))
        for peer in peers.values():
            stack.callback(peer.close)
            peer.open()
            for question in draw_questions(WORDS, articles, questions, seed=2):
                peer.ask(question)
        times = {}
        for kind in KINDS:
            say(f"{size:,} articles: {kind}")
            drawn = draw_questions(kind, articles, questions)
            times[kind] = take_turns({shown: peer.ask for shown, peer in peers.items()}, drawn)
        return {"articles": size, "seconds": seconds, "work": work, "bytes": sizes, "times": times}


def in_cluster(settings: Settings, cluster: Cluster, shards: int) -> Settings:
    """Return the settings of the same archive in a cluster."""
    source = dataclasses.replace(
        settings.source,
        kind="opensearch",
        hosts=cluster.hosts,
        alias=f"shards-{shards}",
        shards=shards,
        replicas=0,
        timeout_ms=60_000,
    )
    return dataclasses.replace(settings, source=source)


def fill(settings: Settings) -> None:
    """Send the index folder to the cluster."""
    with connect(settings.source) as client:
        publish(client, settings.source, open_snapshot(settings.index.path), kept_generations=1)


def processor_time(cluster: Cluster) -> tuple[float, float]:
    """Return the seconds of the processor that this process and the node have taken."""
    fields = Path(f"/proc/{cluster.nodes[0].pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return time.process_time(), sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def bytes_in(settings: Settings) -> dict[str, int]:
    """Return the bytes of the archive in the cluster: of its articles, of its tables."""
    alias = settings.source.alias
    with connect(settings.source) as client:
        found = {}
        for part, indices in (("index", f"{alias}-articles-*"), ("tables", f"{alias}-tables")):
            client.indices.forcemerge(index=indices, max_num_segments=1, request_timeout=3600)
            client.indices.refresh(index=indices)  # else segments that were merged still count
            client.indices.flush(index=indices)
            stats = client.indices.stats(index=indices, metric="store")
            found[part] = stats["_all"]["primaries"]["store"]["size_in_bytes"]
        return found


# Reporting


def cluster_section(saved: Saved | None) -> list[str]:
    """Return the section of the page, paragraph by paragraph; nothing where nothing was measured."""
    if not saved:
        return []
    sizes = ",".join(str(one["articles"]) for one in saved["sizes"])
    before, after = saved["load"]
    section = [
        "## In a cluster",
        f"By `python -m benchmarks.cluster --sizes {sizes}` on {saved['date']}: one node of OpenSearch on "
        f"the same machine, a heap of {HEAP}, started as for the tests (its compiler's first tier alone). "
        f"The machine's load was {before:.1f} before the run and {after:.1f} at its end. To send is what a "
        "run does after the index folder is made. Of a question total, ten hits with their articles and the "
        "facets of topics, providers and months are looked at; each is asked once, in turns.",
    ]
    for one in saved["sizes"]:
        articles = one["articles"]
        section += [f"### {count(articles)} generated articles in a cluster", _sizes(one), _times(one)]
    return section


def _sizes(one: Saved) -> str:
    articles = one["articles"]
    rows = []
    for shown, seconds in one["seconds"].items():
        parts, work = one["bytes"][shown], one["work"].get(shown)
        rows.append(
            (
                shown,
                f"{seconds:.1f}",
                count(articles / seconds),
                *((f"{1e3 * each / articles:.2f}" for each in work) if work else ("", "")),
                *(count(parts[part] / articles) if part in parts else "" for part in ("index", "tables")),
                megabytes(sum(parts.values())),
            )
        )
    head = (
        "", "to make or send, s", "articles/s", "processor of the run, ms an article", "of the node",
        "bytes an article", "of its tables", "MB in all",
    )  # fmt: skip
    return table(head, rows)


def _times(one: Saved) -> str:
    rows = []
    for kind, taken in one["times"].items():
        for percent in (50, 95):
            found = [1e3 * percentile(seconds, percent) for seconds in taken.values()]
            ratios = (f"{each / found[0]:.1f}" for each in found[1:])
            rows.append((kind, f"p{percent}", *(f"{each:.2f}" for each in found), *ratios))
    names = [*one["seconds"]]
    head = (
        "question",
        "",
        *(f"{name}, ms" for name in names),
        *(f"{name}, times as long" for name in names[1:]),
    )
    return table(head, rows, left=2)


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep what came of it, and put it into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--sizes", default="25000", help="articles, by commas (%(default)s)")
    parser.add_argument("--questions", type=int, default=100, help="of each kind (%(default)s)")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True, help="write the page")
    given = parser.parse_args(arguments)
    machine = describe_machine()
    found = {
        "date": machine.when,
        "sizes": [
            measure(int(size), given.questions, lambda line: print(line, file=sys.stderr, flush=True))
            for size in given.sizes.split(",")
        ],
        "load": [machine.load, os.getloadavg()[0]],
    }
    section = cluster_section(found)
    print("\n\n".join(section))
    if given.write:
        save(CLUSTER, found)
        write_section(section, RESULTS)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
