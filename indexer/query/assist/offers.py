"""A search that finds too little -> searches nearby, each with what it finds.

Nothing is loosened behind the reader's back: a search stays as it was asked for, and these are offered
beside it, those with the fewest changes first. They are tried on the engine; what finds no more than the
search itself is not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from whoosh import query as q

from indexer.analysis import fold_key
from indexer.facets import FACETS, VALUE_FACETS
from indexer.messages import say
from indexer.query.answers.labels import listed, quoted
from indexer.query.answers.ledger import Offer, OfferKind, TotalRelation
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.assist.answered import Answered
from indexer.query.assist.corrections import corrections
from indexer.query.assist.variants import variants
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.edits import WordTable, letters_of, words_of
from indexer.query.language.rewrite import Edit, QueryText, Requirement, replaced
from indexer.query.parameters import NO_FACETS, NONE
from indexer.query.periods import date_of
from indexer.query.request import SearchRequest
from indexer.query.source import View

MAX_SPELLINGS = 3
MAX_COMPOUNDS = 2
MAX_FEWER = 2  # searches without one of the words
MAX_UNFILTERED = 3  # searches without one of the filters
MAX_NEAR_VALUES = 2  # offered for one that no article has
MAX_TOGETHER = 16  # searches that are counted by one request, where the source sends any
MAX_VALUES = 10  # values of a query that near ones are looked for
MAX_LEFT_OUT_ALONE = 12  # requirements of a query that are left out one by one
MAX_REQUIREMENTS = 30  # of a query that is taken apart at all

_NAMED = 3  # requirements that are named as left out
_EDITS = 0.3  # of the letters of a value: two of seven
_MAX_NAMES = 20_000  # of values are looked through; it takes microseconds for each


class Total(NamedTuple):
    """How many articles a search finds, or stories, where it collapses them; and how exact that is."""

    total: int
    relation: TotalRelation


@dataclass(frozen=True)
class Asker:
    """How offers are tried: `count` asks the engine, `count_adding` does so for a search that finds what this
    one does not (None for others), `read` reads the text of a query, `prefetch` is given what is likely to be
    counted soon. When the deadline cuts, nothing finds anything."""

    count: Callable[[SearchRequest], Total]
    count_adding: Callable[[SearchRequest], Total | None]
    read: Callable[[str], q.Query]
    prefetch: Callable[[Callable[[], Sequence[SearchRequest]]], None]
    deadline: Deadline = NO_DEADLINE


def make_offers(request: SearchRequest, answered: Answered, view: View, asker: Asker) -> tuple[Offer, ...]:
    """Return the searches near `request` that find more."""
    if answered.parsed.query is q.NullQuery:  # all of it was ignored
        return ()
    found: list[Offer] = []
    first = _first_page(request.changed(unfinished=True) if answered.fragment else request)
    for offer in _Offers(first, answered, view, asker).all():
        if all(offer.request != other.request for other in found):
            found.append(offer)
    return tuple(found)


def make_compounds(
    request: SearchRequest, parsed: ParsedQuery, view: View, asker: Asker
) -> tuple[Offer, ...]:
    """Return the same search with words written apart or together, where it finds other articles so."""
    return tuple(_compounds(_first_page(request), parsed, view, asker))


def _compounds(request: SearchRequest, parsed: ParsedQuery, view: View, asker: Asker) -> Iterator[Offer]:
    if not isinstance(request.query, str):
        return
    texts = variants(QueryText(request.query), parsed, view)
    others = (request.changed(query=text) for text in texts if not asker.deadline.cuts())
    counted = ((other, asker.count_adding(other)) for other in others)
    adding = ((other, total) for other, total in counted if total is not None)
    for other, total in islice(adding, MAX_COMPOUNDS):
        text = say("for {query}", query=quoted(str(other.query)))
        yield Offer(OfferKind.COMPOUND, text, other, *total)


@dataclass(frozen=True, slots=True)
class _Offers:
    _request: SearchRequest
    _answered: Answered
    _view: View
    _asker: Asker

    def all(self) -> Iterator[Offer]:
        """Yield what finds more: the last word as begun, words written otherwise, values that there are,
        words without quotes, a word less, a filter less; only else what takes several changes."""
        if not isinstance(self._request.query, str):
            yield from self._unfiltered()
            return
        text, answered = QueryText.of_headline(self._request.query), self._answered
        texts = corrections(text, answered.parsed, self._view, answered.last, self._asker.deadline)
        self._asker.prefetch(lambda: self._tried(text, texts))
        yield from self._near(text, texts)

    def _tried(self, text: QueryText, texts: Sequence[str]) -> list[SearchRequest]:
        """Return the searches that are counted first, where none of them finds anything."""
        tried: list[SearchRequest] = []

        def count(request: SearchRequest) -> Total:
            tried.append(request)
            return Total(0, TotalRelation.EXACT)

        dry = replace(self._asker, count=count, count_adding=lambda request: None)
        list(replace(self, _asker=dry)._near(text, texts))
        return tried[:MAX_TOGETHER]

    def _near(self, text: QueryText, texts: Sequence[str]) -> Iterator[Offer]:
        answered = self._answered
        spelt = self._spelt(texts)
        unquoted = self._unquoted(text)
        # Where there are articles with the last word as begun, they have all that was asked for.
        is_shown = answered.begun > answered.hidden
        required = [] if is_shown else self._requirements(text, in_quotes=bool(unquoted))
        found = [
            *self._begun(text),
            *_compounds(self._request, answered.parsed, self._view, self._asker),
            *spelt,
            *self._values_in(text),
            *self._values_of_filters(),
            *self._swapped(),
            *unquoted,
            *self._one_less(required)[: 1 if spelt else MAX_FEWER],
            *self._unfiltered(),
        ]
        yield from found
        if not found:
            yield from self._several_changes(texts[0] if texts else "", required)
        if answered.either:
            least = max((offer.total for offer in found), default=0)
            yield from (offer for offer in self._any_word() if offer.total > least)

    def _offer(self, kind: OfferKind, text: str, request: SearchRequest) -> list[Offer]:
        """Return the offer of a search, if it finds more."""
        found = self._asker.count(request)
        least = self._answered.total + (self._answered.begun if request.unfinished else 0)
        return [Offer(kind, text, request, *found)] if found.total > least else []

    def _with_query(self, text: str) -> SearchRequest:
        unfinished = self._request.unfinished
        if self._answered.fragment:
            last = QueryText.of_headline(text).unfinished(self._view.analyzer)
            unfinished = last is not None and last.text == self._answered.fragment
        return self._request.changed(query=text, unfinished=unfinished)

    def _begun(self, text: QueryText) -> list[Offer]:
        """Return the search with the last word as the beginning of one, where what has it so is not shown."""
        last = text.unfinished(self._view.analyzer) if self._answered.hidden else None
        if last is None:
            return []
        request = self._request.changed(unfinished=True)
        label = say("for words that begin with {word}", word=quoted(last.text))
        return [Offer(OfferKind.BEGUN, label, request, *self._asker.count(request))]

    def _spelt(self, texts: Sequence[str]) -> list[Offer]:
        """Return what other spellings find, the likeliest first: that in which no word seems wrong."""
        found: list[Offer] = []
        for text in self._different(texts):
            found += self._offer_spelt(text)
            if len(found) == MAX_SPELLINGS:
                break
        return found

    def _offer_spelt(self, text: str) -> list[Offer]:
        return self._offer(OfferKind.SPELLING, say("for {query}", query=quoted(text)), self._with_query(text))

    def _different(self, texts: Sequence[str]) -> Iterator[str]:
        """Yield those that ask for other words than the ones before: not for another form or a hyphen."""
        seen: list[q.Query] = [self._answered.parsed.query]
        letters: set[str] = set()
        for text in texts:
            if self._asker.deadline.cuts():
                return
            tree, plain = self._asker.read(text), "".join(filter(str.isalnum, text))
            if tree not in seen and plain not in letters:
                yield text
            seen.append(tree)
            letters.add(plain)

    def _unquoted(self, text: QueryText) -> list[Offer]:
        words = text.unquoted()
        label = say("for the same words, wherever they stand")
        return self._offer(OfferKind.UNQUOTED, label, self._with_query(words)) if words else []

    def _values_in(self, text: QueryText) -> Iterator[Offer]:
        """Yield the search with a value that there is in the place of one in the query that there is not."""
        for start, end, name, value in islice(text.values(VALUE_FACETS), MAX_VALUES):
            for other in self._near_values(name, value):
                query = replaced(text.simple, [Edit(start, end, f'{name}:"{other}"')])
                yield from self._offer(OfferKind.VALUE, _with_value(name, other), self._with_query(query))

    def _values_of_filters(self) -> Iterator[Offer]:
        """Yield the search with a value that there is in the place of a filter's that there is not."""
        for name in VALUE_FACETS:
            for value in self._request.chosen(name):
                for other in self._near_values(name, value):
                    chosen = tuple(other if each == value else each for each in self._request.chosen(name))
                    request = self._request.changed(filters={**self._request.filters, name: chosen})
                    yield from self._offer(OfferKind.VALUE, _with_value(name, other), request)

    def _swapped(self) -> list[Offer]:
        """Return the search with its dates swapped as they were given, where the first is after the last."""
        days, after, before = self._answered.reversed_days, self._request.before, self._request.after
        if days is None:
            return []
        if self._request.days_included:
            after, before = str(date_of(days[1] - 1)), str(date_of(days[0] + 1))
        request = self._request.changed(after=after, before=before)
        return self._offer(OfferKind.SWAPPED, say("with the dates swapped"), request)

    def _near_values(self, facet: str, text: str) -> list[str]:
        cuts = self._asker.deadline.cuts()
        return [] if cuts else _near_values(self._view, facet, text, MAX_NEAR_VALUES)

    def _one_less(self, required: Sequence[Requirement], *, corrected: bool = False) -> list[Offer]:
        """Return the search without its costliest word, and the next one: without them it finds most."""
        if not 1 < len(required) <= MAX_LEFT_OUT_ALONE:
            return []
        offers = [offer for one in required for offer in self._fewer(required, [one], corrected)]
        return sorted(offers, key=lambda offer: -offer.total)

    def _several_changes(self, corrected: str, required: Sequence[Requirement]) -> list[Offer]:
        """Return what finds something where no one change does."""
        found: list[Offer] = []
        if corrected:
            found += self._without_filters(lambda own: own._offer_spelt(corrected))
            found += self._one_less(self._requirements(QueryText(corrected)), corrected=True)[:1]
        found += self._several_less(required)
        if self._request.is_filtered:
            found += self._offer(OfferKind.UNFILTERED, say("without any filter"), _bare(self._request))
        return found or self._without_filters(
            lambda own: own._one_less(required)[:1] or own._several_less(required)
        )

    def _without_filters(self, make: Callable[[_Offers], list[Offer]]) -> list[Offer]:
        if not self._request.is_filtered:
            return []
        offers = make(replace(self, _request=_bare(self._request)))
        return [replace(offer, text=say("{offer}, without filters", offer=offer.text)) for offer in offers]

    def _several_less(self, required: Sequence[Requirement]) -> list[Offer]:
        """Return the search without those words that alone find the least, as few as must be. For what finds
        nothing as it is, a word left out and a word that need not occur are the same."""
        alone = {one: self._asker.count(self._with_query(one.text)).total for one in required}
        rarest = sorted(required, key=lambda one: alone[one])
        sizes = range(2 if len(required) <= MAX_LEFT_OUT_ALONE else 1, len(required))
        tries = (self._fewer(required, [one for one in required if one in rarest[:size]]) for size in sizes)
        return next(filter(None, tries), [])

    def _fewer(
        self, required: Sequence[Requirement], left_out: Sequence[Requirement], corrected: bool = False
    ) -> list[Offer]:
        """Return the offer of the search without some of what it requires, if it finds more; one that
        would only exclude is none."""
        others = [one for one in required if one not in left_out]
        if all(one.is_excluded for one in others):
            return []
        rest = _joined(others)
        label = say("without {what}", what=listed([quoted(one.text) for one in left_out]))
        if len(left_out) > _NAMED:
            label = say("for {query} alone", query=quoted(rest))
        elif corrected:
            label = say("for {query}, {otherwise}", query=quoted(rest), otherwise=label)
        return self._offer(OfferKind.OPTIONAL, label, self._with_query(rest))

    def _requirements(self, text: QueryText, *, in_quotes: bool = False) -> list[Requirement]:
        """Return what a query requires, each once; nothing where it is not so simple. The words of a phrase
        are on their own but where they stay `in_quotes`."""
        words = text.simple if in_quotes else text.unquoted() or text.simple
        found = QueryText(words).restricting(self._view.analyzer)
        if len(found) > MAX_REQUIREMENTS or self._asker.read(_joined(found)) != self._asker.read(words):
            return []
        return list(dict.fromkeys(found))

    def _unfiltered(self) -> list[Offer]:
        """Return the search without one of its filters: those without which it finds most. Articles with the
        last word as begun will do where there are no others."""
        found: list[Offer] = []
        for label, request in _filters(self._request):
            offers = self._offer(OfferKind.UNFILTERED, say("without {what}", what=label), request)
            if not offers and self._answered.is_begun:
                begun = request.changed(unfinished=True)
                offers = self._offer(OfferKind.UNFILTERED, say("without {what}", what=label), begun)
            found += offers
        return sorted(found, key=lambda offer: -offer.total)[:MAX_UNFILTERED]

    def _any_word(self) -> list[Offer]:
        """Return the search for any of the words."""
        either = self._request.changed(match="any")
        return self._offer(OfferKind.ANY, say("for any of the words"), either)


