"""What a search gave, as the offers beside it need to know."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.index.schema import EXACT
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.answers.parts import PartKind
from indexer.query.assist.corrections import LastWord
from indexer.query.assist.parts import Parts
from indexer.query.assist.reading import ReadQuery
from indexer.query.filters import reversed_days
from indexer.query.source import Plan, View

_ONE_MORE = 2  # words that begin so, of which one may be the word itself


@dataclass(frozen=True)
class Answered:
    """What a search gave: `total` articles, and `begun` more with its last word as the beginning of another
    one; of these, `hidden` are not shown. `last` is what that word may be; `is_begun`: it begins others, and
    `fragment` is the word where no article has it. `either`: articles with any of the words would be more
    than are shown. `reversed_days`: those of a period that begins after it ends."""

    parsed: ParsedQuery
    total: int
    begun: int = 0
    hidden: int = 0
    last: LastWord = LastWord.WHOLE
    is_begun: bool = False
    fragment: str = ""
    either: bool = False
    reversed_days: tuple[int, int] | None = None


def answered(query: ReadQuery, parts: Parts, view: View) -> Answered:
    """Return what `parts` are of a query."""
    begun = parts.begun.found.total
    last = LastWord.WHOLE
    if _begins(query, view):
        last = LastWord.BEGUN if begun else LastWord.BEGINNING
    is_begun, word = last is not LastWord.WHOLE, query.last_word
    is_apart = parts.begun.kind is PartKind.BEGUN
    is_either = any(part.kind in (PartKind.ANY, PartKind.SOME) for part in parts.ordered)
    return Answered(
        query.parsed,
        parts.asked.found.total,
        begun if is_apart else 0,
        begun if is_apart and parts.begun not in parts.ordered else 0,
        last,
        is_begun=is_begun,
        fragment=word.typed if is_begun and word and not view.find(word.query, Plan()).total else "",
        either=not is_either and query.some is not None,
        reversed_days=reversed_days(parts.plan.filters),
    )


def _begins(query: ReadQuery, view: View) -> bool:
    """Whether the last word begins another word of the archive."""
    pattern = query.beginning
    if pattern is None:
        return False
    words = view.find(pattern, Plan(expansion_limit=_ONE_MORE)).words(pattern)
    return any(word != EXACT + pattern.text for _, word in words)
