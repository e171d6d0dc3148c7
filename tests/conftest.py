from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from indexer import Archive, open_archive, reindex
from tests.archives import EXPLORES, REAL_ARCHIVES, REPOSITORY, settings_for
from tests.cluster.nodes import Cluster, NodesUnavailableError

# No deadline and no database of earlier failures: what fails was broken by the change at hand.
settings.register_profile(
    "project",
    deadline=None,
    database=None,
    derandomize=not EXPLORES,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("project")


class OneCluster(LoadFileScheduling):  # type: ignore[misc]
    """A file's tests stay in one process, and so do all that need nodes: only one set of these runs at a time."""

    def _split_scope(self, nodeid: str) -> str:
        return "cluster" if "cluster" in nodeid else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneCluster:
    return OneCluster(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Those of three nodes come last: by then the single one is not needed any more.
    items.sort(key=lambda item: "cluster_of_three" in getattr(item, "fixturenames", ()))
    for item in items:
        if item.get_closest_marker("archives") and not REAL_ARCHIVES.is_dir():
            item.add_marker(pytest.mark.skip(reason="the real archives are not beside the project"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much the sources were asked (see tests/query/contract), and how much was drawn by chance."""
    told = [dict(report.user_properties) for report in terminalreporter.stats.get("passed", ())]
    fuzzed = sorted(one["fuzzed"] for one in told if "fuzzed" in one)
    if fuzzed:
        terminalreporter.write_line("fuzzed: " + ", ".join(f"{count:,} {what}" for what, count in fuzzed))
    asked = [one for one in told if "question" in one]
    questions, archives = ({one[name] for one in asked} for name in ("question", "archive"))
    sources = {source for one in asked for source in one["sources"]}
    if asked:
        terminalreporter.write_line(
            f"contract: {len(questions)} questions of {len(archives)} archives on {len(sources)} sources"
        )


@pytest.fixture
def archive_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of the sample archive."""
    folder = tmp_path_factory.mktemp("corpus")
    given = settings_for(folder)
    given = dataclasses.replace(given, archive=dataclasses.replace(given.archive, path=REPOSITORY / "corpus"))
    reindex(given)
    return folder / "index"


@pytest.fixture
def corpus(corpus_index: Path) -> Iterator[Archive]:
    with open_archive(index=corpus_index) as archive:
        yield archive


def _nodes(count: int, folder: Path) -> Cluster:
    try:
        return Cluster(count, folder)
    except NodesUnavailableError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One node, for all tests that need one; each has indices of its own."""
    with _nodes(1, tmp_path_factory.mktemp("node")) as found:
        yield found


@pytest.fixture(scope="session")
def _three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    for single in list(Cluster.running):
        single.close()
    with _nodes(3, tmp_path_factory.mktemp("nodes")) as found:
        yield found


@pytest.fixture
def cluster_of_three(_three: Cluster) -> Iterator[Cluster]:
    """Three nodes, of which a test may kill some."""
    yield _three
    _three.restore()
