"""The facets: by what articles are counted and filtered. One table, of which the schema, the reading of
files, the query language, requests, options, addresses and both faces are made.

A facet is a row here, and a field of `Article`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date as _date
from typing import NamedTuple, TypeAlias, TypedDict

from indexer.languages import broader, codes_of, language_name
from indexer.messages import say

Values: TypeAlias = str | Iterable[str] | None
Dates: TypeAlias = str | _date | Iterable[str | _date] | None


class Facet(NamedTuple):
    """One facet.

    name       of the parameter, the option, the schema's field and the query language's field
    attribute  of `Article`: a text, several of them, or a provider
    title      what a value is called at the head of a list
    plural     what several are called there
    help       what a value is, in a sentence
    example    a value
    syntax     a query for it that works as it stands, and its meaning; nothing for dates
    names      what front matter calls it, in the order in which they are looked for
    several    whether an article may have several values
    also       other names of it in the query language
    label      what a value is called where it is shown
    above      the values above one in their tree, the nearest first
    known_as   other names by which a value may be chosen
    """

    name: str
    attribute: str
    title: str
    plural: str
    help: str
    example: str
    syntax: tuple[str, str] | None
    names: tuple[str, ...]
    several: bool = False
    also: tuple[str, ...] = ()
    label: Callable[[str], str] = str
    above: Callable[[str], tuple[str, ...]] | None = None
    known_as: Callable[[str], tuple[str, ...]] | None = None


_ROWS = (
    Facet(
        "topic",
        "topics",
        say("Topic"),
        say("Topics"),
        "A topic, as its facet gives it; `none` is articles without one.",
        "Rail",
        ('topic:"Artificial Intelligence"', "Filed under a topic; topic:none is without one"),
        ("topics", "topic"),
        several=True,
    ),
    Facet(
        "provider",
        "provider",
        say("Provider"),
        say("Providers"),
        "A provider's domain, or its name where it has none.",
        "bbc.com",
        ("provider:harbourpost.example", "From a provider, by domain or by name"),
        ("provider", "publisher", "source"),
    ),
    Facet(
        "date",
        "published_at",
        say("Date"),
        say("Dates"),
        "A year, a month, a day or a range, ends included.",
        "2020-01-01..2020-06-30",
        None,
        (
            "publishedDateTime",
            "date",
            "publishDate",
            "published_at",
            "pubDate",
            "datePublished",
            "pubDatetime",
            "publishedDate",
            "publicationDate",
            "created",
            "created_at",
            "dateCreated",
        ),
    ),
    Facet(
        "category",
        "category",
        say("Category"),
        say("Categories"),
        "A category.",
        "news",
        ("category:opinion", "In a category"),
        ("category", "categories", "section"),
    ),
    Facet(
        "type",
        "type",
        say("Type"),
        say("Types"),
        "A type of article.",
        "article",
        ("type:article", "Of a type"),
        ("type",),
    ),
    Facet(
        "tag",
        "tags",
        say("Tag"),
        say("Tags"),
        "A tag.",
        "railways",
        ("tag:drought", "With a tag"),
        ("tags", "tag", "keywords"),
        several=True,
    ),
    Facet(
        "author",
        "authors",
        say("Author"),
        say("Authors"),
        "An author.",
        "Wilf Hathersage",
        ('author:"Bastian Okell"', "By an author, by the whole name or a part of it"),
        ("authors", "author", "byline"),
        several=True,
    ),
    Facet(
        "language",
        "language",
        say("Language"),
        say("Languages"),
        "A language, by its code or its name; `pt` has what is `pt-BR` as well.",
        "de",
        ("language:en", "In a language; lang:en and language:English as well"),
        ("language", "lang", "locale"),
        also=("lang",),
        label=language_name,
        above=broader,
        known_as=codes_of,
    ),
)
FACETS: Mapping[str, Facet] = {facet.name: facet for facet in _ROWS}
VALUE_FACETS: tuple[str, ...] = tuple(facet.name for facet in _ROWS if facet.syntax is not None)


class ChosenValues(TypedDict, total=False):
    """The table as keywords: of each facet the chosen values, one or several."""

    topic: Values
    provider: Values
    date: Dates
    category: Values
    type: Values
    tag: Values
    author: Values
    language: Values
