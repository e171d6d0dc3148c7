"""The query language as one table: what can be written, and what it means.

The help page and `backfile search --help` are made from it, and the grammar takes the names of its
fields from it, so that a field that is not explained here does not exist.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from indexer.facets import FACETS


class FieldKind(StrEnum):
    """How what follows a field's colon is read."""

    TEXT = "text"  # words, phrases, patterns
    VALUE = "value"  # one value as a whole: a topic, a provider
    NUMBER = "number"  # a number, a comparison, a range
    DATE = "date"  # a date, a comparison, a range, a relative period
    CHOICE = "choice"  # one of a few known words


class SyntaxRow(NamedTuple):
    """One construct: an example that works as it stands, its meaning, and the field it explains."""

    example: str
    meaning: str
    field: str = ""
    kind: FieldKind | None = None


SYNTAX: tuple[SyntaxRow, ...] = (
    SyntaxRow(
        "facial recognition",
        "Articles with all of the words, in any form (recognise, recognised), then those with some of them",
    ),
    SyntaxRow('"facial recognition by the police"', "The words as a phrase, small words included"),
    SyntaxRow('"council vote"~3', "In this order, with up to 3 other words between one and the next"),
    SyntaxRow("+ferry strike", "The word must occur, where some of the words would do"),
    SyntaxRow("bridge -ferry", "Without a word; before a phrase, a group or a field as well"),
    SyntaxRow("bridge NOT ferry", "The same, in words"),
    SyntaxRow("ferry OR railway", "Either one; OR binds less tightly than words side by side"),
    SyntaxRow("ferry AND strike", "Both, as without AND; operators are in capitals"),
    SyntaxRow("(ferry OR railway) strike", "Parentheses group"),
    SyntaxRow("=ferries", "The word as written, not its other forms"),
    SyntaxRow("café", "Finds cafe too; its own spelling ranks higher"),
    SyntaxRow("RV-21", "The compound, RV21, or its parts side by side; C++, AT&T and .NET work as well"),
    SyntaxRow(
        "U.S.",
        "The acronym, with full stops or without, and never us; US finds us as well, and ranks US first",
    ),
    SyntaxRow("3,400", "The number, with separators or without; 3,4* and 3,400-strong work as well"),
    SyntaxRow("recogn*", "Words that begin so; * stands for any letters, anywhere in a word"),
    SyntaxRow("t?de", "? within a word stands for one letter"),
    SyntaxRow("brigde~", "Words spelt nearly so: one letter off in short words, two in longer ones"),
    SyntaxRow("bridgf~1", "At most that many letters off, 1 or 2"),
    SyntaxRow("ferry^2 strike", "The word counts twice as much; after a phrase or a group as well"),
    SyntaxRow(
        "title:ferry", "In the title; title:(ferry OR railway) and phrases as well", "title", FieldKind.TEXT
    ),
    SyntaxRow("excerpt:ferry", "In the excerpt", "excerpt", FieldKind.TEXT),
    SyntaxRow("body:ferry", "In the body", "body", FieldKind.TEXT),
    *(
        SyntaxRow(*facet.syntax, name, FieldKind.VALUE)
        for name, facet in FACETS.items()
        if facet.syntax is not None
    ),
    SyntaxRow('topic:(Rail OR "Artificial Intelligence")', "Filed under either topic"),
    SyntaxRow("quality:>50", "Of a quality above 50; >=, <, <= and = as well", "quality", FieldKind.NUMBER),
    SyntaxRow(
        "heat:10..90", "In a range, both ends included; 10.. and ..90 are open", "heat", FieldKind.NUMBER
    ),
    SyntaxRow("date:2020-06", "Published in a year, a month or on a day", "date", FieldKind.DATE),
    SyntaxRow("date:2020-06-01..2020-06-30", "From a date to a date, both included; either may be left out"),
    SyntaxRow("date:>=2020", "Since the first day of 2020; >, < and <= as well"),
    SyntaxRow('date:"last 30 days"', "The days that end with today; weeks, months and years as well"),
    SyntaxRow(
        'date:"last month"', "The calendar month before this one; this week, last year, today, yesterday"
    ),
    SyntaxRow('date:"25 June 2020"', "The month may be a name"),
    SyntaxRow("date:none", "Without a date"),
    SyntaxRow(
        "before:2020-06",
        "Published before June 2020, until 31 May; date:<=2020-06 has June as well",
        "before",
        FieldKind.DATE,
    ),
    SyntaxRow(
        "after:2020-06",
        "Published after June 2020, from 1 July on; date:>=2020-06 has June as well",
        "after",
        FieldKind.DATE,
    ),
    SyntaxRow("has:image", "That have an image; has:date, has:body, has:related …", "has", FieldKind.CHOICE),
    SyntaxRow("is:featured", "Chosen by the editors", "is", FieldKind.CHOICE),
    SyntaxRow(
        "origin:related", "Known only from a related list; origin:file has files", "origin", FieldKind.CHOICE
    ),
)

# Other names of fields.
FIELD_NAMES: dict[str, str] = {also: name for name, facet in FACETS.items() for also in facet.also}
FIELD_KINDS: dict[str, FieldKind] = {row.field: row.kind for row in SYNTAX if row.kind is not None}

CHOICES: dict[str, tuple[str, ...]] = {
    "has": (
        "image", "date", "excerpt", "body", "url", "author", "topic", "tag", "provider", "quality",
        "heat", "related",
    ),
    "is": ("featured",),
    "origin": ("file", "related"),
}  # fmt: skip
