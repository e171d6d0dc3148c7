"""What the client raises → the error that people see. A server's own words stand beside the host, in `where`,
which the page does not show."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import Any

from opensearchpy import ConflictError, ConnectionTimeout, NotFoundError, SSLError, TransportError
from opensearchpy.exceptions import ConnectionError as LostConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from indexer.errors import (
    BackfileError,
    BusyError,
    IndexMissingError,
    RequestError,
    SourceUnavailableError,
)
from indexer.messages import Message, say

BUSY = 429  # the status of a request that a node has no room for
_BLOCK = re.compile(r"[A-Z_]+/(\d+)/")  # what a refusal calls a block of an index or of the cluster
_DISK_FULL = {10, 12, 13}
_NO_STATE = {1, 2}  # the cluster has just begun, or nobody manages it
_LOST_NODES = ("node_not_connected_exception", "node_disconnected_exception", "connect_transport_exception")
_NO_MANAGER = (
    "cluster_manager_not_discovered_exception",
    "master_not_discovered_exception",
    "failed_to_commit_cluster_state_exception",
    *_LOST_NODES,  # a manager removes a node that is lost, and nobody sends it anything then
)
_BUSY = ("rejected_execution_exception", "circuit_breaking_exception")
_NO_SHARDS = (
    "search_phase_execution_exception",
    "no_shard_available_action_exception",
    "unavailable_shards_exception",
)

_CLOSED = (  # without TLS, and with it
    say("Try again; where it has TLS, write its address with https:// in source.hosts."),
    say("Try again; where it requires a client certificate, name one as source.client_certificate."),
)


class DeniedError(SourceUnavailableError):
    """The user may not do that."""


class LateError(SourceUnavailableError):
    """An answer did not come in time, or a node gave up on it."""


def nothing_was_sent(error: TransportError) -> bool:
    """Whether a request failed before the server had any of it."""
    info = error.args[2] if len(error.args) > 2 else None
    return isinstance(info, NewConnectionError | ConnectTimeoutError)


def is_passing(status: int | str, error: Any) -> bool:
    """Whether a refusal, of a whole request or of a part, is of a server that is busy or not ready, or of a
    cluster that has not seen yet that it lost a node."""
    return status in (BUSY, 502, 503, 504) or _kind_and_reason(error)[0] in _LOST_NODES


def not_opensearch(host: str) -> SourceUnavailableError:
    """Return the error for a host that does not answer as OpenSearch does."""
    what, cure = say("the server at this address is not OpenSearch"), say("Check source.hosts.")
    return SourceUnavailableError(what, where=host, cure=cure)


def no_archive(where: str) -> IndexMissingError:
    """Return the error for a cluster in which nothing, or no whole generation, has been published."""
    cure = say("Run `backfile index`, or check source.alias.")
    return IndexMissingError(say("there is no such archive in the cluster"), where=where, cure=cure)


def reply_of(error: TransportError) -> Mapping[str, Any]:
    """Return what a server said; empty for another one's words, or none."""
    return error.info if isinstance(error.info, Mapping) else {}


def failure_of(error: TransportError, host: str) -> Exception:
    """Return what to raise for a request to `host` that failed: a BackfileError, or the error itself where it
    is a conflict, or says that something is not there, which only the caller can judge."""
    if isinstance(error, LostConnection):
        return _lost(error, host)
    reply = reply_of(error)
    if error.status_code in (404, 405, 501) and not _is_of_opensearch(reply):
        return not_opensearch(host)
    found = refusal(error.status_code, reply.get("error"), host)
    expected = isinstance(error, ConflictError | NotFoundError)
    return error if expected and not isinstance(found, IndexMissingError) else found


def _is_of_opensearch(reply: Mapping[str, Any]) -> bool:
    """Whether a refusal has the form of those of OpenSearch: of a request, or of one document."""
    of_request = isinstance(reply.get("error"), Mapping) or reply.keys() == {"error", "status"}
    return of_request or "found" in reply or "result" in reply


