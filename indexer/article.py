"""The article model: what a file says, once its dialect is behind it.

Everything here is frozen and plain, so that it can be compared, sent to another process and kept.
The JSON of `to_json` is what the command line and the API print, and what is stored in the index.
An article that comes from an index is decoded as far as it is looked at: most hits of a page show a title
and a line, few their twenty related articles.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Self

import orjson

_set = object.__setattr__  # what is frozen is set while it is made
_TIMES = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS  # as `format_iso` writes them
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

    @property
    def day(self) -> date | None:
        """The day of its date, as its file writes it."""
        return self.published_at and self.published_at.date()


class _Stored:
    """What an article of an index is decoded from, a field at a time: `_record` has its values as
    plain JSON, `_more` reads those of the fields that are rarely looked at (see `STORED_APART`)."""

    __slots__ = ("_more", "_record")

    _record: Mapping[str, Any]
    _more: Callable[[], Mapping[str, Any]]

    def __getattr__(self, name: str) -> Any:
        """Decode a field when it is first looked at; where all are given, this is never asked."""
        if name not in _DEFAULTS:
            raise AttributeError(f"an article has no {name!r}", name=name, obj=self)
        if name in STORED_APART:
            record = self._more()
            _set(self, "_more", lambda: record)  # it is read once
        else:
            record = self._record
        value, decode = record.get(name, _DEFAULTS[name]), _DECODERS.get(name)
        _set(self, name, decode(value) if decode else value)
        return object.__getattribute__(self, name)


@dataclass(frozen=True, slots=True)
class Article(_Stored):
    """One article. Texts are plain (no HTML, no Markdown), in NFC. `published_at` is a moment, in the offset
    in which its file, or the archive's zone, counts days; `language` is a BCP 47 tag (`de`, `pt-BR`),
    `translation` what an article and its translations have in common. `body_html` is
    the body as HTML, empty where it is nothing but paragraphs of text. Whoever shows it cleans it again."""

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
    language: str | None = None
    translation: str | None = None
    quality: float | None = None
    heat: float | None = None
    featured: bool = False
    origin: str = ORIGIN_FILE
    images: tuple[Image, ...] = ()
    related: tuple[RelatedLink, ...] = ()
    body_html: str = ""

    @property
    def day(self) -> date | None:
        """The day of its date, as its file writes it."""
        return self.published_at and self.published_at.date()

    def to_json(self, *, without: Collection[str] = ()) -> dict[str, Any]:
        """Return the article as plain JSON values, without its body as HTML and without some fields;
        `published_at` in ISO 8601 with a Z, and its `day`."""
        return {name: _to_plain(getattr(self, name)) for name in ARTICLE_FIELDS if name not in without}

    def to_stored(self) -> tuple[str, str]:
        """Return the texts that an index keeps: the article's JSON, and apart what is rarely shown.

        Whether there is a body is said in the first of them."""
        record = dict(zip(_STORED, _stored_values(self), strict=True))
        record["has_body"] = bool(self.body)
        more = dict(zip(STORED_APART, _apart_values(self), strict=True))
        more["related"] = list(map(_to_stored_link, self.related))
        if not self.body_html:  # as of most articles
            del more["body_html"]
        return _dumps(record), _dumps(more)

    @classmethod
    def from_stored(
        cls, records: Iterable[Mapping[str, Any]], mores: Iterable[Callable[[], Mapping[str, Any]]]
    ) -> list[Self]:
        """Return articles that are decoded as they are looked at, from what `to_stored` gave: the first
        text of each loaded, with its body where that is at hand; the second one read when it is needed."""
        articles = []
        for record, more in zip(records, mores, strict=True):
            article = object.__new__(cls)
            _set(article, "_record", record)
            _set(article, "_more", more)
            # What any list of hits looks at, at once.
            _set(article, "title", record["title"])
            _set(article, "excerpt", record["excerpt"])
            _set(article, "url", record["url"])
            for name, usual in _LOOKED_AT:
                _set(article, name, record.get(name, usual))
            if not record["has_body"] or "body" in record:  # so that nothing more is read to see it
                _set(article, "body", record.get("body", ""))
            articles.append(article)
        return articles


def format_iso(moment: datetime | None) -> str | None:
    """Return `2020-06-25T10:31:00Z`, or None."""
    if moment is None:
        return None
    text: bytes = orjson.dumps(moment.astimezone(UTC), option=_TIMES)  # in a fifth of Python's own time
    return text[1:-1].decode()


def parse_iso(text: str | None) -> datetime | None:
    """The inverse of `format_iso`; a moment that was stored with its offset keeps it."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.astimezone(UTC)


