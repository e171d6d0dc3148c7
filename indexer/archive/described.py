"""A mapping that describes a topic or an organization -> what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indexer.archive import values
from indexer.archive.keys import fold_keys
from indexer.archive.records import FileError, FileRecord, Kind, NothingSaidError, Organization, Topic


def described_record(path: str, data: Mapping[str, Any], *, titled: bool) -> FileRecord | None:
    """Return the file at `path` where it describes a topic or an organization, else None; `titled` says
    whether it has a title. Raises FileError for a topic or an organization without a name."""
    kind = _described_kind(data, titled=titled)
    if kind is Kind.TOPIC:
        return FileRecord(path, kind, topics=(_topic_of(data),))
    if kind is Kind.ORGANIZATION:
        return FileRecord(path, kind, organization=_organization_of(data))
    return None


def _described_kind(data: Mapping[str, Any], *, titled: bool) -> Kind | None:
    named = (values.text_of(data.get("taxonomy")) or "").lower()
    if named in ("topic", "organization"):
        return Kind(named)
    if titled or values.text_of(data.get("name")) is None:
        return None
    if any(not values.is_null(data.get(name)) for name in ("parent", "shortname", "keywords")):
        return Kind.TOPIC
    return Kind.ORGANIZATION if values.domain_of(data.get("domain")) else None


def topics_of(items: list[Any]) -> tuple[Topic, ...]:
    """Return the topics of a list. Raises FileError where an item is none."""
    if not items:
        raise FileError("the file is empty")
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict) or values.name_of(fold_keys(item).get("name")) is None:
            raise NothingSaidError(f"a list, but item {number} is not a topic: it has no name")
    return tuple(_topic_of(fold_keys(item)) for item in items)


def _topic_of(data: Mapping[str, Any]) -> Topic:
    """Return the topic. Raises FileError where it has no name."""
    name = values.name_of(data.get("name")) or values.name_of(data.get("title"))
    if name is None:
        raise FileError("a topic without a name")
    return Topic(
        name=name,
        shortname=values.name_of(data.get("shortname")),
        parent=values.name_of(data.get("parent")),
        description=values.text_of(data.get("description")),
        keywords=values.names_of(data.get("keywords"), commas=True),
    )


def _organization_of(data: Mapping[str, Any]) -> Organization:
    """Return the organization. Raises FileError where it has no name and no domain."""
    domain = values.domain_of(data.get("domain")) or values.domain_of(data.get("_id"))
    name = values.name_of(data.get("name")) or values.name_of(data.get("title")) or domain
    if name is None:
        raise FileError("an organization without a name")
    logos = (*values.images_of(data.get("logo")), *values.images_of(data.get("images")))
    return Organization(
        name=name,
        domain=domain,
        description=values.text_of(data.get("description")),
        logo=logos[0].url if logos else None,
    )