def refusal(status: int | str, error: Any, host: str) -> BackfileError:
    """Return the error for an HTTP status and the `error` of a reply: of a whole one, or of a part of it."""
    kind, reason = _kind_and_reason(error)
    where = f"{host}, {status}" + (f": {reason}" if reason else "")
    if kind == "index_not_found_exception":
        return no_archive(where)
    if kind in _BUSY or (status == BUSY and kind != "cluster_block_exception"):
        return BusyError(
            say("the search server is overloaded"), where=where, cure=say("Try again in a minute.")
        )
    if "maxClauseCount" in reason:
        cure = say("Ask for less, or raise indices.query.bool.max_clause_count of its nodes.")
        return RequestError(say("the query has more parts than the search server takes"), cure=cure)
    if kind == "query_phase_execution_exception" and reason == "Time exceeded":
        return _late(where)
    blocked = _blocked(kind, reason)
    what, cure = blocked or _refused(status, kind)
    denied = status == 403 and not blocked
    return (DeniedError if denied else SourceUnavailableError)(what, where=where, cure=cure)


def _kind_and_reason(error: Any) -> tuple[str, str]:
    if not isinstance(error, Mapping):
        return "", str(error or "")
    causes = error.get("root_cause") or [error]
    return str(causes[0].get("type") or error.get("type")), str(causes[0].get("reason") or "")


def _blocked(kind: str, reason: str) -> tuple[Message, Message] | None:
    """Return what is to be said where the cluster as a whole, or an index, refuses to work."""
    blocks = (
        {int(number) for number in _BLOCK.findall(reason)} if kind == "cluster_block_exception" else set()
    )
    if kind in _NO_MANAGER or blocks & _NO_STATE:
        cure = say("Start the nodes that are missing, and wait for an election.")
        return say("the cluster has no elected manager"), cure
    if blocks & _DISK_FULL:
        cure = say("Make room on the disks of its nodes, or add a node.")
        return say("the cluster accepts no writes, since its disks are nearly full"), cure
    if blocks:
        cure = say("Remove the block from the index that is named.")
        return say("the cluster accepts no writes, since an index is blocked"), cure
    return None


def _refused(status: int | str, kind: str) -> tuple[Message, Message]:
    if status == 401:
        cure = say(
            "Set BACKFILE_OPENSEARCH_USER and BACKFILE_OPENSEARCH_PASSWORD, or BACKFILE_OPENSEARCH_TOKEN, to "
            "what it accepts."
        )
        return say("the search server does not accept the credentials"), cure
    if status == 403:
        cure = say("Let the user read and write the indices whose names begin with source.alias.")
        return say("the search server does not allow that for this user"), cure
    if status == 503 and kind in _NO_SHARDS:
        cure = say("Start the nodes that are missing.")
        return say("a part of the archive is on no running node"), cure
    if status in (502, 503, 504):
        return say("the search server is not ready"), say("Try again in a minute.")
    return say("the search server refuses a request"), say("Its log says more.")


def _lost(error: LostConnection, host: str) -> SourceUnavailableError:
    info = error.info
    if isinstance(error, SSLError):
        what, cure = _tls(info)
    elif isinstance(error, ConnectionTimeout):
        return _late(host)
    elif isinstance(info, NameResolutionError):
        what = say("the name of the search server cannot be resolved")
        cure = say("Check source.hosts.")
    elif nothing_was_sent(error):
        what = say("the search server cannot be reached")
        cure = say("Start it, or check source.hosts.")
    else:
        what, cure = say("the search server closed the connection"), _CLOSED[host.startswith("https:")]
    return SourceUnavailableError(what, where=host, cure=cure)


def _late(where: str) -> LateError:
    cure = say("Check its load, or raise source.timeout_ms.")
    return LateError(say("the search server does not answer in time"), where=where, cure=cure)


def _tls(info: Any) -> tuple[Message, Message]:
    """Return what is to be said where no safe connection comes about."""
    cause = info.args[0] if info.args else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = cause.verify_message.rstrip(".")
        what = say("the search server's certificate is not accepted ({reason})", reason=reason)
        if "match" in reason:  # of names and addresses
            return what, say("Write a name that the certificate covers in source.hosts.")
        if "expired" in reason:
            return what, say("Renew it.")
        return what, say("Name the file of the authority that issued it as source.ca.")
    if isinstance(cause, ssl.SSLEOFError):
        return say("the search server closed the connection"), _CLOSED[True]
    if isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or ""):
        cure = say("Name one as source.client_certificate, and its key as source.client_key.")
        return say("the search server requires a client certificate that it trusts"), cure
    cure = say("Where it has no TLS, write its address with http:// in source.hosts.")
    return say("no TLS connection to the search server is possible"), cure
