"""A search that finds too little -> searches nearby, each with what it finds.

Nothing is loosened behind the reader's back: a search stays as it was asked for, and these are offered
beside it. They are tried on the engine; what finds no more than the search itself is not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from whoosh import query as q

from indexer.analysis import fold_key
from indexer.facets import FACETS, VALUE_FACETS
from indexer.query.answers.ledger import Offer, OfferKind, TotalRelation
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.assist.corrections import corrections
from indexer.query.edits import WordTable, letters_of, words_of
from indexer.query.language.rewrite import Edit, QueryText, Requirement, replaced
from indexer.query.parameters import NONE
from indexer.query.request import SearchRequest
from indexer.query.source import View

MAX_SPELLINGS = 3
MAX_NEAR_VALUES = 2  # offered for one that no article has
MAX_VALUES = 10  # values of a query that near ones are looked for
MAX_LEFT_OUT_ALONE = 12  # requirements of a query that are left out one by one
MAX_REQUIREMENTS = 30  # of a query that is taken apart at all

_EDITS = 0.3  # of the letters of a value: two of seven
_MAX_NAMES = 20_000  # of values are looked through; it takes microseconds for each
_BOUNDS = ("after", "before", "featured", "origin")


class Total(NamedTuple):
    """How many articles a search finds, or stories, where it collapses them; and how exact that is."""

    total: int
    relation: TotalRelation


@dataclass(frozen=True)
class Asker:
    """How offers are tried: `count` asks the engine, `read` reads the text of a query."""

    count: Callable[[SearchRequest], Total]
    read: Callable[[str], q.Query]


def make_offers(
    request: SearchRequest, total: int, parsed: ParsedQuery, view: View, asker: Asker
) -> tuple[Offer, ...]:
    """Return the searches near `request`, which finds `total`, that find more."""
    first = replace(request, page=1, cursor=None)
    return tuple(_Offers(first, total, parsed, view, asker).all())


@dataclass(frozen=True, slots=True)
class _Offers:
    _request: SearchRequest
    _total: int
    _parsed: ParsedQuery
    _view: View
    _asker: Asker

    def all(self) -> Iterator[Offer]:
        """Yield what finds more: other spellings, words without quotes, values that there
        are, fewer words, fewer filters."""
        spelt: list[Offer] = []
        optional: list[Offer] = []
        text = QueryText(self._request.query) if isinstance(self._request.query, str) else None
        if text:
            texts = corrections(text, self._parsed, self._view)
            spelt = self._spelt(texts)
            yield from spelt
            words = text.unquoted()
            label = "for the same words, wherever they stand"
            unquoted = self._offer(OfferKind.UNQUOTED, label, self._with_query(words)) if words else []
            yield from unquoted
            yield from self._values_in(text)
            optional = [] if spelt or not texts else self._optional(texts[0], corrected=True)
            optional += self._optional(text.simple if unquoted or not words else words)
            yield from optional
        yield from self._values_of_filters()
        yield from self._unfiltered()
        least = max((offer.total for offer in optional), default=0)
        if text and not spelt:
            yield from (offer for offer in self._any_word(text) if offer.total > least)

    def _offer(self, kind: OfferKind, text: str, request: SearchRequest) -> list[Offer]:
        """Return the offer of a search, if it finds more."""
        found = self._asker.count(request)
        return [Offer(kind, text, request, *found)] if found.total > self._total else []

    def _with_query(self, text: str) -> SearchRequest:
        return replace(self._request, query=text)

    def _spelt(self, texts: Sequence[str]) -> list[Offer]:
        """Return what other spellings find under the filters, or where that is nothing, without them."""
        found: list[Offer] = []
        for text in texts:
            found += self._offer(OfferKind.SPELLING, f"for {_quoted(text)}", self._with_query(text))
            if len(found) == MAX_SPELLINGS:
                return found
        if not found and texts and self._request.is_filtered:
            label = f"for {_quoted(texts[0])}, without filters"
            return self._offer(OfferKind.SPELLING, label, _bare(self._with_query(texts[0])))
        return found

    def _values_in(self, text: QueryText) -> Iterator[Offer]:
        """Yield the search with a value that there is in the place of one in the query that there is not."""
        for start, end, name, value in islice(text.values(VALUE_FACETS), MAX_VALUES):
            for other in _near_values(self._view, name, value, MAX_NEAR_VALUES):
                query = replaced(text.simple, [Edit(start, end, f'{name}:"{other}"')])
                yield from self._offer(
                    OfferKind.VALUE, f"with the {name} {_quoted(other)}", self._with_query(query)
                )

    def _values_of_filters(self) -> Iterator[Offer]:
        """Yield the search with a value that there is in the place of a filter's that there is not."""
        for name in VALUE_FACETS:
            for value in self._request.chosen(name):
                for other in _near_values(self._view, name, value, MAX_NEAR_VALUES):
                    chosen = tuple(other if each == value else each for each in self._request.chosen(name))
                    request = replace(self._request, filters={**self._request.filters, name: chosen})
                    yield from self._offer(OfferKind.VALUE, f"with the {name} {_quoted(other)}", request)

    def _optional(self, text: str, *, corrected: bool = False) -> list[Offer]:
        """Return the search without its costliest word: the one without which it finds most.

        Where none is enough, those are left out that alone find the least, as many as must be. For
        what finds nothing as it is, a word left out and a word that need not occur are the same.
        """
        required = self._requirements(text)
        if len(required) < 2:
            return []
        tries = [[one] for one in required] if len(required) <= MAX_LEFT_OUT_ALONE else []
        offers = [offer for left_out in tries for offer in self._fewer(required, left_out, corrected)]
        if offers:
            return [max(offers, key=lambda offer: offer.total)]
        alone = {one: self._asker.count(self._with_query(one.text)).total for one in required}
        rarest = sorted(required, key=lambda one: alone[one])
        for size in range(2, len(required)):
            left_out = [one for one in required if one in rarest[:size]]
            offers = self._fewer(required, left_out, corrected)
            if offers:
                break
        return offers

    def _fewer(
        self, required: Sequence[Requirement], left_out: Sequence[Requirement], corrected: bool
    ) -> list[Offer]:
        """Return the offer of the search without some of what it requires, if it finds more; one that
        would only exclude is none."""
        others = [one for one in required if one not in left_out]
        if all(one.is_excluded for one in others):
            return []
        rest = _joined(others)
        label = f"without {_listed([_quoted(one.text) for one in left_out])}"
        if corrected:
            label = f"for {_quoted(rest)}, {label}"
        return self._offer(OfferKind.OPTIONAL, label, self._with_query(rest))

    def _requirements(self, text: str) -> list[Requirement]:
        """Return what a query requires, each once; nothing where it is not so simple."""
        found = QueryText(text).requirements()
        if len(found) > MAX_REQUIREMENTS or self._asker.read(_joined(found)) != self._asker.read(text):
            return []
        return list(dict.fromkeys(found))

    def _unfiltered(self) -> Iterator[Offer]:
        """Yield the search without each of its filters, and without any."""
        filters = list(_filters(self._request))
        for label, request in filters:
            yield from self._offer(OfferKind.UNFILTERED, f"without {label}", request)
        if len(filters) > 1:
            yield from self._offer(OfferKind.UNFILTERED, "without any filter", _bare(self._request))

    def _any_word(self, text: QueryText) -> Iterator[Offer]:
        """Yield the search for any of the words, where the query is nothing but words."""
        words = text.plain_words()
        if not 1 < len(words) <= MAX_REQUIREMENTS:
            return
        either = self._with_query(" OR ".join(words))
        yield from self._offer(OfferKind.ANY, "for any of the words", either)
        if self._request.is_filtered:
            yield from self._offer(OfferKind.ANY, "for any of the words, without filters", _bare(either))


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
            yield _filter_label(name, values), replace(request, filters=rest)
    for name in _BOUNDS:
        value = getattr(request, name)
        if value is not None:
            without = replace(request, **{name: None})  # type: ignore[arg-type]  # the name of a field
            yield _bound_label(name, value), without


def _filter_label(name: str, values: tuple[str, ...]) -> str:
    if values == (NONE,):
        return f"the filter for no {name}"
    noun = name if len(values) == 1 else FACETS[name].plural.lower()
    return f"the {noun} {_listed(list(map(_quoted, values)), 'or')}"


def _bound_label(name: str, value: object) -> str:
    if name == "featured":
        return "the filter for featured ones" if value else "the filter for those not featured"
    return f"“{name} {value}”" if name != "origin" else f"the origin {_quoted(str(value))}"


def _bare(request: SearchRequest) -> SearchRequest:
    return replace(request, filters={}, after=None, before=None, featured=None, origin=None)


def _quoted(text: str) -> str:
    return text if '"' in text else f"“{text}”"


def _listed(texts: Sequence[str], conjunction: str = "and") -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {conjunction} {texts[-1]}"


def _joined(required: Sequence[Requirement]) -> str:
    return " ".join(one.text for one in required)
