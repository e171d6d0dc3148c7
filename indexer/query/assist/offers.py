"""A search that finds too little -> searches nearby, each with what it finds.

Nothing is loosened behind the reader's back: a search stays as it was asked for, and these are offered
beside it. They are tried on the engine; what finds no more than the search itself is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from whoosh import query as q

from indexer.analysis import unify_punctuation
from indexer.facets import FACETS, VALUE_FACETS
from indexer.query.answers.ledger import Offer, OfferKind, TotalRelation
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.assist.corrections import corrections
from indexer.query.assist.near_values import near_values
from indexer.query.parameters import NONE
from indexer.query.request import SearchRequest

_MOST_SPELLINGS = 3
_MOST_VALUES = 2  # offered for one that no article has
_MOST_CHUNKS = 12  # requirements of a query that are left out one by one
_MOST_WORDS = 30  # requirements of a query that is taken apart at all

# What stands between white spaces, taken as a whole: an exclusion, a field, a phrase or a group in
# parentheses (within one another, two deep), and what is put behind.
_CHUNK = re.compile(
    r'(?:(?:-|NOT\s+)*(?:\w+:\s?)*(?:"[^"]*"|\((?:[^()"]|\([^()"]*\)|"[^"]*")*\)|[^\s()"]+)(?:[~^][\w.]*)*)'
)
_PHRASE = re.compile(r'(-|NOT\s+|:\s?)?"([^"]*)"(?:[~^][\w.]*)*')  # with what is put before and behind
_VALUE = re.compile(rf'\b({"|".join(VALUE_FACETS)}):\s?("[^"]*"|[^\s"()]+)', re.IGNORECASE)
_EXCLUSION = re.compile(r"-|NOT\s")
_OPERATORS = ("OR", "AND", "NOT")
_PLAIN = re.compile(r"[\w'’]+")
_BOUNDS = ("after", "before", "featured", "origin")


class Found(NamedTuple):
    """How many articles a search finds, or stories, where it collapses them; and how exact that is."""

    total: int
    relation: TotalRelation


@dataclass(frozen=True)
class Asker:
    """How offers are tried: `count` asks the engine, `read` reads the text of a query."""

    count: Callable[[SearchRequest], Found]
    read: Callable[[str], q.Query]


def make_offers(
    request: SearchRequest, total: int, parsed: ParsedQuery, snapshot: Snapshot, asker: Asker
) -> tuple[Offer, ...]:
    """Return the searches near `request`, which finds `total`, that find more."""
    first = replace(request, page=1, cursor=None)
    return tuple(_Offers(first, total, parsed, snapshot, asker).all())


class _Offers:
    def __init__(
        self, request: SearchRequest, total: int, parsed: ParsedQuery, snapshot: Snapshot, asker: Asker
    ) -> None:
        self._request = request
        self._total = total
        self._parsed = parsed
        self._snapshot = snapshot
        self._asker = asker

    def all(self) -> Iterator[Offer]:
        """Yield what finds more: other spellings, words without quotes, values that there
        are, fewer words, fewer filters."""
        spelt: list[Offer] = []
        optional: list[Offer] = []
        if isinstance(self._request.query, str):
            texts = corrections(self._parsed, self._snapshot)
            spelt = self._spelt(texts)
            yield from spelt
            words = _words_alone(self._request.query)
            label = "for the same words, wherever they stand"
            unquoted = self._offer(OfferKind.UNQUOTED, label, self._asked(words)) if words else []
            yield from unquoted
            yield from self._values_in(self._request.query)
            optional = [] if spelt or not texts else self._optional(texts[0], corrected=True)
            optional += self._optional(self._request.query if unquoted or not words else words)
            yield from optional
        yield from self._values_of_filters()
        yield from self._unfiltered()
        least = max((offer.total for offer in optional), default=0)
        if not spelt:
            yield from (offer for offer in self._any_word() if offer.total > least)

    def _offer(self, kind: OfferKind, text: str, request: SearchRequest) -> list[Offer]:
        """Return the offer of a search, if it finds more."""
        found = self._asker.count(request)
        return [Offer(kind, text, request, *found)] if found.total > self._total else []

    def _asked(self, text: str) -> SearchRequest:
        return replace(self._request, query=text)

    def _spelt(self, texts: Sequence[str]) -> list[Offer]:
        """Return what other spellings find under the filters, or where that is nothing, without them."""
        found: list[Offer] = []
        for text in texts:
            found += self._offer(OfferKind.SPELLING, f"for {_quoted(text)}", self._asked(text))
            if len(found) == _MOST_SPELLINGS:
                return found
        if not found and texts and self._request.is_filtered:
            label = f"for {_quoted(texts[0])}, without filters"
            return self._offer(OfferKind.SPELLING, label, _bare(self._asked(texts[0])))
        return found

    def _values_in(self, text: str) -> Iterator[Offer]:
        """Yield the search with a value that there is in the place of one in the query that there is not."""
        text = unify_punctuation(text)
        for match in _VALUE.finditer(text):
            name, value = match[1].lower(), match[2].strip('"')
            for other in near_values(self._snapshot.columns.facet(name), value, _MOST_VALUES):
                asked = f'{text[: match.start()]}{name}:"{other}"{text[match.end() :]}'
                yield from self._offer(
                    OfferKind.VALUE, f"with the {name} {_quoted(other)}", self._asked(asked)
                )

    def _values_of_filters(self) -> Iterator[Offer]:
        """Yield the search with a value that there is in the place of a filter's that there is not."""
        for name in VALUE_FACETS:
            for value in self._request.chosen(name):
                for other in near_values(self._snapshot.columns.facet(name), value, _MOST_VALUES):
                    chosen = tuple(other if each == value else each for each in self._request.chosen(name))
                    request = replace(self._request, filters={**self._request.filters, name: chosen})
                    yield from self._offer(OfferKind.VALUE, f"with the {name} {_quoted(other)}", request)

    def _optional(self, text: str, *, corrected: bool = False) -> list[Offer]:
        """Return the search without its costliest word: the one without which it finds most.

        Where none is enough, those are left out that alone find the least, as many as must be. For
        what finds nothing as it is, a word left out and a word that need not occur are the same.
        """
        chunks = self._chunks(text)
        if len(chunks) < 2:
            return []
        tries = [(chunk,) for chunk in chunks] if len(chunks) <= _MOST_CHUNKS else []
        offers = [offer for left_out in tries for offer in self._fewer(chunks, left_out, corrected)]
        if offers:
            return [max(offers, key=lambda offer: offer.total)]
        alone = {chunk: self._asker.count(self._asked(chunk)).total for chunk in chunks}
        rarest = sorted(chunks, key=lambda chunk: alone[chunk])
        for size in range(2, len(chunks)):
            left_out = tuple(chunk for chunk in chunks if chunk in rarest[:size])
            offers = self._fewer(chunks, left_out, corrected)
            if offers:
                break
        return offers

    def _fewer(self, chunks: Sequence[str], left_out: Sequence[str], corrected: bool) -> list[Offer]:
        """Return the offer of the search without some of what it requires, if it finds more; one that
        asks for nothing, and leaves out alone, is none."""
        kept = [chunk for chunk in chunks if chunk not in left_out]
        if all(map(_EXCLUSION.match, kept)):
            return []
        rest = " ".join(kept)
        label = f"without {_listed(list(map(_quoted, left_out)))}"
        if corrected:
            label = f"for {_quoted(rest)}, {label}"
        return self._offer(OfferKind.OPTIONAL, label, self._asked(rest))

    def _chunks(self, text: str) -> list[str]:
        """Return what a query requires, piece by piece, each once; nothing where it is not so simple."""
        chunks = [chunk for chunk in _CHUNK.findall(unify_punctuation(text)) if chunk != "AND"]
        if "OR" in chunks or len(chunks) > _MOST_WORDS:
            return []
        same = self._asker.read(" ".join(chunks)) == self._asker.read(text)
        return list(dict.fromkeys(chunks)) if same else []

    def _unfiltered(self) -> Iterator[Offer]:
        """Yield the search without each of its filters, and without any."""
        filters = list(_filters(self._request))
        for label, request in filters:
            yield from self._offer(OfferKind.UNFILTERED, f"without {label}", request)
        if len(filters) > 1:
            yield from self._offer(OfferKind.UNFILTERED, "without any filter", _bare(self._request))

    def _any_word(self) -> Iterator[Offer]:
        """Yield the search for any of the words, where the query is nothing but words."""
        words = self._parsed.text.split()
        plain = len(words) > 1 and all(map(_PLAIN.fullmatch, words)) and not {*_OPERATORS} & {*words}
        if not plain or len(words) > _MOST_WORDS or not isinstance(self._request.query, str):
            return
        either = self._asked(" OR ".join(words))
        yield from self._offer(OfferKind.ANY, "for any of the words", either)
        if self._request.is_filtered:
            yield from self._offer(OfferKind.ANY, "for any of the words, without filters", _bare(either))


def _words_alone(text: str) -> str:
    """Return the query with the words of its phrases in their place; nothing where it has none."""
    text = unify_punctuation(text)
    words = " ".join(_PHRASE.sub(_without_quotes, text).split())
    return "" if words == " ".join(text.split()) else words


def _without_quotes(phrase: re.Match[str]) -> str:
    """Return the words of a phrase; one that is left out stays, for its words alone leave out more."""
    before, words = phrase[1] or "", phrase[2]
    if before.startswith(":"):
        return f"{before}({words})"
    return phrase[0] if before else words


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
            yield _bound_label(name, value), _unbounded(request, name)


def _unbounded(request: SearchRequest, name: str) -> SearchRequest:
    return replace(request, **{name: None})  # type: ignore[arg-type]  # the name of a field


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
