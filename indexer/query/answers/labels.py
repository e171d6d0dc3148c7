"""The words for what is in an answer, as both faces show them: a value -> its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.messages import joined, say, templates
from indexer.query.answers.ledger import ADDED, CHANGED, TotalRelation

# What stands before a total.
BOUNDS: Mapping[TotalRelation, str] = {
    TotalRelation.EXACT: "",
    TotalRelation.AT_LEAST: say("at least"),
    TotalRelation.AT_MOST: say("at most"),
    TotalRelation.ABOUT: say("about"),
}
SINCE: Mapping[str, str] = {ADDED: say("new since then"), CHANGED: say("changed since then")}

# What a search counts, by whether it collapses: one, and several of it.
NOUNS: Mapping[bool, tuple[str, str]] = {
    False: templates("article", "articles"),
    True: templates("story", "stories"),
}


class Part(NamedTuple):
    """A part of what goes with an article: its heading, and a line about it."""

    title: str
    note: str


RELATED_PARTS: Mapping[str | None, Part] = {
    "before": Part(say("Earlier"), say("What this builds on.")),
    "same": Part(say("The same story"), say("Nearly the same text, or much the same words within days.")),
    "after": Part(say("Later"), say("What came of it.")),
    None: Part(say("Related"), say("Without a date to place it by.")),
}


def listed(texts: Sequence[str], conjunction: str = "and") -> str:
    """Return texts as they stand in a sentence: `one, two and three`; or `one, two or three`."""
    if len(texts) < 2:
        return joined(texts)
    first, last = joined(texts[:-1]), texts[-1]
    if conjunction == "or":
        return say("{first} or {last}", first=first, last=last)
    return say("{first} and {last}", first=first, last=last)


def quoted(text: str) -> str:
    """Return a text in quotes, where it has none of its own around anything."""
    return text if '"' in text and text.strip('" ') else say("“{text}”", text=text)


def query_name(query: str) -> str:
    """Return what a query is called: its text, or that it is none."""
    text = query.strip()
    return quoted(text) if text else say("All articles")
