"""What goes wrong in a cluster makes no answer wrong: one node and one writer killed here, all else in
`make cluster-faults`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.cluster.faults import Trial
from tests.cluster.nodes import Cluster

pytestmark = pytest.mark.cluster


def test_a_node_and_a_writer_are_killed(cluster_of_three: Cluster, tmp_path: Path) -> None:
    trial = Trial(cluster_of_three, tmp_path, "killed")
    with trial.searching():
        trial.change()
        run = trial.start()
        trial.kill(run, after=0.05)
        assert not trial.ended(run)
        cluster_of_three.nodes[1].kill()
        time.sleep(1)
        trial.ended(trial.run(writer=1), must=True)
    outcome = trial.finish()
    assert outcome.faults == []
    assert outcome.is_right
    assert outcome.right > 20
    assert outcome.killed == 1
