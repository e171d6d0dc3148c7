"""Requests that take turns: one after another, and past one that is slow."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from indexer.config import Settings
from search_web import create_app
from search_web.turns import Turns
from tests.web.fake import fake_archive

WAIT = 30.0  # seconds for what should take a moment


class Gate:
    """An app in which each request waits until it is let go."""

    def __init__(self) -> None:
        self.within = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.most = self.now = 0

    def __call__(self, _environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        self.now += 1
        self.most = max(self.most, self.now)
        self.within.release()
        assert self.go.acquire(timeout=WAIT)
        self.now -= 1
        return [b"done"]


def ask(app: Turns, count: int) -> list[threading.Thread]:
    threads = [threading.Thread(target=app, args=({}, print)) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_one_request_is_let_in_after_another() -> None:
    gate = Gate()
    threads = ask(Turns(gate, wait=WAIT), 4)
    for _ in threads:
        assert gate.within.acquire(timeout=WAIT)
        assert not gate.within.acquire(timeout=0.05)
        gate.go.release()
    for thread in threads:
        thread.join(WAIT)
    assert (gate.most, gate.now) == (1, 0)


def test_a_slow_request_keeps_nobody_waiting_for_long() -> None:
    gate = Gate()
    app = Turns(gate, wait=0.01)
    threads = ask(app, 3)
    for _ in threads:  # all are in before one has ended
        assert gate.within.acquire(timeout=WAIT)
    gate.go.release(3)
    for thread in threads:
        thread.join(WAIT)
    # The turn has been given back once, by the one that had it.
    gate.go.release()
    assert app({}, print) == [b"done"]


def test_a_request_that_fails_gives_its_turn_back() -> None:
    def app(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        raise ValueError("no")

    turns = Turns(app, wait=WAIT)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            turns({}, print)


def test_what_is_sent_piece_by_piece_is_sent_without_a_turn() -> None:
    def pieces() -> Iterator[bytes]:
        yield from (b"a", b"b")

    turns = Turns(lambda *_: pieces(), wait=WAIT)
    first, second = turns({}, print), turns({}, print)
    assert list(zip(first, second, strict=True)) == [(b"a", b"a"), (b"b", b"b")]


@pytest.mark.parametrize(("kind", "takes_turns"), [("embedded", True), ("opensearch", False)])
def test_answers_that_wait_for_a_cluster_wait_side_by_side(
    settings: Settings, kind: str, takes_turns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []

    def turns(app: Any) -> Any:
        made.append(app)
        return app

    monkeypatch.setattr("search_web.gate.Turns", turns)
    create_app(replace(settings, source=replace(settings.source, kind=kind)), fake_archive(settings))
    assert bool(made) is takes_turns
