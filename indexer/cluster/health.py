"""What is wrong with a cluster that answers all the same, in sentences: copies that are missing, disks that
are full."""

from __future__ import annotations

from typing import Any

from opensearchpy import OpenSearch

from indexer.cluster.failures import DeniedError, refusal
from indexer.cluster.store import ClusterStore
from indexer.errors import SourceUnavailableError
from indexer.messages import Message, joined, say, say_number

_SECONDS = 2  # that each of two requests may take


def warnings_of(client: OpenSearch, articles: str) -> tuple[Message, ...]:
    """Return what whoever looks after an archive should know, each with what to do; nothing where the user
    may not ask. `articles` is the current index of articles: one that it replaced does not matter."""
    store = ClusterStore(client, articles.rpartition("-articles-")[0])
    indices, given = f"{articles},{store.tables},{store.state}", {"request_timeout": _SECONDS}
    try:
        health = client.cluster.health(index=indices, params=given)
        blocks = client.cluster.state(metric="blocks", index=indices, params=given)["blocks"]
    except DeniedError:
        return ()
    except SourceUnavailableError as error:
        return (_sentence(error.what, error.cure),)
    return (*_of_copies(health), *_of_blocks(blocks))


def _of_copies(health: dict[str, Any]) -> tuple[Message, ...]:
    missing = health["unassigned_shards"]  # one that is being copied is not missing for long
    if health["status"] == "red":
        error = refusal(503, {"type": "no_shard_available_action_exception"}, "")
        return (_sentence(error.what, error.cure),)
    if not missing:
        return ()
    what = say_number(
        "one copy of {all} of the archive's parts is on no running node; searches go on",
        "{count} copies of {all} of the archive's parts are on no running node; searches go on",
        missing,
        all=missing + health["active_shards"] + health["initializing_shards"],
    )
    cure = say(
        "Start the nodes that are missing, or set source.replicas to less than there are nodes and run "
        "`backfile index`."
    )
    return (_sentence(what, cure),)


def _of_blocks(blocks: dict[str, Any]) -> tuple[Message, ...]:
    """Return the sentences about blocks, as a refused write has them."""
    found = [blocks.get("global", {}), *blocks.get("indices", {}).values()]
    writing = {number for one in found for number, block in one.items() if "write" in block["levels"]}
    if not writing:
        return ()
    reasons = sorted(f"FORBIDDEN/{number}/" for number in writing)
    error = refusal(403, {"type": "cluster_block_exception", "reason": " ".join(reasons)}, "")
    return (_sentence(error.what, error.cure),)


def _sentence(what: str, cure: str) -> Message:
    return joined((what, cure), ". ")
