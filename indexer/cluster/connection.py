"""Settings → a client of the cluster. `connect` makes it; nobody else does.

Every request goes through `_Transport`: it is sent again where that does no harm, to another node where there
is one, and what fails in the end is a BackfileError. Only conflicts (ConflictError) and what is not there
(NotFoundError; for an index IndexMissingError) are the caller's to judge.

`request_timeout` is the client's own limit, in seconds, for all that is tried; without it each try may take
`source.timeout_ms`. `timeout` is the server's and has a unit:
`client.cluster.health(timeout="60s", request_timeout=70)`.
"""

from __future__ import annotations

import logging
import math
import os
import re
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from threading import local
from typing import Any, TypeVar

from indexer.config import SourceSettings
from indexer.errors import ConfigError

try:
    from opensearchpy import (
        ConnectionTimeout,
        OpenSearch,
        SerializationError,
        SSLError,
        Transport,
        TransportError,
    )
    from opensearchpy.exceptions import ConnectionError as LostConnection
    from urllib3 import Timeout

    from indexer.cluster.failures import (
        BUSY,
        failure_of,
        is_passing,
        not_opensearch,
        nothing_was_sent,
        reply_of,
    )
    from indexer.cluster.responsive import ResponsiveHosts, is_read
except ModuleNotFoundError as missing:
    raise ConfigError(
        f"the client of OpenSearch is not installed ({missing.name} is missing)",
        where="source.kind",
        cure="Run: pip install 'backfile[opensearch]'",
    ) from missing

_LOGGER = logging.getLogger("indexer.cluster")
_LOGGER.addHandler(logging.NullHandler())  # for the log of a server; a command says what fails in the end
logging.getLogger("opensearch").setLevel(logging.ERROR)  # its warnings are tracebacks of what is repeated
PAUSES = (0.05, 0.3, 1.2)  # seconds before a request is sent again
CONNECT_SECONDS = 3  # a host that is gone without a word must not cost the time of a whole answer
_USER, _PASSWORD, _TOKEN = (f"BACKFILE_OPENSEARCH_{name}" for name in ("USER", "PASSWORD", "TOKEN"))
# The last part of what can be posted twice. Each document of a bulk has an id, so that it is written once.
_REPEATABLE = frozenset((
    "_analyze", "_bulk", "_count", "_explain", "_mget", "_msearch", "_refresh", "_search", "_termvectors",
    "point_in_time",
))  # fmt: skip
_OF_TLS = ("ca", "client_certificate", "client_key")
_CONDITIONS = frozenset(("op_type", "if_seq_no", "if_primary_term"))

_T = TypeVar("_T")


def connect(settings: SourceSettings, environment: Mapping[str, str] = os.environ) -> OpenSearch:
    """Return a client; nothing is sent yet. Threads may share it; `close` it, or use it in a `with`.

    Raises ConfigError where certificates or credentials cannot be used.
    """
    authorization = _authorization(environment)
    return OpenSearch(
        list(settings.hosts),
        transport_class=_Transport,
        timeout=settings.timeout_ms / 1000,
        headers={"authorization": authorization} if authorization else {},
        ssl_context=_tls(settings),
        pool_maxsize=16,  # connections to a node that are left open; more requests at once open more
        dead_timeout=5,  # seconds, doubled each time, in which a node that failed is left alone
        max_retries=0,  # `_Transport` has its own
        retry_on_timeout=True,  # it leaves a node alone that did not answer
    )


def _authorization(environment: Mapping[str, str]) -> str:
    """Return the header that says who asks; empty where the environment names nobody."""
    user, password, token = (environment.get(name, "") for name in (_USER, _PASSWORD, _TOKEN))
    if token and (user or password):
        raise ConfigError(
            "both a bearer token and a user are set", where=_TOKEN, cure=f"Unset {_TOKEN}, or {_USER}."
        )
    if bool(user) != bool(password):
        lacking, given = (_PASSWORD, _USER) if user else (_USER, _PASSWORD)
        raise ConfigError(f"{given} is set without {lacking}", where=lacking, cure="Set both, or neither.")
    if ":" in user:
        raise ConfigError("a user's name cannot have a colon", where=_USER, cure="Take another user.")
    if not re.fullmatch(r"[\x21-\x7e]*", token):
        raise ConfigError(
            "a bearer token has letters, digits and signs only", where=_TOKEN, cure="Set it anew."
        )
    if token:
        return f"Bearer {token}"
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}" if user else ""


