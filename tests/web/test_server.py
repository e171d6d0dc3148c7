"""`backfile serve` as strangers and signals meet it: half-sent requests, bodies, kills, a file that is cut."""

from __future__ import annotations

import functools
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from indexer import reindex
from indexer.config import Settings
from indexer.errors import BackfileError
from search_web import listeners, workers
from tests.archives import settings_for, write
from tests.cli.conftest import command, environment

HALF_OPEN = 1500
WAIT = 30.0  # seconds for what should take a moment


@dataclass
class Server:
    process: subprocess.Popen[str]
    port: int
    lines: list[dict[str, Any]] = field(default_factory=list)

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def socket(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)

    def workers(self) -> set[int]:
        """The processes that answer: those that the server of forks has made."""
        return {grandchild for child in children(self.process.pid) for grandchild in children(child)}

    def says(self, text: str) -> bool:
        return until(lambda: any(text in line.get("message", "") for line in self.lines))


def children(pid: int) -> set[int]:
    found = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found |= {int(child) for child in task.read_text(encoding="ascii").split()}
    return found


def until(holds: Callable[[], bool]) -> bool:
    ends = time.monotonic() + WAIT
    while not holds() and time.monotonic() < ends:
        time.sleep(0.05)
    return holds()


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


@contextmanager
def running(*words: object) -> Iterator[Server]:
    """Give a server that answers; it is ended with the block, where it has not ended by then."""
    process = subprocess.Popen(
        command("serve", "--port", "0", *words), stderr=subprocess.PIPE, text=True, env=environment()
    )
    assert process.stderr
    found = re.search(r":(\d+)/ \(Ctrl-C", process.stderr.readline())
    assert found
    server = Server(process, int(found[1]))

    def read() -> None:
        assert process.stderr
        for line in process.stderr:
            with suppress(ValueError):
                server.lines.append(json.loads(line))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        assert server.get("/healthz")[0] == 200
        yield server
    finally:
        process.terminate()
        process.wait(WAIT)
        reader.join(WAIT)
        process.stderr.close()


@pytest.fixture
def archive(tmp_path: Path) -> Settings:
    settings = settings_for(tmp_path)
    for number in range(50):
        write(
            settings.archive.path,
            f"{number}.md",
            f"The harbour board {number}.",
            title=f"Ferry {number}",
            date="2020-06-25",
        )
    reindex(settings)
    return settings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text("[web]\nprocesses = 2\n", encoding="utf-8")
    return file


@pytest.fixture
def server(archive: Settings, config: Path) -> Iterator[Server]:
    with running("--config", config, "--index", archive.index.path) as server:
        yield server


