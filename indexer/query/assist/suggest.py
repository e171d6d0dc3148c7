"""What a reader may mean, from what is typed so far: topics, providers, phrases of the archive, titles.

Give me the letters typed, I return suggestions: those that match better first, then the more
frequent, then the newer. Words match by their beginnings, wherever they stand; where that finds too
few, within words, and with one slip from four letters on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, overload

from indexer.analysis import fold_key
from indexer.errors import RequestError, did_you_mean
from indexer.index.phrases import NO_DAY
from indexer.index.schema import DAY, NO_DATE, TEXT
from indexer.query.arrays.match.execute import evaluate
from indexer.query.arrays.store.kept import Kept
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.arrays.suggest.labels import Labels, Match, words_of
from indexer.query.arrays.suggest.title_finder import Title, TitleFinder
from indexer.query.assist.suggestion_marks import mark
from indexer.query.language.grammar import parse
from indexer.query.parameters import SUGGESTION_KINDS

MOST_TYPED = 200  # characters that are read, and a few words of them
_MOST_WORDS = 8
_CHEAP = 20_000  # articles that the words of a phrase have, each by itself: so many are counted at once
_SPARE = 2  # labels at hand for each that is wanted, where nothing may have a phrase any more


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to search for. `kind` is one of SUGGESTION_KINDS; `ranges` what matched of `text`, (start,
    end) in code points, sorted, apart.

    `value` chooses it: the value of the facet for a topic or a provider, the quoted query for a phrase,
    the article's id for a title. `count` is how many articles that gives; where it is not `exact`, it
    is from some changes of the archive ago.
    """

    text: str
    kind: str
    count: int
    ranges: tuple[tuple[int, int], ...]
    value: str
    exact: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return it as the command line and the API print it."""
        return {
            "text": self.text,
            "kind": self.kind,
            "count": self.count,
            "exact": self.exact,
            "ranges": [list(r) for r in self.ranges],
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Suggestions(Sequence[Suggestion]):
    """Suggestions in order. `bounded`: not all titles were looked at, for what was typed is too common."""

    typed: str
    items: tuple[Suggestion, ...]
    bounded: bool = False

    @overload
    def __getitem__(self, index: int) -> Suggestion: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Suggestion, ...]: ...
    def __getitem__(self, index: int | slice) -> Suggestion | tuple[Suggestion, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def to_json(self) -> dict[str, Any]:
        """Return them as the command line and the API print them."""
        return {
            "q": self.typed,
            "suggestions": [item.to_json() for item in self.items],
            "bounded": self.bounded,
        }


def check_kinds(kinds: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the kinds that are asked for, each once, in the order of the table. Raises RequestError."""
    if kinds is None:
        return SUGGESTION_KINDS
    asked = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    for kind in asked:
        if kind not in SUGGESTION_KINDS:
            raise RequestError(
                f"there is no kind of suggestion '{kind}'", cure=did_you_mean(kind, SUGGESTION_KINDS)
            )
    return tuple(kind for kind in SUGGESTION_KINDS if kind in asked)


