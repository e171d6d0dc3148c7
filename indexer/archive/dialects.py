"""A mapping of front matter -> what it is: an article with its nested ones, topics, an organization.

The names that five dialects have for one field meet here and nowhere else, by the table
`settings.archive.fields`. Its data says what a file is, never its folder.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from indexer.archive import links, values
from indexer.archive.article_language import fitting_language, own_language, translation_of
from indexer.archive.dates import in_zone
from indexer.archive.described import described_record, topics_of
from indexer.archive.keys import Fields, fold, spell
from indexer.archive.markdown import Body
from indexer.archive.no_article import is_list_page
from indexer.archive.paths import date_of_folders, date_of_name, title_of_path
from indexer.archive.presets.preset import Page
from indexer.archive.records import FileRecord, FoundArticle, Kind, NothingSaidError
from indexer.archive.site import PLAIN_SITE, Site
from indexer.archive.values import FieldValues, Note, SharedMapping
from indexer.archive.withheld import flagged, is_reference, judge
from indexer.article import ORIGIN_FILE, ORIGIN_RELATED, Article, RelatedLink
from indexer.facets import FACETS
from indexer.identity import identity, normalise_url, path_identity, text_identity

_set = object.__setattr__  # what is frozen is set while it is made
_NO_ARTICLE = "neither a date nor a URL nor an excerpt"
# Where the values of other programs lie in the mapping: Zola's and Hugo's own.
_LIFTED = ("taxonomies", "extra", "params")


# The facets whose values are taken as they stand: those that no rule of `_facet_values` is for.
_RULED = ("published_at", "provider", "authors", "category", "tags", "type", "language")
_PLAIN_FACETS = tuple(
    (facet.attribute, facet.several) for facet in FACETS.values() if facet.attribute not in _RULED
)


class Context(NamedTuple):
    """What reading a mapping needs besides it: the file's path, the table, the clock, the ear."""

    path: str
    fields: Fields
    now: datetime
    note: Note
    site: Site = PLAIN_SITE
    reference: bool = False  # whether the file is of the reference dialect
    zone: tzinfo | None = None  # that all days are in; else each is in its own offset
    local: tzinfo | None = None  # the site's, in which it reads what is written without an offset
    language: str | None = None  # that its path says
    original: str | None = None  # the path that its translations have in common with it
    others: str = ""  # the language of articles that name none

    def time_of(self, value: Any, note: Note) -> datetime | None:
        """Return the time that a value is, in the offset that its day is counted in."""
        return values.time_of(value, self.now, note, self.zone, self.local)

    def of_reference(self) -> Context:
        """Return the context of a file of the reference dialect."""
        at = self._fields.index("reference")
        return Context._make((*self[:at], True, *self[at + 1 :]))  # (`_replace` takes three times as long)

    def nested(self, number: int) -> Context:
        """Return the context of the file's related entry `number`, whose notices say so."""
        note = self.note

        def note_nested(code: str, text: str) -> None:
            note(code, f"related {number}: {text}")

        path = f"{self.path}#related-{number}"
        own = self.site, self.reference, self.zone, self.local, None, None, self.others
        return Context(path, self.fields, self.now, note_nested, *own)


def read_mapping(data: Any, body: Body | None, context: Context) -> FileRecord:
    """Return what a file's values are; `body` is the text that follows them, None where none can.

    Raises FileError for what is neither an article, nor topics, nor an organization.
    """
    if isinstance(data, list):
        return FileRecord(context.path, Kind.TOPIC, topics=topics_of(data))
    if not isinstance(data, dict):
        raise NothingSaidError("not a mapping of names to values")
    data = context.site.meaning(context.path, spell(_lifted(data), context.fields))
    if is_reference(data, context.site):
        context = context.of_reference()
    own_values = FieldValues(data, context.fields)
    title = _title(own_values)
    described = described_record(context.path, data, titled=title is not None)
    if described is not None:
        return described
    if not context.reference and context.site.passes_over(context.path):
        raise NothingSaidError("not a page of its site")
    if title is None and body is not None:
        title = _title_besides(own_values, body, context)
    text = body or Body()
    page = _page(own_values, title or "", context)
    judgement = judge(own_values, page, context.site, context.now, reference=context.reference)
    if judgement.by:
        withdrawn = _article(own_values, title or "", text, context, page)
        found = (withdrawn,)
        return FileRecord(context.path, Kind.WITHDRAWN, found, withdrawn_by=judgement.by, due=judgement.due)
    if title is None:
        raise NothingSaidError("no title")
    own = _own_article(own_values, title, text, context, page)
    related, nested = _related(own_values, own, context)
    if related:
        _set(own.article, "related", related)  # nobody has it yet, and `replace` takes twenty times as long
    return FileRecord(context.path, Kind.ARTICLE, (own, *nested), due=judgement.due)


