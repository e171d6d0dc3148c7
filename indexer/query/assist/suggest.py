"""What a reader may mean, from what is typed so far: topics, providers, phrases of the archive, titles.

Letters typed go in; suggestions come out: those that match better first, then the more frequent, then the
newer. Words match by their beginnings, wherever they stand; where that finds too few, within words, and
with one slip from four letters on. The last words alone may be a topic or a provider, beside a search for
those before them.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from indexer.analysis import POINTS, fold_accents, fold_case, fold_key, label_words
from indexer.facets import FACETS
from indexer.index.schema import TEXT
from indexer.invisible import ALL_INVISIBLE
from indexer.nearness import is_near
from indexer.query.answers.suggestions import Suggestion, Suggestions
from indexer.query.assist.highlighting import joined
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.edits import MIN_FOR_SLIP
from indexer.query.language.grammar import parse
from indexer.query.language.lexer import OPERATORS
from indexer.query.parameters import SUGGESTION_KINDS
from indexer.query.source import Filter, Label, Match, Plan, Title, View

MAX_TYPED = 200  # characters that are read, and a few words of them
_MAX_WORDS = 8
_CHEAP = 20_000  # articles that the words of a phrase have, each by itself: so many are counted at once
_MAX_LAST = 3  # words, of which the last ones may be a topic or a provider
_MAX_BESIDE = 3  # of these
_SPARE = 2  # labels at hand for each that is wanted, where nothing may have a phrase any more

_LETTER = rf"[\w{POINTS}{ALL_INVISIBLE}]"
_WORD = re.compile(rf"\w{_LETTER}*(?:['’]{_LETTER}+)*")
_SIGNS = str.maketrans("’‘“”–—…£€\xa0", '\'"""--.$$ ')  # to what is ASCII and parts words as they do

Ranges = tuple[tuple[int, int], ...]


class _Candidate(NamedTuple):
    """What may be suggested. What it is ranked by comes first, the less the better: how it matches, how many
    articles it gives and its day, both negative. `ranges` are found for what is chosen alone, but where they
    tell whether it matches."""

    rank: tuple[int, int, int]
    kind: str
    text: str
    value: str
    exact: bool
    typed: Sequence[str]
    before: str = ""
    ranges: Ranges | None = None

    def counted(self, articles: int) -> _Candidate:
        """Return the same with so many articles, exactly."""
        return self._replace(rank=(self.rank[0], -articles, self.rank[2]), exact=True)

    @property
    def suggestion(self) -> Suggestion:
        """What is shown of it."""
        slip, ranges = self.rank[0] == Match.SLIP, self.ranges
        if ranges is None:
            ranges = mark(self.text, self.typed, slip=slip)[0]
        return Suggestion(self.text, self.kind, -self.rank[1], ranges, self.value, self.exact, self.before)


_rank_of = operator.attrgetter("rank")


def find_suggestions(
    text: str,
    view: View,
    deadline: Deadline = NO_DEADLINE,
    *,
    size: int,
    kinds: Sequence[str] = SUGGESTION_KINDS,
) -> Suggestions:
    """Return at most `size` suggestions of some kinds for what was typed so far."""
    typed = label_words(text[:MAX_TYPED])[:_MAX_WORDS]
    if not typed or deadline.cuts():
        return Suggestions(text, (), deadline=deadline)
    labels = view.labels(typed, kinds, size, _enough(size))
    if not all(label.exact for label in labels):  # nothing may have some of them any more
        labels = view.labels(typed, kinds, _SPARE * size, _enough(size))
    found = [_of_label(label, typed) for label in labels]
    facets = [kind for kind in kinds if kind in FACETS]
    if facets and len(typed) > 1 and not deadline.cuts():
        found += _of_last_words(text[:MAX_TYPED], view, facets)
    bounded = False
    if "title" in kinds and not deadline.cuts():
        whole, wanted = text[-1:].isspace(), max(_share(size), size - len(found))
        titles, bounded = view.titles(typed, wanted, whole=whole, slip=False)
        found += _of_titles(titles, typed, wanted, slip=False)
        if len(found) < _enough(size) and not deadline.cuts():
            titles, cut = view.titles(typed, _share(size), whole=whole, slip=True)
            found += _of_titles(titles, typed, wanted, slip=True)
            bounded |= cut
    chosen = _choose_counted(_distinct(sorted(found, key=_rank_of)), size, view)
    return Suggestions(text, tuple([each.suggestion for each in chosen]), bounded, deadline)


