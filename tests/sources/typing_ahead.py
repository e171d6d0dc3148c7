"""What typed letters may stand for, by looking at every label, every title and every word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from indexer.analysis import Analyzer, fold_accents, label_words
from indexer.index.schema import EXACT, TEXT
from indexer.nearness import edits_between, is_near
from indexer.query.edits import MIN_FOR_SLIP
from indexer.query.source import Label, Match, NearWord, Title
from tests.sources.words import Words

_KINDS = ("topic", "provider", "phrase")
_LONGEST = 23  # letters of a word that a slip is looked for in
_SPARE = 3
_NEAR, _SUSPECTS = 4, 2


def near_slip(typed: str, word: str) -> bool:
    """Whether a word begins with what was typed, but for one slip."""
    return MIN_FOR_SLIP <= len(typed) < _LONGEST and is_near(typed, word, 1, beginning=True)


@dataclass(frozen=True)
class Row:
    """Something that can be suggested by its words."""

    kind: str
    text: str
    value: str
    count: int
    day: int
    exact: bool = True


def find_labels(
    rows: Sequence[Row], typed: Sequence[str], kinds: Sequence[str], most: int, enough: int
) -> list[Label]:
    """Return the labels that have all words typed; see `source.View.labels`."""
    ways: tuple[tuple[Match, Callable[[str, str], bool]], ...] = (
        (Match.WORDS, lambda one, word: word.startswith(one)),
        (Match.INSIDE, _is_inside),
        (Match.SLIP, lambda one, word: _is_inside(one, word) or near_slip(one, word)),
    )
    left = [row for row in rows if row.kind in kinds and row.count and label_words(row.text)]
    found: list[Label] = []
    for match, has in ways:
        those = [row for row in left if all(any(has(one, w) for w in label_words(row.text)) for one in typed)]
        left = [row for row in left if row not in those]
        matched = []
        for row in those:
            begins = match is Match.WORDS and label_words(row.text)[0].startswith(typed[0])
            how = Match.BEGINS if begins else match
            matched.append(Label(how, row.kind, row.text, row.value, row.count, row.day, row.exact))
        matched.sort(key=lambda label: (label.match, -label.count, -label.day))
        for kind in kinds:
            found += [label for label in matched if label.kind == kind][:most]
        if len(found) >= enough:
            break
    return found


def _is_inside(typed: str, word: str) -> bool:
    return typed in word if len(typed) > 1 else word.startswith(typed)


class Titles:
    """The titles of the articles that there are: (id, title, published or None, day or None) each."""

    def __init__(
        self,
        titles: Sequence[tuple[str, str, int | None, int | None]],
        words: Words,
        analyzer: Analyzer,
        no_day: int,
    ) -> None:
        self._titles = titles
        self._words = words
        self._no_day = no_day
        self._tokens = [
            [(token.position, token.exact) for token in analyzer.tokens(title)] for _, title, *_ in titles
        ]

    def find(self, typed: Sequence[str], most: int, *, whole: bool) -> Iterator[Title]:
        """Return the titles that have all words typed, the last one as a beginning or `whole`."""
        yield from self._search([self._kind(typed, at, whole) for at in range(len(typed))], most)

    def near(self, typed: Sequence[str], most: int, *, whole: bool) -> Iterator[Title]:
        """The same where one word was typed with a slip."""
        kinds = [self._kind(typed, at, whole) for at in range(len(typed))]
        places = [at for at in reversed(range(len(typed))) if len(typed[at]) >= MIN_FOR_SLIP]
        unknown = [at for at in places if not any(map(kinds[at], self._words.written))]
        for at in unknown[:_SUSPECTS] or places[:_SUSPECTS]:
            words = self._commonest_near(typed[at])
            if words:
                meant = lambda word, words=words: _is_any(word, words)  # noqa: E731
                yield from self._search([*kinds[:at], meant, *kinds[at + 1 :]], most)

    @staticmethod
    def _kind(typed: Sequence[str], at: int, whole: bool) -> Callable[[str], bool]:
        one = typed[at]
        if whole or at < len(typed) - 1:
            return lambda word: one in (word, fold_accents(word))
        return lambda word: word.startswith(one) or fold_accents(word).startswith(one)

    def _commonest_near(self, typed: str) -> list[str]:
        near = [word for word in self._words.written if near_slip(typed, word)]
        return sorted(near, key=lambda word: -self._words.documents(TEXT, EXACT + word))[:_NEAR]

    def _search(self, kinds: Sequence[Callable[[str], bool]], most: int) -> Iterator[Title]:
        found = []
        for doc, tokens in enumerate(self._tokens):
            places = [[at for at, word in tokens if has(word)] for has in kinds]
            if all(places):
                begins = min(places[0]) == 0
                published = self._titles[doc][2]
                order = (not begins, published is None, -(published or 0), self._titles[doc][0])
                found.append((order, doc, begins))
        for _, doc, begins in sorted(found)[: most * _SPARE]:
            identity, text, _, day = self._titles[doc]
            yield Title(identity, text, self._no_day if day is None else day, begins)


def _is_any(word: str, words: Sequence[str]) -> bool:
    return word in words or fold_accents(word) in words


# Spelling: a first letter is seldom wrong, a wrong letter is one of many, twins are easily missed.
_FIRST, _WRONG, _TWIN = 0.2, 0.5, 0.8


def near_words(words: Words, word: str, edits: int) -> list[NearWord]:
    """Return the words of the archive near `word`, with what the mistakes cost."""
    found = []
    for other in words.near(word, edits):
        folded = fold_accents(other)
        found.append(NearWord(other, edits_between(word, folded, edits) or 0, cost(word, folded)))
    return found


def cost(word: str, other: str) -> float:
    """Return what it costs to make `word` out of `other`."""
    table: dict[tuple[int, int], float] = {(0, 0): 0.0}
    for i in range(len(word) + 1):
        for j in range(len(other) + 1):
            if i or j:
                table[i, j] = min(_ways(word, other, i, j, table))
    return table[len(word), len(other)]


def _ways(word: str, other: str, i: int, j: int, table: dict[tuple[int, int], float]) -> Iterator[float]:
    first = _FIRST if i == 1 or j == 1 else 0.0
    if i:  # a letter too many in `word`
        twin = i > 1 and word[i - 1] == word[i - 2]
        yield table[i - 1, j] + (_TWIN if twin else 1 + _WRONG) + (_FIRST if i == 1 else 0.0)
    if j:  # one that it has not
        twin = j > 1 and other[j - 1] == other[j - 2]
        yield table[i, j - 1] + (_TWIN if twin else 1.0) + (_FIRST if j == 1 else 0.0)
    if i and j:
        same = word[i - 1] == other[j - 1]
        yield table[i - 1, j - 1] + (0.0 if same else 1 + _WRONG + first)
    if i > 1 and j > 1 and word[i - 1] == other[j - 2] and word[i - 2] == other[j - 1]:
        yield table[i - 2, j - 2] + 1.0 + (_FIRST if i == 2 or j == 2 else 0.0)
