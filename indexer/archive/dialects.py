"""A mapping of front matter -> what it is: an article with its nested ones, topics, an organization.

The names that five dialects have for one field meet here and nowhere else, by the table
`settings.archive.fields`. What a file is, is told by its data and never by its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from indexer.archive import values
from indexer.archive.records import FoundArticle, Kind, Organization, Topic
from indexer.archive.text import markdown_text
from indexer.article import ORIGIN_FILE, ORIGIN_RELATED, Article, RelatedLink
from indexer.identity import path_identity, text_identity, url_identity

Fields = Mapping[str, tuple[str, ...]]
Note = Callable[[str, str], None]

_NO_TITLE = "no title"
_NO_ARTICLE = "neither a date nor a URL nor an excerpt"


class DialectError(Exception):
    """Why a mapping is nothing that an archive holds; `reason` quotes no value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Context:
    """What reading a mapping needs besides it: the file's path, the table, the clock, the ear."""

    path: str
    fields: Fields
    now: datetime
    note: Note

    def candidates(self, data: Mapping[str, Any], field: str) -> Iterator[Any]:
        """Give the values that `data` has for one of our fields, in the table's order, no empty ones."""
        sealed = self.fields["secured"]
        for name in self.fields[field]:
            value = data.get(name)
            if value is not None and name not in sealed and not values.is_null(value):
                yield value

    def first(self, data: Mapping[str, Any], field: str, reader: Callable[[Any], Any]) -> Any:
        """Return what `reader` makes of the first value that it can use, or None."""
        for value in self.candidates(data, field):
            read = reader(value)
            if read is not None:
                return read
        return None

    def nested(self, number: int) -> Context:
        """Return the context of the file's related entry `number`, whose notices say so."""
        note = self.note

        def note_nested(code: str, text: str) -> None:
            if code != "missing_date":  # asked of articles with a file of their own
                note(code, f"related {number}: {text}")

        return replace(self, path=f"{self.path}#related-{number}", note=note_nested)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mapping turned out to be."""

    kind: Kind
    found: tuple[FoundArticle, ...] = ()
    topics: tuple[Topic, ...] = ()
    organization: Organization | None = None


def read_mapping(data: Any, body: str, context: Context) -> Reading:
    """Return what a file's values are; `body` is the Markdown that follows them.

    Raises DialectError for what is neither an article, nor topics, nor an organization.
    """
    if isinstance(data, list):
        return Reading(Kind.TOPIC, topics=_topic_list(data))
    if not isinstance(data, dict):
        raise DialectError("no mapping of names to values")
    title = _title(data, context)
    kind = _taxonomy(data, titled=title is not None)
    if kind is Kind.TOPIC:
        return Reading(kind, topics=(_topic(data),))
    if kind is Kind.ORGANIZATION:
        return Reading(kind, organization=_organization(data))
    if context.first(data, "withdrawn", lambda value: values.flag_of(value) or None):
        return Reading(Kind.WITHDRAWN, found=(_article(data, title or "", body, context),))
    if title is None:
        raise DialectError(_NO_TITLE)
    own = _article(data, title, body, context)
    if not _says_enough(own.article):
        raise DialectError(_NO_ARTICLE)
    if own.article.published_at is None and not any(context.candidates(data, "published_at")):
        context.note("missing_date", "there is no date")
    links, nested = _related(data, own, context)
    own = replace(own, article=replace(own.article, related=links))
    return Reading(Kind.ARTICLE, found=(own, *nested))


def _taxonomy(data: Mapping[str, Any], *, titled: bool) -> Kind | None:
    """Return TOPIC or ORGANIZATION for what describes one, or None."""
    named = (values.text_of(data.get("taxonomy")) or "").lower()
    if named in ("topic", "organization"):
        return Kind(named)
    if titled or values.text_of(data.get("name")) is None:
        return None
    if any(not values.is_null(data.get(name)) for name in ("parent", "shortname", "keywords")):
        return Kind.TOPIC
    return Kind.ORGANIZATION if values.domain_of(data.get("domain")) else None


def _topic_list(items: list[Any]) -> tuple[Topic, ...]:
    if not items:
        raise DialectError("the file is empty")
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict) or values.text_of(item.get("name")) is None:
            raise DialectError(f"a list, but item {number} is no topic: it has no name")
    return tuple(_topic(item) for item in items)


def _topic(data: Mapping[str, Any]) -> Topic:
    name = values.text_of(data.get("name")) or values.text_of(data.get("title"))
    if name is None:
        raise DialectError("a topic without a name")
    return Topic(
        name=name,
        shortname=values.text_of(data.get("shortname")),
        parent=values.text_of(data.get("parent")),
        description=values.text_of(data.get("description")),
        keywords=values.names_of(data.get("keywords"), commas=True),
    )


def _organization(data: Mapping[str, Any]) -> Organization:
    domain = values.domain_of(data.get("domain")) or values.domain_of(data.get("_id"))
    name = values.text_of(data.get("name")) or values.text_of(data.get("title")) or domain
    if name is None:
        raise DialectError("an organization without a name")
    logos = (*values.images_of(data.get("logo")), *values.images_of(data.get("images")))
    return Organization(
        name=name,
        domain=domain,
        description=values.text_of(data.get("description")),
        logo=logos[0].url if logos else None,
    )


def _title(data: Mapping[str, Any], context: Context) -> str | None:
    """Return the title; a null's characters ("Null") are one where there is no other."""
    title: str | None = context.first(data, "title", values.text_of)
    if title is not None:
        return title
    sealed = context.fields["secured"]
    names = (name for name in context.fields["title"] if name not in sealed)
    return next(filter(None, (values.title_of(data.get(name)) for name in names)), None)


