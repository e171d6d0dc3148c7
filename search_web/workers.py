"""The processes that answer: several, which make a WSGI app each and listen at one address, until a signal
ends them.

Each process is granian's worker, its HTTP in Rust. Beside 1,500 connections that send half a request and wait
a reader waits 2 ms for it; 5 to 30 for waitress with its limits raised, which keeps a connection that drips
for ever; gunicorn's threads do not answer beside 100. Each process accepts from a socket of its own, which is
held here too, so that no connection is lost with the process that would have taken it. A process that ends is
started anew, and the log says why; until that one has lasted for a while, new connections go to the others.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, forkserver, resource_tracker
from types import FrameType
from typing import Any, Self

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MTServer

from indexer.errors import BackfileError
from search_web.listeners import at_one_address, deal
from search_web.logs import write_lines

HEADER_SECONDS = 5  # in which a request's head must have come, and the next one of a kept connection
DRAIN_SECONDS = 10  # that an answer under way is waited for at the end
# In which a process that is to end stops accepting; one that still does would not end without its socket.
_ACCEPTING_SECONDS = 0.25
MAX_CONNECTIONS = 4096  # of a process
BACKLOG = 2048  # connections that wait to be accepted
# Seconds. A process that ends so soon is started again after a pause, and no new connections are dealt to one
# that was started again until it has lasted for so long.
_SHORT_LIFE, _MAX_PAUSE = 5.0, 5.0
_PRELOADED = ("search_web.app", "indexer.query.arrays.source")  # once, and shared by all that are forked
_FILES_BESIDE = 200  # open files of a process beside its connections
_WHY = {
    signal.SIGBUS: "a file of the index was cut short while it was read. `backfile check` says which; "
    "`backfile index --full` builds the index anew",
    signal.SIGKILL: "it was killed; where nobody did, the memory ran out: fewer `web.processes` need less",
}
_LOGGER = logging.getLogger("search_web.workers")


@dataclass(slots=True)
class _Worker:
    process: Any
    listener: int  # its index
    started: float  # seconds of the monotonic clock
    joined: float  # when connections began, or will begin, to be dealt to it


class Workers:
    """Processes that answer while the block runs; `run` returns on SIGTERM and Ctrl-C, and the block ends
    when what was being answered is.

    `make_app` is called in each process, and must be picklable.
    """

    def __init__(
        self, make_app: Callable[[], Any], listener: socket.socket, processes: int, threads: int
    ) -> None:
        self._make_app = make_app
        self._threads = threads
        self._listeners = at_one_address(listener, processes)
        self._workers: list[_Worker] = []
        self._pause = self._start_at = 0.0  # of the processes that are missing
        self._failures = 0  # one after another, of processes that ended by themselves
        self._told, self._teller = multiprocessing.Pipe(duplex=False)  # something to be read for each signal
        # Not fork: the caller has threads, and a forked lock stays held.
        self._context = multiprocessing.get_context("forkserver")

    def __enter__(self) -> Self:
        _raise_open_files()
        self._handlers = {each: signal.signal(each, self._tell) for each in (signal.SIGINT, signal.SIGTERM)}
        self._context.set_forkserver_preload([*_PRELOADED, __name__])
        # What is forked inherits the mask: Ctrl-C is ours alone to answer.
        resource_tracker.ensure_running()  # it comes with the first process, and undoes the mask
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._start_missing(0.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._drain()
        for each, handler in self._handlers.items():
            signal.signal(each, handler)
        self._told.close()
        self._teller.close()

    def _tell(self, _signal: int, _frame: FrameType | None) -> None:
        self._teller.send_bytes(b"!")

    def run(self) -> None:
        """Keep the processes running until SIGINT or SIGTERM. Raises BackfileError where none can start."""
        while True:
            waited = [self._told, *(worker.process.sentinel for worker in self._workers)]
            ready = connection.wait(waited, self._deal())
            if self._told in ready:
                return
            if ready:
                self._bury()
            if self._is_incomplete and time.monotonic() >= self._start_at:
                self._start_missing(_SHORT_LIFE)

    @property
    def _is_incomplete(self) -> bool:
        return len(self._workers) < len(self._listeners)

    def _start_missing(self, joining: float) -> None:
        """Start the processes that are missing; new connections are dealt to them in `joining` seconds."""
        served = {worker.listener for worker in self._workers}
        for index, listener in enumerate(self._listeners):
            if index in served:
                continue
            given = (self._make_app, listener, self._threads)
            process = self._context.Process(target=_answer, args=given, name="backfile-worker")
            process.start()
            started = time.monotonic()
            self._workers.append(_Worker(process, index, started, started + joining))

    def _deal(self) -> float | None:
        """Deal new connections to the processes that have joined. Return in how many seconds another one
        will, or is to be started; None where there is none."""
        now = time.monotonic()
        joined = [worker for worker in self._workers if worker.joined <= now]
        deal(self._listeners, [worker.listener for worker in joined or self._workers])
        due = [worker.joined for worker in self._workers if worker.joined > now]
        if self._is_incomplete:
            due.append(self._start_at)
        return max(0.0, min(due) - now) if due else None

    def _bury(self) -> None:
        """Report the processes that have ended, and set how long to wait before others take their place."""
        for worker in list(self._workers):
            if worker.process.is_alive():
                continue
            self._workers.remove(worker)
            short = time.monotonic() - worker.started < _SHORT_LIFE
            self._failures = self._failures + 1 if short and worker.process.exitcode > 0 else 0
            if self._failures > 2 * len(self._listeners):
                raise BackfileError(
                    "the processes that answer end as soon as they are started",
                    cure="The lines above say why.",
                )
            self._pause = min(max(2 * self._pause, 0.5), _MAX_PAUSE) if short else 0.0
            self._start_at = time.monotonic() + self._pause
            _LOGGER.error("%s Another one is started.", ending(worker.process.pid, worker.process.exitcode))
            worker.process.close()

    def _drain(self) -> None:
        """Let the processes end what they are answering, and refuse connections meanwhile; kill those that
        take too long, or that outlast a second signal."""
        while self._told.poll(0):
            self._told.recv_bytes()
        for worker in self._workers:
            worker.process.terminate()
        alive = self._outlasting(_ACCEPTING_SECONDS)
        for listener in self._listeners:
            if alive:
                with contextlib.suppress(OSError):  # macOS does not
                    listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        if alive := self._outlasting(DRAIN_SECONDS):
            _LOGGER.warning("%d processes had not ended yet, and are ended now.", len(alive))
            for process in alive:
                process.kill()
                process.join()

    def _outlasting(self, seconds: float) -> list[Any]:
        """Return the processes that have not ended in so many seconds, or when a signal comes."""
        until = time.monotonic() + seconds
        while alive := [worker.process for worker in self._workers if worker.process.is_alive()]:
            waited = [self._told, *(process.sentinel for process in alive)]
            ready = connection.wait(waited, max(0.0, until - time.monotonic()))
            if not ready or self._told in ready:
                break
        return alive


def ending(pid: int, code: int) -> str:
    """Return how a process ended, and what to do about it."""
    if code >= 0:
        return f"A process that answers ({pid}) ended with status {code}."
    name = signal.Signals(-code).name
    why = _WHY.get(signal.Signals(-code), "")
    return f"A process that answers ({pid}) ended by {name}{': ' if why else ''}{why}."


def _raise_open_files() -> None:
    """Let the processes have as many files open as the system allows them, up to what they can use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + _FILES_BESIDE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


# --- in a process that answers ----------------------------------------------------------------------


class _Server(MTServer):
    """One worker of granian's within this process, on a socket that listens already."""

    def __init__(self, listener: socket.socket, threads: int) -> None:
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        room = MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else soft - _FILES_BESIDE
        super().__init__(
            "search_web",
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=threads,
            backpressure=max(1, min(MAX_CONNECTIONS, room)),
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
            log_enabled=False,
        )
        self._listener = listener
        listener.setblocking(False)  # the loop of granian must not wait in it

    def _check_gil(self) -> None:
        """Run with the lock: granian has this server for threads without one, and works with it, too."""

    def _init_shared_socket(self) -> None:
        self._shd: Any = SocketHolder(os.dup(self._listener.fileno()), False, BACKLOG)  # type: ignore[call-arg]  # its stub lacks them


def _answer(make_app: Callable[[], Any], listener: socket.socket, threads: int) -> None:
    """Answer requests until SIGTERM, or until the process that started this one is gone."""
    write_lines()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Server(listener, threads).serve(target_loader=make_app, wrap_loader=False)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(DRAIN_SECONDS)
    os._exit(1)