def _near_values(view: View, facet: str, text: str, most: int) -> list[str]:
    """Return at most `most` labels of values, the nearest first: those that have all words of `text`, the
    shortest first, else those that are written nearly so, else those with such a word. None where `text`
    chooses something."""
    if view.has_value(facet, text):
        return []
    labels, wanted = view.facet_labels(facet), set(fold_key(text).split())
    containing = [label for label in labels if wanted and wanted <= set(fold_key(label).split())]
    if containing:
        return sorted(dict.fromkeys(containing), key=lambda label: (len(label), label))[:most]
    names = {fold_key(label): label for label in labels[:_MAX_NAMES]}
    words = {word: label for name, label in names.items() for word in name.split()}
    folded = fold_key(text)
    limit = max(1, int(_EDITS * len(folded)))
    for known in (names, words):
        places, edits = WordTable(words_of(list(known))).near(letters_of(folded), limit)
        if len(places):
            near = sorted(zip(edits.tolist(), places.tolist(), strict=True))[:most]
            return [list(known.values())[place] for _, place in near]
    return []


def _filters(request: SearchRequest) -> Iterator[tuple[str, SearchRequest]]:
    """Yield each filter's name for the reader, and the request without it."""
    for name in FACETS:
        values = request.chosen(name)
        if values:
            rest = {other: chosen for other, chosen in request.filters.items() if other != name}
            yield _filter_label(name, values), request.changed(filters=rest)
    for name in NO_FACETS:
        value = getattr(request, name)
        if value is not None:
            without = request.changed(**{name: None})
            yield _bound_label(name, value), without


def _first_page(request: SearchRequest) -> SearchRequest:
    return request.changed(page=1, cursor=None)


def _filter_label(name: str, values: tuple[str, ...]) -> str:
    if values == (NONE,):
        return say("the filter for no {facet}", facet=say(name))
    noun = name if len(values) == 1 else FACETS[name].plural.lower()
    return say("the {facet} {values}", facet=say(noun), values=listed(list(map(quoted, values)), "or"))


def _bound_label(name: str, value: object) -> str:
    if name == "featured":
        return say("the filter for featured ones") if value else say("the filter for those not featured")
    if name == "origin":
        return say("the origin {origin}", origin=quoted(str(value)))
    return say("the start date") if name == "after" else say("the end date")


def _with_value(facet: str, value: str) -> str:
    return say("with the {facet} {value}", facet=say(facet), value=quoted(value))


def _bare(request: SearchRequest) -> SearchRequest:
    return request.changed(filters={}, after=None, before=None, featured=None, origin=None)


def _joined(required: Sequence[Requirement]) -> str:
    return " ".join(one.text for one in required)