def _of_label(label: Label, typed: Sequence[str]) -> _Candidate:
    rank = (label.match, -label.count, -label.day)
    value = f'"{label.value}"' if label.kind == "phrase" else label.value
    return _Candidate(rank, label.kind, label.text, value, label.exact, typed)


def _of_last_words(text: str, view: View, kinds: Sequence[str]) -> list[_Candidate]:
    """Return topics and providers for the last words of `text` that have articles with the words before."""
    found: dict[tuple[str, str], _Candidate] = {}
    for before, last in _endings(text):
        for label in view.labels(last, kinds, _MAX_BESIDE, 0):
            found.setdefault((label.kind, label.value), _of_label(label, last)._replace(before=before))
    if not found:
        return []
    now = datetime.now(view.zone)
    chosen = sorted(found.values(), key=_rank_of)[:_MAX_BESIDE]
    trees = {before: parse(before, view.analyzer, now).query for before in {each.before for each in chosen}}
    asks = [(trees[each.before], Plan({each.kind: Filter((each.value,))})) for each in chosen]
    totals = [beside.total for beside in view.totals(asks)]
    return [each.counted(total) for each, total in zip(chosen, totals, strict=True) if total]


def _endings(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what stands before the last words of `text`, and these, the most words first; not where they
    belong to what stands before them, as in quotes, behind a field or an operator."""
    for word in list(_WORD.finditer(text))[1:][-_MAX_LAST:]:
        before = text[: word.start()].rstrip()
        apart = text[word.start() - 1].isspace() and before.count('"') % 2 == 0
        if apart and before and before.split()[-1] not in OPERATORS:
            yield before, label_words(text[word.start() :])


def _of_titles(
    titles: Iterator[Title], typed: Sequence[str], wanted: int, *, slip: bool
) -> Iterator[_Candidate]:
    """Yield the first titles that differ and have all words. None is drawn that is not wanted: it would have
    others read with it, which takes 20% of suggestions of `benchmarks.pages`."""
    texts: set[str] = set()
    while len(texts) < wanted and (title := next(titles, None)):
        ranges, complete = mark(title.text, typed, slip=slip)
        if complete and title.text not in texts:
            texts.add(title.text)
            match = Match.SLIP if slip else Match.BEGINS if title.begins else Match.WORDS
            rank = (match, -1, -title.day)
            yield _Candidate(rank, "title", title.text, title.id, True, typed, ranges=ranges)


def _distinct(found: Sequence[_Candidate]) -> list[_Candidate]:
    """Leave out what has the text of another of an earlier kind, or of a better title. Signs count: C++
    is no C; and values of one kind stay apart, whatever their texts."""
    texts = [fold_key(each.text) for each in found]
    kinds: dict[str, str] = {}
    for kind in reversed(SUGGESTION_KINDS):
        kinds |= {text: kind for text, each in zip(texts, found, strict=True) if each.kind == kind}
    best: dict[tuple[str, str], _Candidate] = {}
    for text, each in zip(texts, found, strict=True):
        if each.kind == kinds[text]:
            best.setdefault((each.kind, text if each.kind == "title" else each.value), each)
    return list(best.values())


def _share(size: int) -> int:
    """Return how many places one kind may take while others have any: two fifths."""
    return -(-2 * size // 5)


def _enough(size: int) -> int:
    """Return from how many suggestions on none is looked for that matches less well."""
    return -(-size // 2)


def _choose(found: Sequence[_Candidate], size: int) -> list[_Candidate]:
    """Return the best `size`, in order; no kind takes more than two fifths while others have any."""
    share = _share(size)
    taken = dict.fromkeys(SUGGESTION_KINDS, 0)
    chosen: list[_Candidate] = []
    rest: list[_Candidate] = []
    for each in found:
        fits = taken[each.kind] < share
        taken[each.kind] += fits
        (chosen if fits else rest).append(each)
    chosen = chosen[:size]
    chosen += rest[: size - len(chosen)]
    return sorted(chosen, key=_rank_of)


def _choose_counted(found: Sequence[_Candidate], size: int, view: View) -> list[_Candidate]:
    """Return what `_choose` does by the counts of now: what nothing has any more makes room for others."""
    counted: dict[str, _Candidate] = {}
    while True:
        chosen = _choose(found, size)
        outdated = [each for each in chosen if not each.exact and each.value not in counted]
        if not outdated:
            return chosen
        counted |= {each.value: _counted(each, view) for each in outdated}
        now = [each if each.exact else counted.get(each.value, each) for each in found]
        found = sorted((each for each in now if each.rank[1]), key=_rank_of)


def _counted(phrase: _Candidate, view: View) -> _Candidate:
    """Count a phrase anew that was counted some changes ago, where that is cheap."""
    terms = [(TEXT, surface.term) for surface in view.analyzer.surfaces(phrase.text)]
    if sum(view.frequency(terms)) > _CHEAP:
        return phrase
    query = parse(phrase.value, view.analyzer, datetime.now(view.zone)).query
    return phrase.counted(view.totals([(query, Plan())])[0].total)


def mark(text: str, typed: Sequence[str], *, slip: bool) -> tuple[Ranges, bool]:
    """Return what of `text` matches the words `typed` (folded), and whether all of them do.

    Beginnings of words go before their insides, and these before words with a slip, which are marked
    whole, as is a word whose letters are folded to another number of them.
    """
    plain = text if text.isascii() else text.translate(_SIGNS)
    plain = plain.lower() if plain.isascii() else ""  # most titles are, and their letters stay in place
    words: list[tuple[int, int, str]] = []
    ranges: list[tuple[int, int]] = []
    complete = True
    for word in typed:
        found = [match.span() for match in _beginning(word).finditer(plain)]
        if not found:
            words = words or _words(text)
            found = _places(words, word) or (_slips(words, word) if slip else [])
            complete &= bool(found)
        ranges += found
    return joined(ranges, apart=0), complete


@functools.lru_cache(maxsize=256)
def _beginning(typed: str) -> re.Pattern[str]:
    """Return what finds `typed` where a word of `_WORD` begins, in ASCII. What stands before is looked at
    last: a pattern that begins with letters is found in a quarter of the time."""
    letters = re.escape(typed)
    return re.compile(rf"{letters}(?<!\w{letters})(?<!\w'{letters})")


def _words(text: str) -> list[tuple[int, int, str]]:
    """Return where each word begins and ends, and the word folded."""
    return [(*match.span(), fold_accents(fold_case(match.group()))) for match in _WORD.finditer(text)]


def _places(words: Sequence[tuple[int, int, str]], typed: str) -> list[tuple[int, int]]:
    begins = [_range(*word, 0, len(typed)) for word in words if word[2].startswith(typed)]
    if begins:
        return begins
    return [_range(*word, at, len(typed)) for word in words if (at := word[2].find(typed)) >= 0]


def _slips(words: Sequence[tuple[int, int, str]], typed: str) -> list[tuple[int, int]]:
    if len(typed) < MIN_FOR_SLIP:
        return []
    return [(start, end) for start, end, folded in words if is_near(typed, folded, 1, beginning=True)]


def _range(start: int, end: int, folded: str, at: int, length: int) -> tuple[int, int]:
    return (start + at, start + at + length) if len(folded) == end - start else (start, end)