def offset_name(moment: datetime) -> str:
    """Return the offset that a moment is given in: `UTC`, `+09:00`."""
    return moment.isoformat()[-6:] if moment.utcoffset() else "UTC"


def _provider(data: dict[str, Any] | None) -> Provider | None:
    return Provider(name=data["name"], domain=data.get("domain")) if data else None


def _to_plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is datetime:
        return format_iso(value)
    if kind is date:
        return value.isoformat()
    if kind is tuple:
        return [_to_plain(item) for item in value]
    return {name: _to_plain(getattr(value, name)) for name in _NAMES[kind]}


def _to_stored(value: Any) -> Any:
    """Return a value as orjson writes it: a moment keeps its offset."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _to_stored_link(link: RelatedLink) -> dict[str, Any]:
    """Return a link as orjson writes it: of a data class with slots it takes four times as long, and files
    have twenty (a fortieth of the processor time of `benchmarks.before --archive`)."""
    provider = link.provider
    return {
        "id": link.id,
        "title": link.title,
        "url": link.url,
        "published_at": link.published_at,
        "provider": provider and {"name": provider.name, "domain": provider.domain},
    }


def _images(data: Any) -> tuple[Image, ...]:
    return tuple(Image(**image) for image in data)


def _links(data: Any) -> tuple[RelatedLink, ...]:
    return tuple(
        RelatedLink(
            id=link["id"],
            title=link["title"],
            url=link.get("url"),
            published_at=parse_iso(link.get("published_at")),
            provider=_provider(link.get("provider")),
        )
        for link in data
    )


def _dumps(values: dict[str, Any]) -> str:
    try:
        return orjson.dumps(values, option=_TIMES).decode()
    except TypeError:  # half a character, or an integer of more than 64 bits
        return json.dumps(values, default=_to_stored, ensure_ascii=False, separators=(",", ":"))


def load_stored(texts: Iterable[str | bytes]) -> list[dict[str, Any]]:
    """Return what some of the texts of `Article.to_stored` hold. Raises ValueError."""
    return [_load(text) for text in texts]


def _load(text: str | bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except ValueError:
        found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("it is no record of an article")
    return found


# What `to_stored` keeps apart: large, and not on a page of results.
STORED_APART = ("body", "related", "body_html")
_DEFAULTS: dict[str, Any] = {
    f.name: None if f.default is dataclasses.MISSING else f.default for f in dataclasses.fields(Article)
}
_STORED = tuple(name for name in _DEFAULTS if name not in STORED_APART)
_LOOKED_AT = [(name, _DEFAULTS[name]) for name in ("id", "featured", "origin", "language", "translation")]
_stored_values, _apart_values = attrgetter(*_STORED), attrgetter(*STORED_APART)
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "published_at": parse_iso,
    "provider": _provider,
    "images": _images,
    "related": _links,
    "authors": tuple,
    "topics": tuple,
    "tags": tuple,
    "body": str,
    "body_html": str,
}
_PLAIN = frozenset({str, int, float, bool, type(None)})
_DATED = {"published_at": ("published_at", "day")}
_NAMES = {
    kind: tuple(name for f in dataclasses.fields(kind) for name in _DATED.get(f.name, (f.name,)))
    for kind in (Provider, Image, RelatedLink, Article)
}
ARTICLE_FIELDS = tuple(name for name in _NAMES[Article] if name != "body_html")  # of its JSON
UNLISTED = frozenset({"related"})  # what a list of articles leaves out; it was nine tenths of an answer