def _article(data: Mapping[str, Any], title: str, body: str, context: Context) -> FoundArticle:
    """Return the article that `data` is, without its related ones."""
    first = context.first
    urls = _urls(data, context)
    url = urls[0] if urls else None
    category, tags = _category_and_tags(data, context)
    article_id = url_identity(url) if url else path_identity(context.path)
    article = Article(
        id=article_id,
        title=title,
        url=url,
        excerpt=first(data, "excerpt", values.text_of) or "",
        body=markdown_text(body),
        published_at=first(data, "published_at", lambda v: values.time_of(v, context.now, context.note)),
        provider=first(data, "provider", values.provider_of),
        authors=_authors(data, context),
        topics=first(data, "topics", values.names_of) or (),
        tags=tags,
        category=category,
        type=first(data, "type", values.text_of) or "article",
        quality=first(data, "quality", values.number_of),
        heat=first(data, "heat", values.number_of),
        featured=bool(first(data, "featured", values.flag_of)),
        origin=ORIGIN_FILE,
        images=first(data, "images", lambda v: tuple(values.images_of(v)) or None) or (),
    )
    amp = (values.url_of(value) for value in context.candidates(data, "amp_urls"))
    others = {url_identity(other) for other in (*urls[1:], *filter(None, amp))}
    return FoundArticle(article, tuple(sorted(others - {article_id})))


def _urls(data: Mapping[str, Any], context: Context) -> list[str]:
    """Return the article's addresses, the canonical one first."""
    urls = []
    for value in context.candidates(data, "url"):
        url = values.url_of(value)
        if url is not None:
            urls.append(url)
        else:
            context.note("bad_url", f"{values.shown(value)} is no http or https address")
    return urls


def _category_and_tags(data: Mapping[str, Any], context: Context) -> tuple[str | None, tuple[str, ...]]:
    """Return the category and the tags: the first of several categories is the category."""
    categories = context.first(data, "category", lambda v: values.names_of(v) or None) or ()
    tags = context.first(data, "tags", lambda v: values.names_of(v, commas=True) or None) or ()
    if not categories:
        return None, tags
    return categories[0], values.names_of([*tags, *categories[1:]])


def _authors(data: Mapping[str, Any], context: Context) -> tuple[str, ...]:
    authors = context.first(data, "authors", lambda v: values.names_of(v, commas=True) or None)
    if authors is None:
        authors = context.first(data, "provider", lambda v: values.provider_authors(v) or None)
    return authors or ()


def _says_enough(article: Article) -> bool:
    return bool(article.published_at or article.url or article.excerpt)


def _related(
    data: Mapping[str, Any], own: FoundArticle, context: Context
) -> tuple[tuple[RelatedLink, ...], tuple[FoundArticle, ...]]:
    """Return the links to the entries under `related`, and the articles that they are."""
    seen = {own.article.id, *own.aliases}
    links: list[RelatedLink] = []
    found: list[FoundArticle] = []
    for number, entry in enumerate(_entries(data, context), 1):
        nested = _nested(entry, context, number)
        if nested is None or nested.article.id in seen or own.article.id in nested.aliases:
            continue
        article = nested.article
        seen.add(article.id)
        found.append(nested)
        links.append(
            RelatedLink(article.id, article.title, article.url, article.published_at, article.provider)
        )
    return tuple(links), tuple(found)


def _entries(data: Mapping[str, Any], context: Context) -> Collection[Any]:
    value = next(context.candidates(data, "related"), None)
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def _nested(entry: Any, context: Context, number: int) -> FoundArticle | None:
    """Return the article that an entry under `related` is, or None with a notice."""
    inner = context.nested(number)
    if not isinstance(entry, dict):
        context.note("bad_related", f"related {number} is no mapping; it was left out")
        return None
    title = _title(entry, inner)
    if title is None:
        context.note("bad_related", f"related {number} has no title; it was left out")
        return None
    if inner.first(entry, "withdrawn", lambda value: values.flag_of(value) or None):
        return None
    nested = _article(entry, title, "", inner)
    if not _says_enough(nested.article):
        context.note("bad_related", f"related {number} has {_NO_ARTICLE}; it was left out")
        return None
    article = replace(nested.article, origin=ORIGIN_RELATED)
    if article.url is None:  # many a list names one video so: title and date tell that it is one
        article = replace(article, id=text_identity(article.title, article.published_at))
    return replace(nested, article=article)
