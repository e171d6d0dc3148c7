"""The words for what is in an answer, as both faces show them: give me a value, I return its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.messages import joined, say
from indexer.query.answers.ledger import ADDED, CHANGED, TotalRelation

# What stands before a total.
BOUNDS: Mapping[TotalRelation, str] = {
    TotalRelation.EXACT: "",
    TotalRelation.AT_LEAST: "at least",
    TotalRelation.AT_MOST: "at most",
    TotalRelation.ABOUT: "about",
}
SINCE: Mapping[str, str] = {ADDED: "new since then", CHANGED: "changed since then"}

# What a search counts, by whether it collapses: one, and several of it.
NOUNS: Mapping[bool, tuple[str, str]] = {False: ("article", "articles"), True: ("story", "stories")}


class Part(NamedTuple):
    """A part of what goes with an article: its heading, and a line about it."""

    title: str
    note: str


RELATED_PARTS: Mapping[str | None, Part] = {
    "before": Part("Earlier", "What this builds on."),
    "same": Part("The same story", "The same words, within days."),
    "after": Part("Later", "What came of it."),
    None: Part("Related", "Without a date to place it by."),
}


def listed(texts: Sequence[str], conjunction: str = "and") -> str:
    """Return texts as they stand in a sentence: `one, two and three`; or `one, two or three`."""
    if len(texts) < 2:
        return joined(texts)
    first, last = joined(texts[:-1]), texts[-1]
    if conjunction == "or":
        return say("{first} or {last}", first=first, last=last)
    return say("{first} and {last}", first=first, last=last)


def query_name(query: str) -> str:
    """Return what a query is called: its text, or that it is none."""
    text = query.strip()
    return (text if '"' in text else f"“{text}”") if text else say("All articles")
