"""Results -> what the page and the command line say of their parts, in sentences without a full stop."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.facets import FACETS
from indexer.query.answers.labels import BOUNDS, NOUNS, query_name
from indexer.query.answers.ledger import Offer
from indexer.query.answers.overview import Overview
from indexer.query.answers.parsed import NoteKind, ParsedQuery, shown_notes
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import STORIES, Results
from indexer.query.parameters import FINDING
from indexer.query.request import SearchRequest, query_text

_WITH = {PartKind.BEGUN: "with a longer last word", PartKind.SOME: "with some of the words"}


def found_line(results: Results) -> str:
    """Return how many are found of each part: the head of a page of results."""
    begun, some = results.begun_total, results.some_total
    if results.total or not (begun or some):
        bound = BOUNDS[results.total_relation].capitalize()
        first = f"{bound} {_amount(results, results.total)}".lstrip()
        more = [
            f"{count:,} more {_WITH[kind]}"
            for kind, count in ((PartKind.BEGUN, begun), (PartKind.SOME, some))
            if count
        ]
        return ", ".join([first, *more])
    if begun and not some and _is_one_word(results.parsed):
        return f"No article has the word; {_have(results, begun)} a longer one"
    parts = [f"{_have(results, begun)} them {_WITH[PartKind.BEGUN]}"] if begun else []
    if some:
        parts.append(f"{_have(results, some, more=bool(begun))} some of them")
    return f"No article has all of the words; {', '.join(parts)}"


def search_name(request: SearchRequest) -> str:
    """Return what a search is called in a line: its query, and what else changes what is found."""
    name = query_name(query_text(request.query))
    said = [(each, request.value(each)) for each in (*FINDING, "collapse", "broaden")]
    parts = [
        f"{FACETS[each].title.lower() if each in FACETS else each}: {_named(value)}"
        for each, value in said
        if value not in (None, (), False)
    ]
    return f"{name} ({'; '.join(parts)})" if parts else name


def part_heading(results: Results, kind: PartKind) -> str:
    """Return the heading of a part of the hits; nothing for the first one."""
    if kind is PartKind.BEGUN:
        notes = [note.text for note in results.parsed.notes if note.kind is NoteKind.BEGUN]
        which = f", as {notes[0]}" if notes else f" {_WITH[kind]}"
        return f"{_amount(results, results.begun_total, more=bool(results.total))}{which}"
    if kind is PartKind.SOME and (results.total or results.begun_total):
        return f"{_have(results, results.some_total, more=True)} some of the words"
    return ""  # of what is all that was found, the head says as much


def first_heading(results: Results) -> str:
    """Return the heading of the first part of the hits, for those who do not see the head of the page."""
    if not results.total or not (results.begun_total or results.some_total):
        return "Results"
    which = "the word" if _is_one_word(results.parsed) else "all of the words"
    return f"{_have(results, results.total)} {which}"


def wider_line(wider: Results) -> str:
    """Return how many more the search by relevance finds, whose first part is shown in another order."""
    more, parts = bool(wider.total), []
    if wider.begun_total:
        parts.append(f"{_amount(wider, wider.begun_total, more=more)} {_WITH[PartKind.BEGUN]}")
    if wider.some_total:
        parts.append(f"{_have(wider, wider.some_total, more=more or bool(parts))} some of the words")
    return ", ".join(parts)


def overview_line(overview: Overview) -> str:
    """Return how many articles an overview is of, and which where they lack something."""
    return f"{overview.total:,} {_noun(overview.total, NOUNS[False])} {part_named(overview.part)}".rstrip()


def part_named(kind: PartKind) -> str:
    """Return what the articles of a part have, where it is not the first: "with some of the words"."""
    return _WITH.get(kind, "")


def counted_line(part: PartKind, *, collapse: bool) -> str:
    """Return what the numbers of facets are of, where it is not what has all of the words; else nothing."""
    named = part_named(part)
    return f"The numbers are of {NOUNS[collapse][1]} {named}" if named else ""


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
    return "Written otherwise:" if results.total else "Searches nearby that find something:"


def nothing_left(parsed: ParsedQuery) -> bool:
    """Return whether all of the query was ignored, so that nothing can be found."""
    ignored = any(note.kind is NoteKind.IGNORED for note in parsed.notes)
    return ignored and not (parsed.words or parsed.required or parsed.excluded is not None)


def _is_one_word(parsed: ParsedQuery) -> bool:
    return len(parsed.words) + len(parsed.required) == 1


def _amount(results: Results, count: int, *, more: bool = False) -> str:
    """Return `20 articles`; `20 more` behind such, `20 more stories` where these are counted."""
    is_of_stories = results.counts == STORIES
    noun = _noun(count, NOUNS[is_of_stories])
    if not more:
        return f"{count:,} {noun}"
    return f"{count:,} more {noun}" if is_of_stories else f"{count:,} more"


def _have(results: Results, count: int, *, more: bool = False) -> str:
    return f"{_amount(results, count, more=more)} {'has' if count == 1 else 'have'}"


def _noun(count: int, nouns: tuple[str, str]) -> str:
    return nouns[0] if count == 1 else nouns[1]


def _named(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
