"""The Whoosh schema: which fields an article is indexed under, and what stands in each.

    text                     title, excerpt and body in one; each title word twice at one position,
                             so that it counts twice in frequency and in length (true BM25F); and each
                             word as written, marked with `=`, for `=word`, wildcards and the ranking
                             of accented forms; an acronym also in capitals, which no other term has
    title excerpt body       for `title:`: no postings of their own, but derived from the positions of
                             `text` (see `DERIVED`); lengths of their own
    id alias source          the identity, those of its other URLs, that of the file's path: of a million
                             paths the dictionary would be as large as their articles' texts
    topic, provider ...      a field for each of `indexer.facets.VALUE_FACETS`: its values as they are shown
    provider_name            the names of an article's provider
    link                     identities of the editors' related articles
    translation              what an article and its translations have in common
    has is origin            flags, for `has:image`, `is:featured`, `origin:related`
    published quality heat   numbers, with a column to sort and filter by; published in epoch seconds
    day                      of `published`, as the file writes it: a number, counted from 1970-01-01
    article more             the article as JSON, to show; what is rarely shown of it apart

Titles of classes and this module's path are part of the format: the table of contents pickles them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from whoosh import fields, formats
from whoosh.columns import VarBytesColumn

from indexer.article import Article, Provider
from indexer.codec.column import OrdinalsColumn
from indexer.codec.data import EXACT_MARK, DerivedField
from indexer.facets import FACETS, VALUE_FACETS

SCHEMA_VERSION = 8
# Raised when a run needs other columns for stories, or gives articles other values: an index is read as it
# is, and rebuilt by the next.
DERIVED_VERSION = 5
EXACT = EXACT_MARK.decode()  # marks the word as written among the terms of a field
# Positions between title, excerpt and body: more than the grammar lets the words of a phrase lie apart
# (a script's own `Phrase` may reach across with a slop above it), and few enough that most positions of
# articles without a long body fit into a byte: 98% of a real archive, where a gap of 1000 left 33%.
FIELD_GAP = 100
TEXT = "text"  # the combined field, where a word without a field is looked for
TEXT_FIELDS = ("title", "excerpt", "body")
WORD_FIELDS = (TEXT, *TEXT_FIELDS)  # all that have words with positions

# The first position of excerpt and body in `text`, as columns; and what lies between them.
EXCERPT_AT, BODY_AT = "excerpt_at", "body_at"
DERIVED = {
    "title": DerivedField(TEXT, end=EXCERPT_AT, copies=2),
    "excerpt": DerivedField(TEXT, start=EXCERPT_AT, end=BODY_AT),
    "body": DerivedField(TEXT, start=BODY_AT),
}
COPIES = tuple(DERIVED[name].copies for name in TEXT_FIELDS)  # how often a word of each stands in `text`


class WordsField(fields.FieldType):
    """Words with positions.

    A term that does not count (a stop word, a second form at a position) keeps its frequency and
    its positions, and adds nothing to the field's length.
    """

    def __init__(self) -> None:
        self.format = formats.Positions()
        self.scorable = True


class KeysField(fields.FieldType):
    """Values taken whole, any number of them: no analysis, no score."""

    def __init__(self, column: Any = None, stored: bool = False) -> None:
        self.format = formats.Existence()
        self.stored = stored
        self.column_type = column


FLAG_FIELDS = ("provider_name", "link", "translation", "has", "is", "origin")
NUMBER_FIELDS = ("published", "day", "quality", "heat")
DAY = 86_400  # seconds, as `published` counts
EPOCH_DAY = date(1970, 1, 1).toordinal()
NO_DATE = -(2**62)  # epoch seconds, and day, in the columns of an article without a date


def build_schema() -> fields.Schema:
    """Return the schema of this version."""
    words = {name: WordsField() for name in WORD_FIELDS}
    numbers = {
        # One term a number: ranges are answered from the columns, not from tiers of terms.
        "published": fields.NUMERIC(int, bits=64, signed=True, sortable=True, shift_step=0, default=NO_DATE),
        "day": fields.NUMERIC(int, bits=64, signed=True, sortable=True, shift_step=0, default=NO_DATE),
        "quality": fields.NUMERIC(float, sortable=True, shift_step=0, default=float("nan")),
        "heat": fields.NUMERIC(float, sortable=True, shift_step=0, default=float("nan")),
    }
    return fields.Schema(
        id=KeysField(VarBytesColumn()),
        alias=KeysField(OrdinalsColumn()),
        source=KeysField(stored=True),
        article=fields.STORED(),
        more=fields.STORED(),
        **words,
        **{name: KeysField(OrdinalsColumn()) for name in VALUE_FACETS},
        **{name: KeysField() for name in FLAG_FIELDS},
        **numbers,
    )


def keys_of(article: Article) -> dict[str, tuple[str, ...]]:
    """Return the values of each facet and flag of `article`; distinct ones."""
    provider = article.provider
    return {
        **{name: facet_values(article, name) for name in VALUE_FACETS},
        "provider_name": (f"{provider.key}\t{provider.name}",) if provider else (),
        "link": tuple([link.id for link in article.related]),
        "translation": (article.translation,) if article.translation else (),
        "has": _has(article),
        "is": ("featured",) if article.featured else (),
        "origin": (article.origin,),
    }


def facet_values(article: Article, name: str) -> tuple[str, ...]:
    """Return the values that `article` has of one of VALUE_FACETS."""
    value = getattr(article, FACETS[name].attribute)
    if type(value) is tuple:
        return value
    if type(value) is Provider:
        return (value.key,)
    return (value,) if value else ()


def numbers_of(article: Article) -> tuple[int | None, int | None, float | None, float | None]:
    """Return what NUMBER_FIELDS are of `article`, None for what it has not; published in epoch seconds."""
    published, quality, heat = article.published_at, article.quality, article.heat
    return (
        None if published is None else int(published.timestamp()),
        None if published is None else published.toordinal() - EPOCH_DAY,
        None if quality is None else float(quality),
        None if heat is None else float(heat),
    )


_PRESENT = {
    "image": "images",
    "date": "published_at",
    "excerpt": "excerpt",
    "body": "body",
    "url": "url",
    "author": "authors",
    "topic": "topics",
    "tag": "tags",
    "provider": "provider",
    "related": "related",
}


def _has(article: Article) -> tuple[str, ...]:
    found = [name for name, attribute in _PRESENT.items() if getattr(article, attribute)]
    found += [name for name in ("quality", "heat") if getattr(article, name) is not None]
    return tuple(found)