def test_half_sent_requests_keep_nobody_out(server: Server) -> None:
    held = [server.socket() for _ in range(HALF_OPEN)]
    try:
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-a: ")
        for path in ("/healthz", "/search?q=ferry"):
            assert server.get(path)[0] == 200
        # They are closed in the end, and one that sends a little now and then, too.
        dripping = held[0]

        def closed() -> bool:
            dripping.settimeout(0.2)
            try:
                dripping.sendall(b"a")
                return dripping.recv(100) == b""
            except TimeoutError:
                return False
            except OSError:
                return True

        assert until(closed)
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize("head", [b"Content-Length: 100000000000", b"Transfer-Encoding: chunked"])
def test_a_body_is_refused_unread(server: Server, head: bytes) -> None:
    with server.socket() as connection:
        connection.sendall(b"POST /search HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 413
        assert answer.headers["Content-Security-Policy"]
        answer.read()
        assert connection.recv(1) == b""  # what would come behind it is not taken for a request


def test_a_killed_process_is_started_again(server: Server) -> None:
    assert until(lambda: len(server.workers()) == 2)
    before = server.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
        assert server.get("/search?q=ferry")[0] == 200
    assert until(lambda: len(server.workers()) == 2 and not server.workers() & before)
    assert server.get("/readyz")[0] == 200
    assert server.says("ended by SIGKILL")
    assert server.says("Another one is started.")


def test_readers_wait_for_a_killed_process_or_get_another(server: Server) -> None:
    assert until(lambda: len(server.workers()) == 2)
    os.kill(min(server.workers()), signal.SIGKILL)
    assert [server.get("/healthz")[0] for _ in range(20)] == [200] * 20


def test_no_process_outlives_the_server(server: Server) -> None:
    assert until(lambda: len(server.workers()) == 2)
    left = server.workers() | children(server.process.pid)
    server.process.kill()
    assert until(lambda: all(map(gone, left)))


def test_a_file_that_is_cut_under_the_server_is_an_answer(server: Server, archive: Settings) -> None:
    assert server.get("/api/v1/search?q=ferry")[0] == 200
    before = server.workers()
    for file in archive.index.path.glob("MAIN_*.arrays"):
        os.truncate(file, file.stat().st_size // 2)
    for _ in range(4):
        status, body = server.get("/api/v1/search?q=harbour")
        assert (status, json.loads(body)["error"]["code"]) == (503, "index_damaged")
    assert server.get("/healthz")[0] == 200
    assert server.get("/readyz")[0] == 503
    assert server.workers() == before
    subprocess.run(
        command("index", archive.archive.path, "--index", archive.index.path, "--full"),
        check=True, capture_output=True, env=environment(),
    )  # fmt: skip
    assert until(lambda: server.get("/api/v1/search?q=harbour")[0] == 200)


# --- what is answered slowly --------------------------------------------------------------------------


def slow_app(begun: Path, go_on: Path) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun.touch()
        until(go_on.exists)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    return app


def no_app() -> Any:
    raise SystemExit(1)


def listening() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_what_is_being_answered_is_answered_first_and_no_connection_waits_meanwhile(tmp_path: Path) -> None:
    begun, go_on = tmp_path / "begun", tmp_path / "go on"
    listener = listening()
    address = listener.getsockname()
    answers: list[bytes] = []

    def ask() -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{address[1]}/", timeout=WAIT) as answer:
            answers.append(answer.read())

    def is_refused() -> bool:
        try:
            socket.create_connection(address, timeout=WAIT).close()
        except ConnectionError:
            return True
        return False

    refused: list[bool] = []

    def end() -> None:
        assert until(begun.exists)
        os.kill(os.getpid(), signal.SIGTERM)
        refused.append(until(is_refused))
        go_on.touch()

    asking, ending = threading.Thread(target=ask), threading.Thread(target=end)
    with workers.Workers(functools.partial(slow_app, begun, go_on), listener, 2, 1) as running_workers:
        asking.start()
        ending.start()
        running_workers.run()
    asking.join(WAIT)
    ending.join(WAIT)
    assert answers == [b"done"]
    assert refused == [True]


def pid_app() -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = str(os.getpid()).encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    return app


@pytest.mark.parametrize("dealt", [listeners.DEALS, False])
def test_connections_that_come_at_once_are_answered_by_all_processes(
    dealt: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "DEALS", dealt)
    listener = listening()
    address = listener.getsockname()
    answered: Counter[bytes] = Counter()

    def ask() -> None:
        for _ in range(2):  # the processes have started with the first
            held = [http.client.HTTPConnection(*address, timeout=WAIT) for _ in range(100)]
            for each in held:
                each.connect()
            answered.clear()
            for each in held:
                each.request("GET", "/")
                answered[each.getresponse().read()] += 1
            for each in held:
                each.close()
        with pytest.raises(OSError, match="in use"):  # the address is nobody else's
            socket.create_server(address)
        os.kill(os.getpid(), signal.SIGTERM)

    asking = threading.Thread(target=ask)
    with workers.Workers(pid_app, listener, 2, 1) as running_workers:
        asking.start()
        running_workers.run()
    asking.join(WAIT)
    assert answered.total() == 100
    if dealt:
        # Of 100 coins, fewer than 20 heads come once in a thousand million times.
        assert len(answered) == 2
        assert min(answered.values()) >= 20


def ending_app(ends: Path) -> Callable[..., Iterable[bytes]]:
    if ends.exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return pid_app()


@pytest.mark.skipif(not listeners.DEALS, reason="connections are not dealt among sockets here")
def test_nobody_waits_for_processes_that_end_again_and_again(tmp_path: Path) -> None:
    listener, ends = listening(), tmp_path / "ends"
    answered: list[set[int]] = []

    def ask() -> None:
        try:
            three = asked()
            while len(three) < 3:
                three |= asked()
            ends.touch()
            first, second, _ = sorted(three)
            os.kill(first, signal.SIGKILL)
            time.sleep(2.5)  # then its third successor is waited with for two seconds
            os.kill(second, signal.SIGKILL)
            time.sleep(0.5)  # for the end to be noticed
            answered.extend((three, {pid for _ in range(20) for pid in asked()}))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def asked() -> set[int]:
        connection = http.client.HTTPConnection(*listener.getsockname(), timeout=WAIT)
        connection.request("GET", "/")
        try:
            return {int(connection.getresponse().read())}
        finally:
            connection.close()

    asking = threading.Thread(target=ask)
    with workers.Workers(functools.partial(ending_app, ends), listener, 3, 1) as running_workers:
        asking.start()
        running_workers.run()
    asking.join(WAIT)
    three, others = answered
    assert others == {max(three)}


def test_where_no_process_has_lasted_yet_connections_go_to_those_that_live(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dealt: list[list[int]] = []
    monkeypatch.setattr(workers, "deal", lambda _, to: dealt.append(list(to)))
    with listening() as listener:
        served = workers.Workers(pid_app, listener, 3, 1)
        later = time.monotonic() + 5
        served._workers = [workers._Worker(None, index, later, later) for index in (0, 2)]
        assert served._deal() == 0  # the third is to be started
        served._workers[1].joined = 0.0
        served._deal()
        for each in (*served._listeners, served._told, served._teller):
            each.close()
    assert dealt == [[0, 2], [2]]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::"])
@pytest.mark.parametrize("to", [[1], [0, 2], []])
def test_connections_are_dealt_to_the_listeners_that_are_named(host: str, to: list[int]) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with ExitStack() as stack:
        held = [stack.enter_context(each) for each in listeners.at_one_address(listener, 3)]
        listeners.deal(held, [2])
        listeners.deal(held, to)
        for _ in range(
            60
        ):  # of 60 dealt to three, none come to one of them once in ten thousand million times
            stack.enter_context(socket.create_connection(listener.getsockname()[:2], timeout=WAIT))
        ready = set(select.select(held, [], [], WAIT)[0])
    if listeners.DEALS:
        assert ready == {held[index] for index in to or range(3)}


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::"])
def test_what_connections_inherit(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip("there is no IPv6 here")
    with listener:
        for each in listeners.at_one_address(listener, 3):
            assert each.getsockname() == listener.getsockname()
            assert each.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert each.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
            if each is not listener:
                each.close()


def test_a_server_whose_processes_cannot_start_ends(capfd: pytest.CaptureFixture[str]) -> None:
    with (
        pytest.raises(BackfileError, match="end as soon as they are started"),
        workers.Workers(no_app, listening(), 1, 1) as running_workers,
    ):
        running_workers.run()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (3, "A process that answers (7) ended with status 3."),
        (-signal.SIGSEGV, "A process that answers (7) ended by SIGSEGV."),
        (-signal.SIGBUS, "A process that answers (7) ended by SIGBUS: a file of the index was cut short"),
    ],
)
def test_the_log_says_how_a_process_ended_and_what_to_do(code: int, sentence: str) -> None:
    assert workers.ending(7, code).startswith(sentence)
    assert ("`backfile index --full`" in workers.ending(7, code)) is (code == -signal.SIGBUS)
