"""A run of `backfile index` in a process of its own, which can be killed: `python -m tests.cluster.writer SETTINGS`.

SETTINGS is JSON. It says "publishing" when it has the lease, before the cluster has anything of its generation. The exit status is 0, or 7
after an error that is one sentence; any other error is a fault. With "cut" the connection is closed in the midst of a
bulk; with "die", the process ends there.
"""

from __future__ import annotations

import dataclasses
import http.client
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from indexer import Settings, reindex
from indexer.config_file import load_settings
from indexer.errors import BackfileError
from indexer.publishing.lease import Lease

FAILED = 7


def settings_of(given: dict[str, Any]) -> Settings:
    """Return the settings of a run: its folders, its alias and its hosts."""
    settings = load_settings(archive=Path(given["archive"]), index=Path(given["index"]))
    return dataclasses.replace(
        settings,
        search=dataclasses.replace(settings.search, time_limit_ms=0, max_page_size=1000),
        source=dataclasses.replace(
            settings.source,
            kind="opensearch",
            hosts=tuple(given["hosts"]),
            alias=given["alias"],
            replicas=given["replicas"],
            timeout_ms=given["timeout_ms"],
        ),
    )


def break_in_a_bulk(how: str) -> None:
    """Let the first large body that is sent end half-way: by a closed connection, or with this process."""
    send = http.client.HTTPConnection.send
    broken: list[int] = []

    def half(self: http.client.HTTPConnection, data: Any) -> None:
        if broken or len(data) < 10_000:
            return send(self, data)
        broken.append(len(data))
        send(self, data[: len(data) // 2])
        if how == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        self.sock.close()
        raise ConnectionResetError("cut")

    http.client.HTTPConnection.send = half  # type: ignore[method-assign]


def say_when_publishing() -> None:
    """Say so when the lease is taken."""
    enter = Lease.__enter__

    def entered(self: Lease) -> Lease:
        enter(self)
        print("publishing", flush=True)
        return self

    Lease.__enter__ = entered  # type: ignore[method-assign]


def main() -> int:
    given = json.loads(sys.argv[1])
    settings = settings_of(given)
    alone = dataclasses.replace(settings, source=dataclasses.replace(settings.source, kind="embedded"))
    try:
        reindex(alone, allow_loss=True)
        say_when_publishing()
        if given["breaks"]:
            break_in_a_bulk(given["breaks"])
        reindex(settings, allow_loss=True)
    except BackfileError as error:
        print(error)
        return FAILED
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
