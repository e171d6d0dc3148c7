"""What goes wrong in a cluster makes no answer wrong: one node and one writer killed here, all else in
`make cluster-faults`."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.cluster_faults import COLUMNS, FAULTS, faults_section, main
from tests.cluster.faults import Trial
from tests.cluster.nodes import Cluster


@pytest.mark.cluster
def test_a_node_and_a_writer_are_killed(cluster_of_three: Cluster, tmp_path: Path) -> None:
    trial = Trial(cluster_of_three, tmp_path, "killed")
    with trial.searching():
        trial.change()
        run = trial.start()
        run.kill()  # it has the lease, which the next one takes
        assert not trial.ended(run)
        cluster_of_three.nodes[1].kill()
        time.sleep(1)
        trial.ended(trial.run(writer=1), must=True)
    outcome = trial.finish()
    assert outcome.faults == []
    assert outcome.is_right
    assert outcome.right > 20
    assert outcome.killed == 1


def test_the_section_has_what_was_counted(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {column: number for number, column in enumerate(COLUMNS, 1000)}
    section = "\n".join(faults_section({"date": "2026-01-31", "faults": {"two": counts}}))
    assert "on 2026-01-31" in section
    assert f"| {FAULTS['two'].name} | 1,000 | 1,001 |" in section
    assert FAULTS["bulk"].name not in section
    assert faults_section(None) == []
    with pytest.raises(SystemExit):
        main(["flood"])
    assert "there is no fault called flood" in capsys.readouterr().err
