"""The benchmark of a cluster measures on real nodes, and its section says what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cluster as benchmark
from benchmarks.cluster import KINDS, cluster_section, measure
from benchmarks.saved import load_kept
from tests.cluster.nodes import Cluster

PAGE = "# Head\n\n## How noisy\n\nLast.\n"


def saved() -> dict[str, Any]:
    sides = {"index folder": 1.0, "1 shard": 2.0, "3 shards": 4.0}
    one = {
        "articles": 1000,
        "seconds": {name: 10.0 * factor for name, factor in sides.items()},
        "work": {name: [3.0, 6.0] for name in sides if name != "index folder"},
        "bytes": {name: {"index": 1_000_000, "tables": 50_000} for name in sides},
        "times": {kind: {name: [factor / 1e3] * 3 for name, factor in sides.items()} for kind in KINDS},
    }
    return {"date": "2026-01-02 03:04 UTC", "sizes": [one], "load": [1.25, 2.0]}


def test_the_section_says_what_was_measured() -> None:
    text = "\n\n".join(cluster_section(saved()))
    assert "--sizes 1000` on 2026-01-02" in text
    assert "load was 1.2 before the run and 2.0" in text
    assert "| 1 shard | 20.0 | 50 | 3.00 | 6.00 | 1,000 | 50 | 1.1 |" in text
    assert "| words | p50 | 1.00 | 2.00 | 4.00 | 2.0 | 4.0 |" in text
    assert cluster_section(None) == []


def test_the_command_writes_figures_and_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "RESULTS.md").write_text(PAGE)
    monkeypatch.setattr(benchmark, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(benchmark, "CLUSTER", tmp_path / "cluster.json")
    monkeypatch.setattr(
        benchmark, "measure", lambda size, questions, say: {**saved()["sizes"][0], "articles": size}
    )
    assert benchmark.main(["--sizes", "500,700"]) == 0
    assert [one["articles"] for one in json.loads((tmp_path / "cluster.json").read_text())["sizes"]] == [
        500,
        700,
    ]
    text = (tmp_path / "RESULTS.md").read_text()
    assert text.index("### 700 generated articles in a cluster") < text.index("## How noisy")
    kept = load_kept(tmp_path).cluster
    assert kept
    assert kept["sizes"][0]["articles"] == 500


@pytest.mark.cluster
def test_real_nodes_are_measured(cluster: Cluster) -> None:
    found = measure(60, 2, lambda line: None)
    assert set(found["seconds"]) == set(found["bytes"]) == {"index folder", "1 shard", "3 shards"}
    assert min(found["work"]["1 shard"]) > 0
    assert found["bytes"]["3 shards"]["tables"] > 0
    assert {len(seconds) for taken in found["times"].values() for seconds in taken.values()} == {2}