def _tls(settings: SourceSettings) -> ssl.SSLContext | None:
    """Return what checks the nodes' certificates and shows ours; None where no host speaks TLS."""
    given = [name for name in _OF_TLS if getattr(settings, name)]
    if not any(host.startswith("https:") for host in settings.hosts):
        if given:
            cure = f"Write https:// in source.hosts, or take out source.{given[0]}."
            raise ConfigError("no host speaks TLS", where=f"source.{given[0]}", cure=cure)
        return None
    if settings.client_key and not settings.client_certificate:
        cure = "Set source.client_certificate."
        raise ConfigError("there is a key without its certificate", where="source.client_key", cure=cure)
    ca, certificate, key = settings.ca, settings.client_certificate, settings.client_key
    context = _loaded("ca", lambda: ssl.create_default_context(cafile=ca))
    if certificate:
        # With an empty password a key that has one is refused; without, the terminal would be asked for it.
        _loaded("client_certificate", lambda: context.load_cert_chain(certificate, key, password=""))
    return context


def _loaded(name: str, load: Callable[[], _T]) -> _T:
    """Return what `load` reads for a setting. Raises ConfigError where it cannot."""
    try:
        return load()
    except OSError as error:
        fault = "it is not what it should be" if isinstance(error, ssl.SSLError) else error.strerror
        cure = "Name a file in the PEM format, and a key without a password."
        raise ConfigError(f"the file cannot be used: {fault}", where=f"source.{name}", cure=cure) from error


class _Transport(Transport):
    """Sends requests, again where that does no harm."""

    _last = local()  # the host that this thread's request went to last

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._responsive = ResponsiveHosts(self.seed_connections)

    def get_connection(self) -> Any:
        """Return the connection to the next host, and remember the host for errors."""
        connection = self._responsive.connection() or super().get_connection()
        self._last.host = connection.host
        return connection

    def perform_request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        """Return the reply to a request. Raises BackfileError, ConflictError and NotFoundError."""
        params = dict(options.pop("params", None) or {})
        given = params.pop("request_timeout", None)
        limit = given or self.kwargs["timeout"]
        reads = is_read(method, url)
        seconds = limit * self._responsive.first if reads and not given else limit
        end = time.monotonic() + given if given else math.inf
        repeatable, late = _is_repeatable(method, url, params), 0
        pauses = iter(PAUSES)
        while True:
            timeout = Timeout(connect=min(seconds, CONNECT_SECONDS), read=seconds)
            sent = {**options, "params": dict(params), "timeout": timeout}
            try:
                return super().perform_request(
                    method, url, *args, **(self._responsive.directed(url, sent) if reads else sent)
                )
            except SerializationError as error:
                raise not_opensearch(self._last.host) from error
            except TransportError as error:
                if isinstance(error, ConnectionTimeout):
                    late += 1
                    self._look_for_hanging_hosts(reads, given)
                failure, pause = failure_of(error, self._last.host), next(pauses, None)
                left = end - time.monotonic() - (pause or 0)
                if pause is None or left <= 0 or not self._helps_to_repeat(error, repeatable, late):
                    raise failure from (error if failure is not error else None)
                _LOGGER.warning("A request is sent again: %s", failure)
            time.sleep(pause)
            seconds = min(limit, left)

    def _look_for_hanging_hosts(self, reads: bool, given: float | None) -> None:
        """Find out for a read that was late whether a node hangs; where its time has passed, for the next."""
        if reads and given:
            self._responsive.look_aside()
        elif reads:
            self._responsive.look()

    def _helps_to_repeat(self, error: TransportError, repeatable: bool, late: int) -> bool:
        """Whether to send a request again that failed, where `late` answers did not come in time."""
        if nothing_was_sent(error) or error.status_code == BUSY:  # too busy to begin with it
            return True
        if isinstance(error, ConnectionTimeout | SSLError):  # the same host would not do better
            return repeatable and late <= 1 and len(self.hosts) > 1
        passing = is_passing(error.status_code, reply_of(error).get("error"))
        return repeatable and (isinstance(error, LostConnection) or passing)


def _is_repeatable(method: str, url: str, params: Mapping[str, Any]) -> bool:
    """Whether a request can be sent twice, and is answered alike then."""
    parts = url.strip("/").split("/")
    if method == "POST":
        return parts[-1] in _REPEATABLE
    if method == "PUT":  # but for a new index, or a document that must not be there, or be of a version
        return len(parts) > 1 and "_create" not in parts and not _CONDITIONS & set(params)
    return True