def find_suggestions(
    text: str, snapshot: Snapshot, *, size: int, kinds: Sequence[str] = SUGGESTION_KINDS
) -> Suggestions:
    """Return at most `size` suggestions of some kinds for what was typed so far."""
    with snapshot.lock:
        counted = functools.partial(_counted, snapshot=snapshot)
        return _SUGGESTERS.of(snapshot).find(text, size, kinds, counted)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A suggestion with what it is ranked by: how it matches, how many articles it gives, its day."""

    match: Match
    day: int
    item: Suggestion

    @property
    def rank(self) -> tuple[int, int, int]:
        return self.match, -self.item.count, -self.day


class Suggester:
    """All that one generation's suggestions are made of; it keeps no snapshot. Hold the snapshot's lock."""

    def __init__(self, snapshot: Snapshot) -> None:
        phrases = snapshot.phrases
        self._exact = not phrases.changed
        columns = snapshot.columns
        self._labels = Labels(columns, phrases)
        self._titles = TitleFinder(snapshot.lexicons, columns.live, columns.published)

    def find(self, text: str, size: int, kinds: Sequence[str], count: _Count) -> Suggestions:
        """Return the suggestions, those with a count that is kept as `count` returns them."""
        typed = words_of(text[:MOST_TYPED])[:_MOST_WORDS]
        if not typed:
            return Suggestions(text, ())
        most = size if self._exact else _SPARE * size
        found = [
            self._label(match, row, typed)
            for match, row in self._labels.find(typed, kinds, most, _enough(size))
        ]
        bounded = False
        if "title" in kinds:
            whole, wanted = text[-1:].isspace(), max(_share(size), size - len(found))
            titles, bounded = self._titles.find(typed, whole=whole, most=wanted)
            found += self._of_titles(titles, typed, wanted, slip=False)
            if len(found) < _enough(size):
                titles, cut = self._titles.near(typed, whole=whole, most=_share(size))
                found += self._of_titles(titles, typed, wanted, slip=True)
                bounded |= cut
        chosen = _choose_counted(_distinct(sorted(found, key=lambda each: each.rank)), size, count)
        return Suggestions(text, tuple(each.item for each in chosen), bounded)

    def _label(self, match: Match, row: int, typed: Sequence[str]) -> _Ranked:
        label = self._labels[row]
        value, exact = label.value, True
        if label.kind == "phrase":
            value, exact = f'"{label.value}"', self._exact
        ranges = mark(label.text, typed, slip=match is Match.SLIP)[0]
        return _Ranked(
            match, label.day, Suggestion(label.text, label.kind, label.count, ranges, value, exact)
        )

    def _of_titles(
        self, titles: Iterator[Title], typed: Sequence[str], wanted: int, *, slip: bool
    ) -> Iterator[_Ranked]:
        """Yield the first titles that differ and have all words."""
        texts: set[str] = set()
        for title in titles:
            if len(texts) == wanted:
                return
            ranges, complete = mark(title.text, typed, slip=slip)
            if complete and title.text not in texts:
                texts.add(title.text)
                match = Match.SLIP if slip else Match.BEGINS if title.begins else Match.WORDS
                day = NO_DAY if title.published == NO_DATE else title.published // DAY
                yield _Ranked(match, day, Suggestion(title.text, "title", 1, ranges, title.id))


_Count = Callable[[Suggestion], Suggestion]  # returns it with the count of now, where that is cheap

_SUGGESTERS = Kept(Suggester)


def _distinct(found: Sequence[_Ranked]) -> list[_Ranked]:
    """Leave out what has the text of another of an earlier kind, or of a better title. Signs count: C++
    is no C; and values of one kind stay apart, whatever their texts."""
    kinds: dict[str, int] = {}
    for each in found:
        text, kind = fold_key(each.item.text), SUGGESTION_KINDS.index(each.item.kind)
        kinds[text] = min(kind, kinds.get(text, kind))
    best: dict[tuple[str, str], _Ranked] = {}
    for each in found:
        text, kind = fold_key(each.item.text), SUGGESTION_KINDS.index(each.item.kind)
        if kind == kinds[text]:
            best.setdefault((each.item.kind, text if each.item.kind == "title" else each.item.value), each)
    return list(best.values())


def _share(size: int) -> int:
    """Return how many places one kind may take while others have any: two fifths."""
    return -(-2 * size // 5)


def _enough(size: int) -> int:
    """Return from how many suggestions on none is looked for that matches less well."""
    return -(-size // 2)


def _choose(found: Sequence[_Ranked], size: int) -> list[_Ranked]:
    """Return the best `size`, in order; no kind takes more than two fifths while others have any."""
    share = _share(size)
    taken = dict.fromkeys(SUGGESTION_KINDS, 0)
    chosen: list[_Ranked] = []
    rest: list[_Ranked] = []
    for each in found:
        fits = taken[each.item.kind] < share
        taken[each.item.kind] += fits
        (chosen if fits else rest).append(each)
    chosen = chosen[:size]
    chosen += rest[: size - len(chosen)]
    return sorted(chosen, key=lambda each: each.rank)


def _choose_counted(found: Sequence[_Ranked], size: int, count: _Count) -> list[_Ranked]:
    """Return what `_choose` does by the counts of now: what nothing has any more makes room for others."""
    counted: dict[str, Suggestion] = {}
    while True:
        chosen = _choose(found, size)
        kept = [each.item for each in chosen if not each.item.exact and each.item.value not in counted]
        if not kept:
            return chosen
        counted |= {item.value: count(item) for item in kept}
        now = [each if each.item.exact else _with_item(each, counted) for each in found]
        found = sorted((each for each in now if each.item.count), key=lambda each: each.rank)


def _with_item(each: _Ranked, items: Mapping[str, Suggestion]) -> _Ranked:
    return replace(each, item=items.get(each.item.value, each.item))


def _counted(item: Suggestion, snapshot: Snapshot) -> Suggestion:
    """Count a phrase anew that was counted some changes ago, where that is cheap."""
    if item.exact:
        return item
    terms = [surface.term for surface in snapshot.analyzer.surfaces(item.text)]
    if sum(snapshot.postings.posting(TEXT, term).df for term in terms) > _CHEAP:
        return item
    query = parse(item.value, snapshot.analyzer, datetime.now(UTC)).query
    return replace(item, count=len(evaluate(query, snapshot, 1).docs), exact=True)
