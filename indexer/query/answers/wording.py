"""Results -> what the page and the command line say of their parts, in sentences without a full stop."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.messages import Message, joined, say, say_number, template, templates
from indexer.query.answers.labels import query_name
from indexer.query.answers.ledger import Offer, TotalRelation
from indexer.query.answers.overview import Overview
from indexer.query.answers.parsed import NoteKind, ParsedQuery, shown_notes
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import STORIES, Results
from indexer.query.parameters import FINDING
from indexer.query.request import SearchRequest, query_text

_WITH = {PartKind.BEGUN: say("with a longer last word"), PartKind.SOME: say("with some of the words")}
_COUNTED = {
    False: template("The numbers are of articles {which}"),
    True: template("The numbers are of stories {which}"),
}
_AMOUNTS = {
    False: templates("{count} article", "{count} articles"),
    True: templates("{count} story", "{count} stories"),
}
_BOUNDED = {
    TotalRelation.EXACT: "{amount}",
    TotalRelation.AT_LEAST: template("At least {amount}"),
    TotalRelation.AT_MOST: template("At most {amount}"),
    TotalRelation.ABOUT: template("About {amount}"),
}


def found_line(results: Results) -> str:
    """Return how many are found of each part: the head of a page of results."""
    begun, some = results.begun_total, results.some_total
    if results.total or not (begun or some):
        first = say(_BOUNDED[results.total_relation], amount=_amount(results, results.total))
        more = [
            say("{count} more {what}", count=count, what=_WITH[kind])
            for kind, count in ((PartKind.BEGUN, begun), (PartKind.SOME, some))
            if count
        ]
        return joined([first, *more])
    if begun and not some and _is_one_word(results.parsed):
        return say_number(
            "No article has the word; {amount} has a longer one",
            "No article has the word; {amount} have a longer one",
            begun,
            amount=_amount(results, begun),
        )
    parts = []
    if begun:
        parts.append(_having("them with a longer last word", begun, _amount(results, begun)))
    if some:
        parts.append(_having("some of them", some, _amount(results, some, more=bool(begun))))
    return say("No article has all of the words; {parts}", parts=joined(parts))


def search_name(request: SearchRequest) -> str:
    """Return what a search is called in a line: its query, and what else changes what is found."""
    name = query_name(query_text(request.query))
    said = [(each, request.value(each)) for each in (*FINDING, "collapse", "broaden")]
    parts = [
        say("{what}: {value}", what=say(each), value=_named(value))
        for each, value in said
        if value not in (None, (), False)
    ]
    return say("{name} ({filters})", name=name, filters=joined(parts, "; ")) if parts else name


def part_heading(results: Results, kind: PartKind) -> str:
    """Return the heading of a part of the hits; nothing for the first one."""
    if kind is PartKind.BEGUN:
        amount = _amount(results, results.begun_total, more=bool(results.total))
        notes = [note.text for note in results.parsed.notes if note.kind is NoteKind.BEGUN]
        if notes:
            return say("{amount}, as {reading}", amount=amount, reading=notes[0])
        return joined([amount, _WITH[kind]], " ")
    if kind is PartKind.SOME and (results.total or results.begun_total):
        return _having(
            "some of the words", results.some_total, _amount(results, results.some_total, more=True)
        )
    return ""  # of what is all that was found, the head says as much


def first_heading(results: Results) -> str:
    """Return the heading of the first part of the hits, for those who do not see the head of the page."""
    if not results.total or not (results.begun_total or results.some_total):
        return say("Results")
    what = "the word" if _is_one_word(results.parsed) else "all of the words"
    return _having(what, results.total, _amount(results, results.total))


def wider_line(wider: Results) -> str:
    """Return how many more the search by relevance finds, whose first part is shown in another order."""
    more, parts = bool(wider.total), []
    if wider.begun_total:
        parts.append(joined([_amount(wider, wider.begun_total, more=more), _WITH[PartKind.BEGUN]], " "))
    if wider.some_total:
        amount = _amount(wider, wider.some_total, more=more or bool(parts))
        parts.append(_having("some of the words", wider.some_total, amount))
    return joined(parts)


def overview_line(overview: Overview) -> str:
    """Return how many articles an overview is of, and which where they lack something."""
    return joined(filter(None, [amount_of(overview.total), part_named(overview.part)]), " ")


def part_named(kind: PartKind) -> str:
    """Return what the articles of a part have, where it is not the first: "with some of the words"."""
    return _WITH.get(kind, "")


def counted_line(part: PartKind, *, collapse: bool) -> str:
    """Return what the numbers of facets are of, where it is not what has all of the words; else nothing."""
    named = part_named(part)
    if not named:
        return ""
    return say(_COUNTED[collapse], which=named)


def amount_of(count: int, *, stories: bool = False) -> Message:
    """Return `1 article`, `20 articles`, `20 stories`."""
    return say_number(*_AMOUNTS[stories], count)


def notes_beside(results: Results) -> tuple[str, ...]:
    """Return the notes of an answer that no heading of its parts has, but for that on `results.forms`."""
    notes = shown_notes(note for note in results.parsed.notes if note.kind is not NoteKind.BEGUN)
    return (*notes, *results.sentences)


def offers_beside(results: Results) -> Sequence[Offer]:
    """Return the searches to be offered beside the hits: nearby ones where no hit has all that was asked for,
    else those in which a word is written together or apart."""
    return results.variants if results.total else results.offers


def offers_heading(results: Results) -> str:
    """Return what stands above `offers_beside`."""
    return say("Other spellings:") if results.total else say("Searches nearby that find something:")


def nothing_left(parsed: ParsedQuery) -> bool:
    """Return whether all of the query was ignored, so that nothing can be found."""
    ignored = any(note.kind is NoteKind.IGNORED for note in parsed.notes)
    return ignored and not (parsed.words or parsed.required or parsed.excluded is not None)


def _is_one_word(parsed: ParsedQuery) -> bool:
    return len(parsed.words) + len(parsed.required) == 1


def _amount(results: Results, count: int, *, more: bool = False) -> Message:
    """Return `20 articles`; `20 more` behind such, `20 more stories` where these are counted."""
    stories = results.counts == STORIES
    if not more:
        return amount_of(count, stories=stories)
    return (
        say_number("{count} more story", "{count} more stories", count)
        if stories
        else say("{count} more", count=count)
    )


# What articles have, as a sentence about one and about several of them.
_HAVING = {
    "the word": templates("{amount} has the word", "{amount} have the word"),
    "all of the words": templates("{amount} has all of the words", "{amount} have all of the words"),
    "some of the words": templates("{amount} has some of the words", "{amount} have some of the words"),
    "some of them": templates("{amount} has some of them", "{amount} have some of them"),
    "them with a longer last word": templates(
        "{amount} has them with a longer last word",
        "{amount} have them with a longer last word",
    ),
}


def _having(what: str, count: int, amount: Message) -> Message:
    return say_number(*_HAVING[what], count, amount=amount)


def _named(value: object) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return ", ".join(value) if isinstance(value, tuple) else str(value)
