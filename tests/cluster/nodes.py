"""Real nodes of OpenSearch on this machine, for tests and benchmarks: `with Cluster(3, folder) as cluster: ...`.

They are built from the packages of Maven Central, once for a checkout; see `nodes/`. A node reads from a pipe of the
process that started it, and ends when the pipe does, so that none is left behind, however that process ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from filelock import FileLock

from tests.archives import REPOSITORY

PARTS = Path(__file__).with_name("nodes")
BUILT = REPOSITORY / ".backfile" / "nodes"
START_SECONDS = 180  # on a machine that has much else to do
_UNREACHABLE = ("Could not transfer", "Unknown host", "offline mode")
_JAVA = (
    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=128m", "-XX:+ExitOnOutOfMemoryError",
    "-Dlog4j2.level=WARN",
)  # fmt: skip
_SETTINGS = {
    "network.host": "127.0.0.1",
    "node.processors": "2",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
}
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NodesUnavailableError(Exception):
    """This machine cannot build nodes; the message says what is missing."""


class Node:
    """A process, its port and its folder. `pid` is java's own."""

    def __init__(self, command: Sequence[str], port: int, folder: Path) -> None:
        self.command = command
        self.port = port
        self.log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None
        self._pause: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process, "the node does not run"
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it, with the data that it had; `Cluster.wait` says when it is there."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        self.log.with_name("pid").write_text(f"{self.pid}\n")

    def kill(self) -> None:
        """End it at once (SIGKILL), as a lost machine."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Close it (SIGTERM)."""
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """Suspend it (SIGSTOP), as if the network to it were cut, until `resume`, or until this process ends."""
        hold = f"kill -STOP {self.pid}; echo; read _; kill -CONT {self.pid}"
        self._pause = subprocess.Popen(["sh", "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._pause.stdout
        self._pause.stdout.readline()

    def resume(self) -> None:
        """Continue a node that was suspended."""
        if self._pause:
            self._pause.communicate()
            self._pause = None

    def _end(self, how: signal.Signals) -> None:
        self.resume()
        if self.process and self.process.stdin:
            self.process.send_signal(how)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdin.close()
            self.process = None

    def get(self, path: str, seconds: float = 10) -> Any:
        """Return its answer; None where there is none in time, or a refusal."""
        try:
            with _DIRECT.open(f"{self.url}/{path}", timeout=seconds) as reply:
                return json.load(reply)
        except (OSError, HTTPException):
            return None

    def log_tail(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])


class Cluster:
    """Nodes that find each other. `settings` are those of every node, beside the usual ones."""

    running: ClassVar[list[Cluster]] = []

    def __init__(
        self, count: int, folder: Path, settings: Mapping[str, str] | None = None, heap: str = "256m"
    ) -> None:
        ports = free_ports(2 * count)
        names = [f"node-{number}" for number in range(1, count + 1)]
        common = {
            **_SETTINGS,
            "cluster.name": f"backfile-{ports[0]}",
            "cluster.initial_cluster_manager_nodes": ",".join(names),
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in ports[count:]),
            **(settings or {}),
        }
        self.nodes = []
        for name, port, transport in zip(names, ports[:count], ports[count:], strict=True):
            home = folder / name
            (home / "tmp").mkdir(parents=True, exist_ok=True)
            own = {"node.name": name, "path.home": home, "http.port": port, "transport.port": transport}
            memory = (f"-Xms{heap}", f"-Xmx{heap}", f"-Djava.io.tmpdir={home / 'tmp'}")
            given = (f"{name}={value}" for name, value in {**common, **own}.items())
            self.nodes.append(Node([*java(), *memory, "SearchNode", *given], port, home))

    def __enter__(self) -> Self:
        self.running.append(self)
        try:
            self.restore()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The addresses for `source.hosts`."""
        return tuple(node.url for node in self.nodes)

    @property
    def manager(self) -> Node:
        """The node that was elected to manage the cluster."""
        for node in self.nodes:
            for found in (node.get("_cat/cluster_manager?format=json") or ()) if node.runs else ():
                return self.nodes[int(found["node"].removeprefix("node-")) - 1]
        raise AssertionError("no node was elected")

    def restore(self) -> None:
        """Let every node run, and wait until all have found each other."""
        for node in self.nodes:
            node.resume()
            if not node.runs:
                node.kill()  # what is left of one that ended by itself
                node.start()
        self.wait()

    def wait(self, status: str = "yellow") -> None:
        """Wait until the nodes that run have found each other, and the cluster is as healthy as `status`."""
        running = [node for node in self.nodes if node.runs]
        health = f"_cluster/health?wait_for_nodes={len(running)}&wait_for_status={status}&timeout=1s"
        end = time.monotonic() + START_SECONDS
        while not all((node.get(health) or {}).get("timed_out") is False for node in running):
            for node in running:
                assert node.runs, f"a node ended:\n{node.log_tail()}"
            assert time.monotonic() < end, f"the nodes did not find each other:\n{running[0].log_tail()}"
            time.sleep(0.2)

    def close(self) -> None:
        """End all nodes."""
        for node in self.nodes:
            node.kill()
        if self in self.running:
            self.running.remove(self)


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, of those that are not given to connections that go out."""
    found: list[int] = []
    with contextlib.ExitStack() as held:
        while len(found) < count:
            probe, port = held.enter_context(socket.socket()), random.randrange(15_000, 32_000)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
    return found


