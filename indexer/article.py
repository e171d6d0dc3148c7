"""The article model: what a file says, once its dialect is behind it.

Everything here is frozen and plain, so that it can be compared, sent to another process and kept.
`to_json` and `from_json` are each other's inverse; the JSON is what is stored in the index and
what the command line and the API print.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

ORIGIN_FILE = "file"
ORIGIN_RELATED = "related"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who published an article. `key` is what articles of one provider have in common."""

    name: str
    domain: str | None = None

    @property
    def key(self) -> str:
        """The domain where there is one, else the name; in lower case."""
        return (self.domain or self.name).casefold()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that goes with an article; sizes in pixels where the file gives them."""

    url: str
    width: int | None = None
    height: int | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedLink:
    """An editors' link from one article to another; `id` is the identity of the other article."""

    id: str
    title: str
    url: str | None = None
    published_at: datetime | None = None
    provider: Provider | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article. Texts are plain (no HTML, no Markdown), in NFC; times are UTC."""

    id: str
    title: str
    url: str | None = None
    excerpt: str = ""
    body: str = ""
    published_at: datetime | None = None
    provider: Provider | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    category: str | None = None
    type: str | None = None
    quality: float | None = None
    heat: float | None = None
    featured: bool = False
    origin: str = ORIGIN_FILE
    images: tuple[Image, ...] = ()
    related: tuple[RelatedLink, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the article as plain JSON values; `published_at` in ISO 8601 with a Z."""
        data: dict[str, Any] = _to_plain(self)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Rebuild an article from what `to_json` gave."""
        values = dict(data)
        values["published_at"] = parse_iso(data.get("published_at"))
        values["provider"] = _provider(data.get("provider"))
        values["images"] = tuple(Image(**image) for image in data.get("images", ()))
        values["related"] = tuple(
            RelatedLink(
                id=link["id"],
                title=link["title"],
                url=link.get("url"),
                published_at=parse_iso(link.get("published_at")),
                provider=_provider(link.get("provider")),
            )
            for link in data.get("related", ())
        )
        for name in ("authors", "topics", "tags"):
            values[name] = tuple(data.get(name, ()))
        return cls(**values)


def format_iso(moment: datetime | None) -> str | None:
    """Return `2020-06-25T10:31:00Z`, or None."""
    if moment is None:
        return None
    naive = moment.astimezone(UTC).replace(tzinfo=None)  # strftime would drop a year's zeros
    return naive.isoformat(timespec="seconds") + "Z"


def parse_iso(text: str | None) -> datetime | None:
    """The inverse of `format_iso`."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _provider(data: dict[str, Any] | None) -> Provider | None:
    return Provider(name=data["name"], domain=data.get("domain")) if data else None


def _to_plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is datetime:
        return format_iso(value)
    if kind is tuple:
        return [_to_plain(item) for item in value]
    return {name: _to_plain(getattr(value, name)) for name in _NAMES[kind]}


_PLAIN = frozenset({str, int, float, bool, type(None)})
_NAMES = {
    kind: tuple(f.name for f in dataclasses.fields(kind)) for kind in (Provider, Image, RelatedLink, Article)
}