def _lifted(data: dict[str, Any]) -> dict[str, Any]:
    """Return the values with those that Zola and Hugo keep one level down, where they say something new."""
    for name in _LIFTED:
        values_below = data.get(name)
        if isinstance(values_below, dict):
            known = set(map(fold, data))
            data = data | {name: value for name, value in values_below.items() if fold(name) not in known}
    return data


def _title_besides(read: FieldValues, body: Body, context: Context) -> str | None:
    """Return the title of a file that gives none: `name`, its first heading, its name. One without a text has
    none, unless its name begins with a date, as a post's does, or its site titles files by their names."""
    name = title_of_path(context.path)
    if context.site.rules.TITLED_BY_NAME and (read.data or body.paragraphs):
        return name if any(map(str.isalpha, name)) else body.heading or name
    text = body.paragraphs or read.first("excerpt", values.text_of) or date_of_name(context.path)
    if not text:
        return None
    return values.text_of(read.data.get("name")) or body.heading or name


def _page(read: FieldValues, title: str, context: Context) -> Page:
    """Return what the rules of the site need to know of a file: its times as the site reads them."""
    zone = context.local or context.zone

    def time() -> datetime | None:  # (not by `page.written`: a page that holds itself is never freed at once)
        written = (values.written_time(value, zone) for value in read.candidates("published_at"))
        return next(filter(None, written), None) or _date_of_path(context.path, None, zone)

    return Page(f"{context.site.prefix}{context.path}", title, read.data.get, time, zone)


def _own_article(
    own_values: FieldValues, title: str, body: Body, context: Context, page: Page
) -> FoundArticle:
    """Return the file's own article. Raises FileError where it says too little to be one."""
    own = _article(own_values, title, body, context, page)
    if body.tags:
        tags = values.names_of([*own.article.tags, *body.tags])
        own = FoundArticle(replace(own.article, tags=tags), own.aliases)
    if own.article.published_at is None and not any(own_values.candidates("published_at")):
        own = FoundArticle(replace(own.article, published_at=_other_date(own_values, context)), own.aliases)
        if own.article.published_at is None:
            context.note("missing_date", "there is no date")
    if not (body.paragraphs or _says_enough(own.article)) and is_list_page(context.path):
        raise NothingSaidError(_NO_ARTICLE)
    return own


def _other_date(read: FieldValues, context: Context) -> datetime | None:
    """Return the date that a file has where it says none: that of its name or its folders, else that of
    its last change, as it says it."""
    moment = _date_of_path(context.path, context.zone, context.local)
    if moment is not None:
        return moment
    changed: datetime | None = read.first("modified_at", lambda value: context.time_of(value, context.note))
    return changed


def _date_of_path(path: str, zone: tzinfo | None, local: tzinfo | None) -> datetime | None:
    moment = date_of_name(path) or date_of_folders(path)
    return moment and in_zone(moment, zone, local)


def _silent(code: str, text: str) -> None:
    """Say nothing of a flag that is no date."""


def _some_names_at_commas(value: Any) -> tuple[str, ...] | None:
    return values.names_of(value, commas=True) or None


def _title(read: FieldValues) -> str | None:
    """Return the title; a null's characters ("Null") are one where there is no other."""
    title: str | None = read.first("title", values.text_of)
    if title is not None:
        return title
    return next(filter(None, map(values.title_of, map(read.data.get, read.names("title")))), None)


def _article(
    read: FieldValues, title: str, body: Body, context: Context, page: Page | None = None
) -> FoundArticle:
    """Return the article that a mapping is, without its related ones; `page` is None for a nested one."""
    first = read.first
    site, origin = context.site, ORIGIN_FILE if page else ORIGIN_RELATED
    urls = links.urls_of(read, site, page, context.note)
    link_of = links.image_reader(page, site, urls)
    published_at = first("published_at", lambda value: context.time_of(value, context.note))
    if published_at is None:  # `published` is a flag in most dialects, and a date in some
        published_at = first("featured", lambda value: context.time_of(value, _silent))
    if urls:
        article_id = _url_identity(urls[0])
    elif origin == ORIGIN_FILE:
        article_id = path_identity(context.path)
    else:  # many a list names one video so: title and date tell that it is one
        article_id = text_identity(title, published_at)
    excerpt: str = first("excerpt", values.text_of) or ""
    language = own_language(read, context.note) or context.language
    article = Article(
        id=article_id,
        title=title,
        url=urls[0] if urls else None,
        excerpt=excerpt,
        body=body.text(title),
        body_html=body.html,
        published_at=published_at,
        quality=first("quality", values.number_of),
        heat=first("heat", values.number_of),
        featured=_is_featured(read, context),
        origin=origin,
        images=first("images", lambda value: tuple(values.images_of(value, link_of)) or None) or (),
        language=language or fitting_language(context.others, title, excerpt),
        translation=translation_of(read, context.original),
        **_facet_values(read, site.authors),
    )
    others = {_url_identity(url) for url in urls[1:]}
    for value in read.candidates("amp_urls"):
        url = values.url_of(value)
        if url:
            others.add(_url_identity(url))
    if page:
        others.update(map(_url_identity, links.redirects(page, site)))
    others.discard(article_id)
    return FoundArticle(article, tuple(sorted(others)))


