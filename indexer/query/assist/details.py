"""What an answer has beside its hits: notes, totals of its parts, offers, what filters remove, where the next
page begins. Each is made when it is looked at, by what is imported then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from whoosh.query import Query

from indexer.query.answers.ledger import FilterCount, Forms, Offer, TotalRelation
from indexer.query.answers.parsed import LazyTerms, Note, NoteKind, ParsedQuery
from indexer.query.answers.parts import PartKind
from indexer.query.assist.beginnings import begun_note
from indexer.query.assist.cursor import Cursor
from indexer.query.assist.parts import Part, Parts
from indexer.query.assist.reading import ReadQuery
from indexer.query.assist.terms import count_terms
from indexer.query.deadline import Deadline
from indexer.query.language.tree import total_relation
from indexer.query.request import SearchRequest
from indexer.query.source import Found, Plan, View

if TYPE_CHECKING:
    from indexer.query.assist.offers import Asker


class Reading(NamedTuple):
    """How searches beside one are read: `plan` gives the tree and the plan of a request, `tree` that of a
    text."""

    plan: Callable[[SearchRequest], tuple[Query, Plan]]
    tree: Callable[[str], Query]


@dataclass(frozen=True, slots=True)
class AnswerDetails:
    """Makes the details of one answer; `shown` are the parts that have a hit on its page. It holds the view
    open."""

    request: SearchRequest
    query: ReadQuery
    parts: Parts
    shown: Sequence[Part]
    view: View
    reading: Reading

    def parsed(self) -> ParsedQuery:
        """Return the query as it was read, with its notes and the counts of its terms."""
        parsed = self.query.parsed
        parts = [self.parts.asked, *(part for part in self.shown if part is not self.parts.asked)]
        terms = LazyTerms(lambda: count_terms(parsed, self.view))
        return replace(parsed, notes=notes_of(self.query, parts, self.view), terms=terms)

    def total(self, kind: PartKind) -> int:
        """Return how many hits a part has."""
        return self.parts.total(kind)

    def counted(self) -> PartKind:
        """Return the part that is counted by facets."""
        return self.parts.counted().kind

    def filters(self) -> tuple[FilterCount, ...]:
        """Return what each filter removes."""
        from indexer.query.filters import filter_counts

        filters = self.parts.plan.filters
        return self._deadline.whole(lambda: filter_counts(filters, self.parts.counted().found), ())

    def forms(self) -> Forms | None:
        """Return what a query of one word found beside the word as typed."""
        query, form = self.query, self.query.parsed.form
        if form is None or query.tree is query.parsed.query or self.request.broaden:
            return None
        from indexer.query.assist.forms import other_forms

        parts = self.parts
        return self._deadline.whole(
            lambda: other_forms(self.request, form, parts.asked.found, parts.plan, self.view), None
        )

    def offers(self) -> tuple[Offer, ...]:
        """Return the searches near the request that find more than it does."""
        from indexer.query.assist.answered import answered
        from indexer.query.assist.offers import make_offers

        if self._deadline.cuts():
            return ()
        return make_offers(
            self.request, answered(self.query, self.parts, self.view), self.view, self._asker()
        )

    def variants(self) -> tuple[Offer, ...]:
        """Return the search with words written apart or together."""
        from indexer.query.assist.offers import make_compounds

        if self._deadline.cuts():
            return ()
        return make_compounds(self.request, self.query.parsed, self.view, self._asker())

    @property
    def _deadline(self) -> Deadline:
        return self.parts.plan.deadline

    def _asker(self) -> Asker:
        from indexer.query.assist.offers import Asker, Total

        deadline = self._deadline

        def find(asked: SearchRequest) -> tuple[Query, Found]:
            tree, plan = self.reading.plan(asked)
            return tree, self.view.find(tree, plan._replace(size=0))

        def total_of(tree: Query, found: Found) -> Total:
            total = found.total
            if deadline.has_cut:  # not all of it was found
                return Total(0, TotalRelation.AT_LEAST)
            return Total(total, total_relation(tree, found.cut, found.is_about))

        def count(asked: SearchRequest) -> Total:
            return Total(0, TotalRelation.AT_LEAST) if deadline.cuts() else total_of(*find(asked))

        def count_adding(asked: SearchRequest) -> Total | None:
            if deadline.cuts():
                return None
            tree, plan = self.reading.plan(asked)
            plan = plan._replace(size=0)
            ordered = (self.parts.asked, *self.parts.ordered)
            whole = tuple(part.found for part in ordered if part.kind is not PartKind.SOME)
            more, found = self.view.totals([(tree, plan._replace(beyond=whole)), (tree, plan)])
            return total_of(tree, found) if more.total else None

        def prefetch(requests: Callable[[], Sequence[SearchRequest]]) -> None:
            self.view.prefetch(lambda: [find(asked)[1] for asked in requests()])

        return Asker(count, count_adding, self.reading.tree, prefetch, deadline)

    def next_cursor(self, sort: str) -> str | None:
        """Return where the next page begins, None where there is none."""
        return self._deadline.whole(lambda: self._next_cursor(sort), None)

    def _next_cursor(self, sort: str) -> str | None:
        if not self.shown:
            return None
        ordered, last = self.parts.ordered, self.shown[-1]
        number, page = ordered.index(last), last.found.page
        is_last = page.before + len(page.keys) >= last.found.total
        if is_last and not any(part.found.total for part in ordered[number + 1 :]):
            return None
        place = last.found.sort_values(len(page.keys) - 1)
        return Cursor(self.view.number, number, place).encode(self.request, sort)


def notes_of(query: ReadQuery, parts: Sequence[Part], view: View) -> tuple[Note, ...]:
    """Return what is to be said of a query, and of what it stands for in each of some parts."""
    begun = [part for part in parts if part.kind is PartKind.BEGUN]
    found = [note for part in parts for note in part.found.notes]
    if found and query.beginning is not None:  # whose pattern nobody typed
        own = f"'{query.beginning.text}*' "
        found = [
            note for note in found if note.kind is not NoteKind.EXPANDED or not note.text.startswith(own)
        ]
    notes = [*query.parsed.notes, *found, *query.notes]
    if begun and query.beginning is not None:
        notes.append(begun_note(query.beginning.text, begun[0].found.words(query.beginning), view))
    return tuple(dict.fromkeys(notes))