def java() -> list[str]:
    """Return the command that starts a node, but for its settings. What it runs is built where it is not there yet,
    by one process alone. Raises NodesUnavailableError where that cannot be."""
    sources = PARTS / "pom.xml", PARTS / "SearchNode.java"
    folder = BUILT / hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    archive = folder / "classes.jsa"
    BUILT.parent.mkdir(exist_ok=True)
    with FileLock(BUILT.with_suffix(".lock")):
        if not archive.exists():  # it is made last
            shutil.rmtree(BUILT, ignore_errors=True)
            _build(folder, archive, *sources)
    return [*_command(folder), f"-XX:SharedArchiveFile={archive}"]


def _command(folder: Path) -> list[str]:
    return ["java", *_JAVA, "-cp", f"{folder / 'node.jar'}:{(folder / 'libraries').read_text()}"]


def _build(folder: Path, archive: Path, pom: Path, code: Path) -> None:
    for tool, package in (("javac", "a JDK, 17 or newer"), ("mvn", "Maven")):
        if not shutil.which(tool):
            raise NodesUnavailableError(f"real nodes need {package}: there is no {tool}")
    classes, libraries, home = folder / "classes", folder / "libraries", folder / "home"
    home.mkdir(parents=True)
    _run("mvn", "-q", "-B", "-f", pom, "dependency:build-classpath", f"-Dmdep.outputFile={libraries}")
    _run("javac", "--release", "17", "-cp", libraries.read_text(), "-d", classes, code)
    _run("jar", "--create", "--file", folder / "node.jar", "-C", classes, ".")
    # With the classes of this first run at hand, a node starts in half the time.
    settings = (
        f"path.home={home}",
        "node.name=first",
        "discovery.type=single-node",
        "http.port=0",
        "transport.port=0",
    )
    _run(*_command(folder), f"-XX:ArchiveClassesAtExit={archive}", "-Xlog:cds=error", "SearchNode", *settings)
    shutil.rmtree(home)


def _run(*words: str | Path) -> None:
    done = subprocess.run(
        [*map(str, words)], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    output = done.stdout + done.stderr
    if done.returncode and any(sign in output for sign in _UNREACHABLE):
        raise NodesUnavailableError("real nodes need Maven Central, which cannot be reached")
    if "release version 17 not supported" in output:
        raise NodesUnavailableError("real nodes need a JDK, 17 or newer")
    assert not done.returncode, output
