"""The parts of what a search finds: each is found when it is needed, without what the parts before it have.

A page runs through the parts one behind the other, and so does a cursor: there is no gap between them, and
no article twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from whoosh.query import Query

from indexer.index.schema import EXACT, TEXT
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import lazy
from indexer.query.assist.cursor import Cursor
from indexer.query.deadline import Deadline
from indexer.query.source import Found, Plan, View

_NAMED = 8  # words that a note names

Find = Callable[[Query, Plan], Found]


class Part:
    """One part of an answer, under the filters of `plan`; `on_page` is the plan of the page, where it needs
    hits of this part."""

    def __init__(
        self, find: Find, plan: Plan, kind: PartKind, tree: Callable[[], Query], earlier: Sequence[Part] = ()
    ) -> None:
        self.kind = kind
        self.on_page: Plan | None = None
        self._tree = tree
        self._find = find
        self._plan = plan
        self._earlier = earlier

    @lazy
    def tree(self) -> Query:
        """What is searched for."""
        return self._tree()

    @lazy
    def found(self) -> Found:
        """What is found, without the articles of the earlier parts."""
        plan = self.on_page or replace(self._plan, size=0, after=None)
        if self._earlier:
            plan = replace(plan, beyond=tuple(part.found for part in self._earlier))
        return self._find(self.tree, plan)

    @property
    def deadline(self) -> Deadline:
        """The deadline of the request."""
        return self._plan.deadline


def page_of(parts: Sequence[Part], plan: Plan, cursor: Cursor | None) -> tuple[list[Part], int]:
    """Return the parts that have a hit on the page of `plan`, and how many hits come before that page. What
    lies behind the page is not searched for."""
    shown: list[Part] = []
    first = cursor.part if cursor else 0
    before = 0 if cursor else plan.start
    passed, wanted = 0, plan.size
    for number, part in enumerate(parts):
        if number >= first:
            part.on_page = plan if number == first else replace(plan, after=None, size=wanted)
            if number and not cursor:
                part.on_page = replace(part.on_page, start=max(plan.start - passed, 0))
            elif number:
                part.on_page = replace(part.on_page, start=0)
            page = part.found.page
            if number == first and cursor:
                before = passed + page.before
            if page.keys:
                shown.append(part)
            wanted -= len(page.keys)
            if not wanted:
                break
        passed += part.found.total
    return shown, before


def first_with_hits(asked: Part, parts: Sequence[Part]) -> Part:
    """Return what is counted and charted: what was asked for, or where that is nothing, the first part that
    has an article."""
    if asked.found.total:
        return asked
    return next((part for part in parts if part.found.total), asked)


def begun_note(typed: str, words: Iterable[tuple[str, str]], view: View) -> Note:
    """Return the note on the words that begin with what was `typed`, given as (field, `=word`), the commonest
    first; the other forms of a word that was typed are none."""
    stems = {token.term for token in view.analyzer.tokens(typed)}
    others = sorted(
        {word for _, word in words if not stems & _stems(word.removeprefix(EXACT), view)} - {EXACT + typed}
    )
    counts = dict(zip(others, view.frequency([(TEXT, word) for word in others]), strict=True))
    forms = [word.removeprefix(EXACT) for word in sorted(others, key=lambda word: -counts[word])]
    more = ", …" if len(forms) > _NAMED else ""
    return Note(NoteKind.BEGUN, f"the last word may go on: {', '.join(forms[:_NAMED])}{more}")


def _stems(word: str, view: View) -> set[str]:
    return {token.term for token in view.analyzer.tokens(word)}
