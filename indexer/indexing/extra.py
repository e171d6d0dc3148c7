"""What few files have, as JSON and back: the only part of a manifest that is not arrays."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from indexer.archive import Notice, Organization, Rejection
from indexer.index.generation import topic_from_json
from indexer.indexing.entry import Extra


def encode_extra(extra: Extra) -> bytes:
    """Return the JSON, in ASCII: a text of a damaged file may have characters that no UTF-8 has."""
    data: dict[str, Any] = {}
    if extra.topics:
        data["topics"] = [asdict(topic) for topic in extra.topics]
    if extra.organization:
        data["organization"] = asdict(extra.organization)
    if extra.rejection:
        data["rejection"] = asdict(extra.rejection)
    if extra.notices:
        data["notices"] = [asdict(notice) for notice in extra.notices]
    return json.dumps(data, separators=(",", ":")).encode("ascii")


def decode_extra(text: bytes) -> Extra:
    """The inverse of `encode_extra`."""
    data = json.loads(text)
    return Extra(
        topics=tuple(topic_from_json(topic) for topic in data.get("topics", ())),
        organization=Organization(**data["organization"]) if "organization" in data else None,
        rejection=Rejection(**data["rejection"]) if "rejection" in data else None,
        notices=tuple(Notice(**notice) for notice in data.get("notices", ())),
    )
