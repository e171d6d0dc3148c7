"""Half an hour of readers and reindexing (`make explore`): nothing fails, memory stays, each answer is of one
generation, and a killed process costs what it was answering. `BACKFILE_LOAD_SECONDS` makes it shorter."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import re
import signal
import statistics
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.archives import EXPLORES, settings_for, write
from tests.cli.conftest import command, environment
from tests.web.test_server import Server, running

SECONDS = float(os.environ.get("BACKFILE_LOAD_SECONDS", "1800"))
REINDEX_EVERY = min(60.0, SECONDS / 12)
CLIENTS = 16
SETTLED = 5.0  # seconds after a kill in which a connection may be found broken
ARTICLES, CHANGING = 400, 20
GROWTH = 1.10

pytestmark = pytest.mark.skipif(
    not EXPLORES and "BACKFILE_LOAD_SECONDS" not in os.environ, reason="takes half an hour: `make explore`"
)

WORDS = [
    "harbour",
    "ferry",
    "strike",
    "council",
    "bridge",
    "tunnel",
    "storm",
    "budget",
    "school",
    "market",
    "theatre",
    "museum",
]
ADDRESSES = (
    "/", "/search?q={a}", "/search?q={a}+{b}&sort=newest", "/search?q={a}+OR+{b}&page=2", "/api/v1/search?q={a}+{b}",
    "/search?topic=Topic+{n}", "/api/v1/suggest?q={a3}", "/api/v1/facets/topic?q={a}", "/timeline?q={a}&q={b}",
    "/overview?q={a}", "/api/v1/overview?q={b}", "/compare?by=topic&a=Topic+1&b=Topic+2", "/about", "/help",
    "/static/backfile.css", "/healthz", "/readyz",
)  # fmt: skip


@dataclass
class Findings:
    """What all clients found, together."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    broken: list[tuple[int, float]] = field(default_factory=list)  # which client, when
    rounds: dict[int, set[str]] = field(default_factory=dict)  # by generation, what its articles say
    late: list[float] = field(default_factory=list)


class Client(threading.Thread):
    """Asks one address after another, on a connection that is kept."""

    def __init__(self, number: int, port: int, findings: Findings, ends: float) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.found, self.ends = number, port, findings, ends
        self.dice = random.Random(number)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def run(self) -> None:
        for turn in itertools.count():
            if time.monotonic() > self.ends:
                break
            self.ask(self.one_generation() if turn % 4 == 0 else self.any_address())
        self.connection.close()

    def any_address(self) -> str:
        a, b = self.dice.sample(WORDS, 2)
        return self.dice.choice(ADDRESSES).format(a=a, b=b, a3=a[:3], n=self.dice.randrange(9))

    def one_generation(self) -> str:
        return self.dice.choice(("/api/v1/search?q=turning&size=50", "/search?q=turning&size=50"))

    def ask(self, address: str) -> None:
        began = time.monotonic()
        try:
            self.connection.request("GET", address)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            with self.found.lock:
                self.found.broken.append((self.number, time.monotonic()))
            return
        with self.found.lock:
            self.found.answers[answer.status] += 1
            self.found.late.append(time.monotonic() - began)
            if answer.status != 200:
                self.found.faults.append(f"{answer.status} {address} {body[:200]!r}")
            elif "turning" in address:
                self.check(address, body.decode())

    def check(self, address: str, body: str) -> None:
        """Note which rounds of changes an answer shows, under its generation where it says it."""
        rounds = set(re.findall(r"round(\d+)", body))
        if len(rounds) != 1:
            self.found.faults.append(f"{address} shows rounds {sorted(rounds)}")
        if address.startswith("/api"):
            answer = json.loads(body)
            self.found.rounds.setdefault(answer["generation"], set()).update(rounds)
            if answer["total"] != CHANGING or len(answer["hits"]) != CHANGING:
                self.found.faults.append(f"{answer['total']} of {CHANGING} found")


def anonymous_kb(pids: set[int]) -> int:
    """Return the memory that processes have of their own, in kilobytes."""
    found = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        found += int(re.search(r"^Anonymous: +(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
    return found


def turn(archive: Path, number: int) -> None:
    for at in range(CHANGING):
        write(archive, f"turning/{at}.md", f"Turning round{number}.", title=f"Turning {at} round{number}", date="2020-06-25")  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    dice = random.Random(1)
    folder = settings_for(tmp_path).archive.path
    for number in range(ARTICLES):
        text = " ".join(dice.choices([*WORDS, *(f"word{n}" for n in range(500))], k=200))
        write(
            folder, f"{number}.md", text, title=f"Report {number} on the {dice.choice(WORDS)}", excerpt=text[:150],
            date=f"20{10 + number % 12}-0{1 + number % 9}-11T10:00:00Z", topics=[f"Topic {number % 9}"],
            provider={"name": f"Paper {number % 7}", "domain": f"paper{number % 7}.example"},
        )  # fmt: skip
    turn(folder, 0)
    return folder


def index(archive: Path) -> None:
    words = command("index", archive, "--index", archive.parent / "index")
    subprocess.run(words, check=True, capture_output=True, env=environment())


def follow(server: Server, archive: Path, ends: float) -> tuple[list[int], float]:
    """Reindex now and then, kill a process once; return what memory was measured, and when it was killed."""
    memory: list[int] = []
    killed_at = 0.0
    for number in itertools.count(1):
        time.sleep(max(0.0, min(REINDEX_EVERY, ends - time.monotonic())))
        if time.monotonic() >= ends:
            return memory, killed_at
        if number == 2:
            killed_at = time.monotonic()
            os.kill(min(server.workers()), signal.SIGKILL)
        turn(archive, number)
        index(archive)
        memory.append(anonymous_kb(server.workers()))
    raise AssertionError


def test_readers_notice_neither_reindexing_nor_a_kill(archive: Path, tmp_path: Path) -> None:
    index(archive)
    config = tmp_path / "config.toml"
    config.write_text("[web]\nprocesses = 2\n", encoding="utf-8")
    found = Findings()
    with running("--config", config, "--index", tmp_path / "index") as server:
        ends = time.monotonic() + SECONDS
        clients = [Client(number, server.port, found, ends) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        memory, killed_at = follow(server, archive, ends)
        for client in clients:
            client.join(60)
    half = len(memory) // 2
    early, late = statistics.median(memory[3 : half + 1]), statistics.median(memory[half + 1 :])
    slow = sorted(found.late)
    print(
        f"\n{sum(found.answers.values()):,} answers in {SECONDS:.0f} s, {len(found.rounds)} generations; "
        f"{slow[len(slow) // 2] * 1000:.0f} ms median, {slow[len(slow) * 99 // 100] * 1000:.0f} ms p99; "
        f"{len(found.broken)} connections broken by the kill; memory {early / 1024:.0f} to {late / 1024:.0f} MB: "
        f"{[kb // 1024 for kb in memory]}"
    )
    assert found.faults == []
    assert set(found.answers) == {200}
    assert len(found.rounds) > 2
    assert all(len(rounds) == 1 for rounds in found.rounds.values())
    # A client has one request under way at most.
    assert len({number for number, _ in found.broken}) == len(found.broken) <= CLIENTS
    assert all(0 <= when - killed_at < SETTLED for _, when in found.broken)
    assert late <= early * GROWTH