# An article and those that name it as related have its addresses in common, and one article often
# has the same one under several names: of 50,000 look-ups in the real files 17,000 are hits.
@lru_cache(maxsize=4096)
def _url_identity(url: str) -> str:
    return _identity(normalise_url(url))


# Addresses of one article are alike when they are normalised: of 32,750 look-ups 11,000 are hits.
_identity = lru_cache(maxsize=4096)(identity)


def _is_featured(read: FieldValues, context: Context) -> bool:
    """Whether an article is featured: `published` says so in the reference dialect alone."""
    for name in read.names("featured"):
        if context.reference or name not in read.names("public"):
            flag = values.flag_of(read.data[name])
            if flag is not None:
                return flag
    return False


def _facet_values(read: FieldValues, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the article has of each facet but the date and the language, by attribute; `names` are
    those of authors, by slug."""
    first = read.first
    category, tags = _category_and_tags(read)
    found: dict[str, Any] = {
        "provider": first("provider", values.provider_of),
        "authors": _authors(read, names),
        "category": category,
        "tags": tags,
        "type": first("type", values.name_of) or "article",
    }
    for attribute, several in _PLAIN_FACETS:
        found[attribute] = (
            (first(attribute, values.names_of) or ()) if several else first(attribute, values.name_of)
        )
    return found


def _category_and_tags(read: FieldValues) -> tuple[str | None, tuple[str, ...]]:
    """Return the category and the tags: the first of several categories is the category."""
    categories = read.first("category", _some_names_at_commas) or ()
    tags = read.first("tags", _some_names_at_commas) or ()
    if not categories:
        return None, tags
    if not tags and len(categories) == 1:
        return categories[0], ()
    return categories[0], values.names_of([*tags, *categories[1:]])


def _authors(read: FieldValues, names: Mapping[str, str]) -> tuple[str, ...]:
    authors = read.first("authors", _some_names_at_commas)
    if authors is None:
        authors = read.first("provider", lambda v: values.provider_authors(v) or None)
    if authors and names:
        return values.names_of([names.get(author) or names.get(author.lower(), author) for author in authors])
    return authors or ()


def _says_enough(article: Article) -> bool:
    return bool(article.published_at or article.url or article.excerpt)


def _related(
    read: FieldValues, own: FoundArticle, context: Context
) -> tuple[tuple[RelatedLink, ...], tuple[FoundArticle, ...]]:
    """Return the links to the entries under `related`, and the articles that they are."""
    if context.others and own.article.language not in (None, context.others):
        context = context._replace(others="")  # what its related articles are in nobody knows
    seen = {own.article.id, *own.aliases}
    leading: list[RelatedLink] = []
    found: list[FoundArticle] = []
    for number, entry in enumerate(_entries(read), 1):
        nested = _nested(entry, context, number)
        if nested is None:
            continue
        link, article = nested
        if link.id in seen or own.article.id in article.aliases:
            continue
        seen.add(link.id)
        found.append(article)
        leading.append(link)
    return tuple(leading), tuple(found)


def _entries(read: FieldValues) -> Collection[Any]:
    for value in read.candidates("related"):
        return value if isinstance(value, list) else (value,)
    return ()


_Nested = tuple[RelatedLink, FoundArticle]


def _nested(entry: Any, context: Context, number: int) -> _Nested | None:
    """Return what `_read_nested` does; for an entry that came before, what it gave then."""
    if type(entry) is not SharedMapping:
        return _read_nested(entry, context, number)
    given = (
        context.fields, context.site, context.reference, context.zone, context.local, context.others,
    )  # fmt: skip
    if entry.reading is not None:
        nested: _Nested | None
        known, read_at, nested = entry.reading
        if known == given and read_at <= context.now:  # what was no time in the future then is none now
            return nested
    reported: list[str] = []

    def note(code: str, text: str) -> None:
        reported.append(code)
        context.note(code, text)

    nested = _read_nested(entry, context._replace(note=note), number)
    if not reported:  # notices name the file and the number
        entry.reading = (given, context.now, nested)
    return nested


def _read_nested(entry: Any, context: Context, number: int) -> _Nested | None:
    """Return the article that an entry under `related` is and the link to it, or None with a notice."""
    if not isinstance(entry, dict):
        context.note("bad_related", f"related {number} is not a mapping; it was left out")
        return None
    read = FieldValues(spell(entry, context.fields), context.fields)
    title = _title(read)
    if title is None:
        context.note("bad_related", f"related {number} has no title; it was left out")
        return None
    if flagged(read, reference=context.reference):
        return None
    found = _article(read, title, Body(), context.nested(number))
    article = found.article
    if not _says_enough(article):
        context.note("bad_related", f"related {number} has {_NO_ARTICLE}; it was left out")
        return None
    link = RelatedLink(article.id, article.title, article.url, article.published_at, article.provider)
    return link, found
